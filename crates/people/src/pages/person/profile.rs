//! Person › Profile: who somebody is, and everything that is set for them, each with the form that changes it. A form is there where the
//! rules would let the reader do it ([`Session::offers`]).

use access::{
    Command, CompanyId, Dense, IdSet, PersonId, Subject, Window,
    decide::UserStatus,
    event::ListedCompanies,
    explain::words::Name,
    state::{CompanyAccess, CustomerFacet, Facet, Life, PortalLevel, Tie},
};
use askama::Template;
use ledger::Field;
use web::{
    Problem, Result,
    guard::Seen,
    page::{
        Frame, Page,
        names::{Mark, Names},
    },
    resource::Resource,
    route::{Route, get},
    session::Session,
    things::{self, Thing},
};

use super::{Head, sections::Section};
use crate::pages::words;

/// Things that a list of choices holds; whoever has more finds the person on the thing's own page.
pub(super) const CHOICES_MAX: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(
            "/people/{person}",
            "person.page",
            "A person: who they are, and whether they can sign in",
            profile,
        ),
        get(
            "/people/{person}/products",
            "person.products_page",
            "What a person has of each product",
            products,
        ),
    ]
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    head: Head,
    profile: Profile,
    user: Option<User>,
    customer: Option<Customer>,
    /// The employer, if the reader sees it (SD-33).
    company: Option<Mark>,
    companies: Vec<Choice>,
    may_employ: bool,
    may_erase: bool,
}

#[derive(Template)]
#[template(path = "person-products.html")]
struct ProductsPage {
    frame: Frame,
    head: Head,
    sections: Vec<Section>,
    sees: Option<Sees>,
}

struct Profile {
    name: String,
    email: String,
    phone: String,
    title: String,
    may_edit: bool,
}

struct User {
    status: &'static str,
    class: &'static str,
    reason: &'static str,
    may_deactivate: bool,
    may_reactivate: bool,
    may_invite: bool,
}

struct Customer {
    status: &'static str,
    class: &'static str,
    levels: Vec<Choice>,
    may_set_level: bool,
    may_deactivate: bool,
    may_reactivate: bool,
    may_invite: bool,
}

/// Something to choose.
pub(super) struct Choice {
    pub code: String,
    pub label: String,
    pub is_set: bool,
}

/// SD-33
struct Sees {
    is_all: bool,
    companies: Vec<Choice>,
    without_company: bool,
}

async fn profile(seen: Seen<PersonId>) -> Result<Page<PersonPage>> {
    let (session, person) = (&*seen, seen.on);
    let (frame, head) = super::head(session, person, "Profile").await?;
    let page = Reading { session, person };
    let row = page.row().ok_or_else(Problem::not_found)?;
    let company = row.company.filter(|company| session.view().sees(*company));
    let names = Names::of(session, company.map(Name::Company)).await?;
    Ok(Page::new(PersonPage {
        frame,
        head,
        profile: page.profile().await?,
        user: page.is_shown_as_user().then(|| page.user()),
        customer: (row.is_customer() && session.view().sees_as_customer(person))
            .then(|| page.customer(row.customer, row.portal_level)),
        company: company.map(|company| names.mark(Name::Company(company))),
        companies: page.things(Name::Company, company.as_slice()).await?,
        may_employ: session.offers(&Command::SetEmployer {
            person,
            company: None,
            move_from_other: true,
        }),
        may_erase: session.offers(&Command::ErasePerson { person }),
    }))
}

async fn products(seen: Seen<PersonId>) -> Result<Page<ProductsPage>> {
    let (session, person) = (&*seen, seen.on);
    session.asking(Subject::Person(person))?;
    let (frame, head) = super::head(session, person, "Products").await?;
    let page = Reading { session, person };
    let row = page.row().ok_or_else(Problem::not_found)?;
    let is_user = page.is_shown_as_user();
    Ok(Page::new(ProductsPage {
        frame,
        head,
        sections: page.of_products(is_user, row.is_customer()).await?,
        sees: if is_user { page.sees().await? } else { None },
    }))
}

/// What is read about one person.
pub(super) struct Reading<'a> {
    pub session: &'a Session,
    pub person: PersonId,
}

pub(super) fn choice(code: impl Into<String>, label: impl Into<String>, is_set: bool) -> Choice {
    Choice {
        code: code.into(),
        label: label.into(),
        is_set,
    }
}

