//! What narrows a list of people down: ids and levels stand in the address, typed text under an id of its own.

use access::state::{Facet, PortalLevel};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use web::{
    Result,
    lists::{Sort, Status, Wanted},
    page::{Typed, address},
    resource::{CompanyRef, LicenceRef, RoleRef, UserGroupRef},
    session::Session,
};

/// The filter in an address.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub(super) struct Filter {
    /// The id of what was typed.
    pub view: Option<String>,
    /// Users with this account role.
    #[param(value_type = Option<String>)]
    pub role: Option<RoleRef>,
    /// `active`, `invited`, `suspended`, `deactivated` or `unconfirmed`.
    #[param(value_type = Option<String>)]
    pub status: Option<Status>,
    /// Users of this user group and below.
    #[param(value_type = Option<String>)]
    pub user_group: Option<UserGroupRef>,
    /// Users who hold this licence.
    #[param(value_type = Option<String>)]
    pub licence: Option<LicenceRef>,
    /// People of this company.
    #[param(value_type = Option<String>)]
    pub company: Option<CompanyRef>,
    /// Customers with this portal level.
    #[param(value_type = Option<String>)]
    pub level: Option<PortalLevel>,
    /// `name`, `address`, `company`, `rank` or `newest`.
    #[param(value_type = Option<String>)]
    pub sort: Option<Sort>,
}

/// The filter as its form sends it: what was not chosen is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sent {
    pub q: String,
    pub role: String,
    pub status: String,
    pub user_group: String,
    pub licence: String,
    pub company: String,
    pub level: String,
    pub sort: String,
}

impl Sent {
    /// The address that it leads to: what cannot be read there is said there.
    pub fn address(&self, path: &str, view: Option<&str>) -> String {
        let named = [
            ("view", view.unwrap_or_default()),
            ("role", self.role.as_str()),
            ("status", &self.status),
            ("user_group", &self.user_group),
            ("licence", &self.licence),
            ("company", &self.company),
            ("level", &self.level),
            // By name is how it is anyway.
            ("sort", if self.sort == "name" { "" } else { &self.sort }),
        ];
        address(path, &named.map(|(name, value)| (name, Some(value))))
    }
}

/// A word as it stands in an address.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl Filter {
    /// What an address says behind its path.
    pub fn parse(query: &str) -> Result<Self> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let object = pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        serde_json::from_value(serde_json::Value::Object(object.collect()))
            .map_err(|_| web::Problem::invalid("filter", "open the list again, and choose again"))
    }

    fn named(&self) -> [(&'static str, String); 8] {
        [
            ("view", self.view.clone().unwrap_or_default()),
            ("role", self.role.as_ref().map(word).unwrap_or_default()),
            ("status", self.status.as_ref().map(word).unwrap_or_default()),
            (
                "user_group",
                self.user_group.as_ref().map(word).unwrap_or_default(),
            ),
            (
                "licence",
                self.licence.as_ref().map(word).unwrap_or_default(),
            ),
            (
                "company",
                self.company.as_ref().map(word).unwrap_or_default(),
            ),
            ("level", self.level.as_ref().map(word).unwrap_or_default()),
            ("sort", self.sort.as_ref().map(word).unwrap_or_default()),
        ]
    }

    /// A value of it as its form shows it.
    pub fn value(&self, name: &str) -> String {
        let mut named = self.named().into_iter();
        named
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .unwrap_or_default()
    }

    /// Where the list with this filter is.
    pub fn address(&self, path: &str) -> String {
        self.address_with(path, "", "")
    }

    /// The same with another value; an empty one takes it away.
    pub fn address_with(&self, path: &str, name: &str, value: &str) -> String {
        let named = self.named();
        let mut named: Vec<_> = named
            .iter()
            .filter(|(known, _)| *known != name)
            .map(|(known, value)| (*known, Some(value.as_str())))
            .collect();
        named.push((name, Some(value)));
        address(path, &named)
    }

    /// Whether anything is filtered.
    pub fn is_some(&self) -> bool {
        let mut named = self.named().into_iter();
        named.any(|(name, value)| name != "sort" && !value.is_empty())
    }

    /// What was typed.
    pub async fn typed(&self, session: &Session) -> Result<Typed> {
        session.typed(self.view.as_deref()).await
    }

    /// As lists take it, where all that is found is meant: refused when what was typed is gone.
    pub async fn wanted(&self, session: &Session, facet: Facet) -> Result<Wanted> {
        let typed = self.typed(session).await?;
        typed.kept()?;
        self.wanted_with(session, facet, &typed)
    }

    /// As lists take it, with what was typed. A filter by what the reader does not see is one by nothing; by a licence, only for who
    /// oversees its holders.
    pub fn wanted_with(&self, session: &Session, facet: Facet, typed: &Typed) -> Result<Wanted> {
        let is_user = facet == Facet::User;
        let role = session.named_if("role", self.role.filter(|_| is_user))?;
        let user_group = session.named_if("user_group", self.user_group.filter(|_| is_user))?;
        let licence = session.named_if("licence", self.licence.filter(|_| is_user))?;
        if licence.is_some_and(|licence| !session.view().oversees(licence)) {
            return Err(web::Problem::unknown_id("licence"));
        }
        Ok(Wanted {
            facet,
            text: typed.text().map(str::to_owned),
            role,
            status: self.status,
            user_group,
            licence,
            company: session.named_if("company", self.company)?,
            level: self.level.filter(|_| !is_user),
            stored: None,
            access: None,
            sort: self.sort.unwrap_or_default(),
        })
    }
}
