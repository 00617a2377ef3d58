//! Rows that stand beside commands: they are written with what the command changes, or neither is. A row is changed as the one that was read.

use access::{Dense, PersonId, ProviderGroupId, Refusal};
use ledger::{BoxFuture, LedgerError, Moved, Of, RowsBeside, SubmitError, Tx, Value};
use scim::fold;

use super::store::{self, Taken, Whose};

/// The code of a change of what is no longer as it was read.
pub(crate) const CHANGED: &str = "changed_meanwhile";

/// What becomes of the row of a user.
#[derive(Clone)]
pub(crate) struct PutUser {
    pub whose: Whose,
    pub of: Of,
    pub user_name: String,
    pub external_id: Option<String>,
    pub attributes: String,
    /// The revision that was read; `None` for a user who is new or was deleted.
    pub read: Option<i64>,
}

/// Personal data is in no line of a log.
impl std::fmt::Debug for PutUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PutUser")
            .field("of", &self.of)
            .finish_non_exhaustive()
    }
}

/// The user is no longer there for the directory.
#[derive(Debug)]
pub(crate) struct HideUser {
    pub whose: Whose,
    pub person: PersonId,
    pub read: i64,
}

/// What becomes of the row of a group.
#[derive(Clone)]
pub(crate) struct PutGroup {
    pub whose: Whose,
    pub of: Of,
    pub display_name: String,
    pub external_id: Option<String>,
    pub attributes: String,
    pub members: String,
    /// The revision that was read; `None` for a new one.
    pub read: Option<i64>,
}

/// Personal data is in no line of a log.
impl std::fmt::Debug for PutGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PutGroup")
            .field("of", &self.of)
            .finish_non_exhaustive()
    }
}

/// The group is gone, or has lost a member.
#[derive(Debug)]
pub(crate) struct EndGroup {
    pub whose: Whose,
    pub group: ProviderGroupId,
    /// The revision that was read of a group that is gone; `None`: it has lost a member.
    pub gone: Option<i64>,
}

type Written<'a> = BoxFuture<'a, Result<(), SubmitError>>;

fn taken(code: &'static str, what: &str) -> SubmitError {
    let detail = format!("another resource of this directory has this {what}");
    Refusal::conflict("§7", code, detail).into()
}

fn changed() -> SubmitError {
    let detail = "it was changed since it was read: read it again";
    Refusal::conflict("§7", CHANGED, detail).into()
}

fn place(of: Of, moved: &Moved<'_>) -> Result<u32, LedgerError> {
    let place = of.place(moved.after);
    place
        .map(|place| place.entity)
        .ok_or(LedgerError::Unknown("person"))
}

/// Whether another row has the value.
async fn is_taken(
    tx: &mut Tx,
    sql: &'static str,
    whose: Whose,
    (value, own): (&str, u32),
) -> Result<bool, LedgerError> {
    let values: [Value; 4] = [
        whose.account.0.into(),
        whose.connection.number().into(),
        value.into(),
        own.into(),
    ];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

impl RowsBeside for PutUser {
    fn write<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> Written<'a> {
        Box::pin(async move {
            let person = place(self.of, &moved)?;
            let new = (&*self.user_name, self.external_id.as_deref());
            match store::taken(tx, self.whose, new, Some(person)).await? {
                Some((Taken::UserName, _)) => return Err(taken("user_name_taken", "userName")),
                Some((Taken::ExternalId, _)) => {
                    return Err(taken("external_id_taken", "externalId"));
                }
                None => {}
            }
            let values: [Value; 9] = [
                self.whose.account.0.into(),
                self.whose.connection.number().into(),
                person.into(),
                self.user_name.clone().into(),
                fold(&self.user_name).into(),
                self.external_id.clone().into(),
                self.attributes.clone().into(),
                moved.now.0.into(),
                self.read.unwrap_or_default().into(),
            ];
            let sql = match self.read {
                Some(_) => {
                    "UPDATE provisioned_users SET user_name = $4, user_name_folded = $5, external_id = $6, attributes = $7, \
                     revision = revision + 1, modified_at = $8 \
                     WHERE account = $1 AND connection = $2 AND person = $3 AND hidden = 0 AND revision = $9"
                }
                None => {
                    "INSERT INTO provisioned_users (account, connection, person, user_name, user_name_folded, external_id, attributes, \
                     revision, created_at, modified_at, hidden) VALUES ($1, $2, $3, $4, $5, $6, $7, $9 + 1, $8, $8, 0) \
                     ON CONFLICT (account, connection, person) DO UPDATE SET user_name = excluded.user_name, \
                     user_name_folded = excluded.user_name_folded, external_id = excluded.external_id, attributes = excluded.attributes, \
                     revision = provisioned_users.revision + 1, modified_at = excluded.modified_at, hidden = 0 \
                     WHERE provisioned_users.hidden = 1"
                }
            };
            match tx.execute(sql, values).await? {
                0 => Err(changed()),
                _ => Ok(()),
            }
        })
    }
}

