//! A desk with two services: Una uses Payroll, Ada administers it, Nils uses Network alone. Cara of Acme is a customer of Payroll, Nora of
//! Network.

use access::{
    Actor, Command, CompanyId, PersonId, Product, RoleId, ServiceId,
    command::SystemSubject,
    event::ListedCompanies,
    state::{CustomerAccess, LicenceModel, PortalLevel, ServiceLevel, Tie},
};
use axum::http::{Method, StatusCode};
use ledger::Change;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use crate::{
    browser::{Browser, Seen, password_of},
    console::desk::Desk,
};

pub const UNA: &str = "una@example.net";
pub const ADA: &str = "ada@example.net";
pub const NILS: &str = "nils@example.net";
pub const RECORDS: &str = "/api/v1/service-desk/records";
pub const PAGES: &str = "/service-desk/records";
/// What customers look at, and what their programs ask.
pub const PORTAL: &str = "/portal";
pub const INCIDENTS: &str = "/api/v1/portal/incidents";
pub const CARA: &str = "cara@acme.example";

pub struct Bench {
    pub desk: Desk,
    pub payroll: ServiceId,
    pub network: ServiceId,
    pub una: PersonId,
    pub ada: PersonId,
    pub nils: PersonId,
    pub cara: PersonId,
    pub nora: PersonId,
}

impl Bench {
    pub async fn open(db: &TestDatabase) -> Self {
        let desk = Desk::open(db).await;
        let licence = desk.licence;
        desk.by_owner(Command::SetLicenceSeats { licence, seats: 9 })
            .await;
        let mut users = Vec::new();
        for email in [UNA, ADA, NILS] {
            let person = desk.house.user(email).await;
            desk.tie(person, Tie::Licence(licence)).await;
            desk.house.set_role(person, RoleId::MEMBER).await;
            users.push(person);
        }
        let [una, ada, nils] = users[..] else {
            unreachable!("three users");
        };
        let (payroll, owner) = (desk.service, desk.house.owner);
        let network = desk
            .named("Network", |id| Command::CreateService {
                id,
                first_administrator: owner,
            })
            .await;
        desk.tie(una, Tie::Service(payroll, ServiceLevel::User))
            .await;
        desk.tie(ada, Tie::Service(payroll, ServiceLevel::Administrator))
            .await;
        desk.tie(nils, Tie::Service(network, ServiceLevel::User))
            .await;
        let company = desk.company("Acme").await;
        let cara = desk.customer("Cara Customer", "cara@acme.example").await;
        desk.employ(cara, company).await;
        let nora = desk.customer("Nora Network", "nora@example.org").await;
        desk.tie(nora, Tie::Customer(network, CustomerAccess::NoPortal))
            .await;
        Self {
            desk,
            payroll,
            network,
            una,
            ada,
            nils,
            cara,
            nora,
        }
    }

    pub fn id<K: access::state::Resolve>(&self, thing: K) -> String {
        self.desk.id(thing)
    }

    /// A browser in which somebody is signed in, for pages and for programs.
    pub async fn browser(&self, email: &str) -> Browser {
        self.desk.browser(email).await
    }

    pub async fn owner(&self) -> Browser {
        self.desk.owner().await
    }

    /// A customer of level Company, who can sign in.
    pub async fn customer(&self, name: &str, email: &str) -> PersonId {
        let person = self.desk.customer(name, email).await;
        self.lets_in(person).await;
        person
    }

    /// Gives a customer the password of everybody here, as accepting an invitation does (SD-24).
    pub async fn lets_in(&self, person: PersonId) {
        let possible = Command::SetSignIn {
            person,
            possible: true,
        };
        let change = Change::from(possible).with_credential(password_of(person));
        let pages = Actor::System(SystemSubject::SignIn);
        self.desk.house.submit(pages, change).await;
    }

    pub async fn set_portal_level(&self, person: PersonId, level: PortalLevel) {
        let people = vec![person];
        let set = Command::SetPortalLevel {
            people,
            level,
            bulk: false,
        };
        self.desk.by_owner(set).await;
    }

