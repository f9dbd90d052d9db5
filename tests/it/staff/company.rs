//! A company's own authority beside ours: whom its certificates mean, and what its list of revoked ones says, or does not.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::get};
use pedell::{
    base::Timestamp,
    domain::{
        certificate::{CertificatePolicy, CertificateRefusal, CompanyAuthority, NameField},
        policy,
    },
    flow::{Pedell, authority::CompanyFault, certificate_rules::RulesChange, staff::StaffError},
    protocol::x509::{ShownCertificate, pem},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CrlIssuingDistributionPoint, CrlScope, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, OtherNameValue, RevokedCertParams, SanType, SerialNumber, SigningKey, date_time_ymd,
};
use tokio::net::TcpListener;

use super::{
    cast::Cast,
    certificates::{log_in, request, shown},
};
use crate::scene::on_each_engine;

type Shown = Option<Arc<ShownCertificate>>;

/// A company's authority.
struct Company {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// So long after 1970, in the library's kind of date.
macro_rules! at {
    ($moment:expr) => {
        date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from($moment.as_seconds()).unwrap())
    };
}

impl Company {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).unwrap();
        let pem = pem::certificate(certificate.der());
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn issues(&self, serial: u64, name: SanType, purpose: ExtendedKeyUsagePurpose, until: Timestamp) -> Shown {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Office, First");
        params.serial_number = Some(SerialNumber::from(serial));
        params.subject_alt_names = vec![name];
        params.extended_key_usages = vec![purpose];
        params.not_after = at!(until);
        let der = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        ShownCertificate::new(der, Vec::new()).map(Arc::new)
    }

    fn list(&self, number: u64, from: Timestamp, life: Duration, revoked: &[u64]) -> Vec<u8> {
        self.list_of(None, number, from, life, revoked)
    }

    fn list_of(
        &self,
        scope: Option<CrlScope>,
        number: u64,
        from: Timestamp,
        life: Duration,
        revoked: &[u64],
    ) -> Vec<u8> {
        let entry = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: at!(from),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: at!(from),
            next_update: at!(from.plus(life)),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: scope.map(|scope| CrlIssuingDistributionPoint {
                distribution_point: CrlDistributionPoint { uris: vec!["http://corp.example/corp.crl".into()] },
                scope: Some(scope),
            }),
            revoked_certs: revoked.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().der().to_vec()
    }

    /// A list with some of its bytes as no tool writes them, signed again.
    fn altered(&self, list: &[u8], was: &[u8], becomes: &[u8]) -> Vec<u8> {
        let header = |der: &[u8]| match der[1] {
            long @ 0x81..=0x84 => {
                let digits = usize::from(long & 15);
                (2 + digits, der[2..2 + digits].iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
            }
            short => (2, usize::from(short)),
        };
        let (start, _) = header(list);
        let (inner, length) = header(&list[start..]);
        let (signed, rest) = list[start..].split_at(inner + length);
        let algorithm = &rest[..header(rest).0 + header(rest).1];
        let at = signed.windows(was.len()).position(|window| window == was).expect("there is something to alter");
        let signed = [&signed[..at], becomes, &signed[at + was.len()..]].concat();
        let signature = self.issuer.key().sign(&signed).unwrap();
        let bits = [&[3, u8::try_from(signature.len() + 1).unwrap(), 0], &signature[..]].concat();
        let whole = [&signed[..], algorithm, &bits].concat();
        let header = match u16::try_from(whole.len()).unwrap().to_be_bytes() {
            [0, short] => vec![0x30, 0x81, short],
            [high, low] => vec![0x30, 0x82, high, low],
        };
        [header, whole].concat()
    }

    fn trusted(&self, crl_url: Option<&str>, stale_crl_hours: u32) -> CompanyAuthority {
        CompanyAuthority {
            name: "Active Directory".into(),
            pem: self.pem.clone(),
            field: NameField::Upn,
            crl_url: crl_url.map(str::to_owned),
            stale_crl_hours,
        }
    }
}

