//! Metadata: one provider, a federation's signed file, and our own.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use pedell::protocol::saml::{
    Coded, IdpDescriptor,
    aggregate::{Aggregate, AggregateRules, read_aggregate},
    certificate::Certificate,
    keys::SigningKey,
    metadata::MetadataFault,
    names,
    sp_metadata::{Contact, Logo, Organization, RequestedAttribute, SpMetadata, UiTexts},
};

use crate::idp::*;

/// An identity provider's entity, its namespaces declared on itself or around it.
pub(crate) fn entity(entity_id: &str, declared: bool) -> String {
    let certificate = |pair: &Pair| BASE64_STANDARD.encode(pair.certificate()).replace('A', "\nA");
    let namespaces = if declared { namespaces() } else { String::new() };
    let key = |usage: &str, pair: &Pair| {
        format!(
            "<md:KeyDescriptor{usage}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>\
             </ds:KeyInfo></md:KeyDescriptor>",
            certificate(pair)
        )
    };
    format!(
        "<md:EntityDescriptor{namespaces} entityID=\"{entity_id}\"><md:Extensions>\
         <shibmd:Scope xmlns:shibmd=\"{shibmd}\" regexp=\"false\">uni.example</shibmd:Scope></md:Extensions>\
         <md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\" protocolSupportEnumeration=\"urn:mace:shibboleth:1.0 {protocol}\">\
         <md:Extensions><shibmd:Scope xmlns:shibmd=\"{shibmd}\" regexp=\"true\">^.+\\.uni\\.example$</shibmd:Scope>\
         <mdui:UIInfo xmlns:mdui=\"{mdui}\"><mdui:DisplayName xml:lang=\"en\">Example University</mdui:DisplayName>\
         <mdui:DisplayName xml:lang=\"de\">Universität Beispiel</mdui:DisplayName>\
         <mdui:Keywords xml:lang=\"de\">Hochschule Beispiel+Stadt</mdui:Keywords>\
         <mdui:Logo height=\"16\" width=\"16\">data:image/png;base64,AAAA</mdui:Logo>\
         <mdui:Logo height=\"60\" width=\"80\">https://idp.uni.example/logo.png</mdui:Logo></mdui:UIInfo></md:Extensions>\
         {}{}{}<md:SingleSignOnService Binding=\"{post}\" Location=\"https://idp.uni.example/post\"/>\
         <md:SingleSignOnService Binding=\"{redirect}\" Location=\"https://idp.uni.example/redirect\"/>\
         </md:IDPSSODescriptor><md:Organization><md:OrganizationDisplayName xml:lang=\"fr\">Université</md:OrganizationDisplayName>\
         </md:Organization></md:EntityDescriptor>",
        key(" use=\"signing\"", &keys().idp),
        key("", &keys().p256),
        key(" use=\"encryption\"", &keys().attacker),
        shibmd = names::SHIBMD,
        protocol = names::PROTOCOL,
        mdui = names::MDUI,
        post = names::POST_BINDING,
        redirect = names::REDIRECT_BINDING,
    )
}

fn namespaces() -> String {
    format!(" xmlns:md=\"{}\" xmlns:ds=\"{}\"", names::METADATA, names::DSIG)
}

fn parse(document: &str) -> Result<IdpDescriptor, MetadataFault> {
    IdpDescriptor::parse(document.as_bytes(), at(NOW))
}

