//! A clerk at an agency's counter types what the student says, and gets the decision that the student would get: the same
//! question, the same rule, the same bounds on guessing, counted per clerk instead of per address.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    Pedell,
    conclude::{Finishes, Outcome},
    login::{Asked, AskedOf},
    once::Once,
    staff::StaffError,
    staff_sessions::StaffSession,
    verify_by_roster::Guesser,
    verify_typed::TypedAnswer,
};
use crate::{
    base::{Timestamp, id::fresh, limits},
    domain::{
        client::{Client, Product},
        counter::CounterGrant,
        person::{PersonName, PostalCode, TypedFields},
        policy::{self, Target},
        reason::Reason,
        semester::{Period, Semester},
        staff::{Action, TenantKind},
        tenant::{TenantId, University},
    },
    store::tenant::{CounterCount, StoredVerification, VerificationFilter},
};

/// Something that a clerk may check.
#[derive(Clone, Debug)]
pub struct CounterOffer {
    /// The leave to do so.
    pub grant: CounterGrant,
    /// Whose product it is.
    pub client: Client,
    /// What is sold.
    pub product: Product,
    /// Whose students.
    pub university: University,
}

/// What a form at a counter is remembered as.
const FORM: &str = "counter-form";

/// What came of it.
#[derive(Debug)]
pub struct CounterCheck {
    /// What was asked.
    pub of: AskedOf,
    /// What the university said.
    pub answer: TypedAnswer,
    /// What was decided.
    pub outcome: Outcome,
}

impl Pedell {
    /// What somebody may check at their agency's counters, by university. Only universities whose students type
    /// something are there: the others' log in themselves.
    pub async fn counter_offers(&self, by: &StaffSession) -> Result<Vec<CounterOffer>, StaffError> {
        let member = &by.member;
        let own = Target { tenant: &member.tenant, outlet: member.outlet.as_ref(), person: Some(&member.id) };
        self.allow(by, Action::CounterCheck, own)?;
        // Whoever may give this right has it; only an agency has counters.
        if by.tenant.kind != TenantKind::Agency {
            return Err(StaffError::NotFound);
        }
        let control = self.stores().control();
        let mut offers = Vec::new();
        for grant in control.counter_grants_to(&member.tenant).await? {
            let Some((client, _)) = control.client(&grant.client).await? else { continue };
            let Some(university) = control.university_by_id(&grant.university).await? else { continue };
            let product = client.issuer().and_then(|issuer| issuer.product(Some(&grant.product))).cloned();
            let types = !university.typed_fields().is_empty();
            if let Some(product) = product
                && types
                && policy::counter(member, &grant, &client, &university).is_some()
            {
                offers.push(CounterOffer { grant, client, product, university });
            }
        }
        offers.sort_by(|a, b| (&a.university.slug, &a.product.name_de).cmp(&(&b.university.slug, &b.product.name_de)));
        Ok(offers)
    }

    /// The one that is named; any other is not there.
    pub async fn counter_offer(
        &self,
        by: &StaffSession,
        client: &str,
        product: &str,
        university: &str,
    ) -> Result<CounterOffer, StaffError> {
        let is_meant = |offer: &CounterOffer| {
            offer.client.id.as_str() == client
                && offer.product.key == product
                && offer.university.slug.as_str() == university
        };
        self.counter_offers(by).await?.into_iter().find(is_meant).ok_or(StaffError::NotFound)
    }

    /// The semesters that are on sale today, the present one first.
    pub fn counter_semesters(&self, offer: &CounterOffer) -> Vec<(Semester, Period)> {
        let calendar = &offer.university.profile.calendar;
        let today = self.clock().now().date_in_berlin();
        let on_sale = |asked| offer.product.rule.semester_asked(Some(asked), calendar, today);
        ["current", "next"]
            .into_iter()
            .filter_map(on_sale)
            .map(|semester| (semester, calendar.period(semester)))
            .collect()
    }

