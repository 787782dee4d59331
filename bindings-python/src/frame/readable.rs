//! Which Arrow types the core reads as they are, and what to ask the producer for in place of the others.

use arrow_schema::{DataType, Field, Fields};

/// The field with types that can be read, where the producer could convert to them; `None` where there is nothing to
/// ask for.
pub(super) fn as_readable(field: &Field) -> Option<Field> {
    let data_type = match field.data_type() {
        DataType::Struct(fields) => {
            let asked: Vec<Option<Field>> = fields.iter().map(|field| as_readable(field)).collect();
            if asked.iter().all(Option::is_none) {
                return None;
            }
            let all = fields
                .iter()
                .zip(asked)
                .map(|(field, asked)| asked.unwrap_or_else(|| field.as_ref().clone()));
            DataType::Struct(all.collect::<Fields>())
        }
        other => conversion(other)?,
    };
    Some(field.clone().with_data_type(data_type))
}

fn conversion(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Float16 => Some(DataType::Float64),
        DataType::Date64 => Some(DataType::Date32),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            Some(DataType::Decimal128(*precision, *scale))
        }
        DataType::Decimal256(_, scale) => Some(DataType::Decimal128(38, *scale)),
        DataType::RunEndEncoded(_, values) => Some(values.data_type().clone()),
        DataType::Dictionary(_, values) if !is_text(values) => Some(values.as_ref().clone()),
        _ => None,
    }
}

/// The three layouts of text.
pub(super) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}
