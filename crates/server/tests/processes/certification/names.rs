//! The facts of the scenario, by the names that it gives them and by others.

use serde_json::{Value, json};

/// What the scenario calls its facts.
pub struct Names {
    pub product: &'static str,
    pub user: &'static str,
    pub record: &'static str,
    /// Writes what is active, and deletes what can be had back.
    pub writer: &'static str,
    /// Reads, and writes what is archived: an administrator.
    pub admin: &'static str,
    pub active: &'static str,
    pub archived: &'static str,
    pub read: &'static str,
    pub write: &'static str,
    pub delete: &'static str,
}

pub const AS_PUBLISHED: Names = Names {
    product: "certification",
    user: "user",
    record: "record",
    writer: "alice",
    admin: "bob",
    active: "record-1",
    archived: "record-2",
    read: "read",
    write: "write",
    delete: "delete",
};

pub const OTHERWISE: Names = Names {
    product: "archive",
    user: "archivist",
    record: "folio",
    writer: "7f0e",
    admin: "zoë@example.org",
    active: "ms. 1/a",
    archived: "ms. 2/b",
    read: "leaf_through",
    write: "annotate",
    delete: "discard",
};

impl Names {
    /// A property that a question does not bring is asked for first: a condition that errs denies.
    pub fn catalogue(&self) -> String {
        let Names {
            product,
            user,
            record,
            read,
            write,
            delete,
            ..
        } = self;
        format!(
            r#"
            product = "{product}"
            name = "{product}"
            [subject_types.{user}]
            properties = {{ role = "sent_where_not_stored" }}
            [resource_types.{record}]
            properties = {{ status = "sent_where_not_stored" }}
            [permissions.{read}]
            on = ["{record}"]
            [permissions.{write}]
            on = ["{record}"]
            [permissions.{delete}]
            on = ["{record}"]
            properties = {{ soft = "sent" }}
            [roles.reader]
            name = "Reader"
            permissions = ["{read}"]
            [roles.writer]
            name = "Writer"
            permissions = ["{read}"]
            [[roles.writer.rules]]
            permissions = ["{write}"]
            when = "!has(resource.properties.status) || resource.properties.status != 'archived'"
            [[roles.writer.rules]]
            permissions = ["{delete}"]
            when = "has(action.properties.soft) && action.properties.soft == true"
            [[grants]]
            to = ["{user}"]
            permissions = ["{write}"]
            when = """
            has(subject.properties.role) && subject.properties.role == 'admin' &&
            has(resource.properties.status) && resource.properties.status == 'archived'
            """
            "#
        )
    }

    pub fn writer(&self) -> Value {
        json!({"type": self.user, "id": self.writer})
    }

    pub fn admin(&self) -> Value {
        json!({"type": self.user, "id": self.admin})
    }

    /// With the property that the scenario sends.
    pub fn known_admin(&self) -> Value {
        json!({"type": self.user, "id": self.admin, "properties": {"role": "admin"}})
    }

    pub fn active(&self) -> Value {
        json!({"type": self.record, "id": self.active})
    }

    pub fn archived(&self) -> Value {
        json!({"type": self.record, "id": self.archived})
    }

    pub fn known_active(&self) -> Value {
        json!({"type": self.record, "id": self.active, "properties": {"status": "active"}})
    }

    pub fn known_archived(&self) -> Value {
        json!({"type": self.record, "id": self.archived, "properties": {"status": "archived"}})
    }

    pub fn to(name: &str) -> Value {
        json!({"name": name})
    }
}
