//! The evaluation of shared conditions over columns, a block at a time.
//!
//! Kleene's logic needs two masks: the rows where a condition is true, and those where that is possible, which are the
//! true and the unknown ones. Conjunction and disjunction treat each alone, negation turns one into the other; as
//! every caller wants one of them in the end, only that one is computed.

use super::block::Block;
use super::cells::{Cells, Slot};
use super::column_condition::{ColumnCondition, compared};
use super::columns::Columns;
use super::condition::{Test, Tree};
use super::masks::RowBits;
use super::shared::{Node, NodeId, Shared};
use super::shared_text::{TextRoom, TextSets};
use crate::column::Other;

/// Shared conditions made ready for some columns; shared between threads.
#[derive(Clone, Debug)]
pub(crate) struct ColumnShared<'c> {
    shared: &'c Shared,
    atoms: Vec<ColumnCondition<'c>>,
    texts: TextSets<'c>,
}

impl Shared {
    /// The conditions made ready for some columns.
    pub(crate) fn over<'c>(&'c self, columns: &'c Columns<'c>) -> ColumnShared<'c> {
        let atoms = self.atoms.iter().map(|atom| ColumnCondition::new(atom, columns)).collect();
        ColumnShared { shared: self, atoms, texts: TextSets::new(&self.atoms, columns) }
    }
}

/// One thread's evaluator: what was computed of the block is kept for the conditions that share it.
#[derive(Clone, Debug)]
pub(crate) struct SharedBlock<'c, const W: usize> {
    conditions: &'c ColumnShared<'c>,
    /// By node.
    kept: Vec<Kept<W>>,
    texts: Vec<TextRoom<W>>,
    stamp: u64,
}

/// The rows where a node is true, and those where that is possible, each as of a block.
#[derive(Clone, Debug)]
struct Kept<const W: usize> {
    stamps: [u64; 2],
    masks: [RowBits<W>; 2],
}

impl<const W: usize> Kept<W> {
    const NEVER: Self = Self { stamps: [0; 2], masks: [RowBits::NONE; 2] };

    /// The mask, if it is of this block.
    fn get(&self, stamp: u64, possible: bool) -> Option<&RowBits<W>> {
        let [of_sure, of_maybe] = self.stamps;
        let of = if possible { of_maybe } else { of_sure };
        (of == stamp).then(|| self.mask(possible))
    }

    fn mask(&self, possible: bool) -> &RowBits<W> {
        let [sure, maybe] = &self.masks;
        if possible { maybe } else { sure }
    }

    fn set(&mut self, stamp: u64, possible: bool, mask: RowBits<W>) {
        let [sure, maybe] = &mut self.masks;
        let [of_sure, of_maybe] = &mut self.stamps;
        let (slot, of) = if possible { (maybe, of_maybe) } else { (sure, of_sure) };
        (*slot, *of) = (mask, stamp);
    }
}

impl<'c, const W: usize> SharedBlock<'c, W> {
    /// An evaluator of these conditions.
    pub(crate) fn new(conditions: &'c ColumnShared<'c>) -> Self {
        let kept = vec![Kept::NEVER; conditions.shared.nodes.len()];
        Self { conditions, kept, texts: conditions.texts.room(), stamp: 0 }
    }

    /// Forgets the block before.
    pub(crate) fn begin(&mut self) {
        self.stamp += 1;
    }

    /// The rows among `open` for which a condition holds, where unknown means `unknown`. From call to call on one
    /// block, `open` may only shrink.
    pub(crate) fn passes(
        &mut self,
        node: NodeId,
        unknown: bool,
        block: &Block<'_, W>,
        open: RowBits<W>,
    ) -> RowBits<W> {
        let mut passed = open;
        self.restrict(node, unknown, block, &open, &mut passed);
        passed
    }

