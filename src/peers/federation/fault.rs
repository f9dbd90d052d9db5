//! Why a source's answer is not used.

use std::io;

use crate::{
    base::Timestamp,
    peers::{download::DownloadError, http::HttpError},
    protocol::saml::{Coded, metadata::MetadataFault},
};

/// Why a source's answer is not used. What was there before stays.
#[derive(Debug, thiserror::Error)]
pub enum SourceFault {
    /// There is no answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The answer is not what a federation signs.
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    /// Far fewer identity providers than before.
    #[error("the file has {has} identity providers, where there were {had}")]
    TooFew {
        /// In the last good copy.
        had: usize,
        /// In the new file.
        has: usize,
    },
    /// Signed, but made before the copy that is in use: somebody plays back what was good once.
    #[error("the answer is older than the copy in use: {theirs} instead of {ours}")]
    Older {
        /// When the copy in use was made, or until when it is valid.
        ours: Timestamp,
        /// The same of the answer.
        theirs: Timestamp,
    },
    /// Signed, but for another entity than the one that was asked for.
    #[error("the answer describes another entity")]
    OtherEntity,
    /// The MDQ service does not know the entity.
    #[error("the service does not know this entity")]
    Absent,
    /// A file of ours.
    #[error("a file of the metadata cache: {0}")]
    Disk(#[from] io::Error),
    /// A thread of ours has stopped.
    #[error("reading has stopped half-way")]
    Stopped,
}

impl From<DownloadError> for SourceFault {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Http(error) => Self::Http(error),
            DownloadError::Disk(error) => Self::Disk(error),
        }
    }
}

impl Coded for SourceFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Http(HttpError::Refused(_)) => "federation_address_refused",
            Self::Http(HttpError::Status { .. }) => "federation_status",
            Self::Http(HttpError::TooLarge(_)) => "federation_too_large",
            Self::Http(HttpError::TimedOut) => "federation_timed_out",
            Self::Http(HttpError::Redirects(_)) => "federation_redirects",
            Self::Http(_) => "federation_unreachable",
            Self::Metadata(fault) => fault.code(),
            Self::TooFew { .. } => "federation_too_few",
            Self::Older { .. } => "federation_older",
            Self::OtherEntity => "federation_other_entity",
            Self::Absent => "federation_absent",
            Self::Disk(_) => "federation_disk",
            Self::Stopped => "federation_stopped",
        }
    }
}

/// How old a signed document is, as far as it says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Age {
    /// When it was made; not every federation says.
    pub(super) created: Option<Timestamp>,
    pub(super) valid_until: Timestamp,
}

impl Age {
    /// Whether a document of this age may take the place of one of that age. Where both say when they were made, that
    /// decides, since a federation may well shorten its validity; else the later end.
    pub(super) fn may_replace(self, used: Self) -> Result<(), SourceFault> {
        let (theirs, ours) = match (self.created, used.created) {
            (Some(theirs), Some(ours)) => (theirs, ours),
            _ => (self.valid_until, used.valid_until),
        };
        if theirs < ours { Err(SourceFault::Older { ours, theirs }) } else { Ok(()) }
    }
}
