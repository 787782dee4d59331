//! A policy over columns: the batches are bound once, then their pieces are worked on by threads.

use crate::column::{BLOCK, Batch, Options, Piece, RowFaults, pieces, run, take};
use crate::error::{Problem, Result, contact as code};
use crate::expr::{Block, ColumnShared, RowBits, SharedBlock};

use super::bound::{Bound, CandidateColumns};
use super::check::in_future;
use super::clock::Moment;
use super::entry::Check;
use super::history::{History, Key, note};
use super::judge::{Applied, Occasion, Past, next_allowed};
use super::policy::ContactPolicy;
use super::readers::{Fault, Words};
use super::verdicts::{ContactStatus, MISSING_MOMENT, Verdicts};

impl ContactPolicy {
    /// Whether the customer of every row may be contacted. Each batch is a chunk of the same data; rows may be about the
    /// same customer, on several channels.
    ///
    /// Rows have the columns of [`ContactPolicy::inputs`], and `channel`, `kind` and `now` as far as `candidates` does not
    /// give them. Contacts, where there are any, have `customer`, `at`, `channel`, and `kind` and `outcome` where the
    /// policy has such; rows have `customer` too then. Both are sorted by customer, ascending: integers by size, texts by
    /// bytes; contacts of one customer come in any order. Contacts of customers that no row is about are not read, only
    /// [counted](Verdicts::unmatched_contacts). Columns of rows are renamed by `options.columns`.
    ///
    /// Rows give the same results as [`ContactPolicy::check`], whatever the options.
    ///
    /// # Errors
    /// Missing columns and wrong types; rows that are not sorted; with [`OnError::Raise`](crate::OnError::Raise) also
    /// every row, and every contact of its customer, that cannot be used.
    pub fn check_columns(
        &self,
        batches: &[Batch<'_>],
        candidates: &CandidateColumns,
        contacts: &[Batch<'_>],
        options: &Options,
    ) -> Result<Verdicts> {
        let (bound, history) = self.bind_all(batches, candidates, contacts, options)?;
        let shared: Vec<_> = bound.iter().map(|bound| self.0.shared.over(&bound.columns)).collect();
        let mut verdicts = Verdicts::of_rows(self, batches.iter().map(Batch::len).sum());
        let parts = split(&mut verdicts, pieces(batches));
        let done = run(options, parts, |(piece, out)| {
            let mut worker = Worker::new(self, &bound, &shared, &history, piece, options);
            if let Some(worker) = &mut worker {
                worker.piece(out);
            }
            worker.map(|worker| (worker.faults, worker.contact_faults, worker.matched))
        });
        let (mut faults, mut matched) = (Vec::new(), 0_usize);
        for (of_rows, of_contacts, count) in done.into_iter().flatten() {
            faults.extend([of_rows, of_contacts]);
            matched = matched.saturating_add(count);
        }
        verdicts.unmatched_contacts = history.len().saturating_sub(matched);
        verdicts.problems = RowFaults::finish(faults, options)?;
        Ok(verdicts)
    }
}

/// The rows of a piece's output.
struct Output<'t> {
    status: &'t mut [u8],
    reason: &'t mut [i32],
    next_allowed: &'t mut [i64],
}

fn split(verdicts: &mut Verdicts, pieces: Vec<Piece>) -> Vec<(Piece, Output<'_>)> {
    let (mut status, mut reason) = (&mut *verdicts.status, &mut *verdicts.reason);
    let mut next_allowed = &mut *verdicts.next_allowed;
    let part = |piece: Piece| {
        let rows = piece.rows;
        let out = Output {
            status: take(&mut status, rows),
            reason: take(&mut reason, rows),
            next_allowed: take(&mut next_allowed, rows),
        };
        (piece, out)
    };
    pieces.into_iter().map(part).collect()
}

/// Words of 64 rows in a block.
const WORDS: usize = BLOCK / 64;

/// What one thread needs for one piece.
struct Worker<'c> {
    policy: &'c ContactPolicy,
    bound: &'c Bound<'c>,
    history: &'c History<'c>,
    piece: Piece,
    /// The customer of the row before the piece.
    before: Option<Key<'c>>,
    block: Block<'c>,
    conditions: SharedBlock<'c, WORDS>,
    /// By entry, the rows of the block that it is about.
    about: Vec<RowBits>,
    customer: Customer<'c>,
    /// Memory to work in.
    applied: Vec<Applied<'c>>,
    counted: Vec<Moment>,
    faults: RowFaults,
    contact_faults: RowFaults,
    /// Contacts that belong to a row.
    matched: usize,
}

/// The customer of the last row, with its contacts.
struct Customer<'c> {
    key: Option<Key<'c>>,
    past: Vec<Past>,
    newest: Moment,
    usable: bool,
    /// The first contact that is not of this customer or one before.
    next: usize,
}

