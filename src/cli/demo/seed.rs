//! Sets the demo's instance up: three universities with different calendars and differently exported lists, two with a
//! login of their own, one with a web service, and the shop.

use std::{io::Cursor, sync::Arc};

use super::{
    idp::{self, Account, SEEHAFEN},
    oidc_provider::{self, Member, OidcProvider, WIESENTAL},
    page::{SHOP, Student},
    people::{AUENTAL, BERGHEIM, LINDENSTADT, List, TANNBERG, Tryout, list},
    service::Service,
};
use crate::{
    base::secret::{PlainToken, SecretString},
    cli::CliError,
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product, RedirectUri},
        connection::{ConnectionSecrets, ConnectionSettings},
        oidc_connection::CLIENT_SECRET,
        policy::{self, Actor, ShellName},
        rule::{Field, Rule},
        semester::Calendar,
        tenant::{Slug, University, UniversityProfile},
    },
    flow::{Pedell, clients::ClientChange, import_roster::ImportOptions},
};

/// The shop's `client_id`.
pub(super) const CLIENT: &str = "demo-shop";

/// What the shop proves itself with.
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) secret: PlainToken,
}

/// How a university exports its list.
#[derive(Clone, Copy)]
enum Export {
    Utf8,
    Windows1252,
    Utf16,
}

/// Makes what is not there yet; the shop gets a new secret each time.
pub(super) async fn seed(
    pedell: &Pedell,
    shop_url: &str,
    (op_url, op_secret): (&str, SecretString),
    service: &Service,
) -> Result<Credentials, CliError> {
    let universities = [
        (LINDENSTADT, "University of Lindenstadt", "Lindenstadt", Calendar::university(), true, Export::Utf8, 3_000),
        (
            AUENTAL,
            "Auental University of Applied Sciences",
            "Auental, Hügelheim",
            Calendar::fachhochschule(),
            true,
            Export::Windows1252,
            1_500,
        ),
        (BERGHEIM, "Bergheim School of Management", "Bergheim", Calendar::mannheim(), false, Export::Utf16, 800),
    ];
    for ((slug, name), name_en, place, calendar, ask_birth_date, export, others) in universities {
        let slug = Slug::try_from(slug.to_owned())?;
        let profile = UniversityProfile {
            name_de: name.to_owned(),
            name_en: name_en.to_owned(),
            place: place.to_owned(),
            keywords: Vec::new(),
            calendar,
            semester_keys: Vec::new(),
            ask_birth_date,
            numbers_are_digits: ask_birth_date,
            contact: Some(format!("studierendensekretariat@{slug}.example")),
        };
        let university = match pedell.stores().control().university(&slug).await? {
            Some(university) => university,
            None => pedell.create_university(slug, profile, &Actor::Operator).await?,
        };
        rosters(pedell, &university, export, others).await?;
    }
    let saml = ConnectionSettings::Saml(idp::connection());
    let (seehafen, wiesental) = ("Seehafen University of Technology", "Wiesental University of Applied Sciences");
    university_with_a_login(pedell, SEEHAFEN, seehafen, "Seehafen", saml, ConnectionSecrets::default()).await?;
    let mut secrets = ConnectionSecrets::default();
    secrets.set(CLIENT_SECRET, op_secret);
    let oidc = oidc_provider::connection(op_url)?;
    university_with_a_login(pedell, WIESENTAL, wiesental, "Wiesental", oidc, secrets).await?;
    university_with_a_service(pedell, service).await?;
    shop(pedell, shop_url).await
}

/// The OpenID provider, with the secret that the connection has already, or a new one.
pub(super) async fn provider(pedell: &Pedell, own: &str) -> Result<(OidcProvider, SecretString), CliError> {
    let known = match pedell.stores().control().university(&Slug::try_from(WIESENTAL.0.to_owned())?).await? {
        Some(university) => {
            let scope = policy::operator(&university.id);
            let secrets = pedell.connection_secrets(&scope, &university.connection).await?;
            secrets.get(CLIENT_SECRET).cloned()
        }
        None => None,
    };
    let secret = known.unwrap_or_else(|| PlainToken::fresh(pedell.random()).expose().to_owned().into());
    let redirect_uri = pedell.provider_redirect_uri(WIESENTAL.0);
    let (clock, random) = (pedell.clock().clone(), pedell.random().clone());
    Ok((OidcProvider::new(clock, random, own, redirect_uri, secret.clone())?, secret))
}

async fn university_with_a_login(
    pedell: &Pedell,
    (slug, name_de): (&str, &str),
    name_en: &str,
    place: &str,
    settings: ConnectionSettings,
    secrets: ConnectionSecrets,
) -> Result<(), CliError> {
    let slug = Slug::try_from(slug.to_owned())?;
    let profile = UniversityProfile {
        name_de: name_de.to_owned(),
        name_en: name_en.to_owned(),
        place: place.to_owned(),
        keywords: vec![slug.as_str().split('-').next().unwrap_or_default().to_uppercase()],
        calendar: Calendar::university(),
        semester_keys: Vec::new(),
        ask_birth_date: true,
        numbers_are_digits: true,
        contact: Some(format!("it-service@{slug}.example")),
    };
    let university = match pedell.stores().control().university(&slug).await? {
        Some(university) => university,
        None => pedell.create_university(slug, profile, &Actor::Operator).await?,
    };
    if university.connection.settings != settings {
        let people: [ShellName; 2] = ["ada".parse()?, "grace".parse()?];
        pedell.connect(&university.id, settings, secrets, people).await?;
    }
    Ok(())
}

