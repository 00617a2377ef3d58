//! Mail domains by which customers are sorted into companies (SD-22): one spelling each, and never one that strangers share.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::ids::CompanyId;
use crate::state::State;

/// A mail domain in its one spelling: lower case, in ASCII form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Box<str>);

/// Why a text cannot be the domain of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadDomain {
    /// Not the name of a host on the internet.
    #[error("this is no domain name")]
    NotADomain,
    /// Anybody registers names below it.
    #[error("this is a public suffix, below which anybody registers names")]
    PublicSuffix,
    /// Anybody opens a mailbox in it.
    #[error("this is a public webmail domain, where anybody opens a mailbox")]
    PublicWebmail,
}

impl BadDomain {
    /// A stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotADomain => "not_a_domain",
            Self::PublicSuffix => "public_suffix",
            Self::PublicWebmail => "public_webmail",
        }
    }
}

impl Domain {
    /// The domain of a company: refuses public suffixes and public webmail (SD-22).
    pub fn parse(text: &str) -> Result<Domain, BadDomain> {
        let domain = Domain::of_address(text)?;
        if psl::domain_str(&domain.0).is_none() {
            return Err(BadDomain::PublicSuffix);
        }
        if domain.suffixes().any(|suffix| WEBMAIL.contains(suffix)) {
            return Err(BadDomain::PublicWebmail);
        }
        Ok(domain)
    }

    /// The domain of somebody's address, which may be anything that is a name.
    pub fn of_address(text: &str) -> Result<Domain, BadDomain> {
        let ascii = idna::domain_to_ascii_strict(text).map_err(|_| BadDomain::NotADomain)?;
        let is_name = ascii.contains('.') && ascii.parse::<std::net::IpAddr>().is_err();
        if is_name {
            Ok(Domain(ascii.into_boxed_str()))
        } else {
            Err(BadDomain::NotADomain)
        }
    }

    /// The one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain, and what it is a sub-domain of, longest first, down to what one party registered: what lies below a public
    /// suffix belongs to others than what lies above it.
    fn suffixes(&self) -> impl Iterator<Item = &str> {
        let registered = psl::domain_str(&self.0).map_or(usize::MAX, str::len);
        let starts = std::iter::once(0).chain(self.0.match_indices('.').map(|(dot, _)| dot + 1));
        starts
            .map(|start| &self.0[start..])
            .take_while(move |suffix| suffix.len() >= registered)
    }
}

impl State {
    /// SD-22: the company of the exact domain, or of the longest suffix that has one. An archived company keeps its domains and
    /// catches nobody (AD-25).
    pub fn company_of(&self, domain: &Domain) -> Option<CompanyId> {
        let company = domain
            .suffixes()
            .find_map(|suffix| self.domain_owner(suffix))?;
        self.companies()
            .get(company)
            .is_some_and(|row| row.life.is_active())
            .then_some(company)
    }

    /// SD-22: whether customers of `domain` are sorted by `added` once a company has it: unless a longer suffix is another's.
    pub fn would_catch(&self, added: &Domain, domain: &Domain) -> bool {
        let mut suffixes = domain.suffixes();
        let nearest = suffixes
            .find(|suffix| *suffix == added.as_str() || self.domain_owner(suffix).is_some());
        nearest == Some(added.as_str())
    }
}

/// Domains of public webmail, one a line, `#` before remarks.
static WEBMAIL: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    include_str!("../catalogue/webmail.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sd_22_a_domain_has_one_spelling() {
        let spelled = |text| Domain::parse(text).unwrap().as_str().to_owned();
        assert_eq!(spelled("Acme.Example.COM"), "acme.example.com");
        assert_eq!(spelled("Müller.de"), "xn--mller-kva.de");
        assert_eq!(spelled("xn--mller-kva.de"), "xn--mller-kva.de");
    }

    #[test]
    fn sd_22_what_strangers_share_is_no_company_domain() {
        for shared in ["co.uk", "com.au", "github.io", "s3.amazonaws.com"] {
            assert_eq!(
                Domain::parse(shared),
                Err(BadDomain::PublicSuffix),
                "{shared}"
            );
        }
        for shared in ["gmail.com", "GMX.de", "outlook.com", "mail.yahoo.co.uk"] {
            assert_eq!(
                Domain::parse(shared),
                Err(BadDomain::PublicWebmail),
                "{shared}"
            );
        }
    }

    #[test]
    fn sd_22_what_is_no_name_is_refused() {
        let long = format!("{}.com", "a".repeat(64));
        for bad in [
            "",
            "com",
            "a..b",
            ".a.com",
            "a b.com",
            "a@b.com",
            "192.0.2.1",
            "-a.com",
            &long,
        ] {
            assert_eq!(Domain::parse(bad), Err(BadDomain::NotADomain), "{bad}");
        }
    }

    #[test]
    fn sd_22_suffixes_stop_at_what_one_party_registered() {
        let suffixes = |text| -> Vec<String> {
            let domain = Domain::of_address(text).unwrap();
            domain.suffixes().map(str::to_owned).collect()
        };
        assert_eq!(
            suffixes("a.b.example.co.uk"),
            ["a.b.example.co.uk", "b.example.co.uk", "example.co.uk"]
        );
        // amazonaws.com itself can be a company's, the buckets of strangers below it are not.
        assert_eq!(
            suffixes("bucket.s3.amazonaws.com"),
            ["bucket.s3.amazonaws.com"]
        );
        assert!(suffixes("co.uk").is_empty());
    }

    #[test]
    fn sd_22_the_list_of_webmail_is_in_its_one_spelling() {
        for listed in WEBMAIL.iter() {
            assert_eq!(Domain::of_address(listed).unwrap().as_str(), *listed);
        }
    }
}
