//! The parts of a condition that must all hold, each by itself, and conditions as text.

use super::condition::{Condition, Slots, Tree};
use super::schema::FieldSet;
use super::trace::whole;

impl Condition {
    /// The conditions that must all hold for this one to hold: those of its outermost conjunctions, in their order.
    pub(crate) fn parts(&self) -> Vec<Self> {
        let mut parts = Vec::new();
        split(&self.root, &mut parts);
        parts
    }

    /// The condition as text, such as `arpu > 80.00 && (vip = true || !(2 * due > paid))`; negations stand at the tests.
    pub(crate) fn text(&self, fields: &FieldSet) -> String {
        text(&self.root, false, false, fields)
    }
}

fn split(tree: &Tree, parts: &mut Vec<Condition>) {
    match tree {
        Tree::All(trees) => trees.iter().for_each(|tree| split(tree, parts)),
        // None of several holds where each does not.
        Tree::Not(inner) if matches!(**inner, Tree::Any(_)) => {
            if let Tree::Any(trees) = &**inner {
                for tree in trees {
                    split(&tree.clone().negated(), parts);
                }
            }
        }
        // Which slots it reads is known from the whole.
        _ => parts.push(Condition { root: tree.clone(), slots: Slots::default(), unknown_by: None }),
    }
}

/// `inner`: whether something stands around it that binds as closely.
fn text(tree: &Tree, negated: bool, inner: bool, fields: &FieldSet) -> String {
    match tree {
        Tree::All(trees) | Tree::Any(trees) => {
            let all = matches!(tree, Tree::All(_)) != negated;
            let parts: Vec<String> = trees.iter().map(|tree| text(tree, negated, true, fields)).collect();
            match parts.as_slice() {
                [] => all.to_string(),
                [only] => only.clone(),
                _ if inner => format!("({})", parts.join(if all { " && " } else { " || " })),
                _ => parts.join(if all { " && " } else { " || " }),
            }
        }
        Tree::Not(tree) => text(tree, !negated, inner, fields),
        Tree::If(parts) => {
            let [test, yes, no] = &**parts;
            let (test, yes, no) = (
                text(test, false, true, fields),
                text(yes, negated, true, fields),
                text(no, negated, true, fields),
            );
            format!("({test} ? {yes} : {no})")
        }
        Tree::Same { written, .. }
        | Tree::NumberTerm { written, .. }
        | Tree::IntegerTerm { written, .. }
        | Tree::NumberTerms { written, .. }
        | Tree::IntegerTerms { written, .. } => whole(written, negated),
        _ => {
            let (slot, expected) = fields.expected(tree, negated);
            let field = fields.at(slot).map_or("", |field| field.id());
            format!("{field} {expected}")
        }
    }
}
