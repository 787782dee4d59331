//! Which tests of a condition were seen true and which false, for coverage.

use std::slice::IterMut;

use super::condition::{Condition, Tree, evaluate};
use super::schema::FieldSet;
use super::trace::whole;
use super::value::Value;

/// What a test was so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) as_true: bool,
    pub(crate) as_false: bool,
}

impl Seen {
    /// Whether there is nothing more to see.
    pub(crate) fn is_both(self) -> bool {
        self.as_true && self.as_false
    }

    fn add(&mut self, outcome: bool) {
        if outcome {
            self.as_true = true;
        } else {
            self.as_false = true;
        }
    }
}

impl Condition {
    /// Every test as text, in the order of the condition, such as `arpu > 80.00`. Tests under a negation appear as their
    /// opposites.
    pub(crate) fn tests(&self, fields: &FieldSet) -> Vec<String> {
        let mut texts = Vec::new();
        list(&self.root, false, fields, &mut texts);
        texts
    }

    /// Notes what every test says of the values of a record, by its place in [`Condition::tests`]. A test in the branch
    /// that a choice does not take says nothing.
    pub(crate) fn see(&self, values: &[Value<'_>], seen: &mut [Seen]) {
        see(&self.root, false, values, &mut seen.iter_mut());
    }
}

fn list(tree: &Tree, negated: bool, fields: &FieldSet, texts: &mut Vec<String>) {
    match tree {
        Tree::All(trees) | Tree::Any(trees) => {
            for tree in trees {
                list(tree, negated, fields, texts);
            }
        }
        Tree::Not(tree) => list(tree, !negated, fields, texts),
        Tree::If(parts) => {
            let [test, yes, no] = &**parts;
            list(test, false, fields, texts);
            list(yes, negated, fields, texts);
            list(no, negated, fields, texts);
        }
        Tree::Same { written, .. }
        | Tree::NumberTerm { written, .. }
        | Tree::IntegerTerm { written, .. }
        | Tree::NumberTerms { written, .. }
        | Tree::IntegerTerms { written, .. } => texts.push(whole(written, negated)),
        _ => {
            let (slot, expected) = fields.expected(tree, negated);
            let field = fields.at(slot).map_or("", |field| field.id());
            texts.push(format!("{field} {expected}"));
        }
    }
}

fn see(tree: &Tree, negated: bool, values: &[Value<'_>], seen: &mut IterMut<'_, Seen>) {
    match tree {
        Tree::All(trees) | Tree::Any(trees) => {
            for tree in trees {
                see(tree, negated, values, seen);
            }
        }
        Tree::Not(tree) => see(tree, !negated, values, seen),
        Tree::If(parts) => {
            let [test, yes, no] = &**parts;
            see(test, false, values, seen);
            for (branch, wanted) in [(yes, true), (no, false)] {
                if evaluate(test, values) == Some(wanted) {
                    see(branch, negated, values, seen);
                } else {
                    skip(branch, seen);
                }
            }
        }
        _ => {
            if let (Some(own), Some(outcome)) = (seen.next(), evaluate(tree, values)) {
                own.add(outcome != negated);
            }
        }
    }
}

fn skip(tree: &Tree, seen: &mut IterMut<'_, Seen>) {
    match tree {
        Tree::All(trees) | Tree::Any(trees) => trees.iter().for_each(|tree| skip(tree, seen)),
        Tree::Not(tree) => skip(tree, seen),
        Tree::If(parts) => parts.iter().for_each(|tree| skip(tree, seen)),
        _ => {
            seen.next();
        }
    }
}
