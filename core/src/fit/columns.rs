//! The column evaluator: a block of customers against every plan.

use fearless_simd::{Level, Simd, dispatch};

use crate::column::{BLOCK, Batch, Options, RowFaults, run};
use crate::error::{Error, Problem, Result, data, fit as code, tariff};
use crate::expr::{Block, ColumnCriterion, Columns, RowBits};
use crate::money::{Decimal, Money};
use crate::tariff::{
    Gathered, Lanes, Piece, UsageColumns, block_totals, distinct, find_column, lane, minor, pieces, take,
};

use super::current::{CurrentColumn, NONE};
use super::matches::{Funnel, Matches, Status};
use super::package::PackageFit;
use super::policy::CurrentPlan;
use super::present::PresentColumn;
use super::ratio::RatioBounds;

/// Everything of a batch that the decision reads, bound once.
struct Bound<'c> {
    usage: UsageColumns<'c>,
    current: CurrentColumn<'c>,
    present_total: PresentColumn<'c>,
    present_fee: PresentColumn<'c>,
    columns: Columns<'c>,
}

/// The criteria over the columns of a batch.
struct Criteria<'c> {
    candidates: Option<ColumnCriterion<'c>>,
    /// By plan of the catalogue.
    eligibility: Vec<Option<ColumnCriterion<'c>>>,
}

impl PackageFit {
    /// The best plan of every customer. Each batch is a chunk of the same data.
    ///
    /// The columns are those of [`PackageFit::inputs`], by these names or as `options.columns` maps them. Rows give the
    /// same results as [`PackageFit::record`], whatever the options.
    ///
    /// # Errors
    /// Missing columns and wrong types; with [`OnError::Raise`](crate::OnError::Raise) also every row that cannot be
    /// used.
    pub fn columns(&self, batches: &[Batch<'_>], options: &Options) -> Result<Matches> {
        let bound = self.bind_all(batches, options)?;
        let criteria: Vec<Criteria<'_>> = bound.iter().map(|bound| self.criteria(&bound.columns)).collect();
        let mut matches = Matches::of_rows(batches.iter().map(Batch::len).sum());
        let level = options.simd.level();
        let parts = split(&mut matches, pieces(batches));
        let results = run(options, parts, |(piece, mut out)| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            let mut funnel = Funnel::default();
            if let (Some(bound), Some(criteria)) = (bound.get(piece.batch), criteria.get(piece.batch)) {
                let mut worker = Worker::new(self, bound, criteria, level);
                for start in (0..piece.rows).step_by(BLOCK) {
                    let rows = BLOCK.min(piece.rows.saturating_sub(start));
                    let first = piece.start.saturating_add(start);
                    worker.block(first, rows, &mut out.next(rows), &mut faults, &mut funnel);
                }
            }
            (funnel, faults)
        });
        let mut all_faults = Vec::with_capacity(results.len());
        for (funnel, faults) in results {
            matches.funnel += funnel;
            all_faults.push(faults);
        }
        RowFaults::finish(all_faults, options)?;
        Ok(matches)
    }

