//! `/account`: a student's own account. [`show`] is the page, or the question which university; [`login`] sends them there
//! and [`Arrival`] lets them in; [`change`] and [`photo`] are what they do; [`download`] all of it as a file.
//!
//! The pass is a cookie of a quarter of an hour, bound to its browser; each form also carries what binds it to the browser
//! and to the account that was on the page.

mod arrive;
pub(in crate::web) mod change;
pub(in crate::web) mod download;
pub(in crate::web) mod login;
pub(in crate::web) mod photo;
pub(in crate::web) mod show;

use axum::http::HeaderMap;

pub(super) use self::arrive::Arrival;
use crate::{
    flow::account::visit::AccountPass,
    web::{
        Door,
        caller::{self, Browser},
        failure::PersonError,
        page::{Language, problem::ProblemKind},
    },
};

/// A student at their account.
struct Visitor {
    browser: String,
    pass: AccountPass,
    language: Language,
}

/// The pass that this browser has, if it is good.
fn pass(door: &Door, browser: &Browser) -> Option<(String, AccountPass)> {
    let (id, sealed) = browser.id.clone().zip(browser.account_pass(door))?;
    let pass = door.pedell().open_account_pass(&id, &sealed)?;
    Some((id, pass))
}

/// Whoever sends a form of the account's page: with a pass, and from that very page.
fn visitor(
    door: &Door,
    browser: &Browser,
    headers: &HeaderMap,
    flow: &str,
    ui_locales: Option<&str>,
) -> Result<Visitor, PersonError> {
    let language = caller::language(ui_locales, browser, headers);
    let over = |cause: &str| PersonError::new(door, language, ProblemKind::AccountClosed, &cause);
    let (browser, pass) = pass(door, browser).ok_or_else(|| over("there is no pass, or it is over"))?;
    if !door.pedell().is_account_form(&browser, flow, Some(&pass.account)) {
        return Err(over("the form is not one of this account in this browser"));
    }
    Ok(Visitor { browser, pass, language })
}

fn bad(door: &Door, cause: &str) -> PersonError {
    PersonError::new(door, Language::default(), ProblemKind::BadRequest, &cause)
}
