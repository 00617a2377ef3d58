//! One row: what its values mean.

use access::command::{Enrolment, RoleAssignment};
use access::domain::Domain;
use access::event::ProfileField;
use access::state::{CustomerAccess, PeopleScope, Person, PortalLevel, ServiceLevel, Tie};
use access::{PersonId, PublicId};
use ledger::{Field, fold};
use people::values;

use super::names::Names;
use super::rejects::Reject;
use super::source::Row;

/// A column that a file can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The address, by which the person is recognised. Required.
    Email,
    /// Display name.
    Name,
    /// `user`, `customer` or `both`. Without it a new person is a customer, and somebody who is there stays what they are.
    Kind,
    /// Telephone number.
    Phone,
    /// Job title.
    Title,
    /// Preferred language.
    Language,
    /// The caller's own id.
    ExternalId,
    /// Name of the company; without one, the address's domain decides (SD-22).
    Company,
    /// Names, separated by `;`.
    Groups,
    /// Names, separated by `;`.
    UserGroups,
    /// Name of a role.
    AccountRole,
    /// `Payroll:administrator; E-mail:user`, for customers `portal` or `no_portal`.
    Services,
    /// `none`, `standard`, `company` or `company_admin`.
    PortalLevel,
    /// Products, separated by `;`: `service_desk; contact_centre`.
    Licences,
}

impl Column {
    /// All of them, in the order of the rejects file.
    pub const ALL: [Column; 14] = [
        Column::Email,
        Column::Name,
        Column::Kind,
        Column::Phone,
        Column::Title,
        Column::Language,
        Column::ExternalId,
        Column::Company,
        Column::Groups,
        Column::UserGroups,
        Column::AccountRole,
        Column::Services,
        Column::PortalLevel,
        Column::Licences,
    ];

    /// The word in the header.
    pub fn name(self) -> &'static str {
        match self {
            Column::Email => "email",
            Column::Name => "name",
            Column::Kind => "kind",
            Column::Phone => "phone",
            Column::Title => "title",
            Column::Language => "language",
            Column::ExternalId => "external_id",
            Column::Company => "company",
            Column::Groups => "groups",
            Column::UserGroups => "user_groups",
            Column::AccountRole => "account_role",
            Column::Services => "services",
            Column::PortalLevel => "portal_level",
            Column::Licences => "licences",
        }
    }

    /// The column of this word, however it is written: `External ID`, `e-mail`.
    pub fn from_name(name: &str) -> Option<Column> {
        let name = word(name);
        Column::ALL
            .into_iter()
            .find(|column| word(column.name()) == name)
    }

    /// All words, for messages.
    pub fn names() -> String {
        Column::ALL.map(Column::name).join(", ")
    }

    /// What stands between the values of several columns of a file that are this one; `None` where only one value fits.
    pub(super) fn joint(self) -> Option<&'static str> {
        match self {
            Column::Name => Some(" "),
            Column::Groups | Column::UserGroups | Column::Services | Column::Licences => Some("; "),
            _ => None,
        }
    }

    /// What a value of it names.
    fn thing(self) -> &'static str {
        match self {
            Column::Company => "company",
            Column::Groups => "group",
            Column::UserGroups => "user group",
            Column::AccountRole => "role",
            Column::Services => "service",
            _ => "thing",
        }
    }

    /// The field of the profile that it fills, and what the log calls it.
    fn field(self) -> Option<(Field, ProfileField)> {
        match self {
            Column::Email => Some((Field::Email, ProfileField::Address)),
            Column::Name => Some((Field::Name, ProfileField::Name)),
            Column::Phone => Some((Field::Phone, ProfileField::Phone)),
            Column::Title => Some((Field::Title, ProfileField::Title)),
            Column::Language => Some((Field::Language, ProfileField::Language)),
            Column::ExternalId => Some((Field::ExternalId, ProfileField::ExternalId)),
            _ => None,
        }
    }
}

