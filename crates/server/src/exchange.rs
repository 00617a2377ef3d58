//! People in and out of files.

use access::{Actor, Subject};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use people::import::{Import, ImportError, Mapping, run};

use crate::{cli, export, offline::find_subject, say::say};

/// `import`.
pub(crate) async fn import(asked: cli::Import) -> anyhow::Result<()> {
    let (engine, account) = asked.storage.open_account().await?;
    let Subject::Person(actor) = find_subject(&account, &account.state(), &asked.actor).await?
    else {
        bail!("the one who imports is a person");
    };
    let mut mapping = Mapping::parse(asked.map.iter().map(String::as_str))?;
    mapping.ignore_others = asked.ignore_others;
    let bytes = std::fs::metadata(&asked.file).map_or(0, |file| file.len());
    let import = Import {
        file: asked.file.into(),
        encoding: asked.encoding,
        mapping,
        dry_run: asked.dry_run,
        create_missing: asked.create_missing,
        accept_invitations: asked.accept_invitations,
        send_invitations: asked.send_invitations,
        rejects: asked.rejects,
    };
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
    let printed = say!("{}", serde_json::to_string_pretty(&report)?);
    engine.close().await;
    failed.context("the import ended before its last row; import the file again: what is done is not done twice")?;
    printed
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
    let exported = export::export(&account, &mut std::io::BufWriter::new(file)).await?;
    say!("{}", serde_json::to_string_pretty(&exported)?)?;
    engine.close().await;
    Ok(())
}
