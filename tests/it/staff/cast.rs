//! One person of every rank at a university and an agency, the operator, and a stranger: a manager of another university.

use std::net::IpAddr;

use pedell::{
    base::secret::PlainToken,
    domain::{
        staff::{OutletId, Rank, Rights, StaffId, TenantKind},
        tenant::{Slug, TenantId},
    },
    flow::{
        Pedell,
        invitation::Invitation,
        staff::Visitor,
        staff_admin::{NewStaff, StaffPlace},
        staff_login::LoginAnswer,
        staff_sessions::{Due, StaffSession},
    },
    protocol::totp::{TotpSecret, step_at},
};

use crate::{
    scene::Scene,
    site::{Answer, Browser, Site, between},
};

pub(crate) const COOKIE: &str = "__Host-pedell-staff";
pub(crate) const SENTENCE: &str = "Elke dag sta ik als 1ste bij de bakker";

/// Somebody with an account.
pub(crate) struct Person {
    pub(crate) id: StaffId,
    pub(crate) login: String,
    pub(crate) token: PlainToken,
    pub(crate) secret: Option<TotpSecret>,
}

/// Everybody.
pub(crate) struct Cast {
    pub(crate) pedell: Pedell,
    pub(crate) university: TenantId,
    pub(crate) agency: TenantId,
    pub(crate) outlet: OutletId,
    pub(crate) other_outlet: OutletId,
    pub(crate) operator: Person,
    pub(crate) manager: Person,
    pub(crate) second_manager: Person,
    pub(crate) office: Person,
    pub(crate) agency_manager: Person,
    pub(crate) outlet_manager: Person,
    pub(crate) senior: Person,
    pub(crate) clerk: Person,
    pub(crate) stranger: Person,
}

pub(crate) fn visitor() -> Visitor {
    visitor_from("127.0.0.1")
}

pub(crate) fn visitor_from(address: &str) -> Visitor {
    let address: IpAddr = address.parse().unwrap();
    Visitor { address, browser: "a test".to_owned(), known: None, certificate: None }
}

pub(crate) fn new_staff(login: &str, rank: Rank, outlet: Option<&OutletId>) -> NewStaff {
    let place = StaffPlace {
        name: format!("Name of {login}"),
        rank,
        outlet: outlet.cloned(),
        rights: Rights::all_of(rank),
        last_day: None,
    };
    NewStaff { login: login.parse().unwrap(), place }
}

pub(crate) fn code_of(invitation: &Invitation) -> PlainToken {
    PlainToken::presented(invitation.path.rsplit('=').next().unwrap())
}

impl Cast {
    pub(crate) async fn of(scene: &Scene) -> Self {
        let pedell = scene.pedell.clone();
        let first = pedell.first_operator("operator-1".parse().unwrap(), "Olga", false).await.unwrap().unwrap();
        let operator = Person::joins(&pedell, "operator-1", &first).await;
        let by = operator.session(&pedell).await;
        let university = scene.university.id.clone();
        let manager = Person::invited(&pedell, &by, &university, "manager-1", Rank::OrganizerManager, None).await;
        let second_manager =
            Person::invited(&pedell, &by, &university, "manager-2", Rank::OrganizerManager, None).await;
        let chief = manager.session(&pedell).await;
        let office = Person::invited(&pedell, &chief, &university, "office-01", Rank::OrganizerStaff, None).await;
        let slug = Slug::parse("tickets").unwrap();
        let agency = pedell.create_tenant(&by, TenantKind::Agency, slug, ("Vorverkauf", "Box office")).await.unwrap();
        let agency_manager = Person::invited(&pedell, &by, &agency, "agency-01", Rank::AgencyManager, None).await;
        let chief = agency_manager.session(&pedell).await;
        let outlet = pedell.create_outlet(&chief, &agency, "Bahnhof").await.unwrap().id;
        let other_outlet = pedell.create_outlet(&chief, &agency, "Rathaus").await.unwrap().id;
        let at = Some(&outlet);
        let outlet_manager = Person::invited(&pedell, &chief, &agency, "outlet-01", Rank::OutletManager, at).await;
        let chief = outlet_manager.session(&pedell).await;
        let senior = Person::invited(&pedell, &chief, &agency, "senior-01", Rank::SeniorClerk, at).await;
        let clerk = Person::invited(&pedell, &chief, &agency, "clerk-001", Rank::Clerk, at).await;
        let elsewhere = scene.add_university("anderswo", |_| ()).await.id;
        let stranger = Person::invited(&pedell, &by, &elsewhere, "stranger-1", Rank::OrganizerManager, None).await;
        Self {
            pedell,
            university,
            agency,
            outlet,
            other_outlet,
            operator,
            manager,
            second_manager,
            office,
            agency_manager,
            outlet_manager,
            senior,
            clerk,
            stranger,
        }
    }
}

impl Person {
    pub(crate) async fn invited(
        pedell: &Pedell,
        by: &StaffSession,
        tenant: &TenantId,
        login: &str,
        rank: Rank,
        outlet: Option<&OutletId>,
    ) -> Self {
        let (_, invitation) = pedell.invite_staff(by, tenant, new_staff(login, rank, outlet)).await.unwrap();
        Self::joins(pedell, login, &invitation).await
    }

    /// Opens the link, chooses a password and sets up what is asked.
    pub(crate) async fn joins(pedell: &Pedell, login: &str, invitation: &Invitation) -> Self {
        let token = pedell.accept_invitation(&code_of(invitation), &SENTENCE.into(), &visitor()).await.unwrap();
        let session = pedell.staff_session(&token).await.unwrap().unwrap();
        let mut person = Self { id: session.member.id.clone(), login: login.to_owned(), token, secret: None };
        if session.due == Due::Enrol {
            let factor = pedell.begin_enrolment(&session).unwrap();
            let code = factor.secret.code(step_at(pedell.clock().now()) - 1);
            person.token = pedell.confirm_enrolment(&session, &factor.sealed, &code).await.unwrap().token;
            person.secret = Some(factor.secret);
        }
        person
    }

    pub(crate) async fn session(&self, pedell: &Pedell) -> StaffSession {
        self.session_if_any(pedell).await.expect("the session goes on")
    }

    pub(crate) async fn session_if_any(&self, pedell: &Pedell) -> Option<StaffSession> {
        pedell.staff_session(&self.token).await.unwrap()
    }

    /// The code that their app shows now.
    pub(crate) fn code(&self, pedell: &Pedell) -> String {
        self.secret.as_ref().unwrap().code(step_at(pedell.clock().now()))
    }

    /// Logs in as far as the password goes.
    pub(crate) async fn password(&self, pedell: &Pedell) -> PlainToken {
        match pedell.staff_login(&self.login, &SENTENCE.into(), &visitor()).await.unwrap() {
            LoginAnswer::Begun(token) => token,
            other => panic!("{other:?}"),
        }
    }

    /// A browser in which they are logged in.
    pub(crate) fn browser<'s>(&self, site: &'s Site) -> Browser<'s> {
        let browser = site.browser();
        browser.jar().insert(COOKIE.to_owned(), self.token.expose().to_owned());
        browser
    }
}

/// What a form on this page carries.
pub(crate) fn form_key(page: &Answer) -> String {
    between(&page.body, "name=\"form_key\" value=\"", "\"").unwrap_or_else(|| panic!("no form in {page:?}"))
}

/// What forms of this browser's session carry.
pub(crate) async fn key_of(browser: &Browser<'_>) -> String {
    form_key(&browser.get("/staff/account").await)
}
