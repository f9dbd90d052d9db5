//! Pictures from elsewhere: which kind, and how large when unpacked. Only what any browser shows, and nothing that can
//! hold a script.

use crate::base::limits;

/// A picture's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Which kind.
    pub kind: Kind,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PNG (ISO/IEC 15948).
    Png,
    /// GIF 87a or 89a.
    Gif,
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// WebP (RFC 9649).
    Webp,
}

impl Kind {
    /// For `Content-Type`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

/// Reads a picture's head by its content, whatever it was said to be. `None` if it is none of ours, or has more pixels
/// than [`limits::LOGO_PIXELS`] either way: a few kilobytes can unpack to more than a phone has.
pub fn read(bytes: &[u8]) -> Option<Image> {
    let image = png(bytes).or_else(|| gif(bytes)).or_else(|| jpeg(bytes)).or_else(|| webp(bytes))?;
    let fits = |pixels| (1..=limits::LOGO_PIXELS).contains(&pixels);
    (fits(image.width) && fits(image.height)).then_some(image)
}

fn png(bytes: &[u8]) -> Option<Image> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let [width, height] = [head.get(..4)?, head.get(4..8)?].map(|field| field.try_into().map(u32::from_be_bytes));
    Some(Image { kind: Kind::Png, width: width.ok()?, height: height.ok()? })
}

fn gif(bytes: &[u8]) -> Option<Image> {
    let head = bytes.strip_prefix(b"GIF87a").or_else(|| bytes.strip_prefix(b"GIF89a"))?;
    let [w0, w1, h0, h1, ..] = *head else { return None };
    let [width, height] = [[w0, w1], [h0, h1]].map(|field| u32::from(u16::from_le_bytes(field)));
    Some(Image { kind: Kind::Gif, width, height })
}

/// Walks the segments to the frame header (T.81 §B.2.2).
fn jpeg(bytes: &[u8]) -> Option<Image> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let [0xff, marker, l0, l1, ..] = *rest else { return None };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let [h0, h1, w0, w1] = *rest.get(5..9)? else { return None };
            let [width, height] = [[w0, w1], [h0, h1]].map(|field| u32::from(u16::from_be_bytes(field)));
            return Some(Image { kind: Kind::Jpeg, width, height });
        }
        rest = rest.get(2 + length.max(2)..)?;
    }
}

fn webp(bytes: &[u8]) -> Option<Image> {
    let (b"RIFF", b"WEBP") = (bytes.get(..4)?, bytes.get(8..12)?) else { return None };
    let (chunk, data) = (bytes.get(12..16)?, bytes.get(20..)?);
    let (width, height) = match chunk {
        b"VP8 " => {
            let [w0, w1, h0, h1] = *data.get(6..10)? else { return None };
            let size = |field| u32::from(u16::from_le_bytes(field) & 0x3fff);
            (size([w0, w1]), size([h0, h1]))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(data.get(1..5)?.try_into().ok()?);
            ((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
        }
        b"VP8X" => {
            let [w0, w1, w2, h0, h1, h2] = *data.get(4..10)? else { return None };
            (u32::from_le_bytes([w0, w1, w2, 0]) + 1, u32::from_le_bytes([h0, h1, h2, 0]) + 1)
        }
        _ => return None,
    };
    Some(Image { kind: Kind::Webp, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]]
            .concat()
    }

    #[test]
    fn every_kind_is_known_by_its_content() {
        let of = |kind, width, height| Some(Image { kind, width, height });
        assert_eq!(read(&png_of(80, 60)), of(Kind::Png, 80, 60));
        assert_eq!(read(b"GIF89a\x50\0\x3c\0\0\0\0"), of(Kind::Gif, 80, 60));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x03x\xff\xc2\0\x11\x08\0\x3c\0\x50\x03";
        assert_eq!(read(jpeg), of(Kind::Jpeg, 80, 60));
        let webp = |chunk: &[u8], data: &[u8]| [b"RIFF\0\0\0\0WEBP", chunk, b"\0\0\0\0", data].concat();
        assert_eq!(read(&webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a\x50\0\x3c\0")), of(Kind::Webp, 80, 60));
        assert_eq!(read(&webp(b"VP8L", &[0x2f, 79, 0xc0, 14, 0])), of(Kind::Webp, 80, 60));
        assert_eq!(read(&webp(b"VP8X", &[0, 0, 0, 0, 79, 0, 0, 59, 0, 0])), of(Kind::Webp, 80, 60));
    }

    #[test]
    fn what_is_no_picture_or_too_large_when_unpacked_is_none() {
        for bytes in [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".as_slice(),
            b"<html>",
            b"",
            b"GIF89a",
            b"\xff\xd8\xff\xe0\0\0",
            b"\xff\xd8\xff\xe0\xff\xff",
            b"RIFF\0\0\0\0WEBPVP8 ",
            &png_of(0, 60),
            &png_of(80, 50_000),
            &png_of(u32::MAX, u32::MAX),
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_picture_that_is_cut_off_anywhere_is_read_without_panic() {
        let whole = [png_of(1, 1), b"\xff\xd8\xff\xc4\0\x03x\xff\xc2\0\x11\x08\0\x3c\0\x50".to_vec()];
        for whole in whole {
            for cut in 0..whole.len() {
                let _ = read(&whole[..cut]);
            }
        }
    }
}
