//! Every bound on what comes from outside, with its unit. Nothing elsewhere invents one.

use std::time::Duration;

/// A request's body, except roster uploads.
pub const BODY_BYTES: usize = 64 * 1024;
/// All header fields of a request together.
pub const HEADER_BYTES: usize = 32 * 1024;
/// How long a request may take from its first byte to our answer, except roster uploads.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// How long a roster upload may take.
pub const ROSTER_UPLOAD_TIME: Duration = Duration::from_mins(15);

/// Roster uploads at one moment, of all universities; more are told to come again.
pub const ROSTER_UPLOADS: usize = 2;

/// A roster file.
pub const ROSTER_BYTES: u64 = 1024 * 1024 * 1024;
/// Rows of a roster.
pub const ROSTER_ROWS: u64 = 5_000_000;
/// One line of a roster.
pub const ROSTER_LINE_BYTES: usize = 16 * 1024;
/// Columns of a roster.
pub const ROSTER_COLUMNS: usize = 200;
/// Faults of a roster that are reported one by one; the rest are counted.
pub const ROSTER_FAULTS_LISTED: usize = 1_000;
/// An import that has added no row for this long is dead; what it loaded is cleared away.
pub const ROSTER_IMPORT_DEAD_AFTER: Duration = Duration::from_mins(2);

/// A person's given names or family name, in characters (`SAML2int`: 256).
pub const NAME_CHARS: usize = 256;
/// A matriculation number, in characters.
pub const MATRICULATION_CHARS: usize = 64;

/// An OAuth `state` or `nonce`, in bytes.
pub const OPAQUE_PARAMETER_BYTES: usize = 1024;
/// A redirect URI, in bytes.
pub const REDIRECT_URI_BYTES: usize = 2048;
/// A JWT that somebody presents, in bytes.
pub const JWT_BYTES: usize = 16 * 1024;
/// An issuer's JWKS, in keys.
pub const JWKS_KEYS: usize = 20;

/// An authorization code's life.
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// A pushed request's life (RFC 9126 §2.2).
pub const PUSHED_REQUEST_LIFE: Duration = Duration::from_secs(90);
/// How long a student may take between the shop and the answer.
pub const LOGIN_LIFE: Duration = Duration::from_mins(30);
/// A client assertion may not be valid for longer than this (RFC 7523 §3). Common libraries make theirs for an hour; each
/// is good for one request, however long it is valid.
pub const CLIENT_ASSERTION_LIFE: Duration = Duration::from_hours(1);
/// An access token from the client credentials grant.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_mins(10);
/// Clocks of others may differ by this much, either way (`SAML2int`: 3–5 minutes).
pub const CLOCK_SKEW: Duration = Duration::from_mins(3);
