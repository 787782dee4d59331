//! The space of all records, cut by the tests of conditions, and what conditions are in it.

use std::cmp::Ordering;

use super::axis::{Axis, FALSE, TRUE, UNKNOWN, What, sides};
use super::cuboid::Cuboid;
use super::ranges::Ranges;
use crate::expr::Expression;
use crate::expr::condition::{Condition, Test, Tree};
use crate::expr::schema::{Field, FieldSet};
use crate::expr::syntax::Relation;
use crate::expr::term::PatternPlace;

/// Axes for everything that some conditions test.
///
/// Tests of one field against literals are exact. What is computed, and how two fields compare, has axes of its own, as
/// if it did not depend on the fields: the space then has cells without a record, but never lacks one with a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Space {
    pub(super) axes: Vec<Axis>,
    /// By slot.
    by_slot: Vec<Option<u32>>,
    /// Those that are not of fields.
    others: Vec<u32>,
    /// Whether there shall be axes of fields alone.
    of_fields: bool,
}

/// What a condition shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    True,
    False,
    /// True or unknown.
    NotFalse,
    /// False or unknown.
    NotTrue,
}

impl Want {
    fn opposite(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotFalse => Self::NotTrue,
            Self::NotTrue => Self::NotFalse,
        }
    }

    /// The cells with this outcome, of those where a test holds, those where it does not, and all.
    fn of(self, holds: Ranges, fails: Ranges, domain: &Ranges) -> Ranges {
        match self {
            Self::True => holds,
            Self::False => fails,
            Self::NotFalse => domain.without(&fails),
            Self::NotTrue => domain.without(&holds),
        }
    }
}

/// What analysis may still spend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps(pub(crate) u64);

impl Steps {
    /// `None` where it is spent.
    pub(crate) fn spend(&mut self, steps: usize) -> Option<()> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.map(|_| ())
    }
}

/// Records in parts.
pub(crate) type Region = Vec<Cuboid>;

/// So many axes of what is no field are told apart.
const MOST_OTHERS: usize = 256;
/// A condition of more parts is left out.
const MOST_PARTS: usize = 1_024;
/// So many parts are compared with each other to be merged.
const FEW_PARTS: usize = 32;

impl Space {
    /// A space without axes yet.
    pub(super) fn new(fields: &FieldSet) -> Self {
        Self { by_slot: vec![None; fields.len()], ..Self::default() }
    }

