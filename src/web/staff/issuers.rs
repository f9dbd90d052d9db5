//! `/staff/issuers`: ticket issuers, for the operator to change and for universities' managers to see.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use ipnet::IpNet;
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of};
use crate::{
    base::{limits, secret::PlainToken},
    domain::{
        client::{Authentication, Client, ClientId, ClientKind, ClientProfile, IssuerProfile, Product, RedirectUri},
        policy::Target,
        rule::Field,
        staff::{Action, TenantKind},
        tenant::Slug,
    },
    flow::{
        clients::{ClientChange, ClientError, ProfileFault},
        staff::StaffError,
    },
    web::{
        Door,
        page::{
            Href, Language,
            staff::{
                Section,
                issuer::{Issuer, IssuerFault, TypedIssuer},
                issuers::{IssuerRow, Issuers},
            },
        },
    },
};

const HERE: &str = "/staff/issuers";
const NEW: &str = "/staff/issuers/new";

/// The fields of an issuer's form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Form {
    id: String,
    name: String,
    authentication: String,
    jwks: String,
    redirect_uris: String,
    universities: String,
    claim_given_name: Option<String>,
    claim_family_name: Option<String>,
    claim_birthdate: Option<String>,
    claim_picture: Option<String>,
    products: String,
    direct_checks: Option<String>,
    networks: String,
}

#[derive(Deserialize)]
pub(in crate::web) struct Act {
    #[serde(rename = "do")]
    what: String,
}

type Fault = (IssuerFault, String);

/// `GET /staff/issuers`
pub(in crate::web) async fn show(State(door): State<Door>, staff: Staff) -> Result<Response, Stop> {
    let stop = |error| staff.stop(&door, error, HERE);
    let (pedell, session) = (door.pedell(), &staff.session);
    let issuers = pedell.issuers(session).await.map_err(stop)?;
    let is_operator = session.tenant.kind == TenantKind::Operator;
    let may_change = session.may(Action::ChangeIssuers, Target::all_of(&session.member.tenant));
    let mut counters = Vec::new();
    if !is_operator {
        for view in pedell.counter_grants_at(session, &session.member.tenant).await.map_err(stop)? {
            let ticket = format!("{} · {}", view.client.profile.name, view.grant.product);
            counters.push((name_of(&view.agency, staff.language), ticket));
        }
    }
    let row = |client: &Client| {
        let issuer = client.issuer()?;
        Some(IssuerRow {
            id: client.id.to_string(),
            name: client.profile.name.clone(),
            is_active: client.active,
            universities: issuer.universities.iter().map(ToString::to_string).collect(),
            claims: issuer.claims.clone(),
            products: issuer.products.iter().map(|product| name(product, staff.language)).collect(),
            direct_checks: issuer.direct_checks,
            href: may_change.then(|| Href::parse(&path(&client.id))).flatten(),
        })
    };
    let page = Issuers {
        frame: staff.frame(&door),
        nav: staff.nav(&door, Some(Section::Issuers)),
        university: (!is_operator).then(|| name_of(&session.tenant, staff.language)),
        issuers: issuers.iter().filter_map(row).collect(),
        new: may_change.then(|| Href::parse(NEW)).flatten(),
        counters,
    };
    Ok(staff.page(&door, &page))
}

/// `GET /staff/issuers/new`: a fresh code is asked for before anybody types.
pub(in crate::web) async fn show_new(State(door): State<Door>, staff: Staff) -> Result<Response, Stop> {
    allow(&door, &staff, NEW)?;
    let product = Product {
        key: "semesterticket".into(),
        name_de: "Semesterticket".into(),
        name_en: "Semester ticket".into(),
        rule: crate::domain::rule::Rule::default(),
    };
    let typed = TypedIssuer {
        authentication: "secret".into(),
        products: serde_json::to_string_pretty(&[product]).unwrap_or_default(),
        claims: vec![Field::GivenName, Field::FamilyName],
        ..TypedIssuer::default()
    };
    Ok(Shown { is_active: None, typed, fault: None, secret: None, is_saved: false }.page(&door, staff))
}

/// `POST /staff/issuers/new`
pub(in crate::web) async fn register(
    State(door): State<Door>,
    staff: Staff,
    Posted(form): Posted<Form>,
) -> Result<Response, Stop> {
    allow(&door, &staff, NEW)?;
    let typed = form.typed();
    let read = match ClientId::parse(form.id.trim()) {
        Some(id) => form.read(None).map(|profile| (id, profile)),
        None => Err((IssuerFault::Id, String::new())),
    };
    let made = match read {
        Ok((id, profile)) => door.pedell().register_issuer(&staff.session, id, profile).await,
        Err(fault) => {
            let shown = Shown { is_active: None, typed, fault: Some(fault), secret: None, is_saved: false };
            return Ok(shown.page(&door, staff));
        }
    };
    let shown = match made {
        Ok(secret) => Shown {
            is_active: Some(true),
            typed: TypedIssuer { id: form.id.trim().to_owned(), ..typed },
            fault: None,
            secret,
            is_saved: true,
        },
        Err(error) => {
            let fault = fault(error).map_err(|error| staff.stop(&door, error, NEW))?;
            Shown { is_active: None, typed, fault: Some(fault), secret: None, is_saved: false }
        }
    };
    Ok(shown.page(&door, staff))
}

