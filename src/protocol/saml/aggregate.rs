//! A federation's signed file of thousands of entities, read in one pass and in memory that does not grow with it.
//!
//! The enveloped signature stands first in the file (its schema demands it), so `SignedInfo` can be verified before the
//! rest is read, and says how the rest is canonicalised. From then on every event goes through the canonicaliser into
//! the digest; and each entity is read from just those canonical bytes while they are at hand. Nothing that was read
//! is handed over before the digest of the whole has turned out right.

use std::{io, time::Duration};

use aws_lc_rs::digest;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    algorithms::Sha1,
    bounded_read::BoundedRead,
    keys::VerifyingKey,
    metadata::{IdpDescriptor, MetadataFault},
    names,
    signature::{self, SignatureFault},
    xml::{
        XmlFault,
        canonical::{Canonicaliser, read_tag, split_name},
        outline::{Outline, configure},
        scope::Scope,
        text, tree,
    },
};
use crate::base::{Timestamp, limits};

/// What a federation's file must fit.
#[derive(Clone, Copy, Debug)]
pub struct AggregateRules<'a> {
    /// The federation's key, pinned by configuration.
    pub keys: &'a [VerifyingKey],
    /// The present.
    pub now: Timestamp,
    /// How far away `validUntil` may be.
    pub longest_validity: Duration,
    /// How long ago it may have been: nothing for a file that has just arrived.
    pub grace: Duration,
}

/// A verified file. Entities that are no identity providers are left out.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Until when this copy may be used.
    pub valid_until: Timestamp,
    /// When the federation made it, if it says so (`mdrpi:PublicationInfo`, SAML V2.0 Metadata Extensions for Registration
    /// and Publication Information §2.2.1).
    pub created: Option<Timestamp>,
    /// The identity providers, in the order of the file.
    pub providers: Vec<IdpDescriptor>,
    /// Identity providers that cannot be used, with their entity ID as far as it is known; the first of them.
    pub faulty: Vec<(String, MetadataFault)>,
    /// How many there are of those.
    pub faulty_count: usize,
}

/// Reads and verifies an `EntitiesDescriptor`, or a single signed `EntityDescriptor` as MDQ hands it out.
pub fn read_aggregate(source: impl io::BufRead, rules: &AggregateRules) -> Result<Aggregate, MetadataFault> {
    let bounded = BoundedRead::new(source, limits::SAML_AGGREGATE_BYTES, limits::SAML_AGGREGATE_TOKEN_BYTES);
    let mut reader = Reader::from_reader(bounded);
    configure(reader.config_mut());
    let mut events = Events { reader, buffer: Vec::new() };
    let head = Head::read(&mut events, rules)?;
    let mut body = Body::begin(head, rules)?;
    let mut trailing = false;
    loop {
        match events.next()? {
            Event::Eof if trailing => break,
            Event::Eof => return Err(XmlFault::Malformed.into()),
            event if trailing => check_around(&event)?,
            event => trailing = body.event(&event)?,
        }
    }
    body.finish()
}

struct Events<R> {
    reader: Reader<BoundedRead<R>>,
    buffer: Vec<u8>,
}

impl<R: io::BufRead> Events<R> {
    fn next(&mut self) -> Result<Event<'_>, MetadataFault> {
        self.buffer.clear();
        self.reader.get_mut().begin_token();
        self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(_) => MetadataFault::Read,
            _ => XmlFault::Malformed.into(),
        })
    }
}

/// What may stand before and after the root.
fn check_around(event: &Event) -> Result<(), XmlFault> {
    match event {
        Event::Text(raw) if raw.bytes().all(|b| b.is_ascii_whitespace()) => Ok(()),
        Event::Comment(_) | Event::PI(_) => Ok(()),
        Event::DocType(_) => Err(XmlFault::Doctype),
        _ => Err(XmlFault::Malformed),
    }
}

/// The beginning of the file, up to the end of the signature.
struct Head {
    root: BytesStart<'static>,
    /// White space between the root's start tag and the signature: it is signed too.
    space: String,
    reference: signature::Reference,
    valid_until: Timestamp,
}

