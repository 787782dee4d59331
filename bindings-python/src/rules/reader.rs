//! Records as rows: the names of fields are looked up once, and a row is kept between calls.

use std::sync::Mutex;

use cpcfit::rules::{Row, Slot};
use cpcfit::{RuleSet, Scalar};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyString};

use crate::error::Raise as _;
use crate::scalar::{record, scalar};

/// What reads records for a rule set.
pub(super) struct Reader {
    /// The fields that conditions test, by the names that dicts have them under.
    fields: Vec<(Py<PyString>, Slot)>,
    /// Taken by whoever comes first; others make a row of their own.
    row: Mutex<Row>,
    /// The ids of the rules.
    ids: Vec<Py<PyString>>,
}

impl Reader {
    pub(super) fn new(py: Python<'_>, rules: &RuleSet) -> Self {
        let field = |name| Some((PyString::intern(py, name).unbind(), rules.slot(name)?));
        Self {
            fields: rules.inputs().filter_map(field).collect(),
            row: Mutex::new(rules.row()),
            ids: rules.rules().iter().map(|rule| PyString::intern(py, rule.id()).unbind()).collect(),
        }
    }

    /// The id of the first rule that matches.
    pub(super) fn first(
        &self,
        rules: &RuleSet,
        (values, keywords): (&Bound<'_, PyAny>, Option<&Bound<'_, PyDict>>),
    ) -> PyResult<Option<Py<PyString>>> {
        let py = values.py();
        if let (Ok(dict), None) = (values.cast::<PyDict>(), keywords)
            && let Ok(first) = self.first_of_dict(rules, dict)?
        {
            return Ok(first.and_then(|position| self.ids.get(position)).map(|id| id.clone_ref(py)));
        }
        // The reference evaluator tells everything that is wrong at once.
        let record = record(Some(values), keywords)?;
        let decision = rules.decide(&record).or_raise(py)?;
        Ok(decision.rules().first().map(|rule| PyString::new(py, rule.id()).unbind()))
    }

    /// The position of the first rule that matches; an error tells one thing that is wrong with the record.
    fn first_of_dict(
        &self,
        rules: &RuleSet,
        dict: &Bound<'_, PyDict>,
    ) -> PyResult<cpcfit::Result<Option<usize>>> {
        // Reading a value may run code of the caller's, which may come here again: nobody waits for the row.
        let (mut kept, mut new);
        let row: &mut Row = if let Ok(row) = self.row.try_lock() {
            kept = row;
            &mut kept
        } else {
            new = rules.row();
            &mut new
        };
        Ok(self.fill(row, dict)?.and_then(|()| rules.first(row)))
    }

    /// Sets every value of the row.
    fn fill(&self, row: &mut Row, dict: &Bound<'_, PyDict>) -> PyResult<cpcfit::Result<()>> {
        for (name, slot) in &self.fields {
            let taken = match dict.get_item(name)? {
                Some(value) => put(row, *slot, &value)?,
                None => row.put(*slot, Scalar::Missing).map(|_| ()),
            };
            if let Err(problem) = taken {
                return Ok(Err(problem));
            }
        }
        Ok(Ok(()))
    }
}

fn put(row: &mut Row, slot: Slot, value: &Bound<'_, PyAny>) -> PyResult<cpcfit::Result<()>> {
    let taken = if let Ok(float) = value.cast::<PyFloat>() {
        row.put(slot, float.value())
    } else if let Ok(text) = value.cast::<PyString>() {
        row.put_text(slot, text.to_str()?)
    } else {
        row.put(slot, scalar(value)?)
    };
    Ok(taken.map(|_| ()))
}