    fn bind_all<'c>(&'c self, batches: &'c [Batch<'_>], options: &'c Options) -> Result<Vec<Bound<'c>>> {
        let mut problems = Vec::new();
        let bound: Vec<_> = batches.iter().filter_map(|batch| self.bind_one(batch, options, &mut problems)).collect();
        if problems.is_empty() { Ok(bound) } else { Err(Error::data(distinct(problems))) }
    }

    fn bind_one<'c>(
        &'c self,
        batch: &'c Batch<'_>,
        options: &'c Options,
        problems: &mut Vec<Problem>,
    ) -> Option<Bound<'c>> {
        let inner = &*self.0;
        let usage = UsageColumns::bind(&inner.catalog, batch, options, problems);
        let name = options.column_of("current_plan");
        let renamed = options.columns.contains_key("current_plan");
        let column = find_column(batch, name, !renamed, problems);
        let found = column.as_ref().map(|column| column.type_name().to_owned());
        let current = CurrentColumn::new(column, &inner.index);
        if let (None, Some(found)) = (&current, found) {
            let problem = Problem::new(data::WRONG_TYPE, name, "the column has the wrong type");
            problems.push(problem.with_found(found).with_expected("ids of plans as text, codes or integers"));
        }
        let minor = inner.catalog.currency().minor_per_major().unsigned_abs();
        let present_total = PresentColumn::bind(batch, "present_total", minor, options, problems);
        let present_fee = PresentColumn::bind(batch, "present_fee", minor, options, problems);
        let columns = match inner.fields.bind_columns(&inner.used, batch, &options.columns) {
            Ok(columns) => Some(columns),
            Err(error) => {
                problems.extend(error.problems().iter().cloned());
                None
            }
        };
        Some(Bound { usage, current: current?, present_total, present_fee, columns: columns? })
    }

    fn criteria<'c>(&'c self, columns: &'c Columns<'c>) -> Criteria<'c> {
        let plans = self.catalog().plans().iter();
        Criteria {
            candidates: self.0.candidates.as_ref().map(|candidates| candidates.over(columns)),
            eligibility: plans.map(|plan| plan.eligibility().map(|criterion| criterion.over(columns))).collect(),
        }
    }
}

/// The rows of a piece's output that are still to be written.
struct Output<'t> {
    status: &'t mut [u8],
    plan: &'t mut [i32],
    total: &'t mut [i64],
    present_total: &'t mut [i64],
    present_fee: &'t mut [i64],
}

impl<'t> Output<'t> {
    fn next(&mut self, rows: usize) -> Output<'t> {
        Output {
            status: take(&mut self.status, rows),
            plan: take(&mut self.plan, rows),
            total: take(&mut self.total, rows),
            present_total: take(&mut self.present_total, rows),
            present_fee: take(&mut self.present_fee, rows),
        }
    }
}

fn split(matches: &mut Matches, pieces: Vec<Piece>) -> Vec<(Piece, Output<'_>)> {
    let mut rest = Output {
        status: &mut matches.status,
        plan: &mut matches.plan,
        total: &mut matches.total,
        present_total: &mut matches.present_total,
        present_fee: &mut matches.present_fee,
    };
    pieces.into_iter().map(|piece| (piece, rest.next(piece.rows))).collect()
}

/// One thread's work on one piece: the lanes of a block, used again and again.
struct Worker<'c> {
    fit: &'c PackageFit,
    bound: &'c Bound<'c>,
    criteria: &'c Criteria<'c>,
    level: Option<Level>,
    /// `None` where no condition is tested.
    values: Option<Block<'c>>,
    usage: Gathered,
    rows: Box<Rows>,
}

/// What the decision knows of each row of a block.
struct Rows {
    /// Position of the current plan.
    current: [i32; BLOCK],
    present_total: Lanes,
    present_fee: Lanes,
    /// Allowed totals and fees; nothing is allowed where no plan is looked for.
    low_total: Lanes,
    high_total: Lanes,
    low_fee: Lanes,
    high_fee: Lanes,
    /// A total must be below this to be better; the best so far within one rank.
    limit: Lanes,
    best: Lanes,
    best_total: Lanes,
    /// The totals on the plan at hand.
    totals: Lanes,
    /// 1 where the customer may have the plan at hand.
    allowed: Lanes,
    status: [u8; BLOCK],
}

impl Rows {
    fn boxed() -> Box<Self> {
        let zeros = [0.0; BLOCK];
        Box::new(Self {
            current: [NONE; BLOCK],
            present_total: zeros,
            present_fee: zeros,
            low_total: zeros,
            high_total: zeros,
            low_fee: zeros,
            high_fee: zeros,
            limit: zeros,
            best: zeros,
            best_total: zeros,
            totals: zeros,
            allowed: zeros,
            status: [0; BLOCK],
        })
    }
}

