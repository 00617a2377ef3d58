//! Configure › Groups: named sets of users to whom work is assigned, and what they have by them (SD-8, SD-20).

use access::{
    Command, GroupId, PersonId, PublicId, Window, decide::permissions::ConfigureDesk,
    explain::words::Name, state::Tie,
};
use askama::Template;
use web::{
    Problem, Result,
    guard::{And, May, TheAccount},
    page::{
        CONFIGURE, Frame, OnePerson, Page, Pager, Picked, Picker, Taken, ThisPerson,
        find::Kind,
        lives::{self, At, Lives, NewLife, NewName},
        making::{self, Makeable},
        names::{Mark, Names},
        review::{Filled, Review, Reviewed},
    },
    paging::Paging,
    route::{Route, get, post},
    session::Session,
    things::{self, Search},
};

use crate::tab::SECTION;

const PLACE: &str = "/configure/groups";
const PEOPLE: &[Kind] = &[Kind::User];
/// Services that a page names; beyond, they are counted.
const SERVICES_MAX: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            PLACE,
            "groups.page",
            "The groups of the desk, to configure",
            list,
        )
        .in_section(&CONFIGURE, "Groups"),
        get(
            "/configure/groups/new",
            "groups.new_page",
            "The form of a new group",
            making::show::<NewGroup>,
        ),
        post(
            "/configure/groups/new",
            "groups.make",
            "Make a group",
            making::make::<NewGroup>,
        ),
        get(
            "/configure/groups/{group}",
            "group.page",
            "A group, its members and its services",
            show,
        ),
        post(
            "/configure/groups/{group}/members",
            "group.put_in",
            "Review and put a user into a group",
            put_in,
        ),
        post(
            "/configure/groups/{group}/members/take",
            "group.take_out",
            "Review and take a user out of a group",
            take_out,
        ),
        post(
            "/configure/groups/{group}/name",
            "group.rename",
            "Rename a group",
            rename,
        ),
        post(
            "/configure/groups/{group}/life",
            "group.set_life",
            "Review and archive, restore or delete a group",
            set_life,
        ),
    ]
}

struct Row {
    name: Mark,
    members: usize,
    services: usize,
    is_archived: bool,
}

#[derive(Template)]
#[template(path = "groups.html")]
struct GroupsPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
}

async fn list(may: May<ConfigureDesk, TheAccount>, paging: Paging) -> Result<Page<GroupsPage>> {
    let session = &*may;
    let (found, next) =
        things::page::<GroupId>(session, &paging, &Search::default(), |_, _| true).await?;
    let wanted: Vec<_> = found.iter().map(|group| Name::Group(*group)).collect();
    let names = Names::of(session, wanted).await?;
    let rows = found.iter().filter_map(|group| {
        let row = session.state().groups().get(*group)?;
        Some(Row {
            name: names.mark(Name::Group(*group)),
            members: row.members.len(),
            services: row.services.len(),
            is_archived: !row.life.is_active(),
        })
    });
    Ok(Page::new(GroupsPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Groups", PLACE, SECTION).await?,
        pager: Pager::new(&paging, PLACE, next),
    }))
}

/// A group that is made.
struct NewGroup;

impl Makeable for NewGroup {
    type Thing = GroupId;
    type Maker = May<ConfigureDesk, TheAccount>;
    const SECTION: &'static str = SECTION;
    const PLACE: &'static str = PLACE;
    const FORM: &'static str = "/configure/groups/new";
    const ONE: &'static str = "group";
    const MANY: &'static str = "Groups";
    const HINT: &'static str =
        "A shift, a team, a list of specialists. Its members are chosen afterwards.";

    fn made_by(id: PublicId<Self::Thing>) -> Command {
        Command::CreateGroup { id }
    }
}

struct Member {
    id: String,
    who: Mark,
    /// The membership begins or ends.
    is_timed: bool,
}

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage {
    frame: Frame,
    name: String,
    path: String,
    is_archived: bool,
    count: usize,
    members: Vec<Member>,
    pager: Pager,
    services: Vec<Mark>,
    services_beyond: usize,
    who: Picker,
    lives: Lives,
}

fn who() -> Picker {
    Picker::new("person", "Name or address of a user", PEOPLE)
}

async fn at(session: &Session, group: GroupId) -> Result<At> {
    At::below(session, group, Name::Group(group), PLACE, SECTION).await
}