/// `GET /staff/issuers/{id}`
pub(in crate::web) async fn show_one(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let client = client(&door, &staff, &id).await?;
    Ok(Shown::of(&client).page(&door, staff))
}

/// `POST /staff/issuers/{id}`
pub(in crate::web) async fn change(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(form): Posted<Form>,
) -> Result<Response, Stop> {
    let before = client(&door, &staff, &id).await?;
    let typed = TypedIssuer { id: before.id.to_string(), ..form.typed() };
    let faulty = |fault| Shown {
        is_active: Some(before.active),
        typed: typed.clone(),
        fault: Some(fault),
        secret: None,
        is_saved: false,
    };
    let profile = match form.read(Some(&before.profile)) {
        Ok(profile) => profile,
        Err(fault) => return Ok(faulty(fault).page(&door, staff)),
    };
    let change = ClientChange::Profile(Box::new(profile));
    match door.pedell().change_issuer(&staff.session, &before.id, change).await {
        Ok(secret) => {
            let client = client(&door, &staff, &id).await?;
            Ok(Shown { secret, is_saved: true, ..Shown::of(&client) }.page(&door, staff))
        }
        Err(error) => {
            let fault = fault(error).map_err(|error| staff.stop(&door, error, &path(&before.id)))?;
            Ok(faulty(fault).page(&door, staff))
        }
    }
}

/// `POST /staff/issuers/{id}/do`
pub(in crate::web) async fn act(
    State(door): State<Door>,
    staff: Staff,
    Path(id): Path<String>,
    Posted(act): Posted<Act>,
) -> Result<Response, Stop> {
    let before = client(&door, &staff, &id).await?;
    let back = path(&before.id);
    let change = match act.what.as_str() {
        "secret" => ClientChange::NewSecret,
        "block" => ClientChange::Active(false),
        "unblock" => ClientChange::Active(true),
        _ => return Err(staff.stop(&door, StaffError::NotFound, &back)),
    };
    match door.pedell().change_issuer(&staff.session, &before.id, change).await {
        Ok(secret) => {
            let client = client(&door, &staff, &id).await?;
            Ok(Shown { secret, is_saved: true, ..Shown::of(&client) }.page(&door, staff))
        }
        Err(error) => {
            let fault = fault(error).map_err(|error| staff.stop(&door, error, &back))?;
            Ok(Shown { fault: Some(fault), ..Shown::of(&before) }.page(&door, staff))
        }
    }
}

fn path(id: &ClientId) -> String {
    format!("{HERE}/{id}")
}

fn allow(door: &Door, staff: &Staff, back: &str) -> Result<(), Stop> {
    let own = Target::all_of(&staff.session.member.tenant);
    let allowed = door.pedell().allow(&staff.session, Action::ChangeIssuers, own);
    allowed.map(|_| ()).map_err(|error| staff.stop(door, error, back))
}

async fn client(door: &Door, staff: &Staff, id: &str) -> Result<Client, Stop> {
    let back = format!("{HERE}/{id}");
    let stop = |error| staff.stop(door, error, &back);
    let id = ClientId::parse(id).ok_or(StaffError::NotFound).map_err(stop)?;
    door.pedell().issuer_to_change(&staff.session, &id).await.map_err(stop)
}

/// What the form is told; what it can't help is stopped.
fn fault(error: ClientError) -> Result<Fault, StaffError> {
    let fault = match error {
        ClientError::Staff(error) => return Err(error),
        ClientError::Profile(fault) => fault,
    };
    let kind = match &fault {
        ProfileFault::Name => IssuerFault::Name,
        ProfileFault::Keys(_) => IssuerFault::Keys,
        ProfileFault::Products => IssuerFault::Products,
        ProfileFault::University(_) => IssuerFault::Universities,
        ProfileFault::IdTaken => IssuerFault::IdTaken,
        ProfileFault::Certificate(_) | ProfileFault::Contradiction(_) => IssuerFault::Other,
    };
    Ok((kind, fault.to_string()))
}

fn name(product: &Product, language: Language) -> String {
    match language {
        Language::De => product.name_de.clone(),
        Language::En => product.name_en.clone(),
    }
}

/// A line each, without those that are empty.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Networks, one a line; a single address is one too.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |line: &str| {
        let address = || line.parse::<std::net::IpAddr>().ok().map(IpNet::from);
        line.parse::<IpNet>().ok().or_else(address).map(|network| network.trunc()).ok_or_else(|| line.to_owned())
    };
    lines(text).map(network).collect()
}

