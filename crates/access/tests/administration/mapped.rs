//! AD-30: what mappings give to whom, and take again.

use access::catalogue::Product;
use access::command::{Command, Notice};
use access::event::{Event, GrantHolder, Node};
use access::state::{
    CustomerFacet, Facet, LicenceModel, MappedTo, PeopleScope, QueueKind, ServiceLevel, Tie,
    UserFacet,
};
use access::{Permission, PersonId, RoleId, Target};

use crate::provisioned::{Provisioned, part};
use crate::support::{World, assign, grant};

const REPORTS: Permission = Permission::AdminReportsView;
const AUDIT: Permission = Permission::AdminAuditView;
const RECORDINGS: Permission = Permission::AdminRecordingsAccess;
const HISTORY: Permission = Permission::AdminHistoryAccess;

#[test]
fn ad_30_a_group_gives_what_it_is_mapped_to_and_leaving_takes_only_that() {
    let mut world = Provisioned::new();
    let (service, other) = (world.service(), world.service());
    let queue = world.queue(QueueKind::Call);
    let licence = world.pool(Product::ContactCentre);
    let role = world.role(&[AUDIT]);
    let person = world.member();
    let own = Tie::Service(other, ServiceLevel::User);
    world.tie(person, own);
    let before = world.row(person).clone();
    let group = world.group();
    let given = [
        MappedTo::AccountRole(role),
        MappedTo::Licence(licence),
        MappedTo::Service(service, ServiceLevel::Administrator),
        MappedTo::QueueAgent(queue),
        MappedTo::QueueSupervisor(queue),
    ];
    // In whatever order they stand: a queue role needs the licence, which is given first.
    let mut mappings: Vec<_> = given.iter().rev().map(|to| (group, *to)).collect();
    world.map(&mappings);
    world.change(group, &[person], &[]);
    for to in given {
        match to.tie() {
            Some(tie) => {
                assert!(world.has(person, tie), "{tie:?}");
                assert_eq!(world.state.tie_origin(person, tie), Some(group));
            }
            None => assert_eq!(world.role_of(person), role),
        }
    }
    assert_eq!(world.state.role_origin(person), Some(group));
    assert_eq!(world.state.tie_origin(person, own), None);
    assert_eq!(world.unmet(person), []);
    // One of the mappings goes, and what it gave with it.
    let gone = mappings.pop().unwrap();
    world.map(&mappings);
    assert_eq!(gone.1, MappedTo::AccountRole(role));
    assert_eq!(world.role_of(person), RoleId::MEMBER);
    world.change(group, &[], &[person]);
    let after = world.row(person);
    assert_eq!(
        (&after.ties, after.account_role),
        (&before.ties, RoleId::MEMBER)
    );
    assert_eq!(world.state.origins_of(person), None);
}

#[test]
fn ad_30_what_was_given_by_hand_stays_whatever_comes_first() {
    let mut world = Provisioned::new();
    let licence = world.pool(Product::ServiceDesk);
    let tie = Tie::Licence(licence);
    let group = world.mapped(MappedTo::Licence(licence));
    let [before, after, never] = [(); 3].map(|()| world.member());
    world.tie(before, tie);
    world.change(group, &[before, after, never], &[]);
    // By hand as well: the same command that says so of somebody who has nothing yet.
    world.tie(after, tie);
    assert_eq!(world.state.tie_origin(after, tie), None);
    world.change(group, &[], &[before, after, never]);
    assert_eq!(
        [before, after, never].map(|one| world.has(one, tie)),
        [true, true, false]
    );
}

#[test]
fn ad_30_what_two_groups_give_goes_with_the_last() {
    let mut world = Provisioned::new();
    let to = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let tie = to.tie().unwrap();
    let (one, two) = (world.mapped(to), world.mapped(to));
    let person = world.member();
    world.change(one, &[person], &[]);
    world.change(two, &[person], &[]);
    assert_eq!(world.state.tie_origin(person, tie), Some(one));
    world.change(one, &[], &[person]);
    assert_eq!(world.state.tie_origin(person, tie), Some(two));
    world.change(two, &[], &[person]);
    assert!(!world.has(person, tie));
}

