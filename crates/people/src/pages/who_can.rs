//! Who can do what in a service or a queue: the matrix of people and permissions, now or at an earlier moment.

use access::{
    MatrixRow, Paging as CorePaging, Permission, PermissionSet, PersonId, Product, Subject, Target,
    catalogue::ScopeKind, decide::permissions::AskAboutAll, explain::words::Name,
};
use askama::Template;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{
    Problem, Result,
    guard::{May, TheAccount},
    page::{
        self, ACCESS, Csv, Frame, Page, Picker, SeeOther, Sent, Taken,
        find::Kind,
        form::Form,
        names::{Mark, Names},
        review::target_name,
    },
    paging::Paging,
    part::Query,
    question,
    route::{Route, get, post},
    session::Session,
};

use super::{
    ask,
    choice::{self, Choice},
};

pub(super) const PATH: &str = "/access/who-can";
const EXPORT: &str = "/access/who-can/export";
const THINGS: &[Kind] = &[Kind::Service, Kind::Queue];
/// Rows of a file at most; its last row says so.
const ROWS_MAX: usize = 50_000;
const ROWS_AT_ONCE: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            PATH,
            "who_can.page",
            "Who can do what in a service or a queue",
            show,
        )
        .in_section(&ACCESS, "Who can"),
        post(
            PATH,
            "who_can.choose",
            "Choose the service or queue and what of it",
            choose,
        ),
        get(
            EXPORT,
            "who_can.export",
            "The same as a file for spreadsheets",
            export,
        ),
    ]
}

/// What is shown. Ids, keys and a moment: it can be sent to a colleague.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
struct Address {
    /// A service or a queue.
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
    #[serde(default)]
    as_of: String,
}

#[derive(Template)]
#[template(path = "who-can.html")]
struct WhoCanPage {
    frame: Frame,
    on: Picker,
    as_of: String,
    products: Vec<(&'static str, &'static str, bool)>,
    choices: Vec<Choice>,
    everybody: bool,
    wrong: Option<&'static str>,
    matrix: Option<Matrix>,
}

struct Matrix {
    title: String,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
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
    /// Of which the choice is.
    all: PermissionSet,
    product: Product,
    everybody: bool,
}

/// What can be asked about such a thing, product by product.
fn products_of(target: Target) -> &'static [Product] {
    match target {
        Target::Service(_) => &[Product::ServiceDesk, Product::Portal],
        Target::Queue(_) => &[Product::ContactCentre],
        _ => &[],
    }
}

fn permissions_of(product: Product) -> PermissionSet {
    let scopes = [ScopeKind::Service, ScopeKind::Queue];
    let permissions = product.permissions();
    permissions
        .iter()
        .filter(|permission| scopes.contains(&permission.scope()))
        .collect()
}

impl Asked {
    fn of(session: &Session, address: &Address) -> Option<Self> {
        let target = question::target(session.asked(), address.on.as_deref()?);
        let products = products_of(target);
        let all: PermissionSet = products
            .iter()
            .flat_map(|product| permissions_of(*product).iter().collect::<Vec<_>>())
            .collect();
        let one = address.permission.as_deref().and_then(Permission::from_key);
        let one = one.filter(|permission| all.contains(*permission));
        let named = address.product.as_deref().and_then(Product::from_key);
        let product = one
            .map(Permission::product)
            .or(named)
            .filter(|product| products.contains(product))
            .or(products.first().copied())?;
        Some(Self {
            target,
            permissions: one.map_or_else(|| permissions_of(product), Permission::set),
            all,
            product,
            everybody: address.people.as_deref() == Some("everybody"),
        })
    }

    /// A page of rows, by the same questions as the REST face's.
    fn rows(
        &self,
        session: &Session,
        page: CorePaging<PersonId>,
    ) -> access::Page<MatrixRow, PersonId> {
        let (state, now) = (session.asked(), session.asked_at());
        let mut found = if self.everybody {
            state.people_matrix(self.permissions, self.target, now, page)
        } else {
            state.holders(self.permissions, self.target, now, page)
        };
        // SD-33: whoever company access hides is in no answer.
        found
            .items
            .retain(|row| session.may_ask_about(Subject::Person(row.person)));
        found
    }
}

/// Where everybody who can do it is shown, if the reader may look there.
pub(super) fn address(session: &Session, permission: Permission, target: Target) -> Option<String> {
    let opens =
        session.may_ask_everything() && permissions_of(permission.product()).contains(permission);
    if !opens || !products_of(target).contains(&permission.product()) {
        return None;
    }
    let on = web::effect::target_id(session.asked(), target);
    Some(page::address(
        PATH,
        &[("on", Some(&on)), ("permission", Some(permission.key()))],
    ))
}

