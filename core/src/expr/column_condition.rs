//! The evaluation of a condition over columns, a block at a time, into bit masks.

use fearless_simd::Level;

use super::block::Block;
use super::cells::{Cells, Slot};
use super::columns::Columns;
use super::condition::{Among, Condition, Test, Tree};
use super::masks::{Outcomes, RowBits};
use super::syntax::Relation;
use super::term::{IntegerTerm, NumberTerm};
use super::text::{TextRows, TextTest};
use crate::column::{Lane, Order, Other, Rows, compare};

/// The rows that compare so; what it says of missing rows means nothing, and no other has NaN.
pub(super) fn compared<T: Lane, const W: usize>(
    level: Option<Level>,
    relation: Relation,
    values: &Rows<T, W>,
    other: Other<'_, T, W>,
) -> RowBits<W> {
    let rows = |order| RowBits(compare(level, values, order, other));
    let not = |bits| RowBits::<W>::ALL.and_not(bits);
    match relation {
        Relation::Eq => rows(Order::Equal),
        Relation::Ne => not(rows(Order::Equal)),
        Relation::Lt => rows(Order::Less),
        Relation::Ge => not(rows(Order::Less)),
        Relation::Le => rows(Order::AtMost),
        Relation::Gt => not(rows(Order::AtMost)),
    }
}

/// A condition made ready for some columns; shared between threads.
#[derive(Clone, Debug)]
pub(crate) struct ColumnCondition<'c> {
    root: &'c Tree,
    pub(super) columns: &'c Columns<'c>,
    /// Tests of texts with their index, ascending.
    texts: Vec<(usize, TextTest<'c>)>,
}

impl<'c> ColumnCondition<'c> {
    pub(super) fn new(condition: &'c Condition, columns: &'c Columns<'c>) -> Self {
        let mut collected = TextTests { columns, found: Vec::new() };
        collected.tree(&condition.root);
        let mut found = collected.found;
        // Binding counts them in another order than they lie in the tree.
        found.sort_by_key(|(index, _)| *index);
        Self { root: &condition.root, columns, texts: found }
    }

    /// The outcomes for the rows of a block; those of rows that it does not have mean nothing.
    pub(super) fn evaluate<const W: usize>(&self, block: &Block<'_, W>) -> Outcomes<W> {
        self.tree(self.root, block)
    }

    pub(super) fn tree<const W: usize>(&self, tree: &Tree, block: &Block<'_, W>) -> Outcomes<W> {
        match tree {
            Tree::All(trees) => {
                let mut all = Outcomes::TRUE;
                for tree in trees {
                    all = all.and(self.tree(tree, block));
                    if all.possible().and(block.rows()).is_empty() {
                        break;
                    }
                }
                all
            }
            Tree::Any(trees) => {
                let mut any = Outcomes::FALSE;
                for tree in trees {
                    any = any.or(self.tree(tree, block));
                    if block.rows().and_not(any.yes).is_empty() {
                        break;
                    }
                }
                any
            }
            Tree::Not(tree) => self.tree(tree, block).not(),
            Tree::If(parts) => {
                let [test, yes, no] = &**parts;
                self.tree(test, block).choose(self.tree(yes, block), self.tree(no, block))
            }
            Tree::Same { sides, expected, .. } => {
                let [left, right] = &**sides;
                let same = self.tree(left, block).same(self.tree(right, block));
                if *expected { same } else { same.not() }
            }
            Tree::NumberTerm { term, test, .. } => {
                let lanes = self.numbers(term, block);
                let nan = RowBits::among(&lanes.cells, f64::is_nan);
                Outcomes::known(passed(test, &lanes.cells, block.level()), lanes.missing.or(nan))
            }
            Tree::IntegerTerm { term, test, .. } => {
                let lanes = self.integers(term, block);
                Outcomes::known(passed(test, &lanes.cells, block.level()), lanes.missing)
            }
            Tree::NumberTerms { sides, relation, .. } => {
                let [left, right] = &**sides;
                let (left, right) = (self.numbers(left, block), self.numbers(right, block));
                let nan =
                    RowBits::among(&left.cells, f64::is_nan).or(RowBits::among(&right.cells, f64::is_nan));
                let other = Other::Each(&right.cells);
                let passed = compared(block.level(), *relation, &left.cells, other);
                Outcomes::known(passed, left.missing.or(right.missing).or(nan))
            }
            Tree::IntegerTerms { sides, relation, .. } => {
                let [left, right] = &**sides;
                let (left, right) = (self.integers(left, block), self.integers(right, block));
                let other = Other::Each(&right.cells);
                let passed = compared(block.level(), *relation, &left.cells, other);
                Outcomes::known(passed, left.missing.or(right.missing))
            }
            Tree::Fields { left, relation, right } => self.fields(*left, *relation, *right, block),
            Tree::Missing { slot, .. }
            | Tree::Number { slot, .. }
            | Tree::Integer { slot, .. }
            | Tree::Text { slot, .. }
            | Tree::Pattern { slot, .. }
            | Tree::Boolean { slot, .. } => match block.slot(*slot) {
                Some(slot) => self.test(tree, slot, block),
                None => Outcomes::known(RowBits::NONE, RowBits::ALL),
            },
        }
    }

