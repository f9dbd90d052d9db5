//! What this instance puts around every page.

use super::{
    Door,
    page::{Frame, Href, LanguageLink},
};

/// Header and footer; `here`: this page's own address, if it can be had again in another language.
pub(super) fn frame(door: &Door, here: Option<&str>) -> Frame {
    let settings = door.settings();
    Frame {
        languages: here.and_then(Href::parse).map(|here| LanguageLink::to_each(&here)).unwrap_or_default(),
        is_demo: settings.is_demo,
        operator: settings.operator.clone(),
        ..Frame::default()
    }
}
