//! Which rule decides each row: where rules are few a byte a row, which is all that has to be written for a decision.

use std::sync::OnceLock;

use crate::column::{Options, run};

use super::decide::DecisionStatus;
use super::set::RuleSet;

/// Up to so many rules a byte says which one decides, or that the row is invalid.
const FEW: usize = 127;

/// Rows that are written at once.
const PART: usize = 1 << 16;

/// What decides each row.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    kept: Kept,
    status: OnceLock<Vec<u8>>,
    rule: OnceLock<Vec<i32>>,
    threads: usize,
}

/// What workers write.
#[derive(Clone, Debug)]
enum Kept {
    /// 0 where no rule matches, a rule counted from 1, and one more than there are rules where the row is invalid.
    Bytes { codes: Vec<u8>, rules: usize },
    /// [`DecisionStatus::code`], and the position of the rule, -1 for none, or nothing where several decide.
    Wide { status: Vec<u8>, rule: Vec<i32> },
}

/// The rows of a piece that are still to be written.
pub(super) enum Rest<'t> {
    Bytes(&'t mut [u8]),
    Wide { status: &'t mut [u8], rule: &'t mut [i32] },
}

impl Decided {
    /// Room for so many rows. Zeros come as untouched pages; the workers write every row.
    pub(super) fn of_rows(set: &RuleSet, rows: usize, options: &Options) -> Self {
        let kept = if fits_bytes(set) {
            Kept::Bytes { codes: vec![0; rows], rules: set.rules().len() }
        } else {
            let single = set.hit().is_single();
            Kept::Wide { status: vec![0; rows], rule: vec![0; if single { rows } else { 0 }] }
        };
        Self { kept, status: OnceLock::new(), rule: OnceLock::new(), threads: options.threads }
    }

    pub(super) fn rest(&mut self) -> Rest<'_> {
        match &mut self.kept {
            Kept::Bytes { codes, .. } => Rest::Bytes(codes),
            Kept::Wide { status, rule } => Rest::Wide { status, rule },
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.kept {
            Kept::Bytes { codes, .. } => codes.len(),
            Kept::Wide { status, .. } => status.len(),
        }
    }

    /// What the workers wrote, where that is a byte a row.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match &self.kept {
            Kept::Bytes { codes, .. } => Some(codes),
            Kept::Wide { .. } => None,
        }
    }

    /// [`DecisionStatus::code`] by row.
    pub(super) fn status(&self) -> &[u8] {
        match &self.kept {
            Kept::Wide { status, .. } => status,
            Kept::Bytes { codes, rules } => self.status.get_or_init(|| {
                let [none, matched, refused] =
                    [DecisionStatus::None, DecisionStatus::Matched, DecisionStatus::Invalid]
                        .map(DecisionStatus::code);
                self.by_row(codes, |code| match usize::from(code) {
                    0 => none,
                    code if code > *rules => refused,
                    _ => matched,
                })
            }),
        }
    }

    /// The position of the rule that decides, by row; -1 for none.
    pub(super) fn rule(&self) -> &[i32] {
        match &self.kept {
            Kept::Wide { rule, .. } => rule,
            Kept::Bytes { codes, rules } => self.rule.get_or_init(|| {
                let of = |code: u8| if usize::from(code) > *rules { -1 } else { i32::from(code) - 1 };
                self.by_row(codes, of)
            }),
        }
    }

    /// What the codes stand for, written by as many threads as decided.
    fn by_row<T: Copy + Default + Send>(&self, codes: &[u8], of: impl Fn(u8) -> T + Sync) -> Vec<T> {
        let mut values = vec![T::default(); codes.len()];
        let parts: Vec<_> = values.chunks_mut(PART).zip(codes.chunks(PART)).collect();
        let options = Options { threads: self.threads, ..Options::default() };
        run(&options, parts, |(values, codes)| {
            values.iter_mut().zip(codes).for_each(|(value, code)| *value = of(*code));
        });
        values
    }
}

/// Whether one rule decides and a byte says which.
pub(super) fn fits_bytes(set: &RuleSet) -> bool {
    set.hit().stops() && set.rules().len() <= FEW
}
