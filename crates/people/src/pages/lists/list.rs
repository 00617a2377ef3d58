//! The lists of users and of customers: filter, count, table, pager. Who stands there is for `web::lists` to say.

use std::collections::BTreeSet;

use access::{PersonId, explain::words::Name, state::Facet};
use askama::Template;
use web::{
    Result,
    guard::SignedIn,
    lists::{Found, Sort, Wanted},
    page::{
        Frame, PEOPLE, Page, SeeOther,
        form::Form,
        names::{Mark, Names},
    },
    paging::{Cursor, Paging},
    part::Query,
    route::{Route, get, post},
    session::Session,
};

use super::{
    super::import,
    choices::{Choice, Fields, Select, sees_roles},
    filter::{Filter, Sent},
    ranks::ranks,
    words,
};

pub(super) const USERS: &str = "/people/users";
pub(super) const CUSTOMERS: &str = "/people/customers";
/// The entry of the rail.
pub(super) const PLACE: &str = "People";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            USERS,
            "users.page",
            "Users, as far as the caller sees them",
            users,
        )
        .in_section(&PEOPLE, "Users")
        .watching(super::attention::of_users),
        post(
            USERS,
            "users.find",
            "Keep what was typed, and show whom it finds",
            find_users,
        ),
        get(
            CUSTOMERS,
            "customers.page",
            "Customers, as far as the caller sees them",
            customers,
        )
        .in_section(&PEOPLE, "Customers"),
        post(
            CUSTOMERS,
            "customers.find",
            "Keep what was typed, and show whom it finds",
            find_customers,
        ),
    ]
}

/// One of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(pub Facet);

impl Kind {
    pub fn path(self) -> &'static str {
        match self.0 {
            Facet::User => USERS,
            Facet::Customer => CUSTOMERS,
        }
    }

    pub fn title(self) -> &'static str {
        match self.0 {
            Facet::User => "Users",
            Facet::Customer => "Customers",
        }
    }

    /// What so many of them are called.
    pub fn noun(self, number: usize) -> &'static str {
        match (self.0, number) {
            (Facet::User, 1) => "user",
            (Facet::User, _) => "users",
            (Facet::Customer, 1) => "customer",
            (Facet::Customer, _) => "customers",
        }
    }

    pub fn is_users(self) -> bool {
        self.0 == Facet::User
    }
}

#[derive(Debug)]
struct Chip {
    text: String,
    without: String,
}

#[derive(Debug)]
struct Column {
    label: &'static str,
    /// Where the list sorted by it is.
    address: String,
    is_sorted: bool,
}

#[derive(Debug)]
struct Row {
    id: String,
    who: Mark,
    address: String,
    /// The account role or the portal level.
    rank: String,
    company: Option<(String, String)>,
    status: (&'static str, &'static str),
}

