//! Where somebody wanted to go before they had to sign in.

/// Longest address that is remembered.
const BYTES_MAX: usize = 512;

/// A place of this server: a path that cannot lead to another one, whatever a browser makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(String);

impl Next {
    /// The place that was asked for, if it is one of ours; home otherwise.
    pub fn parse(text: &str) -> Self {
        let after = text.strip_prefix('/');
        let local = after.is_some_and(|after| !after.starts_with('/'))
            && text.len() <= BYTES_MAX
            // Browsers read `\` as `/`, and drop tabs and line ends.
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        Self(if local { text } else { "/" }.to_owned())
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.0
    }

    /// The sign-in page that leads there.
    pub fn at_sign_in(&self) -> String {
        self.after("/sign-in")
    }

    /// A page on the way there.
    pub(crate) fn after(&self, page: &str) -> String {
        let next: String = form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        format!("{page}?next={next}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_ours_is_kept() {
        for place in ["/", "/account/sessions", "/people?level=user&page=2"] {
            assert_eq!(Next::parse(place).path(), place);
        }
    }

    #[test]
    fn a_place_of_somebody_else_is_home() {
        let long = format!("/{}", "a".repeat(BYTES_MAX));
        let elsewhere = [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            " /account",
            "/a b",
            "/a\\b",
            &long,
        ];
        for place in elsewhere {
            assert_eq!(Next::parse(place).path(), "/", "{place:?}");
        }
    }

    #[test]
    fn the_sign_in_page_gets_it_as_one_parameter() {
        assert_eq!(
            Next::parse("/a?b=c&d=e").at_sign_in(),
            "/sign-in?next=%2Fa%3Fb%3Dc%26d%3De"
        );
    }
}
