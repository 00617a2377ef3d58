//! An authenticator app: it reads the key off the page, and makes codes of it.

use access::Moment;
use totp_rs::{Builder, Secret};

use crate::browser::{House, PASSWORD};

pub struct Authenticator {
    /// As the page shows it.
    pub secret: String,
}

impl Authenticator {
    pub fn of(page: &str) -> Self {
        let (_, rest) = page.split_once("Key: <code>").unwrap();
        let secret = rest.split('<').next().unwrap().replace(' ', "");
        Self { secret }
    }

    pub fn code(&self, house: &House) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let Moment(now) = house.account.now();
        totp.generate(u64::try_from(now / 1_000).unwrap())
            .to_string()
    }

    /// The bytes of the key, as the database would write them.
    pub fn hex(&self) -> String {
        let secret = Secret::try_from_base32(&self.secret).unwrap();
        secret
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// The codes that a page shows.
pub fn recovery_codes(page: &str) -> Vec<String> {
    let codes = page.split("<li><code>").skip(1);
    codes
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect()
}

/// Sets a second factor up for somebody who has none.
pub async fn set_up(house: &House, email: &str) -> (Authenticator, Vec<String>) {
    let mut browser = house.browser();
    browser.sign_in(email, PASSWORD).await;
    let page = browser.look("/account/second-factor").await;
    let app = Authenticator::of(&page.text);
    let code = app.code(house);
    let done = browser
        .send("/account/second-factor", &[("code", &code)])
        .await;
    let codes = recovery_codes(&done.text);
    assert_eq!(codes.len(), 10, "{}", done.text);
    (app, codes)
}
