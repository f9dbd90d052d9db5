//! Every route of the console on one page.

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};

use super::{
    account, audit, certificates, code, connection, connection_edit, counter, counters, factor, home, invitation,
    issuers, login, machines, networks, passkey, password, people, person, rosters, statistics, tenants, verifications,
};
use crate::web::Door;

/// Routes, and their list.
struct Routes {
    router: Router<Door>,
    listed: Vec<(&'static str, &'static str)>,
}

impl Routes {
    fn get(mut self, path: &'static str, shows: MethodRouter<Door>) -> Self {
        self.listed.push(("GET", path));
        self.router = self.router.route(path, shows);
        self
    }

    fn post(mut self, path: &'static str, does: MethodRouter<Door>) -> Self {
        self.listed.push(("POST", path));
        self.router = self.router.route(path, does);
        self
    }

    fn both(mut self, path: &'static str, shows_and_does: MethodRouter<Door>) -> Self {
        self.listed.extend([("GET", path), ("POST", path)]);
        self.router = self.router.route(path, shows_and_does);
        self
    }
}

/// The console's router.
pub(in crate::web) fn routes() -> Router<Door> {
    all().router
}

/// What takes a file, and has other bounds of size and time.
pub(in crate::web) fn uploads() -> Router<Door> {
    files().router
}

/// Method and path of each route, for the test that knocks at them.
pub fn staff_routes() -> Vec<(&'static str, &'static str)> {
    all().listed.into_iter().chain(files().listed).collect()
}

fn files() -> Routes {
    Routes { router: Router::new(), listed: Vec::new() }.post("/staff/rosters", post(rosters::send))
}

fn all() -> Routes {
    Routes { router: Router::new(), listed: Vec::new() }
        // For nobody in particular.
        .both("/staff/login", get(login::show).post(login::log_in))
        .both("/staff/invitation", get(invitation::show).post(invitation::accept))
        // For somebody whose password was right.
        .both("/staff/code", get(code::show).post(code::prove))
        .post("/staff/code/passkey", post(passkey::prove))
        .post("/staff/logout", post(login::log_out))
        .both("/staff/password", get(password::show).post(password::change))
        .both("/staff/factor", get(factor::show).post(factor::confirm))
        .both("/staff/passkey", get(passkey::show).post(passkey::make))
        // For somebody who is in.
        .get("/staff", get(home::show))
        .both("/staff/step-up", get(code::show_step_up).post(code::step_up))
        .post("/staff/step-up/passkey", post(passkey::step_up))
        .get("/staff/account", get(account::show))
        .post("/staff/account/factor", post(account::remove_factor))
        .post("/staff/account/end", post(account::end))
        .post("/staff/account/recovery-codes", post(account::renew_codes))
        // By rank and right.
        .get("/staff/people", get(people::show))
        .post("/staff/people/outlets", post(people::add_outlet))
        .post("/staff/people/rules", post(people::set_rules))
        .both("/staff/people/new", get(person::show_new).post(person::invite))
        .both("/staff/people/{id}", get(person::show).post(person::change))
        .post("/staff/people/{id}/do", post(person::act))
        .both("/staff/networks", get(networks::show).post(networks::set))
        .both("/staff/tenants", get(tenants::show).post(tenants::add))
        .post("/staff/tenants/view", post(tenants::view))
        .both("/staff/connection", get(connection::show).post(connection::act))
        .both("/staff/connection/edit", get(connection_edit::show).post(connection_edit::save))
        .get("/staff/certificates", get(certificates::show))
        .post("/staff/certificates/issue", post(certificates::issue))
        .post("/staff/certificates/file", post(certificates::take))
        .post("/staff/certificates/revoke", post(certificates::revoke))
        .post("/staff/certificates/rules", post(certificates::set_rules))
        .post("/staff/certificates/companies", post(certificates::set_company))
        .post("/staff/certificates/name", post(certificates::set_name))
        .get("/staff/rosters", get(rosters::show))
        .post("/staff/rosters/roll-back", post(rosters::roll_back))
        .get("/staff/verifications", get(verifications::show))
        .get("/staff/statistics", get(statistics::show))
        .get("/staff/statistics.csv", get(statistics::csv))
        .both("/staff/counter", get(counter::show).post(counter::check))
        .both("/staff/counters", get(counters::show).post(counters::change))
        .get("/staff/issuers", get(issuers::show))
        .both("/staff/issuers/new", get(issuers::show_new).post(issuers::register))
        .both("/staff/issuers/{id}", get(issuers::show_one).post(issuers::change))
        .post("/staff/issuers/{id}/do", post(issuers::act))
        .both("/staff/machines", get(machines::show).post(machines::register))
        .post("/staff/machines/{id}", post(machines::change))
        .get("/staff/audit", get(audit::show))
        .post("/staff/audit/export", post(audit::export))
}
