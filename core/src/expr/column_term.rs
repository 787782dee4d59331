//! Terms over columns, a block at a time.

use fearless_simd::Level;

use super::block::Block;
use super::cel::Operator;
use super::cells::Cells;
use super::column_condition::ColumnCondition;
use super::masks::RowBits;
use super::term::{IntegerTerm, NumberTerm, characters, nearest, ratio};
use super::text::TextRows;
use crate::column::{Rows, on};

/// The values of a term in the rows of a block; where one is missing, its cell means nothing.
pub(super) struct Lanes<T, const W: usize> {
    pub(super) missing: RowBits<W>,
    pub(super) cells: Box<Rows<T, W>>,
}

impl<T: Copy + Default, const W: usize> Lanes<T, W> {
    fn all(value: T) -> Self {
        Self { missing: RowBits::NONE, cells: Box::new([[value; 64]; W]) }
    }

    fn none() -> Self {
        Self { missing: RowBits::ALL, cells: Box::new([[T::default(); 64]; W]) }
    }

    /// Of each row the value of one of two.
    fn choose(yes: RowBits<W>, unknown: RowBits<W>, mut here: Self, there: &Self) -> Self {
        for (row, (cell, other)) in
            here.cells.as_flattened_mut().iter_mut().zip(there.cells.as_flattened().iter()).enumerate()
        {
            if !yes.get(row) {
                *cell = *other;
            }
        }
        let missing = here.missing.and(yes).or(there.missing.and_not(yes)).or(unknown);
        Self { missing, cells: here.cells }
    }

    /// Combines row by row; a row without a result is missing.
    fn combine<U: Copy>(mut self, other: &Lanes<U, W>, combine: impl Fn(T, U) -> Option<T>) -> Self {
        self.missing = self.missing.or(other.missing);
        for (row, (cell, other)) in
            self.cells.as_flattened_mut().iter_mut().zip(other.cells.as_flattened().iter()).enumerate()
        {
            match combine(*cell, *other) {
                Some(value) => *cell = value,
                None => self.missing.set(row),
            }
        }
        self
    }

    fn each<U>(self, convert: impl Fn(T) -> Option<U>) -> Lanes<U, W>
    where
        U: Copy + Default,
    {
        let mut lanes = Lanes { missing: self.missing, cells: Box::new([[U::default(); 64]; W]) };
        for (row, (cell, value)) in
            lanes.cells.as_flattened_mut().iter_mut().zip(self.cells.as_flattened().iter()).enumerate()
        {
            match convert(*value) {
                Some(value) => *cell = value,
                None => lanes.missing.set(row),
            }
        }
        lanes
    }
}

impl<const W: usize> Lanes<i64, W> {
    /// Combines row by row where every result is known to fit.
    fn exactly(mut self, level: Option<Level>, other: &Self, combine: impl Fn(i64, i64) -> i64) -> Self {
        self.missing = self.missing.or(other.missing);
        on(
            level,
            #[inline(always)]
            || {
                for (cell, other) in
                    self.cells.as_flattened_mut().iter_mut().zip(other.cells.as_flattened().iter())
                {
                    *cell = combine(*cell, *other);
                }
            },
        );
        self
    }
}

/// Whether all cells have less than 32 bits, so that no sum and no product of two overflows.
fn small<const W: usize>(level: Option<Level>, left: &Lanes<i64, W>, right: &Lanes<i64, W>) -> bool {
    let bits = on(
        level,
        #[inline(always)]
        || {
            // Negative numbers by their complement.
            let bits =
                |bits: i64, (left, right): (&i64, &i64)| bits | (left ^ left >> 63) | (right ^ right >> 63);
            left.cells.as_flattened().iter().zip(right.cells.as_flattened().iter()).fold(0, bits)
        },
    );
    bits < 1 << 31
}

impl ColumnCondition<'_> {
    pub(super) fn numbers<const W: usize>(&self, term: &NumberTerm, block: &Block<'_, W>) -> Lanes<f64, W> {
        match term {
            NumberTerm::Constant(value) => Lanes::all(*value),
            NumberTerm::Field(slot) => match block.slot(*slot) {
                Some(slot) => match &slot.cells {
                    Cells::Numbers(cells) => Lanes { missing: slot.missing, cells: Box::new(**cells) },
                    _ => Lanes::none(),
                },
                None => Lanes::none(),
            },
            NumberTerm::OfInteger(term) => self.integers(term, block).each(|value| Some(nearest(value))),
            NumberTerm::Ratio(sides) => {
                let [above, below] = &**sides;
                let above = self.integers(above, block);
                let below = self.integers(below, block);
                let mut lanes: Lanes<f64, W> = Lanes::all(0.0);
                lanes.missing = above.missing.or(below.missing);
                let pairs = above.cells.as_flattened().iter().zip(below.cells.as_flattened().iter());
                for (cell, (above, below)) in lanes.cells.as_flattened_mut().iter_mut().zip(pairs) {
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

    pub(super) fn integers<const W: usize>(&self, term: &IntegerTerm, block: &Block<'_, W>) -> Lanes<i64, W> {
        match term {
            IntegerTerm::Constant(value) => Lanes::all(*value),
            IntegerTerm::Field(slot) => match block.slot(*slot) {
                Some(slot) => match &slot.cells {
                    Cells::Integers(cells) => Lanes { missing: slot.missing, cells: Box::new(**cells) },
                    _ => Lanes::none(),
                },
                None => Lanes::none(),
            },
            IntegerTerm::Negative(term) => self.integers(term, block).each(i64::checked_neg),
            IntegerTerm::Chain(first, rest) => {
                rest.iter().fold(self.integers(first, block), |lanes, (operator, term)| {
                    let other = self.integers(term, block);
                    match operator {
                        _ if !small(block.level(), &lanes, &other) => {}
                        Operator::Add => return lanes.exactly(block.level(), &other, i64::wrapping_add),
                        Operator::Subtract => return lanes.exactly(block.level(), &other, i64::wrapping_sub),
                        Operator::Multiply => return lanes.exactly(block.level(), &other, i64::wrapping_mul),
                        Operator::Divide | Operator::Remainder => {}
                    }
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
            IntegerTerm::OfTime(part, offset, term) => {
                self.integers(term, block).each(|micros| part.of(micros, *offset))
            }
            IntegerTerm::Size(slot) => self.sizes(*slot, block),
        }
    }

    fn sizes<const W: usize>(&self, slot: usize, block: &Block<'_, W>) -> Lanes<i64, W> {
        let mut lanes = Lanes::none();
        let texts = TextRows::new(self.columns, slot);
        let Some(values) = block.slot(slot) else { return lanes };
        lanes.missing = values.missing;
        for (row, cell) in lanes.cells.as_flattened_mut().iter_mut().enumerate() {
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
