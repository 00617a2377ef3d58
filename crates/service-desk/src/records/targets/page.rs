//! Configure › Services › [service] › Targets (SD-30): when its records are due, in one form that is saved as a whole.

use access::{ServiceId, decide::permissions::ConfigureDesk, explain::words::Name};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;
use web::{
    Result,
    common::Submission,
    effect::fingerprint,
    guard::{And, May, TheAccount},
    page::{Frame, Page, Refused, SeeOther, Taken, form::Form, names::Names, sentence},
    route::{Route, get, post},
    session::Session,
};

use super::{
    Target, Targets, Wrong, duration,
    hours::{Span, Week},
    rest,
};
use crate::{
    records::Priority,
    tab::{PLACE, SECTION},
};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

pub(super) fn routes() -> Vec<Route> {
    const PATH: &str = "/configure/services/{service}/targets";
    vec![
        get(
            PATH,
            "service_targets_page.show",
            "When the records of a service are due",
            show,
        ),
        post(
            PATH,
            "service_targets_page.set",
            "Save when the records of a service are due",
            set,
        ),
    ]
}

/// What somebody typed. Of each field its name says what it is of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetsForm {
    zone: String,
    /// `always`, or `week`.
    when: String,
    day_1: String,
    day_2: String,
    day_3: String,
    day_4: String,
    day_5: String,
    day_6: String,
    day_7: String,
    holidays: String,
    warn: String,
    response_1: String,
    response_2: String,
    response_3: String,
    response_4: String,
    response_5: String,
    resolution_1: String,
    resolution_2: String,
    resolution_3: String,
    resolution_4: String,
    resolution_5: String,
    /// Of what was read.
    mark: String,
}

impl TargetsForm {
    fn of(targets: &Targets, mark: String) -> Self {
        let office = Targets::default();
        let week = targets.week.as_ref().or(office.week.as_ref());
        let day = |at: usize| {
            let spans = week.and_then(|week| week.0.get(at));
            let spans = spans.into_iter().flatten().map(Span::to_string);
            spans.collect::<Vec<_>>().join(", ")
        };
        let [day_1, day_2, day_3, day_4, day_5, day_6, day_7] = std::array::from_fn(day);
        let time = |minutes: Option<u32>| minutes.map_or(String::new(), duration::words);
        let responses = targets.of.map(|one| time(one.response));
        let resolutions = targets.of.map(|one| time(one.resolution));
        let [response_1, response_2, response_3, response_4, response_5] = responses;
        let [
            resolution_1,
            resolution_2,
            resolution_3,
            resolution_4,
            resolution_5,
        ] = resolutions;
        let holidays = targets.holidays.iter().map(Date::to_string);
        Self {
            zone: targets.zone.clone(),
            when: if targets.week.is_some() {
                "week"
            } else {
                "always"
            }
            .to_owned(),
            day_1,
            day_2,
            day_3,
            day_4,
            day_5,
            day_6,
            day_7,
            holidays: holidays.collect::<Vec<_>>().join("\n"),
            warn: targets.warn_percent.to_string(),
            response_1,
            response_2,
            response_3,
            response_4,
            response_5,
            resolution_1,
            resolution_2,
            resolution_3,
            resolution_4,
            resolution_5,
            mark,
        }
    }

    fn days(&self) -> [&str; 7] {
        [
            &self.day_1,
            &self.day_2,
            &self.day_3,
            &self.day_4,
            &self.day_5,
            &self.day_6,
            &self.day_7,
        ]
    }

    fn responses(&self) -> [&str; 5] {
        [
            &self.response_1,
            &self.response_2,
            &self.response_3,
            &self.response_4,
            &self.response_5,
        ]
    }

    fn resolutions(&self) -> [&str; 5] {
        [
            &self.resolution_1,
            &self.resolution_2,
            &self.resolution_3,
            &self.resolution_4,
            &self.resolution_5,
        ]
    }

    /// What they say, or the first thing that is wrong: the name of its field, and why.
    fn targets(&self) -> std::result::Result<Targets, (String, String)> {
        let week = match self.when.as_str() {
            "always" => None,
            _ => {
                let mut week = Week::default();
                for (at, (text, into)) in self.days().iter().zip(&mut week.0).enumerate() {
                    let wrong = || {
                        let why = "Write hours like 09:00–12:30, 13:30–17:00, or nothing.";
                        (format!("day_{}", at + 1), why.to_owned())
                    };
                    *into = spans(text).ok_or_else(wrong)?;
                }
                Some(week)
            }
        };
        let day = |line: &str| {
            let wrong = || {
                let why = "Write one day a line, like 2026-12-25.";
                ("holidays".to_owned(), why.to_owned())
            };
            line.parse::<Date>().map_err(|_| wrong())
        };
        let lines = self.holidays.lines().map(str::trim);
        let holidays = lines.filter(|line| !line.is_empty()).map(day);
        let mut of = [Target::default(); 5];
        let times = self.responses().into_iter().zip(self.resolutions());
        for (at, (into, (response, resolution))) in of.iter_mut().zip(times).enumerate() {
            let parsed = |name: &str, text: &str| {
                let wrong = |()| {
                    let why = "Write a time like 4 h or 1 h 30 min, or nothing.";
                    (format!("{name}_{}", at + 1), why.to_owned())
                };
                duration::parse(text).map_err(wrong)
            };
            into.response = parsed("response", response)?;
            into.resolution = parsed("resolution", resolution)?;
        }
        let targets = Targets {
            zone: self.zone.trim().to_owned(),
            week,
            holidays: holidays.collect::<std::result::Result<_, _>>()?,
            warn_percent: self.warn.trim().parse().unwrap_or(0),
            of,
        };
        targets.check().map_err(|wrong| {
            let field = match wrong {
                Wrong::Zone => "zone".to_owned(),
                Wrong::Hours { day, .. } => format!("day_{}", day + 1),
                Wrong::Holidays => "holidays".to_owned(),
                Wrong::Percent => "warn".to_owned(),
                Wrong::Target {
                    priority,
                    of_response: false,
                } => format!("resolution_{}", priority + 1),
                Wrong::Target { priority, .. } | Wrong::Order { priority } => {
                    format!("response_{}", priority + 1)
                }
            };
            (field, sentence(&wrong.why()))
        })?;
        Ok(targets)
    }
}