#[test]
fn ad_30_of_several_account_roles_the_first_in_the_pages_order_holds() {
    let mut world = Provisioned::new();
    let [first, second] = [&[AUDIT], &[HISTORY]].map(|set| MappedTo::AccountRole(world.role(set)));
    let (one, two) = (world.group(), world.group());
    let person = world.member();
    world.map(&[(one, first), (two, second)]);
    world.change(two, &[person], &[]);
    assert_eq!(MappedTo::AccountRole(world.role_of(person)), second);
    world.change(one, &[person], &[]);
    assert_eq!(MappedTo::AccountRole(world.role_of(person)), first);
    // Whoever saves the page in another order moves everybody.
    world.map(&[(two, second), (one, first)]);
    assert_eq!(MappedTo::AccountRole(world.role_of(person)), second);
    world.change(two, &[], &[person]);
    assert_eq!(MappedTo::AccountRole(world.role_of(person)), first);
    world.change(one, &[], &[person]);
    assert_eq!(world.role_of(person), RoleId::MEMBER);
}

#[test]
fn ad_30_a_role_set_by_hand_wins_and_is_shown() {
    let mut world = Provisioned::new();
    let (own, mapped) = (world.role(&[HISTORY]), world.role(&[AUDIT]));
    let to = MappedTo::AccountRole(mapped);
    let group = world.mapped(to);
    let person = world.with_role(own);
    world.change(group, &[person], &[]);
    assert_eq!(world.role_of(person), own);
    assert_eq!(world.unmet(person), [(to, "set_by_hand")]);
    world.change(group, &[], &[person]);
    assert_eq!(world.role_of(person), own);
    // Member by hand is no role by hand: what is mapped comes when it is next applied, and the answer says so.
    world.change(group, &[person], &[]);
    let taken = world.set(assign(person, RoleId::MEMBER, PeopleScope::All));
    let notice = Notice::GivenByMapping {
        provider_group: group,
        people: vec![person],
    };
    assert!(taken.notices.contains(&notice), "{:?}", taken.notices);
    assert_eq!(world.role_of(person), RoleId::MEMBER);
    assert_eq!(world.unmet(person), [(to, "not_applied")]);
    world.apply_again();
    assert_eq!(world.role_of(person), mapped);
    // Set by hand as well, it stays.
    world.set(assign(person, mapped, PeopleScope::All));
    world.change(group, &[], &[person]);
    assert_eq!(world.role_of(person), mapped);
}

#[test]
fn ad_30_ad_7_a_role_that_became_more_than_the_connection_gives_is_given_to_nobody_new() {
    let mut world = Provisioned::new();
    let role = world.role(&[HISTORY]);
    let to = MappedTo::AccountRole(role);
    let group = world.mapped(to);
    let (early, late) = (world.member(), world.member());
    world.change(group, &[early], &[]);
    let permissions = [HISTORY, RECORDINGS].into_iter().collect();
    world.set(Command::EditRole { role, permissions });
    world.change(group, &[late, early], &[]);
    world.apply_again();
    assert_eq!(
        [early, late].map(|one| world.role_of(one)),
        [role, RoleId::MEMBER]
    );
    assert_eq!(world.unmet(late), [(to, "connection_may_not_give")]);
    assert!(!world.may(late, RECORDINGS, Target::Account));
    // What was given goes with the group all the same.
    world.change(group, &[], &[early]);
    assert_eq!(world.role_of(early), RoleId::MEMBER);
}

#[test]
fn ad_30_ad_14_without_a_seat_nothing_is_refused_and_it_is_tried_again() {
    let mut world = Provisioned::new();
    let licence = world.buy(Product::ServiceDesk, LicenceModel::Named, 2);
    let to = MappedTo::Licence(licence);
    let tie = Tie::Licence(licence);
    let group = world.mapped(to);
    let [a, b, c] = [(); 3].map(|()| world.member());
    world.change(group, &[a, b, c], &[]);
    assert_eq!(
        [a, b, c].map(|one| world.has(one, tie)),
        [true, true, false]
    );
    assert_eq!(world.unmet(c), [(to, "no_seat_left")]);
    // Whoever leaves frees the seat for whoever comes with the same step.
    let d = world.member();
    world.change(group, &[d], &[a]);
    assert_eq!(
        [a, b, c, d].map(|one| world.has(one, tie)),
        [false, true, false, true]
    );
    let seats = 3;
    world.set(Command::SetLicenceSeats { licence, seats });
    assert_eq!(world.unmet(c), [(to, "not_applied")]);
    world.apply_again();
    assert!(world.has(c, tie));
    assert_eq!(world.unmet(c), []);
}

