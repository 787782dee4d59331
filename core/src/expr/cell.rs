//! Values that are set one by one, for callers that keep their slots.

use super::fault::Fault;
use super::schema::FieldSet;
use super::value::{Value, read, scalar_type};
use crate::column::Scalar;
use crate::error::Problem;

impl FieldSet {
    /// The value that the field of a slot takes from a scalar; missing where it must not be only by what is returned.
    pub(crate) fn take<'s>(&self, slot: usize, scalar: &'s Scalar) -> Result<Value<'s>, Box<Problem>> {
        let Some(field) = self.at(slot) else { return Ok(Value::Missing) };
        if scalar.is_missing() {
            return if field.may_be_missing() { Ok(Value::Missing) } else { Err(self.lacks(slot)) };
        }
        read(field.kind(), scalar, self.minor_per_major()).map_err(|fault| {
            let found = if fault == Fault::WrongType { scalar_type(scalar) } else { scalar.to_string() };
            Box::new(fault.problem(field, field.id(), &found))
        })
    }

    /// The problem of a slot without the value that it requires.
    pub(crate) fn lacks(&self, slot: usize) -> Box<Problem> {
        Box::new(match self.at(slot) {
            Some(field) => Fault::Missing.problem(field, field.id(), ""),
            None => Problem::new(crate::error::data::MISSING, "", "a required value is missing"),
        })
    }
}
