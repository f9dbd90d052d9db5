//! A student's photo: uploaded by a form, shown on the account's page.

use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::{bad, pass, visitor};
use crate::{
    base::limits,
    protocol::photo::PhotoError,
    web::{
        Door,
        caller::Browser,
        failure::PersonError,
        page::{Language, account::Fault, problem::ProblemKind},
    },
};

/// `POST /account/photo`, as `multipart/form-data`: `flow`, `ui_locales` and the file `photo`.
pub(in crate::web) async fn upload(
    State(door): State<Door>,
    browser: Browser,
    headers: HeaderMap,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, PersonError> {
    let mut parts = parts.map_err(|rejection| bad(&door, &rejection.body_text()))?;
    let (mut flow, mut ui_locales, mut photo) = (String::new(), None, None);
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        let kind = match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ProblemKind::TooLarge,
            _ => ProblemKind::BadRequest,
        };
        PersonError::new(&door, Language::default(), kind, &error.body_text())
    };
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        match part.name().unwrap_or_default() {
            "flow" => flow = part.text().await.map_err(unreadable)?,
            "ui_locales" => ui_locales = Some(part.text().await.map_err(unreadable)?),
            // The form has it behind what proves whose it is, so that nobody else's photo is read at all.
            "photo" => {
                visitor(&door, &browser, &headers, &flow, ui_locales.as_deref())?;
                photo = Some(part.bytes().await.map_err(unreadable)?);
            }
            _ => {}
        }
    }
    let visitor = visitor(&door, &browser, &headers, &flow, ui_locales.as_deref())?;
    let Some(photo) = photo.filter(|photo| !photo.is_empty()) else {
        return visitor.again(&door, Fault::NoPhoto).await;
    };
    let busy = || PersonError::new(&door, visitor.language, ProblemKind::TooMany, &"photos are decoded already");
    // Who runs out of patience gives up waiting, not the place: that is held until the thread is free.
    let decoding = async {
        let place = door.photos().acquire_owned().await.ok()?;
        tokio::task::spawn_blocking(move || {
            let kept = crate::protocol::photo::kept(&photo);
            drop(place);
            kept
        })
        .await
        .ok()
    };
    let kept = timeout(limits::PHOTO_TIME, decoding).await.map_err(|_| busy())?.ok_or_else(busy)?;
    match kept {
        Ok(jpeg) => {
            let is_there = door.pedell().add_photo(&visitor.pass, &jpeg).await;
            visitor.back(&door, is_there)
        }
        Err(error) => {
            tracing::info!(%error, "a photo was refused");
            let fault = match error {
                PhotoError::TooLarge | PhotoError::TooManyPixels => Fault::LargePhoto,
                PhotoError::TooSmall => Fault::SmallPhoto,
                PhotoError::Format | PhotoError::Damaged => Fault::Photo,
            };
            visitor.again(&door, fault).await
        }
    }
}

/// `GET /account/photo`: the visitor's own.
pub(in crate::web) async fn show(State(door): State<Door>, browser: Browser) -> Result<Response, PersonError> {
    let gone = || PersonError::new(&door, Language::default(), ProblemKind::NotFound, &"no pass, or no photo");
    let (_, pass) = pass(&door, &browser).ok_or_else(gone)?;
    let photo = door.pedell().account_photo(&pass).await;
    let photo = photo.map_err(|failure| PersonError::internal(&door, Language::default(), &failure))?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], photo.ok_or_else(gone)?.to_vec()).into_response())
}
