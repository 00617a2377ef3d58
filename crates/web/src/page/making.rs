//! A new thing that needs a name and nothing else, on a page of its own.

use std::ops::Deref;

use access::{Command, PublicId};
use askama::Template;
use ledger::{Change, Field, HasProfile, Of, ProfileWrite};

use super::{
    Frame, Page, SeeOther,
    lives::NewName,
    review::{Asking, Filled, Reviewed},
};
use crate::{guard::Guard, problem::Result, session::Session, things::Mortal, values};

/// A kind of thing that is made of a name alone.
pub trait Makeable: Send + Sync + 'static {
    /// The things.
    type Thing: Mortal + HasProfile;
    /// The guard of whoever makes them.
    type Maker: Guard + Deref<Target = Session> + Sync;
    /// The section of the rail.
    const SECTION: &'static str;
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
    fn made_by(id: PublicId<Self::Thing>) -> Command;
}

#[derive(Debug, Default)]
struct Typed {
    name: String,
    error: Option<String>,
}

/// The form of a new thing.
#[derive(Debug, Template)]
#[template(path = "thing-new.html")]
pub struct NewPage {
    frame: Frame,
    place: &'static str,
    form: &'static str,
    one: &'static str,
    hint: &'static str,
    typed: Typed,
}

async fn page<K: Makeable>(session: &Session, typed: Typed) -> Result<NewPage> {
    let title = format!("New {}", K::ONE);
    let frame = Frame::of(session, &title, K::FORM, K::SECTION).await?;
    Ok(NewPage {
        frame: frame.below(K::PLACE, K::MANY),
        place: K::PLACE,
        form: K::FORM,
        one: K::ONE,
        hint: K::HINT,
        typed,
    })
}

/// The form.
pub async fn show<K: Makeable>(maker: K::Maker) -> Result<Page<NewPage>> {
    page::<K>(&maker, Typed::default()).await.map(Page::new)
}

/// Makes one, and leads to its page.
pub async fn make<K: Makeable>(
    maker: K::Maker,
    form: Reviewed<NewName>,
) -> Result<Filled<NewPage>> {
    let session: &Session = &maker;
    let name = match values::name(&form.body.name) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            let typed = Typed {
                name: form.body.name.clone(),
                error: Some(format!("Please {error}.")),
            };
            return Ok(Filled::Again(Page::again(page::<K>(session, typed).await?)));
        }
    };
    let id = session.new_id::<K::Thing>();
    let asking = Asking {
        title: format!("Make the {} {name}?", K::ONE),
        about: String::new(),
        button: format!("Make the {}", K::ONE),
        action: K::FORM.to_owned(),
        back: K::FORM.to_owned(),
        place: K::SECTION,
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
