//! RSA keys of the SAML service provider: what identity providers encrypt to and verify with is RSA everywhere.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use zeroize::Zeroizing;

use super::signing::SigningError;

/// A fresh RSA-3072 key as PKCS#8 (BSI TR-02102-1 §2.3.1: at least 3000 bits).
pub fn generate_rsa() -> Result<Zeroizing<Vec<u8>>, SigningError> {
    let pair = KeyPair::generate(KeySize::Rsa3072).map_err(|_| SigningError::Generate)?;
    let pkcs8: Pkcs8V1Der = pair.as_der().map_err(|_| SigningError::Generate)?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}
