//! Columns of every type and layout, built from single values.

use cpcfit::column::Bits;
use cpcfit::column::{BoolColumn, Codes, DecimalColumn, TextColumn, TimeUnit, TimestampColumn, Values};
use cpcfit::{Batch, Column, Result, Scalar};

/// A column that owns its buffers; missing rows hold zeros and are marked in `validity`.
pub struct Owned {
    rows: usize,
    validity: Vec<u8>,
    buffers: Buffers,
}

enum Buffers {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    Decimal {
        mantissas: Vec<i128>,
        scale: u32,
    },
    Bool(Vec<u8>),
    Date(Vec<i32>),
    Time(Vec<i64>, TimeUnit),
    Text {
        offsets: Vec<i32>,
        data: Vec<u8>,
    },
    LargeText {
        offsets: Vec<i64>,
        data: Vec<u8>,
    },
    TextView {
        views: Vec<[u8; 16]>,
        data: Vec<u8>,
    },
    /// Codes into the distinct texts, which are plain `Text`.
    TextDictionary {
        codes: Vec<u32>,
        offsets: Vec<i32>,
        data: Vec<u8>,
    },
    Null,
}

impl Owned {
    /// A column of a type by its name in the case files.
    pub fn new(kind: &str, values: &[Scalar]) -> Self {
        let present: Vec<bool> = values.iter().map(|value| *value != Scalar::Missing).collect();
        let integers = || values.iter().map(integer);
        let buffers = match kind {
            "float64" => Buffers::F64(values.iter().map(float).collect()),
            "float32" => Buffers::F32(values.iter().map(|value| float(value) as f32).collect()),
            "int8" => Buffers::I8(integers().map(|value| value.try_into().unwrap()).collect()),
            "int16" => Buffers::I16(integers().map(|value| value.try_into().unwrap()).collect()),
            "int32" => Buffers::I32(integers().map(|value| value.try_into().unwrap()).collect()),
            "int64" => Buffers::I64(integers().map(|value| value.try_into().unwrap()).collect()),
            "uint8" => Buffers::U8(integers().map(|value| value.try_into().unwrap()).collect()),
            "uint16" => Buffers::U16(integers().map(|value| value.try_into().unwrap()).collect()),
            "uint32" => Buffers::U32(integers().map(|value| value.try_into().unwrap()).collect()),
            "uint64" => Buffers::U64(integers().map(|value| value.try_into().unwrap()).collect()),
            "decimal" => decimals(values),
            "bool" => Buffers::Bool(bits(values.iter().map(|value| *value == Scalar::Bool(true)))),
            "date" => Buffers::Date(values.iter().map(days).collect()),
            "timestamp_s" => times(values, TimeUnit::Second),
            "timestamp_ms" => times(values, TimeUnit::Millisecond),
            "timestamp_us" => times(values, TimeUnit::Microsecond),
            "timestamp_ns" => times(values, TimeUnit::Nanosecond),
            "null" => Buffers::Null,
            _ => texts(kind, &values.iter().map(text).collect::<Vec<_>>()),
        };
        Self { rows: values.len(), validity: bits(present.into_iter()), buffers }
    }

    pub fn column(&self) -> Column<'_> {
        let validity = Some(Bits::new(&self.validity, 0, self.rows).unwrap());
        macro_rules! values {
            ($variant:ident, $values:expr) => {
                Column::$variant(Values::new($values, validity).unwrap())
            };
        }
        match &self.buffers {
            Buffers::F64(values) => values!(F64, values),
            Buffers::F32(values) => values!(F32, values),
            Buffers::I8(values) => values!(I8, values),
            Buffers::I16(values) => values!(I16, values),
            Buffers::I32(values) => values!(I32, values),
            Buffers::I64(values) => values!(I64, values),
            Buffers::U8(values) => values!(U8, values),
            Buffers::U16(values) => values!(U16, values),
            Buffers::U32(values) => values!(U32, values),
            Buffers::U64(values) => values!(U64, values),
            Buffers::Date(values) => values!(Date32, values),
            Buffers::Time(values, unit) => {
                Column::Timestamp(TimestampColumn::new(Values::new(values, validity).unwrap(), *unit))
            }
            Buffers::Decimal { mantissas, scale } => {
                let values = Values::new(mantissas, validity).unwrap();
                Column::Decimal128(DecimalColumn::new(values, i8::try_from(*scale).unwrap()).unwrap())
            }
            Buffers::Bool(values) => {
                Column::Bool(BoolColumn::new(Bits::new(values, 0, self.rows).unwrap(), validity).unwrap())
            }
            Buffers::Text { offsets, data } => {
                Column::Text(TextColumn::utf8(offsets, data, validity).unwrap())
            }
            Buffers::LargeText { offsets, data } => {
                Column::Text(TextColumn::large_utf8(offsets, data, validity).unwrap())
            }
            Buffers::TextView { views, data } => {
                Column::Text(TextColumn::utf8_view(views, vec![data], validity).unwrap())
            }
            Buffers::TextDictionary { codes, offsets, data } => {
                let values = TextColumn::utf8(offsets, data, None).unwrap();
                Column::Text(TextColumn::dictionary(Codes::U32(codes), validity, values).unwrap())
            }
            Buffers::Null => Column::Null(self.rows),
        }
    }

    pub fn len(&self) -> usize {
        self.rows
    }
}

