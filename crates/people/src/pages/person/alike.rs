//! To make somebody like somebody else, and to hand over what somebody leaves. What would be given is shown line by line, each with
//! why it cannot be where it cannot; what is ticked is one command, reviewed with its whole effect, and done altogether or not at all.

use std::collections::BTreeMap;

use access::{PersonId, RefusalKind, Subject, explain::words::Name};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{CommandsOn, Seen},
    page::{
        Frame, PEOPLE, Page, Picker, SeeOther, Sent, Taken, address,
        find::Kind,
        form::Form,
        moment,
        names::{Mark, Names},
        review::{Asking, Review, Reviewed},
        sentence,
    },
    part::Query,
    resource::{Id, PersonRef},
    route::{Route, get, post},
    session::Session,
};

use super::{
    Head,
    holdings::{Line, Note, Pair, Way},
};

const CHOSEN: &str = "take.";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/{person}/like",
            "person.like_page",
            "What would be given to a person to make them like another one",
            like,
        ),
        post(
            "/people/{person}/like",
            "person.like_choose",
            "Choose whom to make a person like",
            like_choose,
        ),
        post(
            "/people/{person}/like/save",
            "person.like",
            "Review and give a person what another one holds",
            like_save,
        ),
        get(
            "/people/{person}/hand-over",
            "person.hand_over_page",
            "What would be handed over from a person to another one",
            hand_over,
        ),
        post(
            "/people/{person}/hand-over",
            "person.hand_over_choose",
            "Choose to whom to hand over what a person holds",
            hand_over_choose,
        ),
        post(
            "/people/{person}/hand-over/save",
            "person.hand_over",
            "Review and hand over what a person holds to another one",
            hand_over_save,
        ),
    ]
}

/// The words of the two ways.
impl Way {
    fn end(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::HandOver => "hand-over",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Like => "Give the same as somebody",
            Self::HandOver => "Hand over",
        }
    }

    fn picker(self, whom: &[Kind]) -> Picker {
        match self {
            Self::Like => Picker::new("other", "The same as whom", whom),
            Self::HandOver => Picker::new("other", "To whom", whom),
        }
    }

    fn pair(self, person: PersonId, other: PersonId) -> Pair {
        let (from, to) = match self {
            Self::Like => (other, person),
            Self::HandOver => (person, other),
        };
        Pair {
            from,
            to,
            way: self,
        }
    }
}

/// Whom else it is about.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Address {
    /// The other person, by id.
    other: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    other: Option<String>,
    other_text: Option<String>,
    other_asked: Option<String>,
}

#[derive(Template)]
#[template(path = "person-alike.html")]
struct AlikePage {
    frame: Frame,
    head: Head,
    is_hand_over: bool,
    title: &'static str,
    action: String,
    other: Picker,
    wrong: Option<&'static str>,
    found: Option<Found>,
}

