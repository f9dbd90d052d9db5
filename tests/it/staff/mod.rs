//! People who work here: how they get in, how they are kept out, and what each rank sees.

pub(crate) mod cast;
mod connection;
mod connection_edit;
mod factor;
mod first_password;
mod insight;
mod login;
mod managers;
mod overview;
mod rosters;
mod routes;
mod sessions;
