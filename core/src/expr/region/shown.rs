//! Parts of the space for people: as conditions, and by a record that is in them.

use super::axis::{Axis, Cuts, EQUAL, FALSE, GREATER, LESS, TRUE, UNKNOWN, What};
use super::cuboid::Cuboid;
use super::ranges::Ranges;
use super::space::Space;
use crate::column::{Date, Scalar, Timestamp};
use crate::expr::Expression;
use crate::expr::schema::{FieldSet, FieldType};
use crate::expr::value::Value;
use crate::money::{Currency, Decimal};

/// An end of an interval: what it is written as, and whether it is in.
type End = Option<(String, bool)>;

impl Space {
    /// The records of a part as a condition; `true` for all.
    pub(crate) fn text(&self, part: &Cuboid, fields: &FieldSet) -> String {
        let on = |(index, cells): (u32, &Ranges)| Some(Shown { axis: self.axis(index)?, fields }.text(cells));
        let tests: Vec<String> = part.iter().filter_map(on).filter(|test| test != "true").collect();
        if tests.is_empty() { "true".to_owned() } else { tests.join(" && ") }
    }

    /// Whether there surely is a record in the part: only the values of fields are constrained.
    pub(crate) fn is_certain(&self, part: &Cuboid) -> bool {
        part.iter().all(|(index, _)| self.axis(index).is_some_and(|axis| matches!(axis.what, What::Slot(_))))
    }

    /// A record in the part, with a value for every field that is tested; `None` where that is not certain.
    pub(crate) fn example(&self, part: &Cuboid, fields: &FieldSet) -> Option<Vec<(usize, Scalar)>> {
        if !self.is_certain(part) {
            return None;
        }
        let mut found = Vec::new();
        for (index, axis) in self.axes.iter().enumerate() {
            let What::Slot(slot) = axis.what else { continue };
            let cells = part.get(u32::try_from(index).ok()?).unwrap_or(&axis.domain);
            // A value where there may be one.
            let cell = cells.cells().find(|cell| *cell != UNKNOWN).or_else(|| cells.cells().next())?;
            found.push((slot, axis.value_in(cell, slot, fields)?));
        }
        Some(found)
    }
}

/// An axis as conditions write it.
pub(super) struct Shown<'a> {
    pub(super) axis: &'a Axis,
    pub(super) fields: &'a FieldSet,
}