fn upn(name: &str) -> SanType {
    SanType::OtherName((vec![1, 3, 6, 1, 4, 1, 311, 20, 2, 3], OtherNameValue::Utf8String(name.to_owned())))
}

/// Where the company publishes: what is put there; nothing: it does not answer.
async fn published() -> (String, Arc<Mutex<Option<Vec<u8>>>>) {
    let list: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    let there = Arc::clone(&list);
    let send = move || {
        let list = there.lock().unwrap().clone();
        async move { list.ok_or(StatusCode::SERVICE_UNAVAILABLE) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/corp.crl", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/corp.crl", get(send))).await });
    (url, list)
}

async fn trust(cast: &Cast, company: CompanyAuthority) {
    let scope = policy::operator(&cast.university);
    for change in [RulesChange::Trust(company), RulesChange::Policy(CertificatePolicy::Required)] {
        cast.pedell.change_certificate_rules_as(&scope, change).await.unwrap();
    }
}

async fn named(cast: &Cast) {
    let by = cast.manager.session(&cast.pedell).await;
    cast.pedell.set_external_name(&by, &cast.office.id, "Office@Corp.Example").await.unwrap();
}

const CLIENT: ExtendedKeyUsagePurpose = ExtendedKeyUsagePurpose::ClientAuth;

#[tokio::test]
async fn a_domains_certificate_means_the_account_of_that_name_beside_one_of_ours() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let (corp, other) = (Company::new("Corp CA"), Company::new("Other CA"));
        named(&cast).await;
        pedell.create_authority("Pedell", false, &policy::Actor::Operator).await.unwrap();
        let by = cast.manager.session(pedell).await;
        let machine = pedell::domain::certificate::MachineName::parse("notebook").unwrap();
        let ours = pedell.issue_certificate(&by, &cast.office.id, &machine, &request()).await.unwrap();
        trust(&cast, corp.trusted(None, 0)).await;
        let later = scene.clock.now().plus(Duration::from_secs(86_400));
        let get_in = async |shown: &Shown| log_in(pedell, &cast.office, shown).await.map(|_| ());
        assert_eq!(get_in(&corp.issues(1, upn("office@corp.example"), CLIENT, later)).await, Ok(()));
        assert_eq!(get_in(&shown(&ours.pem)).await, Ok(()), "ours counts as well");
        for (certificate, why) in [
            (corp.issues(2, upn("manager@corp.example"), CLIENT, later), CertificateRefusal::NotTheirs),
            (
                corp.issues(3, SanType::Rfc822Name("office@corp.example".try_into().unwrap()), CLIENT, later),
                CertificateRefusal::NotTheirs,
            ),
            (
                corp.issues(4, upn("office@corp.example"), ExtendedKeyUsagePurpose::ServerAuth, later),
                CertificateRefusal::Foreign,
            ),
            (other.issues(5, upn("office@corp.example"), CLIENT, later), CertificateRefusal::Foreign),
            (
                corp.issues(6, upn("office@corp.example"), CLIENT, scene.clock.now().minus(Duration::from_secs(60))),
                CertificateRefusal::Expired,
            ),
        ] {
            assert_eq!(get_in(&certificate).await, Err(why));
        }
        // Another tenant does not trust it.
        let scope = policy::operator(&cast.agency);
        let required = RulesChange::Policy(CertificatePolicy::Required);
        pedell.change_certificate_rules_as(&scope, required).await.unwrap();
        let certificate = corp.issues(7, upn("office@corp.example"), CLIENT, later);
        assert_eq!(log_in(pedell, &cast.senior, &certificate).await.map(|_| ()), Err(CertificateRefusal::Foreign));
        // A name is one person's.
        let taken = pedell.set_external_name(&by, &cast.second_manager.id, "office@corp.example").await;
        assert!(matches!(taken, Err(StaffError::ExternalName)));
        pedell.set_external_name(&by, &cast.office.id, "").await.unwrap();
        assert_eq!(
            get_in(&corp.issues(8, upn("office@corp.example"), CLIENT, later)).await,
            Err(CertificateRefusal::NotTheirs)
        );
    })
    .await;
}

