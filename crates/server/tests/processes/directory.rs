//! A directory outside: a connection by which it provisions people, and a client that speaks SCIM as one does.

use access::Moment;
use ledger::{Clock as _, SystemClock};
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Answer, Client, Server};

/// The account role by which it may add people, and give what is mapped.
const ADMIN: &str = "rol_00000000000000000000000000000002";

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A moment in some hours, as bodies have it.
fn tomorrow() -> String {
    let end = Moment(SystemClock.now().0 + 20 * 3_600_000);
    web::decision::timestamp(end).to_string()
}

/// A connection of a program, and a token of it.
pub async fn connect(owner: &Client, connection: Value) -> (String, String) {
    let id = owner.made("/connections", connection).await;
    let token = json!({"name": "Its only one", "expires": tomorrow()});
    let path = format!("/connections/{id}/tokens");
    let made = owner.done(Method::POST, &path, token).await;
    (id, made.body["secret"].as_str().unwrap().to_owned())
}

/// A directory that may give whatever can be mapped.
pub struct Directory {
    http: reqwest::Client,
    /// Where it speaks to.
    pub base: String,
    pub token: String,
    /// Its connection.
    pub connection: String,
}

impl Directory {
    pub async fn connect(server: &Server, owner: &Client) -> Self {
        let rights = json!({"configure_desk": true, "contact_admin": true});
        let new = json!({"name": "Staff directory", "kind": "provisioning", "role": ADMIN, "rights": rights});
        let (connection, token) = connect(owner, new).await;
        Self {
            http: reqwest::Client::new(),
            base: format!("{}/scim/v2", server.url),
            token,
            connection,
        }
    }

    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/scim+json; charset=utf-8")
                .body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, body }
    }

    async fn made(&self, path: &str, body: Value) -> String {
        let answer = self.ask(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// Somebody new, `ada@directory.example` of a given name like `Ada`; known to it as `HR-Ada`.
    pub async fn user(&self, given: &str) -> String {
        let address = address(given);
        let user = json!({
            "schemas": [USER], "userName": address, "externalId": format!("HR-{given}"), "active": true,
            "name": {"givenName": given, "familyName": "Lund"}, "displayName": format!("{given} Lund"),
            "emails": [{"value": address, "type": "work", "primary": true}],
        });
        self.made("/Users", user).await
    }

    pub async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        let group = json!({"schemas": [GROUP], "displayName": name, "members": members});
        self.made("/Groups", group).await
    }

    pub async fn patch(&self, path: &str, operation: Value) {
        let body = json!({"schemas": [PATCH], "Operations": [operation]});
        let answer = self.ask(Method::PATCH, path, Some(body)).await;
        assert!(
            [200, 204].contains(&answer.status),
            "{path}: {}",
            answer.body
        );
    }
}

/// The address of somebody of the directory.
pub fn address(given: &str) -> String {
    format!("{}@directory.example", given.to_lowercase())
}
