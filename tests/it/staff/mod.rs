//! People who work here: how they get in, how they are kept out, and what each rank sees.

mod authenticator;
pub(crate) mod cast;
mod certificates;
mod company;
mod connection;
mod connection_edit;
mod counter;
mod factor;
mod first_password;
mod insight;
mod issuers;
mod login;
mod loosened;
mod machines;
mod mail;
mod managers;
mod networks;
mod overview;
mod passkey;
mod rosters;
mod routes;
mod sessions;
