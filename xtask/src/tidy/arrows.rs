//! Imports run one way: `access ← ledger ← mail ← web ← slices and faces ← server`.
//!
//! Reads `cargo metadata`. Also keeps the core pure, and each outside library where it belongs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use super::Finding;

/// From the ground up. A crate may import crates of the layers below its own, and none beside it.
const LAYERS: [&[&str]; 7] = [
    &["access", "scim"],
    &["outgoing"],
    &["ledger", "openid"],
    &["mail"],
    &["web"],
    &[
        "people",
        "service-desk",
        "remote-support",
        "contact-centre",
        "billing",
        "authzen",
        "events",
        "provisioning",
        "sign-in",
    ],
    &["rolecall"],
];

/// Beside the house: they may import all of it, and nobody imports them in what is shipped.
const BESIDE: [&str; 3] = ["testkit", "bench", "xtask"];

/// What the core may not even reach: whoever can wait, read a clock or draw a number is no function.
const IMPURE: [&str; 12] = [
    "axum", "chrono", "fastrand", "hyper", "jiff", "mio", "rand", "reqwest", "socket2", "sqlx",
    "time", "tokio",
];
/// What it may not import itself. `uuid` reaches `getrandom` where another crate asks for new ids; clippy bans the
/// calls.
const IMPURE_DIRECTLY: [&str; 2] = ["getrandom", "tracing"];

/// Libraries that belong to some crates alone.
const KEPT: [(&str, &[&str]); 3] = [
    ("sqlx", &["ledger", "testkit"]),          // SQL is the ledger's
    ("clap", &["rolecall", "bench", "xtask"]), // command lines too have their place
    ("anyhow", &["rolecall", "bench", "xtask", "testkit"]), // libraries have errors with names
];

pub fn check() -> Result<Vec<Finding>> {
    let metadata = MetadataCommand::new().exec().context("cargo metadata")?;
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();

    let mut findings = Vec::new();
    for package in metadata.workspace_packages() {
        inside(package, &members, &mut findings);
        outside(package, &mut findings);
    }
    reached_by_core(&metadata, &mut findings);
    Ok(findings)
}

/// Arrows between our own crates.
fn inside(package: &Package, members: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    let name = package.name.as_str();
    let place = format!("{name}'s Cargo.toml");
    let Some(own) = layer(name) else {
        if !BESIDE.contains(&name) {
            findings.push(Finding::new(
                place,
                "has no layer: give it one in xtask/src/tidy/arrows.rs",
            ));
        }
        return;
    };
    for dependency in &package.dependencies {
        let other = dependency.name.as_str();
        let shipped = dependency.kind != DependencyKind::Development;
        if !members.contains(other) || !shipped {
            continue;
        }
        match layer(other) {
            Some(layer) if layer < own => {}
            Some(_) => findings.push(Finding::new(
                &place,
                format!("imports {other}, which is not below it"),
            )),
            None => findings.push(Finding::new(
                &place,
                format!("imports {other}, which is for tests and tools"),
            )),
        }
    }
}

/// Arrows to outside libraries that only some crates may use.
fn outside(package: &Package, findings: &mut Vec<Finding>) {
    let name = package.name.as_str();
    let shipped = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development);
    for dependency in shipped {
        let library = dependency.name.as_str();
        let place = || format!("{name}'s Cargo.toml");
        if let Some((_, users)) = KEPT.iter().find(|(kept, _)| *kept == library)
            && !users.contains(&name)
        {
            findings.push(Finding::new(
                place(),
                format!("imports {library}, which belongs to {}", users.join(", ")),
            ));
        }
        if name == "access" && IMPURE_DIRECTLY.contains(&library) {
            findings.push(Finding::new(
                place(),
                format!("imports {library}: the core is pure"),
            ));
        }
    }
}

/// Everything that ends up in the core, however far away.
fn reached_by_core(metadata: &Metadata, findings: &mut Vec<Finding>) {
    let Some(resolve) = &metadata.resolve else {
        return;
    };
    let shipped: BTreeMap<&PackageId, Vec<&PackageId>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let next = node.deps.iter().filter(|dep| {
                dep.dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            });
            (&node.id, next.map(|dep| &dep.pkg).collect())
        })
        .collect();

    let mut reached = BTreeSet::new();
    let mut open: Vec<&PackageId> = metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| package.name.as_str() == "access")
        .map(|package| &package.id)
        .collect();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(shipped.get(id).into_iter().flatten());
        }
    }
    for package in &metadata.packages {
        if reached.contains(&package.id) && IMPURE.contains(&package.name.as_str()) {
            findings.push(Finding::new(
                "access's Cargo.toml",
                format!("reaches {}: the core is pure", package.name),
            ));
        }
    }
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|crates| crates.contains(&name))
}
