//! What the page says of each switch, in our own words; their names are the article's.

use access::{Switch, command::SwitchRow};

use super::counts::Counts;

pub(super) fn about(switch: Switch) -> &'static str {
    match switch {
        Switch::OrganisationUnassignedLogin => {
            "When off, agents and users cannot log in to unassigned queues with *13 or on the agent dashboard; a supervisor can log \
             them in for a time. To use the agent dashboard they need the agent role."
        }
        Switch::SupervisorConfigurationPortal => {
            "Supervisors can open the configuration portal. This page stays hidden from them."
        }
        Switch::SupervisorLimitToAssigned => {
            "When off, supervisors can access all call queues, assigned to them or not. Inbox queues and campaigns always follow \
             assignment."
        }
        Switch::SupervisorQueueView => {
            "Supervisors see how the queues they can access are set up. Cannot be switched off."
        }
        Switch::SupervisorQueueEdit => {
            "Supervisors change how the queues they can access are set up."
        }
        Switch::SupervisorPauseReasonsView => "Supervisors see the list of pause reasons.",
        Switch::SupervisorPauseReasonsEdit => {
            "Supervisors add, rename and remove pause reasons. They see them too."
        }
        Switch::SupervisorSkillsView => "Supervisors see the skills, and who has them.",
        Switch::SupervisorSkillsEdit => {
            "Supervisors change the skills, and who has them. They see them too."
        }
        Switch::AgentPrerecordedEdit => {
            "Agents change the audio messages that they play into calls. Without it they play what exists."
        }
        Switch::AgentPrewrittenPublicEdit => {
            "Agents write and change the texts that everybody can send. Without it they send what exists."
        }
        Switch::AgentTagsCreate => {
            "Agents make new tags for their chats. Without it they choose from those that exist."
        }
    }
}

/// What a review says of the rows that are saved.
pub(super) fn changes(rows: &[SwitchRow], counts: &Counts) -> String {
    let word = |on| if on { "on" } else { "off" };
    let told = rows.iter().map(|row| {
        let label = row.switch.label();
        format!("{label}: {} → {}.", word(row.was), word(row.on))
    });
    let mut text = told.collect::<Vec<_>>().join(" ");
    let ends_logins = |row: &SwitchRow| {
        row.switch == Switch::OrganisationUnassignedLogin && !row.on && counts.unassigned > 0
    };
    if rows.iter().any(ends_logins) {
        // CC-4.
        text.push_str(&format!(
            " Whoever is logged in now stays: {}.",
            counts.logged_in()
        ));
    }
    text
}

pub(super) fn people(count: usize) -> String {
    match count {
        0 => "nobody".to_owned(),
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    }
}
