//! The evaluation of a condition over columns, a block at a time, into bit masks.

use super::block::Block;
use super::cells::{Cells, Slot};
use super::columns::Columns;
use super::condition::{Among, Condition, Test, Tree};
use super::masks::{Outcomes, RowBits};
use super::syntax::Relation;
use super::term::{IntegerTerm, NumberTerm};
use super::text::{TextRows, TextTest};
use crate::column::BLOCK;

/// Every relation from two masks, so that there are two loops a type and not six. No value is NaN where it counts:
/// such rows are missing.
fn related(relation: Relation, less: impl Fn() -> RowBits, equal: impl Fn() -> RowBits) -> RowBits {
    let not = |bits| RowBits::ALL.and_not(bits);
    match relation {
        Relation::Eq => equal(),
        Relation::Ne => not(equal()),
        Relation::Lt => less(),
        Relation::Ge => not(less()),
        Relation::Le => less().or(equal()),
        Relation::Gt => not(less().or(equal())),
    }
}

/// [`related`] for pairs of values.
fn related_pairs<T: PartialOrd>(relation: Relation, left: &[T; BLOCK], right: &[T; BLOCK]) -> RowBits {
    let less = || RowBits::of_pairs(left, right, |a, b| a < b);
    related(relation, less, || RowBits::of_pairs(left, right, |a, b| a == b))
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
    pub(super) fn evaluate(&self, block: &Block<'_>) -> Outcomes {
        self.tree(self.root, block)
    }

    pub(super) fn tree(&self, tree: &Tree, block: &Block<'_>) -> Outcomes {
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
                let nan = RowBits::of(&lanes.cells, f64::is_nan);
                Outcomes::known(passed(test, &lanes.cells), lanes.missing.or(nan))
            }
            Tree::IntegerTerm { term, test, .. } => {
                let lanes = self.integers(term, block);
                Outcomes::known(passed(test, &lanes.cells), lanes.missing)
            }
            Tree::NumberTerms { sides, relation, .. } => {
                let [left, right] = &**sides;
                let (left, right) = (self.numbers(left, block), self.numbers(right, block));
                let nan = RowBits::of(&left.cells, f64::is_nan).or(RowBits::of(&right.cells, f64::is_nan));
                let passed = related_pairs(*relation, &left.cells, &right.cells);
                Outcomes::known(passed, left.missing.or(right.missing).or(nan))
            }
            Tree::IntegerTerms { sides, relation, .. } => {
                let [left, right] = &**sides;
                let (left, right) = (self.integers(left, block), self.integers(right, block));
                let passed = related_pairs(*relation, &left.cells, &right.cells);
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
    fn test(&self, tree: &Tree, slot: &Slot, block: &Block<'_>) -> Outcomes {
        let passed = match (tree, &slot.cells) {
            (Tree::Missing { expected, .. }, _) => {
                let there = RowBits::ALL.and_not(slot.missing);
                return Outcomes::known(if *expected { slot.missing } else { there }, RowBits::NONE);
            }
            (Tree::Number { test, .. }, Cells::Numbers(values)) => passed(test, values),
            (Tree::Integer { test, .. }, Cells::Integers(values)) => passed(test, values),
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

    fn fields(&self, left: usize, relation: Relation, right: usize, block: &Block<'_>) -> Outcomes {
        let (Some(a), Some(b)) = (block.slot(left), block.slot(right)) else {
            return Outcomes::known(RowBits::NONE, RowBits::ALL);
        };
        let passed = match (&a.cells, &b.cells) {
            (Cells::Numbers(a), Cells::Numbers(b)) => related_pairs(relation, a, b),
            (Cells::Integers(a), Cells::Integers(b)) => related_pairs(relation, a, b),
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

/// The tests of texts in the order of their indices, which is that of the tree.
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
            IntegerTerm::Negative(term) | IntegerTerm::Part(_, term) => self.integer(term),
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

fn passed<T: Copy + PartialOrd>(test: &Test<T>, values: &[T; BLOCK]) -> RowBits {
    match test {
        Test::Compare(relation, operand) => {
            let less = || RowBits::of(values, |value| value < *operand);
            related(*relation, less, || RowBits::of(values, |value| value == *operand))
        }
        Test::Among(among) => member(among, values),
    }
}

fn member<T: Copy + PartialOrd>(among: &Among<T>, values: &[T; BLOCK]) -> RowBits {
    let Some(few) = among.few() else {
        return RowBits::of(values, |value| among.holds_by(|known| known.partial_cmp(&value)));
    };
    // One vector loop a literal.
    let found =
        few.iter().fold(RowBits::NONE, |found, known| found.or(RowBits::of(values, |value| value == *known)));
    if among.negated() { RowBits::ALL.and_not(found) } else { found }
}
