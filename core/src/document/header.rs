//! What every document begins with: format, kind, id, version, names.

use super::decode::{At, Decode, Decoder};
use super::fields::Fields;
use super::node::{Node, Value};
use super::shape::{Shape, Shapes};
use crate::error::{Problem, document as code, nearest};

/// The grammar of ids, for messages.
pub(crate) const ID_GRAMMAR: &str =
    "letters, digits, `.`, `_`, `-`, at most 64 characters, a letter or digit first";

/// Whether a text follows the grammar of ids.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// The id of a document, a plan, a meter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Decode for Id {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Text { pattern: Some("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"), about: "id" }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let text = Box::<str>::decode(node, decoder)?;
        if !is_id(&text) {
            decoder.problem(node, code::BAD_ID, "the id does not follow the grammar", ID_GRAMMAR);
            return None;
        }
        Some(Self(text))
    }
}

/// The version of a document: a text, or a whole number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Box<str>);

impl Version {
    /// The version as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Decode for Version {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::OneOf(vec![
            Shape::Text { pattern: None, about: "version" },
            Shape::Integer { min: 0, max: (1 << 53) - 1 },
        ])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) if !text.is_empty() && text.len() <= 64 => Some(Self(text.clone())),
            Value::Number(number) if number.token().bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Self(number.token().into()))
            }
            _ => decoder.wrong_type(node, "a text of 1 to 64 bytes in quotes, or a whole number"),
        }
    }
}

/// A name in several languages, by language tag; one text alone has the tag `und`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<(Box<str>, Box<str>)>);

impl Names {
    /// The name in a language, or else in English, or else the first.
    pub fn get(&self, language: &str) -> Option<&str> {
        let find = |tag: &str| self.0.iter().find(|(known, _)| &**known == tag);
        find(language).or_else(|| find("en")).or_else(|| self.0.first()).map(|(_, name)| &**name)
    }

    /// Language tags and names in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, name)| (&**tag, &**name))
    }
}

impl Decode for Names {
    fn shape(_: &mut Shapes) -> Shape {
        let text = || Shape::Text { pattern: None, about: "name" };
        Shape::OneOf(vec![text(), Shape::Dict(Box::new(text()))])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(name) => Some(Self(vec![("und".into(), name.clone())])),
            Value::Map(entries) => {
                let names: Vec<Option<_>> = entries
                    .iter()
                    .map(|entry| {
                        let name =
                            decoder.within(&entry.key, |decoder| Box::<str>::decode(&entry.node, decoder));
                        name.map(|name| (entry.key.clone(), name))
                    })
                    .collect();
                names.into_iter().collect::<Option<Vec<_>>>().map(Self)
            }
            _ => decoder.wrong_type(node, "a name, or names by language such as {zh: ..., en: ...}"),
        }
    }
}

/// The keys that every document has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) id: Id,
    pub(crate) version: Version,
    pub(crate) name: Names,
}

impl Header {
    /// Asks for the keys of the header among the keys of a document.
    pub(crate) fn fields(fields: &mut Fields<'_>, kind: &'static str) -> Option<Self> {
        fields.literal("cpcfit", "the format of the document", Shape::Format);
        fields.literal("kind", "the kind of the document", Shape::Kind(kind));
        let id = fields.required("id", "id of the document");
        let version = fields.required("version", "version of the document");
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        Some(Self { id: id?, version: version?, name: name? })
    }

    /// Checks format and kind first: the problems of a document of another kind would only confuse.
    pub(crate) fn is_of_kind(root: &Node, kind: &str, decoder: &mut Decoder) -> bool {
        let Value::Map(_) = &root.value else {
            let _: Option<()> = decoder.wrong_type(root, "a mapping that begins with `cpcfit: 1`");
            return false;
        };
        let token = root.get("cpcfit").map(|node| match &node.value {
            Value::Number(number) => number.token(),
            _ => "",
        });
        if token != Some("1") {
            let message = "the format of the document is not known";
            report_at(root, "cpcfit", decoder, |at| {
                at.problem(code::WRONG_FORMAT, message).with_expected("`cpcfit: 1`")
            });
            return false;
        }
        let word = match root.get("kind").map(|node| &node.value) {
            Some(Value::Text(word)) => word,
            _ => "",
        };
        if word != kind {
            let expected = format!("`kind: {kind}`");
            let problem = |at: &At| {
                at.problem(code::WRONG_KIND, "the document is of another kind").with_expected(expected)
            };
            report_at(root, "kind", decoder, |at| problem(at).suggest(nearest(word, [kind])));
        }
        word == kind
    }
}

/// Reports a problem of a key's value, or of the document where the key is absent.
fn report_at(root: &Node, key: &str, decoder: &mut Decoder, problem: impl FnOnce(&At) -> Problem) {
    let problem = match root.get(key) {
        Some(node) => decoder.within(key, |decoder| problem(&decoder.here(node)).with_found(node.shown())),
        None => problem(&decoder.here(root)).with_found(format!("no key `{key}`")),
    };
    decoder.report(problem);
}
