//! A university's managers register what uploads its lists, and take each of its proofs away by itself.

use std::time::Duration;

use super::cast::{Cast, key_of};
use crate::{
    scene::on_each_engine,
    site::{Answer, Browser, Site, ZOE, between, list},
};

struct Machine {
    id: String,
    secret: String,
}

fn made(answer: &Answer) -> Machine {
    let mut codes =
        answer.body.split("<code class=\"link\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    Machine {
        id: codes.next().unwrap_or_else(|| panic!("no machine in {}", answer.body)),
        secret: codes.next().unwrap(),
    }
}

/// What the upload of a list that nothing comes of says to it.
async fn knocks(site: &Site, id: &str, secret: &str) -> u16 {
    let request = site.http.put(site.url("/v1/rosters/2026W?dry_run=true")).basic_auth(id, Some(secret));
    Answer::of(request.body(list(&[ZOE]))).await.status
}

struct Desk<'s> {
    browser: Browser<'s>,
    key: String,
    tenant: String,
}

impl Desk<'_> {
    async fn register(&self, name: &str, networks: &str, certificate: &str) -> Answer {
        let form = [
            ("form_key", self.key.as_str()),
            ("tenant", &self.tenant),
            ("name", name),
            ("networks", networks),
            ("certificate", certificate),
        ];
        self.browser.post("/staff/machines", &form).await
    }

    async fn act(&self, machine: &Machine, what: &str, own: &[(&str, &str)]) -> Answer {
        let mut form = vec![("form_key", self.key.as_str()), ("tenant", &self.tenant), ("do", what)];
        form.extend_from_slice(own);
        self.browser.post(&format!("/staff/machines/{}", machine.id), &form).await
    }
}

async fn desk<'s>(cast: &Cast, person: &super::cast::Person, site: &'s Site) -> Desk<'s> {
    let browser = person.browser(site);
    let key = key_of(&browser).await;
    Desk { browser, key, tenant: cast.university.to_string() }
}

/// Self-signed, for tests.
const PEM: &str = include_str!("machine.pem");

#[tokio::test(flavor = "multi_thread")]
async fn secret_networks_certificate_and_block_are_each_changed_by_themselves() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = desk(&cast, &cast.manager, &site).await;
        let mut machine = made(&manager.register("Campus", "", "").await);
        assert!(machine.id.starts_with("musterstadt-"), "{}", machine.id);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);
        let page = manager.browser.get("/staff/machines").await.body;
        assert!(page.contains(&machine.id) && !page.contains(&machine.secret), "shown once");

        assert_eq!(manager.act(&machine, "networks", &[("networks", "192.0.2.0/24")]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 401, "from elsewhere");
        assert_eq!(manager.act(&machine, "networks", &[("networks", "192.0.2.0/24\n127.0.0.1")]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);

        assert_eq!(manager.act(&machine, "certificate", &[("certificate", PEM)]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 401, "without its certificate");
        let page = manager.browser.get("/staff/machines").await.body;
        assert!(page.contains("127.0.0.1/32"), "the networks are as they were: {page}");
        assert_eq!(manager.act(&machine, "no_certificate", &[]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);

        let old = machine.secret.clone();
        machine.secret = made(&manager.act(&machine, "secret", &[]).await).secret;
        assert_eq!(knocks(&site, &machine.id, &old).await, 401);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);
        assert_eq!(manager.act(&machine, "no_secret", &[]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 401, "revoked");
        machine.secret = made(&manager.act(&machine, "secret", &[]).await).secret;
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);

        assert_eq!(manager.act(&machine, "block", &[]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 401);
        assert_eq!(manager.act(&machine, "unblock", &[]).await.status, 303);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);
        let house = manager.browser.get("/staff/audit?trail=house&kind=client.").await.body;
        assert_eq!(house.matches("<strong>client.").count(), 12, "{house}");
        // Somebody may have the machine's secret: its managers read what was wrong, and nobody else's do.
        let refused = async |person: &super::cast::Person| {
            person.browser(&site).get("/staff/audit?trail=house&kind=client.refused").await.body
        };
        let (own, strangers) = (refused(&cast.manager).await, refused(&cast.stranger).await);
        assert!(own.contains("address") && own.contains("certificate"), "{own}");
        assert!(!strangers.contains("client.refused</strong>") && !strangers.contains(&machine.id), "{strangers}");
        assert!(!house.contains(&machine.secret));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_of_another_university_is_not_there() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = desk(&cast, &cast.manager, &site).await;
        let machine = made(&manager.register("Campus", "", "").await);
        let stranger = desk(&cast, &cast.stranger, &site).await;
        assert_eq!(stranger.act(&machine, "block", &[]).await.status, 404, "at a tenant that is not theirs");
        let at_home = Desk { tenant: String::new(), ..stranger };
        assert_eq!(at_home.act(&machine, "block", &[]).await.status, 404, "as if it were theirs");
        assert!(!at_home.browser.get("/staff/machines").await.body.contains(&machine.id));
        // An issuer is no machine, though it had the tenant's name.
        scene.shop("shop").await;
        let shop = Machine { id: "shop".into(), secret: String::new() };
        assert_eq!(manager.act(&shop, "secret", &[]).await.status, 404);
        let office = desk(&cast, &cast.office, &site).await;
        assert_eq!(office.register("Campus", "", "").await.status, 404);
        assert_eq!(office.act(&machine, "block", &[]).await.status, 404);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);
        scene.clock.advance(Duration::from_secs(301));
        assert_eq!(manager.act(&machine, "block", &[]).await.redirect().0, "/staff/step-up");
        assert_eq!(manager.register("Campus", "", "").await.redirect().0, "/staff/step-up");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_is_said_and_changes_nothing() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = desk(&cast, &cast.manager, &site).await;
        for (name, networks, certificate) in
            [("", "", ""), ("Campus", "everywhere", ""), ("Campus", "", "no certificate"), ("Cam\npus", "", "")]
        {
            let answer = manager.register(name, networks, certificate).await;
            assert_eq!(answer.status, 422, "{name} {networks} {certificate}: {}", answer.body);
        }
        let page = manager.browser.get("/staff/machines").await.body;
        assert!(between(&page, "<code>musterstadt-", "</code>").is_none(), "{page}");
        let machine = made(&manager.register("Campus", "127.0.0.1", "").await);
        assert_eq!(manager.act(&machine, "networks", &[("networks", "x")]).await.status, 422);
        assert_eq!(manager.act(&machine, "certificate", &[("certificate", "x")]).await.status, 422);
        assert_eq!(manager.act(&machine, "delete", &[]).await.status, 404);
        assert_eq!(knocks(&site, &machine.id, &machine.secret).await, 200);
    })
    .await;
}
