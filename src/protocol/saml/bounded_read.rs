//! A reader that gives up: on a file that is too long, and on a single tag or text that is.

use std::io::{self, BufRead, Read};

/// Counts what is consumed. An XML reader collects a whole text before it hands it over; this is what bounds it.
#[derive(Debug)]
pub(super) struct BoundedRead<R> {
    inner: R,
    left: u64,
    token_bytes: usize,
    token_left: usize,
}

impl<R> BoundedRead<R> {
    pub(super) fn new(inner: R, bytes: u64, token_bytes: usize) -> Self {
        Self { inner, left: bytes, token_bytes, token_left: token_bytes }
    }

    /// The next event begins.
    pub(super) fn begin_token(&mut self) {
        self.token_left = self.token_bytes;
    }
}

impl<R: BufRead> BufRead for BoundedRead<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 || self.token_left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the metadata, or a text of it, is too large"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.token_left);
        let available = self.inner.fill_buf()?;
        Ok(&available[..available.len().min(most)])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(u64::try_from(amount).unwrap_or(u64::MAX));
        self.token_left = self.token_left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for BoundedRead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}
