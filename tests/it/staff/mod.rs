//! People who work here: how they get in, how they are kept out, and what each rank sees.

mod authenticator;
pub(crate) mod cast;
mod certificates;
mod company;
mod connection;
mod factor;
mod insight;
mod login;
mod loosened;
mod managers;
mod passkey;
mod rosters;
mod routes;
mod sessions;
