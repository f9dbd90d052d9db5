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

/// How long a form that was sent at a counter is known again.
pub const COUNTER_FORM_LIFE: Duration = Duration::from_mins(30);

/// How long whoever sends a roster may pause.
pub const ROSTER_UPLOAD_PAUSE: Duration = Duration::from_secs(30);

/// How much of a refused upload is read all the same, so that its sender reads why.
pub const DRAINED_BYTES: usize = 1024 * 1024;
/// For how long.
pub const DRAINED_TIME: Duration = Duration::from_secs(2);

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

/// A client that is refused although it has proved something stands in the audit trail no more often than this.
pub const REFUSAL_RECORDED_EVERY: Duration = Duration::from_mins(1);
/// Certificates of a chain that a client shows, its own included.
pub const CERTIFICATE_CHAIN: usize = 6;
/// A certificate that a client shows, in bytes of DER.
pub const CERTIFICATE_BYTES: usize = 16 * 1024;

/// A certificate signing request that somebody sends us, in bytes of PEM.
pub const CERTIFICATE_REQUEST_BYTES: usize = 16 * 1024;
/// The name of a machine that a certificate is for, in characters.
pub const MACHINE_NAME_CHARS: usize = 64;
/// Certificates that the console lists of one tenant.
pub const CERTIFICATES_LISTED: i64 = 1_000;
/// Revoked certificates in one list of ours.
pub const CERTIFICATES_REVOKED: i64 = 50_000;
/// A PKCS#12 file that was made waits so long in the form of its page for being taken.
pub const PKCS12_LIFE: Duration = Duration::from_mins(10);
/// Authorities of its own that a tenant may trust.
pub const COMPANY_AUTHORITIES: usize = 5;
/// Certificates of one of them, in PEM.
pub const COMPANY_PEM_BYTES: usize = 32 * 1024;
/// Another authority's list of revoked certificates.
pub const FOREIGN_CRL_BYTES: usize = 16 * 1024 * 1024;
/// Authorities that are named at a TLS handshake.
pub const AUTHORITIES_NAMED: usize = 100;
/// For how many hours after its end such a list may still count, at most.
pub const STALE_CRL_HOURS: u32 = 7 * 24;
/// A name in another authority's certificates, in characters.
pub const EXTERNAL_NAME_CHARS: usize = 256;

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
/// How long a link to try a connection works, and what is begun by it.
pub const TRIAL_LIFE: Duration = Duration::from_hours(1);
/// Questions to a web service by one link. Whoever holds it is known by the link alone.
pub const TRIAL_QUESTIONS: u32 = 20;
/// Questions of all trials to one university's web service at a moment; students' places are others.
pub const TRIAL_PLACES: usize = 2;
/// A connection's secret: a password, a token, a private key in PEM.
pub const CONNECTION_SECRET_BYTES: usize = 32 * 1024;
/// How long a student may take between the shop and the answer.
pub const LOGIN_LIFE: Duration = Duration::from_mins(30);
/// How long a student may see and change their account after logging in.
pub const ACCOUNT_PASS_LIFE: Duration = Duration::from_mins(15);
/// A photo as it is uploaded: more than telephones make of one.
pub const PHOTO_BYTES: usize = 8 * 1024 * 1024;
/// The form around it.
pub const PHOTO_FORM_BYTES: usize = PHOTO_BYTES + 64 * 1024;
/// How long its upload may take, from a telephone.
pub const PHOTO_UPLOAD_TIME: Duration = Duration::from_mins(2);
/// The longer side of an uploaded photo, in pixels.
pub const PHOTO_SIDE: u32 = 10_000;
/// An uploaded photo, in pixels.
pub const PHOTO_PIXELS: u64 = 25_000_000;
/// The shorter side of an uploaded photo, in pixels: below it nobody is to be recognised.
pub const PHOTO_SIDE_LEAST: u32 = 120;
/// What decoding a photo may take, in bytes of memory.
pub const PHOTO_MEMORY: u64 = 192 * 1024 * 1024;
/// How long a student waits for a photo to be decoded.
pub const PHOTO_TIME: Duration = Duration::from_secs(10);
/// Photos that are decoded at one moment.
pub const PHOTO_PLACES: usize = 2;
/// The longer side of a photo as it is kept, in pixels.
pub const PHOTO_KEPT_SIDE: u32 = 640;
/// A client assertion may not be valid for longer than this (RFC 7523 §3). Common libraries make theirs for an hour; each
/// is good for one request, however long it is valid.
pub const CLIENT_ASSERTION_LIFE: Duration = Duration::from_hours(1);
/// An access token from the client credentials grant.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_mins(10);
/// Clocks of others may differ by this much, either way (`SAML2int`: 3–5 minutes).
pub const CLOCK_SKEW: Duration = Duration::from_mins(3);

