//! Who can do what in a service, a queue or the account as a whole: the matrix of people and permissions, now or at an earlier moment.

mod changers;
mod export;

use access::{
    MatrixRow, Paging as CorePaging, Permission, PermissionSet, PersonId, Product, Subject, Target,
    decide::permissions::AskAboutAll, explain::words::Name,
};
use askama::Template;
use ledger::fold;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Result,
    guard::{May, TheAccount},
    page::{
        self, ACCESS, Frame, MomentFields, Page, Picker, SeeOther, Sent, Taken,
        form::Form,
        names::{Html, Mark, Names},
        review::target_name,
    },
    paging::{Cursor, Paging},
    part::Query,
    question,
    route::{Route, get, post},
    session::Session,
};

use self::changers::Changers;
use super::{
    ask::{self, THINGS},
    choice::{self, Choice},
    what::What,
};

pub(super) const PATH: &str = "/access/who-can";
/// People who are counted at most, and sorted by their names.
const COUNTED_MAX: usize = 1_000;
/// How often a page is filled up in the place of those who are hidden.
const STRETCHES_MAX: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "who_can.page",
            "Who can do what in a service, a queue or the account",
            show,
        )
        .in_section(&ACCESS, "Who can"),
        post(
            PATH,
            "who_can.choose",
            "Choose of what and what of it",
            choose,
        ),
        export::route(),
    ]
}

/// What is shown. Ids, keys and a moment: it can be sent to a colleague.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
struct Address {
    /// A service, a queue, another thing, or `account`.
    on: Option<String>,
    /// One permission alone.
    permission: Option<String>,
    /// The permissions of this product.
    product: Option<String>,
    /// `everybody`: those too who hold nothing of it.
    people: Option<String>,
    /// The guard reads it.
    as_of: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    on: Option<String>,
    on_text: Option<String>,
    on_asked: Option<String>,
    #[serde(default)]
    permission: String,
    #[serde(default)]
    product: String,
    #[serde(default)]
    people: String,
    /// The day.
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    as_of_time: String,
}

#[derive(Template)]
#[template(path = "who-can.html")]
struct WhoCanPage {
    frame: Frame,
    on: Picker,
    as_of: MomentFields,
    products: Vec<(&'static str, &'static str, bool)>,
    choices: Vec<Choice>,
    everybody: bool,
    wrong: Option<String>,
    elsewhere: Option<Elsewhere>,
    matrix: Option<Matrix>,
}

/// What was named is nothing that it could be asked of.
struct Elsewhere {
    says: Html,
    /// The same of the account as a whole.
    instead: Option<String>,
}

struct Matrix {
    title: String,
    changers: Option<Changers>,
    /// Whether the right itself was asked about: who holds it stands in the table.
    is_right: bool,
    /// In which order.
    order: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
    /// How many people the whole has.
    total: String,
    is_first: bool,
    next: Option<String>,
    begin: String,
    export: String,
    version: u64,
    at: String,
}

struct Row {
    who: Mark,
    cells: Vec<Cell>,
}

struct Cell {
    allowed: bool,
    href: String,
    label: &'static str,
}

/// The question behind the address.
struct Asked {
    target: Target,
    permissions: PermissionSet,
    product: Product,
    everybody: bool,
}

/// All rows, where they can be sorted.
enum Sorted {
    Whole(Vec<MatrixRow>),
    TooMany { counted: usize },
}

/// A page of rows.
struct Found {
    rows: Vec<MatrixRow>,
    next: Option<Cursor>,
    /// How many there are, as far as they are counted.
    total: String,
    order: &'static str,
}

/// In the order of their names.
fn by_name(names: &Names<'_>, people: &mut [PersonId]) {
    people.sort_by_cached_key(|person| fold(&names.text(Name::Person(*person))));
}

/// What can be asked about such a thing, product by product.
fn products_of(target: Target) -> Vec<Product> {
    let products = Product::ALL.into_iter();
    products
        .filter(|product| permissions_of(*product, target) != PermissionSet::EMPTY)
        .collect()
}

