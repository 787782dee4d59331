//! What package fit finds: a status for every customer, and the funnel.

use std::ops::{Add, AddAssign};

use fearless_simd::Level;

use crate::column::on;
use crate::error::Problem;

/// What became of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Status {
    /// A plan other than the current one is best.
    Target = 0,
    /// The current plan is best.
    Stays = 1,
    /// The policy does not look for a plan.
    NotCandidate = 2,
    /// The present total is zero, so that no ratio exists.
    PresentTotalZero = 3,
    /// The present monthly fee is zero and the policy bounds its change.
    PresentFeeZero = 4,
    /// The customer is eligible for no plan.
    NoEligiblePlan = 5,
    /// No plan for which the customer is eligible is within the bounds.
    NoPlanInBounds = 6,
    /// The data of the customer cannot be used.
    Invalid = 7,
}

impl Status {
    /// Every status, in the order of the codes.
    pub const ALL: [Self; 8] = [
        Self::Target,
        Self::Stays,
        Self::NotCandidate,
        Self::PresentTotalZero,
        Self::PresentFeeZero,
        Self::NoEligiblePlan,
        Self::NoPlanInBounds,
        Self::Invalid,
    ];

    /// The code in result columns.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The status as text.
    pub fn id(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Stays => "stays",
            Self::NotCandidate => "not_candidate",
            Self::PresentTotalZero => "present_total_zero",
            Self::PresentFeeZero => "present_fee_zero",
            Self::NoEligiblePlan => "no_eligible_plan",
            Self::NoPlanInBounds => "no_plan_in_bounds",
            Self::Invalid => "invalid",
        }
    }
}

/// How many customers have each status; every customer has exactly one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    counts: [u64; Status::ALL.len()],
}

impl Funnel {
    /// The number of customers with a status.
    pub fn count(&self, status: Status) -> u64 {
        self.counts.get(usize::from(status.code())).copied().unwrap_or(0)
    }

    /// The stages from all customers to targets: each counts those who passed the one before and this.
    pub fn stages(&self) -> [(&'static str, u64); 6] {
        use Status::{
            Invalid, NoEligiblePlan, NoPlanInBounds, NotCandidate, PresentFeeZero, PresentTotalZero, Stays,
        };
        let lost = [
            ("customers", &[][..]),
            ("candidates", &[NotCandidate, Invalid][..]),
            ("with_present_bill", &[PresentTotalZero, PresentFeeZero][..]),
            ("with_eligible_plan", &[NoEligiblePlan][..]),
            ("within_bounds", &[NoPlanInBounds][..]),
            ("targets", &[Stays][..]),
        ];
        let mut left: u64 = self.counts.iter().sum();
        lost.map(|(stage, lost)| {
            left = left.saturating_sub(lost.iter().map(|status| self.count(*status)).sum());
            (stage, left)
        })
    }

    /// Counts statuses, one pass for each code: that is vector code.
    pub(super) fn add_codes(&mut self, codes: &[u8], level: Option<Level>) {
        /// As many as a byte counts without overflow.
        const FEW: usize = 128;
        for (status, count) in Status::ALL.into_iter().zip(&mut self.counts) {
            let here: u64 = on(
                level,
                #[inline(always)]
                || {
                    let is = |code: &u8| u8::from(*code == status.code());
                    codes.chunks(FEW).map(|codes| u64::from(codes.iter().map(is).sum::<u8>())).sum()
                },
            );
            *count = count.saturating_add(here);
        }
    }
}

impl AddAssign for Funnel {
    fn add_assign(&mut self, other: Self) {
        for (count, other) in self.counts.iter_mut().zip(other.counts) {
            *count = count.saturating_add(other);
        }
    }
}

/// The funnel of two parts of one data set.
impl Add for Funnel {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

/// The result for many customers, in columns of one length. Amounts are minor units; -1 where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Matches {
    /// [`Status::code`] by row.
    pub status: Vec<u8>,
    /// The best plan's position in the catalogue; -1 where there is none.
    pub plan: Vec<i32>,
    /// The total on the best plan.
    pub total: Vec<i64>,
    /// The present total; empty where [`PackageFit::with_present_bill`](super::PackageFit::with_present_bill) says so.
    pub present_total: Vec<i64>,
    /// The present monthly fee; empty likewise.
    pub present_fee: Vec<i64>,
    /// How many customers have each status.
    pub funnel: Funnel,
    /// What was wrong with the invalid rows, with [`OnError::Null`](crate::OnError::Null); otherwise empty.
    pub problems: Vec<Problem>,
}

impl Matches {
    pub(super) fn of_rows(rows: usize, present_bill: bool) -> Self {
        let present_rows = if present_bill { rows } else { 0 };
        Self {
            // Zeros come as untouched pages; the workers write every row.
            status: vec![0; rows],
            plan: vec![0; rows],
            total: vec![0; rows],
            present_total: vec![0; present_rows],
            present_fee: vec![0; present_rows],
            funnel: Funnel::default(),
            problems: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_order_agree_and_the_funnel_conserves() {
        let mut funnel = Funnel::default();
        for (code, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(status.code()), code);
            funnel.add_codes(&vec![status.code(); code + 1], None);
        }
        let stages = (funnel + Funnel::default()).stages();
        assert_eq!(stages.map(|(_, left)| left), [36, 25, 16, 10, 3, 1]);
    }
}
