//! The smallest change of a record for which a condition holds.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::{Axis, Cuts, UNKNOWN, What};
use super::cuboid::Cuboid;
use super::ranges::Ranges;
use super::shown::Shown;
use super::space::{Region, Space, Steps, Want, both};
use crate::column::Scalar;
use crate::expr::condition::{Condition, Tree};
use crate::expr::schema::FieldSet;
use crate::expr::value::Value;

/// One field that has to change, or one comparison of something computed that has to hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// The field, or the whole of a comparison of something computed.
    pub(crate) tested: String,
    /// What is expected of the value, such as `> 300`.
    pub(crate) expected: String,
    /// The value; `None` where it is missing.
    pub(crate) actual: Option<String>,
    /// The nearest value that is as expected, with how it is written; `None` for a comparison.
    pub(crate) value: Option<(Scalar, String)>,
}

/// What is nearest to a record of all for which a condition holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Nearest {
    /// What differs, in the order of the condition.
    Found(Vec<Change>),
    /// The condition contradicts itself.
    Never,
    /// The steps were not enough to tell.
    Unknown,
}

impl Condition {
    /// The fewest changes of a record for which the condition passes; `unknown` says whether an unknown outcome does.
    ///
    /// Of as few changes those with the fewest comparisons, then those that are nearest, counted in cells; then those of
    /// fields that the condition tests first.
    pub(crate) fn nearest(
        &self,
        values: &[Value<'_>],
        fields: &FieldSet,
        unknown: bool,
        steps: &mut Steps,
    ) -> Nearest {
        let (space, cells) = Space::of_record(self, values, fields);
        let search = Search { space: &space, cells, values, fields };
        search.nearest(&self.parts(), unknown, steps).unwrap_or(Nearest::Unknown)
    }
}

/// Changes, comparisons among them, thresholds between, the axes, and how far the values are on each.
type Cost = (usize, usize, u64, Vec<u32>, Vec<u64>);

/// What has to change: by axis the value that a field gets, or none for a comparison that has to hold.
type Way = Vec<(u32, Option<Value<'static>>)>;

struct Search<'a> {
    space: &'a Space,
    /// The cells of the record.
    cells: Vec<u32>,
    values: &'a [Value<'a>],
    fields: &'a FieldSet,
}

