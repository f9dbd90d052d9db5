//! A student comes to their account: they log in at the university again, and get a pass of a quarter of an hour. We keep
//! no password.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::LoggedIn;
use crate::{
    base::{Timestamp, limits},
    domain::{
        account::AccountId,
        audit::{Event, Kind},
        eligibility::Evidence,
        policy::{self, Scope},
        tenant::{TenantId, University},
    },
    flow::{Failure, Pedell, once::Once},
    store::tenant::Used,
    vault::{Index, Purpose, Sealed},
};

/// A login on the way to an account. Travels sealed in the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountVisit {
    /// One-time identifier: the same answer posted twice is one login.
    pub id: String,
    /// At which university.
    pub tenant: TenantId,
    /// When the student has to begin anew.
    pub expires_at: Timestamp,
}

/// Leave to see and change one account. Travels sealed, in a cookie and bound to its browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountPass {
    /// At which university.
    pub tenant: TenantId,
    /// Which account.
    pub account: AccountId,
    /// A quarter of an hour after the login.
    pub expires_at: Timestamp,
}

impl Purpose for AccountPass {
    const PURPOSE: &'static str = "account-pass";
}

/// What a form of the account's pages carries: it opens in the browser that was shown the form, and for the account that
/// was on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountForm {
    /// The account on the page; none on the page that asks which university.
    pub account: Option<AccountId>,
    /// Until when it may be sent.
    pub expires_at: Timestamp,
}

impl Purpose for AccountForm {
    const PURPOSE: &'static str = "account-form";
}

impl AccountPass {
    /// What its holder may do.
    pub fn scope(&self) -> Scope {
        policy::account_holder(&self.tenant)
    }
}

impl AccountVisit {
    /// What somebody who comes back with it may do.
    pub fn scope(&self) -> Scope {
        policy::account_holder(&self.tenant)
    }
}

impl Pedell {
    /// Universities whose students have an account: those that they log in at.
    pub async fn universities_with_accounts(&self) -> Result<Vec<University>, Failure> {
        let universities = self.stores().control().universities().await?;
        let leave = |university: &University| university.connection.settings.leaves_for_a_provider();
        Ok(universities.into_iter().filter(leave).collect())
    }

    /// Begins a login that leads to an account.
    pub fn begin_account_visit(&self, university: &University) -> AccountVisit {
        AccountVisit {
            id: crate::base::id::fresh(self.clock(), self.random()),
            tenant: university.id.clone(),
            expires_at: self.clock().now().plus(limits::LOGIN_LIFE),
        }
    }

    /// The university that a visit goes to, if it is active.
    pub async fn visited_university(&self, visit: &AccountVisit) -> Result<Option<University>, Failure> {
        self.university_of(&visit.scope()).await
    }

    /// Lets a student in who has logged in, making the account if there is none; recorded. `None` if what the university
    /// said was used before, by another login.
    pub async fn enter_account(
        &self,
        visit: &AccountVisit,
        evidence: &Evidence,
        student: Index,
        once: Option<Once<'_>>,
    ) -> Result<Option<AccountPass>, Failure> {
        let (now, scope) = (self.clock().now(), visit.scope());
        let tenant = self.stores().tenant(&scope).await?;
        let keys = self.account_keys(&scope, tenant.account_of(&student).await?.as_ref()).await?;
        let mut tx = tenant.begin().await?;
        if let Some(once) = once
            && let Used::Before(earlier) =
                tenant.use_once(&mut tx, once.kind, once.id, Some(&visit.id), once.until).await?
            && earlier.as_deref() != Some(&visit.id)
        {
            return Ok(None);
        }
        // Of two first logins at the same moment, the second has to see the account that the first made.
        tenant.queue(&mut tx).await?;
        let login = LoggedIn { student, evidence, at: now };
        let account = self.note_login(&tenant, &mut tx, &scope, &keys, &login).await?;
        let event = Event::new(Kind::AccountOpened, account.as_str(), json!({ "method": evidence.method.code() }));
        tenant.audit(&mut tx, now, &scope, &event).await?;
        tx.commit().await?;
        let expires_at = now.plus(limits::ACCOUNT_PASS_LIFE);
        Ok(Some(AccountPass { tenant: visit.tenant.clone(), account, expires_at }))
    }

    /// Whether this visit got in with this answer before: the same browser brings it again.
    pub async fn was_entered(&self, visit: &AccountVisit, kind: &str, id: &str) -> Result<bool, Failure> {
        let result = self.stores().tenant(&visit.scope()).await?.result_of(kind, id).await?;
        Ok(result.as_deref() == Some(&visit.id))
    }

    /// A pass for this browser's cookie.
    pub fn seal_account_pass(&self, browser: &str, pass: &AccountPass) -> String {
        self.instance_keys().seal(self.random(), browser, pass).as_str().to_owned()
    }

    /// Opens a pass; `None` if it is over, altered or another browser's.
    pub fn open_account_pass(&self, browser: &str, sealed: &str) -> Option<AccountPass> {
        let pass: AccountPass = self.instance_keys().open(browser, &Sealed::presented(sealed)).ok()?;
        (pass.expires_at > self.clock().now()).then_some(pass)
    }

    /// What the forms of a page carry.
    pub fn seal_account_form(&self, browser: &str, account: Option<&AccountId>) -> String {
        let form = AccountForm { account: account.cloned(), expires_at: self.clock().now().plus(limits::LOGIN_LIFE) };
        self.instance_keys().seal(self.random(), browser, &form).as_str().to_owned()
    }

    /// Whether a form is one that this browser was shown for this account.
    pub fn is_account_form(&self, browser: &str, sealed: &str, account: Option<&AccountId>) -> bool {
        let form: Option<AccountForm> = self.instance_keys().open(browser, &Sealed::presented(sealed)).ok();
        form.is_some_and(|form| form.expires_at > self.clock().now() && form.account.as_ref() == account)
    }
}
