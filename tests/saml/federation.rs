//! Federations over the network: a local server that serves good files, bad files, and nothing at all.

use std::{
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use pedell::{
    base::{Clock, Random},
    peers::{
        federation::{Federation, Outcome, Place, Source, SourceFault},
        http::Http,
        outbound::{Allowed, Outbound},
    },
    protocol::saml::Coded,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use url::Url;

use crate::{idp::*, metadata};

const DAY: Duration = Duration::from_hours(24);

/// What the federation's server does next.
#[derive(Clone)]
enum Serves {
    File(String),
    Status(u16),
    Redirect(&'static str),
    Endless,
    /// So many bytes of a file, although more are announced.
    CutOff(String, usize),
}

/// What the server was asked: path and `If-None-Match`.
type Asked = Vec<(String, Option<String>)>;

struct Server {
    serves: Mutex<Serves>,
    asked: Mutex<Asked>,
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let seen = request.headers().get(header::IF_NONE_MATCH).map(|value| value.to_str().unwrap().to_owned());
    server.asked.lock().unwrap().push((request.uri().path().to_owned(), seen.clone()));
    let next = server.serves.lock().unwrap().clone();
    match next {
        Serves::File(text) => {
            let etag = format!("\"{}\"", digest_of(pedell::protocol::saml::names::SHA256, text.as_bytes()));
            if seen.as_ref() == Some(&etag) {
                return StatusCode::NOT_MODIFIED.into_response();
            }
            ([(header::ETAG, etag)], text).into_response()
        }
        Serves::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Serves::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Serves::Endless => Body::from_stream(futures_util::stream::repeat_with(|| {
            Ok::<_, std::convert::Infallible>(axum::body::Bytes::from_static(&[b' '; 16 * 1024]))
        }))
        .into_response(),
        Serves::CutOff(text, bytes) => {
            let length = text.len().to_string();
            let chunk = axum::body::Bytes::from(text.into_bytes()).slice(..bytes);
            let broken = futures_util::stream::iter([Ok(chunk), Err(std::io::Error::other("the cable was cut"))]);
            ([(header::CONTENT_LENGTH, length)], Body::from_stream(broken)).into_response()
        }
    }
}

struct Scene {
    server: Arc<Server>,
    url: String,
    task: JoinHandle<()>,
    cache: TempDir,
    clock: Clock,
    federation: Federation,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A signed file of so many providers and one nested, valid until then.
fn signed(count: usize, valid_until: &str) -> String {
    metadata::signed_federation(count, valid_until, &keys().idp)
}

const SOON: &str = "2026-11-29T08:00:00Z";

impl Scene {
    async fn new(first: Serves) -> Self {
        let server = Arc::new(Server { serves: Mutex::new(first), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&server));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let clock = Clock::manual(at(NOW));
        let mut scene = Self {
            server,
            url,
            task,
            cache: TempDir::new().unwrap(),
            federation: Federation::new(clock.clone(), Random::seeded(1), client()),
            clock,
        };
        scene.restart();
        scene
    }

    /// Like a new process on the same disk.
    fn restart(&mut self) {
        self.restart_with(self.source());
    }

    fn restart_with(&mut self, source: Source) {
        self.federation = Federation::new(self.clock.clone(), Random::seeded(1), client());
        self.federation.follow(vec![source], self.cache.path());
    }

    fn source(&self) -> Source {
        let url = Url::parse(&format!("{}/metadata.xml", self.url)).unwrap();
        Source { max_bytes: 4 << 20, ..Source::new("test", Place::Aggregate(url), vec![keys().idp.verifying()]) }
    }

    fn serve(&self, serves: Serves) {
        *self.server.serves.lock().unwrap() = serves;
    }

    async fn ask(&self) -> Result<Outcome, SourceFault> {
        self.federation.ask_now().await.pop().unwrap()
    }

    async fn refused(&self, serves: Serves) -> &'static str {
        self.serve(serves);
        self.ask().await.unwrap_err().code()
    }

    fn knows(&self, entity_id: &str) -> bool {
        self.federation.find(entity_id).is_some()
    }

    fn asked(&self) -> Asked {
        std::mem::take(&mut self.server.asked.lock().unwrap())
    }

    fn trouble(&self) -> Option<(String, u32)> {
        let report = self.federation.reports().pop().unwrap();
        report.trouble.map(|trouble| (trouble.code, trouble.times))
    }
}

fn client() -> Http {
    Http::new(Outbound::public_and([Allowed::parse("127.0.0.1").unwrap()])).unwrap()
}

#[tokio::test]
async fn a_federation_is_fetched_verified_and_asked_again_with_what_we_have() {
    let scene = Scene::new(Serves::File(signed(3, SOON))).await;
    assert!(scene.federation.is_empty() && scene.asked().is_empty(), "nothing waits for the network");
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(4));
    let idp = scene.federation.find("https://idp2.example").unwrap();
    assert_eq!((idp.keys.len(), idp.descriptor.valid_until), (2, Some(at(SOON))));
    assert!(!scene.knows("https://idp3.example"));
    assert_eq!(scene.ask().await.unwrap(), Outcome::Unchanged);
    assert!(matches!(&scene.asked()[..], [(_, None), (_, Some(_))]));
    scene.serve(Serves::File(signed(4, SOON)));
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(5));
    assert!(scene.knows("https://idp3.example"));
    let report = scene.federation.reports().pop().unwrap();
    assert_eq!((report.identity_providers, report.fetched_at, report.trouble), (5, Some(at(NOW)), None));
    assert_eq!(report.usable_until, Some(at(SOON).plus(DAY * 3)));
}

/// On 9 June 2026 a federation published all its files with a `validUntil` in the past.
#[tokio::test]
async fn the_day_a_federation_published_expired_files_nobody_noticed_but_the_operator() {
    let mut scene = Scene::new(Serves::File(signed(3, SOON))).await;
    scene.ask().await.unwrap();
    assert_eq!(scene.refused(Serves::File(signed(3, "2026-11-22T08:00:00Z"))).await, "metadata_expired");
    assert!(scene.knows("https://idp1.example"), "the last good copy goes on");
    scene.restart();
    assert!(scene.knows("https://idp1.example"), "also after a restart");
    assert_eq!(scene.ask().await.unwrap_err().code(), "metadata_expired");
    assert_eq!(scene.trouble(), Some(("metadata_expired".to_owned(), 2)), "the doctor hears of it");
    // Days later: past the copy's own end, within the grace.
    scene.clock.advance(DAY * 7);
    assert!(scene.knows("https://idp1.example"));
    scene.restart();
    assert!(scene.knows("https://idp1.example"), "a restart changes nothing");
    // The grace has an end: a key that was withdrawn is not believed for ever.
    scene.clock.advance(DAY * 2);
    assert!(!scene.knows("https://idp1.example"));
    scene.restart();
    assert!(!scene.knows("https://idp1.example"));
    // And as soon as the federation is itself again, so are we.
    scene.serve(Serves::File(signed(3, "2026-12-08T08:00:00Z")));
    scene.ask().await.unwrap();
    assert!(scene.knows("https://idp1.example"));
    assert_eq!(scene.trouble(), None);
}

#[tokio::test]
async fn a_node_that_is_new_on_such_a_day_believes_nothing_expired() {
    let scene = Scene::new(Serves::File(signed(3, "2026-11-23T07:59:59Z"))).await;
    assert_eq!(scene.ask().await.unwrap_err().code(), "metadata_expired");
    assert!(scene.federation.is_empty());
}

#[tokio::test]
async fn nothing_bad_takes_the_place_of_what_is_good() {
    let scene = Scene::new(Serves::File(signed(3, SOON))).await;
    scene.ask().await.unwrap();
    let good = signed(4, SOON);
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\n<md:Ent";
    for (serves, code) in [
        (Serves::File(metadata::federation(4, &format!(" validUntil=\"{SOON}\""))), "metadata_signature_not_first"),
        (Serves::File(metadata::signed_federation(4, SOON, &keys().attacker)), "signature_value"),
        (Serves::File(good.replacen("https://idp1.example", "https://evil.example", 1)), "signature_digest"),
        (Serves::File(good.replacen(" validUntil=", " validFrom=", 1)), "metadata_valid_until_missing"),
        (Serves::File(signed(4, "2027-11-23T08:00:00Z")), "metadata_valid_until_too_far"),
        (Serves::File(signed(0, SOON)), "federation_too_few"),
        (Serves::File(good[..good.len() / 2].to_owned()), "xml_malformed"),
        (Serves::File(good.replacen("<md:Ent", bomb, 1)), "xml_doctype"),
        (Serves::File("<html><body>Wartungsarbeiten</body></html>".to_owned()), "metadata_not_metadata"),
        (Serves::File(String::new()), "metadata_not_metadata"),
        (Serves::CutOff(good.clone(), good.len() / 2), "federation_unreachable"),
        (Serves::Endless, "federation_too_large"),
        (Serves::Redirect("http://169.254.169.254/latest/meta-data/"), "federation_address_refused"),
        (Serves::Redirect("/metadata.xml"), "federation_redirects"),
        (Serves::Status(500), "federation_status"),
        (Serves::Status(404), "federation_status"),
    ] {
        assert_eq!(scene.refused(serves).await, code);
        assert!(scene.knows("https://idp2.example") && !scene.knows("https://evil.example"), "{code}");
        assert_eq!(scene.federation.reports().pop().unwrap().fetched_at, Some(at(NOW)));
    }
    let files: Vec<_> = fs::read_dir(scene.cache.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files.len(), 2, "no part is left: {files:?}");
    let times = scene.trouble().unwrap().1;
    assert_eq!(times, 16, "every attempt is counted, so that pauses grow");
    scene.serve(Serves::File(good));
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(5));
}