#[test]
fn everything_we_need_is_read_from_one_provider() {
    let idp = parse(&entity(IDP, true)).unwrap();
    assert_eq!(idp.entity_id, IDP);
    assert_eq!(idp.redirect_endpoints, ["https://idp.uni.example/redirect"]);
    assert_eq!((idp.signing.len(), idp.encryption.len()), (2, 2));
    assert_eq!(idp.signing[0].public_key_info(), keys().idp.spki);
    assert_eq!(
        idp.signing[0].not_after(),
        Some(at("2021-01-01T00:00:00Z")),
        "an expired certificate is as good as any"
    );
    assert_eq!(idp.verifying_keys().len(), 2);
    assert!(
        idp.scopes.iter().any(|s| s.allows("uni.example")) && idp.scopes.iter().any(|s| s.allows("physik.uni.example"))
    );
    assert!(!idp.scopes.iter().any(|s| s.allows("other.example")));
    assert_eq!(idp.names.de.as_deref(), Some("Universität Beispiel"));
    assert_eq!(idp.names.en.as_deref(), Some("Example University"));
    assert_eq!(idp.keywords, ["Hochschule", "Beispiel Stadt"]);
    assert_eq!(idp.logo_url.as_deref(), Some("https://idp.uni.example/logo.png"));
    assert!(idp.wants_signed_requests && !idp.hide_from_discovery && idp.valid_until.is_none());
}

#[test]
fn an_organization_gives_its_name_where_there_is_no_other_and_a_provider_may_hide() {
    let document = entity(IDP, true).replace("mdui:DisplayName", "mdui:Other").replacen(
        "<md:Extensions>",
        &format!(
            "<md:Extensions><mdattr:EntityAttributes xmlns:mdattr=\"{}\"><saml:Attribute xmlns:saml=\"{}\" \
             Name=\"http://macedir.org/entity-category\"><saml:AttributeValue>\
             http://refeds.org/category/hide-from-discovery</saml:AttributeValue></saml:Attribute></mdattr:EntityAttributes>",
            names::MDATTR,
            names::ASSERTION
        ),
        1,
    );
    let idp = parse(&document).unwrap();
    assert_eq!((idp.names.de, idp.names.en, idp.names.any.as_deref()), (None, None, Some("Université")));
    assert!(idp.hide_from_discovery);
}

#[test]
fn a_provider_that_cannot_be_used_says_why() {
    let whole = entity(IDP, true);
    for (from, to, fault) in [
        (names::PROTOCOL, "urn:oasis:names:tc:SAML:1.1:protocol", "metadata_no_identity_provider"),
        ("https://idp.uni.example/redirect", "javascript:alert(1)", "metadata_no_endpoint"),
        (names::REDIRECT_BINDING, names::POST_BINDING, "metadata_no_endpoint"),
        ("entityID=", "other=", "metadata_entity_id"),
        (" entityID=", " validUntil=\"2026-11-23T08:00:00Z\" entityID=", "metadata_expired"),
        (" entityID=", " validUntil=\"soon\" entityID=", "metadata_valid_until_malformed"),
    ] {
        assert_eq!(parse(&whole.replace(from, to)).unwrap_err().code(), fault, "{to}");
    }
    assert_eq!(parse(&whole.replace("X509Certificate", "Other")).unwrap_err().code(), "metadata_no_signing_key");
    assert_eq!(parse("<a/>").unwrap_err().code(), "metadata_not_metadata");
    assert_eq!(parse(&format!("<!DOCTYPE a>{whole}")).unwrap_err().code(), "xml_doctype");
}

#[test]
fn a_broken_certificate_spoils_no_other() {
    let broken = entity(IDP, true).replacen(
        "<ds:X509Certificate>",
        "<ds:X509Certificate>AAAA</ds:X509Certificate><ds:X509Certificate>",
        1,
    );
    assert_eq!(parse(&broken).unwrap().signing.len(), 2);
}

/// A federation's file of so many providers, unsigned.
pub(crate) fn federation(count: usize, attributes: &str) -> String {
    let entities: String = (0..count).map(|n| entity(&format!("https://idp{n}.example"), false) + "\n").collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made by a test -->\n<md:EntitiesDescriptor{} ID=\"_f1\" \
         Name=\"urn:federation\"{attributes}>\n<md:Extensions/>\n{entities}<md:EntitiesDescriptor Name=\"nested\">\
         <md:EntityDescriptor entityID=\"urn:sp\"><md:SPSSODescriptor/></md:EntityDescriptor>{}</md:EntitiesDescriptor>\n\
         </md:EntitiesDescriptor>\n",
        namespaces(),
        entity("https://nested.example", false),
    )
}