    /// Takes away the rows for which a node is not true, or not even possible.
    fn restrict(
        &mut self,
        id: NodeId,
        possible: bool,
        block: &Block<'_, W>,
        open: &RowBits<W>,
        rows: &mut RowBits<W>,
    ) {
        if let Some(known) = self.kept.get(id).and_then(|kept| kept.get(self.stamp, possible)) {
            rows.restrict(known);
            return;
        }
        let conditions = self.conditions;
        if let Some(Node::Atom(index)) = conditions.shared.nodes.get(id) {
            self.keep_atom(id, *index, block);
            rows.restrict(self.kept.get(id).map_or(&RowBits::NONE, |kept| kept.mask(possible)));
        } else if conditions.shared.is_shared(id) {
            // What is kept must be right for all rows that may still be asked for.
            let mut all = *open;
            self.restrict_by_parts(id, possible, block, open, &mut all);
            rows.restrict(&all);
            self.kept.get_mut(id).into_iter().for_each(|kept| kept.set(self.stamp, possible, all));
        } else {
            self.restrict_by_parts(id, possible, block, open, rows);
        }
    }

    fn restrict_by_parts(
        &mut self,
        id: NodeId,
        possible: bool,
        block: &Block<'_, W>,
        open: &RowBits<W>,
        rows: &mut RowBits<W>,
    ) {
        let conditions = self.conditions;
        match conditions.shared.nodes.get(id) {
            Some(Node::Constant(true) | Node::Atom(_)) => {}
            Some(Node::Constant(false)) | None => *rows = RowBits::NONE,
            Some(Node::Not(inner)) => {
                if let Some(Node::Atom(index)) = conditions.shared.nodes.get(*inner) {
                    self.keep_atom(*inner, *index, block);
                    rows.exclude(self.kept.get(*inner).map_or(&RowBits::NONE, |kept| kept.mask(!possible)));
                    return;
                }
                let mut opposite = *rows;
                self.restrict(*inner, !possible, block, open, &mut opposite);
                *rows = rows.and_not(opposite);
            }
            Some(Node::All(parts)) => {
                for part in parts {
                    if rows.is_empty() {
                        break;
                    }
                    self.restrict(*part, possible, block, open, rows);
                }
            }
            Some(Node::Any(parts)) => {
                let mut left = *rows;
                for part in parts {
                    if left.is_empty() {
                        break;
                    }
                    let mut found = left;
                    self.restrict(*part, possible, block, open, &mut found);
                    left = left.and_not(found);
                }
                *rows = rows.and_not(left);
            }
        }
    }

    /// Computes both masks of an atom, unless they are of this block already.
    fn keep_atom(&mut self, id: NodeId, index: usize, block: &Block<'_, W>) {
        let Some(kept) = self.kept.get_mut(id) else { return };
        if kept.stamps == [self.stamp; 2] {
            return;
        }
        kept.stamps = [self.stamp; 2];
        let conditions = self.conditions;
        let Some(atom) = conditions.shared.atoms.get(index) else { return };
        let found = match (&atom.root, conditions.texts.members(index)) {
            (Tree::Number { slot, test: Test::Compare(relation, operand) }, _) => match block.slot(*slot) {
                Some(Slot { cells: Cells::Numbers(values), missing }) => {
                    Some((compared(block.level(), *relation, values, Other::Same(*operand)), missing))
                }
                _ => None,
            },
            (Tree::Integer { slot, test: Test::Compare(relation, operand) }, _) => match block.slot(*slot) {
                Some(Slot { cells: Cells::Integers(values), missing }) => {
                    Some((compared(block.level(), *relation, values, Other::Same(*operand)), missing))
                }
                _ => None,
            },
            (Tree::Text { slot, .. }, Some(members)) => {
                block.slot(*slot).zip(self.texts.get_mut(members.set)).map(|(slot, kept)| {
                    let place = (block.start(), self.stamp);
                    (conditions.texts.among(members, place, block.level(), kept), &slot.missing)
                })
            }
            _ => None,
        };
        if let Some((passed, missing)) = found {
            let [sure, maybe] = &mut kept.masks;
            let words = passed.0.iter().zip(&missing.0).zip(sure.0.iter_mut().zip(&mut maybe.0));
            for ((passed, missing), (sure, maybe)) in words {
                *sure = passed & !missing;
                *maybe = passed | missing;
            }
        } else if let Some(ready) = conditions.atoms.get(index) {
            let outcomes = ready.evaluate(block);
            kept.masks = [outcomes.yes, outcomes.possible()];
        }
    }
}
