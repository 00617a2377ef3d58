//! How often somebody tried: by the address that was given and by where it came from, in fixed windows of time. Whether the address
//! is anybody's makes no difference to what is counted. Nothing is locked for longer than a window.

use std::net::{IpAddr, Ipv6Addr};

use access::Moment;

use crate::database::Tx;
use crate::engine::Engine;
use crate::error::{LedgerError, Result};
use crate::profile::fold_email;

/// How long tries are counted together, and the longest that somebody waits.
const WINDOW_MS: i64 = 15 * 60 * 1_000;
/// Tries with one address.
const ADDRESS_TRIES: i64 = 10;
/// Links that are asked for with one address.
const ADDRESS_LINKS: i64 = 5;
/// Tries from one network. A whole office may stand behind it.
const NETWORK_TRIES: i64 = 100;
/// Links that are asked for from one network: each may be a mail to a stranger.
const NETWORK_LINKS: i64 = 20;
/// How long an address that was sent a mail because a stranger wished it is sent no other one, and how many it is sent in a day.
const MAIL_PAUSE_MS: i64 = 3 * 60 * 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const MAILS_A_DAY: i64 = 6;
/// Different addresses, and different networks, that are told apart. Two who share a slot share its tries.
const SLOTS: u64 = 1 << 20;

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// There were too many: nothing is looked at until then.
    pub wait_until: Option<Moment>,
    /// This was the first one too many with the address.
    pub locked_now: bool,
    /// Tries with the address that are left in this window.
    pub left: u32,
}

/// Who counts as one by a network address. A subscriber of IPv6 owns a /64: single addresses would be as many as they like.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        },
        v4 => v4,
    }
}

/// What is tried. Each is counted by itself, by the address and by the network, so that nobody who waits for the one is kept from the
/// other.
#[derive(Clone, Copy)]
enum Kind {
    /// To sign in.
    SignIn,
    /// To be sent a link.
    Link,
}

impl Kind {
    /// Tries with one address.
    const fn most(self) -> i64 {
        match self {
            Self::SignIn => ADDRESS_TRIES,
            Self::Link => ADDRESS_LINKS,
        }
    }

    /// Tries from one network.
    const fn most_from_network(self) -> i64 {
        match self {
            Self::SignIn => NETWORK_TRIES,
            Self::Link => NETWORK_LINKS,
        }
    }

    /// Of the slots of addresses, and where they begin.
    const fn of_addresses(self) -> (&'static str, i64) {
        match self {
            Self::SignIn => ("address", 0),
            Self::Link => ("link", 2 * SLOTS as i64),
        }
    }

    /// Of the slots of networks, and where they begin.
    const fn of_networks(self) -> (&'static str, i64) {
        match self {
            Self::SignIn => ("network", SLOTS as i64),
            Self::Link => ("network of links", 3 * SLOTS as i64),
        }
    }
}

/// The slots of addresses that are mailed, within minutes and within a day: behind those of all tries.
const MAILED: i64 = 4 * SLOTS as i64;
const MAILED_A_DAY: i64 = 5 * SLOTS as i64;

/// The two rows of a try.
struct Slots {
    address: i64,
    network: i64,
}

impl Engine {
    /// Counts a try to sign in before anything is looked at, so that many at once count too.
    pub async fn count_try(&self, address: &str, network: IpAddr) -> Result<Tried> {
        self.count(Kind::SignIn, address, network).await
    }

    /// Counts a try that names no address, by where it comes from alone: until when nothing is looked at, if there were too many.
    pub async fn count_try_from(&self, network: IpAddr) -> Result<Option<Moment>> {
        let slot = self.network_slot(Kind::SignIn, network).await?;
        let mut tx = self.database().begin().await?;
        let (began, count) = self::count(&mut tx, slot, self.now(), WINDOW_MS).await?;
        tx.commit().await?;
        Ok((count > NETWORK_TRIES).then_some(Moment(began.saturating_add(WINDOW_MS))))
    }

    /// A proof was right that begins no session: the tries with it are forgotten.
    pub async fn tries_were_right(&self, address: &str, network: IpAddr) -> Result<()> {
        let mut tx = self.database().begin().await?;
        self.forget_tries(&mut tx, address, network).await?;
        tx.commit().await
    }

    /// Counts a wish for a link before anything is looked at: nobody's mailbox is filled from here.
    pub async fn count_link(&self, address: &str, network: IpAddr) -> Result<Tried> {
        self.count(Kind::Link, address, network).await
    }

    /// Counts a mail that a stranger wishes for an address; false: it had one just now, or enough today, and is sent none. Whose the address is
    /// makes no difference.
    pub async fn may_be_mailed(&self, address: &str) -> Result<bool> {
        let (slot, now) = (self.slot("mailed", &fold_email(address)).await?, self.now());
        let mut tx = self.database().begin().await?;
        let (_, just_now) = self::count(&mut tx, MAILED + slot, now, MAIL_PAUSE_MS).await?;
        let may = just_now == 1 && {
            let (_, today) = self::count(&mut tx, MAILED_A_DAY + slot, now, DAY_MS).await?;
            today <= MAILS_A_DAY
        };
        tx.commit().await?;
        Ok(may)
    }

