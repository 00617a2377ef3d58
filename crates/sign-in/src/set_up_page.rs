//! The first set-up at a browser, behind the single-use link that the server printed. Its secret comes behind a "#", so that no log and
//! no other page hears of it.

use askama::Template;
use serde::Deserialize;
use web::{
    Problem, Result,
    browser::Browser,
    guard::Public,
    page::{Page, Taken, form::Form},
    route::{Route, get, post},
    session::failed,
    values,
};

use crate::{
    password::{self, Password},
    rules,
    set_up::{BeforeTheFirstUser, FirstUser, account_of, open_account},
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/set-up", "set_up.page", "Set the account up", show),
        post(
            "/set-up",
            "set_up.first_user",
            "Set the account up with the link that the server printed, and sign in",
            first_user,
        ),
    ]
}

#[derive(Default, Template)]
#[template(path = "set-up.html")]
struct SetUpPage {
    link: String,
    name: String,
    email: String,
    wrong_link: bool,
    wrong_name: Option<String>,
    wrong_email: bool,
    wrong_password: Option<String>,
}

/// RULES §7: after set-up there is no such page.
async fn show(public: Public<BeforeTheFirstUser>) -> Result<Page<SetUpPage>> {
    let first = public.app.engine().first_account().await.map_err(failed)?;
    if first.state().account().open {
        return Err(Problem::not_found());
    }
    Ok(Page::new(SetUpPage::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetUpForm {
    link: String,
    name: String,
    email: String,
    password: String,
}

async fn first_user(
    public: Public<BeforeTheFirstUser>,
    browser: Browser,
    Form(form): Form<SetUpForm>,
) -> Result<Taken<SetUpPage>> {
    let engine = public.app.engine();
    // Before anything else: whoever has no link learns nothing, and costs nothing.
    let account = match account_of(engine, form.link.trim()).await {
        Ok(account) => account,
        Err(problem) if problem.code() == "link_used" => {
            // After set-up every link is used, and there is no such page.
            let page = show(public).await?.template;
            return Ok(Taken::Again(Page::again(SetUpPage {
                name: form.name,
                email: form.email,
                wrong_link: true,
                ..page
            })));
        }
        Err(problem) => return Err(problem),
    };
    let typed = Password::typed(&form.password);
    let page = SetUpPage {
        wrong_name: values::name(&form.name)
            .err()
            .map(|error| error.to_string()),
        wrong_email: values::email(&form.email).is_none(),
        wrong_password: rules::check(&typed, &form.name, &form.email)
            .err()
            .map(|weak| weak.to_string()),
        link: form.link,
        name: form.name,
        email: form.email,
        wrong_link: false,
    };
    if page.wrong_name.is_some() || page.wrong_email || page.wrong_password.is_some() {
        return Ok(Taken::Again(Page::again(page)));
    }
    let hash = password::hash(typed, engine.randomness().as_ref()).await?;
    let first = FirstUser {
        name: values::parse_name("name", &page.name)?,
        email: values::parse_email("email", &page.email)?,
        password: Some(hash),
        token: None,
    };
    let face = ("pages", public.request.as_str());
    let opened = open_account(&account, page.link.trim(), first, face).await?;
    let person = account.state().resolve(opened.person);
    let person = person.ok_or_else(|| Problem::internal("the first user is not there"))?;
    let begun = public
        .app
        .sign_ins()
        .begin(&account, person, None, &browser, "/");
    begun.await.map(Taken::Done)
}
