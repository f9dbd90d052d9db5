//! An assertion that was verified: every check of the browser profile, then what it says.

use std::time::Duration;

use roxmltree::Node;

use super::{
    expectations::{Expectations, is_entity},
    names,
    refusal::{Check, Refusal},
    xml::tree::{self, attribute, child, children},
};
use crate::base::{Timestamp, limits};

/// An assertion whose signature, times, audience and addressee are right. There is no other way to have one than
/// [`super::verify_response`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAssertion {
    id: String,
    issuer: String,
    replayable_until: Timestamp,
    name_id: Option<NameId>,
    attributes: Vec<Attribute>,
    authn_instant: Timestamp,
    authn_context: Option<String>,
    session_index: Option<String>,
    session_ends: Option<Timestamp>,
}

/// Who the provider says the subject is (SAML core §2.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameId {
    /// White space at both ends removed.
    pub value: String,
    /// What kind of identifier it is.
    pub format: Option<String>,
    /// Usually the identity provider.
    pub name_qualifier: Option<String>,
    /// Usually our entity ID.
    pub sp_name_qualifier: Option<String>,
}

/// An attribute (SAML core §2.7.3.1). The friendly name decides nothing; it helps people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, by which alone it is found.
    pub name: String,
    /// What the provider calls it for people.
    pub friendly_name: Option<String>,
    /// Values that are not empty, white space at both ends removed, in the order of the document.
    pub values: Vec<String>,
}

impl VerifiedAssertion {
    /// Its ID: may be accepted once, see [`Self::replayable_until`].
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From this moment on the assertion is refused for its age, so its ID need not be remembered any longer.
    pub fn replayable_until(&self) -> Timestamp {
        self.replayable_until
    }

    /// The identity provider that was asked and that answered.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The name identifier, if there is a plain one.
    pub fn name_id(&self) -> Option<&NameId> {
        self.name_id.as_ref()
    }

    /// All attributes, one per name.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The values of an attribute by its exact name; none if it did not arrive.
    pub fn values(&self, name: &str) -> &[String] {
        self.attributes.iter().find(|attribute| attribute.name == name).map_or(&[], |attribute| &attribute.values)
    }

    /// When the student logged in there.
    pub fn authn_instant(&self) -> Timestamp {
        self.authn_instant
    }

    /// How the student logged in (`AuthnContextClassRef`).
    pub fn authn_context(&self) -> Option<&str> {
        self.authn_context.as_deref()
    }

    /// The provider's number for its session.
    pub fn session_index(&self) -> Option<&str> {
        self.session_index.as_deref()
    }

    /// When the provider wants our session ended.
    pub fn session_ends(&self) -> Option<Timestamp> {
        self.session_ends
    }
}

const SKEW: Duration = limits::CLOCK_SKEW;

/// Reads and checks the verified bytes of one assertion.
pub(super) fn check(verified: &str, expected: &Expectations) -> Result<VerifiedAssertion, Refusal> {
    let document = tree::parse(verified)?;
    let assertion = document.root_element();
    if attribute(assertion, "Version") != Some("2.0") {
        return Err(Check::Version.into());
    }
    let id = attribute(assertion, "ID").filter(|id| !id.is_empty()).ok_or(Check::IdMissing)?;
    if time(assertion, "IssueInstant")?.ok_or(Check::Time)? > expected.now.plus(SKEW) {
        return Err(Check::IssuedInFuture.into());
    }
    let issuer = only(assertion, "Issuer").filter(|issuer| is_entity(*issuer, expected.idp_entity_id));
    if issuer.is_none() {
        return Err(Check::Issuer.into());
    }
    let subject = only(assertion, "Subject").ok_or(Check::Subject)?;
    let ends = check_confirmation(subject, expected)?;
    check_conditions(only(assertion, "Conditions").ok_or(Check::Conditions)?, expected)?;
    let login = check_logins(assertion, expected)?;

    Ok(VerifiedAssertion {
        id: id.to_owned(),
        issuer: expected.idp_entity_id.to_owned(),
        replayable_until: ends.plus(SKEW),
        name_id: child(subject, names::ASSERTION, "NameID").map(read_name_id),
        attributes: read_attributes(assertion),
        authn_instant: login.instant,
        authn_context: login.context,
        session_index: login.index,
        session_ends: login.ends,
    })
}

/// The one bearer confirmation (SAML profiles §4.1.4.2); returns when it ends.
fn check_confirmation(subject: Node, expected: &Expectations) -> Result<Timestamp, Check> {
    let mut bearers = children(subject, names::ASSERTION, "SubjectConfirmation")
        .filter(|confirmation| attribute(*confirmation, "Method") == Some(names::BEARER));
    let bearer = bearers.next().ok_or(Check::ConfirmationMissing)?;
    if bearers.next().is_some() {
        return Err(Check::ConfirmationSeveral);
    }
    let data = only(bearer, "SubjectConfirmationData").ok_or(Check::ConfirmationMissing)?;
    if attribute(data, "Recipient") != Some(expected.acs_url) {
        return Err(Check::Recipient);
    }
    expected.request.check(attribute(data, "InResponseTo"), Check::ConfirmationInResponseTo)?;
    let ends = time(data, "NotOnOrAfter")?.ok_or(Check::ConfirmationUnlimited)?;
    check_window(
        time(data, "NotBefore")?,
        Some(ends),
        expected.now,
        Check::ConfirmationNotYet,
        Check::ConfirmationExpired,
    )?;
    Ok(ends)
}