/// Hours of a day as somebody wrote them.
fn spans(text: &str) -> Option<Vec<Span>> {
    let parts = text.split(',').map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    let span = |part: &str| {
        let (from, to) = part.split_once(['–', '-'])?;
        Some(Span {
            from: from.trim().parse().ok()?,
            to: to.trim().parse().ok()?,
        })
    };
    parts.map(span).collect()
}

/// A field with its label.
struct Field {
    name: String,
    label: String,
    value: String,
}

/// What is promised for a priority.
struct Row {
    priority: &'static str,
    response: Field,
    resolution: Field,
}

#[derive(Template)]
#[template(path = "service-targets.html")]
struct TargetsPage {
    frame: Frame,
    name: String,
    path: String,
    people: String,
    is_default: bool,
    is_always: bool,
    zone: String,
    days: Vec<Field>,
    holidays: String,
    warn: String,
    rows: Vec<Row>,
    mark: String,
    /// The name of a field, and what is wrong with it.
    wrong: Option<(String, String)>,
    refused: Option<String>,
}

impl TargetsPage {
    async fn of(
        session: &Session,
        service: ServiceId,
        targets: &Targets,
        form: TargetsForm,
    ) -> Result<Self> {
        let names = Names::of(session, [Name::Service(service)]).await?;
        let name = names.text(Name::Service(service));
        let people = format!("{PLACE}/{}", session.id(service).0);
        let path = format!("{people}/targets");
        let frame = Frame::of(session, "Targets", &path, SECTION).await?;
        let day = |(at, (label, value)): (usize, (&str, &str))| Field {
            name: format!("day_{}", at + 1),
            label: label.to_owned(),
            value: value.to_owned(),
        };
        let times = form.responses().into_iter().zip(form.resolutions());
        let rows = Priority::ALL.into_iter().zip(times);
        let row = |(priority, (response, resolution)): (Priority, (&str, &str))| {
            let field = |what: &str, label: &str, value: &str| Field {
                name: format!("{what}_{}", priority.number()),
                label: format!("{label}, {}", priority.word()),
                value: value.to_owned(),
            };
            Row {
                priority: priority.word(),
                response: field("response", "First response", response),
                resolution: field("resolution", "Resolution", resolution),
            }
        };
        Ok(Self {
            frame: frame
                .below(PLACE, "Services")
                .below(people.clone(), name.clone()),
            name,
            path,
            people,
            is_default: *targets == Targets::default(),
            is_always: form.when == "always",
            days: DAYS
                .into_iter()
                .zip(form.days())
                .enumerate()
                .map(day)
                .collect(),
            rows: rows.map(row).collect(),
            zone: form.zone,
            holidays: form.holidays,
            warn: form.warn,
            mark: form.mark,
            wrong: None,
            refused: None,
        })
    }

    /// What is wrong with a field.
    fn wrong_at(&self, name: &str) -> Option<&str> {
        let (field, why) = self.wrong.as_ref()?;
        (field == name).then_some(why.as_str())
    }
}

async fn show(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
) -> Result<Page<TargetsPage>> {
    let targets = rest::read(&may, service.0).await?;
    let form = TargetsForm::of(&targets, targets.mark(service.0).to_string());
    let page = TargetsPage::of(&may, service.0, &targets, form).await?;
    Ok(Page::new(page))
}

async fn set(
    may: May<ConfigureDesk, TheAccount>,
    service: And<ServiceId>,
    Form(mut form): Form<TargetsForm>,
) -> Result<Taken<TargetsPage>> {
    let (session, service) = (&*may, service.0);
    let mark = fingerprint("mark", &form.mark)?;
    let (wrong, refused) = match form.targets() {
        Err(wrong) => (Some(wrong), None),
        Ok(targets) => {
            let how = Submission::default();
            let done = rest::submit(session, service, targets, Some(mark), &how).await;
            let Some(Refused { code, why }) = Refused::of(done)? else {
                let path = format!("{PLACE}/{}/targets", session.id(service).0);
                return Ok(Taken::Done(SeeOther::to(path).saying("Saved.")));
            };
            if code == "changed_meanwhile" {
                // What was typed stays in the form; sent again, it takes the place of what is there now.
                let there = rest::read(&may, service).await?;
                form.mark = there.mark(service).to_string();
                let why = "Somebody else changed the targets meanwhile. What you typed is still below: save it to put it in their place.";
                (None, Some(why.to_owned()))
            } else {
                (None, Some(why))
            }
        }
    };
    let there = rest::read(&may, service).await?;
    let page = TargetsPage {
        wrong,
        refused,
        ..TargetsPage::of(session, service, &there, form).await?
    };
    Ok(Taken::Again(Page::again(page)))
}