/// Named columns as a batch.
pub fn batch(columns: &[(String, Owned)]) -> Result<Batch<'_>> {
    let mut batch = Batch::new(columns.first().map_or(0, |(_, column)| column.len()));
    for (name, column) in columns {
        batch.push(name.as_str(), column.column())?;
    }
    Ok(batch)
}

fn bits(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, value) in values.enumerate() {
        if index % 8 == 0 {
            bytes.push(0);
        }
        bytes[index / 8] |= u8::from(value) << (index % 8);
    }
    bytes
}

fn float(value: &Scalar) -> f64 {
    match value {
        Scalar::Missing => 0.0,
        Scalar::Float(value) => *value,
        other => panic!("{other:?} in a column of floats"),
    }
}

fn integer(value: &Scalar) -> i128 {
    match value {
        Scalar::Missing => 0,
        Scalar::Int(value) => *value,
        other => panic!("{other:?} in a column of integers"),
    }
}

fn days(value: &Scalar) -> i32 {
    match value {
        Scalar::Missing => 0,
        Scalar::Date(date) => date.days(),
        other => panic!("{other:?} in a column of dates"),
    }
}

/// Points in time as numbers of a unit, which hold them exactly.
fn times(values: &[Scalar], unit: TimeUnit) -> Buffers {
    let counts = values.iter().map(|value| match value {
        Scalar::Missing => 0,
        Scalar::Timestamp(moment) => match unit {
            TimeUnit::Second => moment.micros().div_euclid(1_000_000),
            TimeUnit::Millisecond => moment.micros().div_euclid(1_000),
            TimeUnit::Microsecond => moment.micros(),
            TimeUnit::Nanosecond => moment.micros().checked_mul(1_000).unwrap(),
        },
        // A number as the column has it, which may be beyond what timestamps hold.
        Scalar::Int(count) => i64::try_from(*count).unwrap(),
        other => panic!("{other:?} in a column of points in time"),
    });
    Buffers::Time(counts.collect(), unit)
}

fn text(value: &Scalar) -> String {
    match value {
        Scalar::Missing => String::new(),
        Scalar::Text(text) => text.clone(),
        other => panic!("{other:?} in a column of texts"),
    }
}

/// Mantissas over the largest scale of the values.
fn decimals(values: &[Scalar]) -> Buffers {
    let parts = values.iter().map(|value| match value {
        Scalar::Missing => (0, 0),
        Scalar::Decimal(decimal) => (decimal.mantissa(), decimal.scale()),
        Scalar::Int(integer) => (*integer, 0),
        other => panic!("{other:?} in a column of decimals"),
    });
    let scale = parts.clone().map(|(_, scale)| scale).max().unwrap_or(0);
    let mantissas = parts.map(|(mantissa, own)| mantissa * 10_i128.pow(scale - own)).collect();
    Buffers::Decimal { mantissas, scale }
}

fn texts(kind: &str, values: &[String]) -> Buffers {
    let (offsets, data) = joined(values);
    match kind {
        "text" => Buffers::Text { offsets, data },
        "large_text" => Buffers::LargeText { offsets: offsets.into_iter().map(i64::from).collect(), data },
        "text_view" => {
            let views = values.iter().zip(&offsets).map(|(value, offset)| view(value, *offset)).collect();
            Buffers::TextView { views, data }
        }
        "text_dictionary" => {
            let mut distinct: Vec<String> = Vec::new();
            let codes = values.iter().map(|value| {
                let code = distinct.iter().position(|known| known == value).unwrap_or_else(|| {
                    distinct.push(value.clone());
                    distinct.len() - 1
                });
                u32::try_from(code).unwrap()
            });
            let codes = codes.collect();
            let (offsets, data) = joined(&distinct);
            Buffers::TextDictionary { codes, offsets, data }
        }
        other => panic!("unknown column type `{other}`"),
    }
}

fn joined(values: &[String]) -> (Vec<i32>, Vec<u8>) {
    let (mut offsets, mut data) = (vec![0], Vec::new());
    for value in values {
        data.extend_from_slice(value.as_bytes());
        offsets.push(i32::try_from(data.len()).unwrap());
    }
    (offsets, data)
}

/// Arrow's string view: the length, then up to 12 bytes, or 4 of them with the number and offset of the buffer.
fn view(value: &str, offset: i32) -> [u8; 16] {
    let bytes = value.as_bytes();
    let mut view = [0; 16];
    view[..4].copy_from_slice(&i32::try_from(bytes.len()).unwrap().to_le_bytes());
    if bytes.len() <= 12 {
        view[4..4 + bytes.len()].copy_from_slice(bytes);
    } else {
        view[4..8].copy_from_slice(&bytes[..4]);
        view[12..].copy_from_slice(&offset.to_le_bytes());
    }
    view
}
