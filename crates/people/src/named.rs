//! What a question names, in Rolecall itself or in another product, and questions about other products.

use access::{
    Moment,
    Permission::AdminAccessAsk,
    PublicId, State, Subject, Target, ThingId,
    products::{Asked, Entity, PERSON, Properties, Question},
};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Problem, Result, question, session::Session};

/// Who or what a question names.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "give an id, or the type and the id of something of another product"
)]
pub(crate) enum Named {
    /// By an id of Rolecall's.
    Id(String),
    /// Of another product, by that product's own id.
    Other(Other),
}

/// Something of another product.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Other {
    /// Its type, as the product's catalogue names it.
    r#type: String,
    /// The product's own id of it.
    id: String,
    /// What the caller says about it; counts only where the catalogue says so (AD-31).
    #[serde(default)]
    #[schema(value_type = Object)]
    properties: Properties,
}

impl Named {
    /// As a question about Rolecall itself reads it: what is of another product is nothing there.
    pub fn own(&self) -> &str {
        match self {
            Named::Id(id) => id,
            Named::Other(_) => "",
        }
    }

    /// Whether it names something of another product, by whichever id.
    pub fn is_other(&self, state: &State) -> bool {
        matches!(self, Named::Other(_)) || self.thing(state).is_some()
    }

    /// What was registered under this id of Rolecall's.
    fn thing(&self, state: &State) -> Option<ThingId> {
        match self {
            Named::Id(id) => state.resolve(id.parse::<PublicId<ThingId>>().ok()?),
            Named::Other(_) => None,
        }
    }
}

/// The subject of a question, as far as the caller may ask; absent: the caller.
pub(crate) fn subject(session: &Session, named: Option<&Named>) -> Result<Subject> {
    let Some(named) = named else {
        // Not of a side of themselves that their way in does not open (RULES §1).
        return session.asking(session.subject).map(|asking| asking.about());
    };
    let subject = session.askable_subject(named.own());
    if subject == Subject::Unknown && !session.may_ask_about_others() {
        return Err(question::asking_needs_a_right());
    }
    Ok(subject)
}

/// The thing of Rolecall's that a question names; absent: the account as a whole.
pub(crate) fn target(session: &Session, named: Option<&Named>) -> Target {
    question::target(session.asked(), named.map_or("account", Named::own))
}

/// The type of a registered subject or resource.
pub(crate) fn kind(state: &State, thing: ThingId) -> Option<String> {
    let row = state.products().things().get(thing)?;
    let product = state.products().rows().get(row.product)?;
    Some(product.catalogue()?.kind(row.kind)?.key.to_string())
}

/// What the caller says about action and circumstances; counts only where the catalogue says so (AD-31).
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Of the action itself.
    pub action: Properties,
    /// Of the circumstances.
    pub context: Properties,
}

/// A question about an action of another product, with everything that it names.
#[derive(Debug)]
pub(crate) struct ProductQuestion {
    action: String,
    subject: Party<Subject>,
    resource: Party<Target>,
    sent: Sent,
}

/// A subject or a resource as it was named, with what is known of it already.
#[derive(Debug)]
struct Party<K> {
    kind: String,
    id: String,
    known: Option<K>,
    properties: Properties,
}

impl<K> Party<K> {
    /// One of the many that a search is about.
    fn of_type(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            id: String::new(),
            known: None,
            properties: Properties::default(),
        }
    }

    fn other(other: &Other) -> Self {
        Self {
            kind: other.r#type.clone(),
            id: other.id.clone(),
            known: None,
            properties: other.properties.clone(),
        }
    }

    fn entity(&self) -> Entity<'_, K>
    where
        K: Copy,
    {
        Entity {
            kind: &self.kind,
            id: &self.id,
            known: self.known,
            properties: &self.properties,
        }
    }
}