    async fn count(&self, kind: Kind, address: &str, network: IpAddr) -> Result<Tried> {
        let slots = self.slots(kind, address, network).await?;
        let most = kind.most();
        let now = self.now();
        let mut tx = self.database().begin().await?;
        // The address first, as everywhere: two tries never wait for each other.
        let (began, count) = self::count(&mut tx, slots.address, now, WINDOW_MS).await?;
        let (network_began, network_count) =
            self::count(&mut tx, slots.network, now, WINDOW_MS).await?;
        tx.commit().await?;
        let over = [
            (count > most).then_some(began),
            (network_count > kind.most_from_network()).then_some(network_began),
        ];
        let latest = over.into_iter().flatten().max();
        Ok(Tried {
            wait_until: latest.map(|began| Moment(began.saturating_add(WINDOW_MS))),
            locked_now: count == most + 1,
            left: u32::try_from(most - count).unwrap_or(0),
        })
    }

    /// A proof was right: the address has all its tries again, and the network has its one back.
    pub(super) async fn forget_tries(
        &self,
        tx: &mut Tx,
        address: &str,
        network: IpAddr,
    ) -> Result<()> {
        let slots = self.slots(Kind::SignIn, address, network).await?;
        self.forget_tries_with(tx, address).await?;
        tx.execute(
            "UPDATE sign_in_attempts SET count = count - 1 WHERE slot = $1 AND count > 0",
            [slots.network.into()],
        )
        .await?;
        Ok(())
    }

    /// The address has all its tries again.
    pub(super) async fn forget_tries_with(&self, tx: &mut Tx, address: &str) -> Result<()> {
        tx.execute(
            "DELETE FROM sign_in_attempts WHERE slot = $1",
            [self.address_slot(Kind::SignIn, address).await?.into()],
        )
        .await?;
        Ok(())
    }

    async fn slots(&self, kind: Kind, address: &str, network: IpAddr) -> Result<Slots> {
        Ok(Slots {
            address: self.address_slot(kind, address).await?,
            network: self.network_slot(kind, network).await?,
        })
    }

    async fn address_slot(&self, kind: Kind, address: &str) -> Result<i64> {
        let (name, first) = kind.of_addresses();
        Ok(self.slot(name, &fold_email(address)).await? + first)
    }

    async fn network_slot(&self, kind: Kind, from: IpAddr) -> Result<i64> {
        let (name, first) = kind.of_networks();
        Ok(self.slot(name, &network(from).to_string()).await? + first)
    }

    async fn slot(&self, kind: &str, what: &str) -> Result<i64> {
        // The key of the first account: tries are counted before it is known whose they are.
        let first = self.first_account().await?;
        let mac = first
            .key()
            .mac("sign-in attempts", &[kind.as_bytes(), what.as_bytes()])?;
        let number = mac
            .first_chunk::<8>()
            .map(|bytes| u64::from_be_bytes(*bytes) % SLOTS);
        let number = number.and_then(|number| i64::try_from(number).ok());
        number.ok_or_else(|| LedgerError::Damaged("a hash is too short".into()))
    }
}

/// One more; when its window began, and how many there are in it.
async fn count(tx: &mut Tx, slot: i64, now: Moment, window_ms: i64) -> Result<(i64, i64)> {
    let row = tx
        .fetch_optional(
            "INSERT INTO sign_in_attempts (slot, began_at, count) VALUES ($1, $2, 1) ON CONFLICT (slot) DO UPDATE SET \
             count = CASE WHEN sign_in_attempts.began_at <= $3 THEN 1 ELSE sign_in_attempts.count + 1 END, \
             began_at = CASE WHEN sign_in_attempts.began_at <= $3 THEN excluded.began_at ELSE sign_in_attempts.began_at END \
             RETURNING began_at, count",
            [slot.into(), now.0.into(), now.0.saturating_sub(window_ms).into()],
        )
        .await?;
    let row = row.ok_or(LedgerError::Unknown("try"))?;
    Ok((row.get(0)?, row.get(1)?))
}

pub(super) async fn sweep(tx: &mut Tx, now: Moment) -> Result<()> {
    tx.execute(
        "DELETE FROM sign_in_attempts WHERE began_at <= $2 AND (slot < $1 OR began_at <= $3)",
        [
            MAILED_A_DAY.into(),
            now.0.saturating_sub(WINDOW_MS).into(),
            now.0.saturating_sub(DAY_MS).into(),
        ],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_of_ipv6_is_one_stranger() {
        let network_of = |text: &str| network(text.parse().unwrap());
        assert_eq!(network_of("2001:db8::1"), network_of("2001:db8::ffff:2"));
        assert_ne!(network_of("2001:db8::1"), network_of("2001:db8:0:1::1"));
        assert_eq!(network_of("::ffff:192.0.2.1"), network_of("192.0.2.1"));
    }
}