impl Reading<'_> {
    pub(super) fn row(&self) -> Option<&access::state::Person> {
        self.session.state().people().get(self.person)
    }

    pub(super) fn is_shown_as_user(&self) -> bool {
        let is_user = self.row().is_some_and(access::state::Person::is_user);
        is_user && self.session.view().sees_as_user(self.person)
    }

    pub(super) fn may(&self, tie: Tie) -> bool {
        self.session.offers(&Command::Tie {
            person: self.person,
            tie,
            window: Window::ALWAYS,
        })
    }

    /// By the command that the line's form becomes.
    pub(super) fn may_take(&self, tie: Tie) -> bool {
        let person = self.person;
        self.session.offers(&match tie {
            Tie::Service(service, _) => Command::SaveUsersTab {
                service,
                rows: vec![(person, None)],
            },
            Tie::Customer(service, _) => Command::SaveCustomersTab {
                service,
                rows: vec![(person, None)],
            },
            tie => Command::Untie { person, tie },
        })
    }

    async fn profile(&self) -> Result<Profile> {
        let profile = things::profile(self.session, self.person).await?;
        let text = |field| things::text(Some(&profile), field).unwrap_or_default();
        Ok(Profile {
            name: text(Field::Name),
            email: text(Field::Email),
            phone: text(Field::Phone),
            title: text(Field::Title),
            may_edit: self.session.offers(&Command::EditProfile {
                person: self.person,
                fields: vec![access::event::ProfileField::Name],
            }),
        })
    }

    fn user(&self) -> User {
        let person = self.person;
        let status = super::status(self.session, person);
        let facet = Facet::User;
        let is_off = status == UserStatus::Deactivated;
        let (class, word) = words::user_status(status);
        User {
            status: word,
            class,
            reason: super::status_reason(status),
            may_deactivate: !is_off && self.session.offers(&Command::Deactivate { person, facet }),
            may_reactivate: is_off && self.session.offers(&Command::Reactivate { person, facet }),
            may_invite: status == UserStatus::Invited
                && self.session.offers(&Command::Invite { person, facet }),
        }
    }

    fn customer(&self, state: CustomerFacet, level: PortalLevel) -> Customer {
        let (person, facet) = (self.person, Facet::Customer);
        let is_off = state == CustomerFacet::Deactivated;
        let levels = [
            (PortalLevel::None, "none"),
            (PortalLevel::Standard, "standard"),
            (PortalLevel::Company, "company"),
            (PortalLevel::CompanyAdmin, "company_admin"),
        ];
        let (class, word) = words::customer_status(state);
        Customer {
            status: word,
            class,
            levels: levels
                .map(|(one, code)| choice(code, words::level(one), one == level))
                .into(),
            may_set_level: self.session.offers(&Command::SetPortalLevel {
                people: vec![person],
                level,
                bulk: false,
            }),
            may_deactivate: !is_off && self.session.offers(&Command::Deactivate { person, facet }),
            may_reactivate: is_off && self.session.offers(&Command::Reactivate { person, facet }),
            may_invite: level != PortalLevel::None
                && self.session.offers(&Command::Invite { person, facet }),
        }
    }

    /// Active things of a kind, by name, that are not among those held.
    pub(super) async fn things<K: Thing>(
        &self,
        name: impl Fn(K) -> Name,
        held: &[K],
    ) -> Result<Vec<Choice>> {
        let view = self.session.view();
        let state = self.session.state();
        let found: Vec<_> = (0..K::rows(state))
            .map_while(K::from_index)
            .filter(|thing| thing.life(state) == Some(Life::Active))
            .filter(|thing| !held.contains(thing) && view.sees(*thing))
            .take(CHOICES_MAX)
            .collect();
        self.named(&found, name, |_| false).await
    }

    /// As many as a list of choices holds, those that are set among them.
    pub(super) fn at_most<K: Copy>(
        &self,
        things: impl Iterator<Item = K>,
        is_set: impl Fn(K) -> bool,
    ) -> Vec<K> {
        let mut room = CHOICES_MAX;
        let things = things.filter(|one| {
            let is_free = room > 0;
            room = room.saturating_sub(1);
            is_free || is_set(*one)
        });
        things.collect()
    }

    pub(super) async fn named<K: Resource>(
        &self,
        things: &[K],
        name: impl Fn(K) -> Name,
        is_set: impl Fn(K) -> bool,
    ) -> Result<Vec<Choice>> {
        let wanted: Vec<_> = things.iter().map(|thing| name(*thing)).collect();
        let names = Names::of(self.session, wanted).await?;
        let mut choices: Vec<_> = things
            .iter()
            .map(|thing| {
                let id = self.session.id(*thing).0.to_string();
                choice(id, names.text(name(*thing)), is_set(*thing))
            })
            .collect();
        choices.sort_by_key(|choice| ledger::fold(&choice.label));
        Ok(choices)
    }

    async fn sees(&self) -> Result<Option<Sees>> {
        let Some(row) = self.row() else {
            return Ok(None);
        };
        let stands = row.company_access();
        // What stands, because whoever sees a list of companies alone may change this and not give all (SD-33).
        let offered = self.session.offers(&Command::SetCompanyAccess {
            person: self.person,
            listed: match stands {
                CompanyAccess::All => None,
                CompanyAccess::Listed {
                    companies,
                    without_company,
                } => Some(ListedCompanies {
                    companies: companies.iter().collect(),
                    without_company: *without_company,
                }),
            },
        });
        if !offered {
            return Ok(None);
        }
        let (is_all, listed, without_company) = match stands {
            CompanyAccess::All => (true, IdSet::default(), false),
            CompanyAccess::Listed {
                companies,
                without_company,
            } => (false, companies.clone(), *without_company),
        };
        let state = self.session.state();
        let companies = (0..CompanyId::rows(state)).map_while(CompanyId::from_index);
        let companies = companies.filter(|company| {
            let life = company.life(state);
            let fits = life == Some(Life::Active)
                || listed.contains(*company) && life == Some(Life::Archived);
            fits && self.session.view().sees(*company)
        });
        let companies = self.at_most(companies, |company| listed.contains(company));
        Ok(Some(Sees {
            is_all,
            companies: self
                .named(&companies, Name::Company, |company| {
                    listed.contains(company)
                })
                .await?,
            without_company,
        }))
    }
}
