//! Who may be where. A [`Scope`] is the proof: only this file makes one, and no tenant's database opens without it.

use super::{
    client::{Client, ClientKind},
    tenant::{TenantId, University},
};

/// The proof that somebody may work in one tenant's database, and who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    tenant: TenantId,
    actor: Actor,
}

/// Who does something. Stands in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A student who was sent over by an issuer.
    StudentOf {
        /// The issuer's client id.
        client: String,
    },
    /// A student at their own account.
    Student,
    /// A machine.
    Machine {
        /// Its client id.
        client: String,
    },
    /// Somebody with a shell on the machine and the master key.
    Operator,
    /// The same, who says who they are: where it matters that two people agree.
    OperatorAs(ShellName),
    /// Whoever opened the link to a university's test connection.
    Trial {
        /// Who gave the link out.
        given_by: String,
    },
    /// The gateway itself.
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::StudentOf { client } => write!(f, "student via {client}"),
            Self::Student => f.write_str("student"),
            Self::Machine { client } => write!(f, "client {client}"),
            Self::Operator => f.write_str("operator"),
            Self::OperatorAs(name) => write!(f, "operator {name}"),
            Self::Trial { given_by } => write!(f, "trial by {given_by}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl Actor {
    /// Whether it is somebody in particular, who can be one of two people.
    pub const fn is_a_person(&self) -> bool {
        matches!(self, Self::OperatorAs(_))
    }
}

/// How somebody with a shell calls themselves: `[a-z0-9._-]{2,32}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellName(String);

impl std::str::FromStr for ShellName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let well_formed = (2..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        if well_formed { Ok(Self(text.to_owned())) } else { Err("a name has 2 to 32 of a-z, 0-9, . _ -".to_owned()) }
    }
}

impl std::fmt::Display for ShellName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Scope {
    /// Whose database.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Who is there.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// A student whom this issuer sent over may be verified at this university, if the issuer may ask about it.
pub fn student(client: &Client, university: &University) -> Option<Scope> {
    let issuer = client.issuer()?;
    (client.active && issuer.may_ask_about(&university.slug))
        .then(|| Scope { tenant: university.id.clone(), actor: Actor::StudentOf { client: client.id.to_string() } })
}

/// Whoever logs in at this university may see and change the one account that the login leads to.
pub fn account_holder(tenant: &TenantId) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::Student }
}

/// An issuer may work with the tokens of the universities that it may ask about.
pub fn issuer(client: &Client, university: &University) -> Option<Scope> {
    let issuer = client.issuer()?;
    (client.active && issuer.may_ask_about(&university.slug)).then(|| machine(client, university.id.clone()))
}

/// An uploader may work with the rosters of its own university.
pub fn uploader(client: &Client) -> Option<Scope> {
    match (&client.profile.kind, &client.tenant) {
        (ClientKind::RosterUploader, Some(tenant)) if client.active => Some(machine(client, tenant.clone())),
        _ => None,
    }
}

/// Whoever runs commands on the machine with the master key is the operator.
pub fn operator(tenant: &TenantId) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::Operator }
}

/// The same, who says who they are.
pub fn operator_as(tenant: &TenantId, name: ShellName) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::OperatorAs(name) }
}

/// Whoever holds the sealed link that `given_by` gave out may log in through this tenant's test connection, and is
/// shown what arrived.
pub fn trial(tenant: &TenantId, given_by: &str) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::Trial { given_by: given_by.to_owned() } }
}

/// Housekeeping of the gateway itself; and questions in which no person's data are read.
pub fn system(tenant: &TenantId) -> Scope {
    Scope { tenant: tenant.clone(), actor: Actor::System }
}

fn machine(client: &Client, tenant: TenantId) -> Scope {
    Scope { tenant, actor: Actor::Machine { client: client.id.to_string() } }
}
