//! Remote Support › Device groups: devices, and the agents who may reach them.

use access::{
    Actor, Command, CompanyId, DeviceGroupId, DeviceId, Permission, PermissionSet, PersonId,
    PublicId, RoleId, Subject, Target, Window,
    state::{Life, Tie},
};
use axum::http::StatusCode;
use ledger::{Change, Field, Of, ProfileWrite};
use testkit::databases::TestDatabase;

use crate::browser::{Browser, House, OWNER};

testkit::on_both![
    ad_19_a_tie_alone_reaches_nothing_and_the_page_says_why,
    ad_19_devices_are_added_moved_and_deleted,
    ad_19_a_group_with_devices_is_not_deleted,
    ad_31_whether_somebody_reaches_a_device_is_for_who_may_ask,
    ad_19_an_agent_reads_what_is_theirs_and_changes_nothing,
    ad_10_agents_are_counted_for_whoever_sees_every_user,
];

struct World {
    house: House,
    ulf: PersonId,
    group: DeviceGroupId,
    device: DeviceId,
}

fn named<K: ledger::HasProfile>(id: PublicId<K>, name: &str, command: Command) -> Change {
    let profile = ProfileWrite::new(Of::public(id)).set(Field::Name, name);
    Change::from(command).with_profile(profile)
}

impl World {
    async fn open(db: &TestDatabase) -> Self {
        let house = House::open(db).await;
        let ulf = house.user("ulf@example.net").await;
        let id = PublicId::<DeviceGroupId>::new(house.engine.new_uuid());
        let make = named(id, "Tills", Command::CreateDeviceGroup { id });
        house.submit(house.owners(), make).await;
        let group = house.account.state().resolve(id).unwrap();
        let id = PublicId::<DeviceId>::new(house.engine.new_uuid());
        let add = Command::AddDevice {
            id,
            group,
            company: None,
        };
        house.submit(house.owners(), named(id, "Till 1", add)).await;
        Self {
            device: house.account.state().resolve(id).unwrap(),
            house,
            ulf,
            group,
        }
    }

    fn path(&self) -> String {
        let id = self.house.account.state().public(self.group).unwrap();
        format!("/remote-support/device-groups/{id}")
    }

    fn device_path(&self) -> String {
        let id = self.house.account.state().public(self.device).unwrap();
        format!("/remote-support/devices/{id}")
    }

    fn reaches(&self, person: PersonId) -> bool {
        let state = self.house.account.state();
        let view = state.view(Subject::Person(person), self.house.account.now());
        let permission = Permission::RemoteSupportUnattendedAccess;
        view.may(permission, Target::Device(self.device))
    }

    async fn tie(&self, person: PersonId, tie: Tie) {
        let tie = Command::Tie {
            person,
            tie,
            window: Window::ALWAYS,
        };
        self.house.submit(self.house.owners(), tie).await;
    }

    /// Agent with the permission and a licence: all that it takes but the tie.
    async fn equip(&self, person: PersonId) {
        let state = self.house.account.state();
        let mut licences = state.licences().iter();
        let found = licences.find(|(_, row)| row.product == access::Product::RemoteSupport);
        let (licence, _) = found.unwrap();
        let seats = Command::SetLicenceSeats { licence, seats: 5 };
        self.house.submit(self.house.owners(), seats).await;
        self.tie(person, Tie::Licence(licence)).await;
        self.tie(person, Tie::Agent).await;
        let feature = Permission::RemoteSupportUnattendedAccess;
        self.tie(person, Tie::Feature(feature)).await;
    }

    async fn owner(&self) -> Browser {
        let mut browser = self.house.signed_in(OWNER).await;
        browser.look(&self.path()).await;
        browser
    }
}

