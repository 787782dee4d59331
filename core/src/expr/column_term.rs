//! Terms over columns, a block at a time.

use super::block::Block;
use super::cells::Cells;
use super::column_condition::ColumnCondition;
use super::masks::RowBits;
use super::term::{IntegerTerm, NumberTerm, characters, nearest, ratio};
use super::text::TextRows;
use crate::column::BLOCK;

/// The values of a term in the rows of a block; where one is missing, its cell means nothing.
pub(super) struct Lanes<T> {
    pub(super) missing: RowBits,
    pub(super) cells: Box<[T; BLOCK]>,
}

impl<T: Copy + Default> Lanes<T> {
    fn all(value: T) -> Self {
        Self { missing: RowBits::NONE, cells: Box::new([value; BLOCK]) }
    }

    fn none() -> Self {
        Self { missing: RowBits::ALL, cells: Box::new([T::default(); BLOCK]) }
    }

    /// Of each row the value of one of two.
    fn choose(yes: RowBits, unknown: RowBits, mut here: Self, there: &Self) -> Self {
        for (row, (cell, other)) in here.cells.iter_mut().zip(there.cells.iter()).enumerate() {
            if !yes.get(row) {
                *cell = *other;
            }
        }
        let missing = here.missing.and(yes).or(there.missing.and_not(yes)).or(unknown);
        Self { missing, cells: here.cells }
    }

    /// Combines row by row; a row without a result is missing.
    fn combine<U: Copy>(mut self, other: &Lanes<U>, combine: impl Fn(T, U) -> Option<T>) -> Self {
        self.missing = self.missing.or(other.missing);
        for (row, (cell, other)) in self.cells.iter_mut().zip(other.cells.iter()).enumerate() {
            match combine(*cell, *other) {
                Some(value) => *cell = value,
                None => self.missing.set(row),
            }
        }
        self
    }

    fn each<U>(self, convert: impl Fn(T) -> Option<U>) -> Lanes<U>
    where
        U: Copy + Default,
    {
        let mut lanes = Lanes { missing: self.missing, cells: Box::new([U::default(); BLOCK]) };
        for (row, (cell, value)) in lanes.cells.iter_mut().zip(self.cells.iter()).enumerate() {
            match convert(*value) {
                Some(value) => *cell = value,
                None => lanes.missing.set(row),
            }
        }
        lanes
    }
}

impl ColumnCondition<'_> {
    pub(super) fn numbers(&self, term: &NumberTerm, block: &Block<'_>) -> Lanes<f64> {
        match term {
            NumberTerm::Constant(value) => Lanes::all(*value),
            NumberTerm::Field(slot) => match block.slot(*slot) {
                Some(slot) => match &slot.cells {
                    Cells::Numbers(cells) => Lanes { missing: slot.missing, cells: cells.clone() },
                    _ => Lanes::none(),
                },
                None => Lanes::none(),
            },
            NumberTerm::OfInteger(term) => self.integers(term, block).each(|value| Some(nearest(value))),
            NumberTerm::Ratio(sides) => {
                let [above, below] = &**sides;
                let above = self.integers(above, block);
                let below = self.integers(below, block);
                let mut lanes: Lanes<f64> = Lanes::all(0.0);
                lanes.missing = above.missing.or(below.missing);
                let pairs = above.cells.iter().zip(below.cells.iter());
                for (cell, (above, below)) in lanes.cells.iter_mut().zip(pairs) {
                    *cell = ratio(*above, *below);
                }
                lanes
            }
            NumberTerm::Negative(term) => self.numbers(term, block).each(|value| Some(-value)),
            NumberTerm::Chain(first, rest) => {
                rest.iter().fold(self.numbers(first, block), |lanes, (operator, term)| {
                    let other = self.numbers(term, block);
                    lanes.combine(&other, |left, right| Some(operator.numbers(left, right)))
                })
            }
            NumberTerm::If(test, sides) => {
                let [yes, no] = &**sides;
                let outcomes = self.tree(test, block);
                let (here, there) = (self.numbers(yes, block), self.numbers(no, block));
                Lanes::choose(outcomes.yes, outcomes.unknown, here, &there)
            }
        }
    }

    pub(super) fn integers(&self, term: &IntegerTerm, block: &Block<'_>) -> Lanes<i64> {
        match term {
            IntegerTerm::Constant(value) => Lanes::all(*value),
            IntegerTerm::Field(slot) => match block.slot(*slot) {
                Some(slot) => match &slot.cells {
                    Cells::Integers(cells) => Lanes { missing: slot.missing, cells: cells.clone() },
                    _ => Lanes::none(),
                },
                None => Lanes::none(),
            },
            IntegerTerm::Negative(term) => self.integers(term, block).each(i64::checked_neg),
            IntegerTerm::Chain(first, rest) => {
                rest.iter().fold(self.integers(first, block), |lanes, (operator, term)| {
                    let other = self.integers(term, block);
                    lanes.combine(&other, |left, right| operator.integers(left, right))
                })
            }
            IntegerTerm::If(test, sides) => {
                let [yes, no] = &**sides;
                let outcomes = self.tree(test, block);
                let (here, there) = (self.integers(yes, block), self.integers(no, block));
                Lanes::choose(outcomes.yes, outcomes.unknown, here, &there)
            }
            IntegerTerm::Part(part, term) => self.integers(term, block).each(|days| part.of(days)),
            IntegerTerm::Size(slot) => self.sizes(*slot, block),
        }
    }

    fn sizes(&self, slot: usize, block: &Block<'_>) -> Lanes<i64> {
        let mut lanes = Lanes::none();
        let texts = TextRows::new(self.columns, slot);
        let Some(values) = block.slot(slot) else { return lanes };
        lanes.missing = values.missing;
        for (row, cell) in lanes.cells.iter_mut().enumerate() {
            if values.missing.get(row) {
                continue;
            }
            match texts.read(block.start() + row).and_then(|text| characters(&text)) {
                Some(size) => *cell = size,
                None => lanes.missing.set(row),
            }
        }
        lanes
    }
}
