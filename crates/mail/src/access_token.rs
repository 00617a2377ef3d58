//! Access tokens of mailboxes at providers that take no passwords (XOAUTH2). Such a token ends within hours; the operator's own program gets
//! new ones and keeps the newest in a file, so that no key of theirs is ours to keep.

use std::path::PathBuf;

/// Longest token.
const TOKEN_MAX: usize = 16 * 1_024;

/// A file that holds the newest access token.
#[derive(Clone, Debug)]
pub struct AccessToken(PathBuf);

/// The file holds none.
#[derive(Debug, thiserror::Error)]
#[error("the file of the access token cannot be read, or holds none")]
pub struct NoAccessToken;

impl AccessToken {
    /// In this file.
    pub fn in_file(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// As it is now.
    pub(crate) async fn now(&self) -> Result<String, NoAccessToken> {
        let text = tokio::fs::read_to_string(&self.0).await;
        let text = text.map_err(|_| NoAccessToken)?;
        let token = text.trim();
        // Nothing that could end the line it is written to.
        let is_one = (1..=TOKEN_MAX).contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_graphic());
        is_one.then(|| token.to_owned()).ok_or(NoAccessToken)
    }
}
