//! What of a text is new: not the mail that it answers, and not the signature. Both are kept, for what is cut here may be cut wrongly.

/// A text, in its parts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// What is new.
    pub text: String,
    /// The signature, without the line above it.
    pub signature: String,
    /// What was said before, as mails carry it along.
    pub quoted: String,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Said(…)")
    }
}

impl Said {
    /// Parts a text.
    pub(super) fn of(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let cut = [behind_separator(&lines), before_trailing_quote(&lines)];
        let cut = cut.into_iter().flatten().min().unwrap_or(lines.len());
        let (new, quoted) = lines.split_at(cut);
        if new.iter().all(|line| line.is_empty()) {
            // All of it is quoted, as in a mail that is passed on: then that is what it says.
            return Self {
                text: joined(&lines),
                ..Self::default()
            };
        }
        // "-- " stands above a signature; its space may be lost.
        let signed = new.iter().rposition(|line| *line == "--");
        let (new, signature) = match signed {
            Some(at) if new[..at].iter().any(|line| !line.is_empty()) => {
                (&new[..at], &new[at + 1..])
            }
            _ => (new, [].as_slice()),
        };
        Self {
            text: joined(new),
            signature: joined(signature),
            quoted: joined(quoted),
        }
    }
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n").trim_matches('\n').to_owned()
}

/// Lines of ">" that reach down to the end, or to the signature, with the line above that says whose words they are.
fn before_trailing_quote(lines: &[&str]) -> Option<usize> {
    let is_quote = |line: &&str| line.starts_with('>');
    let end = lines
        .iter()
        .rposition(is_quote)
        .filter(|last| lines[last + 1..].iter().all(|line| line.is_empty()))?;
    let mut begin = end;
    while begin > 0 && (is_quote(&lines[begin - 1]) || lines[begin - 1].is_empty()) {
        begin -= 1;
    }
    while lines[begin].is_empty() {
        begin += 1;
    }
    // "On Monday, Rita wrote:", in one or two lines, in whatever language: it ends so, and has a day or an address in it.
    let above = lines[..begin].iter().rposition(|line| !line.is_empty());
    if let Some(above) = above.filter(|above| begin - above <= 2 && lines[*above].ends_with(':')) {
        let has_day = |line: &str| line.contains(|letter: char| letter.is_ascii_digit());
        if has_day(lines[above]) {
            return Some(above);
        }
        if above > 0 && has_day(lines[above - 1]) {
            return Some(above - 1);
        }
        if lines[above].contains('@') {
            return Some(above);
        }
    }
    Some(begin)
}

/// What programs write above a mail that they quote as it is.
fn behind_separator(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).find(|at| {
        let line = lines[*at].trim();
        let is_rule = line.len() > 10
            && line.starts_with("-----")
            && line.ends_with("-----")
            && line.contains(char::is_alphabetic);
        // A block of headers: three of them, one below the other, the first with an address or a name behind it.
        is_rule || is_header_block(&lines[*at..])
    })
}

/// "From: … / Sent: … / To: … / Subject: …", in whatever language: four lines or more, each a word, a colon, and something.
fn is_header_block(lines: &[&str]) -> bool {
    const FROM: [&str; 9] = [
        "from",
        "von",
        "de",
        "da",
        "van",
        "från",
        "fra",
        "lähettäjä",
        "od",
    ];
    let name = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim_matches(['*', ' ']);
        let is_name = !name.is_empty() && name.chars().count() <= 12 && !value.trim().is_empty();
        is_name.then(|| name.to_lowercase())
    };
    let Some(first) = lines.first().and_then(|line| name(line)) else {
        return false;
    };
    FROM.contains(&first.as_str())
        && lines
            .iter()
            .skip(1)
            .take(3)
            .filter(|line| name(line).is_some())
            .count()
            == 3
}
