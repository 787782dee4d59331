//! Rows that services keep: slots are resolved once, and nothing is looked up or allocated when they are decided.

use std::borrow::Cow;
use std::sync::Arc;

use crate::column::Scalar;
use crate::error::{Error, Problem, Result, nearest, rules as code};
use crate::expr::{FieldSet, Slots, Value};

use super::decide::Decision;
use super::set::RuleSet;

/// The place of a field in a [`Row`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(usize);

/// The values of one record, to be set and decided again and again.
///
/// ```
/// # use cpcfit::RuleSet;
/// # let text = "{cpcfit: 1, kind: rules, id: x, version: 1, hit: first, fields: {arpu: {type: number}},
/// #   rules: [{id: low, when: {field: arpu, lt: 80}}, {id: high}]}";
/// let rules = RuleSet::from_text(text)?;
/// let arpu = rules.slot("arpu").unwrap();
/// let mut row = rules.row();
/// for (value, expected) in [(50.0, "low"), (120.0, "high")] {
///     row.put(arpu, value)?;
///     let first = rules.first(&row)?;
///     assert_eq!(first.map(|index| rules.rules()[index].id()), Some(expected));
/// }
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Row {
    fields: Arc<FieldSet>,
    values: Vec<Value<'static>>,
}

impl Row {
    /// Sets the value of a field by name.
    ///
    /// # Errors
    /// `rules.unknown_field`; as [`Row::put`].
    pub fn set(&mut self, name: &str, value: impl Into<Scalar>) -> Result<&mut Self> {
        let Some(slot) = self.fields.slot(name) else {
            let known = self.fields.iter().map(crate::expr::Field::id);
            let problem = Problem::new(code::UNKNOWN_FIELD, name, "the rules have no field of that name");
            return Err(Error::data(vec![problem.suggest(nearest(name, known))]));
        };
        self.put(Slot(slot), value)
    }

    /// Sets the value of a field by slot.
    ///
    /// # Errors
    /// Where the field does not take the value; it is missing then.
    pub fn put(&mut self, slot: Slot, value: impl Into<Scalar>) -> Result<&mut Self> {
        let scalar = value.into();
        let taken = self.fields.take(slot.0, &scalar);
        let value = taken.map(owned);
        if let Some(own) = self.values.get_mut(slot.0) {
            *own = Value::Missing;
            match value {
                Ok(value) => *own = value,
                Err(problem) => return Err(Error::data(vec![*problem])),
            }
        }
        Ok(self)
    }

    /// Sets a text by slot, in the memory of the text before.
    ///
    /// # Errors
    /// As [`Row::put`].
    pub fn put_text(&mut self, slot: Slot, text: &str) -> Result<&mut Self> {
        match self.values.get_mut(slot.0) {
            Some(Value::Text(Cow::Owned(own))) => {
                own.clear();
                own.push_str(text);
                Ok(self)
            }
            _ => self.put(slot, text),
        }
    }

    /// Lets every value be missing.
    pub fn clear(&mut self) {
        self.values.fill(Value::Missing);
    }

    /// Every used field that requires a value and has none.
    fn check(&self, set: &RuleSet) -> Result<()> {
        if !Arc::ptr_eq(&self.fields, &set.0.fields) {
            let problem = Problem::new(code::FOREIGN_ROW, "", "the row was made by other rules");
            return Err(Error::data(vec![problem.with_expected("a row that `row` of these rules gave")]));
        }
        let required = &set.0.plan.required;
        let lacks = |slot: &&usize| self.values.get(**slot).is_none_or(|value| *value == Value::Missing);
        if !required.iter().any(|slot| lacks(&slot)) {
            return Ok(());
        }
        let problems = required.iter().filter(lacks).map(|slot| *self.fields.lacks(*slot));
        Err(Error::data(problems.collect()))
    }
}

fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Missing => Value::Missing,
        Value::Number(number) => Value::Number(number),
        Value::Integer(integer) => Value::Integer(integer),
        Value::Boolean(value) => Value::Boolean(value),
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
    }
}

/// The used slots whose fields require a value.
pub(super) fn required(fields: &FieldSet, used: &Slots) -> Vec<usize> {
    let slots =
        fields.iter().enumerate().filter(|(slot, field)| used.contains(*slot) && !field.may_be_missing());
    slots.map(|(slot, _)| slot).collect()
}

impl RuleSet {
    /// A row without values.
    pub fn row(&self) -> Row {
        let values = vec![Value::Missing; self.0.fields.len()];
        Row { fields: Arc::clone(&self.0.fields), values }
    }

    /// The slot of a field.
    pub fn slot(&self, field: &str) -> Option<Slot> {
        self.0.fields.slot(field).map(Slot)
    }

    /// The decision on a row.
    ///
    /// # Errors
    /// Every field that a condition tests and that lacks a required value; `rules.foreign_row`;
    /// `rules.date_required`.
    pub fn decide_row(&self, row: &Row) -> Result<Decision<'_>> {
        row.check(self)?;
        self.require_date()?;
        Ok(self.decide_values(&row.values))
    }

    /// The position of the first rule that matches, in the order in which the hit policy tries them. With `first` and
    /// `priority` it is the rule that decides.
    ///
    /// # Errors
    /// As [`RuleSet::decide_row`].
    pub fn first(&self, row: &Row) -> Result<Option<usize>> {
        row.check(self)?;
        self.require_date()?;
        Ok(self.first_of(&row.values))
    }
}
