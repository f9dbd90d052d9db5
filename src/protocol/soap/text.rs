//! Text of bytes. WS-I Basic Profile R1012 allows UTF-8 and UTF-16; older services declare Latin-1 or Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::protocol::saml::xml::XmlFault;

/// How far the declaration of an encoding may reach.
const DECLARATION_BYTES: usize = 256;

/// Decodes an XML document. The byte order mark counts first, then the XML declaration; without either it is UTF-8. Text
/// that was decoded has no declaration any more. A byte that the encoding has not is a fault.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, XmlFault> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (declared(bytes)?, 0),
    };
    let bytes = &bytes[mark..];
    if encoding == UTF_8 {
        return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| XmlFault::NotUtf8);
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if had_errors {
        return Err(XmlFault::NotUtf8);
    }
    Ok(Cow::Owned(without_declaration(&text).to_owned()))
}

/// The encoding that the XML declaration names; an unknown one is a fault.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, XmlFault> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let Some(rest) = head.strip_prefix(b"<?xml") else { return Ok(UTF_8) };
    let end = rest.windows(2).position(|pair| pair == b"?>").unwrap_or(rest.len());
    let declaration = String::from_utf8_lossy(&rest[..end]);
    let Some((_, value)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let value = value.trim_start().strip_prefix('=').map(str::trim_start).ok_or(XmlFault::Malformed)?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(XmlFault::Malformed)?;
    let name = value[1..].split(quote).next().unwrap_or_default();
    let encoding = match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" => UTF_8,
        "iso-8859-1" | "iso-8859-15" | "windows-1252" | "cp1252" => WINDOWS_1252,
        _ => return Err(XmlFault::NotUtf8),
    };
    Ok(encoding)
}

fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest,
        None => text,
    }
}

/// Whether bytes begin like UTF-16, for messages about them.
pub fn is_utf16(bytes: &[u8]) -> bool {
    Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding == UTF_16LE || encoding == UTF_16BE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_of_real_services_are_read() {
        let utf16: Vec<u8> = "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>ü</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(decode(&utf16).unwrap(), "<a>ü</a>");
        assert!(is_utf16(&utf16));
        assert_eq!(decode(b"<?xml version='1.0' encoding = 'ISO-8859-1'?><a>\xFC</a>").unwrap(), "<a>ü</a>");
        assert_eq!(decode("<a>ü</a>".as_bytes()).unwrap(), "<a>ü</a>");
        assert_eq!(decode("\u{FEFF}<a/>".as_bytes()).unwrap(), "<a/>");
    }

    #[test]
    fn what_is_not_in_the_encoding_it_claims_is_refused() {
        for bytes in [
            &b"<a>\xFC</a>"[..],
            b"<?xml version='1.0' encoding='utf-8'?><a>\xFC</a>",
            b"<?xml version='1.0' encoding='utf-7'?><a/>",
            b"<?xml version='1.0' encoding='UTF-16'?><a/>",
            b"\xFF\xFE<\x00a\x00/\x00>\x00\x00\xD8",
        ] {
            assert_eq!(decode(bytes), Err(XmlFault::NotUtf8), "{bytes:?}");
        }
        assert_eq!(decode(b"<?xml version='1.0' encoding=?><a/>"), Err(XmlFault::Malformed));
    }
}