impl<'c> Worker<'c> {
    fn new(fit: &'c PackageFit, bound: &'c Bound<'c>, criteria: &'c Criteria<'c>, level: Option<Level>) -> Self {
        let tested = criteria.candidates.is_some() || criteria.eligibility.iter().any(Option::is_some);
        let values = tested.then(|| Block::new(&bound.columns));
        let usage = Gathered::new(fit.catalog(), level);
        Self { fit, bound, criteria, level, values, usage, rows: Rows::boxed() }
    }

    fn block(
        &mut self,
        start: usize,
        rows: usize,
        out: &mut Output<'_>,
        faults: &mut RowFaults,
        funnel: &mut Funnel,
    ) {
        self.bound.usage.gather(start, rows, &mut self.usage, faults);
        self.usage.mark_overflows(self.fit.catalog(), start, faults);
        if let Some(values) = &mut self.values {
            values.load(start, faults);
            self.usage.invalid = self.usage.invalid.or(values.invalid());
        }
        let present = RowBits::first(rows);
        let sought = self.sought(present);
        self.present(start, sought, faults);
        let eligible = self.rank(present);
        self.write(rows, sought, eligible, out, funnel);
    }

    /// The rows for which a plan is looked for; the others have their status.
    fn sought(&mut self, present: RowBits) -> RowBits {
        let invalid = self.usage.invalid;
        let candidates = match (&self.criteria.candidates, &self.values) {
            (Some(criterion), Some(values)) => criterion.passes(values),
            _ => present,
        };
        self.rows.status.fill(Status::NotCandidate.code());
        for row in invalid.rows() {
            self.mark(row, Status::Invalid);
        }
        present.and(candidates).and_not(invalid)
    }

    fn mark(&mut self, row: usize, status: Status) {
        if let Some(entry) = self.rows.status.get_mut(row) {
            *entry = status.code();
        }
    }

    /// Fills the present bill and from it the bounds.
    fn present(&mut self, start: usize, sought: RowBits, faults: &mut RowFaults) {
        let fit = self.fit;
        let rows = &mut *self.rows;
        self.bound.current.fill(start, &fit.0.index, rows.current.get_mut(..self.usage.rows).unwrap_or_default());
        for row in &mut rows.current[self.usage.rows..] {
            *row = NONE;
        }
        self.present_by_catalogue();
        let rows = &mut *self.rows;
        let unknown = RowBits::of(&rows.current, |plan| plan == NONE).and(sought);
        if !unknown.is_empty() {
            self.present_by_columns(start, unknown, faults);
        }
        self.bounds(sought);
    }

    fn present_by_catalogue(&mut self) {
        let (catalog, usage, rows) = (self.fit.catalog(), &self.usage, &mut *self.rows);
        match self.level {
            Some(level) if usage.all_safe(catalog) => {
                dispatch!(level, simd => catalogue_on(simd, catalog, usage, rows));
            }
            _ => {
                let mut units = Vec::new();
                for (row, plan) in rows.current.iter().enumerate().take(usage.rows) {
                    let plan = usize::try_from(*plan).ok().and_then(|plan| catalog.plans().get(plan));
                    let given = usage.row(row, &mut units);
                    let total = plan.and_then(|plan| plan.total(catalog.rounding(), &units, given));
                    if let (Some(plan), Some(present), Some(fee)) =
                        (plan, rows.present_total.get_mut(row), rows.present_fee.get_mut(row))
                    {
                        *present = total.map_or(0.0, lane);
                        *fee = lane(plan.fee());
                    }
                }
            }
        }
    }

