//! Which licences somebody has, on their own page.

use access::{explain::words::Name, state::Tie};
use web::page::person::{Holdings, Reading, Shown};

/// Module access: a licence of a product opens it.
pub(crate) fn licences<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_user() {
            return Ok(None);
        }
        let licences = reading.held(|tie| match tie {
            Tie::Licence(one) => Some(one),
            _ => None,
        });
        let offered = reading.things(Name::Licence, &licences).await?;
        let give = reading.give(offered, "licence", "Licence to give", Tie::Licence);
        let holdings = Holdings {
            id: "licences",
            heading: "Licences",
            about: "module access: which products open at all",
            held: reading.lines(|tie| match tie {
                Tie::Licence(one) => Some(("licence", reading.id(one), String::new())),
                _ => None,
            }),
            give: give.into_iter().collect(),
            ..Holdings::default()
        };
        holdings.panel(reading)
    })
}
