//! Every route, knocked at as nobody, as a stranger, and with each rank. A route that is not here fails the test.

use pedell::{
    domain::{staff::Action, tenant::TenantId},
    web::staff_routes,
};

use super::cast::{Cast, Person, key_of};
use crate::{
    scene::on_each_engine,
    site::{Browser, Site},
};

/// Who is knocking.
pub(super) const RANKS: [&str; 7] =
    ["clerk", "senior", "outlet_manager", "agency_manager", "office", "manager", "operator"];

/// What a route is about, and which ranks it opens for.
pub(super) struct Probe {
    pub(super) method: &'static str,
    route: &'static str,
    /// With what is to be filled in: {agency}, {university} and people's ids.
    pub(super) path: &'static str,
    form: &'static [(&'static str, &'static str)],
    pub(super) opens_for: &'static [&'static str],
    /// What a stranger, a manager of another university, gets: not there, unless it is their own account's.
    pub(super) stranger: u16,
}

impl Probe {
    /// Whether its address or its form names this.
    pub(super) fn mentions(&self, what: &str) -> bool {
        self.path.contains(what) || self.form.iter().any(|(_, value)| value.contains(what))
    }

    fn verb(&self) -> &'static str {
        if self.method == "UPLOAD" { "POST" } else { self.method }
    }
}

/// What the doors below ask of the policy: each is loosened in `loosened.rs`. What gets a door is added here.
pub(super) const ACTIONS: &[Action] = &[
    Action::SeeConnection,
    Action::DecidePromotion,
    Action::SeeRosters,
    Action::ImportRoster,
    Action::RollBackRoster,
    Action::SeeVerifications,
    Action::SeeStatistics,
    Action::SeeStaff,
    Action::InviteStaff,
    Action::ChangeStaff,
    Action::BlockStaff,
    Action::ResetFactor,
    Action::ChangeOutlets,
    Action::SeeTenants,
    Action::CreateTenant,
    Action::SearchAudit,
    Action::ExportAudit,
    Action::TakeElevation,
    Action::EditConnection,
    Action::CounterCheck,
    Action::ChangeNetworks,
    Action::SeeIssuers,
    Action::ChangeIssuers,
    Action::ChangeCounters,
    Action::SeeMachines,
    Action::ChangeMachines,
];

const ALL: &[&str] = &RANKS;
const NOBODY: &[&str] = &[];

const fn get(route: &'static str, path: &'static str, opens_for: &'static [&'static str], stranger: u16) -> Probe {
    Probe { method: "GET", route, path, form: &[], opens_for, stranger }
}

const fn post(
    route: &'static str,
    path: &'static str,
    form: &'static [(&'static str, &'static str)],
    opens_for: &'static [&'static str],
    stranger: u16,
) -> Probe {
    Probe { method: "POST", route, path, form, opens_for, stranger }
}

/// A form with a file.
const fn upload(
    route: &'static str,
    form: &'static [(&'static str, &'static str)],
    opens_for: &'static [&'static str],
    stranger: u16,
) -> Probe {
    Probe { method: "UPLOAD", route, path: route, form, opens_for, stranger }
}

const PERSON: &str = "/staff/people/{id}";
const ISSUER: &str = "/staff/issuers/{id}";