#[test]
fn ad_30_what_stands_in_the_way_is_told_by_its_rule() {
    let mut world = Provisioned::new();
    let queue = world.queue(QueueKind::Call);
    let service = world.service();
    let agent = MappedTo::QueueAgent(queue);
    let level = MappedTo::Service(service, ServiceLevel::User);
    let (calls, desk) = (world.mapped(agent), world.mapped(level));
    let person = world.member();
    world.change(calls, &[person], &[]);
    assert_eq!(world.unmet(person), [(agent, "no_licence")]);
    world.licence(person, Product::ContactCentre);
    world.archive(Node::Queue(queue));
    assert_eq!(world.unmet(person), [(agent, "archived")]);
    // AD-15: whoever is switched off is given nothing, and loses what goes.
    let facet = Facet::User;
    world.set(Command::Deactivate { person, facet });
    world.change(desk, &[person], &[]);
    assert!(world.unmet(person).contains(&(level, "deactivated")));
    world.set(Command::Reactivate { person, facet });
    world.apply_again();
    assert!(world.has(person, Tie::Service(service, ServiceLevel::User)));
    // AD-25: what is archived keeps its ties.
    world.archive(Node::Service(service));
    world.apply_again();
    assert!(world.has(person, Tie::Service(service, ServiceLevel::User)));
    world.set(Command::Deactivate { person, facet });
    world.change(desk, &[], &[person]);
    assert!(!world.has(person, Tie::Service(service, ServiceLevel::User)));
}

#[test]
fn ad_30_ad_25_a_connection_that_is_switched_off_gives_nothing_at_once() {
    let mut world = Provisioned::new();
    let to = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let role = world.role(&[AUDIT]);
    let group = world.mapped(to);
    world.map(&[(group, to), (group, MappedTo::AccountRole(role))]);
    let person = world.member();
    world.change(group, &[person], &[]);
    let has = |world: &Provisioned| (world.has(person, to.tie().unwrap()), world.role_of(person));
    assert_eq!(has(&world), (true, role));
    let node = Node::Connection(world.scim);
    world.archive(node);
    assert_eq!(has(&world), (false, RoleId::MEMBER));
    assert_eq!(world.unmet(person), []);
    world.set(Command::Restore { node });
    assert_eq!(has(&world), (true, role));
    world.set(Command::Delete { node });
    assert_eq!(has(&world), (false, RoleId::MEMBER));
    let row = world.state.provider_groups().get(group).unwrap();
    assert!(row.members.is_empty() && !row.life.is_active());
}

#[test]
fn ad_30_what_is_taken_by_hand_comes_back_and_the_answer_says_so() {
    let mut world = Provisioned::new();
    let to = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let tie = to.tie().unwrap();
    let group = world.mapped(to);
    let person = world.member();
    world.change(group, &[person], &[]);
    let notice = Notice::GivenByMapping {
        provider_group: group,
        people: vec![person],
    };
    // RULES §4: everybody may give up what they hold.
    let taken = world.run(person, Command::Untie { person, tie });
    assert!(taken.notices.contains(&notice), "{:?}", taken.notices);
    assert!(!world.has(person, tie));
    assert_eq!(world.unmet(person), [(to, "not_applied")]);
    world.change(group, &[person], &[]);
    assert!(world.has(person, tie));
    world.change(group, &[], &[person]);
    let other = world.member();
    world.tie(other, tie);
    let taken = world.set(Command::Untie { person: other, tie });
    assert_eq!(taken.notices, []);
}

#[test]
fn ad_30_sd_10_of_levels_the_highest_holds_and_one_by_hand_wins() {
    let mut world = Provisioned::new();
    let service = world.service();
    let level = |level| MappedTo::Service(service, level);
    let has = |world: &Provisioned, person, level| world.has(person, Tie::Service(service, level));
    let (user, admin) = (ServiceLevel::User, ServiceLevel::Administrator);
    let (users, admins) = (world.mapped(level(user)), world.mapped(level(admin)));
    let (person, by_hand) = (world.member(), world.member());
    world.change(users, &[person], &[]);
    assert!(has(&world, person, user));
    world.change(admins, &[person], &[]);
    assert!(has(&world, person, admin) && !has(&world, person, user));
    world.change(admins, &[], &[person]);
    assert!(has(&world, person, user) && !has(&world, person, admin));
    world.tie(by_hand, Tie::Service(service, user));
    world.change(admins, &[by_hand], &[]);
    assert!(has(&world, by_hand, user) && !has(&world, by_hand, admin));
    assert_eq!(world.unmet(by_hand), [(level(admin), "set_by_hand")]);
    // A higher level by hand has all of the lower: nothing is missing.
    world.change(admins, &[], &[by_hand]);
    world.tie(by_hand, Tie::Service(service, admin));
    world.change(users, &[by_hand], &[]);
    assert_eq!(world.unmet(by_hand), []);
    world.change(users, &[], &[by_hand]);
    assert!(has(&world, by_hand, admin));
}