/// `Conditions` (SAML core §2.5.1): every audience restriction must name us, and nothing may stand there unknown.
fn check_conditions(conditions: Node, expected: &Expectations) -> Result<(), Check> {
    let (begins, ends) = (time(conditions, "NotBefore")?, time(conditions, "NotOnOrAfter")?);
    check_window(begins, ends, expected.now, Check::NotYetValid, Check::Expired)?;
    let mut is_restricted = false;
    for condition in conditions.children().filter(Node::is_element) {
        let is = |local| tree::is(condition, names::ASSERTION, local);
        if is("AudienceRestriction") {
            is_restricted = true;
            let mut audience = children(condition, names::ASSERTION, "Audience");
            if !audience.any(|entity| tree::text(entity) == expected.sp_entity_id) {
                return Err(Check::Audience);
            }
        } else if !is("OneTimeUse") && !is("ProxyRestriction") {
            return Err(Check::UnknownCondition);
        }
    }
    if is_restricted { Ok(()) } else { Err(Check::AudienceMissing) }
}

struct Login {
    instant: Timestamp,
    context: Option<String>,
    index: Option<String>,
    ends: Option<Timestamp>,
}

/// `AuthnStatement`s (SAML core §2.7.2): all must be right, the first is reported.
fn check_logins(assertion: Node, expected: &Expectations) -> Result<Login, Check> {
    let mut first = None;
    for statement in children(assertion, names::ASSERTION, "AuthnStatement") {
        let instant = time(statement, "AuthnInstant")?.ok_or(Check::Time)?;
        if instant > expected.now.plus(SKEW) {
            return Err(Check::AuthnInFuture);
        }
        let ends = time(statement, "SessionNotOnOrAfter")?;
        if ends.is_some_and(|ends| expected.now >= ends.plus(SKEW)) {
            return Err(Check::SessionEnded);
        }
        let context = child(statement, names::ASSERTION, "AuthnContext")
            .and_then(|context| child(context, names::ASSERTION, "AuthnContextClassRef"))
            .map(tree::text);
        let index = attribute(statement, "SessionIndex").map(str::to_owned);
        first.get_or_insert(Login { instant, context, index, ends });
    }
    first.ok_or(Check::AuthnStatementMissing)
}

/// Whether `now` lies between two moments, either clock being wrong by [`limits::CLOCK_SKEW`] at most.
fn check_window(
    begins: Option<Timestamp>,
    ends: Option<Timestamp>,
    now: Timestamp,
    too_early: Check,
    too_late: Check,
) -> Result<(), Check> {
    if begins.is_some_and(|begins| now.plus(SKEW) < begins) {
        return Err(too_early);
    }
    if ends.is_some_and(|ends| now >= ends.plus(SKEW)) {
        return Err(too_late);
    }
    Ok(())
}

/// An `xs:dateTime` in UTC (SAML core §1.3.3).
fn time(node: Node, name: &str) -> Result<Option<Timestamp>, Check> {
    attribute(node, name).map(|text| Timestamp::parse(text.trim()).ok_or(Check::Time)).transpose()
}

fn only<'a, 'i: 'a>(of: Node<'a, 'i>, local: &'static str) -> Option<Node<'a, 'i>> {
    let mut found = children(of, names::ASSERTION, local);
    found.next().filter(|_| found.next().is_none())
}

fn read_name_id(node: Node) -> NameId {
    let text = |name| attribute(node, name).map(str::to_owned);
    NameId {
        value: tree::text(node),
        format: text("Format"),
        name_qualifier: text("NameQualifier"),
        sp_name_qualifier: text("SPNameQualifier"),
    }
}

/// Attributes of the same name become one. `xsi:type` is neither needed nor looked at.
fn read_attributes(assertion: Node) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let mut places = std::collections::HashMap::new();
    let statements = children(assertion, names::ASSERTION, "AttributeStatement");
    for node in statements.flat_map(|statement| children(statement, names::ASSERTION, "Attribute")) {
        let Some(name) = attribute(node, "Name") else { continue };
        let place = *places.entry(name).or_insert_with(|| {
            let friendly_name = attribute(node, "FriendlyName").map(str::to_owned);
            attributes.push(Attribute { name: name.to_owned(), friendly_name, values: Vec::new() });
            attributes.len() - 1
        });
        let values = children(node, names::ASSERTION, "AttributeValue").map(|value| {
            // eduPersonTargetedID wraps its value in a NameID.
            tree::text(child(value, names::ASSERTION, "NameID").unwrap_or(value))
        });
        attributes[place].values.extend(values.filter(|value| !value.is_empty()));
    }
    attributes
}
