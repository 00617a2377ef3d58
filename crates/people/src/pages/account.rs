//! Configure › Account: what holds for the account as a whole, and where each of it is set.

use std::time::Duration;

use access::{decide::permissions::ViewAccount, state::RegistrationPolicy};
use askama::Template;
use web::{
    Result,
    guard::{May, TheAccount},
    lists::Count,
    page::{CONFIGURE, Frame, Page},
    route::{Route, get},
    sign_ins::SignIns,
};

use super::{
    lists::{count_super_admins, is_last_super_admin},
    second_factor::SecondFactor,
};

pub(super) const PLACE: &str = "/configure/account";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "account.page",
            "What holds for the account as a whole",
            show,
        )
        .in_section(&CONFIGURE, "Account"),
    ]
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    id: String,
    is_active: bool,
    users: usize,
    /// AD-17
    is_single: bool,
    /// Who can sign in.
    super_admins: Count,
    is_last_super_admin: bool,
    registration: &'static str,
    second_factor: SecondFactor,
    idle: String,
    whole: String,
    /// Pages that open to the reader.
    sees_registration: bool,
    sees_tokens: bool,
}

async fn show(may: May<ViewAccount, TheAccount>, sign_ins: SignIns) -> Result<Page<AccountPage>> {
    let session = &*may;
    let state = session.state();
    let lifetimes = sign_ins.lifetimes();
    let frame = Frame::of(session, "Account", PLACE, CONFIGURE.label).await?;
    Ok(Page::new(AccountPage {
        second_factor: SecondFactor::of_everybody(session, &frame).await?,
        frame,
        id: session.account.public_id().to_string(),
        is_active: state.account().active,
        users: state.user_count() as usize,
        is_single: state.only_user().is_some(),
        super_admins: count_super_admins(session),
        is_last_super_admin: is_last_super_admin(session),
        registration: match state.account().registration {
            RegistrationPolicy::Nobody => "nobody",
            RegistrationPolicy::Companies => "people of companies that accept it",
            RegistrationPolicy::Anyone => "anyone",
        },
        idle: in_words(lifetimes.idle),
        whole: in_words(lifetimes.whole),
        sees_registration: session.opens("/configure/registration"),
        sees_tokens: session.opens("/configure/tokens"),
    }))
}

/// Hours where it is hours.
fn in_words(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (number, unit) = match minutes % 60 {
        0 if minutes > 0 => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_hours_where_it_is_hours() {
        let told = |minutes: u64| in_words(Duration::from_secs(minutes * 60));
        assert_eq!(told(720), "12 hours");
        assert_eq!(told(60), "1 hour");
        assert_eq!(told(90), "90 minutes");
        assert_eq!(told(1), "1 minute");
    }
}