#[expect(clippy::too_many_lines, reason = "one line for each route")]
pub(super) fn probes() -> Vec<Probe> {
    vec![
        // Their own.
        get("/staff", "/staff", ALL, 200),
        get("/staff/account", "/staff/account", ALL, 200),
        get("/staff/password", "/staff/password", ALL, 200),
        get("/staff/factor", "/staff/factor", ALL, 200),
        get("/staff/passkey", "/staff/passkey", ALL, 200),
        post("/staff/passkey", "/staff/passkey", &[("name", "x")], ALL, 401),
        post("/staff/step-up/passkey", "/staff/step-up/passkey", &[], ALL, 401),
        post("/staff/account/factor", "/staff/account/factor", &[("factor", "{session}")], NOBODY, 404),
        get(
            "/staff/step-up",
            "/staff/step-up",
            &["outlet_manager", "agency_manager", "office", "manager", "operator", "clerk", "senior"],
            200,
        ),
        post("/staff/step-up", "/staff/step-up", &[("code", "1")], ALL, 401),
        post("/staff/password", "/staff/password", &[("present", "a"), ("password", "b"), ("again", "c")], ALL, 422),
        post("/staff/factor", "/staff/factor", &[("code", "1")], NOBODY, 404),
        post("/staff/account/end", "/staff/account/end", &[("session", "{session}")], NOBODY, 404),
        post(
            "/staff/account/recovery-codes",
            "/staff/account/recovery-codes",
            &[],
            &["outlet_manager", "agency_manager", "office", "manager", "operator"],
            200,
        ),
        // A university's.
        get("/staff/people", "/staff/people?tenant={university}", &["manager"], 404),
        get("/staff/people/new", "/staff/people/new?tenant={university}", &["manager", "operator"], 404),
        post(
            "/staff/people/new",
            "/staff/people/new",
            &[("tenant", "{university}"), ("rank", "organizer_staff")],
            &["manager", "operator"],
            404,
        ),
        get(PERSON, "/staff/people/{office}", &["manager"], 404),
        post(PERSON, "/staff/people/{office}", &[("rank", "organizer_staff"), ("name", "")], &["manager"], 404),
        post("/staff/people/{id}/do", "/staff/people/{office}/do", &[("do", "revoke")], &["manager"], 404),
        post("/staff/people/rules", "/staff/people/rules", &[("tenant", "{university}")], &["manager"], 404),
        get("/staff/networks", "/staff/networks?tenant={university}", &["manager"], 404),
        get("/staff/networks", "/staff/networks?person={office}", &["manager"], 404),
        get("/staff/networks", "/staff/networks?person={manager}", &["manager"], 404),
        get("/staff/networks", "/staff/networks?tenant={agency}", &["agency_manager"], 404),
        get("/staff/networks", "/staff/networks?person={clerk}", &["agency_manager"], 404),
        get("/staff/networks", "/staff/networks?person={operator}", &["operator"], 404),
        post("/staff/networks", "/staff/networks", &[("tenant", "{university}"), ("networks", "!")], &["manager"], 404),
        post(
            "/staff/networks",
            "/staff/networks",
            &[("person", "{clerk}"), ("networks", "!")],
            &["agency_manager"],
            404,
        ),
        get("/staff/connection", "/staff/connection?tenant={university}", &["manager"], 404),
        post(
            "/staff/connection",
            "/staff/connection",
            &[("tenant", "{university}"), ("do", "reject")],
            &["manager"],
            404,
        ),
        get("/staff/connection/edit", "/staff/connection/edit?tenant={university}&kind=soap", &["manager"], 404),
        post(
            "/staff/connection/edit",
            "/staff/connection/edit",
            &[("tenant", "{university}"), ("document", "?")],
            &["manager"],
            404,
        ),
        get("/staff/rosters", "/staff/rosters?tenant={university}", &["office", "manager"], 404),
        get("/staff/rosters", "/staff/rosters?tenant={agency}", NOBODY, 404),
        upload("/staff/rosters", &[("tenant", "{university}"), ("semester", "2026W")], &["office", "manager"], 404),
        post(
            "/staff/rosters/roll-back",
            "/staff/rosters/roll-back",
            &[("tenant", "{university}"), ("semester", "2026W")],
            &["office", "manager"],
            404,
        ),
        get("/staff/verifications", "/staff/verifications?tenant={university}", &["manager"], 404),
        get("/staff/statistics", "/staff/statistics?tenant={university}", &["office", "manager", "operator"], 404),
        get(
            "/staff/statistics.csv",
            "/staff/statistics.csv?tenant={university}",
            &["office", "manager", "operator"],
            404,
        ),
        get("/staff/audit", "/staff/audit?tenant={university}", &["manager"], 404),
        get("/staff/audit", "/staff/audit?tenant={university}&trail=house", &["manager"], 404),
        post(
            "/staff/audit/export",
            "/staff/audit/export",
            &[("tenant", "{university}"), ("trail", "house")],
            &["manager"],
            404,
        ),
        get(
            "/staff/verifications",
            "/staff/verifications?tenant={agency}",
            &["clerk", "senior", "outlet_manager", "agency_manager"],
            404,
        ),
        get("/staff/certificates", "/staff/certificates?tenant={university}", &["manager"], 404),
        get("/staff/certificates", "/staff/certificates?tenant={agency}", &["outlet_manager", "agency_manager"], 404),
        post(
            "/staff/certificates/issue",
            "/staff/certificates/issue",
            &[("tenant", "{university}"), ("person", "{office}"), ("machine", "PC")],
            &["manager"],
            404,
        ),
        post(
            "/staff/certificates/issue",
            "/staff/certificates/issue",
            &[("tenant", "{agency}"), ("person", "{clerk}"), ("machine", "PC")],
            &["outlet_manager", "agency_manager"],
            404,
        ),
        post(
            "/staff/certificates/issue",
            "/staff/certificates/issue",
            &[("tenant", "{agency}"), ("person", "{agency_manager}"), ("machine", "PC")],
            &["agency_manager"],
            404,
        ),
        post("/staff/certificates/file", "/staff/certificates/file", &[("sealed", "x")], NOBODY, 404),
        post(
            "/staff/certificates/revoke",
            "/staff/certificates/revoke",
            &[("serial", "4f0e1d2c3b4a59687766554433221100")],
            NOBODY,
            404,
        ),
        post(
            "/staff/certificates/rules",
            "/staff/certificates/rules",
            &[("tenant", "{university}"), ("policy", "off")],
            &["manager"],
            404,
        ),
        post(
            "/staff/certificates/rules",
            "/staff/certificates/rules",
            &[("tenant", "{agency}"), ("policy", "off")],
            &["agency_manager"],
            404,
        ),
        post(
            "/staff/certificates/companies",
            "/staff/certificates/companies",
            &[("tenant", "{university}"), ("do", "distrust"), ("name", "x")],
            &["manager"],
            404,
        ),
        post(
            "/staff/certificates/name",
            "/staff/certificates/name",
            &[("person", "{office}"), ("name", "")],
            &["manager"],
            404,
        ),
        get(
            "/staff/statistics",
            "/staff/statistics?tenant={agency}",
            &["senior", "outlet_manager", "agency_manager", "operator"],
            404,
        ),
        get("/staff/audit", "/staff/audit?tenant={agency}", &["agency_manager"], 404),
        // An agency's.
        get("/staff/people", "/staff/people?tenant={agency}", &["outlet_manager", "agency_manager"], 404),
        get(
            "/staff/people/new",
            "/staff/people/new?tenant={agency}",
            &["outlet_manager", "agency_manager", "operator"],
            404,
        ),
        get(PERSON, "/staff/people/{clerk}", &["outlet_manager", "agency_manager"], 404),
        get(PERSON, "/staff/people/{outlet_manager}", &["agency_manager"], 404),
        get(PERSON, "/staff/people/{agency_manager}", NOBODY, 404),
        get(PERSON, "/staff/people/{manager}", NOBODY, 404),
        get(PERSON, "/staff/people/{operator}", NOBODY, 404),
        post(
            "/staff/people/{id}/do",
            "/staff/people/{clerk}/do",
            &[("do", "revoke")],
            &["outlet_manager", "agency_manager"],
            404,
        ),
        post(
            "/staff/people/outlets",
            "/staff/people/outlets",
            &[("tenant", "{agency}"), ("name", "")],
            &["agency_manager"],
            404,
        ),
        post(
            "/staff/people/outlets",
            "/staff/people/outlets",
            &[("tenant", "{university}"), ("name", "x")],
            NOBODY,
            404,
        ),
        get("/staff/counter", "/staff/counter", &["clerk", "senior", "outlet_manager", "agency_manager"], 404),
        // Nothing is granted: whoever may check finds nothing to check, like anybody else.
        post("/staff/counter", "/staff/counter", &[("matriculation_number", "1")], NOBODY, 404),
        // The operator's.
        get("/staff/counters", "/staff/counters", &["operator"], 404),
        post("/staff/counters", "/staff/counters", &[("do", "grant"), ("agency", "-")], &["operator"], 404),
        // A manager of any university sees who may ask about its own students.
        get("/staff/issuers", "/staff/issuers", &["manager", "operator"], 200),
        get("/staff/issuers/new", "/staff/issuers/new", &["operator"], 404),
        post("/staff/issuers/new", "/staff/issuers/new", &[("id", "!")], &["operator"], 404),
        get(ISSUER, "/staff/issuers/probed", &["operator"], 404),
        post(ISSUER, "/staff/issuers/probed", &[("products", "!")], &["operator"], 404),
        post("/staff/issuers/{id}/do", "/staff/issuers/probed/do", &[("do", "unblock")], &["operator"], 404),
        get("/staff/machines", "/staff/machines?tenant={university}", &["manager"], 404),
        get("/staff/machines", "/staff/machines?tenant={agency}", NOBODY, 404),
        post("/staff/machines", "/staff/machines", &[("tenant", "{university}"), ("name", "")], &["manager"], 404),
        post(
            "/staff/machines/{id}",
            "/staff/machines/probed-machine",
            &[("tenant", "{university}"), ("do", "unblock")],
            &["manager"],
            404,
        ),
        get("/staff/tenants", "/staff/tenants", &["operator"], 404),
        post("/staff/tenants", "/staff/tenants", &[("kind", "agency"), ("slug", "!")], &["operator"], 404),
        post(
            "/staff/tenants/view",
            "/staff/tenants/view",
            &[("tenant", "{university}"), ("reason", "")],
            &["operator"],
            404,
        ),
        post("/staff/tenants/view", "/staff/tenants/view", &[("tenant", "{agency}"), ("end", "1")], NOBODY, 404),
        // What comes last, because it ends the session.
        post("/staff/logout", "/staff/logout", &[], ALL, 303),
    ]
}

