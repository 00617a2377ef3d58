//! A certificate for `localhost`, and the root that signed it: for servers of tests, and good for a hundred years. The key of the root is
//! nowhere.

#![expect(
    clippy::expect_used,
    reason = "a test whose certificate cannot be read has failed"
)]

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The file of the root, as programs take it that are to trust it.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/certificates/root.pem");
const SERVER: &[u8] = include_bytes!("../certificates/server.pem");
const KEY: &[u8] = include_bytes!("../certificates/server.key");

/// What a server begins TLS with.
pub(crate) fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(SERVER).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key that belongs to the certificate");
    TlsAcceptor::from(Arc::new(config))
}