#[test]
fn ad_30_ad_9_extra_grants_by_hand_are_not_a_mappings_to_drop() {
    let mut world = Provisioned::new();
    let role = world.role(&[AUDIT]);
    let to = MappedTo::AccountRole(role);
    let group = world.mapped(to);
    let (before, after) = (world.member(), world.member());
    let give_grant = |to| Command::GiveExtraGrant {
        to: GrantHolder::Person(to),
        grant: grant(REPORTS, PeopleScope::All),
    };
    world.set(give_grant(before));
    world.change(group, &[before, after], &[]);
    assert_eq!(world.role_of(before), RoleId::MEMBER);
    assert_eq!(world.unmet(before), [(to, "has_extra_grants")]);
    // What is given on top of a mapped role goes with it, as with any.
    world.set(give_grant(after));
    world.change(group, &[], &[before, after]);
    assert!(world.may(before, REPORTS, Target::Account));
    assert_eq!(world.row(after).extras().extra_grants, []);
}

#[test]
fn ad_30_ad_9_whoever_is_member_by_a_mapping_keeps_extra_grants_by_hand() {
    let mut world = Provisioned::new();
    let role = MappedTo::AccountRole(world.role(&[AUDIT]));
    let (members, others) = (world.group(), world.group());
    world.map(&[
        (others, role),
        (members, MappedTo::AccountRole(RoleId::MEMBER)),
    ]);
    let person = world.member();
    let reports = grant(REPORTS, PeopleScope::All);
    world.set(Command::GiveExtraGrant {
        to: GrantHolder::Person(person),
        grant: reports.clone(),
    });
    let grants = |world: &Provisioned| world.row(person).extras().extra_grants.clone();
    world.change(members, &[person], &[]);
    assert_eq!(world.state.role_origin(person), Some(members));
    // Member by a mapping or by nobody: another role would drop what was given by hand.
    world.change(others, &[person], &[]);
    assert_eq!(world.unmet(person), [(role, "has_extra_grants")]);
    assert_eq!(grants(&world), std::slice::from_ref(&reports));
    world.change(members, &[], &[person]);
    assert_eq!(world.state.role_origin(person), None);
    assert_eq!(grants(&world), [reports]);
}

#[test]
fn ad_30_ad_24_rank_stops_no_mapping() {
    let mut world = Provisioned::new();
    let to = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let group = world.mapped(to);
    let above = world.super_admin();
    world.change(group, &[above], &[]);
    assert!(world.has(above, to.tie().unwrap()));
    world.change(group, &[], &[above]);
    assert!(!world.has(above, to.tie().unwrap()));
}

#[test]
fn ad_30_sd_26_an_erased_person_is_in_no_group() {
    let mut world = Provisioned::new();
    let group = world.mapped(MappedTo::Licence(world.pool(Product::ServiceDesk)));
    let person = world.member();
    world.change(group, &[person], &[]);
    let erased = Event::PersonErased { person };
    let told = world.state.replaced_by(&erased);
    let was_member = Event::ProviderGroupMembersChanged {
        provider_group: group,
        added: vec![person],
        taken: Vec::new(),
    };
    assert!(told.contains(&was_member), "{told:?}");
    world.set(Command::ErasePerson { person });
    assert!(
        world
            .state
            .provider_groups()
            .get(group)
            .unwrap()
            .members
            .is_empty()
    );
    assert_eq!(world.state.origins_of(person), None);
}

#[test]
fn ad_30_ad_20_the_log_says_through_which_group() {
    let mut world = Provisioned::new();
    let to = MappedTo::Licence(world.pool(Product::ServiceDesk));
    let (tie, group) = (to.tie().unwrap(), world.mapped(to));
    let person = world.member();
    let proposal = world.change(group, &[person], &[]);
    let tied = Event::MappedTied {
        person,
        tie,
        provider_group: group,
    };
    assert!(proposal.events.contains(&tied));
    let untied = Event::Untied { person, tie };
    assert_eq!(
        world.state.replaced_by(&untied),
        std::slice::from_ref(&tied)
    );
    let by_hand = Event::Tied { person, tie };
    assert_eq!(world.state.replaced_by(&by_hand), [tied]);
}