/// For nobody in particular, or for somebody on the way: `login.rs` and `factor.rs` go through them.
const ON_THE_WAY: &[(&str, &str)] = &[
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/staff/invitation"),
    ("POST", "/staff/invitation"),
    ("GET", "/staff/code"),
    ("POST", "/staff/code"),
    ("POST", "/staff/code/passkey"),
];

#[test]
fn no_route_is_without_a_probe() {
    let probes = probes();
    for (method, route) in staff_routes() {
        let is_known = probes.iter().any(|probe| (probe.verb(), probe.route) == (method, route));
        assert!(is_known || ON_THE_WAY.contains(&(method, route)), "nobody knocks at {method} {route}");
    }
    for probe in &probes {
        assert!(staff_routes().contains(&(probe.verb(), probe.route)), "{} {} is no more", probe.method, probe.route);
    }
}

/// What belongs to nobody's tenant: no id of another one can be given.
const WITHOUT_IDS: &[&str] = &[
    "/staff",
    "/staff/login",
    "/staff/invitation",
    "/staff/code",
    "/staff/code/passkey",
    "/staff/logout",
    "/staff/password",
    "/staff/factor",
    "/staff/passkey",
    "/staff/step-up",
    "/staff/step-up/passkey",
    "/staff/account",
    "/staff/account/recovery-codes",
    "/staff/tenants",
    // Their own agency's.
    "/staff/counter",
    // The instance's, which only the operator changes.
    "/staff/counters",
    "/staff/issuers",
    "/staff/issuers/new",
    "/staff/issuers/{id}",
    "/staff/issuers/{id}/do",
    "/staff/certificates/file",   // a sealed file of this very session: `certificates.rs`
    "/staff/certificates/revoke", // a serial number, which is no id: `certificates.rs`
];