    /// The space of some conditions over these fields.
    pub(crate) fn over<'c>(fields: &FieldSet, conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut space = Self::new(fields);
        for condition in conditions {
            space.cut(&condition.root, fields);
        }
        space.finish(fields);
        space
    }

    /// Says which cells there are, after all cuts.
    pub(super) fn finish(&mut self, fields: &FieldSet) {
        for axis in &mut self.axes {
            let closed =
                matches!(axis.what, What::Slot(slot) if fields.at(slot).is_some_and(Field::is_closed));
            axis.finish(closed);
        }
    }

    /// The space of what conditions test of single fields, for an index: with every cell that a value may be in, whatever
    /// the fields declare.
    pub(super) fn of_fields<'c>(fields: &FieldSet, conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut space = Self { of_fields: true, ..Self::new(fields) };
        for condition in conditions {
            space.cut(&condition.root, fields);
        }
        for axis in &mut space.axes {
            axis.sort();
            axis.domain = Ranges::of(0, axis.cells());
        }
        space
    }

    /// A part with all records for which a condition is as wanted, and maybe others; `None` where there are none.
    pub(super) fn hull(&self, condition: &Condition, want: Want) -> Option<Cuboid> {
        self.around(&condition.root, want)
    }

    fn around(&self, tree: &Tree, want: Want) -> Option<Cuboid> {
        match tree {
            Tree::All(trees) | Tree::Any(trees) => {
                let mut parts = trees.iter().map(|tree| self.around(tree, want));
                if matches!(tree, Tree::All(_)) == matches!(want, Want::True | Want::NotFalse) {
                    parts.try_fold(Cuboid::default(), |all, part| all.intersection(&part?))
                } else {
                    parts.flatten().reduce(|one, other| one.hull_with(&other))
                }
            }
            Tree::Not(tree) => self.around(tree, want.opposite()),
            _ => match self.atom(tree, want) {
                Some((axis, cells)) => Cuboid::on(axis, cells),
                None => Some(Cuboid::default()),
            },
        }
    }

    /// The slot of an axis, if it is that of a field.
    pub(super) fn slot_of(&self, axis: u32) -> Option<usize> {
        match self.axis(axis)?.what {
            What::Slot(slot) => Some(slot),
            _ => None,
        }
    }

    /// The numbers of the axes.
    pub(crate) fn axes(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.axes.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn axis(&self, index: u32) -> Option<&Axis> {
        self.axes.get(index as usize)
    }

    /// The cells of an axis that some record may be in.
    pub(crate) fn domain(&self, index: u32) -> Option<&Ranges> {
        self.axis(index).map(|axis| &axis.domain)
    }

    /// The axis of a field.
    fn slot(&mut self, slot: usize, fields: &FieldSet) -> Option<&mut Axis> {
        let known = self.by_slot.get(slot).copied()?;
        let index = if let Some(index) = known {
            index
        } else {
            let index = u32::try_from(self.axes.len()).ok()?;
            self.axes.push(Axis::of_field(slot, fields.at(slot)?));
            *self.by_slot.get_mut(slot)? = Some(index);
            index
        };
        self.axes.get_mut(index as usize)
    }

    fn other(&mut self, what: What, fields: &FieldSet) -> Option<&mut Axis> {
        let known = self.other_index(&what);
        let index = if let Some(index) = known {
            index
        } else {
            if self.of_fields || self.others.len() >= MOST_OTHERS {
                return None;
            }
            let index = u32::try_from(self.axes.len()).ok()?;
            self.axes.push(Axis::new(what, fields));
            self.others.push(index);
            index
        };
        self.axes.get_mut(index as usize)
    }

    fn other_index(&self, what: &What) -> Option<u32> {
        self.others.iter().copied().find(|index| self.axis(*index).is_some_and(|axis| axis.what == *what))
    }

    pub(super) fn cut(&mut self, tree: &Tree, fields: &FieldSet) {
        match tree {
            Tree::All(trees) | Tree::Any(trees) => trees.iter().for_each(|tree| self.cut(tree, fields)),
            Tree::Not(tree) => self.cut(tree, fields),
            Tree::If(parts) => parts.iter().for_each(|tree| self.cut(tree, fields)),
            Tree::Same { sides, .. } => sides.iter().for_each(|tree| self.cut(tree, fields)),
            Tree::Missing { slot, .. } | Tree::Boolean { slot, .. } => {
                self.slot(*slot, fields);
            }
            Tree::Number { slot, test } => {
                self.slot(*slot, fields).into_iter().for_each(|axis| axis.cut_numbers(test));
            }
            Tree::Integer { slot, test } => {
                self.slot(*slot, fields).into_iter().for_each(|axis| axis.cut_integers(test));
            }
            Tree::Text { slot, test, .. } => {
                self.slot(*slot, fields).into_iter().for_each(|axis| axis.cut_texts(test));
            }
            Tree::NumberTerm { term, test, written } => {
                if let Some(axis) = self.other(What::Number(term.clone()), fields) {
                    axis.cut_numbers(test);
                    axis.note(written);
                }
            }
            Tree::IntegerTerm { term, test, written } => {
                if let Some(axis) = self.other(What::Integer(term.clone()), fields) {
                    axis.cut_integers(test);
                    axis.note(written);
                }
            }
            Tree::Pattern { slot, .. } => {
                self.slot(*slot, fields);
                let closed = fields.at(*slot).is_some_and(Field::is_closed);
                if !closed && let Some(axis) = self.other(What::Truth(truth(tree)), fields) {
                    axis.label.get_or_insert_with(|| (pattern_text(tree, fields).into(), "".into()));
                }
            }
            // A field with itself: it only has to be there.
            Tree::Fields { left, right, .. } if left == right => {
                self.slot(*left, fields);
            }
            Tree::Fields { .. } => {
                if let Some(Compared { what, .. }) = Compared::of(tree) {
                    self.other(what, fields);
                }
            }
            Tree::NumberTerms { written, .. } | Tree::IntegerTerms { written, .. } => {
                if let Some(Compared { what, turned, .. }) = Compared::of(tree)
                    && let Some(axis) = self.other(what, fields)
                    && axis.label.is_none()
                    && let Some([left, right]) = sides(written)
                {
                    let (left, right) = if turned { (right, left) } else { (left, right) };
                    axis.label = Some((left.to_string().into(), right.to_string().into()));
                }
            }
        }
    }

    /// The records for which a condition is as wanted; `None` where that is too much to tell.
    pub(crate) fn region(&self, condition: &Condition, want: Want, steps: &mut Steps) -> Option<Region> {
        self.read(&condition.root, want, steps)
    }

    fn read(&self, tree: &Tree, want: Want, steps: &mut Steps) -> Option<Region> {
        match tree {
            Tree::All(trees) | Tree::Any(trees) => {
                let all = matches!(tree, Tree::All(_)) == matches!(want, Want::True | Want::NotFalse);
                let mut parts = trees.iter();
                if all {
                    return parts.try_fold(vec![Cuboid::default()], |found, tree| {
                        let next = self.read(tree, want, steps)?;
                        both(&found, &next, steps)
                    });
                }
                let parts = parts.map(|tree| self.read(tree, want, steps)).collect::<Option<Vec<_>>>()?;
                either_of(parts, steps)
            }
            Tree::Not(tree) => self.read(tree, want.opposite(), steps),
            Tree::If(parts) => {
                let [test, yes, no] = &**parts;
                let mut chosen = |outcome: Want, tree: &Tree| {
                    let test = self.read(test, outcome, steps)?;
                    let tree = self.read(tree, want, steps)?;
                    both(&test, &tree, steps)
                };
                let (yes, no) = (chosen(Want::True, yes)?, chosen(Want::False, no)?);
                let found = either(yes, no, steps)?;
                self.or_unknown(found, &[test], want, steps)
            }
            Tree::Same { sides, expected, .. } => {
                let [left, right] = &**sides;
                let same = *expected == matches!(want, Want::True | Want::NotFalse);
                let mut with = |one: Want, two: Want| {
                    let (one, two) = (self.read(left, one, steps)?, self.read(right, two, steps)?);
                    both(&one, &two, steps)
                };
                let (yes, no) = if same { (Want::True, Want::False) } else { (Want::False, Want::True) };
                let found = (with(Want::True, yes)?, with(Want::False, no)?);
                let found = either(found.0, found.1, steps)?;
                self.or_unknown(found, &[left, right], want, steps)
            }
            _ => {
                steps.spend(size(tree))?;
                let (axis, cells) = self.atom(tree, want)?;
                Some(Cuboid::on(axis, cells).into_iter().collect())
            }
        }
    }

    /// Adds the records for which one of the trees is unknown, where unknown outcomes are wanted too.
    fn or_unknown(&self, found: Region, trees: &[&Tree], want: Want, steps: &mut Steps) -> Option<Region> {
        if matches!(want, Want::True | Want::False) {
            return Some(found);
        }
        trees.iter().try_fold(found, |found, tree| {
            let (yes, no) = (self.read(tree, Want::NotFalse, steps)?, self.read(tree, Want::NotTrue, steps)?);
            let unknown = both(&yes, &no, steps)?;
            either(found, unknown, steps)
        })
    }

    /// The axis of a test, and the cells in which it is as wanted.
    fn atom(&self, tree: &Tree, want: Want) -> Option<(u32, Ranges)> {
        let of_slot = |slot: usize| {
            let index = self.by_slot.get(slot).copied().flatten()?;
            Some((index, self.axis(index)?))
        };
        let of_other = |what: &What| {
            let index = self.other_index(what)?;
            Some((index, self.axis(index)?))
        };
        if let Tree::Missing { slot, expected } = tree {
            let (index, axis) = of_slot(*slot)?;
            let missing = Ranges::one(UNKNOWN).intersection(&axis.domain);
            let (holds, fails) = if *expected { (missing, axis.known()) } else { (axis.known(), missing) };
            return Some((index, want.of(holds, fails, &axis.domain)));
        }
        let (index, axis, holds) = match tree {
            Tree::Number { slot, test } => {
                let (index, axis) = of_slot(*slot)?;
                (index, axis, axis.numbers(test))
            }
            Tree::Integer { slot, test } => {
                let (index, axis) = of_slot(*slot)?;
                (index, axis, axis.integers(test))
            }
            Tree::Text { slot, test, .. } => {
                let (index, axis) = of_slot(*slot)?;
                (index, axis, axis.texts(test))
            }
            Tree::Boolean { slot, expected } => {
                let (index, axis) = of_slot(*slot)?;
                (index, axis, Ranges::one(if *expected { TRUE } else { FALSE }))
            }
            Tree::Fields { left, relation, right } if left == right => {
                let (index, axis) = of_slot(*left)?;
                let always = relation.holds(Ordering::Equal);
                (index, axis, if always { axis.known() } else { Ranges::default() })
            }
            Tree::NumberTerm { term, test, .. } => {
                let (index, axis) = of_other(&What::Number(term.clone()))?;
                (index, axis, axis.numbers(test))
            }
            Tree::IntegerTerm { term, test, .. } => {
                let (index, axis) = of_other(&What::Integer(term.clone()))?;
                (index, axis, axis.integers(test))
            }
            Tree::Pattern { slot, pattern, .. } => {
                let (index, axis) = of_slot(*slot)?;
                if let Some(holds) = axis.pattern(pattern) {
                    (index, axis, holds)
                } else {
                    let (index, axis) = of_other(&What::Truth(truth(tree)))?;
                    (index, axis, Ranges::one(TRUE))
                }
            }
            _ => {
                let Compared { what, relation, .. } = Compared::of(tree)?;
                let (index, axis) = of_other(&what)?;
                (index, axis, relation.cells())
            }
        };
        let holds = holds.intersection(&axis.domain);
        let fails = axis.known().without(&holds);
        Some((index, want.of(holds, fails, &axis.domain)))
    }
}