impl Shown<'_> {
    /// What holds in these cells as a condition.
    pub(super) fn text(&self, cells: &Ranges) -> String {
        if *cells == self.axis.domain {
            return "true".to_owned();
        }
        let known = cells.without(&Ranges::one(UNKNOWN));
        let is_missing = cells.contains(UNKNOWN);
        let missing = self.missing();
        if known.is_empty() {
            return missing;
        }
        let all = known == self.axis.known();
        match (all, is_missing) {
            (true, false) => match self.axis.what {
                What::Slot(slot) => format!("has({})", self.name(slot)),
                _ => format!("{} is known", self.label()),
            },
            (true, true) => "true".to_owned(),
            (false, false) => self.known(&known, false),
            (false, true) => format!("({missing} || {})", self.known(&known, true)),
        }
    }

    fn missing(&self) -> String {
        match self.axis.what {
            What::Slot(slot) => format!("!has({})", self.name(slot)),
            _ => format!("{} is unknown", self.label()),
        }
    }

    /// Values that are there; as one of several in parentheses where it is more than one test.
    fn known(&self, cells: &Ranges, inner: bool) -> String {
        let label = self.label();
        match &self.axis.cuts {
            Cuts::Truth => {
                let sides = self.axis.label.as_ref();
                let text = sides.map_or_else(|| label.clone(), |sides| sides.0.to_string());
                if cells.contains(TRUE) { text } else { format!("!{}", enclosed(&text)) }
            }
            Cuts::Order => {
                let (left, right) = self.sides();
                let holds = |cell| cells.contains(cell);
                let sign = match (holds(LESS), holds(EQUAL), holds(GREATER)) {
                    (true, true, _) => "<=",
                    (true, false, true) => "!=",
                    (true, false, false) => "<",
                    (false, true, true) => ">=",
                    (false, true, false) => "==",
                    _ => ">",
                };
                format!("{left} {sign} {right}")
            }
            Cuts::Texts(texts) => {
                let other = self.axis.cells().saturating_sub(1);
                let open = cells.contains(other);
                let listed = if open { self.axis.known().without(cells) } else { cells.clone() };
                let at = |cell: u32| texts.get(cell.saturating_sub(1) as usize);
                let texts: Vec<String> =
                    listed.cells().filter_map(at).map(|text| Expression::text(text)).collect();
                match (texts.as_slice(), open) {
                    ([only], false) => format!("{label} == {only}"),
                    ([only], true) => format!("{label} != {only}"),
                    (several, false) => format!("{label} in [{}]", several.join(", ")),
                    (several, true) => format!("!({label} in [{}])", several.join(", ")),
                }
            }
            Cuts::Numbers(_) | Cuts::Integers(_) => self.intervals(&label, cells, inner),
        }
    }

    fn intervals(&self, label: &str, cells: &Ranges, inner: bool) -> String {
        let cells = self.bridged(cells);
        let outside = Ranges::of(1, self.axis.cells()).without(&cells);
        let points =
            outside.iter().all(|(start, end)| start.is_multiple_of(2) && end == start.saturating_add(1));
        if points && !outside.is_empty() {
            let values: Vec<String> = outside.cells().filter_map(|cell| self.cut(cell)).collect();
            return match values.as_slice() {
                [only] => format!("{label} != {only}"),
                several => format!("!({label} in [{}])", several.join(", ")),
            };
        }
        let tests: Vec<String> = cells.iter().map(|(start, end)| self.interval(label, start, end)).collect();
        match tests.as_slice() {
            [only] if inner && only.contains(" && ") => format!("({only})"),
            [only] => only.clone(),
            several => format!("({})", several.join(" || ")),
        }
    }

    /// With the cells that do not exist between two that are in.
    pub(super) fn bridged(&self, cells: &Ranges) -> Ranges {
        let absent = Ranges::of(1, self.axis.cells()).without(&self.axis.domain);
        let between =
            |cell: &u32| cells.contains(cell.saturating_sub(1)) && cells.contains(cell.saturating_add(1));
        let mut bridges = Ranges::default();
        absent.cells().filter(between).for_each(|cell| bridges.push(cell, cell.saturating_add(1)));
        cells.union(&bridges)
    }

    /// Even cells are the cuts, odd ones what is between.
    fn interval(&self, label: &str, start: u32, end: u32) -> String {
        let last = end.saturating_sub(1);
        let low: End = if start.is_multiple_of(2) {
            self.cut(start).map(|cut| (cut, true))
        } else {
            self.cut(start.saturating_sub(1)).map(|cut| (cut, false))
        };
        let high: End = if last.is_multiple_of(2) {
            self.cut(last).map(|cut| (cut, true))
        } else {
            self.cut(last.saturating_add(1)).map(|cut| (cut, false))
        };
        match (low, high) {
            (Some((low, true)), Some((high, true))) if low == high => format!("{label} == {low}"),
            (low, high) => {
                let low = low.map(|(low, is_in)| format!("{label} {} {low}", if is_in { ">=" } else { ">" }));
                let high =
                    high.map(|(high, is_in)| format!("{label} {} {high}", if is_in { "<=" } else { "<" }));
                let tests: Vec<String> = low.into_iter().chain(high).collect();
                tests.join(" && ")
            }
        }
    }

    /// The cut of an even cell as text.
    fn cut(&self, cell: u32) -> Option<String> {
        let position = cell.checked_sub(2)? as usize / 2;
        if let Some(written) = self.axis.written.get(&self.axis.key(position)?) {
            return Some(written.to_string());
        }
        match (&self.axis.cuts, &self.axis.what) {
            (Cuts::Numbers(cuts), _) => Some(cuts.get(position)?.to_string()),
            (Cuts::Integers(cuts), What::Slot(slot)) => {
                Some(integer_text(*cuts.get(position)?, *slot, self.fields))
            }
            (Cuts::Integers(cuts), _) => Some(cuts.get(position)?.to_string()),
            _ => None,
        }
    }

    fn name(&self, slot: usize) -> String {
        self.fields.at(slot).map(|field| Expression::name(field.id())).unwrap_or_default()
    }

    fn label(&self) -> String {
        match (&self.axis.what, &self.axis.label) {
            (What::Slot(slot), _) => self.name(*slot),
            (What::Fields(left, right), _) => format!("{} with {}", self.name(*left), self.name(*right)),
            (_, Some((left, right))) if right.is_empty() => enclosed(left),
            (_, Some((left, right))) => format!("{left} with {right}"),
            _ => "something computed".to_owned(),
        }
    }

    fn sides(&self) -> (String, String) {
        match (&self.axis.what, &self.axis.label) {
            (What::Fields(left, right), _) => (self.name(*left), self.name(*right)),
            (_, Some((left, right))) => (left.to_string(), right.to_string()),
            _ => (String::new(), String::new()),
        }
    }
}

/// In parentheses where it has parts.
fn enclosed(text: &str) -> String {
    let bare = !text.contains(' ') || (text.starts_with('(') && text.ends_with(')'));
    if bare { text.to_owned() } else { format!("({text})") }
}

