//! What tests came to.

use super::coverage::TestCoverage;
use crate::column::Date;
use crate::error::Problem;
use crate::rules::decide::DecisionStatus;

/// What the tests of a document came to; its `Display` says what failed and what is not covered.
#[derive(Clone, Debug)]
pub struct TestReport {
    pub(super) title: Box<str>,
    pub(super) results: Vec<TestResult>,
    pub(super) coverage: TestCoverage,
}

impl TestReport {
    /// Whether every test passed; also without any.
    pub fn passed(&self) -> bool {
        self.failed().next().is_none()
    }

    /// Every test, in the order of the document.
    pub fn results(&self) -> &[TestResult] {
        &self.results
    }

    /// The tests that failed.
    pub fn failed(&self) -> impl Iterator<Item = &TestResult> {
        self.results.iter().filter(|result| !result.passed())
    }

    /// How much of the rules the tests met, those that failed too.
    pub fn coverage(&self) -> &TestCoverage {
        &self.coverage
    }
}

/// What a test came to.
#[derive(Clone, Debug)]
pub struct TestResult {
    pub(super) id: Box<str>,
    pub(super) note: Option<Box<str>>,
    pub(super) date: Option<Date>,
    pub(super) status: DecisionStatus,
    pub(super) rules: Vec<Box<str>>,
    pub(super) mismatches: Vec<Mismatch>,
    pub(super) reasons: Vec<String>,
    pub(super) problems: Vec<Problem>,
}

impl TestResult {
    /// The id; `test-1` and so on where the document has none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the test is about, where the document says.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The date of the decision, where the document says.
    pub fn date(&self) -> Option<Date> {
        self.date
    }

    /// Whether everything came as expected.
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty() && self.problems.is_empty()
    }

    /// What became of the record; `invalid` where it could not be decided.
    pub fn status(&self) -> DecisionStatus {
        self.status
    }

    /// The ids of the rules that match, in the order of the hit policy.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| &**rule)
    }

    /// What came otherwise than expected.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }

    /// For every rule that is expected and does not match, why: `vip: arpu > 300: 250 (false)`.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    /// Why the record could not be decided; none where that is expected.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// Something that came otherwise than expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    pub(super) what: String,
    pub(super) expected: String,
    pub(super) found: String,
}

impl Mismatch {
    /// `status`, `rule`, `rules`, or `outputs.` and the id of an output.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What is expected, texts of outputs in quotes.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What came.
    pub fn found(&self) -> &str {
        &self.found
    }
}