/// Its service has another port and another token each time.
async fn university_with_a_service(pedell: &Pedell, service: &Service) -> Result<(), CliError> {
    let slug = Slug::try_from(TANNBERG.0.to_owned())?;
    let profile = UniversityProfile {
        name_de: TANNBERG.1.to_owned(),
        name_en: "Tannberg University of Education".to_owned(),
        place: "Tannberg".to_owned(),
        keywords: vec!["PHT".to_owned()],
        calendar: Calendar::university(),
        semester_keys: Vec::new(),
        ask_birth_date: true,
        numbers_are_digits: true,
        contact: Some(format!("studienservice@{slug}.example")),
    };
    let university = match pedell.stores().control().university(&slug).await? {
        Some(university) => university,
        None => pedell.create_university(slug, profile, &Actor::Operator).await?,
    };
    let people: [ShellName; 2] = ["ada".parse()?, "grace".parse()?];
    let (settings, secrets) = service.connection()?;
    pedell.connect(&university.id, settings, secrets, people).await?;
    Ok(())
}

/// The current semester's list and the previous one's, if they are not there.
async fn rosters(pedell: &Pedell, university: &University, export: Export, others: u32) -> Result<(), CliError> {
    let scope = policy::operator(&university.id);
    let current = university.profile.calendar.semester_on(pedell.clock().now().date_in_berlin());
    let there = pedell.stores().tenant(&scope).await?.current_rosters().await?;
    let slug = university.slug.as_str();
    let lists = [
        (Some(current), vec![List::Current, List::CurrentWithoutBirthDate], others),
        (current.previous(), vec![List::Current, List::CurrentWithoutBirthDate, List::Previous], others / 2),
    ];
    for (semester, on, others) in lists {
        let Some(semester) = semester else { continue };
        if there.iter().any(|roster| roster.semester == semester) {
            continue;
        }
        // Windows-1252 knows no Vietnamese and no Turkish names: a university that still uses it has none on its list.
        let text = match export {
            Export::Utf8 => list(slug, &on, others, ';', true).into_bytes(),
            Export::Windows1252 => {
                let text = list(slug, &on, others, ';', true);
                let fits = |line: &&str| !encoding_rs::WINDOWS_1252.encode(line).2;
                let text: String = text.split_inclusive('\n').filter(fits).collect();
                encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
            }
            Export::Utf16 => {
                let text = list(slug, &on, others, '\t', true);
                [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
            }
        };
        let nobody_waits = Arc::new(|_| ());
        pedell
            .import_roster(&scope, university, semester, Cursor::new(text), ImportOptions::default(), nobody_waits)
            .await?;
    }
    Ok(())
}

/// The shop as a ticket issuer: registered, or with its address and secret renewed.
async fn shop(pedell: &Pedell, shop_url: &str) -> Result<Credentials, CliError> {
    let rule = Rule {
        required_fields: vec![Field::GivenName, Field::FamilyName, Field::Birthdate],
        accept_self_asserted: vec![Field::Birthdate],
        ..Rule::default()
    };
    let issuer = IssuerProfile {
        redirect_uris: vec![RedirectUri::parse(&format!("{shop_url}/callback"))?],
        universities: Vec::new(),
        claims: vec![Field::GivenName, Field::FamilyName, Field::Birthdate],
        products: vec![Product {
            key: "deutschlandsemesterticket".to_owned(),
            name_de: "Deutschlandsemesterticket".to_owned(),
            name_en: "Deutschlandsemesterticket".to_owned(),
            rule,
        }],
        direct_checks: true,
    };
    let client = Client {
        id: ClientId::try_from(CLIENT.to_owned())?,
        profile: ClientProfile {
            name: SHOP.to_owned(),
            authentication: Authentication::ClientSecretBasic,
            networks: Vec::new(),
            certificate: None,
            certificate_bound_tokens: false,
            kind: ClientKind::Issuer(issuer),
        },
        tenant: None,
        active: true,
    };
    let secret = match pedell.stores().control().client(&client.id).await? {
        Some(_) => pedell.change_client(&client.id, ClientChange::NewSecret, &Actor::Operator).await?,
        None => pedell.create_client(&client, &Actor::Operator).await?,
    };
    let secret = secret.ok_or("the shop's client has no secret")?;
    Ok(Credentials { client_id: CLIENT.to_owned(), secret })
}

/// The students to try, for the shop window.
pub(super) fn students(tryouts: &[Tryout], accounts: &[Account], members: &[Member]) -> Vec<Student> {
    let typed = tryouts.iter().map(|tryout| Student {
        given_names: tryout.given_names.to_owned(),
        family_name: tryout.family_name.to_owned(),
        typed: Some((tryout.matriculation_number.to_owned(), tryout.birth_date)),
        university: tryout.university_name.to_owned(),
        refused_with: tryout.refused_with.map(str::to_owned),
    });
    let saml = accounts.iter().map(|a| (a.given_names, a.family_name, a.university_name, a.refused_with));
    let oidc = members.iter().map(|m| (m.given_names, m.family_name, m.university_name, m.refused_with));
    let logging_in = saml.chain(oidc).map(|(given, family, university, refused_with)| Student {
        given_names: given.to_owned(),
        family_name: family.to_owned(),
        typed: None,
        university: university.to_owned(),
        refused_with: refused_with.map(str::to_owned),
    });
    typed.chain(logging_in).collect()
}
