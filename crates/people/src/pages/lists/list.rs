//! The lists of users and of customers: filter, count, table, pager. Who stands there is for `web::lists` to say.

use access::{
    PersonId, RoleId,
    explain::words::Name,
    state::{Facet, PortalLevel},
};
use askama::Template;
use ledger::{Field, HasProfile};
use web::{
    Result,
    guard::SignedIn,
    lists::{Found, Sort, Status, Wanted},
    page::{
        Frame, PEOPLE, Page, SeeOther,
        form::Form,
        names::{Mark, Names},
    },
    paging::{Cursor, Paging},
    part::Query,
    question,
    resource::Id,
    route::{Route, get, post},
    session::Session,
    things::{self, Thing},
};

use super::{
    super::import,
    filter::{Filter, Sent},
    words,
};

pub(super) const USERS: &str = "/people/users";
pub(super) const CUSTOMERS: &str = "/people/customers";
/// The entry of the rail.
pub(super) const PLACE: &str = "People";
/// Choices that a field offers; of more, those are found by typing or by a link in the table.
const CHOICES_MAX: usize = 60;

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

/// One choice of a field.
#[derive(Debug)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// A field of the filter.
#[derive(Debug)]
struct Select {
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
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
    page(&session, Kind(Facet::User), filter, &paging).await
}

