//! How much of the rules the tests met.

use crate::document::Period;
use crate::expr::Seen;

/// How much of the rules the tests met: of all rules of the document, those in effect on some dates only too.
#[derive(Clone, Debug)]
pub struct TestCoverage {
    pub(super) rules: Vec<RuleCoverage>,
    pub(super) defaults: Vec<DefaultCoverage>,
}

/// In how many tests a rule was met, and how.
#[derive(Clone, Debug)]
pub struct RuleCoverage {
    pub(super) rule: Box<str>,
    pub(super) period: Option<Period>,
    pub(super) tried: usize,
    pub(super) matched: usize,
    pub(super) decided: usize,
    pub(super) cells: Vec<CellCoverage>,
}

/// A cell is one test within a condition. A rule shows its cells in each test in which it is tried: with `first` and
/// `priority` not those in which a rule before it decides.
#[derive(Clone, Debug)]
pub struct CellCoverage {
    pub(super) text: String,
    pub(super) seen: Seen,
}

/// Whether the default of an output was given in some test.
#[derive(Clone, Debug)]
pub struct DefaultCoverage {
    pub(super) output: Box<str>,
    pub(super) used: bool,
}

impl TestCoverage {
    /// Every rule, in the order of the document.
    pub fn rules(&self) -> &[RuleCoverage] {
        &self.rules
    }

    /// The rules that match in no test.
    pub fn uncovered(&self) -> impl Iterator<Item = &RuleCoverage> {
        self.rules.iter().filter(|rule| !rule.is_covered())
    }

    /// Every output that has a default, in the order of the document.
    pub fn defaults(&self) -> &[DefaultCoverage] {
        &self.defaults
    }

    /// How many rules match in some test.
    pub fn rules_covered(&self) -> usize {
        self.rules.iter().filter(|rule| rule.is_covered()).count()
    }

    /// How many rules of a hundred match in some test, rounded down; 100 without rules.
    pub fn rule_percent(&self) -> u8 {
        percent(self.rules_covered(), self.rules.len())
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.rules.iter().map(|rule| rule.cells.len()).sum()
    }

    /// How many cells were seen both true and false.
    pub fn cells_covered(&self) -> usize {
        self.rules.iter().flat_map(|rule| &rule.cells).filter(|cell| cell.is_covered()).count()
    }

    /// How many cells of a hundred were seen both true and false, rounded down; 100 without cells.
    pub fn cell_percent(&self) -> u8 {
        percent(self.cells_covered(), self.cells())
    }
}

fn percent(covered: usize, of: usize) -> u8 {
    let share = covered.saturating_mul(100).checked_div(of).unwrap_or(100);
    u8::try_from(share).unwrap_or(100)
}

impl RuleCoverage {
    /// The id of the rule.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// When the rule is in effect; `None` for always.
    pub fn period(&self) -> Option<Period> {
        self.period
    }

    /// In how many tests the rule was tried: in effect, and with `first` and `priority` no rule before it decides.
    pub fn tried(&self) -> usize {
        self.tried
    }

    /// In how many tests the rule matched.
    pub fn matched(&self) -> usize {
        self.matched
    }

    /// In how many tests the rule decided alone.
    pub fn decided(&self) -> usize {
        self.decided
    }

    /// The tests of its condition, in their order.
    pub fn cells(&self) -> &[CellCoverage] {
        &self.cells
    }

    /// Whether the rule matched in some test.
    pub fn is_covered(&self) -> bool {
        self.matched > 0
    }
}

impl CellCoverage {
    /// The cell as text, such as `arpu > 300.00`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the cell was true in some test.
    pub fn seen_true(&self) -> bool {
        self.seen.as_true
    }

    /// Whether the cell was false in some test.
    pub fn seen_false(&self) -> bool {
        self.seen.as_false
    }

    /// Whether the cell was true in some test and false in another.
    pub fn is_covered(&self) -> bool {
        self.seen.is_both()
    }
}

impl DefaultCoverage {
    /// The id of the output.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// Whether the default was given in some test.
    pub fn is_used(&self) -> bool {
        self.used
    }
}
