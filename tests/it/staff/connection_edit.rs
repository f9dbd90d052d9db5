//! A connection is written in the console: what is wrong is said with its line, secrets go in and never come out.

use pedell::domain::connection::{ConnectionSettings, Stage};
use secrecy::ExposeSecret;

use super::cast::{Cast, key_of};
use crate::{
    scene::{Scene, on_each_engine},
    site::{Answer, Browser},
};

const SOAP: &str = "kind = \"soap\"\r\nendpoint = \"https://service.uni.example/verify\"\r\nuser = \"pedell\"\r\n";

struct Desk<'s> {
    browser: Browser<'s>,
    key: String,
    tenant: String,
}

impl Desk<'_> {
    async fn save(&self, version: i64, document: &str, more: &[(&str, &str)]) -> Answer {
        let version = version.to_string();
        let mut form = vec![
            ("form_key", self.key.as_str()),
            ("tenant", self.tenant.as_str()),
            ("version", version.as_str()),
            ("document", document),
        ];
        form.extend_from_slice(more);
        self.browser.post("/staff/connection/edit", &form).await
    }
}

impl Scene {
    async fn test_settings(&self) -> (i64, ConnectionSettings, Vec<(String, String)>) {
        let scope = self.scope();
        let test = self.pedell.university_at(&scope, Stage::Test).await.unwrap().unwrap().connection;
        let secrets = self.pedell.connection_secrets(&scope, &test).await.unwrap();
        let listed =
            secrets.names().map(|name| (name.to_owned(), secrets.get(name).unwrap().expose_secret().to_owned()));
        let listed = listed.collect();
        (test.version, test.settings, listed)
    }
}

#[tokio::test]
async fn settings_and_secrets_are_written_and_only_settings_are_read() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let browser = cast.manager.browser(&site);
        let desk = Desk { key: key_of(&browser).await, tenant: cast.university.to_string(), browser };
        for kind in ["roster", "saml", "oidc", "oauth2", "soap"] {
            let page = desk.browser.get(&format!("/staff/connection/edit?kind={kind}")).await;
            assert!(page.body.contains(&format!("kind = &#34;{kind}&#34;")), "{}", page.body);
        }

        let faulty = desk.save(0, "kind = \"soap\"\nendpiont = \"x\"\nremember_minutes = \"many\"\n", &[]).await;
        assert_eq!(faulty.status, 422);
        for (line, said) in [("endpiont = ", "unknown field `endpiont`"), ("remember_minutes = ", "invalid type")] {
            assert!(faulty.body.contains(line) && faulty.body.contains(said), "{line}: {}", faulty.body);
        }
        assert_eq!(scene.test_settings().await.0, 0, "nothing was saved");

        let set = desk.save(0, SOAP, &[("secret_password", "hunter2"), ("secret_token", "abc")]).await;
        assert_eq!(set.status, 303, "{}", set.body);
        let (version, settings, secrets) = scene.test_settings().await;
        assert!(matches!(settings, ConnectionSettings::Soap(_)) && version == 1, "{settings:?}");
        let there = [("password", "hunter2"), ("token", "abc")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(secrets, there);
        let page = desk.browser.get("/staff/connection/edit").await.body;
        assert!(page.contains("service.uni.example") && !page.contains("hunter2"), "{page}");

        // A fault of the settings is kept and said where it is.
        let saved = desk.save(1, &SOAP.replace("pedell", "a:b"), &[]).await;
        assert!(saved.status == 200 && saved.body.contains("soap_header"), "{}", saved.body);
        assert!(saved.body.contains("user = &#34;a:b&#34;</code>"), "{}", saved.body);
        let (version, _, secrets) = scene.test_settings().await;
        assert_eq!((version, secrets.len()), (2, 2), "secrets are left as they are");
        assert_eq!(desk.save(1, SOAP, &[]).await.status, 409, "somebody was faster");

        // Secrets are for the address that they were given for.
        let elsewhere = SOAP.replace("service.uni.example", "evil.example");
        assert_eq!(desk.save(2, &elsewhere, &[]).await.status, 422);
        assert_eq!(desk.save(2, &elsewhere, &[("secret_token", "new")]).await.status, 422);
        assert_eq!(scene.test_settings().await.0, 2);
        assert_eq!(desk.save(2, &elsewhere, &[("secret_password", "new"), ("forget", "1")]).await.status, 303);
        assert_eq!(scene.test_settings().await.2, [("password".to_owned(), "new".to_owned())]);

        // A kind that takes none has none.
        assert!(desk.save(3, "kind = \"roster\"\n", &[]).await.status < 400);
        assert!(scene.test_settings().await.2.is_empty());
        let trail = desk.browser.get("/staff/audit?trail=house&kind=connection.").await.body;
        assert!(trail.contains("Name of manager-1") && !trail.contains("hunter2"), "{trail}");
    })
    .await;
}

#[tokio::test]
async fn hostile_text_stays_text_and_what_is_too_large_is_refused() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let browser = cast.manager.browser(&site);
        let desk = Desk { key: key_of(&browser).await, tenant: cast.university.to_string(), browser };
        let hostile = "</textarea><script>alert(1)</script>";
        for document in [
            format!("kind = \"saml\"\n\"{hostile}\" = 1\n"),
            format!("kind = \"{hostile}\"\n"),
            format!("# {hostile}\nkind = \"saml\"\nentity_id = \"{hostile}\"\nsemester_attribute = \"{hostile}\"\n"),
            hostile.to_owned(),
        ] {
            let version = scene.test_settings().await.0;
            let answer = desk.save(version, &document, &[]).await;
            assert!(!answer.body.contains("<script>alert") && answer.status < 500, "{}", answer.body);
            for path in ["/staff/connection", "/staff/connection/edit", "/staff/audit?trail=house", "/staff"] {
                assert!(!desk.browser.get(path).await.body.contains("<script>alert"), "{path}");
            }
        }
        let version = scene.test_settings().await.0;
        let large = format!("kind = \"roster\"\n# {}\n", "x".repeat(33_000));
        assert_eq!(desk.save(version, &large, &[]).await.status, 422);
        let secret = "x".repeat(33_000);
        let oidc = "kind = \"oidc\"\nissuer = \"https://op.uni.example\"\nclient_id = \"pedell\"\n";
        let form = [("secret_client_secret", secret.as_str()), ("forget", "1")];
        assert_eq!(desk.save(version, oidc, &form).await.status, 422);
        let form = [("secret_private_key", "x"), ("forget", "1")];
        assert_eq!(desk.save(version, oidc, &form).await.status, 422, "by client_secret_basic there is no key");
        assert_eq!(scene.test_settings().await.0, version, "nothing was saved");
    })
    .await;
}
