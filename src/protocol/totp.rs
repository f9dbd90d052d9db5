//! One-time passwords by the clock (RFC 6238): HMAC-SHA-1, six digits, thirty seconds, as every authenticator app has it.

use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};
use subtle::ConstantTimeEq;
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

use crate::base::{Random, Timestamp};

/// Seconds of one step.
const STEP_SECONDS: i64 = 30;
/// Steps that a clock may be off, either way (RFC 6238 §5.2).
const DRIFT: i64 = 1;
/// As long as the hash's output (RFC 4226 §4 R6: at least 128 bits).
const SECRET_BYTES: usize = 20;

/// The secret that an authenticator app shares with us. Shows nothing.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl TotpSecret {
    /// A new one.
    pub fn fresh(random: &Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// As it was opened; `None` if it is not as long as ours.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// To be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// To be typed into an app, where a picture can't be taken (RFC 4648 §6, without padding).
    pub fn base32(&self) -> Zeroizing<String> {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let digit = |five: u64| char::from(ALPHABET[usize::try_from(five & 31).unwrap_or_default()]);
        let mut text = Zeroizing::new(String::with_capacity(SECRET_BYTES * 8 / 5));
        for chunk in self.0.chunks(5) {
            let bits = chunk.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8).rev().for_each(|place| text.push(digit(bits >> (place * 5))));
        }
        text
    }

    /// For the picture that an app reads: who we are and which account it is.
    pub fn otpauth_uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let (issuer, account) = (encoded(issuer), encoded(account));
        Zeroizing::new(format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.base32().as_str()))
    }

    /// The code of a step.
    pub fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.0.as_slice());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        // RFC 4226 §5.3: the last byte says where the four bytes begin.
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
        let four = tag.iter().skip(offset).take(4).fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
    }

    /// The step whose code this is, if it is one of about now. It counts once: the caller sees to that.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let present = step_at(now);
        // Every step is looked at, so that time does not tell which one it was.
        let mut found = None;
        for step in present - DRIFT..=present + DRIFT {
            if bool::from(self.code(step).as_bytes().ct_eq(code.as_bytes())) {
                found = Some(step);
            }
        }
        found
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The step of a moment.
pub fn step_at(moment: Timestamp) -> i64 {
    moment.as_seconds().div_euclid(STEP_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_agree_with_rfc_6238_appendix_b() {
        // The appendix has eight digits; six are their end.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc().code(step_at(Timestamp::from_seconds(seconds))), code, "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_off_by_one_step_and_no_more() {
        let now = Timestamp::from_seconds(1_111_111_111);
        let step = step_at(now);
        for (off, found) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = rfc().code(step + off);
            assert_eq!(rfc().step_of(&code, now), found.then_some(step + off), "{off}");
        }
        for bad in ["", "05047", "0504711", "05047٢", "abcdef"] {
            assert_eq!(rfc().step_of(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn an_app_is_told_everything_and_a_log_nothing() {
        assert_eq!(rfc().base32().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            rfc().otpauth_uri("Pedell", "ada lovelace&secret=x").as_str(),
            "otpauth://totp/Pedell:ada%20lovelace%26secret%3Dx?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pedell"
        );
        assert_eq!(format!("{:?}", rfc()), "TotpSecret(…)");
    }
}
