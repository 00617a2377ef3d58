//! Where a ledger lives, and how people are told where.

use std::{fmt, path::PathBuf};

/// Where the ledger lives.
#[derive(Clone, Debug)]
pub enum DatabaseConfig {
    /// One file; made when it is missing.
    Sqlite {
        /// The file. Its write-ahead log and index stand beside it.
        path: PathBuf,
        /// How many read-only connections may be open.
        readers: u32,
    },
    /// A PostgreSQL database that exists.
    Postgres {
        /// `postgres://user:password@host:port/database`
        url: String,
        /// How many connections this node may open, the writer's included (at least four).
        connections: u32,
    },
}

impl DatabaseConfig {
    /// As the command line names a database: `postgres://…`, or the path of a SQLite file.
    pub fn at(address: &str) -> Self {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Self::postgres(address)
        } else {
            Self::sqlite(address)
        }
    }

    /// A SQLite file with the default number of readers.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite {
            path: path.into(),
            readers: 8,
        }
    }

    /// A PostgreSQL database with the default number of connections.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres {
            url: url.into(),
            connections: 16,
        }
    }
}

/// As people are told which database it is: without user and password.
impl fmt::Display for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path, .. } => path.display().fmt(f),
            Self::Postgres { url, .. } => {
                let address = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                let address = address.split(['?', '#']).next().unwrap_or_default();
                // A password may hold an @ of its own: the last one ends it.
                let place = address.rsplit_once('@').map_or(address, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseConfig;

    #[test]
    fn a_database_is_named_without_its_password() {
        for (address, name) in [
            ("rolecall.db", "rolecall.db"),
            (
                "postgres://me:se@cret@host:5/x?password=z",
                "postgres://host:5/x",
            ),
            ("postgresql://host/x", "postgres://host/x"),
        ] {
            assert_eq!(DatabaseConfig::at(address).to_string(), name);
        }
    }
}
