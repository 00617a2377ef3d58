//! Typed text that speaks of somebody who is erased (SD-26): the exact address and the full name are blanked wherever they stand
//! in names, descriptions and properties of other things; the rest is not rewritten. Case does not count.
//!
//! A name of one word is left: it is a word of the language too, or the name of a service ("Support"), and nobody could tell.

use crate::profile::{Field, Profile, fold_email};

/// Under which addresses and full names somebody was known.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    folded: Vec<char>,
    /// As it stands in what is stored; with the escapes of JSON where it has any.
    stored: Vec<String>,
    is_address: bool,
    /// As it stands in an address of the web, and not as anybody reads it.
    is_encoded: bool,
}

impl Identity {
    /// What the versions of a person's profile say.
    pub fn of<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Self {
        let mut identity = Self::default();
        for profile in profiles {
            let name = profile.get(Field::Name).map(str::trim);
            let name = name.filter(|name| name.contains(char::is_whitespace));
            let address = profile.get(Field::Email).map(str::trim);
            identity.add(name.unwrap_or_default(), false);
            identity.add(address.unwrap_or_default(), true);
        }
        identity
    }

    fn add(&mut self, text: &str, is_address: bool) {
        self.know(text, is_address, false);
        // Case counts in what is encoded: a capital letter has other bytes.
        for text in [text, &text.to_lowercase()] {
            for kept in [
                |c: char| c == '@',
                |c: char| matches!(c, '@' | ' '),
                |_| false,
            ] {
                let encoded = percent_encoded(text, kept).replace(' ', "+");
                self.know(&encoded, is_address, true);
            }
        }
    }

    fn know(&mut self, text: &str, is_address: bool, is_encoded: bool) {
        let text = text.to_lowercase();
        let folded: Vec<char> = text.chars().collect();
        if folded.is_empty() || self.known.iter().any(|known| known.folded == folded) {
            return;
        }
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        let mut stored = vec![quoted.trim_matches('"').to_owned(), text];
        stored.dedup();
        self.known.push(Known {
            folded,
            stored,
            is_address,
            is_encoded,
        });
    }

    /// The addresses, as they are compared.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        let addresses = self.known.iter();
        let addresses = addresses.filter(|known| known.is_address && !known.is_encoded);
        addresses.map(|known| fold_email(&known.folded.iter().collect::<String>()))
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether a stored profile is worth reading: quick, and never wrong about a no.
    pub fn may_stand_in(&self, stored: &[u8]) -> bool {
        let text = String::from_utf8_lossy(stored).to_lowercase();
        let mut all = self.known.iter().flat_map(|known| &known.stored);
        all.any(|wanted| text.contains(wanted))
    }

    /// A text with blanks; `None` when nothing of the person stands in it.
    pub fn left_of(&self, text: &str) -> Option<String> {
        let left = self.blank_text(text);
        (left != text).then_some(left)
    }

    /// The profile with blanks; `None` when nothing of the person stands in it.
    pub fn blank(&self, profile: &Profile) -> Option<Profile> {
        let mut blanked = Profile::default();
        for (field, value) in profile.iter() {
            let text = match field {
                Field::Properties => self.blank_properties(value),
                _ => self.blank_text(value),
            };
            if !text.is_empty() || value.is_empty() {
                blanked = blanked.with(field, text);
            }
        }
        (blanked != *profile).then_some(blanked)
    }

    fn blank_properties(&self, json: &str) -> String {
        let Ok(before) = serde_json::from_str::<serde_json::Value>(json) else {
            return self.blank_text(json);
        };
        let mut after = before.clone();
        self.blank_value(&mut after);
        if after == before {
            json.to_owned()
        } else {
            after.to_string()
        }
    }

    fn blank_value(&self, value: &mut serde_json::Value) {
        use serde_json::Value::{Array, Object, String};
        match value {
            String(text) => *text = self.blank_text(text),
            Array(values) => values.iter_mut().for_each(|value| self.blank_value(value)),
            Object(values) => values
                .values_mut()
                .for_each(|value| self.blank_value(value)),
            _ => {}
        }
    }

    fn blank_text(&self, text: &str) -> String {
        let mut left = text.to_owned();
        for known in &self.known {
            left = known.blank(&left);
        }
        if left == text {
            left
        } else {
            left.trim().to_owned()
        }
    }
}