/// A form that carries a SAML response: [`SAML_MESSAGE_BYTES`] in base64, percent-encoded.
pub const SAML_FORM_BYTES: usize = 1024 * 1024;
/// A `RelayState` (SAML bindings §3.4.3).
pub const RELAY_STATE_BYTES: usize = 80;
/// A SAML response after base64, or one entity's metadata.
pub const SAML_MESSAGE_BYTES: usize = 512 * 1024;
/// What a SAML message may grow to when it is canonicalised: namespace declarations are repeated.
pub const SAML_CANONICAL_BYTES: usize = 2 * 1024 * 1024;
/// Nested XML elements.
pub const XML_DEPTH: usize = 100;
/// Attributes and namespace declarations of one XML element together.
pub const XML_ATTRIBUTES: usize = 64;
/// Elements, texts, references and comments of an XML message together.
pub const XML_NODES: usize = 20_000;
/// Namespace declarations in force at one place of an XML document.
pub const XML_NAMESPACES_IN_SCOPE: usize = 256;
/// An XML name or namespace URI, in bytes.
pub const XML_NAME_BYTES: usize = 1024;
/// Prefixes in an exclusive canonicalisation's `PrefixList`.
pub const XML_PREFIX_LIST: usize = 16;
/// Nodes of a signature's `SignedInfo`: it has one reference, and is canonicalised before anything is trusted.
pub const XML_SIGNED_INFO_NODES: usize = 128;
/// `EncryptedKey`s that are tried: each costs an RSA private operation per key of ours.
pub const XML_ENCRYPTED_KEYS: usize = 4;
/// A federation's aggregate.
pub const SAML_AGGREGATE_BYTES: u64 = 256 * 1024 * 1024;
/// One text or tag of an aggregate.
pub const SAML_AGGREGATE_TOKEN_BYTES: usize = 1024 * 1024;
/// Entities of an aggregate that are reported one by one as unusable; the rest are counted.
pub const SAML_FAULTY_ENTITIES_LISTED: usize = 100;
/// A compiled scope pattern from metadata, in bytes of memory.
pub const SAML_SCOPE_PATTERN_BYTES: usize = 64 * 1024;
/// A redirect-binding message after inflating.
pub const SAML_REDIRECT_BYTES: usize = 64 * 1024;

/// An answer of a university's web service.
pub const SOAP_ANSWER_BYTES: usize = 64 * 1024;
/// One document of a WSDL.
pub const WSDL_BYTES: usize = 512 * 1024;
/// A WSDL and everything that it imports, in documents.
pub const WSDL_DOCUMENTS: usize = 16;
/// How long what a WSDL said is used before it is read again.
pub const WSDL_FRESH: Duration = Duration::from_hours(1);
/// Certificates in PEM, in a connection's settings.
pub const SOURCE_PEM_BYTES: usize = 64 * 1024;

