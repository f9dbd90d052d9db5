//! People who work here: how they get in, how they are kept out, and what each rank sees.

pub(crate) mod cast;
mod connection;
mod counter;
mod factor;
mod insight;
mod issuers;
mod login;
mod machines;
mod managers;
mod rosters;
mod routes;
mod sessions;
