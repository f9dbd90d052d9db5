//! SAML: validated responses per second against the bare RSA operations of the same provider in the same run, hostile
//! documents, and a federation of 5,000 identity providers. `cargo bench --bench saml`; `benches/saml-peers` measures
//! other libraries over the same messages beside it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a bench"
)]
#![expect(dead_code, reason = "the test's identity provider can do more than is measured")]

#[path = "../tests/saml/idp.rs"]
mod idp;

use std::{
    fmt::Write as _,
    fs::File,
    io::BufReader,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use aws_lc_rs::{
    rsa::{
        OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
        PublicEncryptingKey,
    },
    signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use idp::{
    ACS, Encryption, IDP, NOW, Pair, REQUEST, SP, STUDENT, Signing, assertion, at, digest_of, expectations, judge,
    keys, response, sign_assertion, sign_response,
};
use pedell::protocol::saml::{
    aggregate::{AggregateRules, read_aggregate},
    keys::{SigningKey, VerifyingKey},
    names, self_signed, verify_response,
};
use pedell::{
    base::{Clock, Random},
    domain::search::Query,
    peers::{
        federation::{Federation, Place, Source},
        http::Http,
        outbound::Outbound,
    },
};

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, mode, file, key] = &arguments[..]
        && mode == "--read-aggregate"
    {
        return read_file(file, key);
    }
    if let [_, mode, url, key] = &arguments[..]
        && mode == "--follow"
    {
        return follow(url, key);
    }
    let (verify, private) = floors();
    if let Some(at) = arguments.iter().position(|argument| argument == "--peers") {
        return compare(verify, private, Path::new(&arguments[at + 1]));
    }
    println!("floor: RSA-2048 verify {verify:>10.0}/s");
    println!("floor: RSA-2048 private {private:>9.0}/s\n");
    responses(verify, private);
    hostile();
    federation();
}

/// The median rate of seven runs, each of a hundred calls or a fifth of a second, by the time that this thread had a
/// core: the machine may be busy with something else.
fn rate(mut work: impl FnMut()) -> f64 {
    let mut rates: Vec<f64> = (0..7)
        .map(|_| {
            let (start, busy, mut count) = (Instant::now(), busy(), 0_u32);
            while count < 100 || start.elapsed() < Duration::from_millis(200) {
                work();
                count += 1;
            }
            f64::from(count) / spent(start, busy).as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[3]
}

/// How long this thread has been running, from the kernel.
fn busy() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Core time since `busy`, or wall time where the kernel does not say.
fn spent(start: Instant, since: Option<Duration>) -> Duration {
    busy().zip(since).map_or_else(|| start.elapsed(), |(now, then)| now.saturating_sub(then))
}

/// What the provider can do: verify a signature, unwrap a key.
fn floors() -> (f64, f64) {
    let idp = &keys().idp;
    let message = vec![7; 1200];
    let pair = RsaKeyPair::from_pkcs8(&idp.pkcs8).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &aws_lc_rs::rand::SystemRandom::new(), &message, &mut signature).unwrap();
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &idp.spki).unwrap();
    let verify = rate(|| public.verify_sig(&message, &signature).unwrap());

    let sp = &keys().sp;
    let wrapping = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&sp.spki).unwrap()).unwrap();
    let mut wrapped = vec![0; wrapping.ciphertext_size()];
    let wrapped = wrapping.encrypt(&OAEP_SHA1_MGF1SHA1, &[7; 32], &mut wrapped, None).unwrap().to_vec();
    let unwrapping = OaepPrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(&sp.pkcs8).unwrap()).unwrap();
    let mut plain = vec![0; unwrapping.min_output_size()];
    let private = rate(|| {
        unwrapping.decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut plain, None).unwrap();
    });
    (verify, private)
}

/// As large as a real one: twelve attributes, and a certificate in each `KeyInfo`.
fn real_assertion() -> String {
    let more: String = (0..10).fold(String::new(), |mut more, n| {
        let _ = write!(
            more,
            "<saml:Attribute FriendlyName=\"attribute{n}\" Name=\"urn:oid:1.3.6.1.4.1.99999.{n}\" NameFormat=\"{}\">\
             <saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xsi:type=\"xs:string\">a value of usual length {n}\
             </saml:AttributeValue></saml:Attribute>",
            names::URI_NAME
        );
        more
    });
    assertion().replace("</saml:AttributeStatement>", &format!("{more}</saml:AttributeStatement>"))
}

