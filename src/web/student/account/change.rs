//! `POST /account`: what a student does about their account, one button each.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    super::{address, form::typed_date, way_back::redirect},
    Visitor, bad, show, visitor,
};
use crate::{
    flow::{Failure, account::change::AccountChange},
    web::{
        Door,
        caller::Browser,
        failure::PersonError,
        page::{Page, account::Fault, problem::ProblemKind},
    },
};

#[derive(Deserialize)]
pub(in crate::web) struct Sent {
    flow: String,
    ui_locales: Option<String>,
    change: String,
    #[serde(default)]
    birth_date: String,
    #[serde(default)]
    client: String,
}

/// `POST /account`
pub(in crate::web) async fn change(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<Response, PersonError> {
    let Form(sent) = form.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let visitor = visitor(&door, &browser, &headers, &sent.flow, sent.ui_locales.as_deref())?;
    let change = match sent.change.as_str() {
        "birth_date" => match typed_date(sent.birth_date.trim()) {
            Ok(date) if date.date() <= door.pedell().clock().now().date_in_berlin() => {
                AccountChange::BirthDate(Some(date))
            }
            _ => return visitor.again(&door, Fault::BirthDate).await,
        },
        "remove_birth_date" => AccountChange::BirthDate(None),
        "remove_photo" => AccountChange::RemovePhoto,
        "withdraw" => AccountChange::Withdraw(sent.client),
        "anonymise" => AccountChange::RequestAnonymisation,
        "leave" => {
            let to = address("/", &[("ui_locales", visitor.language.code())]);
            return Ok((browser.drop_account_pass(&door), redirect(&to)).into_response());
        }
        _ => return Err(bad(&door, "there is no such change")),
    };
    let is_there = door.pedell().change_account(&visitor.pass, &change).await;
    visitor.back(&door, is_there)
}

impl Visitor {
    /// Back to the page, which shows what has changed.
    pub(super) fn back(&self, door: &Door, is_there: Result<bool, Failure>) -> Result<Response, PersonError> {
        if !is_there.map_err(|failure| PersonError::internal(door, self.language, &failure))? {
            return Err(self.closed(door));
        }
        Ok(redirect(&address("/account", &[("ui_locales", self.language.code())])))
    }

    /// The page again, with what was wrong.
    pub(super) async fn again(&self, door: &Door, fault: Fault) -> Result<Response, PersonError> {
        let overview = door.pedell().account_overview(&self.pass).await;
        let overview = overview.map_err(|failure| PersonError::internal(door, self.language, &failure))?;
        let overview = overview.ok_or_else(|| self.closed(door))?;
        let flow = door.pedell().seal_account_form(&self.browser, Some(&self.pass.account));
        let page = show::page(door, overview, flow, self.language, Some(fault));
        Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render(self.language))).into_response())
    }

    fn closed(&self, door: &Door) -> PersonError {
        PersonError::new(door, self.language, ProblemKind::AccountClosed, &"there is no such account any more")
    }
}