const WEEK: &str = " validUntil=\"2026-11-29T08:00:00Z\"";

fn sign(document: &str) -> String {
    let after = if document.contains("<md:Extensions/>\n") && document.contains("EntitiesDescriptor") {
        "urn:federation\" validUntil=\"2026-11-29T08:00:00Z\">\n"
    } else {
        ">"
    };
    Signing { after, ..Signing::default() }.sign(document, "_f1")
}

/// The same, signed, valid until then.
pub(crate) fn signed_federation(count: usize, valid_until: &str, key: &'static Pair) -> String {
    let attributes = format!(" validUntil=\"{valid_until}\"");
    let after = format!("urn:federation\"{attributes}>\n");
    let signing = Signing { key, after: Box::leak(after.into_boxed_str()), ..Signing::default() };
    signing.sign(&federation(count, &attributes), "_f1")
}

/// The same, with the moment at which it was made.
pub(crate) fn signed_federation_of(count: usize, created: &str, valid_until: &str) -> String {
    let attributes = format!(" validUntil=\"{valid_until}\"");
    let after = format!("urn:federation\"{attributes}>\n");
    let publication = format!(
        "<md:Extensions><mdrpi:PublicationInfo xmlns:mdrpi=\"urn:oasis:names:tc:SAML:metadata:rpi\" \
         publisher=\"urn:federation\" creationInstant=\"{created}\"/></md:Extensions>\n"
    );
    let document = federation(count, &attributes).replacen("<md:Extensions/>\n", &publication, 1);
    assert!(document.contains(created), "{document}");
    Signing { key: &keys().idp, after: Box::leak(after.into_boxed_str()), ..Signing::default() }.sign(&document, "_f1")
}

/// What a federation says of a university, with these names instead of the usual ones.
pub(crate) fn named(entity_id: &str, german: &str, english: &str) -> String {
    entity(entity_id, false)
        .replace("Universität Beispiel", german)
        .replace("Example University", english)
        .replace("Hochschule Beispiel+Stadt", "")
}

/// A signed file of these entities.
pub(crate) fn signed_entities(entities: &str, valid_until: &str) -> String {
    let attributes = format!(" validUntil=\"{valid_until}\"");
    let document =
        federation(0, &attributes).replacen("<md:Extensions/>\n", &format!("<md:Extensions/>\n{entities}"), 1);
    let after = format!("urn:federation\"{attributes}>\n");
    Signing { after: Box::leak(after.into_boxed_str()), ..Signing::default() }.sign(&document, "_f1")
}

fn read(document: &str) -> Result<Aggregate, MetadataFault> {
    let trusted = [keys().p256.verifying(), keys().idp.verifying()];
    let rules = AggregateRules {
        keys: &trusted,
        now: at(NOW),
        longest_validity: Duration::from_hours(14 * 24),
        grace: Duration::ZERO,
    };
    // A small buffer, so that tokens are split anywhere.
    read_aggregate(std::io::BufReader::with_capacity(37, document.as_bytes()), &rules)
}

#[test]
fn a_signed_federation_is_read_with_its_nested_lists() {
    let aggregate = read(&sign(&federation(3, WEEK))).unwrap();
    let ids: Vec<_> = aggregate.providers.iter().map(|p| p.entity_id.as_str()).collect();
    assert_eq!(ids, ["https://idp0.example", "https://idp1.example", "https://idp2.example", "https://nested.example"]);
    assert_eq!(aggregate.valid_until, at("2026-11-29T08:00:00Z"));
    assert_eq!(aggregate.providers[0].valid_until, Some(aggregate.valid_until));
    assert_eq!(aggregate.providers[3].names.de.as_deref(), Some("Universität Beispiel"));
    assert_eq!(aggregate.providers[3].verifying_keys().len(), 2);
    assert_eq!(aggregate.faulty_count, 0);
}