#[derive(Debug, Template)]
#[template(path = "people-list.html")]
pub(super) struct ListPage {
    frame: Frame,
    kind: Kind,
    selects: Vec<Select>,
    hidden: Vec<(&'static str, String)>,
    text: String,
    /// The text was kept for a day, and the day is over; or it is somebody else's.
    is_over: bool,
    chips: Vec<Chip>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// "1–50 of 1,204".
    range: String,
    total: String,
    is_broad: bool,
    is_filtered: bool,
    before: Option<String>,
    after: Option<String>,
    query: String,
    /// Where in the list this page begins; empty at its beginning.
    here: String,
    /// What of a change of several cannot be.
    wrong: Option<String>,
    /// Who was chosen.
    chosen: BTreeSet<String>,
    ranks: Vec<Choice>,
    export: String,
    add: Option<&'static str>,
    /// The way to bring many at once.
    import: Option<&'static str>,
}

async fn users(
    session: SignedIn,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Page<ListPage>> {
    let page = page(&session, Kind(Facet::User), filter, &paging, None).await?;
    Ok(Page::new(page))
}

async fn customers(
    session: SignedIn,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Page<ListPage>> {
    let page = page(&session, Kind(Facet::Customer), filter, &paging, None).await?;
    Ok(Page::new(page))
}

async fn find_users(session: SignedIn, Form(sent): Form<Sent>) -> Result<SeeOther> {
    find(&session, Kind(Facet::User), &sent).await
}

async fn find_customers(session: SignedIn, Form(sent): Form<Sent>) -> Result<SeeOther> {
    find(&session, Kind(Facet::Customer), &sent).await
}

async fn find(session: &Session, kind: Kind, sent: &Sent) -> Result<SeeOther> {
    let view = session.keep_view(&sent.q).await?;
    Ok(SeeOther::to(sent.address(kind.path(), view.as_deref())))
}

/// A change of several that came back, as it was sent.
pub(super) struct Returned {
    pub wrong: String,
    pub people: BTreeSet<String>,
    pub to: String,
}

pub(super) async fn page(
    session: &Session,
    kind: Kind,
    filter: Filter,
    paging: &Paging,
    returned: Option<Returned>,
) -> Result<ListPage> {
    let typed = filter.typed(session).await?;
    let wanted = filter.wanted_with(session, kind.0, &typed)?;
    let found = if typed.is_gone() {
        Found::nobody()
    } else {
        session.list(&wanted, paging).await?
    };
    let fields = Fields::of(session, kind, &filter);
    // Read at once: each reading costs more than what it reads.
    let mut shown: Vec<_> = fields
        .names()
        .chain(wanted.company.map(Name::Company))
        .collect();
    shown.extend(shown_in_rows(session, kind, &found.people));
    let names = Names::of(session, shown).await?;
    let path = kind.path();
    let frame = Frame::of(session, kind.title(), path, PLACE).await?;
    let address = |cursor: Option<&Cursor>| {
        cursor.map(|cursor| filter.address_with(path, "page", cursor.as_str()))
    };
    let query = filter.address("");
    let query = query.strip_prefix('?').unwrap_or_default().to_owned();
    let (wrong, chosen, to) = match returned {
        None => (None, BTreeSet::new(), String::new()),
        Some(returned) => (Some(returned.wrong), returned.people, returned.to),
    };
    let here = paging.here()?;
    Ok(ListPage {
        kind,
        here: here.map_or_else(String::new, |here| here.as_str().to_owned()),
        wrong,
        chosen,
        hidden: hidden(&filter),
        is_over: typed.is_gone(),
        chips: chips(&filter, &wanted, &names),
        columns: columns(
            session,
            kind,
            &filter,
            Some(wanted.sort).filter(|_| !found.is_broad),
        ),
        range: found.range(),
        total: found.count.to_string(),
        is_broad: found.is_broad,
        is_filtered: filter.is_some(),
        before: address(found.before.as_ref()),
        after: address(found.after.as_ref()),
        ranks: ranks(session, kind, &fields, &names, &found.people, &to),
        selects: fields.selects(session, kind, &filter, &names),
        rows: rows(session, kind, &filter, &found.people, &names),
        text: wanted.text.unwrap_or_default(),
        export: filter.address(&format!("{path}/export")),
        add: add(session, kind),
        import: import::opens(session).then_some(import::START),
        query,
        frame,
    })
}

/// The way to add somebody, for whoever may be let.
pub(super) fn add(session: &Session, kind: Kind) -> Option<&'static str> {
    use access::Permission::{AdminUsersManage, ServiceDeskRecordManage};
    let view = session.view();
    match kind.0 {
        Facet::User => view
            .holds_somewhere(AdminUsersManage)
            .then_some("/people/users/new"),
        Facet::Customer => {
            let configures = super::add::configures_desk(session);
            (configures || view.holds_somewhere(ServiceDeskRecordManage))
                .then_some("/people/customers/new")
        }
    }
}

fn hidden(filter: &Filter) -> Vec<(&'static str, String)> {
    // What the form has no field for stays as it is.
    let kept = ["company"];
    let values = kept.map(|name| (name, filter.value(name))).into_iter();
    values.filter(|(_, value)| !value.is_empty()).collect()
}

fn chips(filter: &Filter, wanted: &Wanted, names: &Names<'_>) -> Vec<Chip> {
    let path = Kind(wanted.facet).path();
    let of_company = wanted.company.map(|company| Chip {
        text: format!("Company: {}", names.text(Name::Company(company))),
        without: filter.address_with(path, "company", ""),
    });
    Vec::from_iter(of_company)
}

fn columns(session: &Session, kind: Kind, filter: &Filter, sorted: Option<Sort>) -> Vec<Column> {
    let sees_roles = sees_roles(session);
    let columns = [
        (
            if kind.is_users() { "User" } else { "Customer" },
            Sort::Name,
            "name",
        ),
        ("E-mail", Sort::Address, "address"),
        (
            if kind.is_users() {
                "Account role"
            } else {
                "Portal level"
            },
            Sort::Rank,
            "rank",
        ),
        ("Company", Sort::Company, "company"),
        ("Status", Sort::Newest, ""),
    ];
    columns
        .into_iter()
        .map(|(label, sort, word)| {
            let hides = sort == Sort::Rank && kind.is_users() && !sees_roles;
            let address = if word.is_empty() || hides {
                String::new()
            } else {
                filter.address_with(kind.path(), "sort", word)
            };
            Column {
                label,
                is_sorted: Some(sort) == sorted && !address.is_empty(),
                address,
            }
        })
        .collect()
}

/// What the rows name.
fn shown_in_rows(session: &Session, kind: Kind, people: &[PersonId]) -> Vec<Name> {
    let mut shown: Vec<_> = people.iter().map(|person| Name::Person(*person)).collect();
    let rows = people
        .iter()
        .filter_map(|person| session.state().people().get(*person));
    for row in rows {
        shown.extend(row.company.map(Name::Company));
        if kind.is_users() {
            shown.push(Name::Role(row.account_role));
        }
    }
    shown
}

fn rows(
    session: &Session,
    kind: Kind,
    filter: &Filter,
    people: &[PersonId],
    names: &Names<'_>,
) -> Vec<Row> {
    let state = session.state();
    let company = |company| {
        let name = names.known(Name::Company(company))?.to_owned();
        let id = session.id(company).0.to_string();
        Some((name, filter.address_with(kind.path(), "company", &id)))
    };
    let rows = people.iter().filter_map(|person| {
        let row = state.people().get(*person)?;
        let (rank, status) = match kind.0 {
            Facet::User => {
                let role = names.known(Name::Role(row.account_role));
                let status = session.view().user_status(*person);
                let role = role.filter(|_| session.view().sees(row.account_role));
                (
                    role.unwrap_or_default().to_owned(),
                    words::user_status(status),
                )
            }
            Facet::Customer => (
                words::level(row.portal_level).to_owned(),
                words::customer_status(row.customer),
            ),
        };
        Some(Row {
            id: session.id(*person).0.to_string(),
            who: names.mark(Name::Person(*person)),
            address: names.address(*person).unwrap_or_default().to_owned(),
            rank,
            company: row.company.and_then(company),
            status,
        })
    });
    rows.collect()
}
