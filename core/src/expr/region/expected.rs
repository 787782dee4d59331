//! What is expected of a value, as explanations write it.

use super::axis::{Cuts, TRUE, UNKNOWN};
use super::ranges::Ranges;
use super::shown::Shown;
use crate::expr::value::Value;

/// Up to so many texts are told as the condition would list them.
const LISTED: usize = 5;

impl Shown<'_> {
    /// What a field's value is expected to be where it shall be in these cells, such as `> 80.00`.
    pub(super) fn expected(&self, slot: usize, cells: &Ranges) -> String {
        let known = cells.without(&Ranges::one(UNKNOWN));
        if known.is_empty() {
            return "missing".to_owned();
        }
        let value = if known == self.axis.known() {
            "not missing".to_owned()
        } else {
            match &self.axis.cuts {
                Cuts::Texts(_) => self.expected_text(slot, &known),
                Cuts::Numbers(_) | Cuts::Integers(_) => self.expected_number(slot, &known),
                Cuts::Truth | Cuts::Order => format!("= {}", known.contains(TRUE)),
            }
        };
        if cells.contains(UNKNOWN) { format!("missing or {value}") } else { value }
    }

    fn expected_text(&self, slot: usize, cells: &Ranges) -> String {
        let Cuts::Texts(texts) = &self.axis.cuts else { return String::new() };
        let list = |cells: &Ranges| -> Vec<String> {
            let text = |cell: u32| texts.get(cell.checked_sub(1)? as usize);
            cells.cells().filter_map(text).map(|text| format!("\"{text}\"")).collect()
        };
        let others = self.axis.known().without(cells);
        let any_other = self.axis.cells().saturating_sub(1);
        let (listed, left_out) = (list(cells), list(&others));
        // A long list is told by what it leaves out, where the field declares all that there is.
        let declared = self.fields.at(slot).is_some_and(|field| field.values().count() == texts.len());
        let shorter = declared && listed.len() > LISTED && left_out.len() < listed.len();
        let negated = cells.contains(any_other) || shorter && !others.contains(any_other);
        among(if negated { &left_out } else { &listed }, negated)
    }

    fn expected_number(&self, slot: usize, cells: &Ranges) -> String {
        let cells = self.bridged(cells);
        let outside = Ranges::of(1, self.axis.cells()).without(&cells);
        let is_point = |(start, end): (u32, u32)| start.is_multiple_of(2) && end == start.saturating_add(1);
        let points = |cells: &Ranges| -> Vec<String> {
            cells.cells().filter_map(|cell| self.cut_text(slot, cell)).collect()
        };
        if outside.iter().all(is_point) {
            return among(&points(&outside), true);
        }
        if cells.iter().all(is_point) {
            return among(&points(&cells), false);
        }
        let intervals: Vec<String> =
            cells.iter().map(|(start, end)| self.expected_interval(slot, start, end)).collect();
        intervals.join(" or ")
    }

    /// Even cells are the cuts, odd ones what is between.
    fn expected_interval(&self, slot: usize, start: u32, end: u32) -> String {
        let last = end.saturating_sub(1);
        let low = if start.is_multiple_of(2) { (">=", start) } else { (">", start.saturating_sub(1)) };
        let high = if last.is_multiple_of(2) { ("<=", last) } else { ("<", last.saturating_add(1)) };
        let test = |(sign, cell): (&str, u32)| Some(format!("{sign} {}", self.cut_text(slot, cell)?));
        match self.cut_text(slot, start) {
            Some(only) if start == last => format!("= {only}"),
            _ => [low, high].into_iter().filter_map(test).collect::<Vec<_>>().join(" and "),
        }
    }

    /// The cut of an even cell.
    fn cut_text(&self, slot: usize, cell: u32) -> Option<String> {
        let position = cell.is_multiple_of(2).then(|| cell.checked_sub(2))?? as usize / 2;
        let value = match &self.axis.cuts {
            Cuts::Numbers(cuts) => Value::Number(*cuts.get(position)?),
            Cuts::Integers(cuts) => Value::Integer(*cuts.get(position)?),
            _ => return None,
        };
        self.fields.shown(slot, &value)
    }
}

/// One of some texts, or none of them.
fn among(texts: &[String], negated: bool) -> String {
    match (texts, negated) {
        ([only], true) => format!("!= {only}"),
        ([only], false) => format!("= {only}"),
        (several, true) => format!("not in [{}]", several.join(", ")),
        (several, false) => format!("in [{}]", several.join(", ")),
    }
}
