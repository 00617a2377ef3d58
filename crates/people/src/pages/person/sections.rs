//! What somebody holds of each product, and what the reader can give or take of it.

use access::{
    Command, ServiceId, Window,
    catalogue::{Product, SystemRole},
    decide::By,
    explain::words::{self, Name},
    state::{CustomerAccess, DeskRight, ServiceLevel, Tie},
};
use web::{
    Result,
    page::{
        moment,
        names::{Mark, Names, plain},
    },
    resource::Resource,
};

use super::profile::{Choice, Reading, choice};

/// What is held of one kind, and what can be given.
pub(super) struct Section {
    pub id: &'static str,
    pub heading: &'static str,
    pub about: &'static str,
    pub held: Vec<Line>,
    /// Forms to give more.
    pub give: Vec<Give>,
}

/// Something that is held.
pub(super) struct Line {
    pub label: String,
    pub on: Option<Mark>,
    pub note: Option<String>,
    /// What takes it away: kind and thing; `None`: not for the reader to take.
    pub take: Option<(&'static str, String)>,
}

/// A form that gives something.
pub(super) struct Give {
    pub act: &'static str,
    pub kind: &'static str,
    pub label: &'static str,
    pub choices: Vec<Choice>,
    /// Levels that are chosen along with the thing.
    pub levels: Vec<Choice>,
}

/// Kind, thing and words of a tie, where it belongs to a section.
type Said = Option<(&'static str, String, String)>;

impl Reading<'_> {
    /// The ties that the reader may know of, with the names of what they are to.
    async fn ties(&self) -> Result<(Vec<(Tie, Window)>, Names<'_>)> {
        let (state, view) = (self.session.state(), self.session.view());
        let ties = self
            .row()
            .into_iter()
            .flat_map(|row| state.ties_at(row, self.session.now()));
        let seen = |tie: Tie| name_of(tie).is_none_or(|name| view.sees(name));
        let ties: Vec<_> = ties.filter(|(tie, _)| seen(*tie)).collect();
        let wanted: Vec<_> = ties.iter().filter_map(|(tie, _)| name_of(*tie)).collect();
        Ok((ties, Names::of(self.session, wanted).await?))
    }

    /// User groups.
    pub(super) async fn of_administration(&self, is_user: bool) -> Result<Vec<Section>> {
        if !is_user {
            return Ok(Vec::new());
        }
        let (ties, names) = self.ties().await?;
        let groups = held(&ties, |tie| match tie {
            Tie::UserGroup(one) => Some(one),
            _ => None,
        });
        let offered = self.things(Name::UserGroup, &groups).await?;
        Ok(vec![Section {
            id: "user-groups",
            heading: "User groups",
            about: "by which administration is scoped",
            held: self.lines(&ties, &names, |tie| match tie {
                Tie::UserGroup(one) => Some(("user_group", self.id(one), String::new())),
                _ => None,
            }),
            give: Vec::from_iter(self.give(
                offered,
                "user_group",
                "User group to enter",
                Tie::UserGroup,
            )),
        }])
    }

    /// Licences, levels, groups, queues and product roles.
    pub(super) async fn of_products(
        &self,
        is_user: bool,
        is_customer: bool,
    ) -> Result<Vec<Section>> {
        let (ties, names) = self.ties().await?;
        let mut sections = Vec::new();
        if is_user {
            sections.push(self.licences(&ties, &names).await?);
            sections.push(self.desk(&ties, &names).await?);
            sections.push(self.contact_centre(&ties, &names).await?);
            sections.push(self.remote_support(&ties, &names).await?);
        }
        if is_customer {
            sections.push(self.portal(&ties, &names).await?);
        }
        Ok(sections)
    }

    fn lines(
        &self,
        ties: &[(Tie, Window)],
        names: &Names<'_>,
        of: impl Fn(Tie) -> Said,
    ) -> Vec<Line> {
        let line = |(tie, window): &(Tie, Window)| {
            let (kind, on, label) = of(*tie)?;
            Some(Line {
                label,
                on: name_of(*tie).map(|name| names.mark(name)),
                note: window.end.map(|end| format!("until {}", moment(end))),
                take: self.may_take(*tie).then_some((kind, on)),
            })
        };
        ties.iter().filter_map(line).collect()
    }

    async fn licences(&self, ties: &[(Tie, Window)], names: &Names<'_>) -> Result<Section> {
        let licences = held(ties, |tie| match tie {
            Tie::Licence(one) => Some(one),
            _ => None,
        });
        let offered = self.things(Name::Licence, &licences).await?;
        Ok(Section {
            id: "licences",
            heading: "Licences",
            about: "module access: which products open at all",
            held: self.lines(ties, names, |tie| match tie {
                Tie::Licence(one) => Some(("licence", self.id(one), String::new())),
                _ => None,
            }),
            give: Vec::from_iter(self.give(offered, "licence", "Licence to give", Tie::Licence)),
        })
    }

    async fn portal(&self, ties: &[(Tie, Window)], names: &Names<'_>) -> Result<Section> {
        let services = held(ties, |tie| match tie {
            Tie::Customer(one, _) => Some(one),
            _ => None,
        });
        let offered = self.things(Name::Service, &services).await?;
        let give = Vec::from_iter(self.levels(
            offered,
            "customer_access",
            vec![
                choice("portal", "Access (portal)", true),
                choice("no_portal", "Access (no portal)", false),
            ],
            |service| Command::SaveCustomersTab {
                service,
                rows: vec![(self.person, Some(CustomerAccess::NoPortal))],
            },
        ));
        Ok(Section {
            id: "portal-services",
            heading: "As a customer",
            about: "the same value as on the service's page",
            held: self.lines(ties, names, |tie| match tie {
                Tie::Customer(one, CustomerAccess::Portal) => Some((
                    "customer_access",
                    self.id(one),
                    "Access (portal)".to_owned(),
                )),
                Tie::Customer(one, CustomerAccess::NoPortal) => Some((
                    "customer_access",
                    self.id(one),
                    "Access (no portal)".to_owned(),
                )),
                _ => None,
            }),
            give,
        })
    }

    fn id<K: Resource>(&self, thing: K) -> String {
        self.session.id(thing).0.to_string()
    }

    /// Those of the choices that the rules would let the reader give.
    fn giveable<K: Resource>(&self, offered: Vec<Choice>, may: impl Fn(K) -> bool) -> Vec<Choice> {
        let state = self.session.state();
        let thing = |choice: &Choice| state.resolve::<K>(choice.code.parse().ok()?);
        let offered = offered.into_iter();
        offered
            .filter(|choice| thing(choice).is_some_and(&may))
            .collect()
    }

    /// A form to give one of these.
    fn give<K: Resource>(
        &self,
        offered: Vec<Choice>,
        kind: &'static str,
        label: &'static str,
        tie: impl Fn(K) -> Tie,
    ) -> Option<Give> {
        let choices = self.giveable(offered, |thing| self.may(tie(thing)));
        (!choices.is_empty()).then_some(Give {
            act: "give",
            kind,
            label,
            choices,
            levels: Vec::new(),
        })
    }

    /// A form to give a level on one of these services.
    fn levels(
        &self,
        offered: Vec<Choice>,
        act: &'static str,
        levels: Vec<Choice>,
        command: impl Fn(ServiceId) -> Command,
    ) -> Option<Give> {
        let choices = self.giveable(offered, |service| self.session.offers(&command(service)));
        (!choices.is_empty()).then_some(Give {
            act,
            kind: "",
            label: "Service",
            choices,
            levels,
        })
    }

    async fn desk(&self, ties: &[(Tie, Window)], names: &Names<'_>) -> Result<Section> {
        let services = held(ties, |tie| match tie {
            Tie::Service(one, _) => Some(one),
            _ => None,
        });
        let groups = held(ties, |tie| match tie {
            Tie::Group(one) => Some(one),
            _ => None,
        });
        let rights = held(ties, |tie| match tie {
            Tie::DeskRight(one) => Some(one),
            _ => None,
        });
        let mut of_desk = self.lines(ties, names, |tie| match tie {
            Tie::Service(one, ServiceLevel::Administrator) => {
                Some(("service_level", self.id(one), "Administrator".to_owned()))
            }
            Tie::Service(one, ServiceLevel::User) => {
                Some(("service_level", self.id(one), "User".to_owned()))
            }
            _ => None,
        });
        of_desk.extend(self.lines(ties, names, |tie| match tie {
            Tie::Group(one) => Some(("group", self.id(one), "Member of the group".to_owned())),
            Tie::DeskRight(one) => Some((
                "desk_right",
                web::decision::code(&one),
                plain(&words::by(By::DeskRight(one))),
            )),
            _ => None,
        }));
        let mut give = Vec::new();
        let offered = self.things(Name::Service, &services).await?;
        give.extend(self.levels(
            offered,
            "service_level",
            vec![
                choice("user", "User", true),
                choice("administrator", "Administrator", false),
            ],
            |service| Command::SaveUsersTab {
                service,
                rows: vec![(self.person, Some(ServiceLevel::User))],
            },
        ));
        let offered = self.things(Name::Group, &groups).await?;
        give.extend(self.give(offered, "group", "Group to enter", Tie::Group));
        let all = [
            DeskRight::Configure,
            DeskRight::ConfigurationItemsRead,
            DeskRight::ConfigurationItemsEdit,
            DeskRight::TimeRead,
            DeskRight::TimeEdit,
        ];
        let offered: Vec<_> = all
            .into_iter()
            .filter(|right| !rights.contains(right) && self.may(Tie::DeskRight(*right)))
            .map(|right| {
                choice(
                    web::decision::code(&right),
                    plain(&words::by(By::DeskRight(right))),
                    false,
                )
            })
            .collect();
        if !offered.is_empty() {
            give.push(Give {
                act: "give",
                kind: "desk_right",
                label: "Account right",
                choices: offered,
                levels: Vec::new(),
            });
        }
        Ok(Section {
            id: "desk",
            heading: Product::ServiceDesk.name(),
            about: "services, groups and account rights",
            held: of_desk,
            give,
        })
    }

    async fn contact_centre(&self, ties: &[(Tie, Window)], names: &Names<'_>) -> Result<Section> {
        let agent = held(ties, |tie| match tie {
            Tie::QueueAgent(one) => Some(one),
            _ => None,
        });
        let supervisor = held(ties, |tie| match tie {
            Tie::QueueSupervisor(one) => Some(one),
            _ => None,
        });
        let mut give = Vec::new();
        let offered = self.things(Name::Queue, &supervisor).await?;
        give.extend(self.give(
            offered,
            "queue_supervisor",
            "Supervisor of",
            Tie::QueueSupervisor,
        ));
        let offered = self.things(Name::Queue, &agent).await?;
        give.extend(self.give(offered, "queue_agent", "Agent of", Tie::QueueAgent));
        let is_admin = ties.iter().any(|(tie, _)| *tie == Tie::ContactAdmin);
        if !is_admin && self.may(Tie::ContactAdmin) {
            give.push(Give {
                act: "give",
                kind: "contact_admin",
                label: "Role",
                choices: vec![choice("", "Contact admin", false)],
                levels: Vec::new(),
            });
        }
        Ok(Section {
            id: "contact-centre",
            heading: Product::ContactCentre.name(),
            about: "queues and the role Contact admin",
            held: self.lines(ties, names, |tie| match tie {
                Tie::QueueSupervisor(one) => {
                    Some(("queue_supervisor", self.id(one), "Supervisor".to_owned()))
                }
                Tie::QueueAgent(one) => Some(("queue_agent", self.id(one), "Agent".to_owned())),
                Tie::ContactAdmin => {
                    Some(("contact_admin", String::new(), "Contact admin".to_owned()))
                }
                _ => None,
            }),
            give,
        })
    }

    async fn remote_support(&self, ties: &[(Tie, Window)], names: &Names<'_>) -> Result<Section> {
        let groups = held(ties, |tie| match tie {
            Tie::DeviceGroup(one) => Some(one),
            _ => None,
        });
        let features = held(ties, |tie| match tie {
            Tie::Feature(one) => Some(one),
            _ => None,
        });
        let mut give = Vec::new();
        let is_agent = ties.iter().any(|(tie, _)| *tie == Tie::Agent);
        if !is_agent && self.may(Tie::Agent) {
            give.push(Give {
                act: "give",
                kind: "agent",
                label: "Role",
                choices: vec![choice("", "Agent", false)],
                levels: Vec::new(),
            });
        }
        let offered: Vec<_> = SystemRole::Agent
            .choices()
            .iter()
            .filter(|feature| !features.contains(feature) && self.may(Tie::Feature(*feature)))
            .map(|feature| choice(feature.key(), feature.label(), false))
            .collect();
        if !offered.is_empty() {
            give.push(Give {
                act: "give",
                kind: "feature",
                label: "Feature permission",
                choices: offered,
                levels: Vec::new(),
            });
        }
        let offered = self.things(Name::DeviceGroup, &groups).await?;
        give.extend(self.give(
            offered,
            "device_group",
            "Device group to reach",
            Tie::DeviceGroup,
        ));
        Ok(Section {
            id: "remote-support",
            heading: Product::RemoteSupport.name(),
            about: "the role Agent, feature permissions and device groups",
            held: self.lines(ties, names, |tie| match tie {
                Tie::Agent => Some(("agent", String::new(), "Agent".to_owned())),
                Tie::Feature(one) => {
                    Some(("feature", one.key().to_owned(), one.label().to_owned()))
                }
                Tie::DeviceGroup(one) => Some(("device_group", self.id(one), "Reaches".to_owned())),
                _ => None,
            }),
            give,
        })
    }
}

fn held<T>(ties: &[(Tie, Window)], pick: impl Fn(Tie) -> Option<T>) -> Vec<T> {
    ties.iter().filter_map(|(tie, _)| pick(*tie)).collect()
}

fn name_of(tie: Tie) -> Option<Name> {
    Some(match tie {
        Tie::Licence(one) => Name::Licence(one),
        Tie::Service(one, _) | Tie::Customer(one, _) => Name::Service(one),
        Tie::Group(one) => Name::Group(one),
        Tie::UserGroup(one) => Name::UserGroup(one),
        Tie::QueueAgent(one)
        | Tie::QueueSupervisor(one)
        | Tie::Login(one, _)
        | Tie::Paused(one) => Name::Queue(one),
        Tie::DeviceGroup(one) => Name::DeviceGroup(one),
        _ => return None,
    })
}