async fn ad_19_a_tie_alone_reaches_nothing_and_the_page_says_why(db: TestDatabase) {
    let world = World::open(&db).await;
    let agents = format!("{}/agents", world.path());
    let mut owner = world.owner().await;
    let (review, _) = owner.reviewed(&agents, &[("person_text", "Ulf")]).await;
    assert!(
        review.text.contains("Let Ulf User reach Tills?"),
        "{}",
        review.text
    );
    assert!(!world.reaches(world.ulf));
    let page = owner.look(&agents).await;
    assert!(
        page.text
            .contains(r#"<span class="status stop">nothing</span>"#),
        "{}",
        page.text
    );
    assert!(page.text.contains("may reach the group"));

    world.equip(world.ulf).await;
    assert!(world.reaches(world.ulf));
    let page = owner.look(&agents).await;
    assert!(page.text.contains("1 of 1 device"), "{}", page.text);

    let id = world
        .house
        .account
        .state()
        .public(world.ulf)
        .unwrap()
        .to_string();
    let form = format!("{agents}/removal");
    let (review, _) = owner.reviewed(&form, &[("person", &id)]).await;
    assert!(review.main().contains("Ulf User") && review.text.contains("reach unattended devices"));
    assert!(!world.reaches(world.ulf));
}

async fn ad_19_devices_are_added_moved_and_deleted(db: TestDatabase) {
    let world = World::open(&db).await;
    let id = PublicId::<CompanyId>::new(world.house.engine.new_uuid());
    let make = named(id, "Acme", Command::CreateCompany { id });
    world.house.submit(world.house.owners(), make).await;
    let mut owner = world.owner().await;
    let form = format!("{}/devices/new", world.path());
    let again = owner.send(&form, &[("name", " ")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("name", "Till 2"), ("company_text", "Acme")];
    owner.reviewed(&form, &fields).await;
    let page = owner.look(&world.path()).await;
    assert!(page.text.contains("<bdi>Till 2</bdi>") && page.text.contains("<bdi>Acme</bdi>"));

    let made = owner
        .send("/remote-support/device-groups/new", &[("name", "Servers")])
        .await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let device = world.device_path();
    let fields = [("device_group_text", "Servers"), ("company_text", "Acme")];
    let (review, _) = owner.reviewed(&format!("{device}/place"), &fields).await;
    assert!(
        review
            .text
            .contains("Move Till 1 to Servers, as a device of Acme?"),
        "{}",
        review.text
    );
    let state = world.house.account.state();
    let row = state.devices().get(world.device).unwrap();
    assert_ne!(row.group, world.group);
    assert_eq!(row.company, state.resolve(id));

    let renamed = owner
        .send(&format!("{device}/name"), &[("name", "Old till")])
        .await;
    assert_eq!(renamed.leads_to(), device);
    assert!(
        owner
            .look(&device)
            .await
            .text
            .contains("<bdi>Old till</bdi>")
    );
    owner
        .reviewed(&format!("{device}/life"), &[("life", "delete")])
        .await;
    let state = world.house.account.state();
    assert_eq!(
        state.devices().get(world.device).unwrap().life,
        Life::Deleted
    );
    assert_eq!(owner.look(&device).await.status, StatusCode::NOT_FOUND);
}

async fn ad_19_a_group_with_devices_is_not_deleted(db: TestDatabase) {
    let world = World::open(&db).await;
    let mut owner = world.owner().await;
    let settings = format!("{}/settings", world.path());
    let page = owner.look(&settings).await;
    assert!(
        page.text.contains("once its devices are moved or deleted")
            && !page.text.contains(r#"value="delete""#),
        "{}",
        page.text
    );
    let life = format!("{settings}/life");
    let refused = owner.send(&life, &[("life", "delete")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("ove or delete its devices first"));
    owner.reviewed(&life, &[("life", "archive")]).await;
    let page = owner.look(&world.path()).await;
    assert!(page.text.contains("This group is archived."));
    owner.reviewed(&life, &[("life", "restore")]).await;
}

async fn ad_31_whether_somebody_reaches_a_device_is_for_who_may_ask(db: TestDatabase) {
    let world = World::open(&db).await;
    // Nobody gives that to themselves.
    let tie = Command::Tie {
        person: world.house.owner,
        tie: Tie::DeviceGroup(world.group),
        window: Window::ALWAYS,
    };
    world.house.submit(Actor::Person(world.ulf), tie).await;
    let id = PublicId::<RoleId>::new(world.house.engine.new_uuid());
    let permissions = PermissionSet::of(&[
        Permission::AdminDeviceGroupsManage,
        Permission::AdminLicencesManage,
    ]);
    let make = Command::CreateRole { id, permissions };
    let make = named(id, "Keeper", make);
    world.house.submit(world.house.owners(), make).await;
    let keeper = world.house.account.state().resolve(id).unwrap();
    world.house.set_role(world.ulf, keeper).await;
    let agents = format!("{}/agents", world.path());
    let mut owner = world.owner().await;
    let page = owner.look(&agents).await;
    assert!(
        page.main().contains("Olga Owner") && page.text.contains("1 of 1 device"),
        "{}",
        page.text
    );
    let mut browser = world.house.signed_in("ulf@example.net").await;
    let page = browser.look(&agents).await;
    assert!(
        page.main().contains("Olga Owner") && page.text.contains("for who may ask about access")
    );
    assert!(!page.text.contains("1 of 1 device"));
}

async fn ad_19_an_agent_reads_what_is_theirs_and_changes_nothing(db: TestDatabase) {
    let world = World::open(&db).await;
    world.house.set_role(world.ulf, RoleId::MEMBER).await;
    world.equip(world.ulf).await;
    world.tie(world.ulf, Tie::DeviceGroup(world.group)).await;
    let mut agent = world.house.signed_in("ulf@example.net").await;
    let page = agent.look(&world.path()).await;
    assert!(page.text.contains("<bdi>Till 1</bdi>") && !page.text.contains("New device"));
    let list = agent.look("/remote-support/device-groups").await;
    assert_eq!(list.status, StatusCode::FORBIDDEN);
    for below in ["/devices/new", "/settings"] {
        let form = agent.look(&format!("{}{below}", world.path())).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN, "{below}");
    }
    let device = world.device_path();
    assert!(!agent.look(&device).await.text.contains("Rename"));
    let refused = agent
        .send(&format!("{device}/name"), &[("name", "Mine")])
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let refused = agent
        .send(
            &format!("{}/settings/life", world.path()),
            &[("life", "archive")],
        )
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let state = world.house.account.state();
    assert_eq!(
        state.device_groups().get(world.group).unwrap().life,
        Life::Active
    );
}

async fn ad_10_agents_are_counted_for_whoever_sees_every_user(db: TestDatabase) {
    let world = World::open(&db).await;
    let list = "/remote-support/device-groups";
    let hidden = "not for you to see";
    let mut owner = world.owner().await;
    assert!(!owner.look(list).await.text.contains(hidden));
    let id = PublicId::<RoleId>::new(world.house.engine.new_uuid());
    let permissions = PermissionSet::of(&[Permission::AdminDeviceGroupsManage]);
    let make = named(id, "Keeper", Command::CreateRole { id, permissions });
    world.house.submit(world.house.owners(), make).await;
    let keeper = world.house.account.state().resolve(id).unwrap();
    world.house.set_role(world.ulf, keeper).await;
    let mut browser = world.house.signed_in("ulf@example.net").await;
    let page = browser.look(list).await;
    assert_eq!(page.text.matches(hidden).count(), 1, "{}", page.text);
}
