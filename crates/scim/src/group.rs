//! What this server keeps of a group of a provider, read from the attributes of the resource and written back into them.

use serde_json::{Value, json};

use crate::Attributes;
use crate::user::{put, text};

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFields {
    /// The name that is shown.
    pub display_name: String,
    /// The id that the provider gave.
    pub external_id: Option<String>,
    /// The ids of its members, each once, in the order in which they came.
    pub members: Vec<String>,
}

impl GroupFields {
    /// From the attributes that [`crate::resource::read`] or [`crate::patch::Patch::apply`] gave.
    pub fn read(resource: &Attributes) -> Self {
        let members = resource.get("members").and_then(Value::as_array);
        let ids = members.into_iter().flatten().filter_map(Value::as_object);
        Self {
            display_name: text(resource, "displayName").unwrap_or_default(),
            external_id: text(resource, "externalId"),
            members: ids.filter_map(|member| text(member, "value")).collect(),
        }
    }

    /// Into the attributes of a resource. What is said of members who stay, stays.
    pub fn write(&self, resource: &mut Attributes) {
        put(resource, "displayName", Some(&self.display_name));
        put(resource, "externalId", self.external_id.as_ref());
        let before = match resource.remove("members") {
            Some(Value::Array(members)) => members,
            _ => Vec::new(),
        };
        let known = before.into_iter().filter_map(|member| {
            let id = text(member.as_object()?, "value")?;
            Some((id, member))
        });
        let mut known: std::collections::HashMap<_, _> = known.collect();
        let members = self.members.iter().map(|id| {
            let member = known.remove(id);
            member.unwrap_or_else(|| json!({ "value": id }))
        });
        let members: Vec<_> = members.collect();
        if !members.is_empty() {
            resource.insert("members".to_owned(), members.into());
        }
    }
}
