//! A world in which some callers see a part: beside each thing of the world there is a second one that is nobody's of theirs, and what
//! they see is tied to what they do not.

use std::collections::HashSet;

use axum::http::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::world::{Answer, Ids, World, token_of};

/// Somebody or something, with a word that stands in its name and nowhere else.
pub struct Thing {
    pub key: &'static str,
    pub id: String,
    word: Option<&'static str>,
}

/// Somebody who sees a part of the account.
pub struct Caller {
    pub who: &'static str,
    pub token: String,
    /// All that this caller may know of.
    pub sees: HashSet<&'static str>,
}

pub struct Cast {
    pub world: World,
    pub things: Vec<Thing>,
    /// Of a user who is suspended: what is left is the customer. Personal tokens are for users alone.
    customers_token: String,
}

impl Cast {
    pub async fn make(db: &TestDatabase) -> Self {
        let world = World::make(db).await;
        let things = world.ids.iter().map(|(key, id)| Thing {
            key,
            id: id.clone(),
            word: None,
        });
        let things = things.collect();
        let mut cast = Self {
            world,
            things,
            customers_token: String::new(),
        };
        let owner = cast.world.get("/api/v1/me", &cast.world.owner).await;
        let owner = owner.body["subject"].as_str().unwrap().to_owned();
        cast.add("owner", owner, Some("Olga"));
        cast.furnish().await;
        cast.people().await;
        cast
    }

    pub fn add(&mut self, key: &'static str, id: String, word: Option<&'static str>) {
        self.things.push(Thing { key, id, word });
    }

    pub fn id(&self, key: &str) -> &str {
        let thing = self.things.iter().find(|thing| thing.key == key);
        &thing
            .unwrap_or_else(|| panic!("nothing is called {key}"))
            .id
    }

    /// `{key}` in a text is the id of what has that key.
    pub fn filled(&self, text: &str) -> String {
        self.things.iter().fold(text.to_owned(), |text, thing| {
            text.replace(&format!("{{{}}}", thing.key), &thing.id)
        })
    }

