//! The one declaration of a record: a function over [`Fields`] that both reads and describes.

use super::decode::{At, Decode, Decoder};
use super::node::{Entry, Node, Value};
use super::shape::{Body, FieldShape, Shape, Shapes};
use crate::error::{document as code, nearest};

/// A mapping with known keys.
///
/// `declare` asks for every key first and only then puts the value together, because an early return would hide
/// the keys after it from both the reader and the description:
/// ```text
/// fn declare(fields: &mut Fields<'_>) -> Option<Self> {
///     let fee = fields.required("fee", "monthly fee in major units");
///     let priority = fields.optional("priority", "1 is offered first");
///     Some(Self { fee: fee?, priority: priority? })
/// }
/// ```
pub(crate) trait Declare: Sized {
    /// The name of the type in schema, TypeScript and reference.
    const NAME: &'static str;
    /// One sentence for the reference.
    const ABOUT: &'static str;
    /// Asks for the keys.
    fn declare(fields: &mut Fields<'_>) -> Option<Self>;
}

impl<T: Declare> Decode for T {
    fn shape(shapes: &mut Shapes) -> Shape {
        shapes.named(T::NAME, T::ABOUT, |shapes| {
            let mut described = Vec::new();
            let _ = T::declare(&mut Fields { mode: Mode::Describe { shapes, described: &mut described } });
            Body::Record(described)
        })
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::Map(entries) = &node.value else { return decoder.wrong_type(node, "a mapping") };
        let mut asked = Vec::new();
        let value =
            T::declare(&mut Fields { mode: Mode::Decode { node, entries, decoder, asked: &mut asked } });
        for entry in entries {
            if !entry.key.starts_with("x-") && !asked.contains(&&*entry.key) {
                report_unknown(entry, &asked, decoder);
            }
        }
        // An unknown key fails the document in the end, but the rest is checked all the same.
        value
    }
}

fn report_unknown(entry: &Entry, asked: &[&'static str], decoder: &mut Decoder) {
    let at = decoder.within(&entry.key, |decoder| decoder.here(&entry.node).with_span(entry.key_span));
    let problem = at
        .problem(code::UNKNOWN_KEY, "the key is not known here")
        .with_found(format!("`{}`", entry.key))
        .with_expected(format!("one of {}", asked.join(", ")))
        .suggest(nearest(&entry.key, asked.iter().copied()));
    decoder.report(problem);
}

/// The keys of a record, being read or being described.
pub(crate) struct Fields<'a> {
    mode: Mode<'a>,
}

enum Mode<'a> {
    Decode {
        node: &'a Node,
        entries: &'a [Entry],
        decoder: &'a mut Decoder,
        asked: &'a mut Vec<&'static str>,
    },
    Describe {
        shapes: &'a mut Shapes,
        described: &'a mut Vec<FieldShape>,
    },
}

impl Fields<'_> {
    /// A key that must be there.
    #[inline(never)]
    pub(crate) fn required<T: Decode>(&mut self, key: &'static str, about: &'static str) -> Option<T> {
        if let Some(read) = self.read(key, about, true, None) {
            return read;
        }
        if let Mode::Decode { node, decoder, .. } = &mut self.mode {
            let problem =
                decoder.here(node).problem(code::MISSING_KEY, format!("the key `{key}` is missing"));
            decoder.report(problem.with_expected(about));
        }
        None
    }

    /// A key that may be absent: `Some(None)` then.
    #[expect(clippy::option_option, reason = "absent and wrong are different outcomes")]
    pub(crate) fn optional<T: Decode>(
        &mut self,
        key: &'static str,
        about: &'static str,
    ) -> Option<Option<T>> {
        match self.read(key, about, false, None) {
            Some(read) => read.map(Some),
            None => Some(None),
        }
    }

    /// A key with a default, which is also given as text for the reference.
    pub(crate) fn or<T: Decode>(
        &mut self,
        key: &'static str,
        about: &'static str,
        default: T,
        shown: &'static str,
    ) -> Option<T> {
        self.read(key, about, false, Some(shown)).unwrap_or(Some(default))
    }

    /// A key that [`Header::is_of_kind`](super::Header::is_of_kind) has read already.
    pub(crate) fn literal(&mut self, key: &'static str, about: &'static str, shape: Shape) {
        match &mut self.mode {
            Mode::Decode { asked, .. } => asked.push(key),
            Mode::Describe { described, .. } => {
                described.push(FieldShape { key, about, required: true, default: None, shape });
            }
        }
    }

    /// The place of the record, for problems found later.
    pub(crate) fn at(&self) -> At {
        match &self.mode {
            Mode::Decode { node, decoder, .. } => decoder.here(node),
            Mode::Describe { .. } => At::default(),
        }
    }

    /// Reports a problem of the record as a whole.
    pub(crate) fn report(&mut self, problem: crate::error::Problem) {
        if let Mode::Decode { decoder, .. } = &mut self.mode {
            decoder.report(problem);
        }
    }

    /// `None`: absent (null counts as absent, unless the key is required) or describing; `Some(None)`: wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are different outcomes")]
    fn read<T: Decode>(
        &mut self,
        key: &'static str,
        about: &'static str,
        required: bool,
        default: Option<&'static str>,
    ) -> Option<Option<T>> {
        match &mut self.mode {
            Mode::Decode { entries, decoder, asked, .. } => {
                asked.push(key);
                let node = entries.iter().find(|entry| &*entry.key == key).map(|entry| &entry.node)?;
                if node.value == Value::Null && !required {
                    return None;
                }
                Some(decoder.within(key, |decoder| T::decode(node, decoder)))
            }
            Mode::Describe { shapes, described } => {
                let shape = T::shape(shapes);
                described.push(FieldShape { key, about, required, default, shape });
                None
            }
        }
    }
}