/// What it costs to look at a test.
fn size(tree: &Tree) -> usize {
    match tree {
        Tree::Number { test: Test::Among(among), .. } => among.values().len().saturating_add(1),
        Tree::Integer { test: Test::Among(among), .. } => among.values().len().saturating_add(1),
        Tree::Text { test, .. } => test.values().len().saturating_add(1),
        Tree::NumberTerm { written, .. }
        | Tree::IntegerTerm { written, .. }
        | Tree::NumberTerms { written, .. }
        | Tree::IntegerTerms { written, .. } => written.len().saturating_add(16),
        _ => 1,
    }
}

/// The records in both regions.
pub(super) fn both(left: &[Cuboid], right: &[Cuboid], steps: &mut Steps) -> Option<Region> {
    let mut found = Vec::new();
    for one in left {
        for other in right {
            steps.spend(one.size().saturating_add(other.size()))?;
            if let Some(both) = one.intersection(other) {
                add(&mut found, both, steps)?;
            }
        }
    }
    Some(found)
}

/// The records in either region.
fn either(left: Region, right: Region, steps: &mut Steps) -> Option<Region> {
    right.into_iter().try_fold(left, |mut found, cuboid| {
        add(&mut found, cuboid, steps)?;
        Some(found)
    })
}

/// The records in any of the regions: two and two together, as a long list grows with each addition.
fn either_of(mut regions: Vec<Region>, steps: &mut Steps) -> Option<Region> {
    while regions.len() > 1 {
        let mut halves = Vec::with_capacity(regions.len().div_ceil(2));
        let mut rest = regions.into_iter();
        while let Some(left) = rest.next() {
            halves.push(match rest.next() {
                Some(right) => either(left, right, steps)?,
                None => left,
            });
        }
        regions = halves;
    }
    Some(regions.pop().unwrap_or_default())
}

