//! What a provider reads before anything else: what there is, and what the server can do (RFC 7644 §4).

use serde_json::{Value, json};

use crate::schema::{
    ENTERPRISE_USER, GROUP, RESOURCE_TYPE, ResourceType, SCHEMA, SERVICE_PROVIDER_CONFIG, Schema,
    USER,
};

/// The resources that are served.
pub static RESOURCE_TYPES: [&ResourceType; 2] = [&USER, &GROUP];

/// The schemas that are announced.
pub fn schemas() -> [&'static Schema; 6] {
    [
        USER.schema,
        &ENTERPRISE_USER,
        GROUP.schema,
        &SERVICE_PROVIDER_CONFIG,
        &RESOURCE_TYPE,
        &SCHEMA,
    ]
}

/// A resource type by its name, in any case.
pub fn resource_type(name: &str) -> Option<&'static ResourceType> {
    let mut types = RESOURCE_TYPES.into_iter();
    types.find(|kind| kind.name.eq_ignore_ascii_case(name))
}

/// A schema by its URN, in any case.
pub fn schema(urn: &str) -> Option<&'static Schema> {
    let mut schemas = schemas().into_iter();
    schemas.find(|schema| schema.id.eq_ignore_ascii_case(urn))
}

/// `/ServiceProviderConfig` (RFC 7643 §5) of a server under the address `base`, which answers `max_results` resources at most.
pub fn service_provider_config(base: &str, max_results: usize) -> Value {
    json!({
        "schemas": [SERVICE_PROVIDER_CONFIG.id],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": max_results },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "The token of a connection, in the header Authorization.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    })
}
