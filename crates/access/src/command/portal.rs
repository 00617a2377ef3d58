//! Portal levels of customers (SD-13 to SD-16): one by one, stored whatever the effect, and in bulk, where it must have one.

use super::reach::each_once;
use super::{Draft, Notice, Outcome, Refusal};
use crate::decide::Subject;
use crate::event::Event;
use crate::ids::PersonId;
use crate::state::{Person, PortalLevel, State};

/// SD-13 for one, SD-25 for several.
pub(super) fn set_level(
    draft: &mut Draft<'_>,
    people: &[PersonId],
    level: PortalLevel,
    bulk: bool,
) -> Result<(), Refusal> {
    draft.may_configure()?;
    each_once(people.iter().copied())?;
    match people {
        _ if bulk => set_each(draft, people, level),
        [person] => return set_one(draft, *person, level),
        _ => {
            return Err(Refusal::invalid(
                "SD-13",
                "one_person",
                "several people are a bulk change",
            ));
        }
    }
    Ok(())
}

/// SD-13: independent of everything else; what has no effect is stored, and the answer says so.
fn set_one(draft: &mut Draft<'_>, person: PersonId, level: PortalLevel) -> Result<(), Refusal> {
    let row = draft.customer(person)?;
    if row.portal_level == level {
        return Ok(());
    }
    draft.emit(Event::PortalLevelSet { person, level });
    if draft.is_oneself(person) && level > row.portal_level {
        draft.notice(Notice::GivenToOneself);
    }
    let opens = |state: &State| {
        state
            .view(Subject::Person(person), draft.now)
            .portal_opens()
    };
    if opens(draft.before) == opens(&draft.after) {
        draft.notice(Notice::NoEffect);
    }
    Ok(())
}

/// SD-25: changed and skipped are exactly the chosen ones.
fn set_each(draft: &mut Draft<'_>, people: &[PersonId], level: PortalLevel) {
    for person in people {
        let outcome = match suits(draft, *person, level) {
            Ok(row) if row.portal_level == level => Outcome::Unchanged,
            Ok(row) => {
                if draft.is_oneself(*person) && level > row.portal_level {
                    draft.notice(Notice::GivenToOneself);
                }
                draft.emit(Event::PortalLevelSet {
                    person: *person,
                    level,
                });
                Outcome::Changed
            }
            Err(why) => Outcome::Skipped(why),
        };
        draft.outcome(*person, outcome);
    }
}

/// SD-25: Standard needs a portal service, Company and Company Admin a company.
fn suits<'a>(
    draft: &Draft<'a>,
    person: PersonId,
    level: PortalLevel,
) -> Result<&'a Person, Refusal> {
    let row = draft.customer(person)?;
    let view = draft.before.view(Subject::Person(person), draft.now);
    match level {
        PortalLevel::Standard if !view.has_portal_service() => Err(Refusal::conflict(
            "SD-25",
            "no_portal_service",
            "has Access (portal) to no service",
        )),
        PortalLevel::Company | PortalLevel::CompanyAdmin if view.active_company().is_none() => Err(
            Refusal::conflict("SD-25", "no_company", "is an employee of no company"),
        ),
        _ => Ok(row),
    }
}
