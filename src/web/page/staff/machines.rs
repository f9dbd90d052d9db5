//! Machines that upload a university's rosters.

use super::{Nav, Section, machines, staff_page};
use crate::web::page::Frame;

/// The page: `POST /staff/machines` with `tenant`, `name`, `networks`, `certificate`; `POST /staff/machines/{id}` with
/// `tenant`, `do` (`secret`, `no_secret`, `networks`, `certificate`, `no_certificate`, `block`, `unblock`) and what it takes.
#[derive(Clone, Debug)]
pub struct Machines {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub university: String,
    /// Its id, for forms.
    pub tenant_id: String,
    /// Which there are.
    pub machines: Vec<MachineRow>,
    /// Whether they may change them.
    pub may_change: bool,
    /// A machine's id and its secret, just made.
    pub secret: Option<(String, String)>,
    /// What was wrong with a form.
    pub fault: Option<MachineFault>,
    /// What was typed for a new one.
    pub typed: TypedMachine,
}

/// A machine.
#[derive(Clone, Debug)]
pub struct MachineRow {
    /// `client_id`.
    pub id: String,
    /// For people.
    pub name: String,
    /// Whether it is let in.
    pub is_active: bool,
    /// Addresses it may come from, one a line.
    pub networks: String,
    /// The certificate that it has to show.
    pub certificate: Shown,
}

/// A certificate that a machine has to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// None.
    Nothing,
    /// This one, in PEM.
    Registered(String),
    /// One that an authority issued for this name; set with a command.
    Issued(String),
}

/// The form for a new one.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names of the form's fields")]
pub struct TypedMachine {
    pub name: String,
    pub networks: String,
    pub certificate: String,
}

/// What was wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum MachineFault {
    Name,
    Networks,
    Certificate,
    Other,
}

impl MachineFault {
    const ALL: [Self; 4] = [Self::Name, Self::Networks, Self::Certificate, Self::Other];

    pub(crate) const fn key(&self) -> &'static str {
        match self {
            Self::Name => "machine-fault-name",
            Self::Networks => "client-fault-networks",
            Self::Certificate => "machine-fault-certificate",
            Self::Other => "client-fault-other",
        }
    }
}

staff_page!(Machines, "staff/machines.html", || {
    let row = |id: &str, certificate| MachineRow {
        id: id.into(),
        name: "Campus-Management".into(),
        is_active: true,
        networks: "192.0.2.0/24\n2001:db8::/48".into(),
        certificate,
    };
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----".to_owned();
    let blocked = MachineRow {
        is_active: false,
        networks: String::new(),
        ..row("uni-lindenstadt-9m2v7c4k1x", Shown::Issued("campus.uni-lindenstadt.example".into()))
    };
    let list = Machines {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Machines),
        university: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        machines: vec![
            row("uni-lindenstadt-7k3qf9xtr2", Shown::Registered(pem)),
            row("uni-lindenstadt-2m8v40zq7c", Shown::Nothing),
            blocked,
        ],
        may_change: true,
        secret: None,
        fault: None,
        typed: TypedMachine::default(),
    };
    let secret = ("uni-lindenstadt-7k3qf9xtr2".into(), "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U".into());
    let made = Machines { secret: Some(secret), ..list.clone() };
    let look = Machines { may_change: false, ..list.clone() };
    let none = Machines { machines: Vec::new(), ..list.clone() };
    let typed = TypedMachine { name: "Campus".into(), networks: "x".into(), certificate: "y".into() };
    let faults = MachineFault::ALL
        .map(|fault| (fault.key(), Machines { fault: Some(fault), typed: typed.clone(), ..list.clone() }));
    faults.into_iter().chain([("list", list.clone()), ("secret", made), ("look", look), ("none", none)]).collect()
});