impl Head {
    fn read<R: io::BufRead>(events: &mut Events<R>, rules: &AggregateRules) -> Result<Self, MetadataFault> {
        let root = loop {
            match events.next()? {
                Event::Start(tag) => break tag.into_owned(),
                Event::Decl(declaration) => match declaration.encoding() {
                    Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") => return Err(XmlFault::NotUtf8.into()),
                    _ => {}
                },
                Event::Eof => return Err(MetadataFault::NotMetadata),
                event => check_around(&event)?,
            }
        };
        let mut scope = Scope::default();
        let attributes = read_tag(&root, &mut scope)?;
        let value = |name| {
            let found = attributes.iter().find(|a| a.prefix.is_empty() && a.local == name);
            found.map(|a| text::attribute_value(&a.value).map(std::borrow::Cow::into_owned)).transpose()
        };
        let (prefix, local) = split_name(root.name().0)?;
        if scope.lookup(prefix) != Some(names::METADATA) || !matches!(local, "EntitiesDescriptor" | "EntityDescriptor")
        {
            return Err(MetadataFault::NotMetadata);
        }
        let (id, valid_until) = (value("ID")?, value("validUntil")?);
        let valid_until = check_validity(valid_until.as_deref(), rules)?;
        let (space, signature) = read_signature(events, &mut scope)?;
        // The signature stands alone in a root with the same start tag, so that it is canonicalised in its context.
        let alone = format!("<{}>{signature}</{}>", &*root, root.name().0);
        let outline = Outline::of(&alone)?;
        let at = outline.children(outline.root()).next().ok_or(SignatureFault::Missing)?;
        let reference = signature::verify_signed_info(&outline, at, rules.keys, Sha1::Refused)?;
        if id.is_none_or(|id| id != reference.id) {
            return Err(SignatureFault::Reference.into());
        }
        Ok(Self { root, space, reference, valid_until })
    }
}

/// Missing, over and too far away are three different faults: support must know which.
fn check_validity(text: Option<&str>, rules: &AggregateRules) -> Result<Timestamp, MetadataFault> {
    let text = text.ok_or(MetadataFault::ValidUntilMissing)?;
    let valid_until = Timestamp::parse(text.trim()).ok_or(MetadataFault::ValidUntilMalformed)?;
    if valid_until.plus(rules.grace) <= rules.now {
        return Err(MetadataFault::Expired);
    }
    if valid_until > rules.now.plus(rules.longest_validity) {
        return Err(MetadataFault::ValidUntilTooFar);
    }
    Ok(valid_until)
}

/// The white space before the signature, and the signature as it stands in the file.
fn read_signature<R: io::BufRead>(
    events: &mut Events<R>,
    scope: &mut Scope,
) -> Result<(String, String), MetadataFault> {
    let (mut space, mut signature, mut depth) = (String::new(), String::new(), 0_usize);
    loop {
        match events.next()? {
            Event::Text(raw) if depth == 0 && raw.bytes().all(|b| b.is_ascii_whitespace()) => space.push_str(&raw),
            Event::Comment(_) => {}
            Event::Start(tag) => {
                if depth == 0 {
                    read_tag(&tag, scope)?;
                    let (prefix, local) = split_name(tag.name().0)?;
                    if scope.lookup(prefix) != Some(names::DSIG) || local != "Signature" {
                        return Err(MetadataFault::SignatureNotFirst);
                    }
                }
                depth += 1;
                signature.extend(["<", &tag, ">"]);
            }
            Event::End(tag) if depth > 0 => {
                depth -= 1;
                signature.extend(["</", tag.name().0, ">"]);
                if depth == 0 {
                    return Ok((space, signature));
                }
            }
            Event::Text(raw) if depth > 0 => signature.push_str(&raw),
            Event::GeneralRef(name) if depth > 0 => signature.extend(["&", &name, ";"]),
            Event::End(_) => return Err(SignatureFault::Missing.into()),
            Event::DocType(_) => return Err(XmlFault::Doctype.into()),
            _ => return Err(SignatureFault::Structure.into()),
        }
        if signature.len() + space.len() > limits::SAML_MESSAGE_BYTES {
            return Err(XmlFault::TooLarge.into());
        }
    }
}

/// Everything after the signature.
struct Body<'a> {
    rules: &'a AggregateRules<'a>,
    canonicaliser: Canonicaliser,
    context: digest::Context,
    stated: Vec<u8>,
    /// For each open element, whether it is a list of entities.
    open: Vec<bool>,
    entity: Option<Entity>,
    aggregate: Aggregate,
}

/// An entity whose canonical bytes are being collected.
struct Entity {
    depth: usize,
    /// `<w …>` with what surrounds it.
    wrapper: String,
}

