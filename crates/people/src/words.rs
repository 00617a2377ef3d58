//! Schemas of the words that the core reads and writes by itself, for the document.

use access::{Permission, Product, Switch};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $($word:literal),+;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name() -> RefOr<Schema> {
            one_of([$($word),+])
        }
    )*};
}

words! {
    /// SD-2.
    service_level: "user", "administrator";
    /// SD-11.
    customer_access: "portal", "no_portal";
    /// SD-13.
    portal_level: "none", "standard", "company", "company_admin";
    /// CC-1.
    queue_kind: "call", "ring_group", "inbox", "campaign";
    /// AD-14.
    licence_model: "named", "concurrent";
    /// SD-29.
    due_date_override: "off", "administrators", "every_user";
    /// SD-23.
    registration_policy: "nobody", "companies", "anyone";
    /// RULES §1.
    facet: "user", "customer";
    /// AD-29.
    connection_kind: "provisioning", "sign_in_provider", "service";
    /// Account rights of the desk.
    desk_right: "configure", "configuration_items_read", "configuration_items_edit", "time_read", "time_edit";
}

/// A permission's key.
pub(crate) fn permission() -> RefOr<Schema> {
    one_of(Permission::ALL.map(Permission::key))
}

/// A switch's key.
pub(crate) fn switch() -> RefOr<Schema> {
    one_of(Switch::ALL.map(Switch::key))
}

/// A product's key.
pub(crate) fn product() -> RefOr<Schema> {
    one_of(Product::ALL.map(Product::key))
}

/// Permissions by key.
pub(crate) fn permissions() -> RefOr<Schema> {
    utoipa::openapi::ArrayBuilder::new()
        .items(permission())
        .into()
}

/// The same, at least one.
pub(crate) fn some_permissions() -> RefOr<Schema> {
    utoipa::openapi::ArrayBuilder::new()
        .items(permission())
        .min_items(Some(1))
        .into()
}

/// How many seats: 32 bits of them.
pub(crate) fn seats() -> RefOr<Schema> {
    web::schema::number(0, u64::from(u32::MAX))
}

macro_rules! or_null {
    ($($name:ident: $schema:path;)*) => {$(
        pub(crate) fn $name() -> RefOr<Schema> {
            web::schema::or_null($schema())
        }
    )*};
}

or_null! {
    service_level_if: service_level;
    customer_access_if: customer_access;
    product_if: product;
    switch_if: switch;
    permission_if: permission;
    permissions_if: permissions;
    name_if: web::schema::name;
    contact_if: web::schema::contact;
    email_if: web::schema::email;
}
