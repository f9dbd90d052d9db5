//! `pedell demo`: a whole instance with invented people, and a small ticket shop to click through.

pub mod page;
