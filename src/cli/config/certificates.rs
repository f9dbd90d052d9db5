//! `[certificates]`: how our own authority makes certificates.

use super::reader::Section;
use crate::flow::authority::CertificateSettings;

/// `[certificates]`
pub(super) fn read(section: &mut Section<'_>) -> CertificateSettings {
    let usual = CertificateSettings::default();
    CertificateSettings {
        life: section.seconds("life_seconds", usual.life.as_secs(), 60..=157_680_000),
        authority_life: section.seconds("authority_life_seconds", usual.authority_life.as_secs(), 86_400..=788_400_000),
        crl_life: section.seconds("crl_life_seconds", usual.crl_life.as_secs(), 600..=2_592_000),
        warning: section.seconds("warning_seconds", usual.warning.as_secs(), 0..=15_552_000),
    }
}