#[tokio::test]
async fn a_federation_that_really_shrinks_is_believed_when_the_operator_says_so() {
    let mut scene = Scene::new(Serves::File(signed(9, SOON))).await;
    scene.ask().await.unwrap();
    assert_eq!(scene.refused(Serves::File(signed(3, SOON))).await, "federation_too_few");
    scene.restart_with(Source { smallest_share: 0, ..scene.source() });
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(4));
}

/// Whoever has a good file of last week, signed, could bring back a key that was withdrawn since.
#[tokio::test]
async fn a_file_that_is_older_than_the_one_in_use_does_not_take_its_place() {
    let mut scene = Scene::new(Serves::File(signed(3, SOON))).await;
    scene.ask().await.unwrap();
    let older = signed(4, "2026-11-28T08:00:00Z");
    assert_eq!(scene.refused(Serves::File(older.clone())).await, "federation_older");
    assert!(scene.knows("https://idp1.example") && !scene.knows("https://idp3.example"));
    assert_eq!(scene.trouble(), Some(("federation_older".to_owned(), 1)), "the doctor hears of it");
    scene.restart();
    assert_eq!(scene.refused(Serves::File(older)).await, "federation_older", "also after a restart");
    scene.serve(Serves::File(signed(4, "2026-11-29T08:00:01Z")));
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(5));
}

