//! What somebody types of a sign-in provider. A secret that was typed leaves the browser once: what the pages carry along of it is sealed.

use std::collections::BTreeMap;

use access::{CompanyId, ConnectionId, PersonId, explain::words::Name};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use web::{
    Problem, Result,
    page::{Picker, Sent, find::Kind, names::Names},
    resource::Id,
    session::{Session, failed},
};

use super::super::{Audience, Provider, rest::ProviderOrder};

/// Before the ids of companies in a form.
const COMPANY: &str = "company.";
const COMPANIES: &[Kind] = &[Kind::Company];
const USERS: &[Kind] = &[Kind::User];

/// To what a secret on its way is bound.
fn bound(connection: ConnectionId) -> Vec<u8> {
    let number = access::Dense::number(connection);
    format!("typed secret of sign-in provider {number}").into_bytes()
}

/// What is typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub issuer: String,
    pub client_id: String,
    /// Sealed; empty: the secret that is there stays.
    pub secret: String,
    /// There is to be none.
    pub no_secret: bool,
    pub is_for_customers: bool,
    pub companies: Vec<CompanyId>,
    pub directory: String,
    pub subject_claim: String,
    /// By which the same provider keeps people.
    pub scim: Option<ConnectionId>,
    pub domains: String,
    pub only_domains: String,
    pub break_glass: Option<PersonId>,
    pub groups_claim: String,
    pub creates: bool,
    pub mark: String,
    /// What was shown of the effect.
    pub reviewed: Option<String>,
}

/// The two fields that name somebody or something.
pub(super) struct Pickers {
    pub company: Picker,
    pub person: Picker,
}

impl Pickers {
    pub fn new() -> Self {
        Self {
            company: Picker::new("company", "Name of a company", COMPANIES),
            person: Picker::new("person", "Name of a Super admin", USERS),
        }
    }

    /// Whether somebody has to choose before the form can be taken.
    pub fn is_open(&self) -> bool {
        self.company.is_open() || self.person.is_open()
    }
}

/// A form as it came.
pub(super) struct Typed {
    pub fields: Fields,
    pub pickers: Pickers,
    /// A company is to be added, and nothing else yet.
    pub adds: bool,
}

fn sent(form: &mut BTreeMap<String, String>, name: &str) -> Sent {
    Sent {
        id: form.remove(name),
        text: form.remove(&format!("{name}_text")),
        asked: form.remove(&format!("{name}_asked")),
    }
}

