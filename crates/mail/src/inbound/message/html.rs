//! Text of HTML. Nothing of the markup is kept, so nothing of it can act (RULES: HTML made safe).
//!
//! The library only takes the markup apart, letter by letter: a parser that builds a tree works on what is nested for a time that grows with
//! the square of it, and mails come from anybody.

use html5gum::{DefaultEmitter, State, Token, Tokenizer};

use super::text::TEXT_MAX;

/// Quotes within quotes that are shown as such.
const QUOTES_MAX: usize = 10;
/// Longest link that is shown.
const LINK_MAX: usize = 1_000;

/// The words of an HTML text, in lines; quotes as mails have them, links in brackets.
pub(super) fn text(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut tokens = Tokenizer::new_with_emitter(html, emitter);
    tokens.set_state(State::Data);
    let mut out = Lines::default();
    for token in tokens {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let link = tag.attributes.get(b"href".as_slice());
                out.begin(&tag.name, link.map(|link| link.value.as_slice()));
            }
            Token::EndTag(tag) => out.end(&tag.name),
            Token::String(words) => out.words(&String::from_utf8_lossy(&words.value)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if out.text.len() > TEXT_MAX {
            break;
        }
    }
    out.text.truncate(out.text.trim_end().len());
    out.text
}

#[derive(Default)]
struct Lines {
    text: String,
    /// Line breaks that come before the next word.
    breaks: usize,
    /// A space comes before the next word.
    is_spaced: bool,
    quotes: usize,
    /// The same of what was written last.
    quotes_before: usize,
    /// Within these, breaks and spaces stay as they are.
    kept: usize,
    /// What stands in this element is not for readers.
    hidden: Option<Vec<u8>>,
    link: Option<Link>,
}

struct Link {
    address: String,
    /// Where its words begin.
    from: usize,
}

impl Lines {
    fn begin(&mut self, name: &[u8], link: Option<&[u8]>) {
        match name {
            b"style" | b"script" | b"title" if self.hidden.is_none() => {
                self.hidden = Some(name.to_owned());
            }
            b"blockquote" => {
                self.break_before(1);
                self.quotes += 1;
            }
            b"pre" => {
                self.break_before(1);
                self.kept += 1;
            }
            b"br" => self.breaks = (self.breaks + 1).min(2),
            b"li" => {
                self.break_before(1);
                self.words("- ");
                self.is_spaced = true;
            }
            b"td" | b"th" => self.is_spaced = true,
            b"a" => {
                self.link = link.and_then(shown).map(|address| Link {
                    address,
                    from: self.text.len(),
                });
            }
            _ => self.break_before(breaks(name)),
        }
    }

    fn end(&mut self, name: &[u8]) {
        if self.hidden.as_deref() == Some(name) {
            self.hidden = None;
        }
        match name {
            b"blockquote" => {
                self.break_before(1);
                self.quotes = self.quotes.saturating_sub(1);
            }
            b"pre" => {
                self.break_before(1);
                self.kept = self.kept.saturating_sub(1);
            }
            b"a" => {
                if let Some(link) = self.link.take() {
                    let words = self.text.get(link.from..).unwrap_or_default();
                    let bare = link.address.trim_start_matches("mailto:");
                    if !words.contains(bare) {
                        self.words(&format!(" <{}>", link.address));
                    }
                }
            }
            _ => self.break_before(breaks(name)),
        }
    }

    fn words(&mut self, words: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.kept > 0 {
            for (index, line) in words.split('\n').enumerate() {
                if index > 0 {
                    self.flush();
                    self.breaks = 1;
                }
                if !line.is_empty() {
                    self.flush();
                    self.text.push_str(line);
                }
            }
            return;
        }
        self.is_spaced |= words.starts_with(|letter: char| letter.is_ascii_whitespace());
        let mut is_first = true;
        for word in words.split_ascii_whitespace() {
            if !is_first {
                self.is_spaced = true;
            }
            is_first = false;
            self.flush();
            self.text.push_str(word);
        }
        self.is_spaced |= words.ends_with(|letter: char| letter.is_ascii_whitespace());
    }

    fn break_before(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    /// Writes what was put off: breaks with the mark of quotes, or a space.
    fn flush(&mut self) {
        let quotes = self.quotes.min(QUOTES_MAX);
        if self.breaks > 0 || self.text.is_empty() {
            let breaks = if self.text.is_empty() { 0 } else { self.breaks };
            for number in 1..=breaks {
                self.text.push('\n');
                if number < breaks {
                    // An empty line between a quote and something else is not quoted.
                    let both = quotes.min(self.quotes_before);
                    self.text.push_str(&">".repeat(both));
                }
            }
            if quotes > 0 {
                self.text.push_str(&">".repeat(quotes));
                self.text.push(' ');
            }
        } else if self.is_spaced && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
        self.breaks = 0;
        self.is_spaced = false;
        self.quotes_before = quotes;
    }
}

/// How many lines begin around an element.
fn breaks(name: &[u8]) -> usize {
    match name {
        b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"ul" | b"ol" | b"dl" => 2,
        b"div" | b"tr" | b"table" | b"hr" | b"section" | b"article" | b"header" | b"footer"
        | b"address" | b"center" | b"dt" | b"dd" | b"li" | b"body" => 1,
        _ => 0,
    }
}

/// A link that leads to a page or an address; no other does anything that is wanted.
fn shown(link: &[u8]) -> Option<String> {
    let link = std::str::from_utf8(link).ok()?.trim();
    let begins = |with: &str| {
        link.get(..with.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(with))
    };
    let is_known = ["https://", "http://", "mailto:"].into_iter().any(begins);
    let is_plain = !link.contains(|letter: char| {
        letter.is_whitespace() || letter.is_control() || letter == '<' || letter == '>'
    });
    (is_known && is_plain && link.len() <= LINK_MAX).then(|| link.to_owned())
}
