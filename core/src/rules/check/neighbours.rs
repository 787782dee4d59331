//! Which rules may match one record: pairs whose parts meet, found along the axis that keeps the most apart.

use crate::expr::{Cuboid, Region, Space, Steps};

/// The least and the greatest cell of a rule on an axis.
type Span = (u32, u32);

/// For every rule those before it in the order given that meet it; `None` where the steps are spent before.
pub(super) fn neighbours(space: &Space, regions: &[Region], steps: &mut Steps) -> Option<Vec<Vec<usize>>> {
    let mut found = vec![Vec::new(); regions.len()];
    let mut sorted: Vec<(Span, usize)> = Vec::new();
    let axis = best_axis(space, regions);
    for (rule, region) in regions.iter().enumerate().filter(|(_, region)| !region.is_empty()) {
        sorted.push((axis.map_or((0, 0), |axis| span(space, region, axis)), rule));
    }
    sorted.sort_unstable();
    for (index, ((_, last), rule)) in sorted.iter().enumerate() {
        for ((start, _), other) in sorted.iter().skip(index.saturating_add(1)) {
            steps.spend(1)?;
            if start > last {
                break;
            }
            let (Some(one), Some(two)) = (regions.get(*rule), regions.get(*other)) else { continue };
            steps.spend(one.len().saturating_mul(two.len()).saturating_mul(2))?;
            if one.iter().any(|part| two.iter().any(|other| !part.is_apart(other))) {
                let (early, late) = (rule.min(other), rule.max(other));
                found.get_mut(*late).into_iter().for_each(|found: &mut Vec<usize>| found.push(*early));
            }
        }
    }
    for found in &mut found {
        found.sort_unstable();
    }
    Some(found)
}

fn span(space: &Space, region: &[Cuboid], axis: u32) -> Span {
    let all =
        || space.domain(axis).map_or((0, 0), |domain| (0, domain.iter().last().map_or(0, |(_, end)| end)));
    let of = |part: &Cuboid| {
        let cells = part.get(axis)?;
        Some((cells.iter().next()?.0, cells.iter().last()?.1.saturating_sub(1)))
    };
    let spans = region.iter().map(|part| of(part).unwrap_or_else(all));
    spans.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1))).unwrap_or_else(all)
}

/// The axis along which the fewest pairs meet.
fn best_axis(space: &Space, regions: &[Region]) -> Option<u32> {
    space.axes().min_by_key(|axis| {
        let spans =
            regions.iter().filter(|region| !region.is_empty()).map(|region| span(space, region, *axis));
        let (mut starts, mut ends): (Vec<u32>, Vec<u32>) = spans.unzip();
        starts.sort_unstable();
        ends.sort_unstable();
        // Each begins while so many others have not ended.
        let open =
            |(index, start): (usize, &u32)| index.saturating_sub(ends.partition_point(|end| end < start));
        starts.iter().enumerate().map(open).sum::<usize>()
    })
}