    fn present_by_columns(&mut self, start: usize, unknown: RowBits, faults: &mut RowFaults) {
        let bound = self.bound;
        let mut totals = [0.0; BLOCK];
        let mut fees = [0.0; BLOCK];
        let mut refused = RowBits::NONE;
        for (column, lanes) in [(&bound.present_total, &mut totals), (&bound.present_fee, &mut fees)] {
            for (row, why) in column.fill(start, &self.usage, lanes) {
                if unknown.get(row) {
                    refused.set(row);
                    column.refuse(start.saturating_add(row), why, faults);
                }
            }
        }
        let fee_is_needed = !self.fit.policy().monthly_fee_change().is_open();
        for row in unknown.rows() {
            let (Some(total), Some(fee)) = (totals.get(row).copied(), fees.get(row).copied()) else { continue };
            let missing = total < 0.0 || (fee < 0.0 && fee_is_needed);
            if missing && !refused.get(row) {
                let current = bound.current.shown(start.saturating_add(row));
                let (path, code) = match current {
                    Some(_) => ("current_plan", tariff::UNKNOWN_PLAN),
                    None => ("current_plan", code::NO_PRESENT_BILL),
                };
                let problem = || self.fit.no_present_bill(current.as_deref());
                faults.note(path, code, start.saturating_add(row), problem);
                refused.set(row);
            }
            let rows = &mut *self.rows;
            if let (Some(own_total), Some(own_fee)) = (rows.present_total.get_mut(row), rows.present_fee.get_mut(row)) {
                (*own_total, *own_fee) = (total, fee);
            }
        }
        for row in refused.rows() {
            self.mark(row, Status::Invalid);
        }
        self.usage.invalid = self.usage.invalid.or(refused);
    }

    /// The allowed totals and fees of every row, and the rows that have none.
    fn bounds(&mut self, sought: RowBits) {
        let policy = self.fit.policy();
        let rows = &mut *self.rows;
        let (totals, fees) = (policy.total_fee_change(), policy.monthly_fee_change());
        allowed(totals, self.level, &rows.present_total, &mut rows.low_total, &mut rows.high_total);
        allowed(fees, self.level, &rows.present_fee, &mut rows.low_fee, &mut rows.high_fee);
        let live = sought.and_not(self.usage.invalid);
        let fee_is_needed = !fees.is_open();
        let zero_total = RowBits::of(&rows.present_total, |total| total == 0.0);
        let zero_fee = if fee_is_needed { RowBits::of(&rows.present_fee, |fee| fee == 0.0) } else { RowBits::NONE };
        let refused = zero_total.or(zero_fee).and(live);
        for row in refused.rows() {
            let status = if zero_total.get(row) { Status::PresentTotalZero } else { Status::PresentFeeZero };
            self.mark(row, status);
        }
        let rows = &mut *self.rows;
        let live = live.and_not(refused);
        // A live row's status is decided at the end; nothing is allowed for the others.
        for row in live.rows() {
            if let Some(status) = rows.status.get_mut(row) {
                *status = Status::Target.code();
            }
        }
        for row in RowBits::first(BLOCK).and_not(live).rows() {
            if let Some(high) = rows.high_total.get_mut(row) {
                *high = -1.0;
            }
        }
    }

    /// Every plan by rank against the best so far; returns the rows that may have some plan.
    fn rank(&mut self, present: RowBits) -> RowBits {
        let fit = self.fit;
        let catalog = fit.catalog();
        self.rows.limit.fill(f64::INFINITY);
        self.rows.best.fill(-1.0);
        self.rows.best_total.fill(-1.0);
        let excluded = fit.policy().current_plan() == CurrentPlan::Excluded;
        let mut eligible = RowBits::NONE;
        for group in fit.0.order.chunk_by(|a, b| a.rank == b.rank) {
            for ranked in group {
                let Some(plan) = catalog.plans().get(ranked.plan) else { continue };
                let may_have = self.may_have(ranked.plan, present, excluded);
                eligible = eligible.or(may_have.unwrap_or(present));
                let rows = &mut *self.rows;
                block_totals(catalog, ranked.plan, &self.usage, &mut rows.totals);
                let restricted = may_have.is_some();
                if let Some(bits) = may_have {
                    spread(bits, &mut rows.allowed);
                }
                let offer = Offer { position: position(ranked.plan), fee: lane(plan.fee()), restricted };
                match self.level {
                    Some(level) => dispatch!(level, simd => offer_on(simd, offer, rows)),
                    None => offer.take(rows),
                }
            }
            self.freeze();
        }
        eligible
    }

