//! What is given along with something else, because it counts for nothing without.

use access::{
    Command, LicenceId, Product,
    state::{Licence, LicenceModel},
};
use web::session::Session;

/// The licence without which a role of the contact centre is not given (CC-13): one with a seat left, or one all the same, for the
/// refusal says what is missing.
pub(super) fn needed_licence(session: &Session, command: &Command) -> Option<LicenceId> {
    let refusal = session.would(command).err()?;
    if refusal.code != "no_licence" {
        return None;
    }
    let licences = session.state().licences().iter();
    let licences: Vec<_> = licences
        .filter(|(_, row)| row.product == Product::ContactCentre && row.life.is_active())
        .collect();
    let has_seat =
        |row: &Licence| row.model == LicenceModel::Concurrent || row.in_use() < row.bought as usize;
    let free = licences.iter().find(|(_, row)| has_seat(row));
    free.or(licences.first()).map(|(licence, _)| *licence)
}