struct Found {
    id: String,
    from: Mark,
    to: Mark,
    sections: Vec<(&'static str, Vec<Row>)>,
    /// Lines that can be given.
    open: usize,
    more: bool,
}

struct Row {
    key: String,
    label: String,
    on: Option<Mark>,
    note: Option<String>,
    is_had: bool,
    /// Why it cannot be, with the rule.
    refused: Option<(String, &'static str)>,
}

async fn like(seen: Seen<PersonId>, Query(address): Query<Address>) -> Result<Page<AlikePage>> {
    show(&seen, seen.on, Way::Like, address).await
}

async fn hand_over(
    seen: Seen<PersonId>,
    Query(address): Query<Address>,
) -> Result<Page<AlikePage>> {
    show(&seen, seen.on, Way::HandOver, address).await
}

async fn like_choose(seen: Seen<PersonId>, Form(chosen): Form<Chosen>) -> Result<Taken<AlikePage>> {
    choose(&seen, seen.on, Way::Like, chosen).await
}

async fn hand_over_choose(
    seen: Seen<PersonId>,
    Form(chosen): Form<Chosen>,
) -> Result<Taken<AlikePage>> {
    choose(&seen, seen.on, Way::HandOver, chosen).await
}

async fn like_save(
    commands: CommandsOn<PersonId>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    save(&commands, commands.on, Way::Like, form).await
}

async fn hand_over_save(
    commands: CommandsOn<PersonId>,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    save(&commands, commands.on, Way::HandOver, form).await
}

/// The other person: somebody else, whose access the reader may ask about (AD-31), as about that of the first.
fn other(session: &Session, person: PersonId, id: &str) -> Option<PersonId> {
    let id: PersonRef = Id(id.parse().ok()?);
    let other = session.named("other", id).ok()?;
    (other != person && session.may_ask_about(Subject::Person(other))).then_some(other)
}

async fn page(
    session: &Session,
    person: PersonId,
    way: Way,
    picker: Picker,
    wrong: Option<&'static str>,
) -> Result<AlikePage> {
    session.asking(Subject::Person(person))?;
    let (frame, head) = super::head(session, person, way.title()).await?;
    Ok(AlikePage {
        action: format!("{}/{}", head.path, way.end()),
        frame: frame
            .below(head.path.clone(), head.name.text())
            .titled(way.title()),
        head,
        is_hand_over: way == Way::HandOver,
        title: way.title(),
        other: picker,
        wrong,
        found: None,
    })
}

/// Who can hold what such a person holds.
fn whom(session: &Session, person: PersonId) -> &'static [Kind] {
    let row = session.state().people().get(person);
    match row.map(|row| (row.is_user(), row.is_customer())) {
        Some((true, false)) => &[Kind::User],
        Some((false, true)) => &[Kind::Customer],
        _ => &[Kind::Person],
    }
}

async fn show(
    session: &Session,
    person: PersonId,
    way: Way,
    address: Address,
) -> Result<Page<AlikePage>> {
    let whom = whom(session, person);
    let Some(id) = address.other.filter(|id| !id.is_empty()) else {
        return Ok(Page::new(
            page(session, person, way, way.picker(whom), None).await?,
        ));
    };
    let Some(other) = other(session, person, &id) else {
        let picker = way
            .picker(whom)
            .wrong("Name somebody else, about whose access you may ask.");
        return Ok(Page::new(page(session, person, way, picker, None).await?));
    };
    let pair = way.pair(person, other);
    let (lines, more) = pair.lines(session);
    let names = Names::of(session, wanted(pair, &lines)).await?;
    let picker = way.picker(whom).with(&id, names.text(Name::Person(other)));
    let mut page = page(session, person, way, picker, None).await?;
    let open = lines.iter().filter(|line| line.refused.is_none()).count();
    let mut sections: Vec<(&'static str, Vec<Row>)> = Vec::new();
    for line in lines {
        let row = row(&names, &line);
        match sections.iter_mut().find(|(of, _)| *of == line.of) {
            Some((_, rows)) => rows.push(row),
            None => sections.push((line.of, vec![row])),
        }
    }
    page.found = Some(Found {
        id,
        from: names.mark(Name::Person(pair.from)),
        to: names.mark(Name::Person(pair.to)),
        sections,
        open,
        more,
    });
    Ok(Page::new(page))
}

fn wanted(pair: Pair, lines: &[Line]) -> Vec<Name> {
    let groups = lines.iter().flat_map(|line| match &line.note {
        Note::Groups(groups) => groups.clone(),
        Note::Nothing | Note::Until(_) => Vec::new(),
    });
    let things = lines.iter().filter_map(|line| line.on);
    let people = [pair.from, pair.to].map(Name::Person);
    things.chain(groups).chain(people).collect()
}

fn row(names: &Names<'_>, line: &Line) -> Row {
    Row {
        key: line.key.clone(),
        label: line.label.clone(),
        on: line.on.map(|name| names.mark(name)),
        note: match &line.note {
            Note::Nothing => None,
            Note::Until(end) => Some(format!("until {}", moment(*end))),
            Note::Groups(groups) => {
                let groups: Vec<_> = groups.iter().map(|group| names.text(*group)).collect();
                Some(format!("for {}", groups.join(", ")))
            }
        },
        is_had: line.is_had,
        refused: line.refused.as_ref().map(|why| {
            let said = match why.kind {
                RefusalKind::Forbidden => "Not for you to give: ",
                _ => "Cannot be given: ",
            };
            (format!("{said}{}", sentence(&why.detail)), why.rule)
        }),
    }
}

async fn choose(
    session: &Session,
    person: PersonId,
    way: Way,
    chosen: Chosen,
) -> Result<Taken<AlikePage>> {
    let sent = Sent {
        id: chosen.other,
        text: chosen.other_text,
        asked: chosen.other_asked,
    };
    let whom = whom(session, person);
    let picker = way.picker(whom).take(session, whom, sent).await?;
    let picker = match picker.chosen() {
        Some(id) if other(session, person, id).is_some() => {
            let path = format!("{}/{}", super::path_of(session, person), way.end());
            let to = address(&path, &[("other", Some(id))]);
            return Ok(Taken::Done(SeeOther::to(to)));
        }
        Some(_) => picker.wrong("Name somebody else, about whose access you may ask."),
        None => picker,
    };
    let wrong = Some("Name somebody: by the beginning of a name or an address.");
    let page = page(session, person, way, picker, wrong).await?;
    Ok(Taken::Again(Page::again(page)))
}

async fn save(
    session: &Session,
    person: PersonId,
    way: Way,
    form: Reviewed<BTreeMap<String, String>>,
) -> Result<Taken<Review>> {
    session.asking(Subject::Person(person))?;
    let fields = &form.body;
    let odd = fields
        .keys()
        .find(|name| *name != "other" && !name.starts_with(CHOSEN));
    if let Some(name) = odd {
        return Err(Problem::invalid(name.clone(), "there is no such field"));
    }
    let id = fields.get("other").map_or("", String::as_str);
    let other = other(session, person, id).ok_or_else(|| Problem::unknown_id("other"))?;
    let path = super::path_of(session, person);
    let back = address(&format!("{path}/{}", way.end()), &[("other", Some(id))]);
    let ticked: Vec<_> = fields
        .keys()
        .filter_map(|name| name.strip_prefix(CHOSEN))
        .collect();
    if ticked.is_empty() {
        return Ok(Taken::Done(
            SeeOther::to(back).saying("Nothing was ticked, and nothing was changed."),
        ));
    }
    let pair = way.pair(person, other);
    let (lines, _) = pair.lines(session);
    let gone = ticked
        .iter()
        .filter(|key| !lines.iter().any(|line| line.key == **key))
        .count();
    let given: Vec<_> = lines
        .iter()
        .filter(|line| ticked.contains(&line.key.as_str()))
        .collect();
    let names = Names::of_people(session, [pair.from, pair.to]).await?;
    let (from, to) = (
        names.text(Name::Person(pair.from)),
        names.text(Name::Person(pair.to)),
    );
    let things = match given.len() {
        1 => "1 thing".to_owned(),
        several => format!("{several} things"),
    };
    let left = lines.len() - given.len();
    let mut about = "Altogether or not at all.".to_owned();
    match left {
        0 => {}
        1 => about.push_str(" One more thing stays as it is."),
        more => about.push_str(&format!(" {more} more things stay as they are.")),
    }
    let received = given.iter().filter(|line| !line.is_had).count();
    let all_taken = given.len();
    if received < all_taken {
        about.push_str(&format!(
            " {to} receives {received} of them, and has the rest already."
        ));
    }
    if gone > 0 {
        about.push_str(" What changed since the page was made is left out.");
    }
    let command = pair.command(session, given);
    let asking = Asking {
        title: match way {
            Way::Like => format!("Give {to} {things} that {from} holds?"),
            Way::HandOver => format!("Hand {things} over from {from} to {to}?"),
        },
        about,
        button: match way {
            Way::Like => "Give them",
            Way::HandOver => "Hand them over",
        }
        .to_owned(),
        action: format!("{path}/{}/save", way.end()),
        back,
        place: PEOPLE.label,
        moves: Vec::new(),
    };
    let form = form.always().between([pair.from, pair.to]);
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| match way {
        Way::Like => SeeOther::to(format!("{path}/products")).saying(&format!("Given: {things}.")),
        Way::HandOver => SeeOther::to(path).saying(&match received == all_taken {
            true => format!("Handed over: {things}."),
            false => format!(
                "Handed over: {things} taken, {received} received; the rest was there already."
            ),
        }),
    }))
}
