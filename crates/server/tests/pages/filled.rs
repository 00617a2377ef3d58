//! A form of a page with what it holds: what a browser sends of it, and what somebody does on it before.

use crate::browser::{Browser, Seen};

/// The fields of a form, as they are sent.
#[derive(Clone, Debug)]
pub struct Filled {
    action: String,
    fields: Vec<(String, String)>,
}

impl Seen {
    /// The first form of the page in which all of this stands.
    pub fn form(&self, holds: &[&str]) -> Filled {
        self.forms()
            .into_iter()
            .find(|form| holds.iter().all(|text| form.contains(text)))
            .map(Filled::read)
            .unwrap_or_else(|| panic!("no form with {holds:?}: {}", self.text))
    }

    /// The page without the tokens of its forms, which are other ones each time.
    pub fn without_tokens(&self) -> String {
        let mut pieces = self.text.split(r#"name="form_token" value=""#);
        let first = pieces.next().unwrap().to_owned();
        pieces.fold(first, |text, piece| text + piece.split_once('"').unwrap().1)
    }

    fn forms(&self) -> Vec<&str> {
        let forms = self.text.split("<form").skip(1);
        forms
            .map(|rest| rest.split("</form>").next().unwrap())
            .collect()
    }

    /// What stands below the name of the person.
    pub fn about(&self) -> &str {
        let (_, rest) = self.text.split_once("</h1>").unwrap();
        let (_, rest) = rest.split_once("<p>").unwrap();
        rest.split("</p>").next().unwrap()
    }
}

impl Filled {
    fn read(form: &str) -> Self {
        let (head, body) = form.split_once('>').unwrap();
        let mut fields = Vec::new();
        let mut chooses: Option<(String, Option<String>)> = None;
        for tag in body.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            let (name, value) = (attribute(tag, "name"), attribute(tag, "value"));
            let is_on = |word: &str| tag.ends_with(&format!(" {word}"));
            if tag.starts_with("input ") {
                let is_box = tag.contains(r#"type="checkbox""#) || tag.contains(r#"type="radio""#);
                if !is_box || is_on("checked") {
                    // What has no name is not sent.
                    fields.extend(name.map(|name| (name, value.unwrap_or_default())));
                }
            } else if tag.starts_with("select ") {
                chooses = name.map(|name| (name, None));
            } else if tag.starts_with("option ") {
                let chosen = &mut chooses.as_mut().unwrap().1;
                if chosen.is_none() || is_on("selected") {
                    *chosen = value;
                }
            } else if tag == "/select" {
                let (name, value) = chooses.take().unwrap();
                fields.extend(value.map(|value| (name, value)));
            }
        }
        fields.retain(|(name, _)| name != "form_token" && !name.is_empty());
        Self {
            action: attribute(head, "action").unwrap(),
            fields,
        }
    }

    /// Typed, chosen or ticked.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A box that is ticked no longer.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    /// The value that it would send.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Sends it.
    pub async fn send(&self, browser: &mut Browser) -> Seen {
        browser.send(&self.action, &self.fields()).await
    }

    /// Sends it, and saves from the review.
    pub async fn save(&self, browser: &mut Browser) -> Seen {
        browser.save(&self.action, &self.fields()).await
    }

    fn fields(&self) -> Vec<(&str, &str)> {
        let fields = self.fields.iter();
        fields
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(r#" {name}=""#))?;
    let text = rest.split('"').next()?;
    let escaped = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    let text = escaped
        .iter()
        .fold(text.to_owned(), |text, (markup, letter)| {
            text.replace(markup, letter)
        });
    Some(text)
}
