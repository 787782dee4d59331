//! A condition together with what an unknown outcome means.

use std::marker::PhantomData;

use super::block::Block;
use super::column_condition::ColumnCondition;
use super::columns::Columns;
use super::condition::Condition;
use super::masks::RowBits;
use super::schema::FieldSet;
use super::syntax::Syntax;
use super::value::Value;
use crate::document::{At, Declare, Fields, WordOf, Words};
use crate::error::{Problem, expr as code};

/// The two words for what an unknown outcome means, such as `eligible` and `ineligible`.
pub(crate) trait UnknownWord: Words {
    /// The name of the holder's type in schema, TypeScript and reference.
    const NAME: &'static str;
    /// One sentence on the holder for the reference.
    const ABOUT: &'static str;

    /// Whether the word lets the row pass.
    fn passes(self) -> bool;
}

/// `{where: ..., unknown: ...}` as a document has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Where<W> {
    at: At,
    condition: Syntax,
    unknown: Option<bool>,
    words: PhantomData<W>,
}

impl<W: UnknownWord> Declare for Where<W> {
    const NAME: &'static str = W::NAME;
    const ABOUT: &'static str = W::ABOUT;

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let condition = fields.required("where", "the condition");
        let about =
            "what it means when the condition is unknown; required when it tests a field that may be missing";
        let unknown = fields.optional::<WordOf<W>>("unknown", about);
        Some(Self {
            at,
            condition: condition?,
            unknown: unknown?.map(|word| word.0.passes()),
            words: PhantomData,
        })
    }
}

impl<W: UnknownWord> Where<W> {
    /// The criterion over the slots of `fields`, or `None` after every problem was reported.
    pub(crate) fn bind(&self, fields: &FieldSet, problems: &mut Vec<Problem>) -> Option<Criterion> {
        let condition = self.condition.bind(fields, problems)?;
        let tested = condition.unknown_by.and_then(|slot| fields.at(slot));
        if let (Some(field), None) = (tested, self.unknown) {
            let message = format!("the condition tests `{}`, which may be missing", field.id());
            let words: Vec<_> = W::WORDS.iter().map(|word| format!("`unknown: {}`", word.word)).collect();
            let expected = format!("{} beside `where`", words.join(" or "));
            problems.push(self.at.problem(code::UNKNOWN_REQUIRED, message).with_expected(expected));
            return None;
        }
        Some(Criterion { condition, unknown: self.unknown.unwrap_or(false) })
    }
}

/// A bound condition that decides every row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Criterion {
    condition: Condition,
    unknown: bool,
}

impl Criterion {
    /// The condition alone, with its three outcomes.
    pub(crate) fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Whether the values of a record pass.
    pub(crate) fn passes(&self, values: &[Value<'_>]) -> bool {
        self.condition.evaluate(values).unwrap_or(self.unknown)
    }

    /// The criterion made ready for some columns.
    pub(crate) fn over<'c>(&'c self, columns: &'c Columns<'c>) -> ColumnCriterion<'c> {
        ColumnCriterion { condition: ColumnCondition::new(&self.condition, columns), unknown: self.unknown }
    }
}

/// A criterion made ready for some columns; shared between threads.
#[derive(Clone, Debug)]
pub(crate) struct ColumnCriterion<'c> {
    condition: ColumnCondition<'c>,
    unknown: bool,
}

impl ColumnCriterion<'_> {
    /// The rows of the block that pass.
    pub(crate) fn passes(&self, block: &Block<'_>) -> RowBits {
        let outcomes = self.condition.evaluate(block);
        let passed = if self.unknown { outcomes.possible() } else { outcomes.yes };
        passed.and(block.rows())
    }
}
