//! The list of roles: those that are fixed and readable, and those that the account made (AD-2).

use access::{
    Permission, PermissionSet, RoleId,
    catalogue::{ScopeKind, SystemRole},
    decide::permissions::OpenPortal,
    explain::words::Name,
};
use askama::Template;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        ACCESS, Frame, Page, Pager, capital,
        names::{Mark, Names},
    },
    paging::Paging,
    route::{Route, get},
    things::{self, Search},
};

use super::{
    PLACE, SECTION, holders, makes_roles,
    tree::{Bough, boughs},
};

/// Permissions of a role that its row names.
const NAMED: usize = 3;

pub(super) fn routes() -> Vec<Route> {
    vec![get(PLACE, "roles.page", "The roles of the account", show).in_section(&ACCESS, "Roles")]
}

struct Row {
    name: Mark,
    is_system: bool,
    is_archived: bool,
    gives: String,
    holders: Option<usize>,
    is_member: bool,
}

/// A role inside a product: fixed, and given on the pages of that product.
struct Fixed {
    name: &'static str,
    over: &'static str,
    requires: Option<String>,
    gives: Vec<Bough>,
    by_choice: Option<String>,
}

#[derive(Template)]
#[template(path = "roles.html")]
struct RolesPage {
    frame: Frame,
    rows: Vec<Row>,
    fixed: Vec<Fixed>,
    makes_roles: bool,
    is_first: bool,
    pager: Pager,
}

async fn show(may: May<OpenPortal, TheAccount>, paging: Paging) -> Result<Page<RolesPage>> {
    let session = &*may;
    let (found, next) =
        things::page::<RoleId>(session, &paging, &Search::default(), |_, _| true).await?;
    let names = found.iter().map(|role| Name::Role(*role));
    let names = Names::of(session, names.collect::<Vec<_>>()).await?;
    let rows = found.iter().filter_map(|role| {
        let row = session.state().roles().get(*role)?;
        Some(Row {
            name: names.mark(Name::Role(*role)),
            is_system: role.is_system(),
            is_archived: !row.life.is_active(),
            gives: gives(row.permissions),
            holders: holders(session, *role),
            is_member: role.is_member(),
        })
    });
    Ok(Page::new(RolesPage {
        rows: rows.collect(),
        frame: Frame::of(session, "Roles", PLACE, SECTION).await?,
        fixed: if paging.is_first() {
            fixed()
        } else {
            Vec::new()
        },
        makes_roles: makes_roles(session),
        is_first: paging.is_first(),
        pager: Pager::new(&paging, PLACE, next),
    }))
}

/// The first of them by name, and how many more.
fn gives(set: PermissionSet) -> String {
    let labels: Vec<_> = set.iter().map(Permission::label).collect();
    match labels.as_slice() {
        [] => "nothing by itself".to_owned(),
        labels if labels.len() <= NAMED + 1 => labels.join(", "),
        labels => format!(
            "{} and {} more",
            labels[..NAMED].join(", "),
            labels.len() - NAMED
        ),
    }
}

fn fixed() -> Vec<Fixed> {
    let account_roles = [
        SystemRole::SuperAdmin,
        SystemRole::Admin,
        SystemRole::Member,
    ];
    SystemRole::ALL
        .into_iter()
        .filter(|role| !account_roles.contains(role))
        .map(|role| {
            let requires: Vec<_> = role.requires().iter().map(|role| role.name()).collect();
            let choices: Vec<_> = role.choices().iter().map(Permission::label).collect();
            Fixed {
                name: role.name(),
                over: over(role.scope()),
                requires: (!requires.is_empty()).then(|| requires.join(" or ")),
                gives: boughs(role.permissions()),
                by_choice: (!choices.is_empty())
                    .then(|| format!("{}.", capital(&choices.join(", ")))),
            }
        })
        .collect()
}

fn over(scope: ScopeKind) -> &'static str {
    match scope {
        ScopeKind::Account => "the account",
        ScopeKind::People => "people",
        ScopeKind::Service => "one service",
        ScopeKind::Queue => "one queue",
        ScopeKind::Device => "one device",
        ScopeKind::Session => "one session",
    }
}
