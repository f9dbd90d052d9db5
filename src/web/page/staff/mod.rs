//! Pages of the people who work here. Their templates are in `templates/staff/`, their sentences in
//! `locales/staff/*.ftl`; everything else is as with the students' pages.
#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand everything out by reference")]

pub mod account;
pub mod audit;
pub mod certificates;
pub mod code;
pub mod connection;
pub mod connection_edit;
pub mod counter;
pub mod counter_outcome;
pub mod counters;
pub mod enrol;
pub mod home;
pub mod issuer;
pub mod issuers;
pub mod login;
pub mod machines;
pub mod mail;
pub mod nav;
pub mod networks;
pub mod passkey;
pub mod password;
pub mod people;
pub mod person;
pub mod problem;
pub mod qr;
pub mod recovery;
pub mod rosters;
pub mod statistics;
pub mod tenants;
pub mod verifications;

use std::sync::LazyLock;

pub use self::nav::{Nav, Section};
use super::{Catalog, Language, Page};

static STAFF: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(staff_messages));

/// The house's sentences, and those of staff.
pub(super) fn staff_messages(language: Language) -> &'static str {
    match language {
        Language::De => {
            concat!(include_str!("../../../../locales/de.ftl"), "\n", include_str!("../../../../locales/staff/de.ftl"))
        }
        Language::En => {
            concat!(include_str!("../../../../locales/en.ftl"), "\n", include_str!("../../../../locales/staff/en.ftl"))
        }
    }
}

/// Every sample of every page of staff.
pub(super) fn gallery(language: Language) -> Vec<(String, String)> {
    fn all<P: Page>(page: &str, language: Language) -> impl Iterator<Item = (String, String)> {
        P::samples().into_iter().map(move |(state, model)| (format!("staff_{page}-{state}"), model.render(language)))
    }
    all::<login::Login>("login", language)
        .chain(all::<code::Code>("code", language))
        .chain(all::<password::Password>("password", language))
        .chain(all::<enrol::Enrol>("enrol", language))
        .chain(all::<passkey::Passkey>("passkey", language))
        .chain(all::<recovery::Recovery>("recovery", language))
        .chain(all::<home::Home>("home", language))
        .chain(all::<account::Account>("account", language))
        .chain(all::<people::People>("people", language))
        .chain(all::<person::Person>("person", language))
        .chain(all::<networks::Networks>("networks", language))
        .chain(all::<tenants::Tenants>("tenants", language))
        .chain(all::<connection::ConnectionPage>("connection", language))
        .chain(all::<connection_edit::ConnectionEdit>("connection_edit", language))
        .chain(all::<rosters::Rosters>("rosters", language))
        .chain(all::<verifications::Verifications>("verifications", language))
        .chain(all::<statistics::Statistics>("statistics", language))
        .chain(all::<audit::Audit>("audit", language))
        .chain(all::<counter::Counter>("counter", language))
        .chain(all::<counter_outcome::CounterOutcome>("counter_outcome", language))
        .chain(all::<counters::Counters>("counters", language))
        .chain(all::<issuers::Issuers>("issuers", language))
        .chain(all::<issuer::Issuer>("issuer", language))
        .chain(all::<machines::Machines>("machines", language))
        .chain(all::<certificates::Certificates>("certificates", language))
        .chain(all::<problem::Problem>("problem", language))
        .collect()
}

/// A page of staff: its view model and its template.
macro_rules! staff_page {
    ($model:ident, $template:literal, $samples:expr) => {
        #[derive(askama::Template)]
        #[template(path = $template)]
        struct View<'a> {
            page: &'a $model,
            t: $crate::web::page::Text,
        }

        impl $crate::web::page::Page for $model {
            fn render(&self, language: $crate::web::page::Language) -> String {
                $crate::web::page::show(&View { page: self, t: super::STAFF.text(language) })
            }

            fn samples() -> Vec<(&'static str, Self)> {
                let samples: fn() -> Vec<(&'static str, Self)> = $samples;
                samples()
            }
        }
    };
}
use staff_page;