impl<'c> Worker<'c> {
    fn new(
        policy: &'c ContactPolicy,
        bound: &'c [Bound<'c>],
        shared: &'c [ColumnShared<'c>],
        history: &'c History<'c>,
        piece: Piece,
        options: &Options,
    ) -> Option<Self> {
        let before = bound.get(..piece.batch)?.iter().rfind(|bound| bound.rows > 0);
        let (bound, shared) = (bound.get(piece.batch)?, shared.get(piece.batch)?);
        let before = match piece.start.checked_sub(1) {
            Some(row) => bound.keys.as_ref().and_then(|keys| keys.get(row)),
            None => before.and_then(|bound| bound.keys.as_ref()?.get(bound.rows.saturating_sub(1))),
        };
        let first = bound.keys.as_ref().and_then(|keys| keys.get(piece.start));
        let next = first.map_or(0, |first| history.first_of(first));
        Some(Self {
            policy,
            bound,
            history,
            piece,
            before,
            block: Block::new(&bound.columns, options.simd.level()),
            conditions: SharedBlock::new(shared),
            about: vec![RowBits::ALL; policy.0.entries.len()],
            customer: Customer { key: None, past: Vec::new(), newest: Moment::MIN, usable: true, next },
            applied: Vec::new(),
            counted: Vec::new(),
            faults: RowFaults::new(options.first_row.saturating_add(piece.offset)),
            contact_faults: RowFaults::new(0),
            matched: 0,
        })
    }

    fn piece(&mut self, out: Output<'_>) {
        let (mut status, mut reason, mut next) = (out.status, out.reason, out.next_allowed);
        for start in (self.piece.start..self.piece.start.saturating_add(self.piece.rows)).step_by(BLOCK) {
            let rows = BLOCK.min(status.len());
            self.load(start);
            let (status, reason) = (take(&mut status, rows), take(&mut reason, rows));
            let lanes = status.iter_mut().zip(reason).zip(take(&mut next, rows));
            for (row, ((status, reason), next)) in lanes.enumerate() {
                let (of_row, first, moment) = self.row(start, row);
                (*status, *reason) = (of_row.code(), first);
                *next =
                    moment.map_or(MISSING_MOMENT, |moment| self.policy.0.offset.timestamp(moment).micros());
            }
        }
    }

    fn load(&mut self, start: usize) {
        self.block.load(start, &mut self.faults);
        self.conditions.begin();
        let valid = self.block.rows().and_not(self.block.invalid());
        let entries = self.policy.0.entries.iter().zip(&self.policy.0.nodes);
        for ((entry, node), about) in entries.zip(&mut self.about) {
            if let Some(node) = node {
                *about = self.conditions.passes(*node, entry.unknown, &self.block, valid);
            }
        }
    }

    /// The status of a row, its first reason, and when it is allowed.
    fn row(&mut self, start: usize, row: usize) -> (ContactStatus, i32, Option<Moment>) {
        const INVALID: (ContactStatus, i32, Option<Moment>) = (ContactStatus::Invalid, -1, None);
        let at = start.saturating_add(row);
        let occasion = self.occasion(at);
        let usable = self.read_contacts(at);
        let Some(occasion) = occasion else { return INVALID };
        if self.customer.newest > occasion.now {
            let shown = |moment| self.policy.0.offset.shown(moment);
            let [.., now] = self.bound.names;
            let problem = || in_future(now, shown(self.customer.newest), &shown(occasion.now));
            self.faults.note(now, code::FUTURE_CONTACT, at, problem);
            return INVALID;
        }
        if !usable || self.block.invalid().get(row) {
            return INVALID;
        }
        self.judge(&occasion, row)
    }

    fn occasion(&mut self, at: usize) -> Option<Occasion> {
        let [channels, kinds, nows] = self.bound.names;
        let faults = &mut self.faults;
        let mut note = |path: &str, problem: Option<Problem>| {
            if let Some(problem) = problem {
                let code = problem.code();
                faults.note(path, code, at, || problem);
            }
        };
        let mut word = |words: &Words<'_>, path: &str| {
            words.get(at).map_err(|fault: Fault| note(path, words.problem(&fault, path, at))).ok()
        };
        let (channel, kind) = (word(&self.bound.channel, channels), word(&self.bound.kind, kinds));
        let now = self.bound.now.get(at);
        let now = now.map_err(|fault| note(nows, self.bound.now.problem(&fault, nows, at))).ok();
        Some(Occasion { channel: channel?, kind: kind?, now: now? })
    }

    /// Reads the contacts of a row's customer, unless the row before was about the same; returns whether all can be used.
    fn read_contacts(&mut self, at: usize) -> bool {
        let key = self.bound.keys.as_ref().and_then(|keys| keys.get(at));
        let Some(key) = key.filter(|_| self.history.len() > 0) else { return true };
        if self.customer.key == Some(key) {
            return self.customer.usable;
        }
        // A customer whose rows began in the piece before was counted there.
        let begun = at == self.piece.start && self.before == Some(key);
        let customer = &mut self.customer;
        let faults = &mut self.contact_faults;
        let first = self.history.advance(customer.next, key);
        let (next, usable) = self.history.read(first, key, &mut customer.past, |contact, path, problem| {
            if !begun {
                note(faults, contact, path, problem);
            }
        });
        if !begun {
            self.matched = self.matched.saturating_add(next.saturating_sub(first));
        }
        customer.newest = customer.past.iter().map(|past| past.at).max().unwrap_or(Moment::MIN);
        (customer.key, customer.usable, customer.next) = (Some(key), usable, next);
        usable
    }

    fn judge(&mut self, occasion: &Occasion, row: usize) -> (ContactStatus, i32, Option<Moment>) {
        let policy = self.policy;
        self.applied.clear();
        let mut first = -1;
        for (position, (entry, about)) in policy.0.entries.iter().zip(&self.about).enumerate() {
            if !entry.concerns(occasion) || !about.get(row) {
                continue;
            }
            let until = entry.until(occasion, &self.customer.past, &mut self.counted);
            if until <= occasion.now && !matches!(entry.check, Check::QuietHours { .. }) {
                continue;
            }
            if first < 0 && entry.blocked(occasion.now, until).is_some() {
                first = i32::try_from(position).unwrap_or(-1);
            }
            self.applied.push((entry, until));
        }
        if first < 0 {
            return (ContactStatus::Allowed, -1, Some(occasion.now));
        }
        (ContactStatus::Blocked, first, next_allowed(&self.applied, occasion.now))
    }
}
