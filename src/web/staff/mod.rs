//! The console: people who work here. [`login`] → [`code`] → [`home`], and a file per page.
//!
//! A handler that takes [`Staff`] runs only for somebody who is in; one that takes [`Posted`] only for a form of that very
//! session. What may be done is decided by `flow`, which asks the policy; what somebody may not see answers 404. Every
//! route stands in [`routes()`], and `tests/it/staff_routes.rs` knocks at each as nobody, as a stranger, and with each rank.

mod account;
mod audit;
mod certificates;
mod code;
mod connection;
mod connection_edit;
mod counter;
mod counters;
mod days;
mod factor;
mod form;
mod home;
mod invitation;
mod issuers;
mod login;
mod machines;
mod names;
mod networks;
mod passkey;
mod password;
mod people;
mod person;
mod refusal;
mod rosters;
mod routes;
mod statistics;
mod stop;
mod tenants;
mod verifications;
mod visitor;

pub use self::routes::staff_routes;
pub(super) use self::routes::{routes, uploads};
pub(super) use self::stop::blocked;
use self::{
    form::{Nothing, Opened, Posted, PostedByNobody},
    stop::Stop,
    visitor::{Cookies, OnTheWay, Staff},
};
