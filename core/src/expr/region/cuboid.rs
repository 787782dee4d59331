//! Parts of the space of all records: on some axes certain cells, on all others any.

use super::ranges::Ranges;

/// Records that are in certain cells on some axes. On every axis named there is at least one cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Cuboid(Vec<(u32, Ranges)>);

impl Cuboid {
    /// All records that are in those cells of an axis; `None` where there are no cells.
    pub(crate) fn on(axis: u32, cells: Ranges) -> Option<Self> {
        (!cells.is_empty()).then(|| Self(vec![(axis, cells)]))
    }

    /// The axes with their cells, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Ranges)> {
        self.0.iter().map(|(axis, cells)| (*axis, cells))
    }

    /// The cells on an axis; `None` for any.
    pub(crate) fn get(&self, axis: u32) -> Option<&Ranges> {
        let at = self.0.binary_search_by_key(&axis, |(known, _)| *known).ok()?;
        self.0.get(at).map(|(_, cells)| cells)
    }

    /// With other cells on an axis, which must not be empty.
    fn with(&self, axis: u32, cells: Ranges) -> Self {
        let mut all = self.0.clone();
        match all.binary_search_by_key(&axis, |(known, _)| *known) {
            Ok(at) => all.get_mut(at).into_iter().for_each(|(_, known)| known.clone_from(&cells)),
            Err(at) => all.insert(at, (axis, cells)),
        }
        Self(all)
    }

    /// With other cells on an axis; `None` where there are none.
    pub(super) fn narrowed(&self, axis: u32, cells: Ranges) -> Option<Self> {
        (!cells.is_empty()).then(|| self.with(axis, cells))
    }

    /// The records that are in both.
    pub(crate) fn intersection(&self, other: &Self) -> Option<Self> {
        let mut both = Vec::with_capacity(self.0.len().max(other.0.len()));
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            both.push(match (left.peek(), right.peek()) {
                (Some((axis, cells)), Some((same, others))) if axis == same => {
                    let cells = cells.intersection(others);
                    if cells.is_empty() {
                        return None;
                    }
                    let both = (*axis, cells);
                    left.next();
                    right.next();
                    both
                }
                (Some((axis, _)), Some((later, _))) if axis > later => right.next()?.clone(),
                (Some(_), _) => left.next()?.clone(),
                (None, Some(_)) => right.next()?.clone(),
                (None, None) => return Some(Self(both)),
            });
        }
    }

    /// The smallest part with the records of both.
    pub(super) fn hull_with(&self, other: &Self) -> Self {
        let both = self.0.iter().filter_map(|(axis, cells)| Some((*axis, cells.union(other.get(*axis)?))));
        Self(both.collect())
    }

    /// Whether no record is in both.
    pub(crate) fn is_apart(&self, other: &Self) -> bool {
        // The one with fewer axes is looked up in the other.
        let (few, many) = if self.0.len() <= other.0.len() { (self, other) } else { (other, self) };
        few.iter().any(|(axis, cells)| many.get(axis).is_some_and(|known| cells.is_apart(known)))
    }

    /// What it costs to look at: axes and ranges.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(|(_, cells)| cells.iter().count()).sum::<usize>().saturating_add(1)
    }

    /// Whether every record here is in the other.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        other.iter().all(|(axis, cells)| self.get(axis).is_some_and(|own| own.is_within(cells)))
    }

    /// Adds to `rest`, in parts that have no record in common, the records that are not in the other. `domain` gives all
    /// cells of an axis.
    pub(crate) fn without<'a>(
        &self,
        other: &Self,
        domain: impl Fn(u32) -> Option<&'a Ranges>,
        rest: &mut Vec<Self>,
    ) {
        let mut inner = self.clone();
        for (axis, cells) in other.iter() {
            let Some(own) = inner.get(axis).or_else(|| domain(axis)).cloned() else { continue };
            let outside = own.without(cells);
            let inside = own.intersection(cells);
            if !outside.is_empty() {
                rest.push(inner.with(axis, outside));
            }
            if inside.is_empty() {
                return;
            }
            inner = inner.with(axis, inside);
        }
    }

    /// Both as one, where they differ on one axis at most or one is within the other.
    pub(crate) fn merged(&self, other: &Self) -> Option<Self> {
        if self.is_within(other) {
            return Some(other.clone());
        }
        if other.is_within(self) {
            return Some(self.clone());
        }
        if self.0.len() != other.0.len() || self.0.iter().zip(&other.0).any(|(one, two)| one.0 != two.0) {
            return None;
        }
        let mut differing = self.0.iter().zip(&other.0).filter(|(one, two)| one.1 != two.1);
        match (differing.next(), differing.next()) {
            (Some((one, two)), None) => Some(self.with(one.0, one.1.union(&two.1))),
            _ => None,
        }
    }
}
