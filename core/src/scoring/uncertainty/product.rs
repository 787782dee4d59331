//! The kernel: sums of weight times value for many weightings and many objects at once.
//!
//! Every sum adds its products in the order of the indicators, each multiplied and then added, so that it has the same bits
//! as the score of one record. Only whole sums stand side by side in vectors. Which of weightings and objects lie along the
//! lanes is the caller's choice: products commute to the bit.

use fearless_simd::Level;

use crate::column::on;

/// Sums side by side in one tile: two vectors of 512 bits, and how many such rows are worked on at once, so that the
/// additions of a tile do not wait for one another.
const LANES: usize = 16;
const ROWS: usize = 4;

/// The factors of some rows, in groups of [`ROWS`], term by term.
#[derive(Debug, Default)]
pub(super) struct Factors {
    terms: usize,
    packed: Vec<[f64; ROWS]>,
}

impl Factors {
    /// Takes rows of as many factors as there are `terms`. Rows that fill up the last group are 0.
    pub(super) fn pack<R: IntoIterator<Item = f64>>(&mut self, terms: usize, rows: impl Iterator<Item = R>) {
        self.terms = terms;
        self.packed.clear();
        for (row, factors) in rows.enumerate() {
            let lane = row % ROWS;
            if lane == 0 {
                self.packed.resize(self.packed.len() + terms, [0.0; ROWS]);
            }
            let group = self.packed.len() - terms;
            let places = self.packed.iter_mut().skip(group).filter_map(|places| places.get_mut(lane));
            places.zip(factors).for_each(|(place, factor)| *place = factor);
        }
    }
}

/// Tiles of the columns, kept from call to call.
#[derive(Debug, Default)]
pub(super) struct Panel(Vec<[f64; LANES]>);

/// Fills `out`, row after row of the width of the columns: `out[row][lane]` is the sum over terms, in order, of
/// `columns[term][lane] * factors[row][term]`, beginning with 0 (so that no sum is -0).
pub(super) fn product(
    level: Option<Level>,
    panel: &mut Panel,
    columns: &[&[f64]],
    factors: &Factors,
    out: &mut [f64],
) {
    let Some(width) = columns.first().map(|column| column.len()).filter(|width| *width > 0) else { return };
    panel.0.resize(columns.len(), [0.0; LANES]);
    for start in (0..width).step_by(LANES) {
        let end = width.min(start + LANES);
        for (tile, column) in panel.0.iter_mut().zip(columns) {
            let values = column.get(start..end).unwrap_or_default();
            tile.iter_mut().zip(values).for_each(|(place, value)| *place = *value);
        }
        on(
            level,
            #[inline(always)]
            || fill(&panel.0, factors, start..end, width, out),
        );
    }
}

#[inline(always)]
fn fill(
    panel: &[[f64; LANES]],
    factors: &Factors,
    lanes: std::ops::Range<usize>,
    width: usize,
    out: &mut [f64],
) {
    let groups = factors.packed.chunks_exact(factors.terms);
    for (group, rows) in groups.zip(out.chunks_mut(ROWS * width)) {
        let sums = tile(panel, group);
        for (row, sums) in rows.chunks_mut(width).zip(&sums) {
            let Some(places) = row.get_mut(lanes.clone()) else { continue };
            match places.as_mut_array::<LANES>() {
                Some(places) => *places = *sums,
                None => places.iter_mut().zip(sums).for_each(|(place, sum)| *place = *sum),
            }
        }
    }
}

#[inline(always)]
fn tile(panel: &[[f64; LANES]], group: &[[f64; ROWS]]) -> [[f64; LANES]; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    for (values, factors) in panel.iter().zip(group) {
        for (sums, factor) in sums.iter_mut().zip(factors) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value * factor;
            }
        }
    }
    sums
}
