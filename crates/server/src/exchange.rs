//! People in and out of files.

use std::{collections::HashMap, io::Write};

use access::{Actor, CompanyId, PersonId, Subject};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ledger::{Account, Field, Place, Profile};
use serde_json::json;

use crate::{
    cli,
    import::{Import, ImportError, Mapping, run},
    offline::find_subject,
};

/// People that one look into the profile store is about.
const AT_ONCE: usize = 500;

/// `import`.
pub(crate) async fn import(asked: cli::Import) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let Subject::Person(actor) = find_subject(&account, &account.state(), &asked.actor).await?
    else {
        bail!("the one who imports is a person");
    };
    let mut mapping = Mapping::parse(asked.map.iter().map(String::as_str))?;
    mapping.ignore_others = asked.ignore_others;
    let import = Import {
        file: asked.file,
        encoding: asked.encoding,
        mapping,
        dry_run: asked.dry_run,
        create_missing: asked.create_missing,
        accept_invitations: asked.accept_invitations,
        rejects: asked.rejects,
    };
    let bytes = std::fs::metadata(&import.file).map_or(0, |file| file.len());
    let style = ProgressStyle::with_template("{wide_bar} {percent} %, {msg}, {eta} left")?;
    let bar = ProgressBar::new(bytes).with_style(style);
    let done = run(&account, Actor::Person(actor), &import, &|reached| {
        bar.set_message(format!("{} rows", reached.rows));
        bar.set_position(reached.bytes);
    })
    .await;
    bar.finish_and_clear();
    let (report, failed) = match done {
        Ok(report) => (report, Ok(())),
        Err(ImportError::Middle { report, source }) => (*report, Err(*source)),
        Err(error) => return Err(error.into()),
    };
    println!("{}", serde_json::to_string_pretty(&report)?);
    engine.close().await;
    failed.context("the import ended before its last row; import the file again: what is done is not done twice")
}

/// `export`: names and addresses leave the server here, so the file is for its owner only.
pub(crate) async fn export(asked: cli::File) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(&asked.file)
        .with_context(|| format!("{} cannot be made", asked.file.display()))?;
    let mut file = std::io::BufWriter::new(file);
    let state = account.state();
    let ids: Vec<_> = state.companies().ids().collect();
    let companies = profiles::<CompanyId>(&account, &ids).await?;
    let people: Vec<_> = state.people().ids().collect();
    let mut count = 0;
    for chunk in people.chunks(AT_ONCE) {
        let profiles = profiles::<PersonId>(&account, chunk).await?;
        for person in chunk {
            let (Some(row), Some(profile)) = (state.people().get(*person), profiles.get(person))
            else {
                continue;
            };
            let kind = match (row.is_user(), row.is_customer()) {
                (true, true) => "both",
                (true, false) => "user",
                (false, true) => "customer",
                (false, false) => continue,
            };
            let company = row
                .company
                .and_then(|company| companies.get(&company)?.get(Field::Name));
            let line = json!({
                "email": profile.get(Field::Email),
                "name": profile.get(Field::Name),
                "kind": kind,
                "phone": profile.get(Field::Phone),
                "title": profile.get(Field::Title),
                "language": profile.get(Field::Language),
                "external_id": profile.get(Field::ExternalId),
                "company": company,
                "portal_level": row.is_customer().then_some(row.portal_level),
            });
            writeln!(file, "{line}")?;
            count += 1;
        }
    }
    file.flush()?;
    println!("{count} people");
    engine.close().await;
    Ok(())
}

async fn profiles<K: ledger::HasProfile>(
    account: &Account,
    things: &[K],
) -> anyhow::Result<HashMap<K, Profile>> {
    let mut reading = account.read().await?;
    let places = things.iter().map(|thing| (account.id(), Place::of(*thing)));
    let rows = ledger::read_profiles(&mut reading.tx, places).await?;
    let named = rows
        .into_iter()
        .filter_map(|((_, place), _, profile)| Some((K::from_number(place.entity)?, profile)));
    Ok(named.collect())
}
