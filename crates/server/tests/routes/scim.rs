//! A directory of a test: a connection that provisions people, with its token.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::world::{Answer, World};

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const SUPER_ADMIN: &str = "rol_00000000000000000000000000000001";
pub const ADMIN: &str = "rol_00000000000000000000000000000002";

pub struct Directory<'w> {
    pub world: &'w World,
    /// The id of the connection.
    pub id: String,
    pub token: String,
}

impl<'w> Directory<'w> {
    /// One whose role is to manage users.
    pub async fn of(world: &'w World) -> Self {
        let role = json!({"name": "Directory", "permissions": ["admin.users.manage"]});
        let role = world.done(Method::POST, "/api/v1/roles", role).await;
        Self::with_role(world, &role).await
    }

    pub async fn with_role(world: &'w World, role: &str) -> Self {
        let body = json!({"name": "Directory", "role": role, "kind": "provisioning"});
        let id = world.done(Method::POST, "/api/v1/connections", body).await;
        let token = token(world, &id).await;
        Self { world, id, token }
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(method, path, body, &[]).await
    }

    pub async fn ask_with(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let path = format!("/scim/v2{path}");
        let body = body.map(|body| body.to_string());
        let token = Some(self.token.as_str());
        self.world
            .send_with(method, &path, token, body, headers)
            .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    /// Creates a user; the answer.
    pub async fn user(&self, body: Value) -> Value {
        let answer = self.ask(Method::POST, "/Users", Some(user(body))).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body
    }

    /// Creates a group with these members; its id.
    pub async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        let body = json!({"schemas": [GROUP], "displayName": name, "members": members});
        let answer = self.ask(Method::POST, "/Groups", Some(body)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        id(&answer.body)
    }

    pub async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations,
        });
        self.ask(Method::PATCH, path, Some(body)).await
    }

    /// The newest entries of the log, as method, route, status, code.
    pub async fn log(&self) -> Vec<Value> {
        let path = format!("/api/v1/connections/{}/provisioning-log", self.id);
        let answer = self.world.get(&path, &self.world.owner).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["items"].as_array().unwrap().clone()
    }

    /// What is known here of a person.
    pub async fn person(&self, id: &str) -> Value {
        let path = format!("/api/v1/people/{id}");
        self.world.get(&path, &self.world.owner).await.body
    }
}

/// A token of a connection.
pub async fn token(world: &World, connection: &str) -> String {
    let path = format!("/api/v1/connections/{connection}/tokens");
    let body = json!({"name": "Secret", "expires": world.soon});
    let answer = world.send(Method::POST, &path, Some(&world.owner), Some(body));
    let answer = answer.await;
    answer.body["secret"].as_str().unwrap().to_owned()
}

/// A user's body with its schema.
pub fn user(mut body: Value) -> Value {
    body["schemas"] = json!([USER, ENTERPRISE]);
    body
}

pub fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// Status, keyword and detail of a refusal.
pub fn refusal(answer: &Answer) -> (u16, &str, &str) {
    let body = &answer.body;
    let schema = "urn:ietf:params:scim:api:messages:2.0:Error";
    assert_eq!(body["schemas"], json!([schema]), "{body}");
    let status = answer.status.as_u16();
    assert_eq!(body["status"], json!(status.to_string()), "{body}");
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    (status, text("scimType"), text("detail"))
}

/// The body of a request as the document shows it.
pub fn example(route: &str) -> Option<Value> {
    const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    let operations = |operation: Value| json!({"schemas": [PATCH], "Operations": [operation]});
    Some(match route {
        "scim.create_user" | "scim.replace_user" => json!({
            "schemas": [USER, ENTERPRISE],
            "userName": "ada@example.net",
            "externalId": "00u1ada",
            "active": true,
            "name": {"givenName": "Ada", "familyName": "Lovelace"},
            "emails": [{"value": "ada@example.net", "type": "work", "primary": true}],
            ENTERPRISE: {"department": "Support"},
        }),
        "scim.patch_user" => operations(json!({"op": "replace", "value": {"active": false}})),
        "scim.create_group" | "scim.replace_group" => json!({
            "schemas": [GROUP],
            "displayName": "Support",
            "members": [{"value": "per_0192c5a0b7e47d6a8f31000000000001"}],
        }),
        "scim.patch_group" => operations(json!({
            "op": "add", "path": "members", "value": [{"value": "per_0192c5a0b7e47d6a8f31000000000001"}],
        })),
        "scim.search" | "scim.search_users" => {
            json!({"schemas": [SEARCH], "filter": "userName sw \"ada\"", "count": 10})
        }
        "scim.search_groups" => {
            json!({"schemas": [SEARCH], "filter": "displayName eq \"Support\""})
        }
        _ => return None,
    })
}