/// A signed assertion in a response, and the same encrypted with AES-256-GCM.
fn usual() -> [String; 2] {
    let inner = signing().sign(&real_assertion(), "_assertion-1");
    [response(&inner), response(&Encryption::default().encrypt(&inner))]
}

/// With the certificate in each signature, as everybody does.
fn signing() -> Signing {
    let key_info = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        BASE64_STANDARD.encode(keys().idp.certificate())
    );
    Signing { key_info, ..Signing::default() }
}

fn responses(verify: f64, private: f64) {
    let signing = signing();
    let inner = signing.sign(&real_assertion(), "_assertion-1");
    let sealed = |content, plain: &str| response(&Encryption { content, ..Encryption::default() }.encrypt(plain));
    let ecdsa = Signing { key: &keys().p256, method: names::ECDSA_SHA256, ..signing.clone() };
    // One key each, as metadata nearly always has.
    let (trusted, ec) = ([keys().idp.verifying()], [keys().p256.verifying()]);
    let ours = std::slice::from_ref(&keys().decryption[1]);
    for (what, document, trusted, floor) in [
        ("signed assertion", response(&inner), &trusted, verify),
        ("signed response", signing.sign(&response(&real_assertion()), "_response-1"), &trusted, verify),
        ("signed twice", signing.sign(&response(&inner), "_response-1"), &trusted, verify),
        ("signed assertion, ECDSA P-256", response(&ecdsa.sign(&real_assertion(), "_assertion-1")), &ec, verify),
        ("signed + AES-128-GCM", sealed(names::AES128_GCM, &inner), &trusted, private),
        ("signed + AES-256-GCM", sealed(names::AES256_GCM, &inner), &trusted, private),
        (
            "signed twice + AES-256-GCM",
            signing.sign(&sealed(names::AES256_GCM, &inner), "_response-1"),
            &trusted,
            private,
        ),
    ] {
        let expected =
            pedell::protocol::saml::Expectations { idp_keys: trusted, decryption_keys: ours, ..expectations() };
        assert_eq!(verify_response(document.as_bytes(), &expected).unwrap().id(), "_assertion-1");
        let rate = rate(|| {
            std::hint::black_box(verify_response(document.as_bytes(), &expected).unwrap());
        });
        let bytes = document.len();
        println!("{what:<30} {bytes:>6} bytes {rate:>9.0}/s  {:>5.1} % of its floor", 100.0 * rate / floor);
    }
}

