//! The way back to the shop as a link, for where a redirect cannot be followed by itself.

use askama::Template;

use super::{Asking, Frame, Href, Language, Page, STUDENT, Text, show};

/// "You can go on."
#[derive(Clone, Debug)]
pub struct HandingOver {
    /// Header and footer.
    pub frame: Frame,
    /// Who waits for the answer.
    pub asking: Asking,
    /// The redirect with the answer in it.
    pub onward: Href,
}

#[derive(Template)]
#[template(path = "student/handing_over.html")]
struct View<'a> {
    page: &'a HandingOver,
    t: Text,
}

impl Page for HandingOver {
    fn render(&self, language: Language) -> String {
        show(&View { page: self, t: STUDENT.text(language) })
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let link = Href::parse("https://shop.example/callback?code=abc&state=def");
        let page = link.map(|onward| Self {
            frame: Frame { languages: vec![], ..Frame::sample() },
            asking: Asking::sample(),
            onward,
        });
        page.map(|page| ("link", page)).into_iter().collect()
    }
}