async fn show(
    may: May<AskAboutAll, TheAccount>,
    Query(address): Query<Address>,
    paging: Paging,
) -> Result<Page<WhoCanPage>> {
    let picker = Picker::new("on", "Service or queue", THINGS);
    let as_of = address.as_of.as_ref();
    let as_of = as_of.map(|_| page::moment_field(may.asked_at()));
    let frame = Frame::of(&may, "Who can", PATH, ACCESS.label).await?;
    let Some(asked) = Asked::of(&may, &address) else {
        let wrong = address
            .on
            .as_ref()
            .map(|_| "No such service or queue is known.");
        return Ok(Page::new(WhoCanPage {
            frame,
            on: picker,
            as_of: as_of.unwrap_or_default(),
            products: Vec::new(),
            choices: Vec::new(),
            everybody: false,
            wrong,
            matrix: None,
        }));
    };
    let found = asked.rows(
        &may,
        CorePaging {
            after: paging.after::<PersonId>()?,
            limit: paging.size,
        },
    );
    let people = found.items.iter().map(|row| Name::Person(row.person));
    let wanted: Vec<_> = people.chain(target_name(asked.target)).collect();
    let names = Names::of(&may, wanted).await?;
    let title = target_name(asked.target).map_or_else(String::new, |name| names.text(name));
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
    let rows = found.items.iter().map(|row| Row {
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
    let next = found.next.map(|next| paging.next(&next)).transpose()?;
    let matrix = Matrix {
        columns: asked.permissions.iter().map(Permission::label).collect(),
        rows: rows.collect(),
        is_first: paging.is_first(),
        next: next.map(|next| at(PATH, Some(next.as_str()))),
        begin: at(PATH, None),
        export: at(EXPORT, None),
        version: may.asked().version().0,
        at: page::moment(may.asked_at()),
        title: title.clone(),
    };
    let one = (asked.permissions.iter().count() == 1)
        .then(|| asked.permissions.iter().next())
        .flatten();
    let products = products_of(asked.target).iter();
    let products = products.map(|it| (it.key(), it.name(), *it == asked.product));
    let all: Vec<_> = asked.all.iter().collect();
    Ok(Page::new(WhoCanPage {
        frame,
        on: picker.with(on.clone(), title),
        as_of: as_of.unwrap_or_default(),
        products: products.collect(),
        choices: choice::some(all, one),
        everybody: asked.everybody,
        wrong: None,
        matrix: Some(matrix),
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
    let on = Picker::new("on", "Service or queue", THINGS);
    let on = on.take(&may, THINGS, sent).await?;
    let moment = page::moment_of_field(&chosen.as_of);
    let wrong = if moment.is_none() {
        "Give the moment like 2026-03-03T12:00, or leave it empty to ask about now."
    } else if on.is_open() {
        "Say which service or queue is meant."
    } else if on.chosen().is_none() {
        "Name a service or a queue."
    } else {
        let moment = moment.flatten();
        return Ok(Taken::Done(SeeOther::to(page::address(
            PATH,
            &[
                ("on", on.chosen()),
                ("permission", Some(&chosen.permission)),
                ("product", Some(&chosen.product)),
                ("people", Some(&chosen.people)),
                ("as_of", moment.as_deref()),
            ],
        ))));
    };
    Ok(Taken::Again(Page::again(WhoCanPage {
        frame: Frame::of(&may, "Who can", PATH, ACCESS.label).await?,
        on,
        as_of: chosen.as_of,
        products: Vec::new(),
        choices: Vec::new(),
        everybody: chosen.people == "everybody",
        wrong: Some(wrong),
        matrix: None,
    })))
}

async fn export(may: May<AskAboutAll, TheAccount>, Query(address): Query<Address>) -> Result<Csv> {
    let asked = Asked::of(&may, &address).ok_or_else(Problem::not_found)?;
    let mut heads = vec!["id", "name"];
    heads.extend(asked.permissions.iter().map(Permission::key));
    let mut csv = Csv::new("who-can.csv", &heads);
    let (mut after, mut written) = (None, 0);
    loop {
        let limit = ROWS_AT_ONCE;
        let found = asked.rows(&may, CorePaging { after, limit });
        let people = found.items.iter().map(|row| row.person);
        let names = Names::of_people(&may, people.collect::<Vec<_>>()).await?;
        for row in &found.items {
            let id = may.id(row.person).0.to_string();
            let mut values = vec![id, names.text(Name::Person(row.person))];
            let cells = asked.permissions.iter();
            values.extend(cells.map(|it| {
                let allowed = row.allowed.contains(it);
                if allowed { "yes" } else { "no" }.to_owned()
            }));
            csv.row(values);
        }
        written += found.items.len();
        after = found.next;
        if after.is_none() {
            return Ok(csv);
        }
        if written >= ROWS_MAX {
            csv.row([format!(
                "There are more than {ROWS_MAX} people: choose one permission, and only those who hold it."
            )]);
            return Ok(csv);
        }
        tokio::task::yield_now().await;
    }
}