#[tokio::test]
async fn a_companys_list_is_believed_as_long_as_the_tenant_says() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let (corp, other) = (Company::new("Corp CA"), Company::new("Corp CA"));
        named(&cast).await;
        let (url, there) = published().await;
        let (start, hour) = (scene.clock.now(), Duration::from_secs(3600));
        let later = start.plus(hour * 2400);
        let (good, bad) = (
            corp.issues(1, upn("office@corp.example"), CLIENT, later),
            corp.issues(2, upn("office@corp.example"), CLIENT, later),
        );
        let get_in = async |shown: &Shown| log_in(pedell, &cast.office, shown).await.map(|_| ());
        let publish = async |list: Option<Vec<u8>>| {
            *there.lock().unwrap() = list;
            scene.clock.advance(hour);
            pedell.refresh_company_lists().await.unwrap();
        };
        trust(&cast, corp.trusted(Some(&url), 0)).await;
        publish(None).await;
        assert_eq!(get_in(&good).await, Err(CertificateRefusal::CrlUnknown), "nobody has had the list yet");
        publish(Some(other.list(1, start, hour * 48, &[]))).await;
        assert_eq!(get_in(&good).await, Err(CertificateRefusal::CrlUnknown), "signed by somebody else");
        publish(Some(corp.list(5, start, hour * 48, &[2]))).await;
        assert_eq!(get_in(&good).await, Ok(()));
        assert_eq!(get_in(&bad).await, Err(CertificateRefusal::Revoked));
        publish(Some(corp.list(4, start.minus(hour), hour * 480, &[]))).await;
        assert_eq!(get_in(&bad).await, Err(CertificateRefusal::Revoked), "an older list brings nothing back");
        publish(Some(b"no list".to_vec())).await;
        assert_eq!(get_in(&good).await, Ok(()), "the last good one counts");
        scene.clock.advance(hour * 48);
        publish(None).await;
        assert_eq!(get_in(&good).await, Err(CertificateRefusal::CrlUnknown), "it is over");
        trust(&cast, corp.trusted(Some(&url), 12)).await;
        assert_eq!(get_in(&good).await, Ok(()), "for twelve hours after its end");
        assert_eq!(get_in(&bad).await, Err(CertificateRefusal::Revoked));
        scene.clock.advance(hour * 12);
        assert_eq!(get_in(&good).await, Err(CertificateRefusal::CrlUnknown));
        publish(Some(corp.list(6, scene.clock.now(), hour * 48, &[1]))).await;
        assert_eq!(get_in(&good).await, Err(CertificateRefusal::Revoked));
        assert_eq!(get_in(&bad).await, Ok(()), "the newest says so");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_not_the_whole_takes_nobodys_place_and_shuts_nobody_out() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let corp = Company::new("Corp CA");
        named(&cast).await;
        let (url, there) = published().await;
        let (start, hour) = (scene.clock.now(), Duration::from_secs(3600));
        let good = corp.issues(1, upn("office@corp.example"), CLIENT, start.plus(hour * 2400));
        let get_in = async || log_in(pedell, &cast.office, &good).await.map(|_| ());
        let publish = async |list: Vec<u8>| {
            *there.lock().unwrap() = Some(list);
            scene.clock.advance(hour);
            pedell.refresh_company_lists().await.unwrap();
        };
        trust(&cast, corp.trusted(Some(&url), 0)).await;
        let (whole, of_users) = (
            corp.list(1, start, hour * 48, &[2]),
            corp.list_of(Some(CrlScope::UserCertsOnly), 2, start, hour * 48, &[1]),
        );
        // RFC 5280 §5.2.4: what changed since another list. §5.2.5: one that speaks for other authorities, too.
        let delta = corp.altered(&corp.list(2, start, hour * 48, &[1]), &[0x55, 0x1d, 20], &[0x55, 0x1d, 27]);
        let indirect = corp.altered(&of_users, &[0x81, 1, 0xff], &[0x84, 1, 0xff]);
        for partial in [&delta, &indirect] {
            publish(partial.clone()).await;
            assert_eq!(get_in().await, Err(CertificateRefusal::CrlUnknown), "it is none, and no fault of ours either");
        }
        publish(corp.altered(&whole, &[0x55, 0x1d, 20], &[0x55, 0x1d, 20])).await;
        assert_eq!(get_in().await, Ok(()), "signed again, it is still whole");
        for partial in [delta, indirect] {
            publish(partial).await;
            assert_eq!(get_in().await, Ok(()), "the last good one counts");
        }
        publish(of_users).await;
        assert_eq!(get_in().await, Err(CertificateRefusal::Revoked), "one of all people's certificates is whole");
    })
    .await;
}

