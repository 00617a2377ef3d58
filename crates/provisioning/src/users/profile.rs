//! What of a user goes into the person's profile: a name, an address, a number, a title, a language and the directory's id. Everything else
//! stays in the row.

use access::event::ProfileField;
use ledger::{Field, Profile, ProfileWrite, fold_email};
use scim::{Error, ScimType, user::UserFields};
use web::{Result, values};

use crate::{dialect::problem, links::matching::address_of};

/// Longest name and longest other value of a profile, in characters.
const NAME_CHARS: usize = 200;
const VALUE_CHARS: usize = 320;

/// What a directory says of somebody's profile, field by field.
pub(crate) struct Said([(ProfileField, Field, Option<String>); 6]);

/// A text as a profile takes it: the directory's whole text stays in the row.
pub(crate) fn kept(text: &str, most: usize) -> Option<String> {
    let plain = text.chars().filter(|letter| !letter.is_control());
    let plain: String = plain.take(most).collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

/// The name of a profile.
pub(crate) fn kept_name(text: &str) -> Option<String> {
    kept(text, NAME_CHARS)
}

fn name(fields: &UserFields) -> Option<String> {
    let parts = [&fields.name.given, &fields.name.family];
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    let candidates = [
        fields.display_name.as_deref().unwrap_or_default(),
        fields.name.formatted.as_deref().unwrap_or_default(),
        &parts.join(" "),
        &fields.user_name,
    ];
    candidates.into_iter().find_map(kept_name)
}

impl Said {
    /// Of a user. Refused where the address that counts is none.
    pub fn by(fields: &UserFields) -> Result<Self> {
        let address = address_of(fields).map(|address| {
            values::email(address).map(str::to_owned).ok_or_else(|| {
                let detail = "emails.value is no e-mail address";
                problem(Error::of(ScimType::InvalidValue, detail))
            })
        });
        let value =
            |text: &Option<String>| text.as_deref().and_then(|text| kept(text, VALUE_CHARS));
        // Half an id is none.
        let id = value(&fields.external_id).filter(|id| Some(id) == fields.external_id.as_ref());
        Ok(Self([
            (ProfileField::Name, Field::Name, name(fields)),
            (ProfileField::Address, Field::Email, address.transpose()?),
            (ProfileField::Phone, Field::Phone, value(&fields.phone)),
            (ProfileField::Title, Field::Title, value(&fields.title)),
            (
                ProfileField::Language,
                Field::Language,
                value(&fields.preferred_language),
            ),
            (ProfileField::ExternalId, Field::ExternalId, id),
        ]))
    }

    /// The profile of somebody new.
    pub fn whole(self, mut write: ProfileWrite) -> ProfileWrite {
        for (_, field, value) in self.0 {
            if let Some(value) = value {
                write = write.set(field, value);
            }
        }
        write
    }

    /// What of a profile becomes another: what the directory says otherwise than before. What somebody changed here stays until then.
    pub fn changes(
        self,
        before: Option<&Said>,
        profile: &Profile,
        mut write: ProfileWrite,
    ) -> (Vec<ProfileField>, ProfileWrite) {
        let mut fields = Vec::new();
        for (place, (logged, field, new)) in self.0.into_iter().enumerate() {
            let old = before.and_then(|before| before.0[place].2.as_ref());
            let has = profile.get(field);
            let is_so = match (&new, has) {
                (Some(new), Some(has)) if field == Field::Email => {
                    fold_email(new) == fold_email(has)
                }
                (new, has) => new.as_deref() == has,
            };
            let is_said = match before {
                // Whoever is linked keeps what the directory does not speak of.
                None => new.is_some(),
                Some(_) => new.as_ref() != old,
            };
            // The id that another system gave stays.
            let is_anothers =
                field == Field::ExternalId && has.is_some() && has != old.map(String::as_str);
            if is_so || !is_said || is_anothers {
                continue;
            }
            write = match new {
                Some(new) => write.set(field, new),
                None if matches!(field, Field::Name | Field::Email) => continue,
                None => write.clear(field),
            };
            fields.push(logged);
        }
        (fields, write)
    }

    /// The address.
    pub fn address(&self) -> Option<&str> {
        self.0[1].2.as_deref()
    }
}
