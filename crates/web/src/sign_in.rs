//! The sign-in session that a request came with: what its forms carry, and what was proved in it.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
};

use access::{Dense, Moment, PersonId};
use ledger::{Hash, Randomness, Secret, SignInSession, Stage, Through};
use subtle::ConstantTimeEq;

/// How long it counts that somebody proved who they are.
pub const FRESH_SECONDS: u32 = 10 * 60;
const FRESH_MS: i64 = FRESH_SECONDS as i64 * 1_000;
const NONCE_BYTES: usize = 16;

/// The session that a request came with.
pub struct SignIn {
    session: SignInSession,
    secret: Secret,
    proved_at: AtomicI64,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn(…)")
    }
}

impl SignIn {
    pub(crate) fn new(session: SignInSession, secret: Secret) -> Self {
        Self {
            proved_at: AtomicI64::new(session.proved_at.0),
            session,
            secret,
        }
    }

    /// Its public id.
    pub fn id(&self) -> &str {
        &self.session.id
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What was proved when it began.
    pub fn stage(&self) -> Stage {
        self.session.stage
    }

    /// Who is signed in, whoever it is that they view as.
    pub fn person(&self) -> PersonId {
        self.session.person
    }

    /// As whom they view (AD-27), and until when at most.
    pub fn views(&self) -> Option<(PersonId, Moment)> {
        self.session.views
    }

    /// The provider that it came through, and what it opens.
    pub fn through(&self) -> Option<&Through> {
        self.session.through.as_ref()
    }

    /// When it ends at the latest.
    pub(crate) fn ends_at(&self) -> Moment {
        self.session.ends_at
    }

    /// When it was proved in it for the last time who somebody is.
    pub(crate) fn proved_at(&self) -> Moment {
        Moment(self.proved_at.load(Ordering::Relaxed))
    }

    /// Whether it was proved so lately that it counts.
    pub(crate) fn is_fresh(&self, now: Moment) -> bool {
        now.0 < self.proved_at().0.saturating_add(FRESH_MS)
    }

    /// It was proved now, in this very request.
    pub(crate) fn prove(&self, now: Moment) {
        self.proved_at.store(now.0, Ordering::Relaxed);
    }

    /// Bytes that this session alone can make, the same ones whenever it is asked for this purpose: what nobody has to keep.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        Hash::of(format!("{purpose} {}", self.secret.reveal()).as_bytes()).0
    }

    /// What a form of this session carries, so that no other page can send it. Each page gets another one: a page is packed, and its
    /// length would tell of one that stays the same.
    pub(crate) fn form_token(&self, randomness: &dyn Randomness) -> String {
        let mut nonce = [0; NONCE_BYTES];
        randomness.fill(&mut nonce);
        let nonce = Hash::of(&nonce).to_string();
        format!("{nonce}.{}", self.proof(&nonce))
    }

    /// Whether the session made this token.
    pub(crate) fn made(&self, token: &str) -> bool {
        let Some((nonce, proof)) = token.split_once('.') else {
            return false;
        };
        bool::from(self.proof(nonce).as_bytes().ct_eq(proof.as_bytes()))
    }

    fn proof(&self, nonce: &str) -> String {
        // What was shown as somebody else's is not sent as one's own once the viewing is over.
        let purpose = match self.session.views {
            None => "form".to_owned(),
            Some((viewed, _)) => format!("form as {}", viewed.number()),
        };
        Hash::of(format!("{purpose} {} {nonce}", self.secret.reveal()).as_bytes()).to_string()
    }
}
