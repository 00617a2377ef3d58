//! Commands, as a line holds them.

/// What the other side asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Hello,
    /// From whom; `None` is the empty sender of reports. The size, where it is said.
    From {
        sender: Option<String>,
        size: Option<usize>,
    },
    To(String),
    Data,
    Reset,
    Nothing,
    Verify,
    Quit,
}

/// Why a line is none; the whole answer.
pub(super) type Misheard = &'static str;

const SYNTAX: Misheard = "501 5.5.4 not understood";
const UNKNOWN: Misheard = "500 5.5.1 not known";
const PARAMETER: Misheard = "555 5.5.4 a parameter that is not known";

/// Longest address in a command (RFC 5321 has 256 with its brackets).
const ADDRESS_MAX: usize = 320;

/// Reads a line.
pub(super) fn read(line: &str) -> Result<Command, Misheard> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    let alone = |command| {
        if rest.is_empty() {
            Ok(command)
        } else {
            Err(SYNTAX)
        }
    };
    match verb.to_ascii_uppercase().as_str() {
        "LHLO" if rest.is_empty() => Err(SYNTAX),
        "LHLO" => Ok(Command::Hello),
        "MAIL" => from(rest),
        "RCPT" => to(rest),
        "DATA" => alone(Command::Data),
        "RSET" => alone(Command::Reset),
        "NOOP" => Ok(Command::Nothing),
        "VRFY" => Ok(Command::Verify),
        "QUIT" => alone(Command::Quit),
        // RFC 2033 §4.1: whoever says HELO or EHLO takes this for a mail server.
        _ => Err(UNKNOWN),
    }
}

fn from(rest: &str) -> Result<Command, Misheard> {
    let (sender, parameters) = path(rest, "FROM:")?;
    let mut size = None;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => size = Some(value.parse().map_err(|_| SYNTAX)?),
            "BODY" if ["7BIT", "8BITMIME"].contains(&value.to_ascii_uppercase().as_str()) => {}
            "SMTPUTF8" if value.is_empty() => {}
            _ => return Err(PARAMETER),
        }
    }
    let sender = (!sender.is_empty()).then(|| sender.to_owned());
    Ok(Command::From { sender, size })
}

fn to(rest: &str) -> Result<Command, Misheard> {
    let (receiver, parameters) = path(rest, "TO:")?;
    if !parameters.trim().is_empty() {
        return Err(PARAMETER);
    }
    if receiver.is_empty() {
        return Err(SYNTAX);
    }
    Ok(Command::To(receiver.to_owned()))
}

/// The address in its brackets, and what stands behind them.
fn path<'l>(rest: &'l str, before: &str) -> Result<(&'l str, &'l str), Misheard> {
    let found = rest.get(..before.len()).ok_or(SYNTAX)?;
    if !found.eq_ignore_ascii_case(before) {
        return Err(SYNTAX);
    }
    let rest = rest.get(before.len()..).unwrap_or_default().trim_start();
    let rest = rest.strip_prefix('<').ok_or(SYNTAX)?;
    let (mut is_quoted, mut is_escaped) = (false, false);
    let end = rest.find(|letter| {
        if is_escaped {
            is_escaped = false;
        } else if letter == '\\' && is_quoted {
            is_escaped = true;
        } else if letter == '"' {
            is_quoted = !is_quoted;
        }
        letter == '>' && !is_quoted
    });
    let (address, after) = rest.split_at_checked(end.ok_or(SYNTAX)?).ok_or(SYNTAX)?;
    let after = after.strip_prefix('>').unwrap_or_default();
    let is_parted = after.is_empty() || after.starts_with(' ');
    if !is_parted || address.len() > ADDRESS_MAX || address.contains(char::is_control) {
        return Err(SYNTAX);
    }
    Ok((address, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_read_as_the_standards_write_them() {
        let from = |sender: &str, size| {
            Ok(Command::From {
                sender: (!sender.is_empty()).then(|| sender.to_owned()),
                size,
            })
        };
        let to = |to: &str| Ok(Command::To(to.to_owned()));
        for (line, wanted) in [
            ("LHLO mail.example.org", Ok(Command::Hello)),
            ("lhlo x", Ok(Command::Hello)),
            ("LHLO", Err(SYNTAX)),
            ("EHLO x", Err(UNKNOWN)),
            ("HELO x", Err(UNKNOWN)),
            ("MAIL FROM:<a@example.org>", from("a@example.org", None)),
            (
                "mail from: <a@example.org> size=12 BODY=8BITMIME SMTPUTF8",
                from("a@example.org", Some(12)),
            ),
            ("MAIL FROM:<>", from("", None)),
            ("MAIL FROM:<> SIZE=9", from("", Some(9))),
            ("MAIL FROM:<a@b> SIZE=x", Err(SYNTAX)),
            ("MAIL FROM:<a@b> SIZE=-1", Err(SYNTAX)),
            ("MAIL FROM:<a@b> BODY=BINARYMIME", Err(PARAMETER)),
            ("MAIL FROM:<a@b> RET=HDRS", Err(PARAMETER)),
            ("MAIL FROM:a@b", Err(SYNTAX)),
            ("MAIL FROM:<a@b", Err(SYNTAX)),
            ("MAIL FROM:<a@b>SIZE=1", Err(SYNTAX)),
            ("MAIL", Err(SYNTAX)),
            ("RCPT TO:<a@b>", to("a@b")),
            ("RCPT TO:<\"a>\\\" b\"@c>", to("\"a>\\\" b\"@c")),
            ("RCPT TO:<>", Err(SYNTAX)),
            ("RCPT TO:<a@b> NOTIFY=NEVER", Err(PARAMETER)),
            ("RCPT TO:<a\u{7}@b>", Err(SYNTAX)),
            ("DATA", Ok(Command::Data)),
            ("DATA now", Err(SYNTAX)),
            ("BDAT 12 LAST", Err(UNKNOWN)),
            ("RSET", Ok(Command::Reset)),
            ("NOOP what", Ok(Command::Nothing)),
            ("VRFY a", Ok(Command::Verify)),
            ("QUIT", Ok(Command::Quit)),
            ("", Err(UNKNOWN)),
        ] {
            assert_eq!(read(line), wanted, "{line}");
        }
        let long = format!("RCPT TO:<{}@b>", "a".repeat(ADDRESS_MAX));
        assert_eq!(read(&long), Err(SYNTAX));
    }

    proptest! {
        #[test]
        fn whatever_a_line_holds_is_answered(line in "(MAIL FROM:|RCPT TO:|)\\PC{0,40}") {
            let _answered = read(&line);
        }
    }
}