#[test]
fn each_id_of_another_tenant_is_tried_on_each_route() {
    let names_one = |probe: &Probe| {
        let form = probe.form.iter().map(|(_, value)| *value);
        form.chain([probe.path]).any(|text| text.contains('{') || text.contains("probed"))
    };
    let probes = probes();
    for (method, route) in staff_routes() {
        let is_tried = probes
            .iter()
            .any(|probe| (probe.verb(), probe.route) == (method, route) && names_one(probe) && probe.stranger == 404);
        assert!(is_tried || WITHOUT_IDS.contains(&route), "{method} {route}: no id of another tenant is tried");
    }
    for probe in probes.iter().filter(|probe| names_one(probe)) {
        assert_eq!(probe.stranger, 404, "{} {}", probe.method, probe.path);
    }
}

#[tokio::test]
async fn every_route_opens_for_whom_it_should_and_for_nobody_else() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        scene.shop("probed").await;
        scene.uploader("probed-machine", &cast.university).await;
        let session = cast.pedell.sessions(&cast.stranger.session(&cast.pedell).await).await.unwrap()[0].id.clone();
        let mut faults = Vec::new();
        for probe in probes() {
            let path = filled(&cast, &session, probe.path);
            let to = nobody(&site, &probe, &path).await;
            if to != "/staff/login" {
                faults.push(format!("{} {path} as nobody: {to}", probe.method));
            }
            for rank in RANKS {
                let status = knock(&cast, &site, &session, person(&cast, rank), &probe, &path).await;
                if (status != 404) != probe.opens_for.contains(&rank) || status >= 500 || status == 403 {
                    faults.push(format!("{} {path} as {rank}: {status}", probe.method));
                }
            }
            let status = knock(&cast, &site, "01ARZ3NDEKTSV4RRFFQ69G5FAV", &cast.stranger, &probe, &path).await;
            if status != probe.stranger {
                faults.push(format!("{} {path} as a stranger: {status}", probe.method));
            }
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    })
    .await;
}

