//! Bytes from anywhere, bounded, in an encoding that contains ASCII.

use std::io::Read;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::{RosterError, charset::Charset};

/// How many bytes are looked at to recognise UTF-16 without byte order mark.
const PROBE_BYTES: usize = 1024;
/// How many bytes of UTF-16 are converted at a time.
const CHUNK_BYTES: usize = 32 * 1024;

/// A file's bytes without byte order mark. UTF-16 is converted to UTF-8; everything else comes as it is.
pub(super) struct Source<R> {
    file: R,
    left: u64,
    limit: u64,
    /// What was read to recognise the encoding and not yet given out.
    probed: Vec<u8>,
    utf16: Option<Utf16>,
    charset: Charset,
}

struct Utf16 {
    decoder: Decoder,
    bytes: Vec<u8>,
    ended: bool,
}

impl<R: Read> Source<R> {
    /// Looks at the file's beginning.
    pub(super) fn open(file: R, limit: u64) -> Result<Self, RosterError> {
        let mut source =
            Self { file, left: limit, limit, probed: Vec::new(), utf16: None, charset: Charset::default() };
        let mut probe = vec![0; PROBE_BYTES];
        let length = source.read_file(&mut probe)?;
        probe.truncate(length);
        if let Some(kind) = other_kind(&probe) {
            return Err(RosterError::NotText(kind));
        }
        let (encoding, mark) = match &probe[..] {
            [0xef, 0xbb, 0xbf, ..] => (None, 3),
            [0xff, 0xfe, ..] => (Some(UTF_16LE), 2),
            [0xfe, 0xff, ..] => (Some(UTF_16BE), 2),
            _ => (utf16_by_nuls(&probe), 0),
        };
        probe.drain(..mark);
        match encoding {
            None => {
                source.probed = probe;
                if mark > 0 {
                    source.charset = Charset::Utf8;
                }
            }
            Some(encoding) => {
                source.charset = Charset::Utf8;
                let decoder = encoding.new_decoder_without_bom_handling();
                source.utf16 = Some(Utf16 { decoder, bytes: probe, ended: false });
            }
        }
        Ok(source)
    }

    /// What the beginning tells of the encoding of [`Self::fill`]'s bytes.
    pub(super) fn charset(&self) -> Charset {
        self.charset
    }

    /// Fills `buffer` as far as the file goes: fewer bytes than it holds mean the end.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, RosterError> {
        if let Some(utf16) = self.utf16.take() {
            return self.fill_from_utf16(utf16, buffer);
        }
        let from_probe = self.probed.len().min(buffer.len());
        let (first, rest) = buffer.split_at_mut(from_probe);
        first.copy_from_slice(&self.probed[..from_probe]);
        self.probed.drain(..from_probe);
        Ok(from_probe + self.read_file(rest)?)
    }

    fn fill_from_utf16(&mut self, mut utf16: Utf16, buffer: &mut [u8]) -> Result<usize, RosterError> {
        let mut filled = 0;
        loop {
            let ended = utf16.ended;
            let (result, read, written, _) = utf16.decoder.decode_to_utf8(&utf16.bytes, &mut buffer[filled..], ended);
            filled += written;
            utf16.bytes.drain(..read);
            if result == CoderResult::OutputFull || ended {
                break;
            }
            let had = utf16.bytes.len();
            utf16.bytes.resize(had + CHUNK_BYTES, 0);
            let length = self.read_file(&mut utf16.bytes[had..])?;
            utf16.bytes.truncate(had + length);
            utf16.ended = length < CHUNK_BYTES;
        }
        self.utf16 = Some(utf16);
        Ok(filled)
    }

    /// Reads until `buffer` is full or the file ends, so that slow senders do not make rows be looked at again and again.
    fn read_file(&mut self, buffer: &mut [u8]) -> Result<usize, RosterError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let too_many = RosterError::TooManyBytes { limit: self.limit };
        self.left = self.left.checked_sub(filled as u64).ok_or(too_many)?;
        Ok(filled)
    }
}

/// UTF-16 by where its zero bytes are: text in Latin letters has them in every other place only.
fn utf16_by_nuls(probe: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let nuls = |offset| probe.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let many = probe.len() / 4;
    match (even, odd) {
        (0, 1..) if odd >= many => Some(UTF_16LE),
        (1.., 0) if even >= many => Some(UTF_16BE),
        _ => None,
    }
}

/// Files that are given as CSV by mistake.
fn other_kind(probe: &[u8]) -> Option<&'static str> {
    match probe {
        [b'P', b'K', 3, 4, ..] => Some("an Excel workbook or ZIP archive"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("an old Excel workbook"),
        [0x1f, 0x8b, ..] => Some("a gzip archive"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        _ => None,
    }
}
