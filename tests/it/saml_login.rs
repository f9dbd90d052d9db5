//! Students who log in at their university: at the lying identity provider of `tests/saml`, through our own doors.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::{
    base::{Timestamp, id},
    domain::connection::{ConnectionSecrets, ConnectionSettings, SamlConnection},
    protocol::saml::{names, redirect},
};
use url::Url;

use crate::{
    idp::{ACS, IDP, NOW, REQUEST, SP, STUDENT, Signing, assertion, keys, response},
    scene::Scene,
    site::{Answer, Browser, Shop},
};

const SEMESTER: &str = "urn:uni:semester";

/// What the provider says of somebody who logs in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Says {
    pub(crate) id: &'static str,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) born: &'static str,
    pub(crate) semester: &'static str,
}

pub(crate) const ANA: Says = Says { id: "ana-1", given: "Ana", family: "Müller", born: "20030417", semester: "20262" };
pub(crate) const BEN: Says = Says { id: "ben-2", given: "Ben", family: "Okafor", born: "", semester: "20262" };

impl Scene {
    /// The scene's university is connected to the provider.
    pub(crate) async fn log_in_by_saml(&self) {
        let folder = self.place.folder.join("idp-metadata");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("uni.xml"), metadata()).unwrap();
        self.pedell.federation().refresh(&folder, self.clock.now()).unwrap();
        let connection = SamlConnection {
            entity_id: IDP.to_owned(),
            semester_attribute: Some(SEMESTER.to_owned()),
            given_name_attribute: None,
            family_name_attribute: None,
            birth_date_attribute: None,
            accept_sha1: false,
            force_authn: false,
            affiliation_scopes: Vec::new(),
        };
        let people = ["ada", "grace"].map(|name| name.parse().unwrap());
        let settings = ConnectionSettings::Saml(connection);
        self.pedell.connect(&self.university.id, settings, ConnectionSecrets::default(), people).await.unwrap();
    }
}

fn metadata() -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"{}\" xmlns:ds=\"{}\" entityID=\"{IDP}\"><md:Extensions>\
         <shibmd:Scope xmlns:shibmd=\"{}\" regexp=\"false\">uni.example</shibmd:Scope></md:Extensions>\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"{}\"><md:KeyDescriptor><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:SingleSignOnService Binding=\"{}\" Location=\"https://idp.uni.example/redirect\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>",
        names::METADATA,
        names::DSIG,
        names::SHIBMD,
        names::PROTOCOL,
        BASE64_STANDARD.encode(keys().idp.certificate()),
        names::REDIRECT_BINDING,
    )
}

/// A login that is at the provider.
#[derive(Clone, Debug)]
pub(crate) struct Away {
    request: String,
    pub(crate) relay: String,
}

impl Away {
    /// What the provider is asked by this redirect.
    pub(crate) fn of(answer: &Answer) -> Self {
        let url = Url::parse(answer.header("location")).unwrap_or_else(|_| panic!("{answer:?}"));
        let parameter = |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap();
        let request = redirect::inflate(&parameter("SAMLRequest")).unwrap();
        let request = request.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        Self { request, relay: parameter("RelayState") }
    }

    /// The provider's answer, signed, as the browser posts it.
    pub(crate) fn answer(&self, who: Says, now: Timestamp) -> String {
        let id = format!("_a{}", id::fresh(&pedell::base::Clock::default(), &pedell::base::Random::default()));
        let more = [
            ("urn:oid:2.5.4.42", who.given),
            ("urn:oid:2.5.4.4", who.family),
            ("urn:oid:1.3.6.1.4.1.25178.1.2.3", who.born),
            (SEMESTER, who.semester),
        ];
        let more: String = more.iter().filter(|(_, value)| !value.is_empty()).fold(String::new(), |all, (name, value)| {
            let kind = names::URI_NAME;
            all + &format!(
                "<saml:Attribute Name=\"{name}\" NameFormat=\"{kind}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
            )
        });
        let later = |text: String| {
            text.replace("2026-11-23T08:05:00Z", &now.plus(Duration::from_mins(5)).to_string())
                .replace("2026-11-23T07:59:30Z", &now.minus(Duration::from_secs(30)).to_string())
                .replace("2026-11-23T16:00:00Z", &now.plus(Duration::from_hours(8)).to_string())
                .replace(NOW, &now.to_string())
        };
        let assertion = later(assertion())
            .replace(REQUEST, &self.request)
            .replace("_assertion-1", &id)
            .replace(STUDENT, &format!("{}@uni.example", who.id))
            .replace(&format!(">{SP}<"), ">https://pedell.example/saml/metadata<")
            .replace("</saml:AttributeStatement>", &format!("{more}</saml:AttributeStatement>"));
        let signed = Signing::default().sign(&assertion, &id);
        assert!(signed.contains(ACS));
        BASE64_STANDARD.encode(later(response(&signed)).replace(REQUEST, &self.request))
    }
}

