//! Sets of cells of an axis, as ranges.

/// Cells in sorted ranges that neither overlap nor touch; each has its first cell and the one after its last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// The cells from `start` to before `end`.
    pub(crate) fn of(start: u32, end: u32) -> Self {
        Self(if start < end { vec![(start, end)] } else { Vec::new() })
    }

    /// One cell.
    pub(crate) fn one(cell: u32) -> Self {
        Self::of(cell, cell.saturating_add(1))
    }

    /// The ranges, each with its first cell and the one after its last.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, u32)> {
        self.0.iter().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cells in order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = u32> {
        self.iter().flat_map(|(start, end)| start..end)
    }

    pub(crate) fn contains(&self, cell: u32) -> bool {
        let after = self.0.partition_point(|(start, _)| *start <= cell);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, end)| cell < *end)
    }

    pub(super) fn push(&mut self, start: u32, end: u32) {
        match self.0.last_mut() {
            _ if start >= end => {}
            Some((_, last)) if *last >= start => *last = end.max(*last),
            _ => self.0.push((start, end)),
        }
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut all: Vec<(u32, u32)> = self.iter().chain(other.iter()).collect();
        all.sort_unstable();
        let mut union = Self::default();
        for (start, end) in all {
            union.push(start, end);
        }
        union
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut found = Self::default();
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        while let (Some((start, end)), Some((other_start, other_end))) = (left.peek(), right.peek()) {
            found.push(*start.max(other_start), *end.min(other_end));
            if end < other_end {
                left.next();
            } else {
                right.next();
            }
        }
        found
    }

    /// Whether no cell is in both.
    pub(crate) fn is_apart(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        while let (Some((start, end)), Some((other_start, other_end))) = (left.peek(), right.peek()) {
            if start < other_end && other_start < end {
                return false;
            }
            if end < other_end {
                left.next();
            } else {
                right.next();
            }
        }
        true
    }

    /// Those cells that the other does not have.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut found = Self::default();
        let mut removed = other.iter().peekable();
        for (mut start, end) in self.iter() {
            while let Some((from, to)) = removed.peek().copied().filter(|(from, _)| *from < end) {
                found.push(start, from);
                start = start.max(to);
                if to > end {
                    break;
                }
                removed.next();
            }
            found.push(start, end);
        }
        found
    }

    /// Whether the other has every cell.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.without(other).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(cells: &BTreeSet<u32>) -> Ranges {
        let mut ranges = Ranges::default();
        for cell in cells {
            ranges.push(*cell, cell + 1);
        }
        ranges
    }

    proptest! {
        #[test]
        fn they_are_sets(left in prop::collection::btree_set(0_u32..24, 0..20), right in prop::collection::btree_set(0_u32..24, 0..20)) {
            let (a, b) = (of(&left), of(&right));
            prop_assert_eq!(a.union(&b), of(&left.union(&right).copied().collect()));
            prop_assert_eq!(a.intersection(&b), of(&left.intersection(&right).copied().collect()));
            prop_assert_eq!(a.without(&b), of(&left.difference(&right).copied().collect()));
            prop_assert_eq!(a.is_within(&b), left.is_subset(&right));
            prop_assert_eq!(a.is_apart(&b), left.is_disjoint(&right));
            prop_assert_eq!(a.cells().collect::<BTreeSet<_>>(), left.clone());
            for cell in 0..25 {
                prop_assert_eq!(a.contains(cell), left.contains(&cell));
            }
        }
    }
}
