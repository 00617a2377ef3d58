//! Rules that are no gate of their own: what is broken, where, and into what. Add a row when a rule comes that one expression
//! decides.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::weave::Place;

/// One rule that can be broken by one expression.
pub struct Rule {
    /// Its id, or the section of the rule book.
    pub id: &'static str,
    /// What becomes wrong.
    pub what: &'static str,
    /// Below `crates/access/src`.
    pub file: &'static str,
    /// A text that stands there once, with the expression between « and ».
    code: &'static str,
    /// What stands in the expression's place when it is broken.
    pub broken: &'static str,
}

impl Rule {
    /// Where the expression stands. The text must be there once, so that no row outlives its rule.
    pub fn place(&self, file: &Path, text: &str) -> Result<Place> {
        let parts = || {
            let (before, rest) = self.code.split_once('«')?;
            let (expression, after) = rest.split_once('»')?;
            Some((before, expression, after))
        };
        let (before, expression, after) = parts().context("a row without « and »")?;
        let whole = format!("{before}{expression}{after}");
        let found: Vec<_> = text.match_indices(&whole).collect();
        ensure!(
            found.len() == 1,
            "{}: {} ({}) stands there {} times: {whole}",
            file.display(),
            self.id,
            self.what,
            found.len()
        );
        let start = found[0].0 + before.len();
        let end = start + expression.len();
        let file = file.to_owned();
        Ok(Place { file, start, end })
    }
}

macro_rules! rules {
    ($($file:literal { $($id:literal $what:literal: $code:literal => $broken:literal;)* })*) => {
        &[$($(Rule { id: $id, what: $what, file: $file, code: $code, broken: $broken },)*)*]
    };
}

