//! The person gate: bring the facet, accept, reactivate.

use super::{Case, Change};
use crate::catalogue::Product;
use crate::command::Command;
use crate::decide::{Reason, Subject};
use crate::event::Node;
use crate::ids::PersonId;
use crate::state::Facet;

impl Case<'_> {
    pub(super) fn person_gate(&self, reason: Reason) -> Vec<Change> {
        match (self.question.subject, reason) {
            (Subject::Connection(connection), Reason::Deactivated) => {
                let node = Node::Connection(connection);
                vec![vec![Command::Restore { node }]]
            }
            (Subject::Person(person), reason) => self.of_person(person, reason),
            _ => Vec::new(),
        }
    }

    fn of_person(&self, person: PersonId, reason: Reason) -> Vec<Change> {
        // AD-15: suspended is who holds nothing; a licence of anything ends it.
        if reason == Reason::Suspended {
            let products = [
                Product::ServiceDesk,
                Product::RemoteSupport,
                Product::ContactCentre,
            ];
            return products
                .into_iter()
                .flat_map(|product| self.licences(product))
                .collect();
        }
        let facet = if self.permission().product() == Product::Portal {
            Facet::Customer
        } else {
            Facet::User
        };
        let command = facet_back(person, facet, reason);
        command.map(|command| vec![command]).into_iter().collect()
    }
}

/// What makes a facet active. Nothing does where only the owner of an address can confirm it (SD-23).
pub(super) fn facet_back(person: PersonId, facet: Facet, reason: Reason) -> Option<Command> {
    Some(match (reason, facet) {
        (Reason::FacetMissing, Facet::User) => Command::AddUserFacet {
            person,
            user_groups: Vec::new(),
        },
        (Reason::FacetMissing, Facet::Customer) => Command::AddCustomerFacet {
            person,
            service: None,
        },
        (Reason::Invited, _) => Command::AcceptInvitation { person },
        (Reason::Deactivated, facet) => Command::Reactivate { person, facet },
        _ => return None,
    })
}
