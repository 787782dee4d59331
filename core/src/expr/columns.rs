//! Columns bound to fields: which column each used slot reads, checked once for the whole batch.

use std::collections::BTreeMap;

use super::condition::Slots;
use super::fault::{Fault, expected};
use super::schema::{Field, FieldSet, FieldType};
use crate::column::{Batch, Column};
use crate::error::{Error, Problem, Result, data as code, nearest};

/// The columns of a batch, slot by slot.
#[derive(Clone, Debug)]
pub(crate) struct Columns<'c> {
    pub(super) slots: Vec<Option<Bound<'c>>>,
    pub(super) rows: usize,
    pub(super) minor_per_major: i64,
}

/// A used field and its column.
#[derive(Clone, Debug)]
pub(super) struct Bound<'c> {
    pub(super) field: &'c Field,
    /// Name of the column.
    pub(super) name: &'c str,
    /// Without a column every value is missing.
    pub(super) column: Option<&'c Column<'c>>,
}

impl FieldSet {
    /// The columns of the used slots; `names` maps fields to columns that are named otherwise.
    ///
    /// # Errors
    /// `data.missing_column` for every used field that requires a value and has no column, and for every column
    /// that `names` names and the batch lacks; `data.wrong_type` for every column that its field does not take.
    pub(crate) fn bind_columns<'c>(
        &'c self,
        used: &Slots,
        batch: &'c Batch<'c>,
        names: &'c BTreeMap<String, String>,
    ) -> Result<Columns<'c>> {
        let mut problems = Vec::new();
        let slots = self
            .iter()
            .enumerate()
            .map(|(slot, field)| used.contains(slot).then(|| bind(field, batch, names, &mut problems)));
        let slots = slots.collect();
        if problems.is_empty() {
            Ok(Columns { slots, rows: batch.len(), minor_per_major: self.minor_per_major() })
        } else {
            Err(Error::data(problems))
        }
    }
}

fn bind<'c>(
    field: &'c Field,
    batch: &'c Batch<'c>,
    names: &'c BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Bound<'c> {
    let renamed = names.get(field.id());
    let name = renamed.map_or(field.id(), String::as_str);
    let column = batch.get(name);
    let fits = column.is_some_and(|column| takes(field, column));
    match column {
        // The engine that reads the usage reports what is wrong with its column.
        _ if field.usage_default().is_some() => {}
        Some(column) if !fits => {
            let found = format!("a column of type {}", column.type_name());
            problems.push(Fault::WrongType.problem(field, name, &found));
        }
        None if renamed.is_some() || !field.may_be_missing() => {
            let message = "a column that a condition tests is absent";
            let problem = Problem::new(code::MISSING_COLUMN, name, message)
                .with_expected(format!("a column with {}", expected(field.kind())))
                .suggest(nearest(name, batch.names()));
            problems.push(problem);
        }
        _ => {}
    }
    Bound { field, name, column: column.filter(|_| fits) }
}

/// Whether a field takes the values of a column.
fn takes(field: &Field, column: &Column<'_>) -> bool {
    match column {
        Column::Null(_) => true,
        Column::Unsupported { .. } => false,
        Column::F64(_) | Column::F32(_) | Column::Decimal128(_) => {
            matches!(field.kind(), FieldType::Number | FieldType::Integer | FieldType::Money)
        }
        Column::I8(_)
        | Column::I16(_)
        | Column::I32(_)
        | Column::I64(_)
        | Column::U8(_)
        | Column::U16(_)
        | Column::U32(_)
        | Column::U64(_) => {
            let kind = field.kind();
            matches!(kind, FieldType::Number | FieldType::Integer | FieldType::Money | FieldType::String)
        }
        Column::Bool(_) => field.kind() == FieldType::Boolean,
        Column::Date32(_) => field.kind() == FieldType::Date,
        Column::Timestamp(_) => matches!(field.kind(), FieldType::Date | FieldType::Timestamp),
        Column::Text(_) => match field.kind() {
            FieldType::String | FieldType::Date | FieldType::Timestamp | FieldType::Money => true,
            // Usage may be text; other numbers may not.
            FieldType::Number => field.usage_default().is_some(),
            FieldType::Integer | FieldType::Boolean => false,
        },
    }
}
