//! Setting a second factor up with an authenticator app.

use super::{
    Nav, Section,
    code::{self, CodeTrouble},
    qr::Qr,
    staff_page,
};
use crate::web::page::Frame;

/// The page: `POST /staff/factor` with `enrolment` and `code`.
#[derive(Clone, Debug)]
pub struct Enrol {
    /// Header and footer.
    pub frame: Frame,
    /// Who, and the way out.
    pub nav: Nav,
    /// Whether nothing goes on without it.
    pub is_due: bool,
    /// Whether a passkey would do as well.
    pub may_use_passkey: bool,
    /// For the phone's camera.
    pub qr: Option<Qr>,
    /// To be typed where there is no camera, in groups of four.
    pub secret: String,
    /// How the app will call it.
    pub account: String,
    /// Sealed, carried along.
    pub enrolment: String,
    /// Why it is shown again.
    pub trouble: CodeTrouble,
}

staff_page!(Enrol, "staff/enrol.html", || {
    let page = |is_due, trouble| Enrol {
        frame: Frame::sample(),
        nav: Nav { links: Vec::new(), ..Nav::sample(Section::Account) },
        is_due,
        may_use_passkey: is_due,
        qr: Qr::of(
            "otpauth://totp/Pedell:m.grossmann%40uni-lindenstadt.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        ),
        secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".into(),
        account: "m.grossmann@uni-lindenstadt.example".into(),
        enrolment: "sealed".into(),
        trouble,
    };
    vec![
        ("due", page(true, CodeTrouble::None)),
        ("wrong", page(true, CodeTrouble::Wrong)),
        ("wait", page(true, CodeTrouble::Wait(2))),
        ("again", page(false, CodeTrouble::None)),
    ]
});
