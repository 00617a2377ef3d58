//! Domains, and sorting by them (SD-22).

use access::command::{Actor, Command, SystemSubject};
use access::event::{Event, Node};
use access::state::Placement;
use access::{CompanyId, PersonId};

use crate::help::{employ, outcomes};
use crate::support::World;

const REGISTRATION: Actor = Actor::System(SystemSubject::Registration);

fn add(company: CompanyId, domain: &str) -> Command {
    Command::AddDomain {
        company,
        domain: domain.into(),
    }
}

fn company_of(world: &mut World, domain: &str) -> CompanyId {
    let company = world.company();
    world.set(add(company, domain));
    company
}

fn sort(people: &[(PersonId, &str)]) -> Command {
    let people = people
        .iter()
        .map(|(person, domain)| (*person, (*domain).into()))
        .collect();
    Command::SortNow { people }
}

fn confirm(person: PersonId, domain: &str) -> Command {
    Command::ConfirmAddress {
        person,
        domain: domain.into(),
        denied: false,
    }
}

#[test]
fn sd_22_a_domain_belongs_to_at_most_one_company() {
    let mut world = World::new();
    let company = company_of(&mut world, "acme.example");
    let other = world.company();
    for spelled in ["acme.example", "ACME.Example"] {
        world.unchanged(world.first, add(company, spelled));
        let refusal = world.refused(world.first, add(other, spelled));
        assert_eq!((refusal.rule, refusal.code), ("SD-22", "domain_in_use"));
    }
    world.set(Command::RemoveDomain {
        company,
        domain: "Acme.EXAMPLE".into(),
    });
    world.set(add(other, "acme.example"));
}

#[test]
fn sd_22_what_strangers_share_is_refused() {
    let mut world = World::new();
    let company = world.company();
    for (domain, code) in [
        ("gmail.com", "public_webmail"),
        ("co.uk", "public_suffix"),
        ("acme", "not_a_domain"),
        ("acme@example.com", "not_a_domain"),
    ] {
        let refusal = world.refused(world.first, add(company, domain));
        assert_eq!((refusal.rule, refusal.code), ("SD-22", code), "{domain}");
    }
}

#[test]
fn sd_22_a_domain_has_one_spelling_in_the_log() {
    let mut world = World::new();
    let company = world.company();
    let answer = world.set(add(company, "MÜLLER.de"));
    let domain = "xn--mller-kva.de".into();
    assert_eq!(answer.events, [Event::DomainAdded { company, domain }]);
}

#[test]
fn sd_22_the_longest_suffix_wins() {
    let mut world = World::new();
    let whole = company_of(&mut world, "acme.example.com");
    let branch = company_of(&mut world, "lab.acme.example.com");
    for (domain, expected) in [
        ("acme.example.com", Some(whole)),
        ("mail.acme.example.com", Some(whole)),
        ("lab.acme.example.com", Some(branch)),
        ("x.LAB.acme.example.com", Some(branch)),
        ("notacme.example.com", None),
        ("example.com", None),
    ] {
        let person = world.customer();
        world.set(sort(&[(person, domain)]));
        assert_eq!(world.row(person).company, expected, "{domain}");
    }
}

#[test]
fn sd_22_sorting_never_moves_who_was_placed_removed_or_sorted() {
    let mut world = World::new();
    let company = company_of(&mut world, "acme.example");
    let (placed, removed, sorted, fresh) = (
        world.customer(),
        world.customer(),
        world.customer(),
        world.customer(),
    );
    let elsewhere = world.company();
    world.set(employ(placed, Some(elsewhere)));
    world.set(employ(removed, None));
    world.set(sort(&[(sorted, "acme.example")]));
    let everybody = [placed, removed, sorted, fresh].map(|person| (person, "acme.example"));
    let answer = world.set(sort(&everybody));
    let skipped = Some("already_sorted");
    assert_eq!(
        outcomes(&answer),
        [
            (placed, skipped),
            (removed, skipped),
            (sorted, skipped),
            (fresh, None)
        ]
    );
    assert_eq!(world.row(placed).company, Some(elsewhere));
    assert_eq!(world.row(removed).company, None);
    assert_eq!(
        (world.row(fresh).company, world.row(fresh).placement),
        (Some(company), Placement::ByDomain)
    );
}

#[test]
fn sd_22_adding_a_domain_moves_nobody_until_sort_now() {
    let mut world = World::new();
    let person = world.customer();
    let company = company_of(&mut world, "acme.example");
    assert_eq!(world.row(person).company, None);
    let answer = world.set(sort(&[
        (person, "acme.example"),
        (world.first, "acme.example"),
    ]));
    assert_eq!(
        outcomes(&answer),
        [(person, None), (world.first, Some("not_a_customer"))]
    );
    assert_eq!(world.row(person).company, Some(company));
}

#[test]
fn sd_22_a_confirmed_address_sorts_and_a_changed_one_never_again() {
    let mut world = World::new();
    let company = company_of(&mut world, "acme.example");
    company_of(&mut world, "globex.example");
    let person = world.customer();
    world.run(REGISTRATION, confirm(person, "acme.example"));
    world.unchanged(REGISTRATION, confirm(person, "globex.example"));
    assert_eq!(world.row(person).company, Some(company));
}

#[test]
fn sd_22_an_unconfirmed_address_does_not_count() {
    let mut world = World::new();
    company_of(&mut world, "acme.example");
    let person = crate::registration::registered(&mut world, "acme.example");
    let answer = world.set(sort(&[(person, "acme.example")]));
    assert_eq!(outcomes(&answer), [(person, Some("not_confirmed"))]);
    assert_eq!(world.row(person).company, None);
}

#[test]
fn sd_22_nobody_confirms_for_another() {
    let mut world = World::new();
    let person = world.customer();
    for actor in [world.first, person] {
        let refusal = world.refused(actor, confirm(person, "acme.example"));
        assert_eq!((refusal.rule, refusal.code), ("SD-23", "only_oneself"));
    }
}

#[test]
fn sd_22_ad_25_an_archived_company_catches_nobody() {
    let mut world = World::new();
    company_of(&mut world, "example.com");
    let branch = company_of(&mut world, "lab.example.com");
    world.archive(Node::Company(branch));
    let person = world.customer();
    world.run(REGISTRATION, confirm(person, "lab.example.com"));
    assert_eq!(world.row(person).company, None);
}

#[test]
fn sd_22_a_changed_address_sorts_nobody_but_sort_now_does() {
    let mut world = World::new();
    let company = company_of(&mut world, "acme.example");
    let person = world.customer();
    world.run(REGISTRATION, confirm(person, "nowhere.example"));
    world.unchanged(REGISTRATION, confirm(person, "acme.example"));
    assert_eq!(world.row(person).company, None);
    world.set(sort(&[(person, "acme.example")]));
    assert_eq!(world.row(person).company, Some(company));
}
