//! A house with two call queues: Sue supervises the first, Ann serves it, Otto serves the other, Ida has a licence and no queue, and Max
//! has none.

use access::{
    Command, LicenceId, PersonId, Product, PublicId, QueueId, RoleId, Subject, Switch, Window,
    state::{LicenceModel, QueueKind, Tie},
};
use axum::http::Method;
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER, Seen};

pub const SUE: &str = "sue@example.net";
pub const ANN: &str = "ann@example.net";
pub const OTTO: &str = "otto@example.net";
pub const IDA: &str = "ida@example.net";
pub const MAX: &str = "max@example.net";

pub struct Centre {
    pub house: House,
    pub queue: QueueId,
    pub other: QueueId,
    pub licence: LicenceId,
    pub sue: PersonId,
    pub ann: PersonId,
    pub otto: PersonId,
    pub ida: PersonId,
    pub max: PersonId,
}

impl Centre {
    pub async fn open(db: &TestDatabase) -> Self {
        let house = House::open(db).await;
        let [sue, ann, otto, ida, max] = [SUE, ANN, OTTO, IDA, MAX];
        let (sue, ann) = (house.user(sue).await, house.user(ann).await);
        let (otto, ida) = (house.user(otto).await, house.user(ida).await);
        let max = house.user(max).await;
        let id = PublicId::new(house.engine.new_uuid());
        let buy = Command::BuyLicence {
            id,
            product: Product::ContactCentre,
            model: LicenceModel::Named,
            seats: 9,
        };
        house.submit(house.owners(), buy).await;
        let licence = house.account.state().resolve(id).unwrap();
        let queue = make_queue(&house, QueueKind::Call).await;
        let other = make_queue(&house, QueueKind::Call).await;
        let centre = Self {
            house,
            queue,
            other,
            licence,
            sue,
            ann,
            otto,
            ida,
            max,
        };
        centre.tie(sue, Tie::QueueSupervisor(queue)).await;
        centre.tie(ann, Tie::QueueAgent(queue)).await;
        centre.tie(otto, Tie::QueueAgent(other)).await;
        let give = Command::Tie {
            person: ida,
            tie: Tie::Licence(licence),
            window: Window::ALWAYS,
        };
        centre.submit(give).await;
        for person in [sue, ann, otto, ida] {
            centre.house.set_role(person, RoleId::MEMBER).await;
        }
        centre
    }

    pub async fn queue_of(&self, kind: QueueKind) -> QueueId {
        make_queue(&self.house, kind).await
    }

    /// With a licence, where there is none yet.
    pub async fn tie(&self, person: PersonId, tie: Tie) {
        let licence = self.licence;
        let held = self
            .state()
            .people()
            .get(person)
            .unwrap()
            .ties
            .has(Tie::Licence(licence));
        let command = match held {
            false => Command::TieWithLicence {
                person,
                tie,
                licence,
            },
            true => Command::Tie {
                person,
                tie,
                window: Window::ALWAYS,
            },
        };
        self.submit(command).await;
    }

    pub async fn submit(&self, command: Command) {
        self.house.submit(self.house.owners(), command).await;
    }

    pub async fn set(&self, switch: Switch, on: bool) {
        self.submit(Command::SetSwitch { switch, on }).await;
    }

    pub fn state(&self) -> std::sync::Arc<access::State> {
        self.house.account.state()
    }

    pub fn may(&self, person: PersonId, permission: access::Permission, queue: QueueId) -> bool {
        let now = self.house.account.now();
        let state = self.state();
        state
            .view(Subject::Person(person), now)
            .may(permission, queue)
    }

    pub fn has(&self, person: PersonId, which: impl Fn(Tie) -> bool) -> bool {
        let state = self.state();
        let row = state.people().get(person).unwrap();
        state
            .ties_at(row, self.house.account.now())
            .any(|(tie, _)| which(tie))
    }

    /// The address of a page of a queue.
    pub fn at(&self, queue: QueueId, below: &str) -> String {
        let id = self.state().public(queue).unwrap();
        format!("/contact-centre/queues/{id}{below}")
    }

    /// The page of the queue's people with whoever is found.
    pub async fn found(&self, browser: &mut Browser, typed: &str) -> Seen {
        let form = self.at(self.queue, "/people");
        let found = browser.send(&form, &[("q", typed), ("to", "find")]).await;
        browser.look(found.leads_to()).await
    }

    pub fn id(&self, person: PersonId) -> String {
        self.state().public(person).unwrap().to_string()
    }

    pub async fn owner(&self) -> Browser {
        self.house.signed_in(OWNER).await
    }

    pub async fn signed_in(&self, email: &str) -> Browser {
        self.house.signed_in(email).await
    }

    /// What is written: a denied act leaves no trace of it.
    pub async fn trace(&self) -> (u64, i64, i64) {
        (
            self.house.account.head().position,
            self.house.rows("contact_centre_entries").await,
            self.house.rows("contact_centre_skills").await,
        )
    }
}

async fn make_queue(house: &House, kind: QueueKind) -> QueueId {
    let id = PublicId::new(house.engine.new_uuid());
    let create = Command::CreateQueue { id, kind };
    house.submit(house.owners(), create).await;
    house.account.state().resolve(id).unwrap()
}

pub async fn json(browser: &mut Browser, method: Method, path: &str, body: &str) -> Seen {
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let body = Some(body.to_owned()).filter(|body| !body.is_empty());
    browser.ask(method, path, &headers, body).await
}
