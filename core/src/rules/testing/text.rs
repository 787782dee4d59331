//! The report in lines: what failed, then what is not covered.

use std::fmt;

use super::coverage::{CellCoverage, DefaultCoverage, RuleCoverage, TestCoverage};
use super::report::{Mismatch, TestReport, TestResult};

/// How many of a kind are listed; the report itself has them all.
const LISTED: usize = 20;

/// What failed and what is not covered, in lines for people; of each kind the first twenty.
impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, failed) = (self.results.len(), self.failed().count());
        match (all, failed) {
            (0, _) => return write!(f, "{}: no tests", self.title),
            (1, 0) => write!(f, "{}: 1 test passed", self.title)?,
            (_, 0) => write!(f, "{}: {all} tests passed", self.title)?,
            _ => write!(f, "{}: {failed} of {all} tests failed", self.title)?,
        }
        for result in self.failed().take(LISTED) {
            write_failed(result, f)?;
        }
        write_more(failed, "  ", f)?;
        write!(f, "\n{}", self.coverage)
    }
}

fn write_failed(result: &TestResult, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\n  failed: {}", result.id())?;
    if let Some(date) = result.date() {
        write!(f, " at {date}")?;
    }
    if let Some(note) = result.note() {
        write!(f, " ({note})")?;
    }
    for mismatch in result.mismatches() {
        write!(f, "\n    {mismatch}")?;
    }
    for reason in result.reasons() {
        write!(f, "\n    - {reason}")?;
    }
    for problem in result.problems() {
        write!(f, "\n    {problem}")?;
    }
    Ok(())
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.what, self.expected, self.found)
    }
}

/// How much is covered, then what is not.
impl fmt::Display for TestCoverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rules, cells) = (self.rules().len(), self.cells());
        write!(f, "covered: {} of {rules} rules ({}%)", self.rules_covered(), self.rule_percent())?;
        if cells > 0 {
            write!(f, ", {} of {cells} cells ({}%)", self.cells_covered(), self.cell_percent())?;
        }
        let used = self.defaults().iter().filter(|default| default.is_used()).count();
        if !self.defaults().is_empty() {
            write!(f, ", {used} of {} defaults", self.defaults().len())?;
        }
        self.write_rules(f)?;
        self.write_cells(f)?;
        let unused: Vec<&str> =
            self.defaults().iter().filter(|it| !it.is_used()).map(DefaultCoverage::output).collect();
        if !unused.is_empty() {
            write!(f, "\n  defaults not used: {}", unused.join(", "))?;
        }
        Ok(())
    }
}

impl TestCoverage {
    fn write_rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uncovered: Vec<&RuleCoverage> = self.uncovered().collect();
        if uncovered.is_empty() {
            return Ok(());
        }
        f.write_str("\n  rules that match in no test:")?;
        let names: Vec<String> = uncovered.iter().take(LISTED).map(|rule| name(rule)).collect();
        let width = width(&names);
        for (rule, name) in uncovered.iter().zip(&names) {
            match rule.tried() {
                0 => write!(f, "\n    {name:width$}  never tried")?,
                1 => write!(f, "\n    {name:width$}  tried once")?,
                times => write!(f, "\n    {name:width$}  tried {times} times")?,
            }
        }
        write_more(uncovered.len(), "    ", f)
    }

    /// Cells of rules that were tried.
    fn write_cells(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = |rule: &&RuleCoverage| rule.tried() > 0;
        let of_rule = |rule| <RuleCoverage>::cells(rule).iter().map(move |cell| (rule, cell));
        let cells = self.rules().iter().filter(open).flat_map(of_rule);
        let cells: Vec<(&RuleCoverage, &CellCoverage)> =
            cells.filter(|(_, cell)| !cell.is_covered()).collect();
        if cells.is_empty() {
            return Ok(());
        }
        f.write_str("\n  cells not seen both ways:")?;
        let listed = || cells.iter().take(LISTED);
        let names: Vec<String> = listed().map(|(rule, _)| name(rule)).collect();
        let texts: Vec<&str> = listed().map(|(_, cell)| cell.text()).collect();
        let (name_width, text_width) = (width(&names), width(&texts));
        for ((_, cell), (name, text)) in listed().zip(names.iter().zip(texts)) {
            let never = match (cell.seen_true(), cell.seen_false()) {
                (true, _) => "never false",
                (false, true) => "never true",
                (false, false) => "neither",
            };
            write!(f, "\n    {name:name_width$}  {text:text_width$}  {never}")?;
        }
        write_more(cells.len(), "    ", f)
    }
}

/// The id, and the period where the rule has one: the same id may have several.
fn name(rule: &RuleCoverage) -> String {
    let Some(period) = rule.period() else { return rule.rule().to_owned() };
    let from = period.from().map(|date| format!(" from {date}")).unwrap_or_default();
    let to = period.to().map(|date| format!(" to {date}")).unwrap_or_default();
    format!("{}{from}{to}", rule.rule())
}

fn width<T: AsRef<str>>(texts: &[T]) -> usize {
    /// A longer text stands out of its column.
    const WIDEST: usize = 60;
    let widths = texts.iter().map(|text| text.as_ref().chars().count());
    widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
}

fn write_more(count: usize, indent: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match count.saturating_sub(LISTED) {
        0 => Ok(()),
        more => write!(f, "\n{indent}... and {more} more"),
    }
}
