//! `pedell ca …`

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Subcommand, ValueEnum};

use super::CliError;
use crate::{
    base::secret::ExposeSecret,
    domain::{
        certificate::{CertificatePolicy, MachineName, RevocationReason, Serial},
        policy::{self, Actor},
        staff::{LoginName, Organisation},
        tenant::Slug,
    },
    flow::{Pedell, authority::Authority, certificate_rules::RulesChange},
    protocol::x509::Thumbprint,
};

/// Pedell's own certificate authority: make, renew; issue and revoke people's certificates.
#[derive(Subcommand)]
pub(super) enum Ca {
    /// Make the authority; prints its certificate, or with --offline-root the request for one.
    Init {
        /// What it is called in certificates.
        #[arg(long, default_value = "Pedell")]
        name: String,
        /// The root is kept elsewhere: print a request (PKCS#10) for it to sign; `import` takes what comes back.
        #[arg(long)]
        offline_root: bool,
        /// There is an authority already: it ends, and all that it has issued is revoked.
        #[arg(long)]
        replace: bool,
    },
    /// Take up the certificate that the offline root has made of the request.
    Import {
        /// The authority's certificate, in PEM.
        certificate: PathBuf,
        /// The root's, in PEM.
        root: PathBuf,
    },
    /// Renew the authority's certificate for the same key; with an offline root, print the request again.
    Renew,
    /// Show the authority, and print its certificate and the root above it.
    Show,
    /// Issue a certificate for a person and one of their machines: for the key of a request, or with the key in a file.
    Issue {
        /// The person's login name.
        #[arg(long, value_name = "LOGIN")]
        person: LoginName,
        /// What the machine is called.
        #[arg(long, value_name = "NAME")]
        machine: MachineName,
        /// The request (PKCS#10, PEM). The certificate is printed.
        #[arg(long, value_name = "FILE", conflicts_with = "pkcs12", required_unless_present = "pkcs12")]
        csr: Option<PathBuf>,
        /// Make the key here and write both to this new file; the password is printed, once.
        #[arg(long, value_name = "FILE")]
        pkcs12: Option<PathBuf>,
    },
    /// List a tenant's certificates: serial number, person, until when, and whether it was revoked.
    List {
        /// The tenant's short name.
        tenant: String,
    },
    /// Revoke a certificate: it lets nobody in from the next request on.
    Revoke {
        /// Its serial number.
        serial: String,
        /// Why.
        #[arg(long, value_enum, default_value = "unspecified")]
        reason: Why,
    },
    /// Whether a tenant's staff need certificates. Nobody can shut themselves out with a shell at hand.
    Policy {
        /// The tenant's short name.
        tenant: String,
        /// What is asked.
        policy: Asked,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Why {
    Unspecified,
    KeyCompromise,
    AffiliationChanged,
    Superseded,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Asked {
    Off,
    Optional,
    Required,
}

impl Ca {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        let operator = Actor::Operator;
        match self {
            Self::Init { name, offline_root: true, replace } => {
                print!("{}", pedell.request_authority(&name, replace, &operator).await?);
                eprintln!("Have the root sign this as an authority (CA:TRUE, pathlen:0), then: pedell ca import");
            }
            Self::Init { name, offline_root: false, replace } => {
                print!("{}", pedell.create_authority(&name, replace, &operator).await?.chain_pem());
            }
            Self::Import { certificate, root } => {
                let authority = pedell.import_authority(&text(&certificate)?, &text(&root)?, &operator).await?;
                println!("{}\tuntil {}", authority.certificate.name, authority.certificate.validity.not_after);
            }
            Self::Renew => match pedell.renew_authority(&operator).await? {
                Some(request) => {
                    print!("{request}");
                    eprintln!("Have the root sign this, then: pedell ca import");
                }
                None => show(&authority(pedell).await?),
            },
            Self::Show => show(&authority(pedell).await?),
            Self::Issue { person, machine, csr, pkcs12 } => {
                issue(pedell, &person, &machine, csr.as_deref(), pkcs12.as_deref()).await?;
            }
            Self::List { tenant } => list(pedell, &tenant).await?,
            Self::Revoke { serial, reason } => revoke(pedell, &serial, reason.into()).await?,
            Self::Policy { tenant, policy } => {
                let scope = policy::operator(&find(pedell, &tenant).await?.id);
                pedell.change_certificate_rules_as(&scope, RulesChange::Policy(policy.into())).await?;
            }
        }
        Ok(())
    }
}

impl From<Why> for RevocationReason {
    fn from(why: Why) -> Self {
        match why {
            Why::Unspecified => Self::Unspecified,
            Why::KeyCompromise => Self::KeyCompromise,
            Why::AffiliationChanged => Self::AffiliationChanged,
            Why::Superseded => Self::Superseded,
        }
    }
}

impl From<Asked> for CertificatePolicy {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Off => Self::Off,
            Asked::Optional => Self::Optional,
            Asked::Required => Self::Required,
        }
    }
}

