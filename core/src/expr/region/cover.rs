//! What parts of the space leave uncovered.

use std::collections::BTreeMap;

use super::cuboid::Cuboid;
use super::ranges::Ranges;
use super::space::{Region, Space, Steps, add};

/// So many axes are tried for a cut.
const MOST_AXES: usize = 4;
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
        // Pieces with the parts that may meet them; a piece is done before those that were there before it.
        let mut work = vec![(piece.clone(), parts.to_vec())];
        while let Some((piece, parts)) = work.pop() {
            if found.len() >= most {
                return Some(());
            }
            steps.spend(parts.iter().map(|part| part.size()).sum::<usize>().saturating_add(piece.size()))?;
            let near: Vec<&Cuboid> = parts.into_iter().filter(|part| !part.is_apart(&piece)).collect();
            if near.iter().any(|part| self.covers(part, &piece)) {
                continue;
            }
            let Some((first, others)) = near.split_first() else {
                add(found, piece, steps)?;
                continue;
            };
            let halves = if near.len() > FEW { self.halved(&piece, &near, steps)? } else { None };
            if let Some([low, high]) = halves {
                work.push((high, near.clone()));
                work.push((low, near));
            } else {
                let mut rest = Vec::new();
                piece.without(first, |axis| self.domain(axis), &mut rest);
                work.extend(rest.into_iter().rev().map(|rest| (rest, others.to_vec())));
            }
        }
        Some(())
    }

    /// Whether every record of the piece is in the part.
    fn covers(&self, part: &Cuboid, piece: &Cuboid) -> bool {
        part.iter().all(|(axis, cells)| {
            let own = piece.get(axis).or_else(|| self.domain(axis));
            own.is_some_and(|own| own.is_within(cells))
        })
    }

    /// The piece in two, where that keeps the most parts out of one of them; `None` where the steps are spent.
    #[expect(clippy::option_option, reason = "spent and not worth it are different outcomes")]
    fn halved(&self, piece: &Cuboid, near: &[&Cuboid], steps: &mut Steps) -> Option<Option<[Cuboid; 2]>> {
        let mut best: Option<(usize, [Cuboid; 2])> = None;
        for axis in often(near) {
            steps.spend(near.len().saturating_mul(3))?;
            let Some(own) = piece.get(axis).or_else(|| self.domain(axis)) else { continue };
            let start =
                |part: &&Cuboid| part.get(axis)?.intersection(own).iter().next().map(|(start, _)| start);
            let mut starts: Vec<u32> = near.iter().filter_map(start).collect();
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
        Some(best.map(|(_, halves)| halves))
    }
}

/// The axes that most parts name, a quarter of them at least: along others nothing is halved.
fn often(near: &[&Cuboid]) -> Vec<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for (axis, _) in near.iter().flat_map(|part| part.iter()) {
        let count = counts.entry(axis).or_default();
        *count = count.saturating_add(1);
    }
    let mut counts: Vec<(u32, usize)> =
        counts.into_iter().filter(|(_, count)| count.saturating_mul(4) >= near.len()).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.into_iter().take(MOST_AXES).map(|(axis, _)| axis).collect()
}
