//! From where staff may come.

use std::net::IpAddr;

use super::{Nav, Section, staff_page};
use crate::{
    domain::networks::{EXAMPLE, NetworkFault},
    web::page::{Frame, Href, Text},
};

/// The form: `POST /staff/networks` with `tenant`, or `person` for one account, and `networks`.
#[derive(Clone, Debug)]
pub struct Networks {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose staff.
    pub tenant: String,
    /// That tenant's id.
    pub tenant_id: String,
    /// The account, if the list is for one: its id, its name.
    pub person: Option<(String, String)>,
    /// The networks, a line each, or what was typed.
    pub text: String,
    /// Where the one who looks is now.
    pub here: IpAddr,
    /// Whether the list is for the one who looks, too.
    pub is_theirs: bool,
    /// Why it was not changed.
    pub fault: Option<Fault>,
    /// Accounts that may be given a list: name, whether they have one, where it is.
    pub accounts: Vec<(String, bool, Option<Href>)>,
    /// Back to the tenant's list.
    pub back: Option<Href>,
}

/// Why a list was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It can't be read.
    Unreadable(NetworkFault),
    /// It would lock out whoever sets it.
    LocksOut,
}

impl Networks {
    pub(crate) fn fault_text(&self, t: &Text, fault: &Fault) -> String {
        match fault {
            Fault::LocksOut => t.with("networks-fault-locks-out", &[("address", self.here.to_string())]),
            Fault::Unreadable(NetworkFault::Malformed(given)) => {
                t.with("networks-fault-malformed", &[("given", given.clone())])
            }
            Fault::Unreadable(NetworkFault::BitsBehind { given, meant }) => {
                t.with("networks-fault-bits", &[("given", given.clone()), ("meant", meant.to_string())])
            }
            Fault::Unreadable(NetworkFault::Everything(given)) => {
                t.with("networks-fault-everything", &[("given", given.clone())])
            }
            Fault::Unreadable(NetworkFault::TooMany) => t.get("networks-fault-too-many"),
        }
    }
}

staff_page!(Networks, "staff/networks.html", || {
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let person = Href::parse(&format!("/staff/networks?person={id}"));
    let tenant = Networks {
        frame: Frame::sample(),
        nav: Nav::sample(Section::People),
        tenant: "Universität Lindenstadt".into(),
        tenant_id: id.into(),
        person: None,
        text: "203.0.113.0/24\n2001:db8:4711::/48".into(),
        here: EXAMPLE,
        is_theirs: true,
        fault: None,
        accounts: vec![("Margarete Großmann-Özdemir".into(), true, person.clone()), ("Jo".into(), false, person)],
        back: None,
    };
    let one = Networks {
        person: Some((id.into(), "Ayşe Yılmaz".into())),
        text: String::new(),
        is_theirs: false,
        accounts: Vec::new(),
        back: Href::parse("/staff/networks"),
        ..tenant.clone()
    };
    let meant = ipnet::Ipv4Net::new(std::net::Ipv4Addr::new(192, 0, 2, 0), 24).map(ipnet::IpNet::V4).ok();
    let unreadable = |fault| Some(Fault::Unreadable(fault));
    let with = |fault| Networks { fault, ..tenant.clone() };
    let mut states = vec![
        ("locks_out", with(Some(Fault::LocksOut))),
        ("malformed", with(unreadable(NetworkFault::Malformed("office".into())))),
        ("everything", with(unreadable(NetworkFault::Everything("0.0.0.0/0".into())))),
        ("too_many", with(unreadable(NetworkFault::TooMany))),
        ("account", one),
    ];
    if let Some(meant) = meant {
        let bits = NetworkFault::BitsBehind { given: "192.0.2.7/24".into(), meant };
        states.push(("bits", with(unreadable(bits))));
    }
    states.push(("tenant", tenant));
    states
});
