//! A certificate for `localhost`, and the root that signed it: for servers of tests, and good for a hundred years. The key of the root is
//! nowhere.

#![expect(
    clippy::expect_used,
    reason = "a test whose certificate cannot be read has failed"
)]

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// The file of the root, as programs take it that are to trust it.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/certificates/root.pem");
/// The file of the certificate for `localhost`.
pub const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/certificates/server.pem");
/// The file of its key.
pub const SERVER_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/certificates/server.key");

/// What a server begins TLS with.
pub fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(SERVER).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(SERVER_KEY).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key that belongs to the certificate");
    TlsAcceptor::from(Arc::new(config))
}

/// The root, for programs that are to trust it.
pub fn root() -> CertificateDer<'static> {
    CertificateDer::from_pem_file(ROOT).expect("a root")
}

/// Begins TLS as a program that trusts the root and asks for `localhost`.
///
/// # Errors
///
/// What the other side, or its certificate, is not.
pub async fn connect(stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root()).expect("a root that can sign");
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}