#[test]
fn every_canonicalisation_of_a_federation_is_read() {
    for (canonical, prefix_list) in [(names::EXC_C14N, Some("md ds #default")), (names::C14N, None)] {
        let signing = Signing {
            canonical,
            prefix_list,
            after: "urn:federation\" validUntil=\"2026-11-29T08:00:00Z\">\n",
            ..Signing::default()
        };
        assert_eq!(read(&signing.sign(&federation(1, WEEK), "_f1")).unwrap().providers.len(), 2);
    }
}

#[test]
fn a_single_signed_entity_as_mdq_hands_it_out_is_read() {
    let document =
        entity(IDP, true).replacen(" entityID=", " ID=\"_f1\" validUntil=\"2026-11-29T08:00:00Z\" entityID=", 1);
    let place = format!("entityID=\"{IDP}\">");
    let signing = Signing { after: Box::leak(place.into_boxed_str()), ..Signing::default() };
    let aggregate = read(&signing.sign(&document, "_f1")).unwrap();
    assert_eq!(aggregate.providers[0].entity_id, IDP);
}

#[test]
fn a_federation_whose_validity_is_missing_over_or_too_far_away_is_refused_as_on_9_june_2026() {
    let fault = |attributes: &str| read(&federation(1, attributes)).unwrap_err().code();
    assert_eq!(fault(""), "metadata_valid_until_missing");
    assert_eq!(fault(" validUntil=\"2026-11-23T08:00:00Z\""), "metadata_expired");
    assert_eq!(fault(" validUntil=\"2026-12-07T08:00:01Z\""), "metadata_valid_until_too_far");
    assert_eq!(fault(" validUntil=\"tomorrow\""), "metadata_valid_until_malformed");
    assert_eq!(
        fault(" validUntil=\"2026-12-07T08:00:00Z\""),
        "metadata_signature_not_first",
        "the last moment allowed"
    );
}

#[test]
fn a_federation_that_was_changed_anywhere_is_refused() {
    let document = sign(&federation(2, WEEK));
    for (from, to) in [
        ("https://idp1.example", "https://evil.example"),
        ("2026-11-29", "2026-11-30"),
        ("entityID=\"urn:sp\"", "entityID=\"urn:sq\""),
        ("</md:EntitiesDescriptor>\n</md", "</md:EntitiesDescriptor>\n\n</md"),
        ("uni.example/redirect", "uni.example/elsewhere"),
    ] {
        let changed = document.replacen(from, to, 1);
        assert_ne!(changed, document);
        assert_eq!(read(&changed).unwrap_err().code(), "signature_digest", "{to}");
    }
}

#[test]
fn a_federation_is_verified_with_the_pinned_key_only() {
    let attacker = Signing {
        key: &keys().attacker,
        after: "urn:federation\" validUntil=\"2026-11-29T08:00:00Z\">\n",
        ..Signing::default()
    };
    assert_eq!(read(&attacker.sign(&federation(1, WEEK), "_f1")).unwrap_err().code(), "signature_value");
    let rules = AggregateRules {
        keys: &[],
        now: at(NOW),
        longest_validity: Duration::from_hours(14 * 24),
        grace: Duration::ZERO,
    };
    let fault = read_aggregate(sign(&federation(1, WEEK)).as_bytes(), &rules).unwrap_err();
    assert_eq!(fault.code(), "signature_no_keys");
}

#[test]
fn a_federation_without_signature_or_with_it_elsewhere_is_refused() {
    assert_eq!(read(&federation(1, WEEK)).unwrap_err().code(), "metadata_signature_not_first");
    let empty = format!("<md:EntitiesDescriptor{}{WEEK}></md:EntitiesDescriptor>", namespaces());
    assert_eq!(read(&empty).unwrap_err().code(), "signature_missing");
    let other_id = sign(&federation(1, WEEK)).replacen("ID=\"_f1\"", "ID=\"_f2\"", 1);
    assert_eq!(read(&other_id).unwrap_err().code(), "signature_reference");
    let no_id = sign(&federation(1, WEEK)).replacen("ID=\"_f1\"", "", 1);
    assert_eq!(read(&no_id).unwrap_err().code(), "signature_reference");
}

