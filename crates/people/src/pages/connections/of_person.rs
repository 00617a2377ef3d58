//! What mappings have to do with somebody, on their own page (AD-30): what came by which provider's group, what was set by hand, and what is
//! wanted and cannot be given, with the reason.

use access::{
    Permission, ProviderGroupId, Target,
    command::Unmet,
    explain::words::{self, Name},
    state::MappedTo,
};
use askama::Template;
use web::{
    page::{
        names::{Html, Mark, Names},
        person::{Panel, Reading, Shown},
        sentence,
    },
    session::Session,
};

/// Groups that are named; beyond, they are counted.
const GROUPS_NAMED: usize = 50;
/// Lines of what is held, and of what is not given.
const LINES_MAX: usize = 200;

struct Held {
    what: Html,
    /// By which group; `None`: by hand.
    by: Option<Mark>,
}

struct NotGiven {
    what: Html,
    group: Mark,
    connection: Mark,
    why: String,
    rule: &'static str,
}

#[derive(Template)]
#[template(path = "person-mapped.html")]
struct Body {
    groups: Vec<Mark>,
    groups_beyond: usize,
    held: Vec<Held>,
    unmet: Vec<NotGiven>,
}

/// The provider's groups that somebody is in.
fn groups_of(session: &Session, reading: &Reading<'_>) -> Vec<ProviderGroupId> {
    let connections = session.state().connections().iter();
    let all = connections.flat_map(|(_, row)| row.provider_groups.iter());
    let is_in = |group: &ProviderGroupId| {
        let row = session.state().provider_groups().get(*group);
        row.is_some_and(|row| row.members.contains(reading.person))
    };
    all.filter(is_in).collect()
}

/// What can be mapped and is held, with the group by which it is.
fn held(session: &Session, reading: &Reading<'_>) -> Vec<(MappedTo, Option<ProviderGroupId>)> {
    let (state, person) = (session.state(), reading.person);
    let row = reading.row();
    let by = state.role_origin(person);
    // Member that nobody gave is no role by hand.
    let role = (by.is_some() || !row.account_role.is_member())
        .then_some((MappedTo::AccountRole(row.account_role), by));
    let ties = reading.held(Some).into_iter();
    let ties = ties.filter_map(|tie| Some((MappedTo::of(tie)?, state.tie_origin(person, tie))));
    role.into_iter().chain(ties).take(LINES_MAX).collect()
}

/// For whoever manages integrations: nobody else is told of a provider's groups.
pub(super) fn panel<'a>(reading: &'a Reading<'a>) -> Shown<'a> {
    Box::pin(async move {
        let session = reading.session;
        let may = Permission::AdminIntegrationsManage;
        if !reading.is_shown_as_user() || !session.view().may(may, Target::Account) {
            return Ok(None);
        }
        let groups = groups_of(session, reading);
        let mut unmet = session.state().unmet(reading.person, session.now());
        unmet.truncate(LINES_MAX);
        if groups.is_empty()
            && unmet.is_empty()
            && session.state().origins_of(reading.person).is_none()
        {
            return Ok(None);
        }
        let held = held(session, reading);
        let named = groups.iter().take(GROUPS_NAMED).copied();
        let wanted = held.iter().map(|(to, _)| *to);
        let wanted = wanted.chain(unmet.iter().map(|one| one.mapping.to));
        let wanted = wanted.flat_map(|to| words::mapped(to).names);
        let wanted = wanted.map(|(_, name)| name);
        let by = held.iter().filter_map(|(_, by)| *by);
        let by = by.chain(unmet.iter().map(|one| one.mapping.provider_group));
        let wanted = wanted.chain(by.chain(named.clone()).map(Name::ProviderGroup));
        let wanted = wanted.chain(unmet.iter().map(|one| Name::Connection(one.connection)));
        let names = Names::of(session, wanted.collect::<Vec<_>>()).await?;
        let what = |to| names.html(&words::mapped(to)).capital();
        let not_given = |one: Unmet| NotGiven {
            what: what(one.mapping.to),
            group: names.mark(Name::ProviderGroup(one.mapping.provider_group)),
            connection: names.mark(Name::Connection(one.connection)),
            why: sentence(&one.why.detail),
            rule: one.why.rule,
        };
        let body = Body {
            groups_beyond: groups.len().saturating_sub(GROUPS_NAMED),
            groups: named
                .map(|one| names.mark(Name::ProviderGroup(one)))
                .collect(),
            held: held
                .iter()
                .map(|(to, by)| Held {
                    what: what(*to),
                    by: by.map(|group| names.mark(Name::ProviderGroup(group))),
                })
                .collect(),
            unmet: unmet.into_iter().map(not_given).collect(),
        };
        Ok(Some(Panel {
            id: "mapped",
            heading: "From providers",
            about: "what their groups give, beside what was set by hand",
            body: Html::of(&body)?,
        }))
    })
}
