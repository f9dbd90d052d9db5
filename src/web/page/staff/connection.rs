//! A university's connection: what students use, what is being tried, and who asks that the one become the other.

use super::{Nav, Section, staff_page};
use crate::{base::Timestamp, web::page::Frame};

/// The page: `POST /staff/connection` with `tenant` and `do` (`try`, `promote`, `approve`, `reject`).
#[derive(Clone, Debug)]
pub struct ConnectionPage {
    /// Header and footer.
    pub frame: Frame,
    /// Who, where to, and the way out.
    pub nav: Nav,
    /// Whose.
    pub university: String,
    /// Its id.
    pub tenant_id: String,
    /// What is being tried.
    pub test: StageView,
    /// What students use.
    pub live: StageView,
    /// Who asks for a promotion: the version, when, by whom, and whether it is the one who looks.
    pub promotion: Option<PromotionView>,
    /// A link to try the test connection, just made.
    pub trial: Option<String>,
    /// Whether they may write the test connection's settings.
    pub may_edit: bool,
    /// Whether they may do more than look.
    pub may_change: bool,
}

/// A connection at a stage.
#[derive(Clone, Debug)]
pub struct StageView {
    /// 0: nobody has set it.
    pub version: i64,
    /// Its settings, as JSON for people.
    pub settings: String,
    /// When, and by whom.
    pub changed: Option<(Timestamp, String)>,
    /// What keeps it from working, in words for IT.
    pub faults: Vec<String>,
}

/// Somebody asks.
#[derive(Clone, Debug)]
pub struct PromotionView {
    /// Which version.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Whether it is the one who looks: they can't decide.
    pub is_own: bool,
}

staff_page!(ConnectionPage, "staff/connection.html", || {
    let at = Timestamp::parse("2026-11-24T09:00:00Z").unwrap_or(Timestamp::from_seconds(0));
    let stage = |version, faults: &[&str]| StageView {
        version,
        settings: "{\n  \"kind\": \"saml\",\n  \"entity_id\": \"https://idp.uni-lindenstadt.example\"\n}".into(),
        changed: (version > 0).then(|| (at, "operator ada".into())),
        faults: faults.iter().map(ToString::to_string).collect(),
    };
    let quiet = ConnectionPage {
        frame: Frame::sample(),
        nav: Nav::sample(Section::Connection),
        university: "Universität Lindenstadt".into(),
        tenant_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        test: stage(4, &[]),
        live: stage(3, &[]),
        promotion: None,
        trial: None,
        may_edit: true,
        may_change: true,
    };
    let asked = |is_own| Some(PromotionView { version: 4, at, by: "Bo Li".into(), is_own });
    let tried = ConnectionPage {
        trial: Some("https://pedell.example/try?trial=c2VhbGVk".into()),
        test: stage(4, &["fault saml_no_metadata: there is no metadata of that provider"]),
        ..quiet.clone()
    };
    vec![
        ("unset", ConnectionPage { test: stage(0, &[]), live: stage(0, &[]), ..quiet.clone() }),
        ("asked", ConnectionPage { promotion: asked(false), ..quiet.clone() }),
        ("own", ConnectionPage { promotion: asked(true), ..quiet.clone() }),
        ("look", ConnectionPage { promotion: asked(false), may_edit: false, may_change: false, ..quiet.clone() }),
        ("tried", tried),
        ("quiet", quiet),
    ]
});