fn permissions_of(product: Product, target: Target) -> PermissionSet {
    let permissions = product.permissions();
    permissions
        .iter()
        .filter(|permission| target.takes(*permission))
        .collect()
}

/// The thing that the address names. SD-33: whom and what company access hides is unknown.
fn named(session: &Session, on: &str) -> Target {
    match question::target(session.asked(), on) {
        hidden @ (Target::Person(_) | Target::Device(_)) if !session.view().sees(hidden) => {
            Target::Unknown
        }
        target => target,
    }
}

/// The permission that the address names.
fn one(address: &Address) -> Option<Permission> {
    address.permission.as_deref().and_then(Permission::from_key)
}

impl Asked {
    /// None where nothing is named, where it is not known, and where the permission is not asked of such a thing.
    fn of(session: &Session, address: &Address) -> Option<Self> {
        let target = named(session, address.on.as_deref()?);
        let products = products_of(target);
        let one = one(address);
        if one.is_some_and(|permission| !target.takes(permission)) {
            return None;
        }
        let named = address.product.as_deref().and_then(Product::from_key);
        let product = one
            .map(Permission::product)
            .or(named)
            .filter(|product| products.contains(product))
            .or(products.first().copied())?;
        Some(Self {
            target,
            permissions: one.map_or_else(|| permissions_of(product, target), Permission::set),
            product,
            everybody: address.people.as_deref() == Some("everybody"),
        })
    }

    /// A page of rows: by name where all of them can be sorted, else in the order in which they came.
    async fn page(&self, session: &Session, paging: &Paging) -> Result<Found> {
        let after = paging.after::<PersonId>()?;
        let mut rows = match self.by_name(session).await? {
            Sorted::Whole(rows) => rows,
            Sorted::TooMany { counted } => {
                let limit = paging.size;
                let found = self.rows(session, CorePaging { after, limit });
                return Ok(Found {
                    next: found.next.map(|next| paging.next(&next)).transpose()?,
                    rows: found.items,
                    total: format!("At least {counted} people"),
                    order: "in the order in which they came to the account",
                });
            }
        };
        let counted = rows.len();
        // Whoever is gone meanwhile is no place to go on from.
        let last = |after| rows.iter().position(|row| row.person == after);
        let begin = after.and_then(last).map_or(0, |last| last + 1);
        let mut rows = rows.split_off(begin);
        let is_cut = rows.len() > paging.size;
        rows.truncate(paging.size);
        let last = rows.last().filter(|_| is_cut);
        Ok(Found {
            next: last.map(|row| paging.next(&row.person)).transpose()?,
            rows,
            total: match counted {
                1 => "1 person".to_owned(),
                all => format!("{all} people"),
            },
            order: "by name",
        })
    }

    /// All rows in the order of the names.
    async fn by_name(&self, session: &Session) -> Result<Sorted> {
        let whole = self.rows(session, CorePaging::first(COUNTED_MAX));
        if whole.next.is_some() {
            let counted = whole.items.len();
            return Ok(Sorted::TooMany { counted });
        }
        let mut rows = whole.items;
        let people: Vec<_> = rows.iter().map(|row| row.person).collect();
        let names = Names::of_people(session, people).await?;
        rows.sort_by_cached_key(|row| (fold(&names.text(Name::Person(row.person))), row.person));
        Ok(Sorted::Whole(rows))
    }

    /// A page of rows, by the same questions as the REST face's.
    fn rows(
        &self,
        session: &Session,
        page: CorePaging<PersonId>,
    ) -> access::Page<MatrixRow, PersonId> {
        let (state, now) = (session.asked(), session.asked_at());
        seen(session, page, |page| {
            if self.everybody {
                state.people_matrix(self.permissions, self.target, now, page)
            } else {
                state.holders(self.permissions, self.target, now, page)
            }
        })
    }
}