#[tokio::test]
async fn a_tenant_that_names_anothers_list_does_not_hold_it_up() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell = &cast.pedell;
        let (corp, other) = (Company::new("Corp CA"), Company::new("Corp CA"));
        named(&cast).await;
        let (url, there) = published().await;
        let (start, hour) = (scene.clock.now(), Duration::from_secs(3600));
        let good = corp.issues(1, upn("office@corp.example"), CLIENT, start.plus(hour * 2400));
        *there.lock().unwrap() = Some(corp.list(1, start, hour * 48, &[]));
        let trust_another = RulesChange::Trust(other.trusted(Some(&url), 0));
        pedell.change_certificate_rules_as(&policy::operator(&cast.agency), trust_another).await.unwrap();
        trust(&cast, corp.trusted(Some(&url), 0)).await;
        pedell.refresh_company_lists().await.unwrap();
        assert_eq!(log_in(pedell, &cast.office, &good).await.map(|_| ()), Ok(()));
        assert_eq!(pedell.stores().control().foreign_crls().await.unwrap().len(), 1);
        // What nobody trusts any more is not kept.
        let distrust = RulesChange::Distrust("Active Directory".to_owned());
        pedell.change_certificate_rules_as(&policy::operator(&cast.university), distrust).await.unwrap();
        pedell.refresh_company_lists().await.unwrap();
        assert!(pedell.stores().control().foreign_crls().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_an_authority_is_not_trusted() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let pedell: &Pedell = &cast.pedell;
        let by = cast.manager.session(pedell).await;
        let corp = Company::new("Corp CA");
        let trust =
            async |company| pedell.change_certificate_rules(&by, &cast.university, RulesChange::Trust(company)).await;
        let leaf = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
        let good = corp.trusted(None, 0);
        let faulty = [
            CompanyAuthority { pem: "no PEM".into(), ..good.clone() },
            CompanyAuthority { pem: pem::certificate(leaf.cert.der()), ..good.clone() },
            CompanyAuthority { pem: corp.pem.repeat(7), ..good.clone() },
            CompanyAuthority { name: " ".into(), ..good.clone() },
            CompanyAuthority { crl_url: Some("ldap:///CN=Corp".into()), ..good.clone() },
            CompanyAuthority { crl_url: Some("file:///etc/passwd".into()), ..good.clone() },
            CompanyAuthority { stale_crl_hours: 169, ..good.clone() },
        ];
        for company in faulty {
            let shown = format!("{company:?}");
            assert!(matches!(trust(company).await, Err(StaffError::Company(_))), "{shown:.200}");
        }
        for number in 0..5 {
            trust(CompanyAuthority { name: format!("AD {number}"), ..good.clone() }).await.unwrap();
        }
        let more = trust(CompanyAuthority { name: "AD 6".into(), ..good }).await;
        assert!(matches!(more, Err(StaffError::Company(CompanyFault::TooMany))));
    })
    .await;
}