/// An integer of a field as conditions write it.
fn integer_text(integer: i64, slot: usize, fields: &FieldSet) -> String {
    match fields.at(slot).map(super::super::Field::kind) {
        Some(FieldType::Money) => Currency::new("", fields.exponent()).format_minor(i128::from(integer)),
        Some(FieldType::Timestamp) => format!("\"{}\"", Timestamp::from_micros(integer)),
        Some(FieldType::Date) => {
            let date = i32::try_from(integer).map(Date::from_days);
            date.map_or_else(|_| integer.to_string(), |date| format!("\"{date}\""))
        }
        _ => integer.to_string(),
    }
}

impl Axis {
    /// A value in a cell of a field's axis.
    fn value_in(&self, cell: u32, slot: usize, fields: &FieldSet) -> Option<Scalar> {
        if cell == UNKNOWN {
            return Some(Scalar::Missing);
        }
        Some(match &self.cuts {
            Cuts::Truth => Scalar::Bool(cell != FALSE),
            Cuts::Order => return None,
            Cuts::Texts(texts) => match texts.get(cell.checked_sub(1)? as usize) {
                Some(text) => Scalar::Text(text.to_string()),
                None => Scalar::Text(other_text(texts)),
            },
            Cuts::Numbers(cuts) => Scalar::Float(match ends(cuts, cell)? {
                (Some(low), Some(high)) if low == high => low,
                (Some(low), Some(high)) => between(low, high),
                (Some(low), None) => beyond(low, 1.0),
                (None, Some(high)) => beyond(high, -1.0),
                (None, None) => 0.0,
            }),
            Cuts::Integers(cuts) => {
                let integer = match ends(cuts, cell)? {
                    (Some(low), Some(high)) if low == high => low,
                    (Some(low), _) => low.checked_add(1)?,
                    (None, Some(high)) => high.checked_sub(1)?,
                    (None, None) => 0,
                };
                fields.scalar(slot, &Value::Integer(integer))?
            }
        })
    }
}

/// The cuts beside a cell, or the one that it is.
fn ends<T: Copy>(cuts: &[T], cell: u32) -> Option<(Option<T>, Option<T>)> {
    let position = cell.checked_sub(1)? as usize / 2;
    let at = cuts.get(position).copied();
    if cell.is_multiple_of(2) {
        return at.map(|cut| (Some(cut), Some(cut)));
    }
    Some((position.checked_sub(1).and_then(|before| cuts.get(before)).copied(), at))
}

fn between(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) / 2.0;
    // A whole number, where there is one.
    let whole = middle.floor();
    if low < whole && whole < high { whole } else { middle }
}

/// A little beyond a number, also where one more or less is nothing.
fn beyond(number: f64, step: f64) -> f64 {
    let moved = number + step;
    if moved == number { number + number.abs() * step * 0.5 } else { moved }
}

/// A text that is none of these.
pub(super) fn other_text(texts: &[Box<str>]) -> String {
    let mut text = "other".to_owned();
    while texts.iter().any(|known| **known == *text) {
        text.push('\'');
    }
    text
}

impl FieldSet {
    /// The value of a slot for callers.
    pub(super) fn scalar(&self, slot: usize, value: &Value<'_>) -> Option<Scalar> {
        Some(match value {
            Value::Missing => Scalar::Missing,
            Value::Number(number) => Scalar::Float(*number),
            Value::Text(text) => Scalar::Text(text.to_string()),
            Value::Boolean(value) => Scalar::Bool(*value),
            Value::Integer(integer) => match self.at(slot)?.kind() {
                FieldType::Money => Decimal::new((*integer).into(), u32::from(self.exponent())).ok()?.into(),
                FieldType::Timestamp => Timestamp::from_micros(*integer).into(),
                FieldType::Date => Date::from_days(i32::try_from(*integer).ok()?).into(),
                _ => (*integer).into(),
            },
        })
    }

    /// Some value that a field takes.
    pub(crate) fn any_value(&self, slot: usize) -> Option<Scalar> {
        let field = self.at(slot)?;
        Some(match field.kind() {
            FieldType::Number => Scalar::Float(0.0),
            FieldType::Integer => 0.into(),
            FieldType::Money => Decimal::new(0, u32::from(self.exponent())).ok()?.into(),
            FieldType::String => field.values().next().unwrap_or("other").into(),
            FieldType::Boolean => false.into(),
            FieldType::Date => Date::from_ymd(2000, 1, 1)?.into(),
            FieldType::Timestamp => Timestamp::from_date(Date::from_ymd(2000, 1, 1)?, 0)?.into(),
        })
    }
}
