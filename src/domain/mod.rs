//! The business in types: semesters, people, rules, decisions. Pure: no I/O, no clock of its own.
//!
//! Start with [`eligibility::decide`]: one decision, whatever proved the enrollment.

pub mod account;
pub mod added;
pub mod audit;
pub mod certificate;
pub mod checkpoint;
pub mod claim_map;
pub mod client;
pub mod connection;
pub mod connection_fault;
pub mod counter;
pub mod eligibility;
pub mod json_pointer;
pub mod matching;
pub mod networks;
pub mod oauth_connection;
pub mod oidc_connection;
pub mod person;
pub mod policy;
pub mod reason;
pub mod rule;
pub mod saml_connection;
pub mod search;
pub mod semester;
pub mod soap_connection;
pub mod staff;
pub mod tenant;