#[test]
fn ad_30_cc_4_cc_13_a_login_ends_with_the_mapping_and_the_licence_by_hand_stays() {
    let mut world = Provisioned::new();
    let queue = world.queue(QueueKind::Call);
    let licence = world.pool(Product::ContactCentre);
    let agents = world.mapped(MappedTo::QueueAgent(queue));
    let person = world.member();
    world.licence(person, Product::ContactCentre);
    world.change(agents, &[person], &[]);
    world.run(person, Command::LogIn { queue });
    world.change(agents, &[], &[person]);
    let logged_in = |world: &World| {
        let row = world.row(person);
        let mut ties = row.ties.iter();
        ties.any(|tie| matches!(tie, Tie::Login(..) | Tie::Timed(_)))
    };
    assert!(!logged_in(&world));
    assert!(world.has(person, Tie::Licence(licence)));
    // And the other way round: what a mapping gives is not freed with the last queue that was given by hand.
    world.untie(person, Tie::Licence(licence));
    let licensed = world.mapped(MappedTo::Licence(licence));
    world.change(licensed, &[person], &[]);
    world.tie(person, Tie::QueueAgent(queue));
    world.untie(person, Tie::QueueAgent(queue));
    assert!(world.has(person, Tie::Licence(licence)));
}

/// One command for as many as a directory sends at once, in a group as large as they get.
#[test]
fn ad_30_a_thousand_members_come_in_one_step() {
    const MEMBERS: u32 = 10_000;
    const MORE: u32 = 1_000;
    let mut world = Provisioned::new();
    let service = world.service();
    let licence = world.buy(Product::ServiceDesk, LicenceModel::Named, MEMBERS + MORE);
    let group = world.mapped(MappedTo::Licence(licence));
    let role = world.role(&[AUDIT]);
    world.map(&[
        (group, MappedTo::Licence(licence)),
        (group, MappedTo::Service(service, ServiceLevel::User)),
        (group, MappedTo::AccountRole(role)),
    ]);
    let first = world.state.people().len();
    for _ in 0..MEMBERS + MORE {
        let id: access::PublicId<PersonId> = world.id();
        world.world.state.apply(&Event::PersonAdded {
            uid: id.uuid(),
            user: UserFacet::Accepted,
            customer: CustomerFacet::Absent,
        });
    }
    let people: Vec<_> = world.state.people().ids().skip(first).collect();
    let (there, come) = people.split_at(MEMBERS as usize);
    world.change(group, there, &[]);
    let by = world.directory();
    let command = part(group, come, &[]);
    let proposal = world.state.propose(by, &command, world.now).unwrap();
    assert_eq!(proposal.events.len(), 1 + 3 * MORE as usize);
}

#[test]
fn ad_30_a_preview_tells_what_would_not_be_given_and_why() {
    let mut world = Provisioned::new();
    let queue = world.queue(QueueKind::Call);
    let licence = world.buy(Product::ServiceDesk, LicenceModel::Named, 1);
    let (agent, seat) = (MappedTo::QueueAgent(queue), MappedTo::Licence(licence));
    let group = world.group();
    let [a, b] = [(); 2].map(|()| world.member());
    world.change(group, &[a, b], &[]);
    let told = |world: &Provisioned, mappings: &[_]| {
        let command = world.set_mappings(mappings);
        let by = access::Actor::Person(world.first);
        let effect = world.state.preview(by, &command, world.now).unwrap();
        let listed = effect.not_given.listed.into_iter();
        let listed: Vec<_> = listed
            .map(|(person, one)| (person, one.mapping.to, one.why.code))
            .collect();
        assert_eq!(listed.len(), effect.not_given.total);
        listed
    };
    let both = [(group, seat), (group, agent)];
    let missing = [
        (a, agent, "no_licence"),
        (b, seat, "no_seat_left"),
        (b, agent, "no_licence"),
    ];
    assert_eq!(told(&world, &both), missing);
    world.map(&both[..1]);
    assert_eq!(world.unmet(b), [(seat, "no_seat_left")]);
    // What was so before is not told again.
    assert_eq!(told(&world, &both), [missing[0], missing[2]]);
    assert_eq!(told(&world, &[]), []);
}