async fn authority(pedell: &Pedell) -> Result<Authority, CliError> {
    Ok(pedell.authority().await?.ok_or("there is no authority (`pedell ca init` makes one)")?)
}

fn show(authority: &Authority) {
    for one in [Some(&authority.certificate), authority.root.as_ref()].into_iter().flatten() {
        let thumbprint = Thumbprint::of(one.der());
        eprintln!("{}\tuntil {}\tSHA-256 {}", one.name, one.validity.not_after, thumbprint.as_str());
    }
    print!("{}", authority.chain_pem());
}

async fn issue(
    pedell: &Pedell,
    login: &LoginName,
    machine: &MachineName,
    csr: Option<&Path>,
    pkcs12: Option<&Path>,
) -> Result<(), CliError> {
    let stored = pedell.staff_named(login).await?.ok_or_else(|| format!("nobody logs in as {login}"))?;
    let scope = policy::operator(&stored.tenant);
    if let Some(csr) = csr {
        print!("{}", pedell.issue_by_request(&scope, &stored, machine, &text(csr)?).await?.pem);
    }
    if let Some(path) = pkcs12 {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let made = pedell.issue_as_file(&scope, &stored, machine).await?;
        file.write_all(&made.file)?;
        println!("{}", made.password.expose_secret());
        eprintln!("The file's password; it is shown only now. Serial number {}.", made.serial);
    }
    Ok(())
}

async fn list(pedell: &Pedell, slug: &str) -> Result<(), CliError> {
    let tenant = find(pedell, slug).await?;
    for stored in pedell.stores().control().certificates_of(&tenant.id).await? {
        let revoked = stored.revoked.map(|(at, reason)| format!("revoked {at} {}", reason.name()));
        let until = stored.validity.not_after;
        println!("{}\t{}\tuntil {until}\t{}", stored.serial, stored.staff, revoked.unwrap_or_default());
    }
    Ok(())
}

async fn revoke(pedell: &Pedell, serial: &str, reason: RevocationReason) -> Result<(), CliError> {
    let serial = Serial::parse(serial).ok_or("a serial number has 32 hexadecimal digits")?;
    let stored = pedell.stores().control().certificate(serial).await?;
    let stored = stored.ok_or_else(|| format!("there is no certificate {serial}"))?;
    if stored.revoked.is_some() {
        return Err(format!("{serial} is revoked already").into());
    }
    Ok(pedell.revoke_as(&policy::operator(&stored.tenant), &stored, reason).await?)
}

/// A tenant of any kind by its short name.
async fn find(pedell: &Pedell, slug: &str) -> Result<Organisation, CliError> {
    let slug = Slug::try_from(slug.to_owned())?;
    let found = pedell.stores().control().organisation_by_slug(&slug).await?;
    Ok(found.ok_or_else(|| format!("there is no tenant {slug}"))?)
}

fn text(path: &Path) -> Result<String, CliError> {
    Ok(fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}
