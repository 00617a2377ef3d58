//! Text of strangers: bounded, and without what no text should hold.

/// Longest text of a mail, in bytes.
pub const TEXT_MAX: usize = 64 * 1_024;

/// Letters that turn the direction of what follows, and hide what something is.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line, with single spaces, of so many letters at most.
pub(super) fn line(text: &str, most: usize) -> String {
    // Longer than the line may become, and short enough to be worked on.
    let text = cut(text, most.saturating_mul(16));
    let spaced = text.replace(|letter: char| letter.is_control(), " ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let one = words.join(" ");
    let letters = one.chars().filter(|letter| !turns(*letter));
    letters.take(most).collect::<String>().trim_end().to_owned()
}

/// Lines that end in one way, without what cannot be shown.
pub(super) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|letter| matches!(letter, '\n' | '\t') || !(letter.is_control() || turns(*letter)))
        .collect()
}

/// The beginning, of so many bytes at most.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What stands outside of quotes and comments in a header.
pub(super) fn unquoted(text: &str) -> String {
    let (mut out, mut comments, mut is_quoted) = (String::new(), 0_usize, false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if is_quoted || comments > 0 => {
                letters.next();
            }
            '"' if comments == 0 => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' => comments += 1,
            ')' => {
                comments = comments.saturating_sub(1);
                out.push(' ');
            }
            _ if comments > 0 => {}
            _ => out.push(letter),
        }
    }
    out
}
