//! When a token was last used, so that one which nobody needs any more is seen. It stands beside the log, and nothing rests on it.

use std::collections::HashMap;

use access::{Dense, Moment, TokenId};

use crate::engine::Account;
use crate::error::Result;
use crate::tokens::Purpose;

impl Account {
    /// Writes down that a token was used now.
    pub async fn use_token(&self, token: TokenId) -> Result<()> {
        let engine = self.engine();
        let mut tx = self.begin_write().await?;
        tx.execute(
            "UPDATE secrets SET used_at = $4 WHERE account = $1 AND purpose = $2 AND entity = $3",
            [
                self.id().0.into(),
                Purpose::Token.name().into(),
                token.number().into(),
                engine.now().0.into(),
            ],
        )
        .await?;
        tx.commit().await
    }

    /// When each of a page of tokens was last used; one that never was is absent.
    pub async fn token_uses(&self, tokens: &[TokenId]) -> Result<HashMap<TokenId, Moment>> {
        let mut uses = HashMap::with_capacity(tokens.len());
        let mut tx = self.engine().database().begin_read().await?;
        for token in tokens {
            let row = tx
                .fetch_optional(
                    "SELECT used_at FROM secrets WHERE account = $1 AND purpose = $2 AND entity = $3",
                    [
                        self.id().0.into(),
                        Purpose::Token.name().into(),
                        token.number().into(),
                    ],
                )
                .await?;
            let used = match row {
                Some(row) => row.get::<Option<i64>>(0)?,
                None => None,
            };
            if let Some(used) = used {
                uses.insert(*token, Moment(used));
            }
        }
        Ok(uses)
    }
}
