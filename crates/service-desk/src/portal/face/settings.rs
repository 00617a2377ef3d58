//! Configure › Portal: what the organisation is called there, its colour and its logo.

use access::decide::permissions::ConfigureDesk;
use askama::Template;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    guard::{May, TheAccount},
    page::{CONFIGURE, Frame, Page, SeeOther, Taken, form::Form, sentence, upload::Upload},
    route::{Route, get, post},
    session::Session,
    values,
};

use super::{
    acts::{RemoveLogo, SetFace, SetLogo},
    colour::Colour,
    kept,
    picture::{BYTES_MAX, Picture, TOO_LARGE},
};

const PATH: &str = "/configure/portal";

type Configurer = May<ConfigureDesk, TheAccount>;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "portal_settings.page",
            "What customers see around the portal",
            show,
        )
        .in_section(&CONFIGURE, "Portal"),
        post(
            PATH,
            "portal_settings.save",
            "Set name and colour of the portal",
            save,
        ),
        post(
            "/configure/portal/logo",
            "portal_settings.bring_logo",
            "Set the logo of the portal",
            bring_logo,
        ),
        post(
            "/configure/portal/logo/remove",
            "portal_settings.remove_logo",
            "Take the logo of the portal away",
            remove_logo,
        ),
    ]
}

#[derive(Template)]
#[template(path = "portal-settings.html")]
struct SettingsPage {
    frame: Frame,
    name: String,
    colour: String,
    logo: Option<String>,
    wrong_name: Option<String>,
    wrong_colour: Option<String>,
    wrong_logo: Option<&'static str>,
}

impl SettingsPage {
    async fn of(session: &Session) -> Result<Self> {
        let kept = kept(session).await?;
        Ok(Self {
            frame: Frame::of(session, "Portal", PATH, CONFIGURE.label).await?,
            logo: kept.logo_path(),
            name: kept.name,
            colour: kept.colour.to_string(),
            wrong_name: None,
            wrong_colour: None,
            wrong_logo: None,
        })
    }
}

async fn show(reader: Configurer) -> Result<Page<SettingsPage>> {
    SettingsPage::of(&reader).await.map(Page::new)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaceForm {
    name: String,
    colour: String,
}

async fn save(reader: Configurer, Form(form): Form<FaceForm>) -> Result<Taken<SettingsPage>> {
    let session = &*reader;
    let name = match form.name.trim() {
        "" => Ok(String::new()),
        name => values::name(name).map(str::to_owned),
    };
    match (name, Colour::parse(&form.colour)) {
        (Ok(name), Some(colour)) => {
            let act = SetFace { name, colour };
            session.act(act, &Submission::default(), None).await?;
            Ok(Taken::Done(SeeOther::to(PATH).saying("Saved.")))
        }
        (name, colour) => {
            let mut page = SettingsPage::of(session).await?;
            page.wrong_name = name.err().map(|wrong| sentence(&wrong.to_string()));
            let wrong = "Give six digits after a “#”, like #0d5f63.";
            page.wrong_colour = colour.is_none().then(|| wrong.to_owned());
            (page.name, page.colour) = (form.name, form.colour);
            Ok(Taken::Again(Page::again(page)))
        }
    }
}

async fn bring_logo(reader: Configurer, file: Upload<BYTES_MAX>) -> Result<Taken<SettingsPage>> {
    let session = &*reader;
    let wrong = match file.bytes.as_deref() {
        None => TOO_LARGE,
        Some(bytes) => match Picture::of(bytes) {
            Ok(logo) => {
                let act = SetLogo { logo };
                session.act(act, &Submission::default(), None).await?;
                return Ok(Taken::Done(SeeOther::to(PATH).saying("Saved.")));
            }
            Err(wrong) => wrong,
        },
    };
    let mut page = SettingsPage::of(session).await?;
    page.wrong_logo = Some(wrong);
    Ok(Taken::Again(Page::again(page)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn remove_logo(reader: Configurer, Form(Nothing {}): Form<Nothing>) -> Result<SeeOther> {
    reader.act(RemoveLogo, &Submission::default(), None).await?;
    Ok(SeeOther::to(PATH).saying("The logo is gone."))
}