    /// The rows that may have a plan; `None` where all may.
    fn may_have(&self, plan: usize, present: RowBits, excluded: bool) -> Option<RowBits> {
        let criterion = self.criteria.eligibility.get(plan).and_then(Option::as_ref);
        let eligible = match (criterion, &self.values) {
            (Some(criterion), Some(values)) => Some(criterion.passes(values)),
            _ => None,
        };
        if !excluded {
            return eligible;
        }
        let own = RowBits::of(&self.rows.current, |current| usize::try_from(current) == Ok(plan));
        Some(eligible.unwrap_or(present).and_not(own))
    }

    /// What was found within one rank stands against every later rank.
    fn freeze(&mut self) {
        let rows = &mut *self.rows;
        for ((limit, best), total) in rows.limit.iter_mut().zip(&rows.best).zip(&mut rows.best_total) {
            if *best >= 0.0 && *limit >= 0.0 {
                *total = *limit;
                *limit = -1.0;
            }
        }
    }

    fn write(&mut self, count: usize, sought: RowBits, eligible: RowBits, out: &mut Output<'_>, funnel: &mut Funnel) {
        let rows = &*self.rows;
        for row in 0..count {
            let mut status = rows.status.get(row).copied().unwrap_or_default();
            let best = rows.best.get(row).copied().unwrap_or(-1.0);
            let current = rows.current.get(row).copied().unwrap_or(NONE);
            if status == Status::Target.code() {
                status = if best < 0.0 {
                    let status = if eligible.get(row) { Status::NoPlanInBounds } else { Status::NoEligiblePlan };
                    status.code()
                } else if minor(best) == i64::from(current) {
                    Status::Stays.code()
                } else {
                    status
                };
            }
            let known = sought.get(row) && status != Status::Invalid.code();
            let amount = |lanes: &Lanes, known: bool| if known { lanes.get(row).map_or(-1, |lane| minor(*lane)) } else { -1 };
            funnel.add_code(status);
            set(out.status, row, status);
            set(out.plan, row, i32::try_from(minor(best)).unwrap_or(-1));
            set(out.total, row, amount(&rows.best_total, best >= 0.0));
            set(out.present_total, row, amount(&rows.present_total, known));
            set(out.present_fee, row, amount(&rows.present_fee, known));
        }
    }
}

fn set<T>(column: &mut [T], row: usize, value: T) {
    if let Some(entry) = column.get_mut(row) {
        *entry = value;
    }
}

#[expect(clippy::cast_precision_loss, reason = "positions are small")]
fn position(plan: usize) -> f64 {
    plan as f64
}

fn spread(bits: RowBits, lanes: &mut Lanes) {
    for (word, lanes) in bits.0.iter().zip(lanes.as_chunks_mut::<64>().0) {
        for (bit, lane) in lanes.iter_mut().enumerate() {
            *lane = if word >> bit & 1 == 1 { 1.0 } else { 0.0 };
        }
    }
}

/// A plan against the best so far.
#[derive(Clone, Copy)]
struct Offer {
    position: f64,
    fee: f64,
    restricted: bool,
}

#[inline(always)]
fn offer_on<S: Simd>(simd: S, offer: Offer, rows: &mut Rows) {
    simd.vectorize(
        #[inline(always)]
        || offer.take(rows),
    );
}

impl Offer {
    #[inline(always)]
    fn take(self, rows: &mut Rows) {
        if self.restricted {
            self.take_where(rows, |allowed| allowed > 0.0);
        } else {
            self.take_where(rows, |_| true);
        }
    }

