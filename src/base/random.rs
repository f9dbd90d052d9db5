//! The only source of random bytes: the operating system's in service, a seeded stream in tests.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

/// Where random bytes come from.
#[derive(Clone, Debug, Default)]
pub struct Random(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl Random {
    /// A repeatable stream, for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// Fills `buffer`.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: there is nothing safe left to do.
    #[expect(clippy::expect_used, reason = "going on without randomness would be worse than stopping")]
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            Source::System => SystemRandom::new().fill(buffer).expect("the operating system gives random bytes"),
            Source::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }
}