fn word(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

type Parsed<T> = Result<T, Reject>;

/// The facets that a row asks for, and those that the person has by it.
#[derive(Debug, Clone, Copy)]
struct Facets {
    user: bool,
    customer: bool,
    is_user: bool,
    is_customer: bool,
}

fn reject(column: Column, reason: impl Into<String>) -> Reject {
    Reject {
        column: Some(column),
        reason: reason.into(),
    }
}

impl Row {
    fn text(&self, column: Column) -> Option<&str> {
        self.values.get(&column).map(String::as_str)
    }

    pub(super) fn list(&self, column: Column) -> impl Iterator<Item = &str> {
        self.text(column)
            .unwrap_or_default()
            .split(';')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    }

    /// The address. One at sign, something on both sides, a domain with a dot: whether mail arrives is not ours to say.
    pub(super) fn email(&self) -> Parsed<&str> {
        let email = self
            .text(Column::Email)
            .ok_or_else(|| reject(Column::Email, "is missing: a person is recognised by it"))?;
        let is_address = email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.contains('@') && Domain::of_address(domain).is_ok()
        });
        let is_plain = email.len() <= 254
            && !email
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control());
        if is_address && is_plain {
            Ok(email)
        } else {
            Err(reject(Column::Email, "is no e-mail address"))
        }
    }

    /// The same rules for values as over REST.
    pub(super) fn check(&self, known: Option<&Person>) -> Parsed<()> {
        if let Some(flaw) = &self.flaw {
            return Err(flaw.reject.clone());
        }
        self.email()?;
        for (column, value) in &self.values {
            let value = match column {
                Column::Name | Column::Company => values::name(value),
                Column::Phone | Column::Title | Column::Language | Column::ExternalId => {
                    values::contact(value)
                }
                _ => continue,
            };
            value.map_err(|error| reject(*column, error.to_string()))?;
        }
        for group in self.list(Column::Groups) {
            values::name(group).map_err(|error| reject(Column::Groups, error.to_string()))?;
        }
        let facets = self.facets(known)?;
        let wrong = Column::ALL.into_iter().find(|column| match column {
            Column::Groups | Column::UserGroups | Column::AccountRole | Column::Licences => {
                self.values.contains_key(column) && !facets.is_user
            }
            Column::PortalLevel => self.values.contains_key(column) && !facets.is_customer,
            _ => false,
        });
        let is_for = |column| match column {
            Column::PortalLevel => "is for customers, and this person is none: see the column kind",
            _ => "is for users, and this person is none: see the column kind",
        };
        wrong.map_or(Ok(()), |column| Err(reject(column, is_for(column))))
    }

    /// The kind; without one, what somebody who is there is already, and a customer who is new.
    fn facets(&self, known: Option<&Person>) -> Parsed<Facets> {
        let was_user = known.is_some_and(Person::is_user);
        let was_customer = known.is_some_and(Person::is_customer);
        let (user, customer) = match self.text(Column::Kind).map(str::to_lowercase).as_deref() {
            None if known.is_some() => (was_user, was_customer),
            None | Some("customer") => (false, true),
            Some("user") => (true, false),
            Some("both") => (true, true),
            Some(_) => return Err(reject(Column::Kind, "is none of user, customer, both")),
        };
        Ok(Facets {
            user,
            customer,
            is_user: user || was_user,
            is_customer: customer || was_customer,
        })
    }

    /// What the person is to have; `known`: what somebody who is there is already.
    pub(super) fn enrolment(
        &self,
        id: PublicId<PersonId>,
        known: Option<&Person>,
        names: &Names,
    ) -> Parsed<Enrolment> {
        let facets = self.facets(known)?;
        let (levels, accesses) = self.services(names, facets)?;
        let mut ties = Vec::new();
        for name in self.list(Column::Groups) {
            ties.push(Tie::Group(found(&names.groups, Column::Groups, name)?));
        }
        for product in self.list(Column::Licences) {
            let licence = names.licences.get(product.to_lowercase().as_str());
            ties.push(Tie::Licence(*licence.ok_or_else(|| {
                reject(
                    Column::Licences,
                    format!("no licences of {product:?} were bought"),
                )
            })?));
        }
        let company = self
            .text(Column::Company)
            .map(|name| found(&names.companies, Column::Company, name))
            .transpose()?;
        let domain = self
            .email()?
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_lowercase().into());
        Ok(Enrolment {
            id,
            user: facets.user,
            customer: facets.customer,
            fields: Vec::new(),
            account_role: self.account_role(names)?,
            user_groups: self
                .list(Column::UserGroups)
                .map(|name| found(&names.user_groups, Column::UserGroups, name))
                .collect::<Parsed<_>>()?,
            ties,
            levels,
            accesses,
            company,
            domain: domain.filter(|_| facets.customer),
            portal_level: self.portal_level()?,
        })
    }

    fn account_role(&self, names: &Names) -> Parsed<Option<RoleAssignment>> {
        let Some(name) = self.text(Column::AccountRole) else {
            return Ok(None);
        };
        let role = found(&names.roles, Column::AccountRole, name)?;
        Ok(Some(RoleAssignment {
            role,
            scope: PeopleScope::All,
        }))
    }

    fn portal_level(&self) -> Parsed<Option<PortalLevel>> {
        match self
            .text(Column::PortalLevel)
            .map(str::to_lowercase)
            .as_deref()
        {
            None => Ok(None),
            Some("none") => Ok(Some(PortalLevel::None)),
            Some("standard") => Ok(Some(PortalLevel::Standard)),
            Some("company") => Ok(Some(PortalLevel::Company)),
            Some("company_admin" | "company admin") => Ok(Some(PortalLevel::CompanyAdmin)),
            Some(_) => Err(reject(
                Column::PortalLevel,
                "is none of none, standard, company, company_admin",
            )),
        }
    }

    #[expect(
        clippy::type_complexity,
        reason = "the two lists of an enrolment, side by side"
    )]
    fn services(
        &self,
        names: &Names,
        facets: Facets,
    ) -> Parsed<(
        Vec<(access::ServiceId, ServiceLevel)>,
        Vec<(access::ServiceId, CustomerAccess)>,
    )> {
        let (mut levels, mut accesses) = (Vec::new(), Vec::new());
        for item in self.list(Column::Services) {
            // A name with a colon in it, and no level.
            let is_name = names.services.contains_key(&fold(item));
            let (name, level) = item
                .rsplit_once(':')
                .filter(|_| !is_name)
                .unwrap_or((item, if facets.user { "user" } else { "portal" }));
            let service = found(&names.services, Column::Services, name.trim())?;
            match level.trim().to_lowercase().as_str() {
                "user" if facets.is_user => levels.push((service, ServiceLevel::User)),
                "administrator" if facets.is_user => {
                    levels.push((service, ServiceLevel::Administrator))
                }
                "portal" if facets.is_customer => accesses.push((service, CustomerAccess::Portal)),
                "no_portal" | "no portal" if facets.is_customer => {
                    accesses.push((service, CustomerAccess::NoPortal))
                }
                level => {
                    let reason = format!(
                        "{level:?} is no level of a person of this kind: user or administrator for users, portal or no_portal for customers"
                    );
                    return Err(reject(Column::Services, reason));
                }
            }
        }
        Ok((levels, accesses))
    }

    /// The values of the profile.
    pub(super) fn profile(&self) -> impl Iterator<Item = (Field, ProfileField, &str)> {
        let values = self.values.iter();
        values.filter_map(|(column, value)| {
            let (field, logged) = column.field()?;
            Some((field, logged, value.as_str()))
        })
    }
}

fn found<K: Copy>(
    names: &std::collections::HashMap<String, Option<K>>,
    column: Column,
    name: &str,
) -> Parsed<K> {
    match names.get(&fold(name)) {
        Some(Some(id)) => Ok(*id),
        Some(None) => Err(reject(
            column,
            format!("more than one {} is called {name:?}", column.thing()),
        )),
        None => Err(reject(
            column,
            format!(
                "no {} is called {name:?}, or it is archived",
                column.thing()
            ),
        )),
    }
}
