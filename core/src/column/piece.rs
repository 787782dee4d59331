//! The pieces of a call over columns: what one thread works on at a time, and how outputs are handed to them.

use super::{Batch, Column};
use crate::error::{Problem, data, nearest};

/// Rows of one piece of work: large enough to keep a thread busy, small enough to share evenly.
pub(crate) const PIECE: usize = 32_768;

/// A batch with the place of its rows in the whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) batch: usize,
    /// The first row within the batch.
    pub(crate) start: usize,
    pub(crate) rows: usize,
    /// Rows of all batches before this one.
    pub(crate) offset: usize,
}

/// The pieces of all batches, in order.
pub(crate) fn pieces(batches: &[Batch<'_>]) -> Vec<Piece> {
    let mut offset = 0_usize;
    let mut pieces = Vec::new();
    for (index, batch) in batches.iter().enumerate() {
        for start in (0..batch.len()).step_by(PIECE) {
            let rows = PIECE.min(batch.len().saturating_sub(start));
            pieces.push(Piece { batch: index, start, rows, offset });
        }
        offset = offset.saturating_add(batch.len());
    }
    pieces
}

/// Takes the first `rows` of a slice away from it.
#[expect(clippy::mut_mut, reason = "the slice that the caller holds is cut")]
pub(crate) fn take<'t, T>(rest: &mut &'t mut [T], rows: usize) -> &'t mut [T] {
    let all = std::mem::take(rest);
    let (first, later) = all.split_at_mut(rows.min(all.len()));
    *rest = later;
    first
}

/// Chunks of one data set raise the same problem of a column once.
pub(crate) fn distinct(problems: Vec<Problem>) -> Vec<Problem> {
    let mut distinct: Vec<Problem> = Vec::new();
    for problem in problems {
        if !distinct.contains(&problem) {
            distinct.push(problem);
        }
    }
    distinct
}

/// The column of that name; its absence is a problem unless it is optional.
pub(crate) fn find_column<'a>(
    batch: &Batch<'a>,
    name: &str,
    optional: bool,
    problems: &mut Vec<Problem>,
) -> Option<Column<'a>> {
    let column = batch.get(name).cloned();
    if column.is_none() && !optional {
        let problem = Problem::new(data::MISSING_COLUMN, name, "the column is missing");
        problems.push(problem.suggest(nearest(name, batch.names())));
    }
    column
}