/// What one question may be set to take, in seconds: [`OUTBOUND_FIRST_BYTE_TIME`].
pub const SOURCE_TIME_MOST_SECONDS: u16 = 8;
/// Questions to one university's source at a moment. More wait, for [`SOURCE_QUEUE_TIME`].
pub const SOURCE_PLACES: usize = 32;
/// How long a question waits for a place.
pub const SOURCE_QUEUE_TIME: Duration = Duration::from_millis(500);
/// How often one question is sent, the first time included.
pub const SOURCE_ATTEMPTS: u32 = 3;
/// Between two attempts: at least half of this, doubled each time.
pub const SOURCE_RETRY_PAUSE: Duration = Duration::from_millis(200);
/// Failures in a row after which a source is left alone.
pub const SOURCE_FAILURES: u32 = 5;
/// To so many different ones at least: numbers, for one address; addresses, for everybody. One who knows how to make it fail
/// does not close it to others.
pub const SOURCE_ASKERS: usize = 3;
/// Addresses whose failures are looked at by themselves; beyond, those that are not left alone are forgotten.
pub const SOURCE_ADDRESSES: usize = 1_000;
/// How long it is left alone at first; doubled with every failed trial up to [`SOURCE_REST_MOST`].
pub const SOURCE_REST: Duration = Duration::from_secs(5);
/// How long it is left alone at most.
pub const SOURCE_REST_MOST: Duration = Duration::from_secs(30);
/// What a university may set for remembering "enrolled", in minutes.
pub const SOURCE_REMEMBER_MOST_MINUTES: u16 = 60;

/// How long connecting to somebody else's server may take, looking its name up included.
pub const OUTBOUND_CONNECT_TIME: Duration = Duration::from_secs(3);
/// How long its answer may take to begin, and how long it may pause in it.
pub const OUTBOUND_FIRST_BYTE_TIME: Duration = Duration::from_secs(8);
/// How long a whole call may take while somebody may be waiting.
pub const OUTBOUND_TOTAL_TIME: Duration = Duration::from_secs(10);
/// An answer, after decompression.
pub const OUTBOUND_ANSWER_BYTES: usize = 1024 * 1024;
/// Redirects that are followed, where any are.
pub const OUTBOUND_REDIRECTS: usize = 3;

/// How long fetching a federation's file may take; nobody waits for it.
pub const SAML_AGGREGATE_TIME: Duration = Duration::from_mins(5);
/// Entities that are remembered of one MDQ service; the one that was asked for longest ago makes room.
pub const MDQ_ENTITIES: usize = 1_000;
/// How long it is remembered that an MDQ service does not know an entity.
pub const MDQ_ABSENT_TIME: Duration = Duration::from_mins(10);
/// How long an MDQ service that failed is not asked again for the same entity.
pub const MDQ_FAILED_TIME: Duration = Duration::from_secs(30);
/// How long an identity provider's file is used after its `validUntil`; a federation's has its own setting.
pub const IDP_FILE_GRACE: Duration = Duration::from_hours(72);
/// A JSON pointer that says where a fact stands, in bytes.
pub const JSON_POINTER_BYTES: usize = 256;
/// Steps of a JSON pointer.
pub const JSON_POINTER_STEPS: usize = 16;
/// Values that are read of one claim.
pub const CLAIM_VALUES: usize = 200;
/// A provider's subject identifier, in bytes (OpenID Connect Core §2: 255 ASCII characters).
pub const SUBJECT_BYTES: usize = 255;
/// An authorization code or access token of a provider, in bytes.
pub const PROVIDER_TOKEN_BYTES: usize = 16 * 1024;
/// An answer of an OpenID provider or OAuth server: discovery, keys, tokens, claims.
pub const PROVIDER_ANSWER_BYTES: usize = 256 * 1024;
/// How long one call to a provider may take: a student is waiting, and a login takes two or three.
pub const PROVIDER_CALL_TIME: Duration = Duration::from_secs(8);
/// How long all calls of a login together may take; below [`REQUEST_TIME`], so that the student gets a page.
pub const PROVIDER_LOGIN_TIME: Duration = Duration::from_secs(20);
/// How long a student waits for a provider's discovery document and keys to be read, and as long again, at most, for
/// somebody else who is reading them; together below [`REQUEST_TIME`].
pub const PROVIDER_READ_TIME: Duration = Duration::from_secs(10);
/// Codes that may be brought back to one login at a provider: each is a call to its token endpoint.
pub const PROVIDER_CODES: i64 = 5;
/// Keys of a provider that are kept.
pub const PROVIDER_KEYS: usize = 40;
/// After this a provider's discovery document and keys are read again, in the background.
pub const PROVIDER_FRESH_FOR: Duration = Duration::from_mins(15);
/// A provider's keys are asked for again because of an unknown one no more often than this.
pub const PROVIDER_REFETCH_EVERY: Duration = Duration::from_secs(30);

