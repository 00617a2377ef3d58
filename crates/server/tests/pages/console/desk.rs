//! A house with a desk: a service, a second user, and whoever else a test adds.

use access::{
    Command, CompanyId, GroupId, LicenceId, Moment, PersonId, PublicId, ServiceId, Window,
    decide::{Subject, Target},
    state::{PortalLevel, Tie},
};
use ledger::{Change, Field, HasProfile, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER};

pub const ULF: &str = "ulf@example.net";

pub struct Desk {
    pub house: House,
    pub service: ServiceId,
    pub licence: LicenceId,
    /// An Admin with a licence of the desk, who configures nothing there.
    pub ulf: PersonId,
}

impl Desk {
    pub async fn open(db: &TestDatabase) -> Self {
        let house = House::open(db).await;
        let ulf = house.user(ULF).await;
        let state = house.account.state();
        let mut licences = state.licences().iter();
        let licence = licences.find(|(_, row)| row.product == access::Product::ServiceDesk);
        let (licence, _) = licence.unwrap();
        let owner = house.owner;
        let mut desk = Self {
            service: access::Dense::from_index(0).unwrap(),
            house,
            licence,
            ulf,
        };
        desk.service = desk
            .named("Payroll", |id| Command::CreateService {
                id,
                first_administrator: owner,
            })
            .await;
        desk.by_owner(Command::SetLicenceSeats { licence, seats: 5 })
            .await;
        desk.tie(ulf, Tie::Licence(licence)).await;
        desk
    }

    pub async fn by_owner(&self, change: impl Into<Change>) {
        self.house.submit(self.house.owners(), change).await;
    }

    /// Makes something of this name.
    pub async fn named<K: access::state::Resolve + HasProfile>(
        &self,
        name: &str,
        command: impl FnOnce(PublicId<K>) -> Command,
    ) -> K {
        let id = PublicId::<K>::new(self.house.engine.new_uuid());
        let profile = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
        self.by_owner(Change::from(command(id)).with_profile(profile))
            .await;
        self.house.account.state().resolve(id).unwrap()
    }

    pub async fn tie(&self, person: PersonId, tie: Tie) {
        self.tie_within(person, tie, Window::ALWAYS).await;
    }

    /// The same, until so many milliseconds from now.
    pub async fn tie_for(&self, person: PersonId, tie: Tie, milliseconds: i64) {
        let end = Moment(self.house.account.now().0 + milliseconds);
        let window = Window {
            end: Some(end),
            ..Window::ALWAYS
        };
        self.tie_within(person, tie, window).await;
    }

    async fn tie_within(&self, person: PersonId, tie: Tie, window: Window) {
        self.by_owner(Command::Tie {
            person,
            tie,
            window,
        })
        .await;
    }

    pub async fn group(&self, name: &str) -> GroupId {
        self.named(name, |id| Command::CreateGroup { id }).await
    }

    /// A company that has the service.
    pub async fn company(&self, name: &str) -> CompanyId {
        let company = self.named(name, |id| Command::CreateCompany { id }).await;
        self.by_owner(Command::SaveCompaniesTab {
            service: self.service,
            rows: vec![(company, true)],
        })
        .await;
        company
    }

    /// A customer of level Company: they have what their company has.
    pub async fn customer(&self, name: &str, email: &str) -> PersonId {
        let id = PublicId::<PersonId>::new(self.house.engine.new_uuid());
        let add = Command::AddCustomer { id, service: None };
        let profile = ProfileWrite::new(Of::public(id))
            .set(Field::Name, name)
            .set(Field::Email, email);
        self.by_owner(Change::from(add).with_profile(profile)).await;
        let person = self.house.account.state().resolve(id).unwrap();
        self.by_owner(Command::SetPortalLevel {
            people: vec![person],
            level: PortalLevel::Company,
            bulk: false,
        })
        .await;
        person
    }

    pub async fn employ(&self, person: PersonId, company: CompanyId) {
        self.by_owner(Command::SetEmployer {
            person,
            company: Some(company),
            move_from_other: false,
        })
        .await;
    }

    pub fn company_of(&self, person: PersonId) -> Option<CompanyId> {
        let state = self.house.account.state();
        state.people().get(person).unwrap().company
    }

    pub fn may(&self, person: PersonId, permission: access::Permission) -> bool {
        let (state, now) = (self.house.account.state(), self.house.account.now());
        let view = state.view(Subject::Person(person), now);
        view.may(permission, Target::Service(self.service))
    }

    pub fn id<K: access::state::Resolve>(&self, thing: K) -> String {
        let state = self.house.account.state();
        state.public(thing).unwrap().to_string()
    }

    /// A browser in which somebody is signed in, with a page that has a form.
    pub async fn browser(&self, email: &str) -> Browser {
        let mut browser = self.house.signed_in(email).await;
        browser.look("/account/sessions").await;
        browser
    }

    pub async fn owner(&self) -> Browser {
        self.browser(OWNER).await
    }
}
