//! `/staff/counters`: the operator says what agencies' counters may check.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{Posted, Staff, Stop, names::name_of};
use crate::{
    flow::counters::{CounterError, GrantNames, GrantView},
    web::{
        Door,
        page::{
            Language,
            staff::{
                Section,
                counters::{Counters, GrantRow},
            },
        },
        student::way_back::redirect,
    },
};

const HERE: &str = "/staff/counters";

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(in crate::web) struct Change {
    #[serde(rename = "do")]
    what: String,
    agency: String,
    /// The issuer's client id and its name for the product, with a space between them: no client id has one.
    product: String,
    university: String,
}

/// `GET /staff/counters`
pub(in crate::web) async fn show(State(door): State<Door>, staff: Staff) -> Result<Response, Stop> {
    page(&door, staff, false).await
}

/// `POST /staff/counters`
pub(in crate::web) async fn change(
    State(door): State<Door>,
    staff: Staff,
    Posted(change): Posted<Change>,
) -> Result<Response, Stop> {
    let (client, product) = change.product.split_once(' ').unwrap_or_default();
    let names = GrantNames { agency: &change.agency, client, product, university: &change.university };
    match door.pedell().change_counters(&staff.session, names, change.what == "grant").await {
        Ok(()) => Ok(redirect(HERE)),
        Err(CounterError::Unfit(_)) => page(&door, staff, true).await,
        Err(CounterError::Staff(error)) => Err(staff.stop(&door, error, HERE)),
    }
}

async fn page(door: &Door, staff: Staff, is_unfit: bool) -> Result<Response, Stop> {
    let pedell = door.pedell();
    let grants = pedell.counter_grants(&staff.session).await.map_err(|error| staff.stop(door, error, HERE))?;
    let internal = |failure| staff.internal(door, &failure);
    let agencies = pedell.agencies().await.map_err(internal)?;
    let control = pedell.stores().control();
    let universities = control.universities().await.map_err(|error| internal(error.into()))?;
    let clients = control.clients().await.map_err(|error| internal(error.into()))?;
    let products = clients.iter().filter(|client| client.active).flat_map(|client| {
        let products = client.issuer().map(|issuer| issuer.products.as_slice()).unwrap_or_default();
        products.iter().map(|product| {
            let name = match staff.language {
                Language::De => &product.name_de,
                Language::En => &product.name_en,
            };
            (format!("{} {}", client.id, product.key), format!("{} · {name}", client.profile.name))
        })
    });
    let page = Counters {
        frame: staff.frame(door),
        nav: staff.nav(door, Some(Section::Counters)),
        grants: grants.iter().map(|view| row(view, staff.language)).collect(),
        agencies: agencies.iter().map(|agency| (agency.slug.to_string(), name_of(agency, staff.language))).collect(),
        products: products.collect(),
        universities: universities
            .iter()
            .map(|university| {
                let profile = &university.profile;
                let name = match staff.language {
                    Language::De => &profile.name_de,
                    Language::En => &profile.name_en,
                };
                (university.slug.to_string(), name.clone())
            })
            .collect(),
        is_unfit,
    };
    let status = if is_unfit { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(staff.page_with(door, status, &page))
}

fn row(view: &GrantView, language: Language) -> GrantRow {
    let profile = &view.university.profile;
    let university = match language {
        Language::De => &profile.name_de,
        Language::En => &profile.name_en,
    };
    let products = view.client.issuer().map(|issuer| issuer.products.as_slice()).unwrap_or_default();
    let product = products.iter().find(|product| product.key == view.grant.product);
    let product = match (product, language) {
        (Some(product), Language::De) => &product.name_de,
        (Some(product), Language::En) => &product.name_en,
        (None, _) => &view.grant.product,
    };
    GrantRow {
        agency: (view.agency.slug.to_string(), name_of(&view.agency, language)),
        product: (
            format!("{} {}", view.client.id, view.grant.product),
            format!("{} · {product}", view.client.profile.name),
        ),
        university: (view.university.slug.to_string(), university.clone()),
        works: view.works,
    }
}
