//! What a browser comes back with (RFC 6749 §4.1.2, RFC 9207).

use std::fmt;

use crate::Error;
use crate::error::Denied;

/// Bytes of the whole query.
const QUERY_MAX: usize = 16 * 1024;

/// The parameters of the request to the redirect address.
#[derive(Clone)]
pub struct Callback {
    pub(crate) state: String,
    pub(crate) outcome: Result<String, Denied>,
    pub(crate) issuer: Option<String>,
}

/// It holds a code.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(…)")
    }
}

impl Callback {
    /// Reads the query of the request, without its `?`. What the provider says of an error in words is not read: anybody can send a
    /// browser here.
    ///
    /// # Errors
    /// [`Error::Callback`] where a parameter is missing or there twice, or all is too long.
    pub fn parse(query: &str) -> Result<Self, Error> {
        if query.len() > QUERY_MAX {
            return Err(Error::Callback);
        }
        let state = one(query, "state")?.ok_or(Error::Callback)?;
        let outcome = match (one(query, "code")?, one(query, "error")?) {
            (Some(code), None) => Ok(code),
            (None, Some(error)) => Err(Denied::of(&error)),
            _ => return Err(Error::Callback),
        };
        Ok(Self {
            state,
            outcome,
            issuer: one(query, "iss")?,
        })
    }

    /// By which the [`Pending`](crate::Pending) is found again. Whoever finds it by this has proved nothing yet: it has to be the one that
    /// *this browser* began.
    pub fn state(&self) -> &str {
        &self.state
    }
}

/// A parameter, which is there once at most (RFC 6749 §3.1); an empty one is not there.
fn one(query: &str, name: &str) -> Result<Option<String>, Error> {
    let mut values = form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned());
    let value = values.next();
    match values.next() {
        Some(_) => Err(Error::Callback),
        None => Ok(value.filter(|value| !value.is_empty())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_comes_back_with_a_code_or_an_error() {
        let code = Callback::parse("code=a%20b&state=s&iss=https%3A%2F%2Fid.example.org").unwrap();
        assert_eq!(
            (code.state(), code.outcome.clone()),
            ("s", Ok("a b".to_owned()))
        );
        assert_eq!(code.issuer.as_deref(), Some("https://id.example.org"));
        for (error, denied) in [
            ("access_denied", Denied::Access),
            ("login_required", Denied::Interaction),
            ("temporarily_unavailable", Denied::Unavailable),
            ("invalid_scope", Denied::Request),
            ("AADSTS50105", Denied::Other),
        ] {
            let query = format!("error={error}&error_description=words&state=s");
            assert_eq!(Callback::parse(&query).unwrap().outcome, Err(denied));
        }
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let long = format!("code=c&state={}", "s".repeat(QUERY_MAX));
        for query in [
            "",
            "code=c",
            "state=s",
            "code=&state=s",
            "code=c&state=",
            "code=c&state=s&state=t",
            "code=c&code=d&state=s",
            "code=c&error=access_denied&state=s",
            "code=c&state=s&iss=a&iss=b",
            &long,
        ] {
            let refused = Callback::parse(query).unwrap_err();
            assert_eq!(refused, Error::Callback, "{query}");
        }
    }
}