/// Those who hold a permission on something, as far as the reader may ask about them.
pub(super) fn holders(
    session: &Session,
    permission: Permission,
    on: Target,
    limit: usize,
) -> access::Page<MatrixRow, PersonId> {
    let (state, now) = (session.asked(), session.asked_at());
    seen(session, CorePaging::first(limit), |page| {
        state.holders(permission.set(), on, now, page)
    })
}

/// A page of those whom the reader may ask about: whoever company access hides is in no answer, and in no number (SD-33). It may be
/// short while there is more, where nearly everybody is hidden.
fn seen(
    session: &Session,
    page: CorePaging<PersonId>,
    mut rows: impl FnMut(CorePaging<PersonId>) -> access::Page<MatrixRow, PersonId>,
) -> access::Page<MatrixRow, PersonId> {
    let mut found = access::Page {
        items: Vec::new(),
        next: page.after,
    };
    for _ in 0..STRETCHES_MAX {
        let limit = page.limit - found.items.len();
        let after = found.next;
        let stretch = rows(CorePaging { after, limit });
        let may_know = |row: &MatrixRow| session.may_ask_about(Subject::Person(row.person));
        found
            .items
            .extend(stretch.items.into_iter().filter(may_know));
        found.next = stretch.next;
        if found.next.is_none() || found.items.len() == page.limit {
            break;
        }
    }
    found
}

/// Where everybody who can do it is shown at the same moment, if the reader may look there.
pub(super) fn address(session: &Session, permission: Permission, target: Target) -> Option<String> {
    if !session.may_ask_everything() || !target.takes(permission) {
        return None;
    }
    let on = web::effect::target_id(session.asked(), target);
    let as_of = session.as_of().map(|as_of| as_of.to_string());
    Some(page::address(
        PATH,
        &[
            ("on", Some(&on)),
            ("permission", Some(permission.key())),
            ("as_of", as_of.as_deref()),
        ],
    ))
}

async fn show(
    may: May<AskAboutAll, TheAccount>,
    Query(address): Query<Address>,
    paging: Paging,
) -> Result<Page<WhoCanPage>> {
    let picker = Picker::new("on", "Thing", THINGS);
    let as_of = address.as_of.as_ref();
    let as_of = as_of.map(|_| MomentFields::of(may.asked_at()));
    let frame = Frame::of(&may, "Who can", PATH, ACCESS.label).await?;
    let Some(asked) = Asked::of(&may, &address) else {
        return nothing(&may, frame, picker, &address, as_of.unwrap_or_default()).await;
    };
    let found = asked.page(&may, &paging).await?;
    let people = found.rows.iter().map(|row| Name::Person(row.person));
    let changers = changers::Found::of(&may, asked.target, one(&address));
    let wanted: Vec<_> = people
        .chain(target_name(asked.target))
        .chain(changers.iter().flat_map(changers::Found::names))
        .collect();
    let names = Names::of(&may, wanted).await?;
    let name = target_name(asked.target).map(|name| names.text(name));
    let title = name.clone().unwrap_or_else(|| "the account".to_owned());
    let on = address.on.clone().unwrap_or_default();
    let cell = |row: &MatrixRow, permission: Permission| Cell {
        allowed: row.allowed.contains(permission),
        label: permission.label(),
        href: page::address(
            ask::PATH,
            &[
                ("subject", Some(&may.id(row.person).0.to_string())),
                ("permission", Some(permission.key())),
                ("on", Some(&on)),
                ("as_of", address.as_of.as_deref()),
            ],
        ),
    };
    let rows = found.rows.iter().map(|row| Row {
        who: names.mark(Name::Person(row.person)),
        cells: asked.permissions.iter().map(|it| cell(row, it)).collect(),
    });
    let at = |path: &str, next: Option<&str>| {
        page::address(
            path,
            &[
                ("on", address.on.as_deref()),
                ("permission", address.permission.as_deref()),
                ("product", address.product.as_deref()),
                ("people", address.people.as_deref()),
                ("as_of", address.as_of.as_deref()),
                ("page", next),
            ],
        )
    };
    let matrix = Matrix {
        columns: asked.permissions.iter().map(Permission::label).collect(),
        rows: rows.collect(),
        changers: changers.map(|found| found.told(&may, &names)),
        is_right: address
            .permission
            .as_deref()
            .is_some_and(|key| !key.is_empty()),
        order: found.order,
        total: found.total,
        is_first: paging.is_first(),
        next: found.next.map(|next| at(PATH, Some(next.as_str()))),
        begin: at(PATH, None),
        export: at(export::PATH, None),
        version: may.asked().version().0,
        at: page::moment(may.asked_at()),
        title,
    };
    let products = products_of(asked.target).into_iter();
    let products = products.map(|it| (it.key(), it.name(), it == asked.product));
    Ok(Page::new(WhoCanPage {
        frame,
        on: match name {
            Some(name) => picker.with(on, name),
            None => picker,
        },
        as_of: as_of.unwrap_or_default(),
        products: products.collect(),
        choices: choice::permissions(one(&address)),
        everybody: asked.everybody,
        wrong: None,
        elsewhere: None,
        matrix: Some(matrix),
    }))
}

