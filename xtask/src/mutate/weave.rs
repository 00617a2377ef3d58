//! Breaks woven into the code: all of them at once, each asleep until its number is called. So the tests are built once.

use std::path::PathBuf;

/// An expression of the code.
#[derive(Clone)]
pub struct Place {
    pub file: PathBuf,
    /// Where it stands in the file, in bytes.
    pub start: usize,
    pub end: usize,
}

/// What stands around the expression so that it can be broken.
pub struct Wrapping {
    pub place: Place,
    pub before: String,
    pub after: String,
}

/// The text of a file with its wrappings. Places may stand within each other, and the same one may be wrapped twice.
pub fn woven(text: &str, wrappings: &[&Wrapping]) -> String {
    let mut sorted: Vec<_> = wrappings.to_vec();
    // Outer ones first.
    sorted.sort_by_key(|one| (one.place.start, std::cmp::Reverse(one.place.end)));
    let mut woven = String::new();
    let mut open: Vec<&Wrapping> = Vec::new();
    let mut next = sorted.into_iter().peekable();
    for at in 0..=text.len() {
        while let Some(innermost) = open.pop_if(|one| one.place.end == at) {
            woven.push_str(&innermost.after);
        }
        while let Some(one) = next.next_if(|one| one.place.start == at) {
            woven.push_str(&one.before);
            open.push(one);
        }
        if text.is_char_boundary(at)
            && let Some(character) = text[at..].chars().next()
        {
            woven.push(character);
        }
    }
    woven
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapping(start: usize, end: usize, name: &str) -> Wrapping {
        Wrapping {
            place: Place {
                file: PathBuf::new(),
                start,
                end,
            },
            before: format!("{name}("),
            after: format!("){name}"),
        }
    }

    #[test]
    fn places_may_stand_within_each_other_and_be_wrapped_twice() {
        let wrappings = [
            wrapping(0, 5, "a"),
            wrapping(0, 5, "b"),
            wrapping(4, 5, "c"),
            wrapping(7, 9, "d"),
        ];
        let wrappings: Vec<_> = wrappings.iter().collect();
        assert_eq!(woven("x + y, é", &wrappings), "a(b(x + c(y)c)b)a, d(é)d");
    }
}
