//! YAML 1.2 (core schema) by `saphyr-parser`'s events.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::json::duplicate_key;
use super::node::{Entry, Node, Span, Value};
use super::text::{Budget, Limits, Read};
use crate::error::{Place, Problem, document as code};

pub(super) fn read(text: &str, limits: Limits) -> Result<Read, Vec<Problem>> {
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
        anchors: BTreeMap::new(),
        budget: Budget::new(limits),
        duplicates: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            // The parser has a limit of its own on brackets, which it meets while it looks ahead.
            let deep = error.info().contains("recursion limit");
            let code = if deep { code::TOO_DEEP } else { code::SYNTAX };
            let message = if deep { "the document is nested too deeply" } else { error.info() };
            vec![Problem::new(code, "", message).at(Some(place(*error.marker())))]
        })?;
        let span = Span { start: place(span.start), end: place(span.end) };
        builder.event(event, span).map_err(|problem| {
            let place = problem.place().unwrap_or(span.start);
            vec![problem.at(Some(place))]
        })?;
    }
    let root = builder.root.ok_or_else(|| vec![*syntax("the document is empty")])?;
    Ok((root, builder.duplicates))
}

fn place(marker: Marker) -> Place {
    Place { line: marker.line(), column: marker.col().saturating_add(1) }
}

struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    anchors: BTreeMap<usize, Node>,
    budget: Budget,
    duplicates: Vec<Problem>,
}

/// A list or mapping that is not closed yet.
struct Open {
    start: Span,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: BTreeSet<Box<str>>, key: Option<(Box<str>, Span)> },
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Problem>> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(syntax("more than one document in the text"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref())?;
                self.budget.spend(1, self.depth())?;
                self.put(Node { value, span: Some(span) }, anchor)
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor);
                let Some(node) = known.cloned() else {
                    return Err(syntax("the alias refers to a value that contains it"));
                };
                let depth = self.depth();
                self.budget.visit(&node, depth)?;
                self.put(node, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(span, anchor, tag.as_deref(), "seq", Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let content = Content::Map { entries: Vec::new(), seen: BTreeSet::new(), key: None };
                self.open(span, anchor, tag.as_deref(), "map", content)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => Ok(()),
        }
    }

    fn depth(&self) -> usize {
        self.open.len().saturating_add(1)
    }

    fn open(
        &mut self,
        start: Span,
        anchor: usize,
        tag: Option<&Tag>,
        plain: &str,
        content: Content,
    ) -> Result<(), Box<Problem>> {
        if tag.is_some_and(|tag| !(tag.is_yaml_core_schema() && tag.suffix == plain)) {
            return Err(unknown_tag());
        }
        self.budget.spend(1, self.depth())?;
        self.open.push(Open { start, anchor, content });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Box<Problem>> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Map { entries, .. } => Value::Map(entries),
        };
        let span = Span { start: open.start.start, end: end.end };
        self.put(Node { value, span: Some(span) }, open.anchor)
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), Box<Problem>> {
        if anchor > 0 {
            // A copy is kept for aliases, so it counts as well.
            let depth = self.depth();
            self.budget.visit(&node, depth)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { entries, seen, key }) => match key.take() {
                None => *key = Some((key_text(&node)?, node.span.unwrap_or(START))),
                Some((name, span)) => {
                    if seen.insert(name.clone()) {
                        entries.push(Entry { key: name, key_span: Some(span), node });
                    } else {
                        self.duplicates.push(duplicate_key(&name, Some(span.start)));
                    }
                }
            },
        }
        Ok(())
    }
}

const START: Span = Span { start: Place { line: 1, column: 1 }, end: Place { line: 1, column: 1 } };

/// Keys are texts; a number or boolean as a key is its token, so that a plan may be called `38`.
fn key_text(node: &Node) -> Result<Box<str>, Box<Problem>> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.token().into()),
        Value::Bool(value) => Ok(value.to_string().into()),
        _ => {
            let problem = Problem::new(code::WRONG_TYPE, "", "a key must be a text");
            Err(Box::new(problem.with_found(node.type_name()).at(node.place())))
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, Box<Problem>> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => return Ok(Value::Text(text.into())),
        Some(_) => return Err(unknown_tag()),
        None => {}
    }
    if style != ScalarStyle::Plain {
        return Ok(Value::Text(text.into()));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        number if is_number(number) => Node::number(number).value,
        text => Value::Text(text.into()),
    })
}

fn unknown_tag() -> Box<Problem> {
    syntax("tags such as `!name` are not used in documents")
}

fn syntax(message: &str) -> Box<Problem> {
    Box::new(Problem::new(code::SYNTAX, "", message))
}

/// A number of the YAML core schema; octal and hexadecimal stay texts, and `.inf` and `.nan` are numbers that no
/// key accepts.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !(whole.is_empty() && fraction.is_empty())
        && all_digits(whole)
        && all_digits(fraction)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && all_digits(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Result<String, String> {
        match read(text, Limits::default()) {
            Ok((node, duplicates)) if duplicates.is_empty() => Ok(node.to_json()),
            Ok((_, problems)) | Err(problems) => Err(problems[0].to_string()),
        }
    }

    #[test]
    fn reads_the_core_schema() {
        let text = "a: 0.290\nb: [yes, no, true, ~]\nc: '12'\nd: 2012-01-01\n.5: +.5\nf: 1e3\ng: 0x10\nh: |\n  x\n  y\n";
        assert_eq!(
            yaml(text).unwrap(),
            r#"{"a":0.290,"b":["yes","no",true,null],"c":"12","d":"2012-01-01",".5":0.5,"f":1e3,"g":"0x10","h":"x\ny\n"}"#
        );
    }

    #[test]
    fn aliases_are_expanded_within_the_limit() {
        assert_eq!(yaml("a: &x {k: 1}\nb: *x").unwrap(), r#"{"a":{"k":1},"b":{"k":1}}"#);
        let mut bomb = String::from("a0: &a0 [1,1,1,1,1,1,1,1,1]\n");
        for level in 1..12 {
            let before = level - 1;
            let line = vec![format!("*a{before}"); 9].join(",");
            bomb = format!("{bomb}a{level}: &a{level} [{line}]\n");
        }
        assert!(
            yaml(&bomb).unwrap_err().starts_with("document.too_many_nodes"),
            "{}",
            yaml(&bomb).unwrap_err()
        );
        assert!(yaml("a: &x [*x]").unwrap_err().starts_with("document.syntax"));
    }

    #[test]
    fn broken_text_names_the_place() {
        assert!(yaml("a: [1, 2\nb: 3").unwrap_err().contains("line 2"));
        assert!(yaml("a: 1\na: 2").unwrap_err().contains("document.duplicate_key (line 2, column 1)"));
        assert!(yaml("---\na\n---\nb").unwrap_err().contains("more than one document"));
        assert!(yaml("a: !ruby 1").unwrap_err().contains("tags"));
        assert!(yaml(&"[".repeat(100)).unwrap_err().contains("document.too_deep"));
        assert!(yaml("").unwrap_err().contains("empty"));
    }
}
