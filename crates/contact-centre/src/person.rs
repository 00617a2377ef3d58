//! What somebody has of the contact centre, on their own page: queues, the role Contact admin, and skills.

use access::{
    catalogue::Product,
    explain::words::Name,
    state::{QueueKind, Tie},
};
use askama::Template;
use web::page::{
    names::Html,
    person::{Give, Holdings, Reading, Shown, choice},
};

use crate::skills;

/// Skills are given where they are kept: each line leads there.
#[derive(Template)]
#[template(path = "person-skills.html")]
struct SkillLines {
    skills: Vec<(String, String)>,
}

/// Queues, Contact admin and skills.
pub(crate) fn contact_centre<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_user() {
            return Ok(None);
        }
        let supervised = reading.held(|tie| match tie {
            Tie::QueueSupervisor(one) => Some(one),
            _ => None,
        });
        let served = reading.held(|tie| match tie {
            Tie::QueueAgent(one) => Some(one),
            _ => None,
        });
        let mut offered = reading.things(Name::Queue, &supervised).await?;
        // CC-1: ring groups have agents only.
        let queues = reading.session.state().queues().iter();
        let rings = queues.filter(|(_, row)| row.kind == QueueKind::RingGroup);
        let rings: Vec<_> = rings.map(|(queue, _)| reading.id(queue)).collect();
        offered.retain(|one| !rings.contains(&one.code));
        let supervisor = reading.give(
            offered,
            "queue_supervisor",
            "Supervisor of",
            Tie::QueueSupervisor,
        );
        let offered = reading.things(Name::Queue, &served).await?;
        let agent = reading.give(offered, "queue_agent", "Agent of", Tie::QueueAgent);
        let is_offered = !reading.holds(Tie::ContactAdmin) && reading.may(Tie::ContactAdmin);
        let role = is_offered.then(|| choice("", "Contact admin", false));
        let role = Give::one_of("contact_admin", "Role", role);
        let skills = skills::of_person(reading.session, reading.person).await?;
        let holdings = Holdings {
            id: "contact-centre",
            heading: Product::ContactCentre.name(),
            about: "queues, the role Contact admin, and skills",
            held: reading.lines(|tie| match tie {
                Tie::QueueSupervisor(one) => {
                    Some(("queue_supervisor", reading.id(one), "Supervisor".to_owned()))
                }
                Tie::QueueAgent(one) => Some(("queue_agent", reading.id(one), "Agent".to_owned())),
                Tie::ContactAdmin => {
                    Some(("contact_admin", String::new(), "Contact admin".to_owned()))
                }
                _ => None,
            }),
            more: Html::of(&SkillLines { skills })?,
            give: [supervisor, agent, role].into_iter().flatten().collect(),
        };
        holdings.panel(reading)
    })
}
