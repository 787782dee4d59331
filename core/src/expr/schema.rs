//! The fields that conditions may test.

use crate::column::Date;
use crate::document::{Declare, Dict, DictEntry, Fields, Names, Word, WordOf, Words};
use crate::error::{Problem, expr as code, nearest};
use crate::money::{Currency, Decimal};

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// A 64-bit float; integers and decimals become the nearest one.
    Number,
    /// A whole number, exact within 64 bits.
    Integer,
    /// An exact amount in major units of the currency, a whole number of minor units.
    Money,
    /// Text, compared by bytes; integers stand for their canonical decimal form.
    String,
    /// True or false.
    Boolean,
    /// A calendar date.
    Date,
    /// A point in time, exact to the microsecond.
    Timestamp,
}

impl FieldType {
    /// The word for the type in documents and messages.
    pub fn word(self) -> &'static str {
        match self {
            FieldType::Number => "number",
            FieldType::Integer => "integer",
            FieldType::Money => "money",
            FieldType::String => "string",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::Timestamp => "timestamp",
        }
    }
}

impl Words for FieldType {
    const WORDS: &'static [Word] = &[
        Word { word: "number", about: "a number, compared as a 64-bit float" },
        Word { word: "integer", about: "a whole number, exact within 64 bits" },
        Word { word: "money", about: "an amount in major units, exact in minor units" },
        Word { word: "string", about: "text or an integer id, compared exactly" },
        Word { word: "boolean", about: "true or false" },
        Word { word: "date", about: "a date, YYYY-MM-DD" },
        Word {
            word: "timestamp",
            about: "a point in time, such as 2012-03-21T08:00:00Z or 2012-03-21T16:00:00+08:00",
        },
    ];
    const VALUES: &'static [Self] = &[
        FieldType::Number,
        FieldType::Integer,
        FieldType::Money,
        FieldType::String,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::Timestamp,
    ];
}

/// A declared field, as the document has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldEntry {
    kind: FieldType,
    unit: Option<Box<str>>,
    may_be_missing: bool,
    values: Box<[Box<str>]>,
    names: Names,
}

impl FieldEntry {
    /// The type of the values.
    pub(crate) fn kind(&self) -> FieldType {
        self.kind
    }
}

impl Declare for FieldEntry {
    const NAME: &'static str = "Field";
    const ABOUT: &'static str = "An attribute of the customer that conditions may test.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required::<WordOf<FieldType>>("type", "type of the values");
        let unit = fields.optional("unit", "unit of the values, for readers");
        let may_be_missing = fields.or("missing", "whether a value may be missing", false, "false");
        let about = "the only values of a field of type string; conditions are checked against them";
        let values = fields.optional::<Vec<Box<str>>>("values", about);
        let names = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let (kind, values) = (kind?.0, values?.unwrap_or_default().into_boxed_slice());
        if kind != FieldType::String && !values.is_empty() {
            let message =
                format!("only fields of type string have `values`, not those of type {}", kind.word());
            fields.report(fields.at().problem(code::WRONG_TYPE, message));
            return None;
        }
        Some(Self { kind, unit: unit?, may_be_missing: may_be_missing?, values, names: names? })
    }
}

/// A field with its type and whether its value may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    id: Box<str>,
    entry: FieldEntry,
    origin: Origin,
}

/// Who answers for the values of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    /// The conditions that test it: what cannot be used is a data error.
    Declared,
    /// The engine that bills the usage and reports what is wrong with it. Here numeric text is a number, and
    /// what cannot be used is the default or else missing.
    Usage { default: Option<f64> },
}

impl Field {
    /// The name in records, columns and conditions.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type of the values.
    pub fn kind(&self) -> FieldType {
        self.entry.kind
    }

    /// The unit of the values, where one is declared.
    pub fn unit(&self) -> Option<&str> {
        self.entry.unit.as_deref()
    }

    /// Whether a value may be missing; otherwise a missing value is a data error.
    pub fn may_be_missing(&self) -> bool {
        self.entry.may_be_missing
    }

    /// For usage its default, if it has one; `None` for a declared field.
    #[expect(clippy::option_option, reason = "usage without a default is not a declared field")]
    pub(super) fn usage_default(&self) -> Option<Option<f64>> {
        match self.origin {
            Origin::Declared => None,
            Origin::Usage { default } => Some(default),
        }
    }

    /// The only values of a field of type string; none where any text is one.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.entry.values.iter().map(|value| &**value)
    }

    /// Whether the values are listed.
    pub(super) fn is_closed(&self) -> bool {
        !self.entry.values.is_empty()
    }

    /// Whether the field is a meter's usage.
    pub(super) fn is_usage(&self) -> bool {
        self.usage_default().is_some()
    }

    /// The names for readers.
    pub fn names(&self) -> &Names {
        &self.entry.names
    }
}

/// Fields in the order of their declaration; conditions refer to them by slot.
#[derive(Clone, Debug)]
pub struct FieldSet {
    fields: Vec<Field>,
    minor_per_major: i64,
}

impl FieldSet {
    /// No fields yet; money is in that currency.
    pub(crate) fn new(currency: &Currency) -> Self {
        Self { fields: Vec::new(), minor_per_major: currency.minor_per_major() }
    }

    /// Adds a meter's usage as a number in the meter's unit.
    pub(crate) fn add_usage(&mut self, id: &str, unit: &str, names: Names, default: Option<Decimal>) {
        let entry = FieldEntry {
            kind: FieldType::Number,
            unit: Some(unit.into()),
            may_be_missing: false,
            values: Box::default(),
            names,
        };
        let origin = Origin::Usage { default: default.map(Decimal::to_f64) };
        self.fields.push(Field { id: id.into(), entry, origin });
    }

    /// Adds a text that may be missing and that the document need not declare.
    pub(crate) fn add_optional_text(&mut self, id: &str) {
        let entry = FieldEntry {
            kind: FieldType::String,
            unit: None,
            may_be_missing: true,
            values: Box::default(),
            names: Names::default(),
        };
        self.fields.push(Field { id: id.into(), entry, origin: Origin::Declared });
    }

    /// Adds the fields that a document declares; earlier slots stay as they are.
    pub(crate) fn declare(&mut self, declared: Dict<FieldEntry>, problems: &mut Vec<Problem>) {
        for DictEntry { key, at, value } in declared.entries {
            if self.slot(&key).is_some() {
                let message =
                    "the field is declared twice, or has the name of a meter or of an implicit field";
                problems.push(at.problem(code::DUPLICATE_FIELD, message).with_found(format!("`{key}`")));
            } else {
                self.fields.push(Field { id: key, entry: value, origin: Origin::Declared });
            }
        }
    }

    /// The field of that name.
    pub fn get(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| *field.id == *id)
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn slot(&self, id: &str) -> Option<usize> {
        self.fields.iter().position(|field| *field.id == *id)
    }

    pub(crate) fn at(&self, slot: usize) -> Option<&Field> {
        self.fields.get(slot)
    }

    pub(super) fn minor_per_major(&self) -> i64 {
        self.minor_per_major
    }

    /// Decimals of amounts.
    pub(super) fn exponent(&self) -> u8 {
        // A power of ten, at most 10^6.
        u8::try_from(self.minor_per_major.checked_ilog10().unwrap_or(0)).unwrap_or(0)
    }

    pub(super) fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.iter().map(Field::id))
    }
}

/// Days since 1970-01-01 in the width that money has too, so that both share their tests.
pub(super) fn days(date: Date) -> i64 {
    i64::from(date.days())
}
