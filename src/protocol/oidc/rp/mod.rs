//! The other side of OpenID Connect: we are the relying party, a university's provider says who somebody is.
//!
//! 1. [`metadata`] reads the provider's discovery document, [`keys`] its keys.
//! 2. [`request`] sends the student there, [`answer`] reads what comes back and what the token endpoint says.
//! 3. [`id_token`] checks the ID token (Core §3.1.3.7), [`userinfo`] what is said beyond it (Core §5.3.4).
//! 4. [`evidence`] turns claims into the one evidence that `domain` decides on. OAuth 2.0 without OpenID ends there too.
//!
//! [`refusal`] has every reason, each with its stable code. Nothing here calls anybody: that is `peers::oidc`.

pub mod answer;
pub mod evidence;
pub mod id_token;
pub mod keys;
pub mod metadata;
pub mod refusal;
pub mod request;
pub mod userinfo;

pub use id_token::{Expected, IdToken};
pub use keys::ProviderKeys;
pub use metadata::ProviderMetadata;
pub use refusal::Refusal;