/// The usual messages, validated by us and by other libraries one after the other: the table of `docs/performance.md`.
fn compare(verify: f64, private: f64, peers: &Path) {
    let documents = usual();
    let trusted = [keys().idp.verifying()];
    let ours = std::slice::from_ref(&keys().decryption[1]);
    let expected = pedell::protocol::saml::Expectations { idp_keys: &trusted, decryption_keys: ours, ..expectations() };
    let own = documents.each_ref().map(|document| {
        rate(|| {
            std::hint::black_box(verify_response(document.as_bytes(), &expected).unwrap());
        })
    });
    let folder = std::env::temp_dir().join(format!("pedell-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    write_for_peers(&folder, &documents);
    let node = ask("node", &peers.join("bench_node_saml.mjs"), &folder);
    let python = ask(&peers.join(".venv/bin/python").to_string_lossy(), &peers.join("bench_pysaml2.py"), &folder);
    std::fs::remove_dir_all(&folder).unwrap();

    println!("| Responses per second, of Pedell's | signed | signed + AES-256-GCM |\n|---|---|---|");
    let row = |what: &str, [signed, sealed]: [f64; 2]| {
        let share = |rate: f64, own: f64| format!("{:.4} ({rate:.0}/s)", rate / own);
        println!("| {what} | {} | {} |", share(signed, own[0]), share(sealed, own[1]));
    };
    row("the bare RSA-2048 operation: verify; private", [verify, private]);
    row("Pedell", own);
    row("npm's node-saml", node);
    row("PyPI's pysaml2", python);
    let times = |one: f64, other: f64| one / other;
    println!(
        "\nsigned: {:.0} × node-saml, {:.0} × pysaml2; encrypted: {:.1} % of the RSA floor, {:.0} × node-saml, {:.0} × pysaml2",
        times(own[0], node[0]),
        times(own[0], python[0]),
        100.0 * own[1] / private,
        times(own[1], node[1]),
        times(own[1], python[1]),
    );
}

/// The rates that a peer's script prints for the two messages.
fn ask(program: &str, script: &Path, folder: &Path) -> [f64; 2] {
    let output = Command::new(program).arg(script).arg(folder).args(["signed.b64", "sealed.b64"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let rates: Vec<f64> = said.lines().map(|line| line.parse().unwrap()).collect();
    rates.try_into().expect("two rates")
}

fn write_for_peers(folder: &Path, [signed, sealed]: &[String; 2]) {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let pem = |label: &str, der: &[u8]| {
        let base64 = BASE64_STANDARD.encode(der);
        let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    };
    let certificate = |pair: &Pair| {
        let key = SigningKey::from_pkcs8(&pair.secret()).unwrap();
        self_signed::certificate(&key, "bench", [7; 16], at(NOW), at("2056-11-23T08:00:00Z")).unwrap()
    };
    let (idp, sp) = (certificate(&keys().idp), certificate(&keys().sp));
    write("signed.b64", BASE64_STANDARD.encode(signed));
    write("sealed.b64", BASE64_STANDARD.encode(sealed));
    write("idp.crt", pem("CERTIFICATE", idp.der()));
    write("sp.crt", pem("CERTIFICATE", sp.der()));
    write("sp.pem", pem("PRIVATE KEY", &keys().sp.pkcs8));
    write(
        "idp.xml",
        format!(
            "<md:EntityDescriptor xmlns:md=\"{}\" xmlns:ds=\"{}\" entityID=\"{IDP}\"><md:IDPSSODescriptor \
             protocolSupportEnumeration=\"{}\"><md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:SingleSignOnService Binding=\"{}\" Location=\"https://idp.uni.example/sso\"/></md:IDPSSODescriptor>\
             </md:EntityDescriptor>",
            names::METADATA,
            names::DSIG,
            names::PROTOCOL,
            idp.to_base64(),
            names::REDIRECT_BINDING
        ),
    );
    let names = serde_json::json!({ "sp": SP, "acs": ACS, "idp": IDP, "student": STUDENT, "request": REQUEST });
    write("names.json", names.to_string());
}

/// The longest that any of some documents made to be slow takes.
fn hostile() {
    let filled = |piece: &str| piece.repeat(500_000 / piece.len());
    let signed_info = "<ds:Reference URI=\"#x\"/>".repeat(4000);
    let genuine = response(&sign_assertion(&assertion()));
    let crowded: String = (0..60).fold(String::new(), |mut all, n| {
        let _ = write!(all, " xmlns:n{n:0>8}=\"urn:{n:0>900}\"");
        all
    });
    let mut worst = (Duration::ZERO, "");
    for (what, document) in [
        ("references", response(&filled("&amp;"))),
        ("elements", response(&filled("<a/>"))),
        ("depth", response(&filled("<a>"))),
        ("attributes", response(&format!("<a{}/>", filled(" a=''")))),
        ("comments", response(&filled("<!---->"))),
        ("quotes", response(&format!("<a a=\"{}\"/>", filled("'")))),
        ("open tag", response(&filled("<"))),
        ("ampersands", response(&filled("&"))),
        ("namespaces", response(&format!("<a{crowded}>{}</a>", "<n00000000:a/>".repeat(19_000)))),
        ("signed info", genuine.replacen("</ds:SignedInfo>", &format!("{signed_info}</ds:SignedInfo>"), 1)),
        ("ids", response(&filled("<a ID='x'/>"))),
        ("children", genuine.replacen("</samlp:Status>", &format!("{}</samlp:Status>", "<a/>".repeat(19_000)), 1)),
        (
            "apex namespaces",
            sign_response(&response(&assertion())).replacen(
                "<samlp:Response ",
                &format!("<samlp:Response{} ", &crowded),
                1,
            ),
        ),
        ("a text", genuine.replacen(STUDENT, &filled("x"), 1)),
        ("cipher values", response(&Encryption::default().encrypt(&filled("y ")[..300_000]))),
    ] {
        let (start, busy) = (Instant::now(), busy());
        let _ = std::hint::black_box(judge(&document));
        worst = worst.max((spent(start, busy), what));
    }
    println!("\nhostile documents of 512 KB, the slowest: {:?} ({})\n", worst.0, worst.1);
}

/// 5,000 identity providers in a signed file, read by another process so that its memory can be told.
fn federation() {
    let directory = std::env::temp_dir().join(format!("pedell-bench-{}", std::process::id()));
    std::fs::create_dir(&directory).unwrap();
    let (file, key) = (directory.join("federation.xml"), directory.join("key.der"));
    std::fs::write(&file, federation_xml()).unwrap();
    std::fs::write(&key, &keys().idp.spki).unwrap();
    for _ in 0..3 {
        let me = std::env::current_exe().unwrap();
        let status = Command::new(me).arg("--read-aggregate").args([&file, &key]).status().unwrap();
        assert!(status.success());
    }
    // The same as the service has it: from a server, by way of the disk, and searched.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/federation.xml", listener.local_addr().unwrap());
    let content = axum::body::Bytes::from(std::fs::read(&file).unwrap());
    let routes = axum::Router::new().fallback(move || async move { content });
    runtime.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let status = Command::new(std::env::current_exe().unwrap()).args(["--follow", &url]).arg(&key).status().unwrap();
    assert!(status.success());
    std::fs::remove_dir_all(&directory).unwrap();
}

/// Fetches, verifies and searches a federation.
fn follow(url: &str, key: &str) {
    let key = VerifyingKey::from_public_key_info(&std::fs::read(key).unwrap()).unwrap();
    let source = Source::new("bench", Place::Aggregate(url.parse().unwrap()), vec![key]);
    let cache = tempfile::tempdir().unwrap();
    let clock = Clock::manual(at(NOW));
    let federation = Federation::new(clock, Random::default(), Http::new(Outbound::anywhere()).unwrap());
    federation.follow(vec![source.clone()], cache.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = memory("VmRSS");
    let start = Instant::now();
    runtime.block_on(federation.ask_now()).pop().unwrap().expect("the federation is genuine");
    let (fetched, first) = (start.elapsed(), memory("VmHWM") - before);
    let start = Instant::now();
    runtime.block_on(federation.ask_now()).pop().unwrap().expect("it is the same");
    let again = start.elapsed();
    federation.follow(vec![source], cache.path());
    println!(
        "fetched, written, verified: {fetched:.2?} wall, peak memory {} MB above the start; once more, without ETag: {again:.2?}; \
         with three copies in memory for a moment: {} MB",
        first >> 10,
        (memory("VmHWM") - before) >> 10,
    );
    for query in ["university 4711", "universität", "uni4999.example", "no such"] {
        let query_words = Query::new(query);
        let found = federation.search(&query_words, 20, |_, _| false).listed.len();
        let rate = rate(|| {
            std::hint::black_box(federation.search(&query_words, 20, |_, _| false));
        });
        println!(
            "search of {} for {query:?}: {found} shown, {:.2?}",
            federation.len(),
            Duration::from_secs_f64(1.0 / rate)
        );
    }
}

fn federation_xml() -> String {
    let certificate = BASE64_STANDARD.encode([keys().idp.certificate(), vec![9; 600]].concat());
    let mut xml = format!(
        "<md:EntitiesDescriptor xmlns:md=\"{}\" ID=\"_f1\" Name=\"urn:bench\" validUntil=\"2026-11-29T08:00:00Z\">",
        names::METADATA
    );
    for n in 0..5_000 {
        let key = format!(
            "<md:KeyDescriptor use=\"@\">\n<ds:KeyInfo xmlns:ds=\"{}\">\n<ds:X509Data>\n<ds:X509Certificate>{certificate}\
             </ds:X509Certificate>\n</ds:X509Data>\n</ds:KeyInfo>\n</md:KeyDescriptor>\n",
            names::DSIG
        );
        let _ = write!(
            xml,
            "\n<md:EntityDescriptor entityID=\"https://idp{n}.example/shibboleth\">\n<md:Extensions>\n\
             <shibmd:Scope xmlns:shibmd=\"{}\" regexp=\"false\">uni{n}.example</shibmd:Scope>\n</md:Extensions>\n\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"{}\">\n<md:Extensions>\n<mdui:UIInfo xmlns:mdui=\"{}\">\n\
             <mdui:DisplayName xml:lang=\"de\">Universität {n}</mdui:DisplayName>\n\
             <mdui:DisplayName xml:lang=\"en\">University {n}</mdui:DisplayName>\n\
             <mdui:Description xml:lang=\"en\">{}</mdui:Description>\n\
             <mdui:Logo height=\"60\" width=\"80\">https://idp{n}.example/logo.png</mdui:Logo>\n</mdui:UIInfo>\n\
             </md:Extensions>\n{}{}",
            names::SHIBMD,
            names::PROTOCOL,
            names::MDUI,
            "A description of a usual university that says nothing. ".repeat(20),
            key.replace('@', "signing"),
            key.replace('@', "encryption"),
        );
        for service in
            ["ArtifactResolutionService", "SingleLogoutService", "ManageNameIDService", "SingleSignOnService"]
        {
            for binding in [names::REDIRECT_BINDING, names::POST_BINDING] {
                let _ = writeln!(
                    xml,
                    "<md:{service} Binding=\"{binding}\" Location=\"https://idp{n}.example/{service}/profile\"/>"
                );
            }
        }
        xml.push_str("</md:IDPSSODescriptor>\n");
        for person in 0..6 {
            let _ = write!(
                xml,
                "<md:ContactPerson contactType=\"technical\">\n<md:GivenName>Person {person}</md:GivenName>\n\
                 <md:SurName>of the computer centre</md:SurName>\n<md:EmailAddress>mailto:person{person}@uni{n}.example\
                 </md:EmailAddress>\n{}</md:ContactPerson>\n",
                "<md:TelephoneNumber>+49 30 123456789012345</md:TelephoneNumber>\n".repeat(10)
            );
        }
        xml.push_str("</md:EntityDescriptor>");
    }
    xml.push_str("\n</md:EntitiesDescriptor>");
    sign_large(&xml, "_f1", "validUntil=\"2026-11-29T08:00:00Z\">")
}

/// Signs a document that is canonical already but for its empty tags, and may be larger than any message: its digest
/// owes nothing to our canonicaliser.
fn sign_large(canonical_but_for_empty_tags: &str, id: &str, after: &str) -> String {
    let signing = Signing::default();
    let document = expand_empty_tags(canonical_but_for_empty_tags);
    let signature = signing.signature(id, &digest_of(names::SHA256, document.as_bytes()));
    let place = document.find(after).expect("the place for the signature") + after.len();
    let complete = signing.complete(&format!("<r>{signature}</r>"));
    format!("{}{}{}", &document[..place], &complete[3..complete.len() - 4], &document[place..])
}

/// `<a/>` as `<a></a>`.
fn expand_empty_tags(document: &str) -> String {
    let mut expanded = String::with_capacity(document.len() * 9 / 8);
    let mut rest = document;
    while let Some(end) = rest.find("/>") {
        let start = rest[..end].rfind('<').expect("a tag begins");
        let name = rest[start + 1..end].split_whitespace().next().expect("a tag has a name");
        expanded.push_str(&rest[..end]);
        expanded.push_str("></");
        expanded.push_str(name);
        expanded.push('>');
        rest = &rest[end + 2..];
    }
    expanded.push_str(rest);
    expanded
}

fn read_file(file: &str, key: &str) {
    let trusted = [VerifyingKey::from_public_key_info(&std::fs::read(key).unwrap()).unwrap()];
    let rules = AggregateRules {
        keys: &trusted,
        now: at(NOW),
        longest_validity: Duration::from_hours(14 * 24),
        grace: Duration::ZERO,
    };
    let before = memory("VmRSS");
    let (start, busy) = (Instant::now(), busy());
    let source = BufReader::with_capacity(64 * 1024, File::open(file).unwrap());
    let aggregate = read_aggregate(source, &rules).expect("the federation is genuine");
    let elapsed = spent(start, busy);
    println!(
        "federation of {} providers, {} MB: {elapsed:.2?}, peak memory {} MB above the start, {} MB kept",
        aggregate.providers.len(),
        std::fs::metadata(file).unwrap().len() >> 20,
        (memory("VmHWM") - before) >> 10,
        (memory("VmRSS") - before) >> 10,
    );
}

/// KB, from the kernel; zero where it does not say.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    line.and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
