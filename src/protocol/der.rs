//! The few steps of DER (X.690) that certificates and PKCS#12 files take beyond what libraries do.

/// One element: its tag, its content, and itself with its header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// `SEQUENCE`.
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;

/// Takes the first element off `input`.
pub(crate) fn take<'a>(input: &mut &'a [u8]) -> Option<Element<'a>> {
    let (&tag, &first) = (input.first()?, input.get(1)?);
    let (header, length) = if first < 0x80 {
        (2, usize::from(first))
    } else {
        // Four length bytes are enough for anything that fits our limits.
        let count = usize::from(first & 0x7F);
        if count == 0 || count > 4 {
            return None;
        }
        let bytes = input.get(2..2 + count)?;
        (2 + count, bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte)))
    };
    let end = header.checked_add(length)?;
    let element = Element { tag, content: input.get(header..end)?, whole: input.get(..end)? };
    *input = input.get(end..)?;
    Some(element)
}

/// Takes the first element off `input` if it has this tag.
pub(crate) fn take_tagged<'a>(input: &mut &'a [u8], tag: u8) -> Option<Element<'a>> {
    let mut rest = *input;
    let element = take(&mut rest).filter(|element| element.tag == tag)?;
    *input = rest;
    Some(element)
}

/// An `RSAPrivateKey` (RFC 8017 §A.1.2) as a `PrivateKeyInfo` (RFC 5208 §5).
pub(crate) fn pkcs8_of_pkcs1(rsa_private_key: &[u8]) -> Vec<u8> {
    // AlgorithmIdentifier { rsaEncryption, NULL }
    const ALGORITHM: [u8; 15] = [0x30, 13, 0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 0x05, 0];
    let content = [&element(INTEGER, &[0])[..], &ALGORITHM, &element(OCTET_STRING, rsa_private_key)].concat();
    element(SEQUENCE, &content)
}

pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    let mut out = vec![tag];
    if content.len() >= 0x80 {
        out.push(0x80 | u8::try_from(significant.len()).unwrap_or(0));
    }
    out.extend_from_slice(significant);
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back_whatever_its_length() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let written = element(SEQUENCE, &vec![7; length]);
            let mut input = &written[..];
            assert_eq!(take(&mut input).unwrap().content.len(), length);
            assert!(input.is_empty());
        }
    }

    #[test]
    fn cut_and_indefinite_elements_are_refused() {
        for bad in
            [&[][..], &[0x30], &[0x30, 2, 0], &[0x30, 0x80, 0, 0], &[0x30, 0x85, 0, 0, 0, 0, 1, 0], &[0x30, 0x82, 1]]
        {
            assert!(take(&mut &bad[..]).is_none(), "{bad:?}");
        }
    }
}