async fn page(
    session: &Session,
    group: GroupId,
    paging: &Paging,
    who: Picker,
) -> Result<GroupPage> {
    let row = session.state().groups().get(group);
    let row = row.ok_or_else(Problem::not_found)?;
    let At {
        page: path, name, ..
    } = at(session, group).await?;
    let view = session.view();
    let (found, next) = things::walk(
        paging,
        |after| row.members.iter_after(after),
        |person| view.sees(person),
    )?;
    let seen: Vec<_> = row.services.iter().filter(|one| view.sees(*one)).collect();
    let shown = &seen[..seen.len().min(SERVICES_MAX)];
    let wanted = found.iter().map(|person| Name::Person(*person));
    let wanted: Vec<_> = wanted
        .chain(shown.iter().map(|service| Name::Service(*service)))
        .collect();
    let names = Names::of(session, wanted).await?;
    let members = found.iter().map(|person| Member {
        id: session.id(*person).0.to_string(),
        who: names.mark(Name::Person(*person)),
        is_timed: !is_for_ever(session, *person, Tie::Group(group)),
    });
    let frame = Frame::of(session, &name, &path, SECTION).await?;
    let frame = frame.below(PLACE, "Groups");
    Ok(GroupPage {
        members: members.collect(),
        lives: Lives::of(&frame, &path, &name, "group", row.life),
        frame,
        is_archived: !row.life.is_active(),
        count: row.members.len(),
        pager: Pager::new(paging, &path, next),
        services: shown
            .iter()
            .map(|service| names.mark(Name::Service(*service)))
            .collect(),
        services_beyond: seen.len() - shown.len(),
        name,
        path,
        who,
    })
}

/// Whether the tie has neither beginning nor end.
fn is_for_ever(session: &Session, person: PersonId, tie: Tie) -> bool {
    let row = session.state().people().get(person);
    row.is_some_and(|row| row.ties.has(tie))
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    group: And<GroupId>,
    paging: Paging,
) -> Result<Page<GroupPage>> {
    page(&may, group.0, &paging, who()).await.map(Page::new)
}

async fn put_in(
    may: May<ConfigureDesk, TheAccount>,
    group: And<GroupId>,
    form: Reviewed<OnePerson>,
) -> Result<Filled<GroupPage>> {
    let (session, group) = (&*may, group.0);
    let person = match who().pick(session, PEOPLE, form.body.sent()).await? {
        Picked::One(person) => person,
        Picked::Not(who) => {
            let paging = Paging::at(session, &at(session, group).await?.page)?;
            let again = page(session, group, &paging, who).await?;
            return Ok(Filled::Again(Page::again(again)));
        }
    };
    let at = at(session, group).await?;
    let names = Names::of_people(session, [person]).await?;
    let title = format!("Put {} into {}?", names.text(Name::Person(person)), at.name);
    let asking = at.asking(title, "", "Put them in", "members");
    let command = Command::Tie {
        person,
        tie: Tie::Group(group),
        window: Window::ALWAYS,
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(Filled::Settled(
        settled.then(|_| at.saying("Saved: they are in the group.")),
    ))
}

async fn take_out(
    may: May<ConfigureDesk, TheAccount>,
    group: And<GroupId>,
    form: Reviewed<ThisPerson>,
) -> Result<Taken<Review>> {
    let (session, group) = (&*may, group.0);
    let person = session.named("person", form.body.person)?;
    let at = at(session, group).await?;
    let names = Names::of_people(session, [person]).await?;
    let title = format!(
        "Take {} out of {}?",
        names.text(Name::Person(person)),
        at.name
    );
    let about = "They stay a user, and keep what they have in other ways.";
    let asking = at.asking(title, about, "Take them out", "members/take");
    let command = Command::Untie {
        person,
        tie: Tie::Group(group),
    };
    let settled = form.settle(session, command, asking).await?;
    Ok(settled.then(|_| at.saying("Saved: they are out of the group.")))
}

async fn rename(
    may: May<ConfigureDesk, TheAccount>,
    group: And<GroupId>,
    form: Reviewed<NewName>,
) -> Result<Taken<Review>> {
    let at = at(&may, group.0).await?;
    lives::rename(&may, group.0, form, &at).await
}

async fn set_life(
    may: May<ConfigureDesk, TheAccount>,
    group: And<GroupId>,
    form: Reviewed<NewLife>,
) -> Result<Taken<Review>> {
    let at = at(&may, group.0).await?;
    lives::turn(&may, group.0, form, &at).await
}