/// As addresses of the web have a text: bytes that are no letter, digit, `-`, `.`, `_` or `~` as `%` and two digits, save what is kept.
fn percent_encoded(text: &str, is_kept: fn(char) -> bool) -> String {
    let mut encoded = String::new();
    let mut bytes = [0; 4];
    for letter in text.chars() {
        let is_plain = letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '~');
        if is_plain || is_kept(letter) {
            encoded.push(letter);
            continue;
        }
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

impl Known {
    fn blank(&self, text: &str) -> String {
        // Each folded letter with the place of the letter that it came from: folding may make one of several.
        let letters: Vec<(usize, char)> = text
            .char_indices()
            .flat_map(|(at, letter)| letter.to_lowercase().map(move |folded| (at, folded)))
            .collect();
        let (mut left, mut kept, mut index) = (String::new(), 0, 0);
        while index + self.folded.len() <= letters.len() {
            let end = index + self.folded.len();
            let found = &letters[index..end];
            if !found.iter().map(|(_, letter)| letter).eq(&self.folded)
                || !self.stands_alone(&letters, index, end)
            {
                index += 1;
                continue;
            }
            let after = letters.get(end).map_or(text.len(), |(at, _)| *at);
            left.push_str(&text[kept..letters[index].0]);
            kept = after;
            index = end;
        }
        left + &text[kept..]
    }

    /// Not a part of a longer word or of another address.
    fn stands_alone(&self, letters: &[(usize, char)], start: usize, end: usize) -> bool {
        let letter = |index: Option<usize>| index.and_then(|index| letters.get(index));
        let is_word =
            |found: Option<&(usize, char)>| found.is_some_and(|(_, it)| it.is_alphanumeric());
        let of_address = |found: Option<&(usize, char)>| {
            is_word(found)
                || self.is_address
                    && found.is_some_and(|(_, it)| matches!(it, '.' | '_' | '-' | '+' | '%'))
        };
        let (before, after, later) = (
            letter(start.checked_sub(1)),
            letter(Some(end)),
            letter(Some(end + 1)),
        );
        // A full stop ends a sentence, unless an address goes on behind it.
        let ends_sentence = self.is_address && matches!(after, Some((_, '.'))) && !is_word(later);
        !of_address(before) && (!of_address(after) || ends_sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str) -> String {
        let ann = Profile::default()
            .with(Field::Name, "Ann Lee")
            .with(Field::Email, "Ann@example.org");
        let old = Profile::default().with(Field::Name, "Ann \"Annie\" Äther");
        let identity = Identity::of([&ann, &old].into_iter());
        let profile = Profile::default().with(Field::Name, text);
        let found = identity.may_stand_in(&profile.encode().unwrap());
        let blanked = identity.blank(&profile);
        assert!(found || blanked.is_none(), "the quick look says no: {text}");
        blanked.map_or_else(
            || text.to_owned(),
            |profile| profile.get(Field::Name).unwrap_or_default().to_owned(),
        )
    }

    #[test]
    fn sd_26_the_exact_address_and_full_name_go_and_the_rest_stays() {
        for (text, left) in [
            ("Printer of Ann Lee", "Printer of"),
            ("ANN LEE's desk, ann@EXAMPLE.org.", "'s desk, ."),
            ("Ann Lee", ""),
            ("ann@example.org,ann@example.org", ","),
            ("of Ann \"Annie\" äTHER here", "of  here"),
            ("İ Ann Lee İ", "İ  İ"),
            ("https://a.example/Ann%20Lee/b", "https://a.example//b"),
            ("https://a.example/?of=ann+lee", "https://a.example/?of="),
            (
                "https://a.example/?of=Ann%40example.org",
                "https://a.example/?of=",
            ),
            (
                "https://a.example/Ann%20%22Annie%22%20%C3%84ther",
                "https://a.example/",
            ),
        ] {
            assert_eq!(blanked(text), left, "{text}");
        }
    }

    #[test]
    fn sd_26_what_is_not_exactly_that_is_not_rewritten() {
        for text in [
            "Ann Leeson",
            "Joann Lee",
            "Ann and Lee",
            "joann@example.org",
            "x.ann@example.org",
            "ann@example.org.uk",
            "ann@example.orgs",
            "Lee, Ann",
        ] {
            assert_eq!(blanked(text), text);
        }
    }

    #[test]
    fn sd_26_a_name_of_one_word_is_a_word_too() {
        let support = Profile::default().with(Field::Name, "Support");
        assert!(Identity::of(std::iter::once(&support)).is_empty());
    }

    #[test]
    fn sd_26_properties_stay_what_they_are() {
        let ann = Profile::default().with(Field::Name, "Ann \"Annie\" Lee");
        let identity = Identity::of(std::iter::once(&ann));
        let json = r#"{"tags":["of Ann \"Annie\" Lee",7],"owner":"ann"}"#;
        let thing = Profile::default().with(Field::Properties, json);
        assert!(identity.may_stand_in(&thing.encode().unwrap()));
        let left: serde_json::Value = serde_json::from_str(
            identity
                .blank(&thing)
                .unwrap()
                .get(Field::Properties)
                .unwrap(),
        )
        .unwrap();
        assert_eq!(left, serde_json::json!({"tags": ["of", 7], "owner": "ann"}));
    }
}