/// A staff session ends so long after the login, whatever happens in it.
pub const STAFF_SESSION_LIFE: Duration = Duration::from_hours(8);
/// How long somebody whose password was right may take to prove the second factor.
pub const STAFF_SECOND_FACTOR_TIME: Duration = Duration::from_mins(10);
/// How long a factor counts as fresh for what is dangerous.
pub const STAFF_STEP_UP_LIFE: Duration = Duration::from_mins(5);
/// Sessions of one member of staff; a new one ends the oldest.
pub const STAFF_SESSIONS: i64 = 10;
/// A login name.
pub const LOGIN_NAME_CHARS: std::ops::RangeInclusive<usize> = 8..=64;
/// The shortest password beside a second factor, in characters (NIST SP 800-63B-4 §3.1.1.2).
pub const PASSWORD_LEAST_WITH_FACTOR: usize = 8;
/// The shortest password that stands alone, in characters.
pub const PASSWORD_LEAST_ALONE: usize = 15;
/// The longest password, in characters.
pub const PASSWORD_CHARS: usize = 128;
/// Passwords that are hashed at one moment, on however many cores; each holds a thread and its memory.
pub const PASSWORD_HASHES: usize = 8;
/// A member of staff's name, an outlet's, an agency's, in characters.
pub const STAFF_NAME_CHARS: usize = 120;
/// The reason for which a tenant's view is taken, in characters.
pub const ELEVATION_REASON_CHARS: usize = 200;
/// How long a tenant's view can be taken.
pub const ELEVATION_HOURS: std::ops::RangeInclusive<u32> = 1..=8;
/// Recovery codes that somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// Passkeys of one member of staff.
pub const PASSKEYS: usize = 10;
/// How long the browser's answer to a passkey's challenge may take.
pub const PASSKEY_CHALLENGE_LIFE: Duration = Duration::from_mins(5);
/// A credential's id, in bytes (`WebAuthn` §4 "Credential ID").
pub const PASSKEY_ID_BYTES: usize = 1023;
/// What a browser says it saw (`WebAuthn` §5.8.1).
pub const PASSKEY_CLIENT_DATA_BYTES: usize = 4 * 1024;
/// An attestation object, or authenticator data alone.
pub const PASSKEY_ATTESTATION_BYTES: usize = 16 * 1024;
/// A passkey's signature: RSA with 8192 bits has the longest.
pub const PASSKEY_SIGNATURE_BYTES: usize = 1024;
/// What somebody calls a passkey, in characters.
pub const PASSKEY_NAME_CHARS: usize = 60;
/// Failures that are forgotten after this.
pub const THROTTLE_MEMORY: Duration = Duration::from_hours(24);
/// People and outlets of a tenant that are listed.
pub const STAFF_LISTED: i64 = 1_000;
/// What a browser says of itself, as far as it is kept for its owner, in bytes.
pub const BROWSER_NAME_BYTES: usize = 200;
/// Verifications or audit entries on one page of the console.
pub const ROWS_SHOWN: i64 = 50;
/// Machines of a university that upload its rosters.
pub const MACHINES: usize = 50;
/// A client's settings, as they are typed, in characters: redirect URIs, networks, products with their rules.
pub const CLIENT_FIELD_CHARS: usize = 32_000;
/// What counters may check, as far as it is listed.
pub const COUNTER_GRANTS_LISTED: i64 = 2_000;
/// A trail is signed when it has grown by so many entries,
pub const AUDIT_CHECKPOINT_ENTRIES: i64 = 1_000;
/// or when it has grown at all, so long after it was signed last.
pub const AUDIT_CHECKPOINT_AFTER: Duration = Duration::from_hours(1);
/// An entry that has waited so long for a checkpoint is an alarm.
pub const AUDIT_CHECKPOINT_OVERDUE: Duration = Duration::from_hours(3);
/// Checkpoints that the console shows.
pub const AUDIT_CHECKPOINTS_SHOWN: i64 = 10;
/// A line of a file in which checkpoints are looked for, in bytes.
pub const AUDIT_CHECKPOINT_LINE_BYTES: u64 = 1024 * 1024;
/// A connection's settings as they are typed.
pub const CONNECTION_DOCUMENT_BYTES: usize = 32 * 1024;
/// Faults of such a document that are told at once.
pub const CONNECTION_DOCUMENT_FAULTS: usize = 20;
/// A list that was not replaced for so long may no longer be current.
pub const ROSTER_OLD: Duration = Duration::from_hours(24 * 45);
/// So many days before a semester begins, its list is missed.
pub const NEXT_ROSTER_DAYS: i32 = 30;
/// A key that has signed tokens for so long should make room.
pub const SIGNING_KEY_OLD: Duration = Duration::from_hours(24 * 365);
/// An invitation that lapses within this is told.
pub const INVITATION_LAPSES: Duration = Duration::from_hours(24);
/// How long sending a mail may take, while a manager waits to hear of it.
pub const MAIL_TIME: Duration = Duration::from_secs(10);
/// Mails that are sent at a time.
pub const MAILS_AT_ONCE: usize = 4;
/// Audit entries of one export.
pub const AUDIT_EXPORT_ROWS: i64 = 50_000;
/// Days of one statistic.
pub const STATISTICS_DAYS: i32 = 370;
/// What somebody may type to search for, in characters.
pub const SEARCH_CHARS: usize = 100;
/// Faults of a list that the console shows one by one.
pub const ROSTER_FAULTS_SHOWN: usize = 100;
/// A field beside a file in a form.
pub const FORM_FIELD_BYTES: usize = 1024;
/// A provider whose discovery document could not be read is left alone for so long after that; not shorter than
/// [`PROVIDER_READ_TIME`], so that one that hangs is asked half of the time at most.
pub const PROVIDER_RETRY_AFTER: Duration = Duration::from_secs(10);
/// A client assertion of ours, at a provider (RFC 7523 §3).
pub const OWN_ASSERTION_LIFE: Duration = Duration::from_mins(1);

