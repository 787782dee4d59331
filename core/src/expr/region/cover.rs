//! What parts of the space leave uncovered.

use super::cuboid::Cuboid;
use super::ranges::Ranges;
use super::space::{Region, Space, Steps, add};

/// Fewer parts are taken away one by one.
const FEW: usize = 12;

impl Space {
    /// Adds to `found` what the parts leave of a piece, until there are `most`; `None` where the steps are spent before.
    pub(crate) fn uncovered(
        &self,
        piece: &Cuboid,
        parts: &[&Cuboid],
        most: usize,
        found: &mut Region,
        steps: &mut Steps,
    ) -> Option<()> {
        steps.spend(parts.len().saturating_add(1))?;
        let near: Vec<&Cuboid> = parts.iter().copied().filter(|part| !part.is_apart(piece)).collect();
        if near.iter().any(|part| self.covers(part, piece)) || found.len() >= most {
            return Some(());
        }
        if near.is_empty() {
            return add(found, piece.clone(), steps);
        }
        if near.len() > FEW
            && let Some(halves) = self.halved(piece, &near)
        {
            return halves.iter().try_for_each(|half| self.uncovered(half, &near, most, found, steps));
        }
        let (Some(first), Some(others)) = (near.first(), near.get(1..)) else { return Some(()) };
        let mut rest = Vec::new();
        piece.without(first, |axis| self.domain(axis), &mut rest);
        rest.iter().try_for_each(|rest| self.uncovered(rest, others, most, found, steps))
    }

    /// Whether every record of the piece is in the part.
    fn covers(&self, part: &Cuboid, piece: &Cuboid) -> bool {
        part.iter().all(|(axis, cells)| {
            let own = piece.get(axis).or_else(|| self.domain(axis));
            own.is_some_and(|own| own.is_within(cells))
        })
    }

    /// The piece in two, where that keeps the most parts out of one of them.
    fn halved(&self, piece: &Cuboid, near: &[&Cuboid]) -> Option<[Cuboid; 2]> {
        let mut best: Option<(usize, [Cuboid; 2])> = None;
        for axis in self.axes() {
            let Some(own) = piece.get(axis).or_else(|| self.domain(axis)) else { continue };
            let mut starts: Vec<u32> = near
                .iter()
                .filter_map(|part| part.get(axis)?.intersection(own).iter().next().map(|(start, _)| start))
                .collect();
            starts.sort_unstable();
            let Some(middle) = starts.get(starts.len() / 2).copied() else { continue };
            let below = own.intersection(&Ranges::of(0, middle));
            let above = own.without(&below);
            let (Some(low), Some(high)) = (piece.narrowed(axis, below), piece.narrowed(axis, above)) else {
                continue;
            };
            let count = |half: &Cuboid| near.iter().filter(|part| !part.is_apart(half)).count();
            let cost = count(&low).max(count(&high));
            if cost < near.len() && best.as_ref().is_none_or(|(known, _)| cost < *known) {
                best = Some((cost, [low, high]));
            }
        }
        best.map(|(_, halves)| halves)
    }
}