    /// A test of one slot.
    fn test<const W: usize>(&self, tree: &Tree, slot: &Slot<'_, W>, block: &Block<'_, W>) -> Outcomes<W> {
        let passed = match (tree, &slot.cells) {
            (Tree::Missing { expected, .. }, _) => {
                let there = RowBits::ALL.and_not(slot.missing);
                return Outcomes::known(if *expected { slot.missing } else { there }, RowBits::NONE);
            }
            (Tree::Number { test, .. }, Cells::Numbers(values)) => passed(test, values, block.level()),
            (Tree::Integer { test, .. }, Cells::Integers(values)) => passed(test, values, block.level()),
            (Tree::Boolean { expected, .. }, Cells::Booleans(bits)) => {
                if *expected {
                    *bits
                } else {
                    RowBits::ALL.and_not(*bits)
                }
            }
            (Tree::Text { index, .. } | Tree::Pattern { index, .. }, _) => {
                let test = self.texts.binary_search_by_key(index, |(index, _)| *index).ok();
                let test = test.and_then(|at| self.texts.get(at));
                test.map_or(RowBits::NONE, |(_, test)| test.passed(block.start()))
            }
            // Without a column all values are missing.
            _ => RowBits::NONE,
        };
        Outcomes::known(passed, slot.missing)
    }

    fn fields<const W: usize>(
        &self,
        left: usize,
        relation: Relation,
        right: usize,
        block: &Block<'_, W>,
    ) -> Outcomes<W> {
        let (Some(a), Some(b)) = (block.slot(left), block.slot(right)) else {
            return Outcomes::known(RowBits::NONE, RowBits::ALL);
        };
        let passed = match (&a.cells, &b.cells) {
            (Cells::Numbers(a), Cells::Numbers(b)) => compared(block.level(), relation, a, Other::Each(b)),
            (Cells::Integers(a), Cells::Integers(b)) => compared(block.level(), relation, a, Other::Each(b)),
            (Cells::Booleans(a), Cells::Booleans(b)) => {
                let unequal = a.and_not(*b).or(b.and_not(*a));
                if relation == Relation::Eq { RowBits::ALL.and_not(unequal) } else { unequal }
            }
            (Cells::Elsewhere, Cells::Elsewhere) => {
                let (a, b) = (TextRows::new(self.columns, left), TextRows::new(self.columns, right));
                let equal = RowBits::of_rows(|row| a.equal(&b, block.start() + row));
                if relation == Relation::Eq { equal } else { RowBits::ALL.and_not(equal) }
            }
            // One of them has no column.
            _ => RowBits::NONE,
        };
        Outcomes::known(passed, a.missing.or(b.missing))
    }
}