/// A query to all universities of the federations finds no more than this.
pub const ELSEWHERE_LISTED: usize = 20;
/// A university's logo.
pub const LOGO_BYTES: usize = 64 * 1024;
/// A logo's width and height, in pixels.
pub const LOGO_PIXELS: u32 = 2_000;
/// Logos that are kept; beyond, no more are fetched until old ones are forgotten.
pub const LOGOS: usize = 500;
/// How long a logo is shown before it is fetched again.
pub const LOGO_LIFE: Duration = Duration::from_hours(24);
/// How long a logo that could not be had is not asked for again.
pub const LOGO_FAILED_TIME: Duration = Duration::from_hours(1);
/// Logos that are fetched at a time.
pub const LOGO_FETCHES: usize = 4;

/// Tokens that one transaction writes at most: what waits longer is in the next one, milliseconds later.
pub const TOKENS_AT_ONCE: usize = 64;

/// A login this young is a fresh one, however fresh it has to be: the way back from the provider and the student's reading
/// take their time, and `max_age=0` asks for a new login, not for the impossible (OpenID Connect Core §3.1.2.1). That the
/// login is not older than the departure to the provider is checked where the provider says when it was.
pub const FRESH_LOGIN: Duration = Duration::from_mins(2);

/// Networks of one allow-list.
pub const NETWORKS: usize = 100;
/// A file of prefixes.
pub const PREFIX_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// One line of it.
pub const PREFIX_LINE_BYTES: usize = 1024;
/// Prefixes of all files together.
pub const PREFIXES: usize = 5_000_000;