    /// Does something as the owner.
    pub async fn done(&self, method: Method, path: &str, body: Value) -> String {
        let path = format!("/api/v1/{}", self.filled(path));
        let body = serde_json::from_str(&self.filled(&body.to_string())).unwrap();
        self.world.done(method, &path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) {
        self.done(Method::PUT, path, body).await;
    }

    async fn patch(&self, path: &str, body: Value) {
        self.done(Method::PATCH, path, body).await;
    }

    pub async fn make_one(
        &mut self,
        key: &'static str,
        path: &str,
        word: &'static str,
        body: Value,
    ) {
        let id = self.done(Method::POST, path, body).await;
        self.add(key, id, Some(word));
    }

    /// A second one of each kind, which is nobody's of the callers.
    async fn furnish(&mut self) {
        for (key, path, word, body) in [
            (
                "desk_licence",
                "licences",
                "Quill",
                json!({"name": "Quill", "product": "service_desk", "model": "named", "seats": 20}),
            ),
            (
                "hidden_licence",
                "licences",
                "Quartz",
                json!({"name": "Quartz", "product": "remote_support", "model": "named", "seats": 5}),
            ),
            (
                "hidden_user_group",
                "user-groups",
                "Quagga",
                json!({"name": "Quagga"}),
            ),
            ("nook", "user-groups", "Nookery", json!({"name": "Nookery"})),
            (
                "hidden_south",
                "user-groups",
                "Quince",
                json!({"name": "Quince"}),
            ),
            (
                "hidden_device_group",
                "device-groups",
                "Quarry",
                json!({"name": "Quarry"}),
            ),
            (
                "hidden_group",
                "groups",
                "Quorum",
                json!({"name": "Quorum"}),
            ),
            (
                "hidden_company",
                "companies",
                "Quokka",
                json!({"name": "Quokka"}),
            ),
            (
                "hidden_service",
                "services",
                "Quasar",
                json!({"name": "Quasar", "first_administrator": "{owner}"}),
            ),
            (
                "hidden_queue",
                "queues",
                "Quiver",
                json!({"name": "Quiver", "kind": "call"}),
            ),
            (
                "hidden_role",
                "roles",
                "Quaestor",
                json!({"name": "Quaestor", "permissions": ["admin.history.access"]}),
            ),
            (
                "manager_role",
                "roles",
                "Quartermaster",
                json!({"name": "Quartermaster", "permissions": ["admin.users.manage", "admin.user_settings.manage",
                    "admin.user_groups.manage", "admin.licences.manage", "admin.history.access"]}),
            ),
            (
                "hidden_device",
                "devices",
                "Quad",
                json!({"name": "Quad", "device_group": "{hidden_device_group}", "company": "{hidden_company}"}),
            ),
            (
                "hidden_connection",
                "connections",
                "Quango",
                json!({"name": "Quango", "role": "{hidden_role}"}),
            ),
        ] {
            self.make_one(key, path, word, body).await;
        }
        self.make_one(
            "hidden_record",
            "service-desk/records",
            "Quicksilver",
            json!({"kind": "incident", "service": "{hidden_service}", "title": "Quicksilver"}),
        )
        .await;
        for (service, company) in [
            ("{service}", "{company}"),
            ("{hidden_service}", "{company}"),
            ("{hidden_service}", "{hidden_company}"),
        ] {
            let rows = json!({"rows": [{"company": company, "full": true}]});
            self.patch(&format!("services/{service}/access/companies"), rows)
                .await;
        }
        for (service, group) in [
            ("{service}", "{group}"),
            ("{hidden_service}", "{group}"),
            ("{hidden_service}", "{hidden_group}"),
        ] {
            let rows = json!({"rows": [{"group": group, "full": true}]});
            self.patch(&format!("services/{service}/access/groups"), rows)
                .await;
        }
        let domain = json!({"domain": "quoll.example"});
        self.done(Method::POST, "companies/{company}/domains", domain)
            .await;
        self.put(
            "user-groups/{user_group}/parent",
            json!({"parent": "{hidden_user_group}"}),
        )
        .await;
        let grant =
            json!({"permission": "admin.history.access", "user_groups": ["{hidden_south}"]});
        self.done(Method::POST, "user-groups/{user_group}/extra-grants", grant)
            .await;
        let place = json!({"device_group": "{device_group}", "company": "{hidden_company}"});
        self.put("devices/{device}/place", place).await;
    }

    async fn people(&mut self) {
        for (key, word) in [
            ("hidden_person", "Zebedee"),
            ("ned", "Nedward"),
            ("nell", "Nellwyn"),
            ("una", "Unadine"),
            ("max", "Maxwell"),
            ("ada", "Adalind"),
            ("carl", "Carlisle"),
            ("quin", "Quintus"),
            ("cara", "Caralyn"),
        ] {
            let email = format!("{word}@staff.example");
            let id = self.world.user(word, &email, &self.world.account).await;
            self.add(key, id, Some(word));
        }
        let body = json!({"name": "Zenobia", "email": "zenobia@client.example"});
        self.make_one("hidden_customer", "people/customers", "Zenobia", body)
            .await;
        let seat = "licences/{desk_licence}/holders/{cara}";
        self.put(seat, json!({})).await;
        self.customers_token = token_of(&self.world.account, self.id("cara")).await;
        self.done(Method::DELETE, seat, json!({})).await;
        self.done(Method::POST, "people/{cara}/customer-facet", json!({}))
            .await;
        for who in ["nell", "una", "carl", "hidden_person"] {
            self.put(
                &format!("licences/{{desk_licence}}/holders/{{{who}}}"),
                json!({}),
            )
            .await;
        }
        self.put(
            "people/{hidden_customer}/employer",
            json!({"company": "{hidden_company}"}),
        )
        .await;
        // Somebody hidden manages what a caller manages too.
        let manages = json!({"role": "{hidden_role}", "user_groups": ["{user_group}"]});
        self.put("people/{hidden_person}/account-role", manages)
            .await;
        for (group, who) in [("user_group", "ned"), ("nook", "nell")] {
            let path = format!("user-groups/{{{group}}}/members/{{{who}}}");
            self.put(&path, json!({})).await;
        }
        self.put(
            "services/{hidden_service}/users/{nell}",
            json!({"level": "administrator"}),
        )
        .await;
        for who in ["person", "ned"] {
            self.entangle(who).await;
        }
        // Tara is a customer of Payroll too, and so is Cara; her company has both services.
        for who in ["{person}", "{cara}"] {
            let rows = json!({"rows": [{"person": who, "access": "portal"}]});
            self.patch("services/{service}/access/customers", rows)
                .await;
        }
        self.put("people/{cara}/employer", json!({"company": "{company}"}))
            .await;
        self.put("people/{cara}/portal-level", json!({"level": "standard"}))
            .await;

        self.put("services/{service}/users/{una}", json!({"level": "user"}))
            .await;
        let groups = ["{user_group}", "{nook}"];
        let manages = json!({"role": "{manager_role}", "user_groups": groups});
        self.put("people/{max}/account-role", manages).await;
        self.put("licences/{licence}/holders/{ada}", json!({}))
            .await;
        self.put("people/{ada}/agent", json!({})).await;
        self.put(
            "people/{ada}/features/remote_support.unattended.access",
            json!({}),
        )
        .await;
        self.put("device-groups/{device_group}/agents/{ada}", json!({}))
            .await;
        self.put("people/{carl}/desk-rights/configure", json!({}))
            .await;
        let listed = json!({"listed": {"companies": ["{company}"], "without_company": false}});
        self.put("people/{carl}/company-access", listed).await;
        self.put(
            "queues/{queue}/agents/{quin}",
            json!({"licence": "{cc_licence}"}),
        )
        .await;
        self.put(
            "queues/{queue}/agents/{nell}",
            json!({"licence": "{cc_licence}"}),
        )
        .await;
    }

    /// Ties a person to everything that is hidden.
    async fn entangle(&self, who: &str) {
        let person = format!("{{{who}}}");
        for (path, body) in [
            (
                "people/PERSON/employer",
                json!({"company": "{hidden_company}"}),
            ),
            (
                "services/{hidden_service}/users/PERSON",
                json!({"level": "user"}),
            ),
            ("groups/{hidden_group}/members/PERSON", json!({})),
            ("user-groups/{hidden_south}/members/PERSON", json!({})),
            ("people/PERSON/agent", json!({})),
            (
                "device-groups/{hidden_device_group}/agents/PERSON",
                json!({}),
            ),
            (
                "queues/{hidden_queue}/agents/PERSON",
                json!({"licence": "{cc_licence}"}),
            ),
            (
                "people/PERSON/account-role",
                json!({"role": "{hidden_role}", "user_groups": ["{hidden_south}"]}),
            ),
            (
                "people/PERSON/company-access",
                json!({"listed": {"companies": ["{hidden_company}"], "without_company": false}}),
            ),
        ] {
            self.put(&path.replace("PERSON", &person), body).await;
        }
        let grant = json!({"permission": "admin.audit.view"});
        self.done(
            Method::POST,
            &format!("people/{person}/extra-grants"),
            grant,
        )
        .await;
        let grant =
            json!({"permission": "admin.history.access", "user_groups": ["{hidden_south}"]});
        self.done(
            Method::POST,
            &format!("people/{person}/extra-grants"),
            grant,
        )
        .await;
    }

    /// A token of one of the callers.
    pub async fn token(&self, key: &str) -> String {
        match key {
            "cara" => self.customers_token.clone(),
            key => token_of(&self.world.account, self.id(key)).await,
        }
    }

    pub async fn callers(&self) -> Vec<Caller> {
        let users = [
            "owner",
            "cara",
            "person",
            "hidden_person",
            "ned",
            "nell",
            "una",
            "max",
            "ada",
            "carl",
            "quin",
        ];
        let licences = ["licence", "cc_licence", "desk_licence", "hidden_licence"];
        let roles = ["role", "hidden_role", "manager_role"];
        let mut callers = Vec::new();
        for (who, key, sees) in [
            (
                "a service user",
                "una",
                vec![
                    "una",
                    "record",
                    "service",
                    "person",
                    "cara",
                    "company",
                    "group",
                    "desk_licence",
                ],
            ),
            (
                "a group manager",
                "max",
                [
                    &["max", "user_group", "nook", "ned", "nell"][..],
                    &licences,
                    &roles,
                ]
                .concat(),
            ),
            ("a customer", "cara", vec!["cara", "service", "company"]),
            (
                "an agent",
                "ada",
                vec!["ada", "licence", "device_group", "device"],
            ),
            (
                "who configures the desk for one company",
                "carl",
                [
                    &[
                        "cara",
                        "service",
                        "hidden_service",
                        "group",
                        "hidden_group",
                        "company",
                    ][..],
                    &users,
                    &licences,
                ]
                .concat(),
            ),
            (
                "an agent of a queue",
                "quin",
                vec![
                    "quin",
                    "queue",
                    "cc_licence",
                    "prerecorded_message",
                    "prewritten_message",
                ],
            ),
        ] {
            callers.push(Caller {
                who,
                token: self.token(key).await,
                sees: sees.into_iter().collect(),
            });
        }
        callers
    }

    /// The first of the things that an answer shows, though the caller may not know of it and did not name it.
    pub fn leaks(&self, caller: &Caller, asked: &str, answer: &Answer) -> Option<&'static str> {
        let text = answer.body.to_string();
        let shown = |part: &str| text.contains(part) && !asked.contains(part);
        let unseen = self
            .things
            .iter()
            .filter(|thing| !caller.sees.contains(thing.key));
        let mut leaked = unseen.filter(|thing| shown(&thing.id) || thing.word.is_some_and(shown));
        leaked.next().map(|thing| thing.key)
    }

    /// Every set of ids to try: each thing in the place of the one of its kind, the others as they are in the world.
    pub fn casts(&self) -> Vec<Ids> {
        let mut casts = vec![self.world.ids.clone()];
        let mut all_hidden = self.world.ids.clone();
        for thing in &self.things {
            let Some(kind) = self.kind(thing) else {
                continue;
            };
            let mut one = self.world.ids.clone();
            one.insert(kind, thing.id.clone());
            casts.push(one);
            if thing.key.starts_with("hidden") {
                all_hidden.insert(kind, thing.id.clone());
            }
        }
        casts.push(all_hidden);
        casts
    }

    /// The kind of a thing, as the world calls it: things of one kind have the same prefix.
    pub fn kind(&self, thing: &Thing) -> Option<&'static str> {
        let prefix = |id: &str| id.split('_').next().unwrap_or_default().to_owned();
        let mut kinds = self.world.ids.iter();
        kinds.find_map(|(kind, id)| (prefix(id) == prefix(&thing.id)).then_some(*kind))
    }
}