impl Form {
    fn claims(&self) -> Vec<Field> {
        let is_there = [&self.claim_given_name, &self.claim_family_name, &self.claim_birthdate, &self.claim_picture];
        Field::ALL.into_iter().zip(is_there).filter_map(|(field, chosen)| chosen.as_ref().map(|_| field)).collect()
    }

    fn typed(&self) -> TypedIssuer {
        let cut = |text: &str| text.chars().take(limits::CLIENT_FIELD_CHARS).collect::<String>();
        TypedIssuer {
            id: cut(&self.id),
            name: cut(&self.name),
            authentication: cut(&self.authentication),
            jwks: cut(&self.jwks),
            redirect_uris: cut(&self.redirect_uris),
            universities: cut(&self.universities),
            claims: self.claims(),
            products: cut(&self.products),
            direct_checks: self.direct_checks.is_some(),
            networks: cut(&self.networks),
        }
    }

    /// The settings. What the form does not show (a certificate, bound tokens) stays as it was.
    fn read(&self, before: Option<&ClientProfile>) -> Result<ClientProfile, Fault> {
        let authentication = match (self.authentication.as_str(), before) {
            ("jwks", _) => Authentication::PrivateKeyJwt(self.jwks.trim().to_owned()),
            ("certificate", Some(before)) => before.authentication.clone(),
            _ => Authentication::ClientSecretBasic,
        };
        let redirect_uris = lines(&self.redirect_uris)
            .map(|uri| RedirectUri::parse(uri).map_err(|error| (IssuerFault::RedirectUris, format!("{uri}: {error}"))))
            .collect::<Result<_, _>>()?;
        let universities = lines(&self.universities)
            .map(|slug| Slug::parse(slug).ok_or_else(|| (IssuerFault::Universities, slug.to_owned())))
            .collect::<Result<_, _>>()?;
        let products: Vec<Product> =
            serde_json::from_str(&self.products).map_err(|error| (IssuerFault::Products, error.to_string()))?;
        let issuer = IssuerProfile {
            redirect_uris,
            universities,
            claims: self.claims(),
            products,
            direct_checks: self.direct_checks.is_some(),
        };
        Ok(ClientProfile {
            name: self.name.trim().to_owned(),
            authentication,
            networks: networks(&self.networks).map_err(|line| (IssuerFault::Networks, line))?,
            certificate: before.and_then(|before| before.certificate.clone()),
            certificate_bound_tokens: before.is_some_and(|before| before.certificate_bound_tokens),
            kind: ClientKind::Issuer(issuer),
        })
    }
}

/// What the page shows.
struct Shown {
    is_active: Option<bool>,
    typed: TypedIssuer,
    fault: Option<Fault>,
    secret: Option<PlainToken>,
    is_saved: bool,
}

impl Shown {
    fn of(client: &Client) -> Self {
        let profile = &client.profile;
        let (authentication, jwks) = match &profile.authentication {
            Authentication::ClientSecretBasic => ("secret", String::new()),
            Authentication::PrivateKeyJwt(jwks) => ("jwks", jwks.clone()),
            Authentication::TlsClientAuth | Authentication::SelfSignedTlsClientAuth => ("certificate", String::new()),
        };
        let text = |lines: Vec<String>| lines.join("\n");
        let issuer = client.issuer();
        let typed = TypedIssuer {
            id: client.id.to_string(),
            name: profile.name.clone(),
            authentication: authentication.to_owned(),
            jwks,
            redirect_uris: text(issuer.map_or_else(Vec::new, |issuer| {
                issuer.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect()
            })),
            universities: text(
                issuer.map_or_else(Vec::new, |issuer| issuer.universities.iter().map(ToString::to_string).collect()),
            ),
            claims: issuer.map(|issuer| issuer.claims.clone()).unwrap_or_default(),
            products: issuer.and_then(|issuer| serde_json::to_string_pretty(&issuer.products).ok()).unwrap_or_default(),
            direct_checks: issuer.is_some_and(|issuer| issuer.direct_checks),
            networks: text(profile.networks.iter().map(ToString::to_string).collect()),
        };
        Self { is_active: Some(client.active), typed, fault: None, secret: None, is_saved: false }
    }

    fn page(self, door: &Door, staff: Staff) -> Response {
        let status = if self.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let page = Issuer {
            frame: staff.frame(door),
            nav: staff.nav(door, Some(Section::Issuers)),
            is_active: self.is_active,
            typed: self.typed,
            fault: self.fault,
            secret: self.secret.map(|secret| secret.expose().to_owned()),
            is_saved: self.is_saved,
        };
        staff.page_with(door, status, &page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_a_line_each_and_a_fault_is_named() {
        let read = networks(" 192.0.2.7/24 \n\n2001:db8::1\n").unwrap();
        let read: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(read, ["192.0.2.0/24", "2001:db8::1/128"]);
        assert_eq!(networks("192.0.2.0/24\neverywhere"), Err("everywhere".to_owned()));
    }
}
