//! One row: who it is about, and what its values mean. What they give is read in `rights.rs`.

use access::command::{Employer, Enrolment};
use access::decide::Visible;
use access::domain::Domain;
use access::event::ProfileField;
use access::state::{Facet, Person, PortalLevel, Resolve};
use access::{PersonId, PublicId};
use ledger::{Field, HasProfile};
use web::values;

use super::column::Column;
use super::item;
use super::names::{Named, Names};
use super::rejects::Reject;
use super::source::Row;

pub(super) type Parsed<T> = Result<T, Reject>;

/// The facets that a row asks for, and those that the person has by it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facets {
    pub user: bool,
    pub customer: bool,
    pub is_user: bool,
    pub is_customer: bool,
}

/// A value of a column that cannot be.
pub(super) fn reject(column: Column, reason: impl Into<String>) -> Reject {
    Reject {
        column: Some(column),
        reason: reason.into(),
    }
}

impl Row {
    pub(super) fn text(&self, column: Column) -> Option<&str> {
        self.values.get(&column).map(String::as_str)
    }

    /// The items of a list.
    pub(super) fn list(&self, column: Column) -> impl Iterator<Item = &str> {
        self.text(column)
            .unwrap_or_default()
            .split(item::SEPARATOR)
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
            let (group, _) = item::read(group);
            values::name(group).map_err(|error| reject(Column::Groups, error.to_string()))?;
        }
        let facets = self.facets(known)?;
        let wrong = self.values.keys().copied().find(|column| match column {
            Column::PortalLevel => !facets.is_customer,
            column => column.is_for_users() && !facets.is_user,
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
        let rights = self.rights(names, facets)?;
        Ok(Enrolment {
            id,
            user: facets.user,
            customer: facets.customer,
            fields: Vec::new(),
            account_role: self.account_role(names)?,
            user_groups: rights.user_groups,
            levels: rights.levels,
            accesses: rights.accesses,
            ties: rights.ties,
            account_admin: self.account_admin(names)?,
            extra_grants: self.extra_grants(names)?,
            company_access: self.company_access(names)?,
            employer: self.employer(names, facets.customer)?,
            portal_level: self.portal_level()?,
            deactivated: self.deactivated()?,
        })
    }

    fn employer(&self, names: &Names, customer: bool) -> Parsed<Option<Employer>> {
        match self.text(Column::Company) {
            Some(item::NONE) => Ok(Some(Employer::Nobody)),
            Some(name) => {
                let company = found(names, &names.companies, Column::Company, name)?;
                Ok(Some(Employer::Company(company)))
            }
            None => {
                let email = self.text(Column::Email).unwrap_or_default();
                let (_, domain) = email.rsplit_once('@').unwrap_or_default();
                let domain = Employer::OfDomain(domain.to_lowercase().into());
                Ok(Some(domain).filter(|_| customer))
            }
        }
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

    fn deactivated(&self) -> Parsed<Vec<Facet>> {
        let facet = |item: &str| match item.to_lowercase().as_str() {
            "user" => Ok(Facet::User),
            "customer" => Ok(Facet::Customer),
            _ => Err(reject(Column::Deactivated, "is none of user, customer")),
        };
        self.list(Column::Deactivated).map(facet).collect()
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

/// The thing of that name.
pub(super) fn found<K: HasProfile + Resolve + Visible>(
    names: &Names,
    named: &Named<K>,
    column: Column,
    text: &str,
) -> Parsed<K> {
    named
        .find(&names.state, column.thing(), text)
        .map_err(|reason| reject(column, reason))
}
