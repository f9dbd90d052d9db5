//! Recovery codes, shown once.

use super::{Nav, Section, staff_page};
use crate::web::page::Frame;

/// The answer to a first code, or to asking for new ones.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// Header and footer.
    pub frame: Frame,
    /// Who, and the way out.
    pub nav: Nav,
    /// The codes.
    pub codes: Vec<String>,
}

staff_page!(Recovery, "staff/recovery.html", || {
    let codes = ["7K3Q-9XTR-2M8V-40ZQ-J7KD-2M8V", "0ZQ7-C2M8-V41H-J7KD-40ZR-9XTR", "QK3Q-9XTR-2M8V-40ZR-0ZQ7-V41H"]
        .map(str::to_owned)
        .to_vec();
    vec![("codes", Recovery { frame: Frame::sample(), nav: Nav::sample(Section::Account), codes })]
});