#[test]
fn a_federation_that_is_cut_off_or_continued_is_refused() {
    let document = sign(&federation(1, WEEK));
    for cut in [10, 100, document.len() / 2, document.len() - 5] {
        assert!(read(&document[..cut]).is_err(), "{cut}");
    }
    assert_eq!(read(&(document.clone() + "<x/>")).unwrap_err().code(), "xml_malformed");
    assert_eq!(read(&(document.clone() + &entity("urn:evil", true))).unwrap_err().code(), "xml_malformed");
    assert!(read(&(document + "<!-- end -->\n")).is_ok());
}

#[test]
fn document_types_and_giant_texts_in_a_federation_are_refused() {
    let document = sign(&federation(1, WEEK));
    assert_eq!(read(&document.replacen("<!-- made", "<!DOCTYPE x><!-- made", 1)).unwrap_err().code(), "xml_doctype");
    let giant = document.replacen("<md:Extensions/>\n", &format!("<md:Extensions/>{}\n", "x".repeat(2 << 20)), 1);
    assert_eq!(read(&giant).unwrap_err().code(), "metadata_read");
    let many = document.replacen(
        "<md:IDPSSODescriptor",
        &format!("<md:IDPSSODescriptor{}", (0..100).map(|n| format!(" a{n}=''")).collect::<String>()),
        1,
    );
    assert_eq!(read(&many).unwrap_err().code(), "xml_too_many_attributes");
    let utf16 = document.replacen("UTF-8", "UTF-16", 1);
    assert_eq!(read(&utf16).unwrap_err().code(), "xml_not_utf8");
}

#[test]
fn a_faulty_provider_is_reported_and_spoils_no_other() {
    let document =
        federation(2, WEEK).replacen("https://idp.uni.example/redirect", "ftp://idp.uni.example/", 1).replacen(
            "entityID=\"https://idp1.example\"",
            "validUntil=\"2026-01-01T00:00:00Z\" entityID=\"https://idp1.example\"",
            1,
        );
    let aggregate = read(&sign(&document)).unwrap();
    assert_eq!(aggregate.providers.len(), 1);
    assert_eq!(
        aggregate.faulty,
        [
            ("https://idp0.example".to_owned(), MetadataFault::NoEndpoint),
            ("https://idp1.example".to_owned(), MetadataFault::Expired)
        ]
    );
    assert_eq!(aggregate.faulty_count, 2);
}

pub(crate) fn certificates() -> [Certificate; 2] {
    [&keys().sp, &keys().sp_next].map(|pair| Certificate::from_der(pair.certificate()).unwrap())
}

static CATEGORIES: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();

pub(crate) fn ours(certificates: &[Certificate; 2]) -> SpMetadata<'_> {
    SpMetadata {
        entity_id: SP,
        acs_url: ACS,
        signing: certificates,
        encryption: &certificates[..1],
        requested: &[RequestedAttribute { name: "urn:oid:2.5.4.42", friendly_name: "givenName", required: true }],
        german: UiTexts {
            display_name: "Pedell <&> Prüfung",
            description: "Prüft, ob jemand studiert.",
            privacy_statement_url: "https://pedell.example/datenschutz",
        },
        english: UiTexts {
            display_name: "Pedell",
            description: "Tells whether somebody studies.",
            privacy_statement_url: "https://pedell.example/privacy",
        },
        logo: Some(Logo { url: "https://pedell.example/logo.svg", width: 80, height: 60 }),
        organization: Organization { name: "Verbund & Co", url: "https://verbund.example" },
        categories: CATEGORIES.get_or_init(|| vec!["https://refeds.org/category/code-of-conduct/v2".to_owned()]),
        assurance: &[],
        technical_contact: Contact { name: "Support", mail: "it@pedell.example" },
        support_contact: Contact { name: "Support", mail: "support@pedell.example" },
        security_contact: Contact { name: "Security", mail: "security@pedell.example" },
        valid_until: Some(at("2026-12-01T00:00:00Z")),
    }
}

