//! `pedell token verify`: what any OpenID library does, from a shell: offline, with a JWKS file or its address.

use std::{
    fs,
    io::{Read, stdin},
    process::ExitCode,
};

use clap::Subcommand;

use super::CliError;
use crate::{
    base::{Clock, Timestamp, limits},
    peers::{http::Http, outbound::Outbound},
    protocol::jwt::{JwkSet, eligibility::verify_eligibility},
};

/// Eligibility tokens: verify offline.
#[derive(Subcommand)]
pub(super) enum Tokens {
    /// Verify a token's signature, issuer, audience and times, and print its claims. Exit code 1 if it is refused.
    Verify {
        /// The token; `-` reads it from standard input.
        token: String,
        /// The keys: a file, or the address of a JWKS.
        #[arg(long, value_name = "FILE|URL")]
        jwks: String,
        /// Who must have issued it: the gateway's public address.
        #[arg(long)]
        issuer: String,
        /// For whom it must be: a `client_id`. Left out, any.
        #[arg(long)]
        audience: Option<String>,
        /// At which moment (RFC 3339) instead of now.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
}

impl Tokens {
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        let Self::Verify { token, jwks, issuer, audience, at } = self;
        let token = if token == "-" {
            let mut text = String::new();
            stdin().take(limits::JWT_BYTES as u64 + 1).read_to_string(&mut text)?;
            text.trim().to_owned()
        } else {
            token
        };
        let json = if jwks.starts_with("https://") || jwks.starts_with("http://") {
            Http::new(Outbound::anywhere())?.get_text(&jwks).await?
        } else {
            fs::read_to_string(&jwks).map_err(|error| format!("{jwks}: {error}"))?
        };
        let now = match at {
            Some(text) => Timestamp::parse(&text).ok_or("--at is not a time like 2026-10-01T12:00:00Z")?,
            None => Clock::default().now(),
        };
        match verify_eligibility(&token, &JwkSet::parse(&json)?, &issuer, audience.as_deref(), now) {
            Ok(claims) => {
                println!("{}", serde_json::to_string_pretty(&claims)?);
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                eprintln!("refused: {error}");
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
