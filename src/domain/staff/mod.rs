//! People who work here: tenants' staff, their ranks, and what each may do.
//!
//! Start with [`table`], the one page that says which rank may do what and how far it reaches. Leave to work somewhere is
//! given by [`super::policy::staff`] alone.

pub mod account;
pub mod action;
pub mod login_name;
pub mod module;
pub mod organisation;
pub mod password;
pub mod rank;
pub mod rights;
pub mod rules;
pub mod table;

pub use self::{
    account::{Outlet, OutletId, StaffId, StaffMember, StaffProfile, StaffStatus},
    action::Action,
    login_name::LoginName,
    module::{Module, Right},
    organisation::{Organisation, TenantKind},
    rank::Rank,
    rights::Rights,
    table::Reach,
};
