//! The doors on a free port, and who comes to them: ticket shops and students' browsers.

use std::{
    collections::BTreeMap,
    future::pending,
    net::SocketAddr,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use pedell::{
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product, RedirectUri},
        policy::Actor,
        rule::{Field, Rule},
        tenant::TenantId,
    },
    flow::{Pedell, clients::ClientChange},
    protocol::jwt::{JwkSet, eligibility::EligibilityClaims, eligibility::verify_eligibility},
    web::{Door, DoorSettings, ForwardedCertificates, router, serve},
};
use reqwest::{RequestBuilder, header::HeaderMap};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use crate::scene::Scene;

/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const CALLBACK: &str = "https://shop.example/callback";
pub(crate) const HEADER: &str = "Matrikelnummer;Nachname;Vorname;Geburtsdatum\n";

/// A running server.
pub(crate) struct Site {
    pub(crate) pedell: Pedell,
    pub(crate) address: SocketAddr,
    pub(crate) http: reqwest::Client,
    server: JoinHandle<()>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// A registered client and its secret.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) client: Client,
    pub(crate) secret: String,
}

/// What a student is on the list, or types into the form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Student {
    pub(crate) number: &'static str,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) born: &'static str,
}

/// As the university has her.
pub(crate) const ZOE: Student =
    Student { number: "00412345", given: "Zoë Anna-Luise", family: "Müller-Lüdenscheidt", born: "2003-12-24" };
/// The same as she types it.
pub(crate) const ZOE_TYPES: Student =
    Student { number: " 00412345", given: "ZOE ANNA-LUISE", family: "mueller-luedenscheidt", born: "24.12.2003" };
pub(crate) const JONAS: Student = Student { number: "00412399", given: "Jonas", family: "Weiß", born: "2001-02-03" };

impl Student {
    pub(crate) fn row(&self) -> String {
        format!("{};{};{};{}\n", self.number.trim(), self.family, self.given, self.born)
    }

    fn fields(&self) -> [(&'static str, &'static str); 4] {
        [
            ("matriculation_number", self.number),
            ("given_names", self.given),
            ("family_name", self.family),
            ("birth_date", self.born),
        ]
    }
}

/// A list of these students.
pub(crate) fn list(students: &[Student]) -> String {
    students.iter().fold(HEADER.to_owned(), |list, student| list + &student.row())
}

impl Scene {
    /// A ticket issuer that may have every field, of any university, with one product.
    pub(crate) async fn shop(&self, id: &str) -> Shop {
        self.shop_with(id, |_, _| ()).await
    }

    pub(crate) async fn shop_with(
        &self,
        id: &str,
        change: impl FnOnce(&mut ClientProfile, &mut IssuerProfile),
    ) -> Shop {
        let mut issuer = IssuerProfile {
            redirect_uris: vec![RedirectUri::parse(CALLBACK).unwrap()],
            universities: Vec::new(),
            claims: vec![Field::GivenName, Field::FamilyName, Field::Birthdate],
            products: vec![Product {
                key: "ticket".to_owned(),
                name_de: "Semesterticket".to_owned(),
                name_en: "Semester ticket".to_owned(),
                rule: Rule::default(),
            }],
            direct_checks: true,
        };
        let mut profile = ClientProfile {
            name: "Verkehrsbetriebe Lindenstadt".to_owned(),
            authentication: Authentication::ClientSecretBasic,
            networks: Vec::new(),
            certificate: None,
            certificate_bound_tokens: false,
            kind: ClientKind::RosterUploader,
        };
        change(&mut profile, &mut issuer);
        profile.kind = ClientKind::Issuer(issuer);
        self.register(Client { id: ClientId::parse(id).unwrap(), profile, tenant: None, active: true }).await
    }

    /// A machine that uploads one university's rosters.
    pub(crate) async fn uploader(&self, id: &str, tenant: &TenantId) -> Shop {
        let profile = ClientProfile {
            name: "Campus".to_owned(),
            authentication: Authentication::ClientSecretBasic,
            networks: Vec::new(),
            certificate: None,
            certificate_bound_tokens: false,
            kind: ClientKind::RosterUploader,
        };
        let tenant = Some(tenant.clone());
        self.register(Client { id: ClientId::parse(id).unwrap(), profile, tenant, active: true }).await
    }

    async fn register(&self, client: Client) -> Shop {
        let secret = self.pedell.create_client(&client, &Actor::Operator).await.unwrap();
        Shop { client, secret: secret.map(|secret| secret.expose().to_owned()).unwrap_or_default() }
    }

    pub(crate) async fn site(&self) -> Site {
        Site::open(&self.pedell).await
    }
}

impl Shop {
    pub(crate) fn id(&self) -> &str {
        self.client.id.as_str()
    }

