//! The student's browser without script: follows redirects, keeps cookies, fills in the forms it finds.

use std::collections::BTreeMap;

use pedell::peers::{http::Http, outbound::Outbound};
use reqwest::{
    StatusCode,
    header::{COOKIE, LOCATION, SET_COOKIE},
};
use serde_json::Value;
use url::Url;

const MOST_STEPS: usize = 12;

/// Walks from `start` through Pedell's pages until it is sent to `redirect_uri`; returns that address.
pub(crate) async fn walk(start: &str, redirect_uri: &str, student: &Value) -> Url {
    let http = Http::new(Outbound::anywhere()).expect("a client");
    let mut cookies = BTreeMap::new();
    let mut url = Url::parse(start).expect("an address");
    let mut form: Option<Vec<(&str, String)>> = None;
    for _ in 0..MOST_STEPS {
        let request = match form.take() {
            Some(form) => http.post(url.as_str()).expect("an address").form(&form),
            None => http.get(url.as_str()).expect("an address"),
        };
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, sent.join("; ")).send().await.expect("an answer");
        for line in response.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().expect("a cookie").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(location) = response.headers().get(LOCATION) {
            assert_eq!(response.status(), StatusCode::SEE_OTHER, "the browser must not post again");
            url = url.join(location.to_str().expect("an address")).expect("an address");
            if url.as_str().starts_with(redirect_uri) {
                return url;
            }
            continue;
        }
        let status = response.status();
        let page = response.text().await.expect("a page");
        assert_eq!(status, StatusCode::OK, "{page}");
        // A refusal's page is not a form: the link back to the shop is what the student clicks.
        if let Some((_, rest)) = page.split_once(&format!("href=\"{redirect_uri}?")) {
            let query = rest.split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
            return Url::parse(&format!("{redirect_uri}?{query}")).expect("an address");
        }
        let flow = page.split_once("name=\"flow\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        let mut fields = vec![("flow", flow.expect("a form with `flow`").0.to_owned())];
        let asked: &[&str] = match url.path() {
            "/verify/choose" => &["university"],
            _ => &["matriculation_number", "given_names", "family_name", "birth_date"],
        };
        fields.extend(asked.iter().map(|name| (*name, student[*name].as_str().unwrap_or_default().to_owned())));
        form = Some(fields);
    }
    panic!("no end after {MOST_STEPS} steps");
}
