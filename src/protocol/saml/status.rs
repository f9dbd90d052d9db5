//! What an identity provider answers when a login did not succeed (SAML core §3.2.2).

use std::fmt;

use roxmltree::Node;

use super::{
    names,
    reason::Coded,
    xml::tree::{self, attribute, child},
};

/// A status that is not success. The message is the provider's own, shortened; it is for support, not for students.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What went wrong, as far as the codes tell.
    pub kind: StatusKind,
    /// `StatusMessage`, at most 500 characters.
    pub message: Option<String>,
}

/// The kinds that a student can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKind {
    /// `AuthnFailed`: wrong password, cancelled, or the account is locked.
    AuthnFailed,
    /// `NoPassive`: a login without asking was wanted, and is impossible.
    NoPassive,
    /// `RequestDenied`: the provider does not want to answer us.
    RequestDenied,
    /// `UnknownPrincipal`.
    UnknownPrincipal,
    /// `NoAuthnContext`: the demanded kind of login is not to be had.
    NoAuthnContext,
    /// `InvalidNameIDPolicy`.
    InvalidNameIdPolicy,
    /// `RequestUnsupported`.
    RequestUnsupported,
    /// `Requester`: the provider finds fault with our request.
    Requester,
    /// `Responder`: something is wrong at the provider.
    Responder,
    /// `VersionMismatch`.
    VersionMismatch,
    /// Any other.
    Other,
}

/// Reads a `samlp:Status`; `None` is success.
pub(super) fn read(status: Node) -> Option<Status> {
    let outer = child(status, names::PROTOCOL, "StatusCode");
    let inner = outer.and_then(|node| child(node, names::PROTOCOL, "StatusCode"));
    let name = |node: Option<Node>| {
        node.and_then(|node| attribute(node, "Value"))
            .and_then(|uri| uri.strip_prefix(names::STATUS))
            .map(str::to_owned)
    };
    let (outer, inner) = (name(outer), name(inner));
    if outer.as_deref() == Some("Success") {
        return None;
    }
    let kind = inner.as_deref().and_then(kind_of).or_else(|| outer.as_deref().and_then(kind_of));
    let message = child(status, names::PROTOCOL, "StatusMessage").map(tree::text);
    Some(Status {
        kind: kind.unwrap_or(StatusKind::Other),
        message: message.map(|text| text.chars().filter(|c| !c.is_control()).take(500).collect()),
    })
}

fn kind_of(name: &str) -> Option<StatusKind> {
    Some(match name {
        "AuthnFailed" => StatusKind::AuthnFailed,
        "NoPassive" => StatusKind::NoPassive,
        "RequestDenied" => StatusKind::RequestDenied,
        "UnknownPrincipal" => StatusKind::UnknownPrincipal,
        "NoAuthnContext" => StatusKind::NoAuthnContext,
        "InvalidNameIDPolicy" => StatusKind::InvalidNameIdPolicy,
        "RequestUnsupported" => StatusKind::RequestUnsupported,
        "Requester" => StatusKind::Requester,
        "Responder" => StatusKind::Responder,
        "VersionMismatch" => StatusKind::VersionMismatch,
        _ => return None,
    })
}

impl Coded for Status {
    fn code(&self) -> &'static str {
        match self.kind {
            StatusKind::AuthnFailed => "status_authn_failed",
            StatusKind::NoPassive => "status_no_passive",
            StatusKind::RequestDenied => "status_request_denied",
            StatusKind::UnknownPrincipal => "status_unknown_principal",
            StatusKind::NoAuthnContext => "status_no_authn_context",
            StatusKind::InvalidNameIdPolicy => "status_invalid_name_id_policy",
            StatusKind::RequestUnsupported => "status_request_unsupported",
            StatusKind::Requester => "status_requester",
            StatusKind::Responder => "status_responder",
            StatusKind::VersionMismatch => "status_version_mismatch",
            StatusKind::Other => "status_other",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            None => write!(f, "{:?}", self.kind),
            Some(message) => write!(f, "{:?} ({message})", self.kind),
        }
    }
}
