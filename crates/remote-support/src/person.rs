//! What somebody has of remote support, on their own page.

use access::{
    catalogue::{Product, SystemRole},
    explain::words::Name,
    state::Tie,
};
use web::page::person::{Give, Holdings, Reading, Shown, choice};

/// The role Agent, its features, and the device groups that they reach.
pub(crate) fn remote_support<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        if !reading.is_shown_as_user() {
            return Ok(None);
        }
        let groups = reading.held(|tie| match tie {
            Tie::DeviceGroup(one) => Some(one),
            _ => None,
        });
        let is_free = |tie: Tie| !reading.holds(tie) && reading.may(tie);
        let role = is_free(Tie::Agent).then(|| choice("", "Agent", false));
        let features = SystemRole::Agent.choices().iter();
        let features = features
            .filter(|feature| is_free(Tie::Feature(*feature)))
            .map(|feature| choice(feature.key(), feature.label(), false));
        let offered = reading.things(Name::DeviceGroup, &groups).await?;
        let give = [
            Give::one_of("agent", "Role", role),
            Give::one_of("feature", "Feature permission", features),
            reading.give(
                offered,
                "device_group",
                "Device group to reach",
                Tie::DeviceGroup,
            ),
        ];
        let holdings = Holdings {
            id: "remote-support",
            heading: Product::RemoteSupport.name(),
            about: "the role Agent, feature permissions and device groups",
            held: reading.lines(|tie| match tie {
                Tie::Agent => Some(("agent", String::new(), "Agent".to_owned())),
                Tie::Feature(one) => {
                    Some(("feature", one.key().to_owned(), one.label().to_owned()))
                }
                Tie::DeviceGroup(one) => {
                    Some(("device_group", reading.id(one), "Reaches".to_owned()))
                }
                _ => None,
            }),
            give: give.into_iter().flatten().collect(),
            ..Holdings::default()
        };
        holdings.panel(reading)
    })
}
