//! Reading text into a tree, within limits that protect a service from a hostile document.

use super::json;
use super::node::{Node, Value};
use crate::error::{Error, Problem, Result, document as code};

/// What a document may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Nesting.
    pub depth: usize,
    /// Values in the tree, with aliases expanded.
    pub nodes: usize,
}

impl Limits {
    /// 4 MiB of text, 64 levels, 500,000 values.
    pub const DEFAULT: Self = Self { bytes: 4 << 20, depth: 64, nodes: 500_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A document as a tree, with its text where there was one.
#[derive(Clone, Debug)]
pub struct Document {
    root: Node,
    source: Option<Box<str>>,
    /// Duplicate keys: reported with what else is wrong when the document is read as a kind.
    duplicates: Vec<Problem>,
}

impl Document {
    /// Reads JSON, or YAML with the feature `yaml`, within the default [`Limits`].
    ///
    /// # Errors
    /// `document.syntax`, or a limit that was exceeded. Duplicate keys are reported when the document is read as a kind.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_within(text, Limits::default())
    }

    /// Reads a text within limits of your own.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_within(text: &str, limits: Limits) -> Result<Self> {
        if text.len() > limits.bytes {
            let problem = Problem::new(code::TOO_LARGE, "", "the document is larger than the limit")
                .with_found(format!("{} bytes", text.len()))
                .with_expected(format!("at most {} bytes", limits.bytes));
            return Err(Error::document(vec![problem]));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (root, duplicates) = read(text, limits).map_err(|mut problems| {
            let lines: Vec<&str> = text.lines().collect();
            for problem in &mut problems {
                problem.quote(&lines, 1);
            }
            Error::document(problems)
        })?;
        Ok(Self { root, source: Some(text.into()), duplicates })
    }

    /// A document made of native values.
    ///
    /// # Errors
    /// A limit that was exceeded.
    pub fn from_node(root: Node) -> Result<Self> {
        let limits = Limits::default();
        let mut budget = Budget::new(limits);
        budget.visit(&root, 1).map_err(|problem| Error::document(vec![*problem]))?;
        Ok(Self { root, source: None, duplicates: Vec::new() })
    }

    /// The tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    pub(crate) fn duplicates(&self) -> &[Problem] {
        &self.duplicates
    }

    pub(crate) fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The document as JSON text on one line, with numbers as written: the canonical form, which reads back to the
    /// same tree.
    pub fn to_json(&self) -> String {
        self.root.to_json()
    }
}

/// The tree, and the keys that stand twice in one mapping, of which the first counts.
pub(super) type Read = (Node, Vec<Problem>);

/// Text that begins like a JSON object is read as JSON first: that is stricter, faster and knows JSON's escapes.
#[cfg(feature = "yaml")]
fn read(text: &str, limits: Limits) -> std::result::Result<Read, Vec<Problem>> {
    if text.trim_start().starts_with('{') {
        let read = json::read(text, limits);
        let syntax = matches!(&read, Err(problems) if problems.iter().any(|p| p.code() == code::SYNTAX));
        if !syntax {
            return read;
        }
    }
    super::yaml::read(text, limits)
}

#[cfg(not(feature = "yaml"))]
fn read(text: &str, limits: Limits) -> std::result::Result<Read, Vec<Problem>> {
    json::read(text, limits)
}

/// Counts the values and the depth of a tree against the limits.
pub(super) struct Budget {
    pub(super) limits: Limits,
    nodes: usize,
    bytes: usize,
}

/// How many times the bytes of the text its aliases may make of it.
const EXPANSION: usize = 4;

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, nodes: 0, bytes: 0 }
    }

    /// Texts count by their bytes, which aliases repeat.
    fn spend_text(&mut self, text: &str) -> std::result::Result<(), Box<Problem>> {
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes <= self.limits.bytes.saturating_mul(EXPANSION) {
            return Ok(());
        }
        let message = "the texts of the document are larger than the limit, aliases expanded";
        let expected = format!("at most {} bytes", self.limits.bytes.saturating_mul(EXPANSION));
        Err(Box::new(Problem::new(code::TOO_LARGE, "", message).with_expected(expected)))
    }

    pub(super) fn spend(&mut self, nodes: usize, depth: usize) -> std::result::Result<(), Box<Problem>> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > self.limits.nodes {
            let message = "the document has more values than the limit, aliases expanded";
            let expected = format!("at most {} values", self.limits.nodes);
            return Err(Box::new(Problem::new(code::TOO_MANY_NODES, "", message).with_expected(expected)));
        }
        if depth > self.limits.depth {
            let expected = format!("at most {} levels", self.limits.depth);
            let problem = Problem::new(code::TOO_DEEP, "", "the document is nested too deeply");
            return Err(Box::new(problem.with_expected(expected)));
        }
        Ok(())
    }

    /// Recursion is bounded by the depth limit, which is checked before descending.
    pub(super) fn visit(&mut self, node: &Node, depth: usize) -> std::result::Result<(), Box<Problem>> {
        self.spend(1, depth)?;
        let below = depth.saturating_add(1);
        match &node.value {
            Value::List(items) => items.iter().try_for_each(|item| self.visit(item, below)),
            Value::Map(entries) => entries.iter().try_for_each(|entry| {
                self.spend_text(&entry.key)?;
                self.visit(&entry.node, below)
            }),
            Value::Text(text) => self.spend_text(text),
            Value::Number(number) => self.spend_text(number.token()),
            _ => Ok(()),
        }
    }
}