    /// Asks the university about what was typed, decides, and records who typed it. `form`: which form it was typed into;
    /// the same form with the same content, sent again (a double click), is the same verification.
    pub async fn check_at_counter(
        &self,
        by: &StaffSession,
        offer: &CounterOffer,
        semester: &str,
        typed: &TypedFields,
        form: &str,
    ) -> Result<CounterCheck, StaffError> {
        // What is offered was asked for just now; whoever may not has none.
        let CounterOffer { grant, client, product, university } = offer;
        if !by.is_in() {
            return Err(StaffError::NotFound);
        }
        let scope = policy::counter(&by.member, grant, client, university).ok_or(StaffError::NotFound)?;
        let asked = Asked { client: client.clone(), product: product.clone() };
        let of = self.asked_of(asked, university.slug.as_str(), Some(semester)).await?.ok_or(StaffError::NotFound)?;
        let clerk = format!("staff {}", by.member.id);
        // Whoever sends no form's name (a script) asks anew each time.
        let form = if form.is_empty() { fresh(self.clock(), self.random()) } else { form.to_owned() };
        let semester = of.semester.to_string();
        let sent = [&form, &clerk, client.id.as_str(), &product.key, &semester, &content(typed)].join("\n");
        let sent = self.tenant_keys(scope.tenant()).await?.identity(FORM, sent.as_bytes());
        let sent = BASE64_URL_SAFE_NO_PAD.encode(sent.as_bytes());
        let until = self.clock().now().plus(limits::COUNTER_FORM_LIFE);
        // Not found before: the same guess is not counted twice, and the page says the same.
        if let Some(outcome) = self.concluded_before(&scope, FORM, &sent).await?
            && outcome.decision == Err(Reason::NotEnrolled)
        {
            return Ok(CounterCheck { of, answer: TypedAnswer::NotFound, outcome });
        }
        let answer = self.verify_typed(&scope, &of, typed, Guesser::known_as(&clerk)).await?;
        let once = Once { kind: FORM, id: &sent, until };
        let outcome = self.conclude(&scope, &of, None, answer.finding(), Finishes::Form(once)).await?;
        Ok(CounterCheck { of, answer, outcome })
    }

    /// The counter checks of an agency that somebody may see, newest first, of all universities.
    pub(super) async fn counter_checks(
        &self,
        by: &StaffSession,
        agency: &TenantId,
        find: Find<'_>,
    ) -> Result<Vec<(StoredVerification, TenantId)>, StaffError> {
        let elevated = by.elevated.contains(agency);
        if !by.is_in() {
            return Err(StaffError::NotFound);
        }
        let view = policy::counter_view(&by.member, Action::SeeVerifications, agency, elevated);
        let view = view.ok_or(StaffError::NotFound)?;
        let mut found = Vec::new();
        for university in self.stores().control().universities_of_counters(agency).await? {
            let scope = policy::counter_records(&by.member, &view, &university);
            let store = self.stores().tenant(&scope).await?;
            let there = match find {
                Find::Newest(filter, most) => store.counter_checks(&view, filter, most).await?,
                Find::Number(number) => store.counter_check_by_reference(&view, number).await?.into_iter().collect(),
            };
            found.extend(there.into_iter().map(|stored| (stored, university.clone())));
        }
        // Ids are in the order of time, whatever the database.
        found.sort_by(|(a, _), (b, _)| b.id.cmp(&a.id));
        if let Find::Newest(_, most) = find {
            found.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        }
        Ok(found)
    }

    /// How many checks there were at an agency's counters, as far as somebody may count them, at all universities.
    pub(super) async fn counter_figures(
        &self,
        by: &StaffSession,
        agency: &TenantId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<CounterCount>, StaffError> {
        if !by.is_in() {
            return Err(StaffError::NotFound);
        }
        let elevated = by.elevated.contains(agency);
        let view = policy::counter_view(&by.member, Action::SeeStatistics, agency, elevated);
        let view = view.ok_or(StaffError::NotFound)?;
        let mut counts = Vec::new();
        for university in self.stores().control().universities_of_counters(agency).await? {
            let scope = policy::counter_records(&by.member, &view, &university);
            counts.extend(self.stores().tenant(&scope).await?.counter_counts(&view, from, to).await?);
        }
        Ok(counts)
    }
}

/// All that was typed.
fn content(typed: &TypedFields) -> String {
    let TypedFields { matriculation_number, given_names, family_name, birth_date, postal_code } = typed;
    let name = |name: &Option<PersonName>| name.as_ref().map_or("", PersonName::as_str).to_owned();
    let birth_date = birth_date.map(|date| date.date().to_string()).unwrap_or_default();
    let postal_code = postal_code.as_ref().map_or("", PostalCode::as_str);
    [matriculation_number.normalised(), &name(given_names), &name(family_name), &birth_date, postal_code].join("\n")
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) enum Find<'a> {
    /// The newest that fit, at most so many.
    Newest(&'a VerificationFilter, i64),
    /// The one with this number.
    Number(&'a str),
}