    /// Changes what the shop may do.
    pub(crate) async fn change(&mut self, scene: &Scene, change: impl FnOnce(&mut IssuerProfile)) {
        if let ClientKind::Issuer(issuer) = &mut self.client.profile.kind {
            change(issuer);
        }
        self.rewrite(scene).await;
    }

    /// Its settings, as they stand here.
    pub(crate) async fn rewrite(&self, scene: &Scene) {
        let change = ClientChange::Profile(Box::new(self.client.profile.clone()));
        scene.pedell.change_client(&self.client.id, change, &Actor::Operator).await.unwrap();
    }

    pub(crate) async fn block(&self, scene: &Scene) {
        scene.pedell.change_client(&self.client.id, ClientChange::Active(false), &Actor::Operator).await.unwrap();
    }

    /// The parameters of a good authorization request; `own` replaces or adds (an empty value leaves one out).
    pub(crate) fn request(&self, own: &[(&str, &str)]) -> Vec<(String, String)> {
        let good = [
            ("client_id", self.id()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile birthdate"),
            ("state", "st at&e"),
            ("nonce", "n-0S6"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut parameters: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in good.iter().chain(own) {
            parameters.insert((*name).to_owned(), (*value).to_owned());
        }
        parameters.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

impl Site {
    pub(crate) async fn open(pedell: &Pedell) -> Self {
        Self::open_with(pedell, |_| ()).await
    }

    pub(crate) async fn open_with(pedell: &Pedell, change: impl FnOnce(&mut DoorSettings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plenty = NonZeroU32::new(10_000_000).unwrap();
        let mut settings = DoorSettings {
            trusted_proxies: Vec::new(),
            forwarded_certificates: ForwardedCertificates::Off,
            regions: pedell::web::Regions::default(),
            requests_per_minute_per_address: plenty,
            requests_per_minute_per_client: plenty,
            roster_max_bytes: 1 << 20,
            roster_max_rows: 10_000,
            operator: "Verkehrsverbund Musterland".to_owned(),
            service_provider: pedell::flow::saml_metadata::ServiceProvider::default(),
            saml_metadata_life: Duration::from_hours(24),
            is_demo: false,
            shop: None,
        };
        change(&mut settings);
        let server = tokio::spawn(serve(listener, router(Door::new(pedell.clone(), settings)), pending()));
        Self { pedell: pedell.clone(), address, http: http(), server }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: Mutex::default(), language: "de", from: "" }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.http.get(self.url(path))).await
    }

    /// Posts a form with the shop's secret as `Authorization: Basic`.
    pub(crate) async fn post(&self, shop: &Shop, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.url(path)).basic_auth(shop.id(), Some(&shop.secret));
        Answer::of(request.form(form)).await
    }

    /// Posts a form without any credentials but those in it.
    pub(crate) async fn post_bare(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        Answer::of(self.http.post(self.url(path)).form(form)).await
    }

    /// What `/token` says to a code.
    pub(crate) async fn redeem_code(&self, shop: &Shop, code: &str) -> Answer {
        self.post(shop, "/token", &code_form(code)).await
    }

    /// The eligibility token of a student who goes the whole way.
    pub(crate) async fn issue(&self, shop: &Shop, student: Student) -> String {
        let code = self.browser().code(shop, student).await;
        let answer = self.redeem_code(shop, &code).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["id_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn jwks(&self) -> JwkSet {
        JwkSet::parse(&self.get("/jwks.json").await.body).unwrap()
    }

    /// The token's claims, verified as a shop verifies them.
    pub(crate) async fn claims(&self, shop: &Shop, token: &str) -> EligibilityClaims {
        let now = self.pedell.clock().now();
        verify_eligibility(token, &self.jwks().await, "https://pedell.example", Some(shop.id()), now).unwrap()
    }

    pub(crate) async fn check(&self, shop: &Shop, student: Student, university: &str) -> Answer {
        let request = self.http.post(self.url("/v1/checks")).basic_auth(shop.id(), Some(&shop.secret));
        Answer::of(request.json(&question(student, university))).await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Follows no redirects, and waits longer than any test machine is slow.
pub(crate) fn http() -> reqwest::Client {
    #[expect(clippy::disallowed_methods, reason = "a test's client may wait longer than the service's own")]
    let builder = reqwest::Client::builder();
    builder.redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(120)).build().unwrap()
}

/// The body of a direct check.
pub(crate) fn question(student: Student, university: &str) -> Value {
    serde_json::json!({
        "university": university, "scope": "profile birthdate", "nonce": "n-1",
        "matriculation_number": student.number, "given_names": student.given,
        "family_name": student.family, "birth_date": student.born,
    })
}

pub(crate) fn code_form(code: &str) -> [(&'static str, &str); 4] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The `error` of an OAuth answer.
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads, with its parameters.
    pub(crate) fn redirect(&self) -> (String, BTreeMap<String, String>) {
        assert_eq!(self.status, 303, "{}", self.body);
        let base = Url::parse("http://here").unwrap();
        let url = base.join(self.header("location")).unwrap();
        let whole = url.as_str().split('?').next().unwrap().trim_start_matches("http://here").to_owned();
        (whole, url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The parameters of a redirect that has to lead to the shop.
    pub(crate) fn back_at_the_shop(&self) -> BTreeMap<String, String> {
        let (to, parameters) = self.redirect();
        assert_eq!(to, CALLBACK);
        assert_eq!(parameters["iss"], "https://pedell.example");
        parameters
    }

    /// The sealed state that the page's form carries.
    pub(crate) fn flow(&self) -> String {
        between(&self.body, "name=\"flow\" value=\"", "\"").unwrap_or_else(|| panic!("no flow in {}", self.body))
    }

    /// The page's text without what differs on each view: the sealed state and the reference number.
    pub(crate) fn constant(&self) -> String {
        let flow = self.flow();
        let page = self.body.replace(&flow, "FLOW");
        match self.reference() {
            Some(reference) => page.replace(&reference, "REFERENCE"),
            None => page,
        }
    }

    /// The first reference number on the page.
    pub(crate) fn reference(&self) -> Option<String> {
        let is_reference = |word: &&str| {
            word.len() == 11
                && word.as_bytes()[5] == b'-'
                && word.bytes().all(|b| b == b'-' || b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        let words = self.body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        words.into_iter().find(is_reference).map(str::to_owned)
    }
}

/// The text between two others.
pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_owned())
}

/// A browser that keeps cookies.
pub(crate) struct Browser<'s> {
    site: &'s Site,
    cookies: Mutex<BTreeMap<String, String>>,
    pub(crate) language: &'static str,
    /// The address that a proxy says it comes from; empty: the connection's.
    pub(crate) from: &'static str,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.site.http.get(self.site.url(path))).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.site.http.post(self.site.url(path)).form(form)).await
    }

    /// Posts a body as it is.
    pub(crate) async fn post_body(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.send(self.site.http.post(self.site.url(path)).header("content-type", kind).body(body)).await
    }

    /// Posts a form with a file, as browsers do (RFC 7578).
    pub(crate) async fn post_file(&self, path: &str, form: &[(&str, &str)], name: &str, file: &str) -> Answer {
        const EDGE: &str = "----edge";
        let part = |name: &str, more: &str, value: &str| {
            format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
        };
        let fields = form.iter().fold(String::new(), |body, (name, value)| body + &part(name, "", value));
        let file = part("file", &format!("; filename=\"{name}\"\r\nContent-Type: text/csv"), file);
        let request = self.site.http.post(self.site.url(path));
        let request = request.header("content-type", format!("multipart/form-data; boundary={EDGE}"));
        self.send(request.body(format!("{fields}{file}--{EDGE}--\r\n"))).await
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let cookies = self.jar().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = if self.from.is_empty() { request } else { request.header("x-forwarded-for", self.from) };
        let answer = Answer::of(request.header("cookie", cookies).header("accept-language", self.language)).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.jar().insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub(crate) fn jar(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap()
    }

    /// Sends the student over; `own` as in [`Shop::request`].
    pub(crate) async fn authorize(&self, shop: &Shop, own: &[(&str, &str)]) -> Answer {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(shop.request(own)).finish();
        self.get(&format!("/authorize?{query}")).await
    }

    /// The same, on to the form of a university.
    pub(crate) async fn at_the_form(&self, shop: &Shop, own: &[(&str, &str)]) -> Answer {
        let mut own = own.to_vec();
        if !own.iter().any(|(name, _)| *name == "university") {
            own.push(("university", "musterstadt"));
        }
        let sent = self.authorize(shop, &own).await;
        let (to, _) = sent.redirect();
        assert_eq!(to, "/verify/roster", "{sent:?}");
        let form = self.get(sent.header("location")).await;
        assert_eq!(form.status, 200, "{}", form.body);
        form
    }

    /// Fills the form that `page` shows in, and sends it.
    pub(crate) async fn fill(&self, page: &Answer, student: Student) -> Answer {
        let flow = page.flow();
        let mut form = vec![("flow", flow.as_str())];
        form.extend(student.fields());
        self.post("/verify/roster", &form).await
    }

    /// What the student sees who goes to the form and fills it in.
    pub(crate) async fn verify(&self, shop: &Shop, student: Student, own: &[(&str, &str)]) -> Answer {
        let form = self.at_the_form(shop, own).await;
        self.fill(&form, student).await
    }

    /// A code for an eligible student.
    pub(crate) async fn code(&self, shop: &Shop, student: Student) -> String {
        self.code_with(shop, student, &[]).await
    }

    pub(crate) async fn code_with(&self, shop: &Shop, student: Student, own: &[(&str, &str)]) -> String {
        let back = self.verify(shop, student, own).await.back_at_the_shop();
        back.get("code").unwrap_or_else(|| panic!("{back:?}")).clone()
    }
}
