//! The secrets of directories: two may be good at once, so that the newer one is there before the older one ends.

use access::{
    ConnectionId, Moment, State, TokenId,
    state::{ConnectionKind, TokenOwner},
};

/// How long before its end a token is warned of.
const WARNED_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// A token of a directory that ends soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub token: TokenId,
    /// Of which connection.
    pub connection: ConnectionId,
    /// First moment at which it is refused.
    pub expires: Moment,
    /// Whether another token of the connection lasts longer: then nothing ends with it.
    pub is_replaced: bool,
}

/// The tokens of directories that end within 30 days, in the order of their making.
pub fn ending(state: &State, now: Moment) -> Vec<Ending> {
    let of_directories = state.tokens().iter().filter_map(|(token, row)| {
        let TokenOwner::Connection(connection) = row.owner else {
            return None;
        };
        let of = state.connections().get(connection)?;
        let is_directory = of.kind == ConnectionKind::Provisioning && of.life.is_active();
        let is_good = !row.revoked && row.expires > now;
        (is_directory && is_good).then_some((token, connection, row.expires))
    });
    let good: Vec<_> = of_directories.collect();
    let soon = now.0.saturating_add(WARNED_MS);
    let ending = good.iter().filter(|(_, _, expires)| expires.0 <= soon);
    let ending = ending.map(|(token, connection, expires)| Ending {
        token: *token,
        connection: *connection,
        expires: *expires,
        is_replaced: good
            .iter()
            .any(|(_, other, later)| other == connection && later > expires),
    });
    ending.collect()
}
