//! The same check by other engines, in the same run: may this user manage records of this service? They get a world of the
//! one user and what belongs to that user, which is the least that they can be given; we keep the whole account.

use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::str::FromStr;

use access::State;
use access::state::{ServiceLevel, Tie};
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression,
};
use cpu_time::ProcessTime;

use crate::decide::{ask, somebody_with_a_level};
use crate::table::{Table, median};

const RUNS: usize = 5;

/// Ours, cedar-policy's and casbin's.
pub fn measure(table: &mut Table, state: &State) -> anyhow::Result<()> {
    let Some((person, service)) = somebody_with_a_level(state) else {
        return Ok(());
    };
    let ties = state
        .people()
        .get(person)
        .map(|row| row.ties.to_vec())
        .unwrap_or_default();
    let mut levels = Vec::new();
    let mut groups = Vec::new();
    for tie in ties {
        match tie {
            Tie::Service(service, level) => levels.push((format!("{service:?}"), level)),
            Tie::Group(group) => {
                let services = state
                    .groups()
                    .get(group)
                    .map(|row| row.services.iter().collect::<Vec<_>>());
                groups.push((
                    format!("{group:?}"),
                    services
                        .unwrap_or_default()
                        .iter()
                        .map(|s| format!("{s:?}"))
                        .collect::<Vec<_>>(),
                ));
            }
            _ => {}
        }
    }
    let asked = format!("{service:?}");
    let ours = nanoseconds(200_000, || {
        ask(state, black_box(person), black_box(service)).allowed
    });
    let cedar = cedar(&levels, &groups, &asked)?;
    let casbin = casbin(&levels, &groups, &asked)?;
    table.add("the check, Rolecall", "ns", ours.clone());
    table.add("the check, cedar-policy", "ns", cedar.clone());
    table.add("the check, casbin", "ns", casbin.clone());
    let times = |theirs: &[f64]| theirs.iter().map(|n| n / median(&ours)).collect();
    table.add("faster than cedar-policy", "times", times(&cedar));
    table.add("faster than casbin", "times", times(&casbin));
    Ok(())
}

type Levels = [(String, ServiceLevel)];
type Groups = [(String, Vec<String>)];

fn cedar(levels: &Levels, groups: &Groups, asked: &str) -> anyhow::Result<Vec<f64>> {
    let uid = |kind: &str, id: &str| -> anyhow::Result<EntityUid> {
        Ok(EntityUid::from_type_name_and_id(
            EntityTypeName::from_str(kind)?,
            EntityId::new(id),
        ))
    };
    let set = |ids: &[String]| -> anyhow::Result<RestrictedExpression> {
        let ids = ids
            .iter()
            .map(|id| Ok(RestrictedExpression::new_entity_uid(uid("Service", id)?)));
        Ok(RestrictedExpression::new_set(
            ids.collect::<anyhow::Result<Vec<_>>>()?,
        ))
    };
    let of = |level| {
        levels
            .iter()
            .filter(|(_, held)| *held == level)
            .map(|(id, _)| id.clone())
            .collect::<Vec<_>>()
    };
    let mut entities = Vec::new();
    let mut parents = HashSet::new();
    for (group, services) in groups {
        parents.insert(uid("Group", group)?);
        entities.push(Entity::new(
            uid("Group", group)?,
            HashMap::from([("services".to_owned(), set(services)?)]),
            HashSet::new(),
        )?);
    }
    let attributes = HashMap::from([
        (
            "administers".to_owned(),
            set(&of(ServiceLevel::Administrator))?,
        ),
        ("uses".to_owned(), set(&of(ServiceLevel::User))?),
        ("active".to_owned(), RestrictedExpression::new_bool(true)),
        ("licensed".to_owned(), RestrictedExpression::new_bool(true)),
        (
            "group_services".to_owned(),
            set(&groups
                .iter()
                .flat_map(|(_, services)| services.clone())
                .collect::<Vec<_>>())?,
        ),
    ]);
    entities.push(Entity::new(uid("User", "u")?, attributes, parents)?);
    entities.push(Entity::new(
        uid("Service", asked)?,
        HashMap::from([("active".to_owned(), RestrictedExpression::new_bool(true))]),
        HashSet::new(),
    )?);
    let entities = Entities::from_entities(entities, None)?;
    let policies = PolicySet::from_str(include_str!("peers.cedar"))?;
    let request = Request::new(
        uid("User", "u")?,
        uid("Action", "record.manage")?,
        uid("Service", asked)?,
        Context::empty(),
        None,
    )?;
    let authorizer = Authorizer::new();
    anyhow::ensure!(
        authorizer
            .is_authorized(&request, &policies, &entities)
            .decision()
            == Decision::Allow,
        "cedar says no"
    );
    Ok(nanoseconds(20_000, || {
        authorizer
            .is_authorized(black_box(&request), &policies, &entities)
            .decision()
            == Decision::Allow
    }))
}

fn casbin(levels: &Levels, groups: &Groups, asked: &str) -> anyhow::Result<Vec<f64>> {
    const MODEL: &str = "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n\
        [role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n\
        [matchers]\nm = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act\n";
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        for (service, _) in levels {
            enforcer
                .add_policy(vec!["u".to_owned(), service.clone(), "manage".to_owned()])
                .await?;
        }
        for (group, services) in groups {
            enforcer
                .add_grouping_policy(vec!["u".to_owned(), group.clone()])
                .await?;
            for service in services {
                enforcer
                    .add_policy(vec![group.clone(), service.clone(), "manage".to_owned()])
                    .await?;
            }
        }
        anyhow::Ok(enforcer)
    })?;
    anyhow::ensure!(enforcer.enforce(("u", asked, "manage"))?, "casbin says no");
    Ok(nanoseconds(2_000, || {
        enforcer
            .enforce((black_box("u"), asked, "manage"))
            .unwrap_or(false)
    }))
}

/// Nanoseconds of CPU time per call, run by run; the first run warms up.
fn nanoseconds(calls: u32, mut call: impl FnMut() -> bool) -> Vec<f64> {
    let mut figures = Vec::new();
    for run in 0..=RUNS {
        let start = ProcessTime::now();
        for _ in 0..calls {
            black_box(call());
        }
        let each = start.elapsed().as_nanos() as f64 / f64::from(calls);
        if run > 0 {
            figures.push(each);
        }
    }
    figures
}