/// Adds records to a region, as one part with others where they make one.
pub(super) fn add(region: &mut Region, mut cuboid: Cuboid, steps: &mut Steps) -> Option<()> {
    let mut at = 0;
    while region.len() <= FEW_PARTS
        && let Some(known) = region.get(at)
    {
        // A step is some ranges.
        steps.spend(known.size().saturating_add(cuboid.size()) / 8 + 1)?;
        if let Some(merged) = known.merged(&cuboid) {
            cuboid = merged;
            region.swap_remove(at);
            at = 0;
        } else {
            at = at.saturating_add(1);
        }
    }
    region.push(cuboid);
    (region.len() <= MOST_PARTS).then_some(())
}

/// A pattern by its meaning: its place among the tests of its condition does not count.
fn truth(tree: &Tree) -> Tree {
    match tree {
        Tree::Pattern { slot, pattern, .. } => {
            Tree::Pattern { slot: *slot, index: 0, pattern: pattern.clone() }
        }
        other => other.clone(),
    }
}

fn pattern_text(tree: &Tree, fields: &FieldSet) -> String {
    let Tree::Pattern { slot, pattern, .. } = tree else { return String::new() };
    let name = fields.at(*slot).map(|field| Expression::name(field.id())).unwrap_or_default();
    let call =
        PatternPlace::ALL.iter().find(|(_, place)| *place == pattern.place).map_or("", |(call, _)| call);
    format!("{name}.{call}({})", Expression::text(&pattern.needle))
}

/// What a test compares, with its sides in a fixed order.
struct Compared {
    what: What,
    relation: Relation,
    /// Whether the sides were exchanged.
    turned: bool,
}

impl Compared {
    fn of(tree: &Tree) -> Option<Self> {
        let (what, relation, turned) = match tree {
            Tree::Fields { left, relation, right } if left <= right => {
                (What::Fields(*left, *right), *relation, false)
            }
            Tree::Fields { left, relation, right } => (What::Fields(*right, *left), *relation, true),
            Tree::NumberTerms { sides, relation, .. } => {
                let (sides, turned) = in_order(sides);
                (What::Numbers(sides), *relation, turned)
            }
            Tree::IntegerTerms { sides, relation, .. } => {
                let (sides, turned) = in_order(sides);
                (What::Integers(sides), *relation, turned)
            }
            _ => return None,
        };
        Some(Self { what, relation: if turned { relation.mirrored() } else { relation }, turned })
    }
}

/// Terms have no order but that of how they are shown.
fn in_order<T: Clone + std::fmt::Debug>(sides: &[T; 2]) -> (Box<[T; 2]>, bool) {
    let [left, right] = sides.clone();
    let turned = format!("{left:?}") > format!("{right:?}");
    (Box::new(if turned { [right, left] } else { [left, right] }), turned)
}