    /// Somebody who works here is served as well: as a customer of Payroll, with the portal.
    pub async fn serves(&self, person: PersonId) {
        let service = None;
        self.desk
            .by_owner(Command::AddCustomerFacet { person, service })
            .await;
        let access = Tie::Customer(self.payroll, CustomerAccess::Portal);
        self.desk.tie(person, access).await;
        self.set_portal_level(person, PortalLevel::Standard).await;
    }

    pub async fn employ_instead(&self, person: PersonId, company: CompanyId) {
        let company = Some(company);
        let move_from_other = true;
        self.desk
            .by_owner(Command::SetEmployer {
                person,
                company,
                move_from_other,
            })
            .await;
    }

    /// Whoever had access by their company alone has none any more.
    pub async fn leaves_company(&self, person: PersonId) {
        let leaves = Command::SetEmployer {
            person,
            company: None,
            move_from_other: false,
        };
        self.desk.by_owner(leaves).await;
    }

    /// Opens an incident of a service, and tells its id.
    pub async fn incident(&self, by: &mut Browser, service: ServiceId, more: Value) -> String {
        let mut body =
            json!({"kind": "incident", "service": self.id(service), "title": "No sound"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = ask(by, Method::POST, RECORDS, Some(body)).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text);
        text_of(&made, "id")
    }

    /// What is written: a denied act leaves no trace of it.
    pub async fn trace(&self) -> [i64; 4] {
        let house = &self.desk.house;
        let position = i64::try_from(house.account.head().position).unwrap();
        [
            position,
            house.rows("service_desk_records").await,
            house.rows("service_desk_notes").await,
            house.rows("service_desk_history").await,
        ]
    }

    /// SD-33: a user sees these companies alone, and what has none where it is said.
    pub async fn sees_companies(
        &self,
        person: PersonId,
        companies: &[CompanyId],
        without_company: bool,
    ) {
        let listed = Some(ListedCompanies {
            companies: companies.to_vec(),
            without_company,
        });
        self.desk
            .by_owner(Command::SetCompanyAccess { person, listed })
            .await;
    }

    /// A licence of another product, so that somebody stays active without the desk.
    pub async fn keeps_active(&self, person: PersonId) {
        let licence = self
            .desk
            .named("Voices", |id| Command::BuyLicence {
                id,
                product: Product::RemoteSupport,
                model: LicenceModel::Named,
                seats: 5,
            })
            .await;
        self.desk.tie(person, Tie::Licence(licence)).await;
    }
}

/// Asks the API in the browser's session.
pub async fn ask(by: &mut Browser, method: Method, path: &str, body: Option<Value>) -> Seen {
    ask_with(by, method, path, body, &[]).await
}

pub async fn ask_with(
    by: &mut Browser,
    method: Method,
    path: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Seen {
    let own = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let headers = [own.as_slice(), headers].concat();
    by.ask(method, path, &headers, body.map(|body| body.to_string()))
        .await
}

pub fn body_of(seen: &Seen) -> Value {
    serde_json::from_str(&seen.text).expect(&seen.text)
}

pub fn text_of(seen: &Seen, member: &str) -> String {
    body_of(seen)[member].as_str().expect(&seen.text).to_owned()
}

/// Changes some of a record, by its present mark.
pub async fn edit(by: &mut Browser, record: &str, edits: Value) -> Seen {
    let path = format!("{RECORDS}/{record}");
    let read = by.look(&path).await;
    let mark = match read.status {
        StatusCode::OK => text_of(&read, "mark"),
        _ => "0".repeat(32),
    };
    ask_with(by, Method::PATCH, &path, Some(edits), &[("if-mark", &mark)]).await
}

/// The ids of a list, in its order.
pub async fn listed(by: &mut Browser, question: &str) -> Vec<String> {
    let list = by.look(&format!("{RECORDS}{question}")).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    let list = body_of(&list);
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}