/// The form alone: nothing is named yet, or nothing that can be asked about.
async fn nothing(
    session: &Session,
    frame: Frame,
    picker: Picker,
    address: &Address,
    as_of: MomentFields,
) -> Result<Page<WhoCanPage>> {
    let id = address.on.as_deref().filter(|on| !on.is_empty());
    let target = id.map(|on| named(session, on));
    let names = Names::of(session, target.and_then(target_name)).await?;
    let name = target.and_then(target_name).map(|name| names.text(name));
    let elsewhere = match (target, one(address)) {
        (None | Some(Target::Unknown), _) | (_, None) => None,
        (Some(target), Some(permission)) => Some(Elsewhere {
            says: What::Permission(permission).asked_elsewhere(&names, target),
            instead: self::address(session, permission, Target::Account),
        }),
    };
    let is_unknown = id.is_some() && elsewhere.is_none();
    Ok(Page::new(WhoCanPage {
        frame,
        on: match (id, name) {
            (Some(id), Some(name)) => picker.with(id, name),
            _ => picker,
        },
        as_of,
        products: Vec::new(),
        choices: choice::permissions(one(address)),
        everybody: address.people.as_deref() == Some("everybody"),
        wrong: is_unknown.then(|| "Nothing with this id is known.".to_owned()),
        elsewhere,
        matrix: None,
    }))
}

async fn choose(
    may: May<AskAboutAll, TheAccount>,
    Form(chosen): Form<Chosen>,
) -> Result<Taken<WhoCanPage>> {
    let sent = Sent {
        id: chosen.on,
        text: chosen.on_text,
        asked: chosen.on_asked,
    };
    let on = Picker::new("on", "Thing", THINGS);
    let on = on.take(&may, THINGS, sent).await?;
    let as_of = MomentFields {
        day: chosen.as_of,
        time: chosen.as_of_time,
    };
    let moment = as_of.moment();
    let past = moment.clone().flatten();
    let wrong = if moment.is_none() {
        Some(
            "Give the day like 2026-03-03 and the time like 12:00, or leave both empty to ask about now.".to_owned(),
        )
    } else if on.is_open() {
        Some("Say what is meant, or leave it empty to ask about the account.".to_owned())
    } else {
        may.wrong_past(past.as_deref()).await?
    };
    if wrong.is_none() {
        return Ok(Taken::Done(SeeOther::to(page::address(
            PATH,
            &[
                ("on", Some(on.chosen().unwrap_or("account"))),
                ("permission", Some(&chosen.permission)),
                ("product", Some(&chosen.product)),
                ("people", Some(&chosen.people)),
                ("as_of", past.as_deref()),
            ],
        ))));
    }
    Ok(Taken::Again(Page::again(WhoCanPage {
        frame: Frame::of(&may, "Who can", PATH, ACCESS.label).await?,
        on,
        as_of,
        products: Vec::new(),
        choices: choice::permissions(Permission::from_key(&chosen.permission)),
        everybody: chosen.people == "everybody",
        wrong,
        elsewhere: None,
        matrix: None,
    })))
}
