//! TLS at the socket, where no proxy stands in front. The certificate is read again when its files change, so that a renewed one is
//! used without a restart.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    },
    server::TlsStream,
};

/// How often the files are looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(60);

/// Why TLS cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that is not there, or may not be read.
    #[error("{path} cannot be read", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file with something else in it.
    #[error("{path} holds no {what} in PEM form", path = path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// Why.
        source: pem::Error,
    },
    /// Two files that do not belong together, or a kind of key that nobody takes.
    #[error("certificate and key cannot be used together")]
    Pair(#[from] rustls::Error),
}

/// A certificate with its key, from two files.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: ArcSwap<Current>,
}

#[derive(Debug)]
struct Current {
    files: Files,
    config: Arc<ServerConfig>,
}

#[derive(Debug, PartialEq, Eq)]
struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Tls {
    /// Reads a certificate, followed by what it was signed with, and its key.
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let files = read(&certificate, &key)?;
        let config = config(&certificate, &key, &files)?;
        Ok(Self {
            certificate,
            key,
            current: ArcSwap::from_pointee(Current { files, config }),
        })
    }

    /// Reads the files again, now and then, for ever. While they do not belong together, because one is written before the other, what was
    /// there before stays.
    pub async fn keep_up(&self) {
        loop {
            tokio::time::sleep(LOOKED_AT_EVERY).await;
            match self.read_again() {
                Ok(true) => tracing::info!("the certificate was renewed"),
                Ok(false) => {}
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the certificate before is still used");
                }
            }
        }
    }

    /// Whether the files hold something else than before.
    fn read_again(&self) -> Result<bool, TlsError> {
        let files = read(&self.certificate, &self.key)?;
        if files == self.current.load().files {
            return Ok(false);
        }
        let config = config(&self.certificate, &self.key, &files)?;
        self.current.store(Arc::new(Current { files, config }));
        Ok(true)
    }

    /// Begins TLS on a connection.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let config = Arc::clone(&self.current.load().config);
        TlsAcceptor::from(config).accept(stream).await
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Files, TlsError> {
    let read = |path: &Path| {
        fs::read(path).map_err(|source| TlsError::File {
            path: path.to_owned(),
            source,
        })
    };
    Ok(Files {
        certificate: read(certificate)?,
        key: read(key)?,
    })
}

fn config(certificate: &Path, key: &Path, files: &Files) -> Result<Arc<ServerConfig>, TlsError> {
    let holds_no = |path: &Path, what| {
        let path = path.to_owned();
        move |source| TlsError::Content { path, what, source }
    };
    let chain = CertificateDer::pem_slice_iter(&files.certificate)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|chain| match chain.is_empty() {
            true => Err(pem::Error::NoItemsFound),
            false => Ok(chain),
        })
        .map_err(holds_no(certificate, "certificate"))?;
    let key = PrivateKeyDer::from_pem_slice(&files.key)
        .map_err(holds_no(key, "key without a password"))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    // The socket speaks nothing else (`serve.rs`).
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = testkit::certificates::SERVER;
    const KEY: &str = testkit::certificates::SERVER_KEY;

    #[test]
    fn what_is_no_certificate_is_said_with_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = directory.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        let absent = directory.path().join("absent.pem");
        let nothing = file("nothing.pem", "nothing");
        let refused = |certificate: &Path, key: &Path| {
            let refused = Tls::read(certificate.to_owned(), key.to_owned());
            refused.unwrap_err().to_string()
        };
        let (certificate, key) = (Path::new(CERTIFICATE), Path::new(KEY));
        assert!(refused(&absent, key).ends_with("absent.pem cannot be read"));
        assert!(refused(certificate, &absent).ends_with("absent.pem cannot be read"));
        let said = refused(&nothing, key);
        assert!(said.ends_with("nothing.pem holds no certificate in PEM form"));
        let said = refused(certificate, &nothing);
        assert!(said.ends_with("nothing.pem holds no key without a password in PEM form"));
        let root = Path::new(testkit::certificates::ROOT);
        assert_eq!(
            refused(root, key),
            "certificate and key cannot be used together"
        );
    }

    #[test]
    fn a_renewed_certificate_is_used_once_its_key_is_there_too() {
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = (
            directory.path().join("server.pem"),
            directory.path().join("server.key"),
        );
        fs::copy(CERTIFICATE, &certificate).unwrap();
        fs::copy(KEY, &key).unwrap();
        let tls = Tls::read(certificate.clone(), key).unwrap();
        assert!(!tls.read_again().unwrap(), "nothing changed");
        let before = Arc::as_ptr(&tls.current.load().config);
        fs::copy(testkit::certificates::ROOT, &certificate).unwrap();
        tls.read_again().unwrap_err();
        assert_eq!(before, Arc::as_ptr(&tls.current.load().config));
        let renewed = fs::read_to_string(CERTIFICATE).unwrap() + "\n";
        fs::write(&certificate, renewed).unwrap();
        assert!(tls.read_again().unwrap());
        assert_ne!(before, Arc::as_ptr(&tls.current.load().config));
    }
}
