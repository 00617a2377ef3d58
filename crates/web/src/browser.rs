//! A browser in a few words, for its owner to recognise it by. What it sends about itself is not kept.

use axum::http::header;

use crate::{about::About, call::Call, part::Part, problem::Result};

/// Looked for in this order: each of them also calls itself the ones after it.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The browser of a request.
#[derive(Clone, Debug)]
pub struct Browser(pub(crate) String);

impl Browser {
    /// In a few words.
    pub fn in_words(&self) -> &str {
        &self.0
    }
}

impl Part for Browser {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        let sent = call.header(header::USER_AGENT.as_str());
        Ok(Self(in_words(sent.unwrap_or_default())))
    }
}

/// Browser and system, as far as they are known ones.
fn in_words(user_agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(sign, _)| user_agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Another program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_browsers_have_a_name_and_others_none() {
        let words = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            ("ann.lee@example.org", "Another program"),
            ("", "Another program"),
        ];
        for (sent, shown) in words {
            assert_eq!(in_words(sent), shown);
        }
    }
}