impl Typed {
    /// Reads a form, each of its fields by name.
    pub async fn of(
        session: &Session,
        connection: ConnectionId,
        mut form: BTreeMap<String, String>,
    ) -> Result<Self> {
        let new = Pickers::new();
        let (company, person) = (sent(&mut form, "company"), sent(&mut form, "person"));
        let mut pickers = Pickers {
            company: new.company.take(session, COMPANIES, company).await?,
            person: new.person.take(session, USERS, person).await?,
        };
        let adds = form.remove("add").is_some();
        let mut fields = Fields::default();
        for (name, value) in form {
            fields.take(session, connection, &name, value)?;
        }
        if !pickers.is_open() {
            fields.break_glass = pickers.person.thing(session)?;
            fields
                .companies
                .extend(pickers.company.thing::<CompanyId>(session)?);
            pickers.company = Pickers::new().company;
        }
        fields.companies.sort_unstable();
        fields.companies.dedup();
        Ok(Self {
            fields,
            pickers,
            adds,
        })
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|one: char| one.is_whitespace() || one == ',');
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl Fields {
    fn take(
        &mut self,
        session: &Session,
        connection: ConnectionId,
        name: &str,
        value: String,
    ) -> Result<()> {
        match name {
            "issuer" => self.issuer = value,
            "client_id" => self.client_id = value,
            "client_secret" if value.trim().is_empty() => {}
            "client_secret" => {
                let sealed = session.account.seal(&bound(connection), value.as_bytes());
                self.secret = BASE64.encode(sealed.map_err(failed)?);
            }
            // What was typed just now takes the place of what a page carried along.
            "sealed_secret" if self.secret.is_empty() => self.secret = value,
            "sealed_secret" => {}
            "no_secret" => self.no_secret = true,
            "audience" => self.is_for_customers = value == "customers",
            "directory" => self.directory = value,
            "subject_claim" => self.subject_claim = value,
            "provisioning" if value.is_empty() => {}
            "provisioning" => {
                let id = value
                    .parse()
                    .map_err(|_| Problem::unknown_id("provisioning"))?;
                self.scim = Some(session.named("provisioning", Id(id))?);
            }
            "domains" => self.domains = value,
            "only_domains" => self.only_domains = value,
            "groups_claim" => self.groups_claim = value,
            "creates_people" => self.creates = true,
            "mark" => self.mark = value,
            "reviewed" => self.reviewed = Some(value),
            other => {
                let id = other.strip_prefix(COMPANY).and_then(|id| id.parse().ok());
                let id = id.ok_or_else(|| Problem::invalid(other, "there is no such field"))?;
                self.companies.push(session.named(COMPANY, Id(id))?);
            }
        }
        Ok(())
    }

    /// As it is set up.
    pub fn of_row(row: &Provider) -> Self {
        Self {
            issuer: row.issuer.clone(),
            client_id: row.client_id.clone(),
            is_for_customers: row.facet == access::state::Facet::Customer,
            companies: row.companies.clone(),
            directory: row.directory.clone(),
            subject_claim: row.subject_claim.clone(),
            scim: row.scim,
            domains: row.domains.join("\n"),
            only_domains: row.only_domains.join("\n"),
            break_glass: row.break_glass,
            groups_claim: row.groups_claim.clone(),
            creates: row.creates,
            mark: row.mark().to_string(),
            ..Self::default()
        }
    }

    /// The same with the name of whoever keeps a way in, to be shown.
    pub async fn pickers(&self, session: &Session) -> Result<Pickers> {
        let mut pickers = Pickers::new();
        if let Some(person) = self.break_glass {
            let names = Names::of(session, [Name::Person(person)]).await?;
            let id = session.id(person).0.to_string();
            pickers.person = pickers.person.with(id, names.text(Name::Person(person)));
        }
        Ok(pickers)
    }

    /// As programs order it.
    pub fn order(&self, session: &Session, connection: ConnectionId) -> Result<ProviderOrder> {
        let companies = self.companies.iter().map(|company| session.id(*company));
        Ok(ProviderOrder {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.typed_secret(session, connection)?,
            audience: match self.is_for_customers {
                true => Audience::Customers,
                false => Audience::Staff,
            },
            // What is typed for the one is not thrown away by a look at the other.
            companies: match self.is_for_customers {
                true => companies.collect(),
                false => Vec::new(),
            },
            directory: said(&self.directory),
            subject_claim: said(&self.subject_claim),
            // Of staff alone, as companies are of customers.
            provisioning: match self.is_for_customers {
                true => None,
                false => self.scim.map(|scim| session.id(scim)),
            },
            domains: words(&self.domains),
            only_domains: words(&self.only_domains),
            break_glass: self.break_glass.map(|person| session.id(person)),
            groups_claim: said(&self.groups_claim),
            creates_people: self.creates,
        })
    }

    fn typed_secret(&self, session: &Session, connection: ConnectionId) -> Result<Option<String>> {
        if self.no_secret {
            return Ok(Some(String::new()));
        }
        if self.secret.is_empty() {
            return Ok(None);
        }
        let sealed = BASE64.decode(&self.secret).ok();
        let plain = sealed.and_then(|sealed| session.account.unseal(&bound(connection), &sealed));
        let plain = plain.and_then(|plain| String::from_utf8(plain).ok());
        let lost = || Problem::invalid("client_secret", "type the client secret again");
        plain.map(Some).ok_or_else(lost)
    }

    /// What a page carries along, under the names of its form.
    pub fn pairs(&self, session: &Session) -> Vec<(String, String)> {
        let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
        let audience = match self.is_for_customers {
            true => "customers",
            false => "staff",
        };
        let scim = self.scim.map(|scim| session.id(scim).0.to_string());
        let person = self
            .break_glass
            .map(|person| session.id(person).0.to_string());
        let person = person.unwrap_or_default();
        let pairs = [
            ("issuer", self.issuer.clone()),
            ("client_id", self.client_id.clone()),
            ("sealed_secret", self.secret.clone()),
            ("no_secret", yes(self.no_secret)),
            ("audience", audience.to_owned()),
            ("directory", self.directory.clone()),
            ("subject_claim", self.subject_claim.clone()),
            ("provisioning", scim.unwrap_or_default()),
            ("domains", self.domains.clone()),
            ("only_domains", self.only_domains.clone()),
            ("groups_claim", self.groups_claim.clone()),
            ("creates_people", yes(self.creates)),
            ("mark", self.mark.clone()),
            // The id stands for this text.
            ("person", person.clone()),
            ("person_text", person.clone()),
            ("person_asked", person),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
        let companies = self.companies.iter();
        let companies =
            companies.map(|company| (format!("{COMPANY}{}", session.id(*company).0), yes(true)));
        pairs.chain(companies).collect()
    }
}