async fn nobody(site: &Site, probe: &Probe, path: &str) -> String {
    let browser = site.browser();
    let answer = match probe.method {
        "GET" => browser.get(path).await,
        _ => browser.post(path, probe.form).await,
    };
    if answer.status == 303 { answer.redirect().0 } else { answer.status.to_string() }
}

async fn knock(cast: &Cast, site: &Site, session: &str, who: &Person, probe: &Probe, path: &str) -> u16 {
    let browser = who.browser(site);
    if probe.method == "GET" {
        return browser.get(path).await.status;
    }
    let key = key_of(&browser).await;
    let form: Vec<(&str, String)> =
        probe.form.iter().map(|(name, value)| (*name, filled(cast, session, value))).collect();
    send(&browser, &key, probe, path, &form).await
}

/// Knocks with a browser and its key, which a caller has already; `university`: in the place of the cast's.
pub(super) async fn knock_with(
    cast: &Cast,
    (browser, key): (&Browser<'_>, &str),
    university: &TenantId,
    probe: &Probe,
) -> u16 {
    let session = format!("of {university}");
    let there = |text: &str| filled(cast, &session, &text.replace("{university}", university.as_str()));
    if probe.method == "GET" {
        return browser.get(&there(probe.path)).await.status;
    }
    let form: Vec<(&str, String)> = probe.form.iter().map(|(name, value)| (*name, there(value))).collect();
    send(browser, key, probe, &there(probe.path), &form).await
}

async fn send(browser: &Browser<'_>, key: &str, probe: &Probe, path: &str, form: &[(&str, String)]) -> u16 {
    let mut form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    form.push(("form_key", key));
    if probe.method == "UPLOAD" {
        return browser.post_file(path, &form, "liste.csv", "Matrikelnummer\n").await.status;
    }
    browser.post(path, &form).await.status
}

pub(super) fn person<'c>(cast: &'c Cast, rank: &str) -> &'c Person {
    match rank {
        "clerk" => &cast.clerk,
        "senior" => &cast.senior,
        "outlet_manager" => &cast.outlet_manager,
        "agency_manager" => &cast.agency_manager,
        "office" => &cast.office,
        "manager" => &cast.manager,
        _ => &cast.operator,
    }
}

fn filled(cast: &Cast, session: &str, template: &str) -> String {
    let mut path = template
        .replace("{session}", session)
        .replace("{university}", cast.university.as_str())
        .replace("{agency}", cast.agency.as_str());
    for rank in RANKS {
        path = path.replace(&format!("{{{rank}}}"), person(cast, rank).id.as_str());
    }
    path
}
