//! OpenID Connect and OAuth 2.0 as the ticket issuers speak them: requests parsed into types, errors by their names. [`rp`]
//! is the other side: a university's provider, where students log in.

pub mod authorization_request;
pub mod discovery;
mod error;
mod pkce;
pub mod rp;

pub use error::{OAuthError, OAuthErrorCode};
pub use pkce::{CodeChallenge, PkceError, challenge_of};
