//! Arrow arrays as the core's columns, which borrow them.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_buffer::{Buffer, NullBuffer};
use arrow_schema::{DataType, TimeUnit};
use cpcfit::column::{
    self, Bits, BoolColumn, Codes, Column, DecimalColumn, LayoutError, TextColumn, TimestampColumn, Values,
};

/// The array as a column; `None` for a type that cannot be read.
pub(super) fn column(array: &ArrayRef) -> Result<Option<Column<'_>>, LayoutError> {
    Ok(Some(match array.data_type() {
        DataType::Null => Column::Null(array.len()),
        DataType::Boolean => Column::Bool(booleans(array.as_boolean())?),
        DataType::Float64 => Column::F64(values::<Float64Type>(array)?),
        DataType::Float32 => Column::F32(values::<Float32Type>(array)?),
        DataType::Int8 => Column::I8(values::<Int8Type>(array)?),
        DataType::Int16 => Column::I16(values::<Int16Type>(array)?),
        DataType::Int32 => Column::I32(values::<Int32Type>(array)?),
        DataType::Int64 => Column::I64(values::<Int64Type>(array)?),
        DataType::UInt8 => Column::U8(values::<UInt8Type>(array)?),
        DataType::UInt16 => Column::U16(values::<UInt16Type>(array)?),
        DataType::UInt32 => Column::U32(values::<UInt32Type>(array)?),
        DataType::UInt64 => Column::U64(values::<UInt64Type>(array)?),
        DataType::Date32 => Column::Date32(values::<Date32Type>(array)?),
        // The time zone says only how others show them.
        DataType::Timestamp(unit, _) => Column::Timestamp(timestamps(array, *unit)?),
        DataType::Decimal128(_, scale) => {
            Column::Decimal128(DecimalColumn::new(values::<Decimal128Type>(array)?, *scale)?)
        }
        _ => match text(array)? {
            Some(text) => Column::Text(text),
            None => return Ok(None),
        },
    }))
}

fn text(array: &ArrayRef) -> Result<Option<TextColumn<'_>>, LayoutError> {
    Ok(Some(match array.data_type() {
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            TextColumn::utf8(array.value_offsets(), array.value_data(), bits(array.nulls())?)?
        }
        DataType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            TextColumn::large_utf8(array.value_offsets(), array.value_data(), bits(array.nulls())?)?
        }
        DataType::Utf8View => {
            let array = array.as_string_view();
            let (views, _) = array.views().inner().as_slice().as_chunks();
            let buffers = array.data_buffers().iter().map(Buffer::as_slice).collect();
            TextColumn::utf8_view(views, buffers, bits(array.nulls())?)?
        }
        DataType::Dictionary(key, _) => return dictionary(array, key),
        _ => return Ok(None),
    }))
}

fn dictionary<'a>(array: &'a ArrayRef, key: &DataType) -> Result<Option<TextColumn<'a>>, LayoutError> {
    let codes = match key {
        DataType::Int8 => Codes::I8(keys::<Int8Type>(array)),
        DataType::Int16 => Codes::I16(keys::<Int16Type>(array)),
        DataType::Int32 => Codes::I32(keys::<Int32Type>(array)),
        DataType::Int64 => Codes::I64(keys::<Int64Type>(array)),
        DataType::UInt8 => Codes::U8(keys::<UInt8Type>(array)),
        DataType::UInt16 => Codes::U16(keys::<UInt16Type>(array)),
        DataType::UInt32 => Codes::U32(keys::<UInt32Type>(array)),
        DataType::UInt64 => Codes::U64(keys::<UInt64Type>(array)),
        _ => return Ok(None),
    };
    let values = text(array.as_any_dictionary().values())?;
    values.map(|values| TextColumn::dictionary(codes, bits(array.nulls())?, values)).transpose()
}

fn keys<T: ArrowDictionaryKeyType>(array: &ArrayRef) -> &[T::Native] {
    array.as_dictionary::<T>().keys().values()
}

fn values<T: ArrowPrimitiveType>(array: &ArrayRef) -> Result<Values<'_, T::Native>, LayoutError> {
    let array = array.as_primitive::<T>();
    Values::new(array.values(), bits(array.nulls())?)
}

fn timestamps(array: &ArrayRef, unit: TimeUnit) -> Result<TimestampColumn<'_>, LayoutError> {
    let (counts, unit) = match unit {
        TimeUnit::Second => (values::<TimestampSecondType>(array)?, column::TimeUnit::Second),
        TimeUnit::Millisecond => (values::<TimestampMillisecondType>(array)?, column::TimeUnit::Millisecond),
        TimeUnit::Microsecond => (values::<TimestampMicrosecondType>(array)?, column::TimeUnit::Microsecond),
        TimeUnit::Nanosecond => (values::<TimestampNanosecondType>(array)?, column::TimeUnit::Nanosecond),
    };
    Ok(TimestampColumn::new(counts, unit))
}

fn booleans(array: &BooleanArray) -> Result<BoolColumn<'_>, LayoutError> {
    let values = array.values();
    BoolColumn::new(Bits::new(values.values(), values.offset(), values.len())?, bits(array.nulls())?)
}

fn bits(nulls: Option<&NullBuffer>) -> Result<Option<Bits<'_>>, LayoutError> {
    nulls.map(|nulls| Bits::new(nulls.validity(), nulls.offset(), nulls.len())).transpose()
}
