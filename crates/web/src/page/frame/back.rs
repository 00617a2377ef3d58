//! What the page is called that a review leads back to: the pages above it are the list, and the thing that it is about.

use access::{
    CompanyId, ConnectionId, DeviceGroupId, DeviceId, GroupId, LicenceId, PersonId, QueueId,
    RoleId, ServiceId, UserGroupId, explain::words::Name,
};

use super::{Crumb, Frame};
use crate::{
    page::{menu, names::Names},
    problem::Result,
    resource::{Id, Resource},
    session::Session,
};

impl Frame {
    /// Below the page at an address of ours.
    pub(in crate::page) async fn under(mut self, session: &Session, address: &str) -> Result<Self> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        if let Some(list) = menu::nearest(session, path) {
            let is_itself = list.path == path;
            let known = self
                .crumbs
                .last()
                .is_some_and(|last| last.label == list.label());
            if known {
                self.crumbs.pop();
            }
            self.crumbs.push(Crumb {
                path: if is_itself { address } else { list.path }.to_owned(),
                label: list.label().to_owned(),
            });
        }
        let Some(thing) = path.split('/').find_map(|segment| named(session, segment)) else {
            return Ok(self);
        };
        let names = Names::of(session, [thing]).await?;
        Ok(self.below(address, names.text(thing)))
    }
}

/// What an id in a path names, if the reader may know of it.
fn named(session: &Session, segment: &str) -> Option<Name> {
    fn find<K: Resource + Into<Name>>(session: &Session, segment: &str) -> Option<Name> {
        let id = segment.parse().ok().map(Id::<K>)?;
        session.find(id).map(Into::into)
    }
    let kinds = [
        find::<PersonId>,
        find::<RoleId>,
        find::<GroupId>,
        find::<UserGroupId>,
        find::<DeviceGroupId>,
        find::<DeviceId>,
        find::<CompanyId>,
        find::<ServiceId>,
        find::<LicenceId>,
        find::<ConnectionId>,
        find::<QueueId>,
    ];
    kinds.into_iter().find_map(|find| find(session, segment))
}
