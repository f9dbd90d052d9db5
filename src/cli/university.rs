//! `pedell university …`

use std::path::PathBuf;

use clap::Subcommand;

use super::{CliError, document};
use crate::{
    domain::{
        policy::Actor,
        tenant::{Slug, University, UniversityProfile},
    },
    flow::Pedell,
};

/// Universities: add, change, list.
#[derive(Subcommand)]
pub(super) enum Universities {
    /// Add a university, with its own database and its own half of a key.
    Add {
        /// Its short name in addresses and tokens: 2 to 40 of a-z, 0-9 and -. It can't be changed later.
        slug: String,
        /// Its settings, as TOML (docs/managers.md).
        file: PathBuf,
    },
    /// Change a university's settings.
    Change {
        /// Its short name.
        slug: String,
        /// Its settings, as TOML.
        file: PathBuf,
    },
    /// List universities.
    List,
}

impl Universities {
    pub(super) async fn run(self, pedell: &Pedell) -> Result<(), CliError> {
        match self {
            Self::Add { slug, file } => {
                let slug = Slug::try_from(slug)?;
                if pedell.stores().control().university(&slug).await?.is_some() {
                    return Err(format!("there is a university {slug} already").into());
                }
                let university = pedell.create_university(slug, document::read(&file)?, &Actor::Operator).await?;
                println!("{} {}", university.slug, university.id);
            }
            Self::Change { slug, file } => {
                let profile: UniversityProfile = document::read(&file)?;
                let university = University { profile, ..find(pedell, &slug).await? };
                pedell.change_university(&university, &Actor::Operator).await?;
            }
            Self::List => {
                for university in pedell.stores().control().universities().await? {
                    println!("{}\t{}\t{}", university.slug, university.id, university.profile.name_de);
                }
            }
        }
        Ok(())
    }
}

/// A university by its short name.
pub(super) async fn find(pedell: &Pedell, slug: &str) -> Result<University, CliError> {
    let slug = Slug::try_from(slug.to_owned())?;
    let found = pedell.stores().control().university(&slug).await?;
    Ok(found.ok_or_else(|| format!("there is no university {slug} (`pedell university list`)"))?)
}
