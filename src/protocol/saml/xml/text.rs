//! Characters: references resolved, line ends and attribute white space normalised (XML 1.0 §2.11, §3.3.3), and written
//! back as Canonical XML 1.0 §2.3 wants them.

use std::borrow::Cow;

use memchr::memchr2;

use super::XmlFault;

/// Appends character data, as it stands in the document and without references, in canonical form.
pub(crate) fn push_text(raw: &str, out: &mut Vec<u8>) {
    let bytes = raw.as_bytes();
    if memchr2(b'>', b'\r', bytes).is_none() && memchr2(b'&', b'<', bytes).is_none() {
        out.extend_from_slice(bytes);
        return;
    }
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let replacement: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => b"",
            b'\r' => b"\n",
            _ => continue,
        };
        out.extend_from_slice(&bytes[copied..at]);
        out.extend_from_slice(replacement);
        copied = at + 1;
    }
    out.extend_from_slice(&bytes[copied..]);
}

/// Appends the character that `&name;` stands for, in canonical form for character data.
pub(crate) fn push_reference(name: &str, out: &mut Vec<u8>) -> Result<(), XmlFault> {
    match resolve(name)? {
        '&' => out.extend_from_slice(b"&amp;"),
        '<' => out.extend_from_slice(b"&lt;"),
        '>' => out.extend_from_slice(b"&gt;"),
        '\r' => out.extend_from_slice(b"&#xD;"),
        c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    Ok(())
}

/// Appends an attribute's value, as it stands between the quotes, in canonical form.
pub(crate) fn push_attribute(raw: &str, out: &mut Vec<u8>) -> Result<(), XmlFault> {
    if is_plain(raw) {
        out.extend_from_slice(raw.as_bytes());
        return Ok(());
    }
    push_attribute_value(&attribute_value(raw)?, out);
    Ok(())
}

/// Whether an attribute's value is its own canonical form, as nearly all are. Without a way out in the middle, so that
/// many bytes are compared at once.
fn is_plain(raw: &str) -> bool {
    let is_special = |b: u8| b < b' ' || b == b'&' || b == b'<' || b == b'"';
    !raw.bytes().fold(false, |found, b| found | is_special(b))
}

/// Appends a value, already without references, in canonical form for an attribute.
pub(crate) fn push_attribute_value(value: &str, out: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let replacement: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'"' => b"&quot;",
            b'\t' => b"&#x9;",
            b'\n' => b"&#xA;",
            b'\r' => b"&#xD;",
            _ => continue,
        };
        out.extend_from_slice(&bytes[copied..at]);
        out.extend_from_slice(replacement);
        copied = at + 1;
    }
    out.extend_from_slice(&bytes[copied..]);
}

/// An attribute's value with references resolved and white space normalised (type CDATA: there is no DTD).
pub(crate) fn attribute_value(raw: &str) -> Result<Cow<'_, str>, XmlFault> {
    if is_plain(raw) {
        return Ok(Cow::Borrowed(raw));
    }
    if raw.contains('<') {
        return Err(XmlFault::Malformed);
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        value.push_str(&rest[..at]);
        let special = &rest[at..];
        rest = if let Some(reference) = special.strip_prefix('&') {
            let end = reference.find(';').ok_or(XmlFault::Malformed)?;
            value.push(resolve(&reference[..end])?);
            &reference[end + 1..]
        } else {
            value.push(' ');
            special.strip_prefix("\r\n").unwrap_or(&special[1..])
        };
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

/// What stands between `&` and `;`: one of the five entities or a character reference.
fn resolve(name: &str) -> Result<char, XmlFault> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => name.strip_prefix('#').ok_or(XmlFault::Entity)?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(XmlFault::Entity);
    }
    let c = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).ok_or(XmlFault::Entity)?;
    if is_character(c) { Ok(c) } else { Err(XmlFault::Entity) }
}

/// `Char` of XML 1.0 §2.2.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Whether `document` holds only characters that XML allows (the surrogates cannot be in a `str`).
pub(crate) fn is_characters(document: &str) -> bool {
    let is_control = |b: u8| b < b' ' && b != b'\t' && b != b'\n' && b != b'\r';
    // Without a way out in the middle, so that many bytes are compared at once.
    !document.bytes().fold(false, |found, b| found | is_control(b))
        && !document.contains('\u{FFFE}')
        && !document.contains('\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        let mut out = Vec::new();
        push_text(raw, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn attribute(raw: &str) -> Result<String, XmlFault> {
        let mut out = Vec::new();
        push_attribute(raw, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn line_ends_become_line_feeds_and_markup_is_escaped() {
        assert_eq!(text("a\r\nb\rc\n\"d\"\t'>"), "a\nb\nc\n\"d\"\t'&gt;");
        assert_eq!(text("<&>"), "&lt;&amp;&gt;");
    }

    #[test]
    fn white_space_of_an_attribute_becomes_spaces_unless_it_is_a_reference() {
        assert_eq!(attribute("a\r\nb\tc\n\rd").unwrap(), "a b c  d");
        assert_eq!(
            attribute("&#9;&#xA;&#13;&quot;\"'&apos;&lt;>&amp;").unwrap(),
            "&#x9;&#xA;&#xD;&quot;&quot;''&lt;>&amp;"
        );
        assert_eq!(attribute("&#x1F600;").unwrap(), "😀");
    }

    #[test]
    fn unknown_entities_and_forbidden_characters_are_refused() {
        for bad in ["&xxe;", "&#0;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#+65;", "&#;", "&#x;", "&#99999999999;"] {
            assert_eq!(attribute(bad), Err(XmlFault::Entity), "{bad}");
        }
        assert_eq!(attribute("&amp"), Err(XmlFault::Malformed));
        assert_eq!(attribute("a<b"), Err(XmlFault::Malformed));
        assert!(!is_characters("a\u{1}b"));
        assert!(!is_characters("a\u{FFFF}b"));
        assert!(is_characters("a\r\n\tü\u{FFFD}😀"));
    }
}
