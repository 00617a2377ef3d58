//! The form of a profile: what was changed on it, shown in the review and saved.

use access::{PersonId, explain::words::Name};
use web::{
    Result,
    guard::CommandsOn,
    page::{
        PEOPLE, SeeOther, Taken,
        names::Names,
        review::{Asking, Review, Reviewed},
    },
    route::{Route, post},
};

use crate::people;

pub(super) fn routes() -> Vec<Route> {
    vec![post(
        "/people/{person}/profile",
        "person.edit_profile",
        "Review and save a person's name, address and the like",
        edit_profile,
    )]
}

async fn edit_profile(
    commands: CommandsOn<PersonId>,
    form: Reviewed<people::ProfileForm>,
) -> Result<Taken<Review>> {
    let (session, person) = (&*commands, commands.on);
    let path = super::path_of(session, person);
    let change = match people::profile_change(session, person, &form.body).await? {
        people::ProfileSave::Change(change) => *change,
        people::ProfileSave::Nothing => {
            return Ok(Taken::Done(
                SeeOther::to(path).saying("Nothing was changed."),
            ));
        }
        people::ProfileSave::Stale => {
            return Ok(Taken::Done(SeeOther::to(path).saying(
                "Nothing was saved: somebody changed the same since you opened the form. This is how it is now.",
            )));
        }
    };
    let names = Names::of_people(session, [person]).await?;
    let asking = Asking {
        title: format!(
            "Change the profile of {}?",
            names.text(Name::Person(person))
        ),
        about: String::new(),
        button: "Change the profile".to_owned(),
        action: format!("{path}/profile"),
        back: path.clone(),
        place: PEOPLE.label,
        moves: Vec::new(),
    };
    let settled = form.settle(session, change, asking).await?;
    Ok(settled.then(|_| SeeOther::to(path).saying("Saved.")))
}