/// In the order of the files.
pub const RULES: &[Rule] = rules! {
    "command/authority.rs" {
        "§4" "an account role may be given to oneself": "Gift::AccountRole(role) => «!role.is_member()»" => "false";
        "§4" "grants and company access may be given to oneself": "Gift::ExtraGrant(_) | Gift::CompanyAccess => «true»" => "false";
        "§4" "a tie marked † may be given to oneself": "Gift::Tie(tie) => «tie.is_marked()»" => "false";
        "AD-7" "one enters a group that carries grants": "is_some_and(|row| «row.carries_grants(self.now())»)" => "false";
        "§4" "a list of companies may be given up": "!matches!(\n            «self»,\n            Gift::CompanyAccess" => "&Gift::AccountRole(RoleId::MEMBER)";
        "§7" "rank is not asked for Agent and features": "if gift.is_ranked() && «!self.outranks(to)»" => "false";
        "AD-6" "an Admin makes Admins": "«self.need_super_admin(\"AD-6\", \"role_by_super_admin\")»" => "self.need_admin(\"AD-6\", \"role_by_super_admin\")";
        "§4" "everybody makes Members": "RoleId::MEMBER => «self.may_manage_user(to)»" => "Ok(())";
        "AD-7" "an Admin defines a role of more than an Admin holds": "self.is_admin_or_above() && «set.is_subset_of(sets::ADMIN)»" => "true";
        "AD-6" "everybody defines roles": "if self.is_super_admin() || «self.is_admin_or_above()» && set" => "true";
        "AD-9" "everybody gives grants": "if «!self.is_admin_or_above()» {\n            Err(No::new(\"AD-9\"" => "false";
        "AD-9" "an Admin gives grants to Admins": "else if «to_admin» ||" => "false";
        "AD-9" "an Admin gives grants beyond their role": "to_admin || «!sets::ADMIN.contains(grant.permission)»" => "false";
        "§4" "everybody gives rights of the desk": "«self.need(Permission::ServiceDeskAccountConfigure, Target::Account)»\n        }\n    }\n\n    /// `admin.users.manage`" => "Ok(())";
        "§4" "an Admin does not give rights of the desk": "fn may_give_desk(&self) -> Result<(), No> {\n        if «self.is_admin_or_above()»" => "false";
        "AD-24" "the scope of Agent, features and Member is not asked": "if «self\n            .decide_without_rank(Permission::AdminUsersManage, on)\n            .allowed»" => "true";
        "§4" "an Admin makes full account admins": "«self.need_super_admin(\"§4\", \"account_admin_by_super_admin\")»" => "self.need_admin(\"§4\", \"account_admin_by_super_admin\")";
        "§4" "everybody makes limited account admins": "«self.need_admin(\"§4\", \"limited_account_admin_by_admin\")»" => "Ok(())";
        "§4" "everybody makes Agents": "Tie::Agent | Tie::Feature(_) => «self.may_manage_user(to)»" => "Ok(())";
        "§4" "everybody ties to device groups": "Tie::DeviceGroup(_) => «self.need(Permission::AdminDeviceGroupsManage, Target::Account)»" => "Ok(())";
        "§4" "everybody places in user groups": "«self.need_over(Permission::AdminUserGroupsManage, group)»?" => "Ok(())";
        "§4" "a scoped holder places people from outside": "«self.need(Permission::AdminUserGroupsManage, Target::Person(to))»?" => "Ok(())";
        "AD-7" "a group's grants come with it unasked": "«self.may_give_grants_of(group, to)»\n" => "Ok(())";
        "AD-24" "an archived group's grants are not asked": "return «self.may_give_grants_in(&chain, to)»" => "Ok(())";
        "AD-7" "no grant of a group is asked": "for grant in grants.filter(|grant| «!grant.is_over(self.now())»)" => "false";
        "AD-25" "a group's grants that ended are asked": "for grant in grants.filter(|grant| «!grant.is_over(self.now())»)" => "true";
        "§4" "everybody gives services": "Tie::Service(..) | Tie::Customer(..) | Tie::Group(_) => {\n                «self.need(Permission::ServiceDeskAccountConfigure, Target::Account)»" => "Ok(())";
        "§4" "everybody makes Contact admins": "Tie::ContactAdmin => «self.need_admin(\"§4\", \"contact_admin_by_admin\")»" => "Ok(())";
        "§4" "everybody assigns to queues": "«self.need_over(Permission::ContactCentreQueueAssign, queue)»" => "Ok(())";
        "§4" "everybody gives roles of other products": "Tie::ProductRole(..) => «self.need(Permission::AdminIntegrationsManage, Target::Account)»" => "Ok(())";
        "§4" "who configures the desk does not give its licences": "«self.may(Permission::ServiceDeskAccountConfigure, Target::Account)»\n            }\n            Some(Product::ContactCentre)" => "false";
        "§4" "a Contact admin does not give licences": "«self.may(Permission::ContactCentreLicenceAssign, Target::Account)»" => "false";
        "§4" "everybody gives licences": "«self.need(Permission::AdminLicencesManage, to)»" => "Ok(())";
        "AD-29" "everybody makes a connection configure the desk": "if rights.configure_desk {\n            «self.may_give_desk()»?" => "Ok::<(), No>(())";
        "AD-29" "everybody makes a connection Contact admin": "«self.need_admin(\"AD-29\", \"contact_admin_by_admin\")»" => "Ok(())";
        "AD-30" "everybody maps to a role": "MappedTo::AccountRole(role) => «self.may_give_role_to_anybody(role)»" => "Ok(())";
        "AD-30" "everybody maps to a level": "MappedTo::Service(..) => {\n                «self.need(Permission::ServiceDeskAccountConfigure, Target::Account)»" => "Ok(())";
        "AD-30" "everybody maps to a licence": "MappedTo::Licence(licence) => «self.may_give_licence(licence, Target::Account)»" => "Ok(())";
        "AD-30" "everybody maps to a queue": "MappedTo::QueueAgent(queue) | MappedTo::QueueSupervisor(queue) => {\n                «self.may_assign_to(queue)»" => "Ok(())";
    }
    "command/companies.rs" {
        "SD-33" "one shows others more than one sees": "own.is_some_and(|own| «!is_within(&wanted, &[stands, &own])»)" => "false";
        "SD-33" "company access is taken by everybody": "«draft.may_take(&Gift::CompanyAccess, person)»?" => "Ok::<(), Refusal>(())";
        "SD-33" "those without company are shown beyond the own list": "(«!without_company || admits(None)»)" => "true";
    }
    "command/draft.rs" {
        "§4" "† may be given to oneself": "if «self.view().is_marked_for(gift, to)»" => "false";
        "§4" "nobody gives up what they hold": "if «self.is_oneself(from) && gift.is_a_right()»" => "false";
        "AD-24" "rank is not required": "if «self.view().outranks(about)»" => "true";
        "AD-15" "an actor who is not active acts": "if «active» {" => "true";
        "AD-25" "a connection that was archived acts": "Some(row) if «row.life.is_active()» => connections::may_ask" => "true";
        "AD-25" "an account that is switched off takes commands": "_ if «!account.active» =>" => "false";
        "AD-10" "an unseen person is told apart from an unknown one": "Needs::Permission(_, on) if «!self.knows(on)»" => "false";
        "SD-33" "customers of hidden companies can be named": "row.is_customer() && («self.is_oneself(person) || self.reaches(row.company)»)" => "true";
    }
    "command/mapped.rs" {
        "AD-30" "a value by hand gives way": "let Held::ByHand(set) = «held»" => "Held::Nothing";
        "AD-30" "whoever is deactivated is given something": "match «row.user» {" => "UserFacet::Accepted";
        "AD-14" "mappings give more seats than there are": "if «is_full» {" => "false";
        "AD-9" "a mapping drops extra grants by hand": "if «changes && grants.any(|grant| !grant.is_over(now))»" => "false";
        "AD-30" "a connection gives more than it may": "«view.may_map(to)».map_err" => "Ok::<(), super::authority::No>(())";
        "AD-30" "what a mapping gave stays": "filter(|tie| «!stands(*tie)»)" => "false";
        "SD-10" "the lowest level holds": "«std::cmp::Reverse(one.to)»" => "one.to";
    }
    "command/mappings.rs" {
        "AD-30" "everybody edits mappings": "«may_edit(draft, &changed.all())»?" => "Ok::<(), Refusal>(())";
        "AD-30" "a mapping is moved without a right": "moved: «moved(&roles(old, &is), &roles(new, &was))»" => "Vec::new()";
        "AD-30" "Super admin is mapped": "if «mapping.to == MappedTo::AccountRole(RoleId::SUPER_ADMIN)»" => "false";
        "AD-30" "groups of others are mapped": "row.is_some_and(|row| «row.connection == connection» && row.life" => "true";
        "§4" "one maps what is marked to oneself": "«draft.may_give(&gift, oneself)»?" => "Ok::<(), Refusal>(())";
    }
    "command/provider_groups.rs" {
        "AD-30" "others say who is in a group": "if «draft.actor != Actor::Connection(row.connection)»" => "false";
        "AD-30" "others keep the groups of a directory": "ConnectionKind::Provisioning if «!is_itself» =>" => "false";
    }
    "command/reach.rs" {
        "SD-33" "hidden companies can be named": "row.life != Life::Deleted && «self.reaches(Some(company))»" => "true";
    }
    "command/user_groups.rs" {
        "AD-7" "a move gives grants unasked": "let gained = «new.map_or(Ok(()), |new| view.may_give_grants_of(new, person))»" => "Ok(())";
        "AD-7" "a move gives grants to oneself": "if gains && «draft.is_oneself(person)»" => "false";
        "AD-12" "a group hangs below itself": "if «draft.before.user_groups_below(group).contains(&parent)»" => "false";
        "AD-12" "the tree is deeper than five": "if «depth <= MAX_DEPTH»" => "true";
        "§4" "a scoped holder moves groups out of the scope": "«draft.require(MANAGE, place(before))»\n" => "Ok(())";
    }
    "command/widening.rs" {
        "AD-7" "one brings people into one's own reach": "if «!widens(&self.view(), people, &above, window)»" => "true";
        "AD-7" "a right that begins later does not widen": ".chain(bounds.filter(|moment| «*moment > now»))" => "false";
        "AD-7" "a place that begins later does not widen": "window.start.filter(|start| «*start > view.now()»)" => "false";
        "AD-7" "what reaches the person already widens": "!view.reach_in(groups).is_subset_of(«view.reach_over(about)»)" => "PermissionSet::EMPTY";
        "AD-7" "seeing people does not widen": "held = «held.with(Permission::AdminPeopleView)»" => "held";
    }
    "decide/administration.rs" {
        "AD-31" "scopes reach customers": "self.state.scope_reaches_person(scope, row, self.now)\n                } else {\n                    «(*scope == PeopleScope::All)»" => "true";
        "AD-10" "a scope reaches the account": "Target::Account => «(*scope == PeopleScope::All)»" => "true";
        "AD-25" "an archived role gives": "if let Some(row) = self.state.roles().get(role)\n            && «row.life.is_active()»" => "true";
        "AD-25" "an own grant gives before and after its time": "for grant in &extras.extra_grants {\n            if «grant.window.contains(self.now)»" => "true";
        "AD-25" "a group's grant gives before and after its time": "for grant in &row.extra_grants {\n                if «grant.window.contains(self.now)»" => "true";
        "AD-26" "a scope of archived groups opens the portal": "«groups.iter().any(active)»\n                    && permissions" => "true";
        "§2" "a child without its parent lets see people": "p.is_people_scoped() && «self.parent_is_held(p, on)»" => "true";
        "AD-16" "the billing contact holds nothing": "if «state.account().billing_contact == Some(person)»" => "false";
        "AD-10" "a limited account admin is not limited to groups": "permissions: limited.privileges,\n                            scope: «&limited.scope»" => "&PeopleScope::All";
        "AD-10" "a limited account admin holds everything": "permissions: «limited.privileges»" => "sets::ACCOUNT_ADMIN_FULL";
        "AD-12" "a group manager's scope is not asked": "self.role_holding(row.account_role, «&extras.role_scope», found)" => "&PeopleScope::All";
    }
    "decide/contact_centre.rs" {
        "AD-25" "an archived queue counts": ".get(queue)\n            .is_some_and(|row| «row.life.is_active()»)\n    }\n\n    /// Agents" => "true";
        "CC-1" "ring groups are monitored": "if «monitors && ring_group»" => "false";
        "CC-3" "unassigned login reaches other queues than call queues": "&& «row.is_some_and(|row| row.kind == QueueKind::Call)»\n            && self.state.switch(unassigned)" => "true";
        "CC-3" "unassigned login is always on": "&& «self.state.switch(unassigned)»" => "true";
        "CC-4" "a login outlives its assignment": "&& «basis != LoginBasis::Assignment» =>" => "true";
        "CC-8" "the limit is always off": "let unlimited = «!self.state.switch(Switch::SupervisorLimitToAssigned)»" => "true";
        "CC-8" "without the limit inbox queues are reached": "(unlimited && «row.is_some_and(|row| row.kind == QueueKind::Call)»)" => "true";
        "CC-7" "switches act without the portal": ".is_none_or(|needed| «self.state.switch(needed)»)" => "true";
        "CC-12" "an agent's switches are always on": "switches.iter().any(|s| «self.state.switch(*s)»)" => "true";
    }
    "decide/desk.rs" {
        "SD-29" "Off does not close the override": "if «off» {" => "false";
        "SD-8" "a group gives on every service": "row.life.is_active() && «row.services.contains(service)»" => "true";
        "AD-25" "an archived group gives": "«row.life.is_active()» && row.services.contains(service)" => "true";
        "SD-8" "a group gives Administrator": "found(Through::Group(group), «ServiceLevel::User», until(window))" => "ServiceLevel::Administrator";
        "SD-29" "every user overrides due dates": "Some(DueDateOverride::Administrators) => «level == ServiceLevel::Administrator»" => "true";
        "SD-33" "a record without customer is hidden": "return «Some(Ok(()))»" => "Some(Err(Reason::CompanyHidden))";
        "SD-33" "the list of companies is not asked": ".is_some_and(|row| «row.company_access().admits(company)»)" => "true";
        "§7" "records about people of elsewhere are known": "if «known» {" => "true";
    }
    "decide/mod.rs" {
        "AD-17" "everybody is the only user": "let open = permission.product() != Product::Portal && «self.is_only_user()»" => "matches!(self.subject, Subject::Person(_))";
        "AD-17" "the only user gets into the portal": "let open = «permission.product() != Product::Portal» &&" => "true";
        "SD-7" "a licence of another product counts": "is_some_and(|row| «row.product == product» && row.life.is_active())" => "true";
        "AD-25" "an archived licence counts": "row.product == product && «row.life.is_active()»" => "true";
        "AD-24" "rank is not asked about settings": "let manages = «matches!(\n            permission,\n            Permission::AdminUsersManage | Permission::AdminUserSettingsManage\n        )»" => "permission == Permission::AdminUsersManage";
        "CC-16" "direct calls are monitored": "(ScopeKind::Queue, Target::DirectCall) => «Err(Reason::NotMonitored)»" => "Ok(())";
        "AD-18" "any join code is valid": "if «code_is_valid» {" => "true";
        "AD-19" "a device of an archived group is reached": "«life(state.device_groups().get(row.group).map(|row| row.life))»" => "Ok(())";
        "AD-25" "an archived account decides": "if account.open && «account.active»" => "true";
    }
    "decide/portal.rs" {
        "SD-11" "customers who are not active are selectable": "«row.map_or(Err(Reason::UnknownSubject), customer_gate)»" => "Ok(())";
        "AD-25" "an archived company gives": "(«found.life.is_active()» && found.services.contains(service)).then_some(company)" => "true";
        "SD-9" "a company gives every service": "(found.life.is_active() && «found.services.contains(service)»).then_some(company)" => "true";
        "SD-15" "Access (no portal) does not close": "row.portal_level >= PortalLevel::Company && «!closed_by_hand»" => "true";
        "SD-15" "level Standard gives the company's services": "let by_company = «row.portal_level >= PortalLevel::Company» &&" => "true";
        "SD-16" "Company Admin sees every company": "«facts.company.is_some() && facts.company == self.active_company()»" => "true";
        "SD-14" "incidents of others are seen": "permission == Permission::PortalIncidentView && «facts.customer == Some(me)»" => "true";
    }
    "decide/rank.rs" {
        "AD-24" "the account role is not asked": "&& «self.may_give(&role, about).is_err()»" => "false";
        "AD-24" "own extra grants are not asked": "let own = «self.grant_above(&row.extras().extra_grants, about)»;" => "None";
        "AD-24" "grants of user groups are not asked": "rows.find_map(|row| «self.grant_above(&row.extra_grants, about)»)" => "None";
        "AD-24" "rights marked † are not asked": "let is_above = «self.may_give(&Gift::Tie(tie), about).is_err()»;" => "false";
        "AD-24" "rights to come are not asked": "let ended = «row.window.end.is_some_and(|end| end <= self.now)»" => "!row.window.contains(self.now)";
        "AD-24" "rights that ended are asked": "let ended = «row.window.end.is_some_and(|end| end <= self.now)»" => "false";
        "AD-24" "Super admins do not act on each other": "|| «self.acts_as(RoleId::SUPER_ADMIN)» {" => "false";
        "AD-15" "a Super admin who is not active acts as one": "&& «self.status_of(person, row) == super::UserStatus::Active»" => "true";
    }
    "decide/remote_support.rs" {
        "AD-19" "any tie to a device group reaches the device": "if «tie == Tie::DeviceGroup(device.group)» {" => "matches!(tie, Tie::DeviceGroup(_))";
        "AD-19" "the tie reaches without the feature permission": "[Tie::Agent, «feature»]" => "Tie::Agent";
        "AD-19" "the feature reaches without Agent": "[«Tie::Agent», feature]" => "feature";
    }
    "decide/status.rs" {
        "AD-15" "nobody is suspended": "UserFacet::Accepted if «self.holds_anything(person, row)»" => "true";
        "AD-15" "an archived role keeps from being suspended": ".is_some_and(|role| «role.life.is_active()»)" => "true";
        "AD-15" "grants do not keep from being suspended": "|| «self.has_extra_grant(row)»" => "false";
        "AD-15" "a role in another product does not keep from being suspended": "=> «state.products().has_role(product, role)»" => "false";
        "S0" "a guest does not join": "Subject::Guest => «Ok(())»" => "Err(Reason::FacetMissing)";
        "AD-29" "a connection joins sessions": "Subject::Connection(_) | Subject::System(_) => «Err(Reason::FacetMissing)»" => "Ok(())";
    }
    "invariants.rs" {
        "AD-8" "an invited Super admin is enough": "«row.user == UserFacet::Accepted» && row.can_sign_in" => "true";
        "AD-8" "a Super admin who cannot sign in is enough": "row.user == UserFacet::Accepted && «row.can_sign_in»" => "true";
        "AD-16" "the billing contact is no account admin": ".any(|tie| «matches!(tie, Tie::AccountAdmin(_))»)\n    });\n    if is_admin" => "true";
        "AD-14" "seats are not counted": "if row.life == Life::Deleted || «row.in_use() <= row.bought as usize»" => "true";
    }
    "moment.rs" {
        "AD-25" "what has not started gives": "«self.start.is_none_or(|start| start <= now)»" => "true";
        "AD-25" "the start does not belong to the window": "|start| «start <= now»" => "start < now";
        "AD-25" "what ended gives": "«self.end.is_none_or(|end| now < end)»" => "true";
        "AD-25" "the end belongs to the window": "|end| «now < end»" => "now <= end";
    }
    "products/decide.rs" {
        "AD-15" "a person who is not active acts in other products": "«view.user_gate(person, row)»?" => "Ok(())";
        "AD-25" "a product that is switched off is decided about": "if «!life.is_active()» {" => "false";
        "§7" "a resource of a type that the permission is not about": "«permission.on.contains(&resource.kind)»" => "true";
        "§7" "a thing of another product is known": "if «row.product != product» ||" => "false";
        "§7" "what is not registered is known": ".filter(|row| «row.open»)" => "true";
        "§7" "subjects and resources are mixed up": "(«found.row.side == side»).then_some(found)" => "true";
        "§7" "an error in a condition denies no other path": "let condition = if «held.is_error»" => "held.is_error && held.paths.is_empty()";
        "§7" "an error in the parent's condition is not seen": "held.is_error |= «parent.is_error»" => "false";
        "§2" "a missing parent is not seen": "if «parent.paths.is_empty() && !held.paths.is_empty()»" => "false";
        "§7" "a role in another product counts": "&& «product == self.question.product»" => "true";
        "AD-31" "what is stored is overridden by what is sent": "PropertyUse::Stored => «false»" => "true";
        "AD-31" "sent where not stored wins over stored": "PropertyUse::SentWhereNotStored => «self.stored.get(name).is_none()»" => "true";
        "AD-31" "what is to be sent is taken from the store": ".filter(|(name, _)| «usage(name) != PropertyUse::Sent»)" => "true";
    }
    "state/mod.rs" {
        "AD-25" "a tie gives before and after its time": ".filter(|row| «row.window.contains(now)»)" => "true";
    }
    "state/person.rs" {
        "SD-33" "every company is on the list": "Some(company)) => «companies.contains(company)»" => "true";
        "AD-26" "an empty list of companies means all": "Some(company)) => «companies.contains(company)»" => "companies.is_empty() || companies.contains(company)";
        "SD-33" "those without company are always shown": ") => «*without_company»" => "true";
    }
    "state/tree.rs" {
        "AD-12" "an archived group does not cut": "if «row.life != Life::Active» {" => "false";
        "AD-26" "an empty scope reaches everybody": ".find(|group| «groups.contains(group)»)" => "groups.is_empty() || groups.contains(group)";
        "AD-26" "an empty scope reaches every group": ".find(|above| «groups.contains(above)»)" => "groups.is_empty() || groups.contains(above)";
    }
};
