//! Where a record is in the space of a condition.

use std::cmp::Ordering;

use super::axis::{Axis, Cuts, EQUAL, FALSE, GREATER, LESS, UNKNOWN, What};
use super::ranges::Ranges;
use super::space::Space;
use crate::expr::condition::{Condition, evaluate};
use crate::expr::schema::{Field, FieldSet};
use crate::expr::value::Value;

impl Space {
    /// The space of a condition, and the cell that a record is in on every axis. There is that cell whatever the fields
    /// declare, as records may have texts and days that no field lists.
    pub(super) fn of_record(
        condition: &Condition,
        values: &[Value<'_>],
        fields: &FieldSet,
    ) -> (Self, Vec<u32>) {
        let mut space = Self::new(fields);
        space.cut(&condition.root, fields);
        for axis in &mut space.axes {
            if let (What::Slot(slot), Cuts::Texts(texts)) = (&axis.what, &mut axis.cuts)
                && fields.at(*slot).is_some_and(Field::is_closed)
                && let Some(Value::Text(text)) = values.get(*slot)
            {
                texts.push(text.as_ref().into());
            }
        }
        space.finish(fields);
        let mut cells = Vec::with_capacity(space.axes.len());
        for axis in &mut space.axes {
            let cell = axis.cell_in(values);
            axis.domain = axis.domain.union(&Ranges::one(cell));
            cells.push(cell);
        }
        (space, cells)
    }
}

impl Axis {
    /// The cell of a record.
    pub(super) fn cell_in(&self, values: &[Value<'_>]) -> u32 {
        let value = |slot: usize| values.get(slot).unwrap_or(&Value::Missing);
        match &self.what {
            What::Slot(slot) => self.cell_of(value(*slot)),
            What::Number(term) => {
                let number = term.of(values).filter(|number| !number.is_nan());
                number.map_or(UNKNOWN, |number| self.cell_of(&Value::Number(number)))
            }
            What::Integer(term) => {
                term.of(values).map_or(UNKNOWN, |integer| self.cell_of(&Value::Integer(integer)))
            }
            What::Fields(left, right) => cell_of_order(value(*left).order(value(*right))),
            What::Numbers(sides) => {
                let [left, right] = sides.each_ref().map(|side| side.of(values));
                cell_of_order(left.zip(right).and_then(|(left, right)| left.partial_cmp(&right)))
            }
            What::Integers(sides) => {
                let [left, right] = sides.each_ref().map(|side| side.of(values));
                cell_of_order(left.zip(right).map(|(left, right)| left.cmp(&right)))
            }
            What::Truth(tree) => {
                evaluate(tree, values).map_or(UNKNOWN, |outcome| u32::from(outcome).saturating_add(FALSE))
            }
        }
    }
}

fn cell_of_order(order: Option<Ordering>) -> u32 {
    match order {
        None => UNKNOWN,
        Some(Ordering::Less) => LESS,
        Some(Ordering::Equal) => EQUAL,
        Some(Ordering::Greater) => GREATER,
    }
}
