//! A student comes back from the university's login, to their account.

use axum::response::{IntoResponse, Response};

use super::super::{address, way_back::redirect};
use crate::{
    domain::{reason::Reason, tenant::University},
    flow::{Failure, account::visit::AccountVisit, conclude::Finding},
    web::{
        Door,
        caller::Browser,
        failure::PersonError,
        page::{Language, problem::ProblemKind},
    },
};

/// Whatever the way of logging in, it ends here.
pub(in crate::web::student) struct Arrival<'a> {
    visit: &'a AccountVisit,
    browser: String,
    language: Language,
    /// Where the student logged in.
    pub(in crate::web::student) university: University,
}

impl<'a> Arrival<'a> {
    /// Looks the university up.
    pub(in crate::web::student) async fn begin(
        door: &Door,
        id: String,
        language: Language,
        visit: &'a AccountVisit,
    ) -> Result<Self, PersonError> {
        let found = door.pedell().visited_university(visit).await;
        let found = found.map_err(|failure| PersonError::internal(door, language, &failure))?;
        let gone = || PersonError::new(door, language, ProblemKind::FlowExpired, &"the university is gone");
        Ok(Self { visit, browser: id, language, university: found.ok_or_else(gone)? })
    }

    /// Lets the student in, if what the university said is believed.
    pub(in crate::web::student) async fn end(
        self,
        door: &Door,
        browser: Browser,
        finding: Finding<'_>,
    ) -> Result<Response, PersonError> {
        let closed = |cause: &str| PersonError::new(door, self.language, ProblemKind::AccountLogin, &cause);
        let (evidence, student, once) = match finding {
            Finding::Seen { evidence, student, once } => (evidence, student, once),
            Finding::Unusable { code, .. } => return Err(closed(code)),
            Finding::Nothing(reason) => return Err(closed(reason.code())),
        };
        let internal = |failure: Failure| PersonError::internal(door, self.language, &failure);
        let pass = door.pedell().enter_account(self.visit, evidence, student, once).await.map_err(internal)?;
        let pass = pass.ok_or_else(|| closed(Reason::LoginFailed.code()))?;
        let sealed = door.pedell().seal_account_pass(&self.browser, &pass);
        Ok((browser.keep_account_pass(door, &sealed), self.to_the_account()).into_response())
    }

    /// On to the account, which opens for whoever has a pass.
    pub(in crate::web::student) fn to_the_account(&self) -> Response {
        redirect(&address("/account", &[("ui_locales", self.language.code())]))
    }
}
