//! Where received mails go.

/// Most receivers of one mail.
pub const RECIPIENTS_MAX: usize = 100;
/// Largest mail, in bytes.
pub const SIZE_MAX: usize = 25 * 1_024 * 1_024;

/// A mail as it arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The sender in the envelope, to whom other servers report; `None`: nobody, as for reports. Not who wrote it.
    pub sender: Option<String>,
    /// The receivers in the envelope; those that the mail names where there was none.
    pub recipients: Vec<String>,
    /// The mail itself.
    pub raw: Vec<u8>,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Delivery(…)")
    }
}

/// What became of a mail at a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, durably, or was already; or it is one that ends here: nobody has to keep it any longer.
    Stored,
    /// It is not wanted, and never will be.
    Refused,
    /// It could not be stored; whoever has it keeps it, and tries again.
    Later,
}

impl Outcome {
    fn code(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Refused => "refused",
            Self::Later => "later",
        }
    }
}

/// Says what is counted.
pub(super) fn describe() {
    metrics::describe_counter!(
        "rolecall_mails_received_total",
        "Receivers of mails that came in, by what became of the mail: stored, refused, later."
    );
}

/// Counts what became of a mail at a receiver.
pub(super) fn count(outcome: Outcome) {
    metrics::counter!("rolecall_mails_received_total", "outcome" => outcome.code()).increment(1);
}

/// What takes mails.
///
/// A mail may come twice: when the answer to the first was lost, and when two receivers are served one after the other. Whoever takes it
/// knows it again by its id.
pub trait Handler: Send + Sync + 'static {
    /// Whether there is such a receiver. Nobody else is told who is behind it.
    fn knows(&self, recipient: &str) -> impl Future<Output = bool> + Send;

    /// Takes a mail, and says for each receiver in their order what became of it. What is missing counts as [`Outcome::Later`].
    fn receive(&self, delivery: Delivery) -> impl Future<Output = Vec<Outcome>> + Send;
}

impl Delivery {
    /// A mail without an envelope: who it is for, and who hears of it when it fails, stands in headers of the last server.
    pub fn fetched(raw: Vec<u8>) -> Self {
        let (sender, recipients) = super::message::envelope(&raw);
        Self {
            sender,
            recipients,
            raw,
        }
    }
}