async fn customers(
    session: SignedIn,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Page<ListPage>> {
    page(&session, Kind(Facet::Customer), filter, &paging).await
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

async fn page(
    session: &Session,
    kind: Kind,
    filter: Filter,
    paging: &Paging,
) -> Result<Page<ListPage>> {
    let typed = filter.typed(session).await?;
    let wanted = filter.wanted_with(session, kind.0, &typed)?;
    let found = if typed.is_gone() {
        Found::nobody()
    } else {
        session.list(&wanted, paging).await?
    };
    let rows = rows(session, kind, &filter, &found.people).await?;
    let path = kind.path();
    let frame = Frame::of(session, kind.title(), path, PLACE).await?;
    let address = |cursor: Option<&Cursor>| {
        cursor.map(|cursor| filter.address_with(path, "page", cursor.as_str()))
    };
    let query = filter.address("");
    let query = query.strip_prefix('?').unwrap_or_default().to_owned();
    Ok(Page::new(ListPage {
        kind,
        hidden: hidden(&filter),
        is_over: typed.is_gone(),
        chips: chips(session, &filter, &wanted).await?,
        columns: columns(session, kind, &filter, wanted.sort),
        range: found.range(),
        total: found.count.to_string(),
        is_broad: found.is_broad,
        is_filtered: filter.is_some(),
        before: address(found.before.as_ref()),
        after: address(found.after.as_ref()),
        ranks: ranks(session, kind, None).await?,
        selects: selects(session, kind, &filter).await?,
        text: wanted.text.unwrap_or_default(),
        export: filter.address(&format!("{path}/export")),
        add: add(session, kind),
        import: import::opens(session).then_some(import::START),
        query,
        rows,
        frame,
    }))
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

async fn selects(session: &Session, kind: Kind, filter: &Filter) -> Result<Vec<Select>> {
    let mut selects = Vec::new();
    let mut add = |name, label, choices: Vec<Choice>| {
        if !choices.is_empty() {
            selects.push(Select {
                name,
                label,
                choices,
            });
        }
    };
    if kind.is_users() {
        let role = filter
            .role
            .and_then(|role| session.named("role", role).ok());
        add("role", "Account role", ranks(session, kind, role).await?);
        add("status", "Status", statuses(kind, filter.status));
        add(
            "user_group",
            "User group",
            choices(session, filter.user_group, |_| true).await?,
        );
        let overseen = |licence| session.view().oversees(licence);
        add(
            "licence",
            "Licence",
            choices(session, filter.licence, overseen).await?,
        );
    } else {
        add("level", "Portal level", levels(filter.level));
        add("status", "Status", statuses(kind, filter.status));
    }
    let sort = sorts(kind, filter.sort.unwrap_or_default(), sees_roles(session));
    add("sort", "Sorted by", sort);
    Ok(selects)
}

fn sees_roles(session: &Session) -> bool {
    session.view().sees(RoleId::SUPER_ADMIN)
}

fn sorts(kind: Kind, chosen: Sort, sees_roles: bool) -> Vec<Choice> {
    let rank = match kind.0 {
        Facet::User => "Sorted by account role",
        Facet::Customer => "Sorted by portal level",
    };
    let all = [
        (Sort::Name, "name", "Sorted by name"),
        (Sort::Address, "address", "Sorted by address"),
        (Sort::Company, "company", "Sorted by company"),
        (Sort::Rank, "rank", rank),
        (Sort::Newest, "newest", "Newest first"),
    ];
    let offered = all
        .into_iter()
        .filter(|(sort, ..)| *sort != Sort::Rank || kind.0 == Facet::Customer || sees_roles);
    offered
        .map(|(sort, value, label)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            is_chosen: sort == chosen,
        })
        .collect()
}

fn statuses(kind: Kind, chosen: Option<Status>) -> Vec<Choice> {
    let all: &[(Status, &str)] = if kind.is_users() {
        &[
            (Status::Active, "Active"),
            (Status::Invited, "Invited"),
            (Status::Suspended, "Suspended"),
            (Status::Deactivated, "Deactivated"),
        ]
    } else {
        &[
            (Status::Active, "Active"),
            (Status::Unconfirmed, "Unconfirmed"),
            (Status::Deactivated, "Deactivated"),
        ]
    };
    let choice = |(status, label): &(Status, &str)| Choice {
        value: label.to_lowercase(),
        label: (*label).to_owned(),
        is_chosen: Some(*status) == chosen,
    };
    all.iter().map(choice).collect()
}

pub(super) fn levels(chosen: Option<PortalLevel>) -> Vec<Choice> {
    [
        (PortalLevel::CompanyAdmin, "company_admin"),
        (PortalLevel::Company, "company"),
        (PortalLevel::Standard, "standard"),
        (PortalLevel::None, "none"),
    ]
    .map(|(level, value)| Choice {
        value: value.to_owned(),
        label: words::level(level).to_owned(),
        is_chosen: Some(level) == chosen,
    })
    .into()
}

/// What a bulk change can set: account roles, or portal levels.
pub(super) async fn ranks(
    session: &Session,
    kind: Kind,
    chosen: Option<RoleId>,
) -> Result<Vec<Choice>> {
    if !kind.is_users() {
        return Ok(levels(None));
    }
    choices(session, chosen.map(|role| session.id(role)), |_| true).await
}

/// The first things of a kind that the reader sees, and the one that is chosen already.
pub(super) async fn choices<K: Thing + HasProfile>(
    session: &Session,
    chosen: Option<Id<K>>,
    is_offered: impl Fn(K) -> bool,
) -> Result<Vec<Choice>> {
    let state = session.state();
    let chosen = chosen.and_then(|id| session.named("filter", id).ok());
    let all = (0..K::rows(state)).map_while(K::from_index);
    let offered = all.filter(|thing| {
        let life = thing.life(state);
        life.is_some_and(|life| life.is_active())
            && session.view().sees(*thing)
            && is_offered(*thing)
    });
    let mut things: Vec<K> = offered.take(CHOICES_MAX).collect();
    things.extend(chosen.filter(|chosen| !things.contains(chosen)));
    let named = things.into_iter().filter_map(|thing| {
        let id = session.id(thing).0.to_string();
        Some((question::name(state, &id)?, id, Some(thing) == chosen))
    });
    let named: Vec<_> = named.collect();
    let names = Names::of(session, named.iter().map(|(name, ..)| *name)).await?;
    let choices = named.into_iter().map(|(name, value, is_chosen)| Choice {
        value,
        label: names.text(name),
        is_chosen,
    });
    let mut choices: Vec<_> = choices.collect();
    choices.sort_by_cached_key(|choice| ledger::fold(&choice.label));
    Ok(choices)
}

async fn chips(session: &Session, filter: &Filter, wanted: &Wanted) -> Result<Vec<Chip>> {
    let path = Kind(wanted.facet).path();
    let names: Vec<_> = wanted.company.into_iter().map(Name::Company).collect();
    let names = Names::of(session, names).await?;
    let mut chips = Vec::new();
    if let Some(company) = wanted.company {
        chips.push(Chip {
            text: format!("Company: {}", names.text(Name::Company(company))),
            without: filter.address_with(path, "company", ""),
        });
    }
    Ok(chips)
}

fn columns(session: &Session, kind: Kind, filter: &Filter, sorted: Sort) -> Vec<Column> {
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
                is_sorted: sort == sorted && !address.is_empty(),
                address,
            }
        })
        .collect()
}

async fn rows(
    session: &Session,
    kind: Kind,
    filter: &Filter,
    people: &[PersonId],
) -> Result<Vec<Row>> {
    let state = session.state();
    let mut wanted: Vec<_> = people.iter().map(|person| Name::Person(*person)).collect();
    for row in people
        .iter()
        .filter_map(|person| state.people().get(*person))
    {
        wanted.extend(row.company.map(Name::Company));
        if kind.is_users() {
            wanted.push(Name::Role(row.account_role));
        }
    }
    let names = Names::of(session, wanted).await?;
    let profiles = things::profiles(session, people).await?;
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
            address: things::text(profiles.get(person), Field::Email).unwrap_or_default(),
            rank,
            company: row.company.and_then(company),
            status,
        })
    });
    Ok(rows.collect())
}
