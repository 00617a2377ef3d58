//! Parameters that many routes share: which version to read, and how to submit a command.

use std::fmt;

use access::Moment;
use utoipa::openapi::{path::ParameterIn, schema::AnyOfBuilder};

use crate::{
    about::About,
    call::Call,
    decision::timestamp,
    effect,
    part::Part,
    problem::{Problem, Result},
    schema,
};

/// The longest fingerprint and idempotency key that are looked at, in bytes.
const OPAQUE_BYTES_MAX: usize = 512;

/// The moment that a caller asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// A version of the account.
    Version(u64),
    /// Milliseconds since the epoch, UTC.
    Moment(i64),
}

impl AsOf {
    /// Reads a version, or a moment in RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(version) = text.parse() {
            return Some(Self::Version(version));
        }
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|moment| Self::Moment(moment.as_millisecond()))
    }
}

/// As [`AsOf::parse`] reads it.
impl fmt::Display for AsOf {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(to),
            Self::Moment(moment) => timestamp(Moment(*moment)).fmt(to),
        }
    }
}

/// Which version of the account to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// At least this version: busy where the account has not reached it.
    pub at_least_version: Option<u64>,
    /// Answer as it was then: today's rules on past facts.
    pub as_of: Option<AsOf>,
}

impl Reading {
    /// Reads the parameters; guards that resolve things use it too.
    pub fn of(call: &Call) -> Result<Self> {
        Ok(Self {
            as_of: call
                .parameter("as_of")
                .map(|text| {
                    AsOf::parse(text).ok_or_else(|| {
                        Problem::invalid("as_of", "give a version, or a moment like 2026-03-03T12:00:00Z (write + as %2B)")
                    })
                })
                .transpose()?,
            ..Self::of_command(call)?
        })
    }

    /// Reads what a command takes of it. It is about the present, and may rest on what another node has just written.
    pub fn of_command(call: &Call) -> Result<Self> {
        Ok(Self {
            at_least_version: number(call, "at_least_version")?,
            as_of: None,
        })
    }

    /// The parameters, for the document.
    pub fn describe(about: &mut About) {
        Self::describe_command(about);
        let version = schema::number(0, i64::MAX as u64);
        let past = AnyOfBuilder::new().item(version).item(schema::moment());
        about.parameter_of(
            past.into(),
            ParameterIn::Query,
            "as_of",
            false,
            "Answer as of then: a version, or a moment in RFC 3339. Today's rules on past facts.",
        );
    }

    /// The parameter of a command, for the document.
    pub fn describe_command(about: &mut About) {
        about.parameter::<u64>(
            ParameterIn::Query,
            "at_least_version",
            false,
            "At least this version, whichever node answers; 503 where the account has not reached it.",
        );
        about.problems.extend([422, 503]);
    }
}

impl Part for Reading {
    fn describe(about: &mut About) {
        Self::describe(about);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        Self::of(call)
    }
}

/// How a command is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// Only tell what would happen.
    pub dry_run: bool,
    /// Refuse unless the preview still has this fingerprint.
    pub if_fingerprint: Option<String>,
    /// A second request with this key does nothing more.
    pub idempotency: Option<Idempotency>,
}

/// A key of the caller's, and the request that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The key.
    pub key: String,
    /// Method, address and body.
    pub request: Vec<u8>,
}

impl Part for Submission {
    fn describe(about: &mut About) {
        about.parameter::<bool>(
            ParameterIn::Query,
            "dry_run",
            false,
            "Change nothing; answer with the preview: who gains and who loses what.",
        );
        about.parameter_of(schema::mark(), ParameterIn::Header, "If-Fingerprint", false, "The `fingerprint` of a preview; refused with 409 when the change would do something else by now.");
        about.parameter_of(
            schema::pattern("^[!-~]([ -~]{0,510}[!-~])?$"),
            ParameterIn::Header,
            "Idempotency-Key",
            false,
            "A key of your own, up to 512 bytes; the same key again gets the first answer again.",
        );
        about.problems.extend([409, 422]);
    }

    async fn take(call: &mut Call) -> Result<Self> {
        let dry_run = match call.parameter("dry_run") {
            None | Some("false") => false,
            Some("true" | "") => true,
            Some(_) => return Err(Problem::invalid("dry_run", "say true or false")),
        };
        let if_fingerprint = opaque(call, "if-fingerprint")?;
        // Whatever becomes of it: it is a slip, or it is none.
        if let Some(text) = &if_fingerprint {
            effect::fingerprint("If-Fingerprint", text)?;
        }
        Ok(Self {
            dry_run,
            if_fingerprint,
            idempotency: opaque(call, "idempotency-key")?.map(|key| Idempotency {
                key,
                request: call.fingerprint(),
            }),
        })
    }
}

fn opaque(call: &Call, name: &str) -> Result<Option<String>> {
    if !call.parts.headers.contains_key(name) {
        return Ok(None);
    }
    // One that is no text is not one that is left out.
    let value = call.header(name).unwrap_or_default();
    if value.is_empty() || value.len() > OPAQUE_BYTES_MAX {
        let detail = format!("this header takes 1 to {OPAQUE_BYTES_MAX} bytes of ASCII");
        return Err(Problem::invalid(name, detail));
    }
    Ok(Some(value.to_owned()))
}

pub(crate) fn number(call: &Call, name: &str) -> Result<Option<u64>> {
    call.parameter(name)
        .map(|text| {
            text.parse()
                .map_err(|_| Problem::invalid(name, "give a whole number that is not negative"))
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_rfc_3339_or_as_a_version() {
        assert_eq!(AsOf::parse("42"), Some(AsOf::Version(42)));
        assert_eq!(
            AsOf::parse("1970-01-01T00:00:01.500Z"),
            Some(AsOf::Moment(1500))
        );
        assert_eq!(AsOf::parse("yesterday"), None);
    }
}