impl Search<'_> {
    /// The changes for which all parts pass: those of each group, as groups do not depend on each other. `None` where the
    /// steps are spent.
    fn nearest(&self, parts: &[Condition], unknown: bool, steps: &mut Steps) -> Option<Nearest> {
        let want = if unknown { Want::NotFalse } else { Want::True };
        let regions: Vec<Region> =
            parts.iter().map(|part| self.space.region(part, want, steps)).collect::<Option<_>>()?;
        let fails = |place: &usize| {
            parts.get(*place).is_some_and(|part| !part.evaluate(self.values).unwrap_or(unknown))
        };
        let mut changes = Vec::new();
        for group in self.groups(&regions, steps)? {
            if !group.iter().any(fails) {
                continue;
            }
            let mut of_parts = group.iter().filter_map(|place| regions.get(*place));
            let all = of_parts.try_fold(vec![Cuboid::default()], |all, region| both(&all, region, steps))?;
            let Some((part, way)) = self.best(&all, steps)? else { return Some(Nearest::Never) };
            changes.extend(self.told(part, way));
        }
        Some(Nearest::Found(changes))
    }

    /// The places of the parts, of those together that have fields in common.
    fn groups(&self, regions: &[Region], steps: &mut Steps) -> Option<Vec<Vec<usize>>> {
        let mut slots: Vec<BTreeSet<usize>> = Vec::with_capacity(regions.len());
        let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, region) in regions.iter().enumerate() {
            let axes: BTreeSet<u32> = region.iter().flat_map(Cuboid::iter).map(|(axis, _)| axis).collect();
            let own: BTreeSet<usize> = axes.into_iter().flat_map(|axis| self.slots(axis)).collect();
            steps.spend(own.len().saturating_add(1))?;
            for slot in &own {
                places.entry(*slot).or_default().push(place);
            }
            slots.push(own);
        }
        let mut seen = vec![false; regions.len()];
        let mut groups = Vec::new();
        for start in 0..regions.len() {
            let (mut group, mut next) = (Vec::new(), vec![start]);
            while let Some(place) = next.pop() {
                if seen.get_mut(place).is_none_or(|seen| std::mem::replace(seen, true)) {
                    continue;
                }
                group.push(place);
                // Whoever has the slot is found once.
                let same = slots.get(place).into_iter().flatten().filter_map(|slot| places.remove(slot));
                next.extend(same.flatten());
            }
            group.sort_unstable();
            groups.push(group);
        }
        Some(groups)
    }

    /// The fields that an axis depends on; all where that takes a closer look.
    fn slots(&self, axis: u32) -> Vec<usize> {
        match self.space.axis(axis).map(|axis| &axis.what) {
            Some(What::Slot(slot) | What::Truth(Tree::Pattern { slot, .. })) => vec![*slot],
            Some(What::Fields(left, right)) => vec![*left, *right],
            _ => (0..self.fields.len()).collect(),
        }
    }

    /// The part that is nearest, with the way into it; within, `None` where there is no part.
    #[expect(clippy::option_option, reason = "spent and nowhere are different outcomes")]
    fn best<'p>(&self, region: &'p [Cuboid], steps: &mut Steps) -> Option<Option<(&'p Cuboid, Way)>> {
        let mut best: Option<(Cost, &Cuboid, Way)> = None;
        for part in region {
            steps.spend(part.size())?;
            let Some((cost, way)) = self.way(part) else { continue };
            if best.as_ref().is_none_or(|(known, ..)| cost < *known) {
                best = Some((cost, part, way));
            }
        }
        Some(best.map(|(_, part, way)| (part, way)))
    }

    /// The way from the record into a part.
    fn way(&self, part: &Cuboid) -> Option<(Cost, Way)> {
        let mut way = Way::new();
        let mut thresholds = 0_u64;
        let mut distances = Vec::new();
        let mut computed = false;
        for (index, cells) in part.iter() {
            let axis = self.space.axis(index)?;
            let What::Slot(slot) = axis.what else {
                computed = true;
                continue;
            };
            let own = self.cells.get(index as usize).copied()?;
            if !cells.contains(own) {
                let from = self.values.get(slot).unwrap_or(&Value::Missing);
                let value = axis.nearest(cells, (slot, from), self.fields)?;
                thresholds = thresholds.saturating_add(between(axis, own, axis.cell_of(&value)).into());
                distances.push(distance(from, &value));
                way.push((index, Some(value)));
            }
        }
        if computed {
            let comparisons = self.comparisons(part, &way);
            way.extend(comparisons);
            way.sort_by_key(|(index, _)| *index);
        }
        let open = way.iter().filter(|(_, value)| value.is_none()).count();
        let axes = way.iter().map(|(index, _)| *index).collect();
        Some(((way.len(), open, thresholds, axes, distances), way))
    }

    /// The comparisons of what is computed that do not hold once fields have changed.
    fn comparisons(&self, part: &Cuboid, way: &Way) -> Way {
        let mut values = self.values.to_vec();
        for (index, value) in way {
            if let (Some(slot), Some(value)) = (self.space.slot_of(*index), value)
                && let Some(own) = values.get_mut(slot)
            {
                *own = value.clone();
            }
        }
        let fails = |(index, cells): (u32, &Ranges)| {
            let axis = self.space.axis(index)?;
            let fails = self.space.slot_of(index).is_none() && !cells.contains(axis.cell_in(&values));
            fails.then_some((index, None))
        };
        part.iter().filter_map(fails).collect()
    }

    fn told(&self, part: &Cuboid, way: Way) -> Vec<Change> {
        way.into_iter().filter_map(|(index, value)| self.change(part, index, value)).collect()
    }

    fn change(&self, part: &Cuboid, index: u32, value: Option<Value<'_>>) -> Option<Change> {
        let (axis, cells) = (self.space.axis(index)?, part.get(index)?);
        let shown = Shown { axis, fields: self.fields };
        let (What::Slot(slot), Some(value)) = (&axis.what, value) else {
            let own = axis.cell_in(self.values);
            let actual = (own != UNKNOWN).then(|| cells.contains(own).to_string());
            return Some(Change {
                tested: shown.text(cells),
                expected: "true".to_owned(),
                actual,
                value: None,
            });
        };
        let scalar = self.fields.scalar(*slot, &value)?;
        let text = match &scalar {
            // The nearest float to a bound may be a very small number.
            Scalar::Float(number) => short(*number),
            _ => self.fields.shown(*slot, &value).unwrap_or_else(|| "missing".to_owned()),
        };
        Some(Change {
            tested: self.fields.at(*slot)?.id().to_owned(),
            expected: shown.expected(*slot, cells),
            actual: self.values.get(*slot).and_then(|value| self.fields.shown(*slot, value)),
            value: Some((scalar, text)),
        })
    }
}

/// A number as text, with an exponent where it would be long.
fn short(number: f64) -> String {
    let text = format!("{number:?}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// How far apart two values of a field are, in an order of its own.
fn distance(one: &Value<'_>, other: &Value<'_>) -> u64 {
    match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => one.abs_diff(*other),
        // Floats that are not negative are in the order of their bits.
        (Value::Number(one), Value::Number(other)) => (one - other).abs().to_bits(),
        _ => 0,
    }
}

/// How many thresholds lie between two cells, of which every other is a threshold.
fn between(axis: &Axis, one: u32, other: u32) -> u32 {
    match axis.cuts {
        Cuts::Numbers(_) | Cuts::Integers(_) if one == UNKNOWN || other == UNKNOWN => axis.cells(),
        Cuts::Numbers(_) | Cuts::Integers(_) => one.abs_diff(other).div_ceil(2),
        Cuts::Texts(_) | Cuts::Truth | Cuts::Order => 1,
    }
}