impl Party<Subject> {
    /// AD-31: those of other products have no scope of people, so who asks about them may ask about the whole account.
    fn subject(session: &Session, named: Option<&Named>) -> Result<Self> {
        let state = session.asked();
        let may_ask = |known| {
            if session.view().may(AdminAccessAsk, Target::Account) {
                Ok(known)
            } else if session.may_ask_about_others() {
                Ok(Some(Subject::Unknown))
            } else {
                Err(question::asking_needs_a_right())
            }
        };
        if let Some(Named::Other(other)) = named {
            // A product may have the people of the account for subjects: company access hides them there too (SD-33).
            let person = state.subject_named(&other.r#type, &other.id);
            let is_hidden = matches!(person, Subject::Person(_)) && !session.may_ask_about(person);
            return Ok(Self {
                known: may_ask(is_hidden.then_some(Subject::Unknown))?,
                ..Self::other(other)
            });
        }
        match named.and_then(|named| named.thing(state)) {
            Some(thing) => Ok(Self {
                known: may_ask(Some(Subject::Thing(thing)))?,
                ..Self::of_type(&kind(state, thing).unwrap_or_default())
            }),
            None => Ok(Self {
                known: Some(subject(session, named)?),
                ..Self::of_type(PERSON)
            }),
        }
    }
}

impl Party<Target> {
    fn resource(session: &Session, named: Option<&Named>) -> Self {
        let state = session.asked();
        if let Some(Named::Other(other)) = named {
            return Self::other(other);
        }
        match named.and_then(|named| named.thing(state)) {
            Some(thing) => Self {
                known: Some(Target::Thing(thing)),
                ..Self::of_type(&kind(state, thing).unwrap_or_default())
            },
            // No other product knows the things of Rolecall.
            None => Self::of_type(""),
        }
    }
}

impl ProductQuestion {
    /// May this subject do that with this resource?
    pub fn about(
        session: &Session,
        subject: Option<&Named>,
        action: &str,
        resource: Option<&Named>,
        sent: Sent,
    ) -> Result<Self> {
        let question = Self {
            action: action.to_owned(),
            subject: Party::subject(session, subject)?,
            resource: Party::resource(session, resource),
            sent,
        };
        question.known(session)
    }

    /// Which subjects of a type may?
    pub fn who(
        session: &Session,
        kind: Option<&str>,
        action: &str,
        resource: Option<&Named>,
        sent: Sent,
    ) -> Result<Self> {
        let question = Self {
            action: action.to_owned(),
            subject: Party::of_type(kind.unwrap_or(PERSON)),
            resource: Party::resource(session, resource),
            sent,
        };
        question.known(session)
    }

    /// On which resources of a type?
    pub fn on_what(
        session: &Session,
        subject: Option<&Named>,
        action: &str,
        kind: &str,
        sent: Sent,
    ) -> Result<Self> {
        let question = Self {
            action: action.to_owned(),
            subject: Party::subject(session, subject)?,
            resource: Party::of_type(kind),
            sent,
        };
        question.known(session)
    }

    /// Which actions?
    pub fn what(
        session: &Session,
        subject: Option<&Named>,
        resource: Option<&Named>,
        sent: Sent,
    ) -> Result<Self> {
        Ok(Self {
            action: String::new(),
            subject: Party::subject(session, subject)?,
            resource: Party::resource(session, resource),
            sent,
        })
    }

    /// A permission that no product has on such a resource is a slip, as it is in questions about Rolecall itself.
    fn known(self, session: &Session) -> Result<Self> {
        match session.asked().what_is_asked(&self.question()) {
            Asked::Product(..) => Ok(self),
            Asked::Own(_) | Asked::Unknown => Err(unknown_permission()),
        }
    }

    /// As the core takes it.
    pub fn question(&self) -> Question<'_> {
        Question {
            subject: self.subject.entity(),
            action: &self.action,
            action_properties: &self.sent.action,
            resource: self.resource.entity(),
            context: &self.sent.context,
        }
    }

    /// As the caller may be told of it (AD-31).
    pub fn told(&self, session: &Session) -> Question<'_> {
        // Who is not known yet is of another product, about whom only those ask who may ask about the whole account.
        let about = self.subject.known.unwrap_or(Subject::Unknown);
        session.told(about, self.question())
    }

    /// Works on it where conditions may take their time.
    pub async fn work<T: Send + 'static>(
        self,
        session: &Session,
        work: impl FnOnce(&State, &Question<'_>, Moment) -> T + Send + 'static,
    ) -> Result<T> {
        let work =
            move |session: &Session| work(session.asked(), &self.question(), session.asked_at());
        session.work(work).await
    }
}

fn unknown_permission() -> Problem {
    let detail = "there is no such permission on such a thing: /api/v1/catalogue lists those of Rolecall, /api/v1/products the catalogues of other products";
    Problem::senseless("unknown_permission", "/permission", detail)
}
