//! Every act of a person's pages, by who may and by who may not (RULES §4, the table).

use access::{
    Command, LicenceId,
    Permission::AdminAccessAsk,
    PermissionSet, PersonId, Product, RoleId,
    command::RoleAssignment,
    state::{PeopleScope, ServiceLevel, Tie},
};
use axum::http::StatusCode;
use testkit::databases::TestDatabase;

use super::desk::{Desk, ULF};
use crate::browser::Browser;

testkit::on_both![ad_7_every_act_on_a_person_is_for_who_may_and_leaves_no_trace_by_others,];

const STRANGER: &str = "sam@example.net";

/// Who is acted on.
#[derive(Clone, Copy)]
enum On {
    /// A user.
    Una,
    /// A user who has not accepted.
    Ines,
    /// A customer.
    Cara,
}

struct World {
    desk: Desk,
    una: PersonId,
    ines: PersonId,
    cara: PersonId,
}

impl World {
    /// Ulf sees everybody and everything that he may ask about, and may do nothing; Sam sees nobody.
    async fn open(db: &TestDatabase) -> Self {
        let desk = Desk::open(db).await;
        let watcher: RoleId = desk
            .named("Watcher", |id| Command::CreateRole {
                id,
                permissions: PermissionSet::of(&[AdminAccessAsk]),
            })
            .await;
        desk.by_owner(Command::SetAccountRoles {
            people: vec![desk.ulf],
            assignment: RoleAssignment {
                role: watcher,
                scope: PeopleScope::All,
            },
            keep: Vec::new(),
            bulk: false,
        })
        .await;
        desk.by_owner(Command::SaveUsersTab {
            service: desk.service,
            rows: vec![(desk.ulf, Some(ServiceLevel::User))],
        })
        .await;
        let sam = desk.house.user(STRANGER).await;
        desk.tie(sam, Tie::Licence(desk.licence)).await;
        desk.house.set_role(sam, RoleId::MEMBER).await;
        let una = desk.house.user("una@example.net").await;
        let ines = desk.house.invited("ines@example.net").await;
        let acme = desk.company("Acme").await;
        let cara = desk.customer("Cara Customer", "cara@example.net").await;
        desk.employ(cara, acme).await;
        Self {
            una,
            ines,
            cara,
            desk,
        }
    }

    fn licence(&self, product: Product) -> LicenceId {
        let state = self.desk.house.account.state();
        let mut licences = state.licences().iter();
        let (licence, _) = licences.find(|(_, row)| row.product == product).unwrap();
        licence
    }

    fn path(&self, on: On) -> String {
        let person = match on {
            On::Una => self.una,
            On::Ines => self.ines,
            On::Cara => self.cara,
        };
        format!("/people/{}", self.desk.id(person))
    }

    fn version(&self) -> u64 {
        self.desk.house.account.state().version().0
    }
}

