//! One ticket issuer: registered, changed, blocked by the operator.

use super::{Nav, Section, issuers, staff_page};
use crate::{domain::rule::Field, web::page::Frame};

/// The page: `POST /staff/issuers/new` or `/staff/issuers/{id}` with its fields; `POST /staff/issuers/{id}/do` with `do`
/// (`secret`, `block`, `unblock`).
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whether it is let in; nothing for one that is to be registered.
    pub is_active: Option<bool>,
    /// What stands in the form.
    pub typed: TypedIssuer,
    /// What was wrong with it, and the cause in words for IT.
    pub fault: Option<(IssuerFault, String)>,
    /// Its secret, just made.
    pub secret: Option<String>,
    /// Whether it was just changed.
    pub is_saved: bool,
}

/// The form.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names of the form's fields")]
pub struct TypedIssuer {
    pub id: String,
    pub name: String,
    /// `secret`, `jwks` or `certificate`.
    pub authentication: String,
    pub jwks: String,
    pub redirect_uris: String,
    pub universities: String,
    pub claims: Vec<Field>,
    pub products: String,
    pub direct_checks: bool,
    pub networks: String,
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum IssuerFault {
    Id,
    IdTaken,
    Name,
    Keys,
    RedirectUris,
    Universities,
    Products,
    Networks,
    Other,
}

impl IssuerFault {
    const ALL: [Self; 9] = [
        Self::Id,
        Self::IdTaken,
        Self::Name,
        Self::Keys,
        Self::RedirectUris,
        Self::Universities,
        Self::Products,
        Self::Networks,
        Self::Other,
    ];

    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Id => "issuer-fault-id",
            Self::IdTaken => "issuer-fault-id-taken",
            Self::Name => "issuer-fault-name",
            Self::Keys => "issuer-fault-keys",
            Self::RedirectUris => "issuer-fault-redirect-uris",
            Self::Universities => "issuer-fault-universities",
            Self::Products => "issuer-fault-products",
            Self::Networks => "client-fault-networks",
            Self::Other => "client-fault-other",
        }
    }
}

impl Issuer {
    pub(crate) fn proves_by(&self, way: &str) -> bool {
        self.typed.authentication == way
    }

    pub(crate) fn has(&self, field: &Field) -> bool {
        self.typed.claims.contains(field)
    }
}

staff_page!(Issuer, "staff/issuer.html", || {
    let new = Issuer {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Issuers),
        is_active: None,
        typed: TypedIssuer { authentication: "secret".into(), products: "[]".into(), ..TypedIssuer::default() },
        fault: None,
        secret: None,
        is_saved: false,
    };
    let typed = TypedIssuer {
        id: "verkehrsbetriebe".into(),
        name: "Verkehrsbetriebe Lindenstadt".into(),
        authentication: "jwks".into(),
        jwks: "{\"keys\":[]}".into(),
        redirect_uris: "https://shop.example/callback".into(),
        universities: "uni-lindenstadt\nfh-auental".into(),
        claims: vec![Field::GivenName],
        products: "[\n  {\n    \"key\": \"ticket\"\n  }\n]".into(),
        direct_checks: true,
        networks: "192.0.2.0/24".into(),
    };
    let change = Issuer { is_active: Some(true), typed, ..new.clone() };
    let by_certificate = TypedIssuer { authentication: "certificate".into(), ..change.typed.clone() };
    let why = "invalid type: string \"x\", expected a sequence at line 1 column 3";
    let faults =
        IssuerFault::ALL.map(|fault| (fault.key(), Issuer { fault: Some((fault, why.into())), ..change.clone() }));
    let others = [
        ("new", new),
        ("change", change.clone()),
        ("saved", Issuer { is_saved: true, ..change.clone() }),
        ("blocked", Issuer { is_active: Some(false), typed: by_certificate, ..change.clone() }),
        ("secret", Issuer { secret: Some("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U".into()), ..change }),
    ];
    faults.into_iter().chain(others).collect()
});