impl<'a> Body<'a> {
    fn begin(head: Head, rules: &'a AggregateRules<'a>) -> Result<Self, MetadataFault> {
        let mut body = Self {
            rules,
            canonicaliser: Canonicaliser::new(head.reference.method),
            context: head.reference.hash.context(),
            stated: head.reference.digest,
            open: Vec::new(),
            entity: None,
            aggregate: Aggregate {
                valid_until: head.valid_until,
                created: None,
                providers: Vec::new(),
                faulty: Vec::new(),
                faulty_count: 0,
            },
        };
        body.event(&Event::Start(head.root))?;
        text::push_text(&head.space, body.canonicaliser.written());
        Ok(body)
    }

    /// Returns whether the root has ended.
    fn event(&mut self, event: &Event) -> Result<bool, MetadataFault> {
        if let Event::Start(tag) = event {
            let local = split_name(tag.name().0)?.1;
            if self.entity.is_none() && local == "EntityDescriptor" && self.open.iter().all(|is_list| *is_list) {
                self.digest_written();
                self.entity = Some(Entity { depth: self.open.len(), wrapper: wrapper(self.canonicaliser.rendered()) });
            }
            // In the root's own extensions, not in those of one of its entities.
            if local == "PublicationInfo" && self.open.len() == 2 && self.aggregate.created.is_none() {
                let latest = self.rules.now.plus(limits::CLOCK_SKEW);
                self.aggregate.created = created(tag)?.filter(|created| *created <= latest);
            }
            self.open.push(local == "EntitiesDescriptor");
        }
        self.canonicaliser.event(event)?;
        if matches!(event, Event::End(_)) {
            self.open.pop();
            if let Some(entity) = self.entity.take_if(|entity| entity.depth == self.open.len()) {
                self.read_entity(entity)?;
                self.digest_written();
            }
        }
        let written = self.canonicaliser.written().len();
        if self.entity.is_none() && written > 64 * 1024 {
            self.digest_written();
        }
        if written > limits::SAML_CANONICAL_BYTES {
            return Err(XmlFault::TooLarge.into());
        }
        Ok(self.open.is_empty())
    }

    fn digest_written(&mut self) {
        let written = self.canonicaliser.written();
        self.context.update(written);
        written.clear();
    }

    /// Reads the entity that has just ended, if it may be an identity provider.
    fn read_entity(&mut self, entity: Entity) -> Result<(), MetadataFault> {
        let written = self.canonicaliser.written();
        let canonical = std::str::from_utf8(written).map_err(|_| XmlFault::NotUtf8)?;
        if !canonical.contains("IDPSSODescriptor") {
            return Ok(());
        }
        let document = entity.wrapper + canonical + "</w>";
        let fault = |aggregate: &mut Aggregate, entity_id: &str, fault| {
            aggregate.faulty_count += 1;
            if aggregate.faulty.len() < limits::SAML_FAULTY_ENTITIES_LISTED {
                aggregate.faulty.push((entity_id.to_owned(), fault));
            }
        };
        let tree = match tree::parse(&document) {
            Ok(tree) => tree,
            Err(error) => {
                fault(&mut self.aggregate, "", error.into());
                return Ok(());
            }
        };
        let Some(node) = tree::child(tree.root_element(), names::METADATA, "EntityDescriptor") else { return Ok(()) };
        match IdpDescriptor::read(node, self.rules.now.minus(self.rules.grace)) {
            Ok(mut provider) => {
                provider.valid_until.get_or_insert(self.aggregate.valid_until);
                self.aggregate.providers.push(provider);
            }
            Err(MetadataFault::NoIdentityProvider) => {}
            Err(error) => {
                let entity_id = tree::attribute(node, "entityID").unwrap_or_default();
                fault(&mut self.aggregate, &entity_id[..entity_id.floor_char_boundary(1024)], error);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Aggregate, MetadataFault> {
        self.digest_written();
        if signature::digests_match(self.context.finish().as_ref(), &self.stated) {
            Ok(self.aggregate)
        } else {
            Err(SignatureFault::Digest.into())
        }
    }
}

/// `creationInstant` of a `PublicationInfo`, if it is one that can be read.
fn created(tag: &BytesStart) -> Result<Option<Timestamp>, MetadataFault> {
    let attributes = read_tag(tag, &mut Scope::default())?;
    let Some(instant) = attributes.iter().find(|a| a.prefix.is_empty() && a.local == "creationInstant") else {
        return Ok(None);
    };
    Ok(Timestamp::parse(text::attribute_value(&instant.value)?.trim()))
}

/// A start tag that declares what the output has declared so far.
fn wrapper(rendered: &Scope) -> String {
    let mut tag = b"<w".to_vec();
    rendered.push_declarations(&mut tag);
    tag.push(b'>');
    String::from_utf8(tag).unwrap_or_default()
}