#[tokio::test]
async fn a_federation_that_says_when_it_made_a_file_may_shorten_its_validity() {
    let made = metadata::signed_federation_of;
    let scene = Scene::new(Serves::File(made(3, "2026-11-23T06:00:00Z", SOON))).await;
    scene.ask().await.unwrap();
    scene.serve(Serves::File(made(4, "2026-11-23T07:00:00Z", "2026-11-25T08:00:00Z")));
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(5));
    // Made before, however long it says that it is valid.
    let older = Serves::File(made(3, "2026-11-23T06:59:59Z", SOON));
    assert_eq!(scene.refused(older).await, "federation_older");
    // A moment that has not come says nothing, or one wrong file would keep every right one out.
    scene.serve(Serves::File(made(3, "2026-12-23T06:00:00Z", SOON)));
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(4));
    scene.serve(Serves::File(made(4, "2026-11-23T07:30:00Z", SOON)));
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(5));
}

#[tokio::test]
async fn what_lies_on_disk_is_verified_again_and_belongs_to_its_address() {
    let mut scene = Scene::new(Serves::File(signed(3, SOON))).await;
    scene.ask().await.unwrap();
    let document = fs::read_dir(scene.cache.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .unwrap();
    // Moved to another address: another federation may be there, signed with the same key.
    let elsewhere = Place::Aggregate(Url::parse(&format!("{}/test-federation.xml", scene.url)).unwrap());
    scene.restart_with(Source { place: elsewhere, ..scene.source() });
    assert!(scene.federation.is_empty());
    // The key that was pinned then is not pinned now.
    scene.restart_with(Source { keys: vec![keys().attacker.verifying()], ..scene.source() });
    assert!(scene.federation.is_empty());
    // Somebody has written into the folder.
    let altered = fs::read_to_string(&document).unwrap().replacen("https://idp1.example", "https://evil.example", 1);
    fs::write(&document, altered).unwrap();
    scene.restart();
    assert!(scene.federation.is_empty());
    scene.asked();
    assert_eq!(scene.ask().await.unwrap(), Outcome::New(4));
    assert!(matches!(&scene.asked()[..], [(_, None)]), "what is not good is not spoken of");
}

#[tokio::test]
async fn a_file_of_the_operators_comes_before_the_federation() {
    let scene = Scene::new(Serves::File(signed(3, SOON))).await;
    scene.ask().await.unwrap();
    let folder = TempDir::new().unwrap();
    let own = metadata::entity("https://idp1.example", true).replace("idp.uni.example/redirect", "idp.uni.example/own");
    fs::write(folder.path().join("idp1.xml"), own).unwrap();
    scene.federation.refresh(folder.path(), at(NOW)).unwrap();
    let endpoint = |id| scene.federation.find(id).unwrap().descriptor.redirect_endpoints[0].clone();
    assert_eq!(endpoint("https://idp1.example"), "https://idp.uni.example/own");
    assert_eq!(endpoint("https://idp2.example"), "https://idp.uni.example/redirect");
}

#[tokio::test]
async fn a_file_of_the_operators_ends_when_it_says_so_and_a_little_later() {
    let scene = Scene::new(Serves::Status(404)).await;
    let folder = TempDir::new().unwrap();
    let document = metadata::entity(IDP, true).replacen(" entityID=", &format!(" validUntil=\"{SOON}\" entityID="), 1);
    fs::write(folder.path().join("uni.xml"), document).unwrap();
    let federation = &scene.federation;
    federation.refresh(folder.path(), at(NOW)).unwrap();
    scene.clock.advance(DAY * 8);
    assert!(federation.find(IDP).is_some());
    let restarted = Federation::new(scene.clock.clone(), Random::seeded(1), client());
    restarted.refresh(folder.path(), scene.clock.now()).unwrap();
    assert!(restarted.find(IDP).is_some(), "a restart changes nothing");
    scene.clock.advance(DAY * 2);
    assert!(federation.find(IDP).is_none() && federation.is_empty());
}

mod mdq {
    use super::*;

    fn answer_for(entity_id: &str, valid_until: &str, key: &'static Pair) -> String {
        let document = metadata::entity(entity_id, true).replacen(
            " entityID=",
            &format!(" ID=\"_f1\" validUntil=\"{valid_until}\" entityID="),
            1,
        );
        let place = format!("entityID=\"{entity_id}\">");
        Signing { key, after: Box::leak(place.into_boxed_str()), ..Signing::default() }.sign(&document, "_f1")
    }

    async fn scene(serves: Serves) -> Scene {
        let mut scene = Scene::new(serves).await;
        scene.restart_with(source(&scene));
        scene
    }

    fn source(scene: &Scene) -> Source {
        let place = Place::Mdq(Url::parse(&format!("{}/mdq/", scene.url)).unwrap());
        Source::new("mdq", place, vec![keys().idp.verifying()])
    }

    async fn found(scene: &Scene) -> bool {
        scene.federation.look_up(IDP).await.is_some()
    }

    #[tokio::test]
    async fn an_entity_is_asked_for_once_and_kept() {
        let scene = scene(Serves::File(answer_for(IDP, SOON, &keys().idp))).await;
        let (a, b, c) = tokio::join!(found(&scene), found(&scene), found(&scene));
        assert!(a && b && c && scene.knows(IDP));
        let asked = scene.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!(asked[0].0.starts_with("/mdq/entities/%7Bsha1%7D") && asked[0].0.len() == 24 + 40, "{asked:?}");
    }

    #[tokio::test]
    async fn an_old_answer_is_used_while_a_new_one_is_fetched() {
        let scene = scene(Serves::File(answer_for(IDP, SOON, &keys().idp))).await;
        assert!(found(&scene).await);
        scene.asked();
        scene.clock.advance(Duration::from_hours(2));
        scene.serve(Serves::Status(500));
        assert!(found(&scene).await, "nobody waits, and what fails takes nothing away");
        for _ in 0..200 {
            if scene.trouble().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(scene.trouble(), Some(("federation_status".to_owned(), 1)));
        assert!(found(&scene).await);
        assert_eq!(scene.asked().len(), 1, "a service that failed is left alone for a while");
    }

    #[tokio::test]
    async fn an_answer_that_is_older_than_the_one_in_use_does_not_take_its_place() {
        let mut scene = scene(Serves::File(answer_for(IDP, SOON, &keys().idp))).await;
        assert!(found(&scene).await);
        scene.serve(Serves::File(answer_for(IDP, "2026-11-28T08:00:00Z", &keys().idp)));
        scene.restart_with(source(&scene));
        assert!(found(&scene).await);
        for _ in 0..200 {
            if scene.trouble().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(scene.trouble(), Some(("federation_older".to_owned(), 1)));
        assert_eq!(scene.federation.find(IDP).unwrap().descriptor.valid_until, Some(at(SOON)));
    }

    #[tokio::test]
    async fn a_copy_survives_a_restart_until_its_end_and_the_grace() {
        let mut scene = scene(Serves::File(answer_for(IDP, SOON, &keys().idp))).await;
        assert!(found(&scene).await);
        scene.serve(Serves::Status(503));
        scene.restart_with(source(&scene));
        assert!(found(&scene).await);
        scene.clock.advance(DAY * 8);
        scene.restart_with(source(&scene));
        assert!(found(&scene).await);
        scene.clock.advance(DAY * 2);
        assert!(!found(&scene).await);
    }

    #[tokio::test]
    async fn an_unknown_entity_is_remembered_as_such() {
        let scene = scene(Serves::Status(404)).await;
        assert!(!found(&scene).await && !found(&scene).await);
        assert_eq!(scene.asked().len(), 1);
        scene.serve(Serves::File(answer_for(IDP, SOON, &keys().idp)));
        scene.clock.advance(Duration::from_mins(11));
        assert!(found(&scene).await);
    }

    #[tokio::test]
    async fn what_the_service_no_longer_knows_ends_at_its_own_time_without_grace() {
        let scene = scene(Serves::File(answer_for(IDP, SOON, &keys().idp))).await;
        assert!(found(&scene).await);
        scene.serve(Serves::Status(404));
        scene.clock.advance(DAY);
        assert!(found(&scene).await);
        for _ in 0..200 {
            if scene.asked().len() == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        scene.clock.advance(DAY * 5);
        assert!(!found(&scene).await);
    }

    #[tokio::test]
    async fn bad_answers_are_refused() {
        let good = answer_for(IDP, SOON, &keys().idp);
        for (serves, code) in [
            (Serves::File(answer_for("https://other.example", SOON, &keys().idp)), "federation_other_entity"),
            (Serves::File(answer_for(IDP, SOON, &keys().attacker)), "signature_value"),
            (Serves::File(answer_for(IDP, NOW, &keys().idp)), "metadata_expired"),
            (Serves::File(metadata::entity(IDP, true)), "metadata_valid_until_missing"),
            (Serves::File(good.replacen("idp.uni.example/redirect", "evil.example/redirect", 1)), "signature_digest"),
            (Serves::Endless, "federation_too_large"),
            (Serves::Redirect("https://169.254.169.254/"), "federation_address_refused"),
        ] {
            let scene = scene(serves).await;
            assert!(!found(&scene).await, "{code}");
            assert_eq!(scene.trouble(), Some((code.to_owned(), 1)));
        }
    }
}
