//! A table as a file for spreadsheets. What somebody typed is never a formula there.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    about::{About, Good},
    reply::Reply,
};

/// A file of comma-separated values, RFC 4180.
#[derive(Debug)]
pub struct Csv {
    name: &'static str,
    text: String,
}

impl Csv {
    /// Begins a file of this name with the heads of its columns.
    pub fn new(name: &'static str, heads: &[&str]) -> Self {
        let mut csv = Self {
            name,
            text: String::new(),
        };
        csv.row(heads.iter().copied());
        csv
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, values: impl IntoIterator<Item = S>) {
        add_row(&mut self.text, values);
    }
}

/// A row of a file that is sent stretch by stretch.
pub(super) fn add_row<S: AsRef<str>>(text: &mut String, values: impl IntoIterator<Item = S>) {
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        add_value(text, value.as_ref());
    }
    text.push_str("\r\n");
}

/// What spreadsheets take for the beginning of a formula, which may send the sheet elsewhere.
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A value of a file that was made here, as it was typed.
pub fn typed(value: &str) -> &str {
    let plain = value.strip_prefix('\'');
    plain
        .filter(|plain| plain.starts_with(FORMULAS))
        .unwrap_or(value)
}

fn add_value(text: &mut String, value: &str) {
    text.push('"');
    if value.starts_with(FORMULAS) {
        text.push('\'');
    }
    text.push_str(&value.replace('"', "\"\""));
    text.push('"');
}

impl Reply for Csv {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 200,
            description: "A file.",
            content: None,
        });
    }

    fn reply(self) -> Response {
        sent(self.name, self.text)
    }
}

/// A file of this name to be kept.
pub(super) fn sent(name: &str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_a_formula_and_none_ends_early() {
        let mut csv = Csv::new("x.csv", &["name"]);
        for value in ["=1+1", "+49 30", "-1", "@a", "\tx", "a\"b,c\r\nd", "Ana"] {
            csv.row([value]);
        }
        let wanted = [
            "\"name\"",
            "\"'=1+1\"",
            "\"'+49 30\"",
            "\"'-1\"",
            "\"'@a\"",
            "\"'\tx\"",
            "\"a\"\"b,c\r\nd\"",
            "\"Ana\"",
        ];
        assert_eq!(csv.text, wanted.join("\r\n") + "\r\n");
    }
}