impl RowsBeside for HideUser {
    fn write<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> Written<'a> {
        Box::pin(async move {
            let sql = "UPDATE provisioned_users SET hidden = 1, revision = revision + 1, modified_at = $4 \
                       WHERE account = $1 AND connection = $2 AND person = $3 AND hidden = 0 AND revision = $5";
            let values: [Value; 5] = [
                self.whose.account.0.into(),
                self.whose.connection.number().into(),
                self.person.number().into(),
                moved.now.0.into(),
                self.read.into(),
            ];
            match tx.execute(sql, values).await? {
                0 => Err(changed()),
                _ => Ok(()),
            }
        })
    }
}

impl RowsBeside for PutGroup {
    fn write<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> Written<'a> {
        Box::pin(async move {
            let group = place(self.of, &moved)?;
            let by_id = "SELECT 1 FROM provisioned_groups WHERE account = $1 AND connection = $2 AND external_id = $3 AND provider_group <> $4";
            if let Some(id) = &self.external_id
                && is_taken(tx, by_id, self.whose, (id, group)).await?
            {
                return Err(taken("external_id_taken", "externalId"));
            }
            let values: [Value; 9] = [
                self.whose.account.0.into(),
                self.whose.connection.number().into(),
                group.into(),
                fold(&self.display_name).into(),
                self.external_id.clone().into(),
                self.attributes.clone().into(),
                self.members.clone().into(),
                moved.now.0.into(),
                self.read.unwrap_or_default().into(),
            ];
            let sql = match self.read {
                Some(_) => {
                    "UPDATE provisioned_groups SET display_name_folded = $4, external_id = $5, attributes = $6, members = $7, \
                     revision = revision + 1, modified_at = $8 \
                     WHERE account = $1 AND connection = $2 AND provider_group = $3 AND revision = $9"
                }
                None => {
                    "INSERT INTO provisioned_groups (account, connection, provider_group, display_name_folded, external_id, attributes, \
                     members, revision, created_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $9 + 1, $8, $8)"
                }
            };
            match tx.execute(sql, values).await? {
                0 => Err(changed()),
                _ => Ok(()),
            }
        })
    }
}

impl RowsBeside for EndGroup {
    fn write<'a>(&'a self, tx: &'a mut Tx, moved: Moved<'a>) -> Written<'a> {
        Box::pin(async move {
            let whose: [Value; 3] = [
                self.whose.account.0.into(),
                self.whose.connection.number().into(),
                self.group.number().into(),
            ];
            let [account, connection, group] = whose;
            if let Some(read) = self.gone {
                let sql = "DELETE FROM provisioned_groups WHERE account = $1 AND connection = $2 AND provider_group = $3 AND revision = $4";
                let values = [account, connection, group, read.into()];
                return match tx.execute(sql, values).await? {
                    0 => Err(changed()),
                    _ => Ok(()),
                };
            }
            let sql = "UPDATE provisioned_groups SET revision = revision + 1, modified_at = $4 \
                       WHERE account = $1 AND connection = $2 AND provider_group = $3";
            let values = [account, connection, group, moved.now.0.into()];
            tx.execute(sql, values).await?;
            Ok(())
        })
    }
}
