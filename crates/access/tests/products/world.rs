//! An account with one Super admin, in which products are set up by command.

use std::collections::BTreeMap;

use access::event::Event;
use access::products::{
    Answer, Entity, NO_PROPERTIES, ProductCommand, Properties, Property, Question, Side,
    ThingProfile,
};
use access::state::{CustomerFacet, PeopleScope, Tie, UserFacet};
use access::{
    Actor, Command, Moment, PersonId, ProductId, Proposal, PublicId, Refusal, RoleId, State,
    Subject, Target, ThingId,
};
use uuid::Uuid;

pub const NOW: Moment = Moment(1_763_764_000_000);

pub struct World {
    pub state: State,
    pub admin: PersonId,
    made: u128,
}

impl World {
    pub fn new() -> World {
        let mut world = World {
            state: State::empty(),
            admin: access_id(1),
            made: 1000,
        };
        world.state.apply(&Event::AccountOpened);
        world.admin = world.user();
        world.state.apply(&Event::AccountRoleSet {
            person: world.admin,
            role: RoleId::SUPER_ADMIN,
            scope: PeopleScope::All,
        });
        world.state.apply(&Event::SignInSet {
            person: world.admin,
            possible: true,
        });
        world.user(); // AD-17: nobody is alone here.
        world
    }

    pub fn uid(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(self.made)
    }

    /// Somebody who accepted, and holds nothing yet.
    pub fn user(&mut self) -> PersonId {
        let uid = self.uid();
        self.state.apply(&Event::PersonAdded {
            uid,
            user: UserFacet::Accepted,
            customer: CustomerFacet::Absent,
        });
        self.state.resolve(PublicId::new(uid)).unwrap()
    }

    pub fn tie(&mut self, person: PersonId, tie: Tie) {
        self.state.apply(&Event::Tied { person, tie });
    }

    pub fn propose(&self, command: ProductCommand) -> Result<Proposal, Refusal> {
        let command = Command::Product(command);
        self.state.propose(Actor::Person(self.admin), &command, NOW)
    }

    pub fn run(&mut self, command: ProductCommand) {
        let proposal = self.propose(command).unwrap();
        for event in &proposal.events {
            self.state.apply(event);
        }
    }

    pub fn load(&mut self, text: &str) -> ProductId {
        let id = PublicId::new(self.uid());
        self.run(ProductCommand::LoadCatalogue {
            id,
            text: text.into(),
        });
        self.state.resolve(id).unwrap()
    }

    pub fn replace(&mut self, product: ProductId, text: &str) {
        let text = text.into();
        self.run(ProductCommand::ReplaceCatalogue { product, text });
    }

    pub fn register(
        &mut self,
        product: ProductId,
        side: Side,
        kind: &str,
        external_id: &str,
        properties: Properties,
    ) -> ThingId {
        let id = PublicId::new(self.uid());
        self.run(ProductCommand::RegisterThing {
            id,
            product,
            side,
            kind: kind.into(),
        });
        let thing = self.state.resolve(id).unwrap();
        let kind = self.state.products().things().get(thing).unwrap().kind;
        let products = self.state.products_mut();
        products
            .check_external_id(Some(thing), product, kind, external_id)
            .unwrap();
        products.attach(
            thing,
            ThingProfile {
                external_id: external_id.into(),
                properties,
            },
        );
        thing
    }

    pub fn give_role(&mut self, thing: ThingId, role: &str) {
        let role = role.into();
        self.run(ProductCommand::GiveRole { thing, role });
    }

    pub fn ask(&self, question: &Ask<'_>) -> Answer {
        self.state.answer(&question.question(), NOW)
    }
}

fn access_id(number: u32) -> PersonId {
    use access::Dense as _;
    PersonId::from_number(number).unwrap()
}

/// A question in three words, with what is sent beside it.
pub struct Ask<'q> {
    pub subject: (&'q str, &'q str),
    pub action: &'q str,
    pub resource: (&'q str, &'q str),
    pub subject_sent: Properties,
    pub resource_sent: Properties,
    pub action_sent: Properties,
    pub context: Properties,
}

pub fn ask<'q>(
    subject: (&'q str, &'q str),
    action: &'q str,
    resource: (&'q str, &'q str),
) -> Ask<'q> {
    Ask {
        subject,
        action,
        resource,
        subject_sent: NO_PROPERTIES.clone(),
        resource_sent: NO_PROPERTIES.clone(),
        action_sent: NO_PROPERTIES.clone(),
        context: NO_PROPERTIES.clone(),
    }
}

impl<'q> Ask<'q> {
    pub fn question(&'q self) -> Question<'q> {
        Question {
            subject: Entity::<Subject> {
                kind: self.subject.0,
                id: self.subject.1,
                known: None,
                properties: &self.subject_sent,
            },
            action: self.action,
            action_properties: &self.action_sent,
            resource: Entity::<Target> {
                kind: self.resource.0,
                id: self.resource.1,
                known: None,
                properties: &self.resource_sent,
            },
            context: &self.context,
        }
    }
}

/// Properties that are all texts.
pub fn texts(entries: &[(&str, &str)]) -> Properties {
    let entries = entries
        .iter()
        .map(|(name, value)| ((*name).into(), Property::from(*value)));
    Properties::new(entries.collect::<BTreeMap<_, _>>()).unwrap()
}