async fn ad_7_every_act_on_a_person_is_for_who_may_and_leaves_no_trace_by_others(db: TestDatabase) {
    let world = World::open(&db).await;
    let desk = &world.desk;
    let group = desk.id(desk.group("Night shift").await);
    let user_group: access::UserGroupId = desk
        .named("North", |id| Command::CreateUserGroup { id, parent: None })
        .await;
    let user_group = desk.id(user_group);
    let tills: access::DeviceGroupId = desk
        .named("Tills", |id| Command::CreateDeviceGroup { id })
        .await;
    let tills = desk.id(tills);
    let queue: access::QueueId = desk
        .named("Front desk", |id| Command::CreateQueue {
            id,
            kind: access::state::QueueKind::Call,
        })
        .await;
    let queue = desk.id(queue);
    let (support, centre) = (
        world.licence(Product::RemoteSupport),
        world.licence(Product::ContactCentre),
    );
    for licence in [support, centre] {
        desk.by_owner(Command::SetLicenceSeats { licence, seats: 5 })
            .await;
    }
    let (support, centre) = (desk.id(support), desk.id(centre));
    let own = desk.id(desk.licence);
    let service = desk.id(desk.service);
    let member = desk.id(RoleId::MEMBER);
    let admin = desk.id(RoleId::ADMIN);
    let acme = desk.id(desk.company_of(world.cara).unwrap());
    let (una, ines, cara) = (On::Una, On::Ines, On::Cara);
    let give = |kind, on| vec![("act", "give"), ("value", kind), ("on", on)];
    let take = |kind, on| vec![("act", "take"), ("value", kind), ("on", on)];
    let act = |act, value| vec![("act", act), ("value", value)];
    let unattended = "remote_support.unattended.access";
    // In an order in which each is possible.
    let acts: Vec<(On, Vec<(&str, &str)>)> = vec![
        (una, vec![("act", "account_role"), ("on", &member)]),
        (
            una,
            vec![("act", "give_extra_grant"), ("on", "admin.audit.view")],
        ),
        (una, vec![("act", "take_extra_grant")]),
        (una, give("licence", &own)),
        (una, give("licence", &support)),
        (una, give("licence", &centre)),
        (una, give("user_group", &user_group)),
        (una, give("group", &group)),
        (una, give("agent", "")),
        (una, give("feature", unattended)),
        (una, give("device_group", &tills)),
        (una, give("contact_admin", "")),
        (una, give("queue_supervisor", &queue)),
        (una, give("queue_agent", &queue)),
        (una, give("desk_right", "time_read")),
        (una, act("account_admin", "full")),
        (una, act("account_admin", "none")),
        (una, vec![("act", "company_access"), ("value", "listed")]),
        (
            una,
            vec![
                ("act", "service_level"),
                ("on", &service),
                ("value", "administrator"),
            ],
        ),
        (
            una,
            vec![
                ("act", "service_level"),
                ("on", &service),
                ("value", "none"),
            ],
        ),
        (una, take("desk_right", "time_read")),
        (una, take("queue_agent", &queue)),
        (una, take("queue_supervisor", &queue)),
        (una, take("contact_admin", "")),
        (una, take("device_group", &tills)),
        (una, take("feature", unattended)),
        (una, take("agent", "")),
        (una, take("group", &group)),
        (una, take("user_group", &user_group)),
        (una, take("licence", &support)),
        (una, vec![("act", "employer"), ("on", &acme)]),
        (una, act("deactivate", "user")),
        (una, act("reactivate", "user")),
        (una, vec![("act", "account_role"), ("on", &admin)]),
        (ines, act("invite", "user")),
        (ines, act("revoke_invitation", "user")),
        (cara, act("portal_level", "standard")),
        (cara, act("invite", "customer")),
        (
            cara,
            vec![
                ("act", "customer_access"),
                ("on", &service),
                ("value", "portal"),
            ],
        ),
        (
            cara,
            vec![
                ("act", "customer_access"),
                ("on", &service),
                ("value", "none"),
            ],
        ),
        (cara, act("deactivate", "customer")),
        (cara, act("reactivate", "customer")),
        (cara, act("erase", "")),
        (ines, act("erase", "")),
    ];

    let mut owner = desk.owner().await;
    let mut watcher = desk.browser(ULF).await;
    let mut stranger = desk.browser(STRANGER).await;
    for on in [una, ines, cara] {
        offers_nothing(&mut watcher, &world.path(on)).await;
    }
    for (on, mut fields) in acts {
        let path = world.path(on);
        if fields[0].1 == "take_extra_grant" {
            let page = owner.look(&format!("{path}/roles")).await;
            let form = page.form(&["take_extra_grant"]);
            let code = form.value("grant").unwrap().to_owned();
            fields.push(("grant", code.leak()));
        }
        let form = format!("{path}/change");
        let version = world.version();
        let unseen = stranger.save(&form, &fields).await;
        assert_eq!(unseen.status, StatusCode::NOT_FOUND, "{fields:?}");
        let refused = watcher.save(&form, &fields).await;
        // What one does not see is an unknown id.
        let no = [
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
            StatusCode::UNPROCESSABLE_ENTITY,
        ];
        assert!(
            no.contains(&refused.status),
            "{fields:?}: {} {}",
            refused.status,
            refused.text
        );
        assert_eq!(world.version(), version, "{fields:?}");
        let done = owner.save(&form, &fields).await;
        assert_eq!(
            done.status,
            StatusCode::SEE_OTHER,
            "{fields:?}: {}",
            done.text
        );
        assert!(world.version() > version, "{fields:?}");
    }
}

/// RULES §4: what one may not do is not offered.
async fn offers_nothing(browser: &mut Browser, path: &str) {
    for page in ["", "/roles", "/products"] {
        let page = browser.look(&format!("{path}{page}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        for form in ["/change\"", "/profile\"", "/view-as\""] {
            assert!(!page.text.contains(form), "{form} on {path}: {}", page.text);
        }
    }
}