/// The tests of texts by their index.
struct TextTests<'c, 'a> {
    columns: &'a Columns<'c>,
    found: Vec<(usize, TextTest<'c>)>,
}

impl<'c> TextTests<'c, '_> {
    fn tree(&mut self, tree: &'c Tree) {
        match tree {
            Tree::All(trees) | Tree::Any(trees) => trees.iter().for_each(|tree| self.tree(tree)),
            Tree::If(trees) => trees.iter().for_each(|tree| self.tree(tree)),
            Tree::Same { sides, .. } => sides.iter().for_each(|tree| self.tree(tree)),
            Tree::Not(tree) => self.tree(tree),
            Tree::Text { slot, index, test } => {
                self.found.push((*index, TextTest::new(test, self.columns, *slot)));
            }
            Tree::Pattern { slot, index, pattern } => {
                self.found.push((*index, TextTest::pattern(pattern, self.columns, *slot)));
            }
            Tree::NumberTerm { term, .. } => self.number(term),
            Tree::IntegerTerm { term, .. } => self.integer(term),
            Tree::NumberTerms { sides, .. } => sides.iter().for_each(|term| self.number(term)),
            Tree::IntegerTerms { sides, .. } => sides.iter().for_each(|term| self.integer(term)),
            Tree::Missing { .. }
            | Tree::Number { .. }
            | Tree::Integer { .. }
            | Tree::Boolean { .. }
            | Tree::Fields { .. } => {}
        }
    }

    fn number(&mut self, term: &'c NumberTerm) {
        match term {
            NumberTerm::Constant(_) | NumberTerm::Field(_) => {}
            NumberTerm::OfInteger(term) => self.integer(term),
            NumberTerm::Ratio(sides) => sides.iter().for_each(|term| self.integer(term)),
            NumberTerm::Negative(term) => self.number(term),
            NumberTerm::Chain(first, rest) => {
                self.number(first);
                for (_, term) in rest {
                    self.number(term);
                }
            }
            NumberTerm::If(test, sides) => {
                self.tree(test);
                sides.iter().for_each(|term| self.number(term));
            }
        }
    }

    fn integer(&mut self, term: &'c IntegerTerm) {
        match term {
            IntegerTerm::Constant(_) | IntegerTerm::Field(_) | IntegerTerm::Size(_) => {}
            IntegerTerm::Negative(term) | IntegerTerm::Part(_, term) | IntegerTerm::OfTime(_, _, term) => {
                self.integer(term);
            }
            IntegerTerm::Chain(first, rest) => {
                self.integer(first);
                for (_, term) in rest {
                    self.integer(term);
                }
            }
            IntegerTerm::If(test, sides) => {
                self.tree(test);
                sides.iter().for_each(|term| self.integer(term));
            }
        }
    }
}

fn passed<T: Lane, const W: usize>(test: &Test<T>, values: &Rows<T, W>, level: Option<Level>) -> RowBits<W> {
    match test {
        Test::Compare(relation, operand) => compared(level, *relation, values, Other::Same(*operand)),
        Test::Among(among) => member(among, values, level),
    }
}

fn member<T: Lane, const W: usize>(
    among: &Among<T>,
    values: &Rows<T, W>,
    level: Option<Level>,
) -> RowBits<W> {
    let Some(few) = among.few() else {
        return RowBits::among(values, |value| among.holds_by(|known| known.partial_cmp(&value)));
    };
    // One vector loop a literal.
    let equal = |known: &T| compared(level, Relation::Eq, values, Other::Same(*known));
    let found = few.iter().fold(RowBits::NONE, |found, known| found.or(equal(known)));
    if among.negated() { RowBits::ALL.and_not(found) } else { found }
}