    #[inline(always)]
    fn take_where(self, rows: &mut Rows, may_have: impl Fn(f64) -> bool) {
        for row in 0..BLOCK {
            let total = rows.totals[row];
            let within = (total >= rows.low_total[row])
                & (total <= rows.high_total[row])
                & (self.fee >= rows.low_fee[row])
                & (self.fee <= rows.high_fee[row]);
            let better = within & (total < rows.limit[row]) & may_have(rows.allowed[row]);
            rows.limit[row] = if better { total } else { rows.limit[row] };
            rows.best[row] = if better { self.position } else { rows.best[row] };
        }
    }
}

#[inline(always)]
fn catalogue_on<S: Simd>(simd: S, catalog: &crate::Catalog, usage: &Gathered, rows: &mut Rows) {
    simd.vectorize(
        #[inline(always)]
        || {
            for row in 0..usage.rows {
                let Some(lanes) = usize::try_from(rows.current[row]).ok().and_then(|plan| catalog.lanes().get(plan))
                else {
                    continue;
                };
                rows.present_total[row] = lanes.total_of(row, &usage.usage, &usage.given);
                rows.present_fee[row] = lanes.fee();
            }
        },
    );
}

/// The bounds of a block in lanes where the products stay exact, and else row by row.
fn allowed(bounds: RatioBounds, level: Option<Level>, present: &Lanes, low: &mut Lanes, high: &mut Lanes) {
    let min = bounds.min().map(|min| Scale::new(min, true));
    let max = bounds.max().map(|max| Scale::new(max, false));
    let largest = present.iter().fold(0.0, |largest: f64, value| if *value > largest { *value } else { largest });
    let exact = |scale: &Option<Scale>| scale.is_none_or(|scale| scale.is_exact(largest));
    match level {
        Some(level) if exact(&min) && exact(&max) => {
            dispatch!(level, simd => scale_on(simd, min, present, low, 0.0));
            dispatch!(level, simd => scale_on(simd, max, present, high, f64::INFINITY));
        }
        _ => {
            for ((present, low), high) in present.iter().zip(low).zip(high) {
                let present = Money::from_minor(minor(*present)).unwrap_or_default();
                let (lowest, highest) = bounds.allowed(present);
                (*low, *high) = (wide(lowest), wide(highest));
            }
        }
    }
}

/// An amount that may lie beyond every total, where any rounding is harmless.
#[expect(clippy::cast_precision_loss, reason = "totals are below 2^53, larger bounds allow all of them")]
fn wide(minor: i64) -> f64 {
    minor as f64
}

/// A bound times an amount, rounded up or down to a whole minor unit, by the kernel's quotient.
#[derive(Clone, Copy)]
struct Scale {
    numerator: f64,
    offset: f64,
    inverse: f64,
}

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "numerators are below 10^12, denominators at most 10^6")]
    fn new(bound: Decimal, up: bool) -> Self {
        let denominator = bound.denominator() as f64;
        let offset = if up { denominator - 0.5 } else { 0.5 };
        Self { numerator: bound.mantissa() as f64, offset, inverse: 1.0 / denominator }
    }

    /// Quotients are exact below `2^51`, see `tariff::lanes`.
    fn is_exact(self, largest: f64) -> bool {
        largest * self.numerator + self.offset < (1_u64 << 51) as f64
    }
}

#[inline(always)]
fn scale_on<S: Simd>(simd: S, scale: Option<Scale>, present: &Lanes, out: &mut Lanes, open: f64) {
    simd.vectorize(
        #[inline(always)]
        || match scale {
            None => out.fill(open),
            Some(scale) => {
                for (out, present) in out.iter_mut().zip(present) {
                    *out = ((present * scale.numerator + scale.offset) * scale.inverse).floor();
                }
            }
        },
    );
}
