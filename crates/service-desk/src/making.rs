//! A new thing that needs a name and nothing else, on a page of its own.

use access::{Command, PublicId, decide::permissions::ConfigureDesk};
use askama::Template;
use ledger::{Change, Field, Of, ProfileWrite};
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        Frame, Page, SeeOther,
        lives::NewName,
        review::{Asking, Filled, Reviewed},
    },
    session::Session,
    things::Mortal,
    values,
};

use crate::tab::SECTION;

/// Made of a name alone.
pub(crate) trait Makeable: Mortal {
    /// The list that it will stand in, and below which its page will be.
    const PLACE: &'static str;
    /// The page of the form.
    const FORM: &'static str;
    /// One of them, in running text.
    const ONE: &'static str;
    /// The list's name.
    const MANY: &'static str;
    /// What such a thing is, and what comes after.
    const HINT: &'static str;

    /// What makes it.
    fn made_by(id: PublicId<Self>) -> Command;
}

#[derive(Default)]
struct Typed {
    name: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "thing-new.html")]
pub(crate) struct NewPage {
    frame: Frame,
    place: &'static str,
    form: &'static str,
    hint: &'static str,
    typed: Typed,
}

async fn page<K: Makeable>(session: &Session, typed: Typed) -> Result<NewPage> {
    let frame = Frame::of(session, &format!("New {}", K::ONE), K::FORM, SECTION).await?;
    Ok(NewPage {
        frame: frame.below(K::PLACE, K::MANY),
        place: K::PLACE,
        form: K::FORM,
        hint: K::HINT,
        typed,
    })
}

/// The form.
pub(crate) async fn show<K: Makeable>(
    may: May<ConfigureDesk, TheAccount>,
) -> Result<Page<NewPage>> {
    page::<K>(&may, Typed::default()).await.map(Page::new)
}

/// Makes one, and leads to its page.
pub(crate) async fn make<K: Makeable>(
    may: May<ConfigureDesk, TheAccount>,
    form: Reviewed<NewName>,
) -> Result<Filled<NewPage>> {
    let session = &*may;
    let name = match values::name(&form.body.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let typed = Typed {
                name: form.body.name.clone(),
                error: Some(error.to_string()),
            };
            return Ok(Filled::Again(Page::again(page::<K>(session, typed).await?)));
        }
    };
    let id = session.new_id::<K>();
    let asking = Asking {
        title: format!("Make the {} {name}?", K::ONE),
        about: String::new(),
        button: format!("Make the {}", K::ONE),
        action: K::FORM.to_owned(),
        back: K::FORM.to_owned(),
        place: SECTION,
        moves: Vec::new(),
    };
    let change = Change::from(K::made_by(id))
        .with_profile(ProfileWrite::new(Of::public(id)).set(Field::Name, name));
    let settled = form.settle(session, change, asking).await?;
    Ok(Filled::Settled(settled.then(|_| {
        let made = format!("{}/{id}", K::PLACE);
        SeeOther::to(made).saying(&format!("The {} is made.", K::ONE))
    })))
}
