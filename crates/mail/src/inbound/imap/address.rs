//! How a folder of mails is named.

use percent_encoding::percent_decode_str;
use url::Url;

use super::ImapError;
use crate::access_token::AccessToken;
use crate::tls::is_here;

/// Where a folder is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub host: String,
    pub port: u16,
    pub is_secured: bool,
    pub folder: String,
    /// Where mails go that are over.
    pub moved: Option<String>,
}

/// How to sign in.
#[derive(Clone)]
pub(super) enum SignIn {
    Password(String, String),
    Token(String, AccessToken),
}

/// Reads an address.
pub(super) fn read(
    address: &str,
    token: Option<AccessToken>,
) -> Result<(Place, SignIn), ImapError> {
    let url = Url::parse(address).map_err(|_| ImapError::Address)?;
    let is_here = is_here(&url).ok_or(ImapError::Address)?;
    let is_secured = match url.scheme() {
        "imaps" => true,
        "imap" if is_here => false,
        "imap" => return Err(ImapError::Plain),
        _ => return Err(ImapError::Address),
    };
    let host = url.host_str().ok_or(ImapError::Address)?;
    let host = host.trim_matches(['[', ']']).to_owned();
    let user = plain(url.username()).filter(|user| !user.is_empty());
    let user = user.ok_or(ImapError::SignIn)?;
    let password = url
        .password()
        .map(|password| plain(password).ok_or(ImapError::Address));
    let sign_in = match (password.transpose()?, token) {
        (Some(password), None) => SignIn::Password(user, password),
        (None, Some(token)) => SignIn::Token(user, token),
        _ => return Err(ImapError::SignIn),
    };
    let folder = plain(url.path().trim_start_matches('/')).ok_or(ImapError::Address)?;
    let mut moved = None;
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "moved" if !value.is_empty() => moved = Some(value.into_owned()),
            _ => return Err(ImapError::Address),
        }
    }
    let is_plain = |name: &String| !name.contains(char::is_control);
    if !is_plain(&folder) || !moved.as_ref().is_none_or(is_plain) {
        return Err(ImapError::Address);
    }
    let place = Place {
        host,
        port: url.port().unwrap_or(if is_secured { 993 } else { 143 }),
        is_secured,
        folder: if folder.is_empty() {
            "INBOX".to_owned()
        } else {
            folder
        },
        moved,
    };
    Ok((place, sign_in))
}

/// Without its escapes, and without anything that ends a line.
fn plain(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    (!text.contains(char::is_control)).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_fetched_over_tls_except_on_this_machine() {
        let (place, sign_in) = read(
            "imaps://rita%40example.org:a%2Fb@mail.example.org/Desk%20mail?moved=Done",
            None,
        )
        .unwrap();
        let wanted = Place {
            host: "mail.example.org".to_owned(),
            port: 993,
            is_secured: true,
            folder: "Desk mail".to_owned(),
            moved: Some("Done".to_owned()),
        };
        assert_eq!(place, wanted);
        let SignIn::Password(user, password) = sign_in else {
            panic!("a password");
        };
        assert_eq!(
            (user.as_str(), password.as_str()),
            ("rita@example.org", "a/b")
        );

        let (place, _) = read("imap://u:p@127.0.0.1:1143", None).unwrap();
        assert_eq!((place.port, place.folder.as_str()), (1143, "INBOX"));
        let token = || Some(AccessToken::in_file("/x"));
        assert!(read("imaps://u@mail.example.org", token()).is_ok());
        for (address, with_token) in [
            ("imap://u:p@mail.example.org", false),
            ("imaps://mail.example.org", false),
            ("imaps://u@mail.example.org", false),
            ("imaps://u:p@mail.example.org", true),
            ("imaps://:p@mail.example.org", false),
            ("imaps://u%0d:p@mail.example.org", false),
            ("imaps://u:p@mail.example.org/a%0d%0ab", false),
            ("imaps://u:p@mail.example.org/?moved=a%0ab", false),
            ("imaps://u:p@mail.example.org/?move=a", false),
            ("https://u:p@mail.example.org", false),
            ("mail.example.org", false),
            ("", false),
        ] {
            let token = token().filter(|_| with_token);
            assert!(read(address, token).is_err(), "{address}");
        }
    }
}