impl Browser<'_> {
    /// From the shop to the provider.
    pub(crate) async fn away(&self, shop: &Shop, own: &[(&str, &str)]) -> Away {
        let own: Vec<_> = own.iter().copied().chain([("university", "musterstadt")]).collect();
        let sent = self.authorize(shop, &own).await;
        assert_eq!(sent.redirect().0, "/verify/saml", "{sent:?}");
        Away::of(&self.get(sent.header("location")).await)
    }

    /// Comes back from the provider with this answer.
    pub(crate) async fn come_back(&self, away: &Away, answer: &str) -> Answer {
        self.post("/verify/saml", &[("SAMLResponse", answer), ("RelayState", &away.relay)]).await
    }

    /// From the shop through the login.
    pub(crate) async fn log_in(&self, scene: &Scene, shop: &Shop, who: Says, own: &[(&str, &str)]) -> Answer {
        let away = self.away(shop, own).await;
        self.come_back(&away, &away.answer(who, scene.clock.now())).await
    }

    /// The page with the question whether the shop may have it; it has to be asked.
    pub(crate) async fn question(&self, back: &Answer) -> Answer {
        let (to, _) = back.redirect();
        assert_eq!(to, "/verify/consent", "{back:?}");
        let page = self.get(back.header("location")).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page
    }

    /// Agrees to what the page asks.
    pub(crate) async fn agree(&self, question: &Answer) -> Answer {
        self.post("/verify/consent", &[("flow", &question.flow()), ("agree", "1")]).await
    }

    /// The whole way, agreeing if asked: the code.
    pub(crate) async fn code_by_login(&self, scene: &Scene, shop: &Shop, who: Says, own: &[(&str, &str)]) -> String {
        let mut back = self.log_in(scene, shop, who, own).await;
        if back.redirect().0 == "/verify/consent" {
            back = self.agree(&self.question(&back).await).await;
        }
        let back = back.back_at_the_shop();
        back.get("code").unwrap_or_else(|| panic!("{back:?}")).clone()
    }

    /// On the way to the account.
    pub(crate) async fn away_to_the_account(&self) -> Away {
        self.jar().remove("__Host-pedell-account"); // who has a pass is there already
        let page = self.get("/account").await;
        let form = [("flow", page.flow()), ("university", "musterstadt".to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        Away::of(&self.post("/account/login", &form).await)
    }

    /// Logs in at the account, and looks at it.
    pub(crate) async fn account(&self, scene: &Scene, who: Says) -> Answer {
        let away = self.away_to_the_account().await;
        let back = self.come_back(&away, &away.answer(who, scene.clock.now())).await;
        assert_eq!(back.redirect().0, "/account", "{back:?}");
        let page = self.get("/account").await;
        assert!(page.body.contains("name=\"change\""), "{}", page.body);
        page
    }

    /// Sends a form of the account's page.
    pub(crate) async fn change(&self, page: &Answer, change: &str, own: &[(&str, &str)]) -> Answer {
        let flow = page.flow();
        let mut form = vec![("flow", flow.as_str()), ("change", change)];
        form.extend(own);
        self.post("/account", &form).await
    }

    /// Uploads a photo by the account's form.
    pub(crate) async fn upload(&self, page: &Answer, photo: &[u8]) -> Answer {
        let boundary = "----a-line-between-parts";
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"flow\"\r\n\r\n{}\r\n--{boundary}\r\n\
             Content-Disposition: form-data; name=\"photo\"; filename=\"me.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
            page.flow()
        )
        .into_bytes();
        body.extend(photo);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        self.post_body("/account/photo", &format!("multipart/form-data; boundary={boundary}"), body).await
    }
}

/// The number of the account that a page shows.
pub(crate) fn account_number(page: &Answer) -> String {
    let is_number =
        |word: &&str| word.len() == 26 && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    page.body
        .split(|c: char| !c.is_ascii_alphanumeric())
        .find(is_number)
        .unwrap_or_else(|| panic!("{}", page.body))
        .to_owned()
}

/// A photo, as a camera makes one.
pub(crate) fn photo(width: u32, height: u32) -> Vec<u8> {
    let image = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, ((x + y) % 239) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