#[test]
fn our_metadata_says_what_saml2int_demands() {
    let certificates = certificates();
    let document = ours(&certificates).to_xml();
    let tree = roxmltree::Document::parse(&document).unwrap();
    let count =
        |namespace: &str, local: &str| tree.descendants().filter(|n| n.has_tag_name((namespace, local))).count();
    let find = |namespace: &str, local: &str| tree.descendants().find(|n| n.has_tag_name((namespace, local))).unwrap();
    assert_eq!(tree.root_element().attribute("entityID"), Some(SP));
    assert_eq!(tree.root_element().attribute("validUntil"), Some("2026-12-01T00:00:00Z"));
    assert_eq!(count(names::METADATA, "KeyDescriptor"), 3);
    assert_eq!(count(names::MDUI, "DisplayName") + count(names::MDUI, "PrivacyStatementURL"), 4);
    assert_eq!(find(names::MDUI, "DisplayName").text(), Some("Pedell <&> Prüfung"));
    let acs = find(names::METADATA, "AssertionConsumerService");
    assert_eq!((acs.attribute("Location"), acs.attribute("Binding")), (Some(ACS), Some(names::POST_BINDING)));
    let requested = find(names::METADATA, "RequestedAttribute");
    assert_eq!(
        (requested.attribute("Name"), requested.attribute("isRequired")),
        (Some("urn:oid:2.5.4.42"), Some("true"))
    );
    let values: Vec<_> =
        tree.descendants().filter(|n| n.has_tag_name((names::ASSERTION, "AttributeValue"))).map(|n| n.text()).collect();
    assert_eq!(values, [Some("pairwise-id"), Some("https://refeds.org/category/code-of-conduct/v2")]);
    assert_eq!(find(names::METADATA, "OrganizationName").text(), Some("Verbund & Co"));
    let contacts: Vec<_> = tree.descendants().filter(|n| n.has_tag_name((names::METADATA, "ContactPerson"))).collect();
    assert_eq!(
        contacts.iter().map(|n| n.attribute("contactType").unwrap()).collect::<Vec<_>>(),
        ["technical", "support", "other"]
    );
    // The schema wants the parts of the role in this order.
    let role = find(names::METADATA, "SPSSODescriptor");
    let order: Vec<_> = role.children().map(|n| n.tag_name().name()).collect();
    assert_eq!(
        order,
        [
            "Extensions",
            "KeyDescriptor",
            "KeyDescriptor",
            "KeyDescriptor",
            "AssertionConsumerService",
            "AttributeConsumingService"
        ]
    );
}

#[test]
fn our_signed_metadata_is_a_signed_file_that_we_would_read_ourselves() {
    let certificates = certificates();
    let key = SigningKey::from_pkcs8(&keys().sp.secret()).unwrap();
    assert!(!format!("{key:?}").contains(&format!("{:?}", &keys().sp.pkcs8[30..40])));
    let document = ours(&certificates).to_signed_xml("_m1", &key).unwrap();
    let trusted = [keys().sp.verifying()];
    let rules = AggregateRules {
        keys: &trusted,
        now: at(NOW),
        longest_validity: Duration::from_hours(14 * 24),
        grace: Duration::ZERO,
    };
    let aggregate = read_aggregate(document.as_bytes(), &rules).unwrap();
    assert_eq!((aggregate.providers.len(), aggregate.faulty_count), (0, 0));
    let tampered = document.replace("Support", "Nobody");
    assert_eq!(read_aggregate(tampered.as_bytes(), &rules).unwrap_err().code(), "signature_digest");
}
