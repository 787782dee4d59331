//! The value in some cells that is nearest to another.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::axis::{Axis, Cuts, FALSE, UNKNOWN};
use super::ranges::Ranges;
use super::shown::other_text;
use crate::expr::schema::FieldSet;
use crate::expr::value::{Value, read};

impl Axis {
    /// The value of a field in some of its cells that is nearest to the one it has; of two as near the greater one. Where
    /// it has none, what is nearest to 0 or to the year 2000. Of texts the first that the field lists or else of all.
    pub(super) fn nearest(
        &self,
        cells: &Ranges,
        (slot, from): (usize, &Value<'_>),
        fields: &FieldSet,
    ) -> Option<Value<'static>> {
        let known = cells.without(&Ranges::one(UNKNOWN));
        if known.is_empty() {
            return Some(Value::Missing);
        }
        let any = fields.any_value(slot)?;
        let any = read(fields.at(slot)?.kind(), &any, fields.minor_per_major()).ok()?;
        let from = if *from == Value::Missing { &any } else { from };
        Some(match (&self.cuts, from) {
            (Cuts::Truth, _) => Value::Boolean(!known.contains(FALSE)),
            (Cuts::Numbers(cuts), Value::Number(from)) => Value::Number(nearest_number(cuts, &known, *from)?),
            (Cuts::Integers(cuts), Value::Integer(from)) => {
                Value::Integer(nearest_integer(cuts, self.bounds, &known, *from)?)
            }
            (Cuts::Texts(texts), _) => {
                let holds = |text: &&str| known.contains(self.cell_of(&Value::Text(Cow::Borrowed(text))));
                let listed = fields.at(slot)?.values().find(holds);
                let text = listed.or_else(|| texts.iter().map(|text| &**text).find(holds));
                Value::Text(Cow::Owned(text.map_or_else(|| other_text(texts), str::to_owned)))
            }
            _ => return None,
        })
    }
}

/// What bounds a range of cells: even cells are the cuts, which are in, and odd ones are between them.
fn bounds<T: Copy>(cuts: &[T], (start, end): (u32, u32)) -> [Option<(T, bool)>; 2] {
    let cut = |cell: u32| cuts.get(cell.checked_sub(2)? as usize / 2).copied();
    let last = end.saturating_sub(1);
    let bound = |cell: u32, beside: u32| {
        if cell.is_multiple_of(2) { Some((cut(cell)?, true)) } else { Some((cut(beside)?, false)) }
    };
    [bound(start, start.saturating_sub(1)), bound(last, last.saturating_add(1))]
}

fn nearest_number(cuts: &[f64], cells: &Ranges, from: f64) -> Option<f64> {
    let nearest = |range: (u32, u32)| {
        let [low, high] = bounds(cuts, range);
        let low = low.map_or(f64::MIN, |(cut, is_in)| if is_in { cut } else { cut.next_up() });
        let high = high.map_or(f64::MAX, |(cut, is_in)| if is_in { cut } else { cut.next_down() });
        // Zero has one form.
        (low <= high).then(|| from.clamp(low, high) + 0.0)
    };
    // Later ones are greater.
    cells
        .iter()
        .rev()
        .filter_map(nearest)
        .min_by(|one, other| (one - from).abs().total_cmp(&(other - from).abs()))
}

fn nearest_integer(cuts: &[i64], (least, greatest): (i64, i64), cells: &Ranges, from: i64) -> Option<i64> {
    let nearest = |range: (u32, u32)| {
        let [low, high] = bounds(cuts, range);
        let low = match low {
            None => least,
            Some((cut, true)) => cut,
            Some((cut, false)) => cut.checked_add(1)?.max(least),
        };
        let high = match high {
            None => greatest,
            Some((cut, true)) => cut,
            Some((cut, false)) => cut.checked_sub(1)?.min(greatest),
        };
        (low <= high).then(|| from.clamp(low, high))
    };
    cells.iter().filter_map(nearest).min_by_key(|found| (found.abs_diff(from), Reverse(*found)))
}
