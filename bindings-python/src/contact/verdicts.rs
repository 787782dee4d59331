//! Verdicts on a frame, as columns.

use arrow_buffer::{BooleanBuffer, NullBuffer};
use cpcfit::Options;
use cpcfit::rules::{CandidateColumns, ContactPolicy, ContactStatus, Entry, MISSING_MOMENT, Verdicts};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyCapsule, PyDict};

use super::policy::title;
use crate::error::{self, computed};
use crate::frame::{Frame, Origin, Table, TableColumn, by_code, present, rows_of, selected_columns};
use crate::html::Html;

/// The columns of a result.
const NAMES: [&str; 5] = ["status", "allowed", "reason", "code", "next_allowed"];

/// What a policy is asked.
pub(super) struct Asked<'f> {
    pub(super) frame: &'f Frame,
    pub(super) contacts: Option<&'f Frame>,
    pub(super) candidates: CandidateColumns,
}

/// The verdicts on a frame: made by `ContactPolicy.apply`.
///
/// `to_frame` gives the columns: `status` (`allowed`, `blocked` or `invalid`), `allowed`, `reason` (the id of the first entry
/// that blocks), `code` (what that entry is about) and `next_allowed` (in UTC). Anything that reads Arrow's PyCapsule
/// interface may also take this object itself.
///
/// Attributes:
///     unmatched_contacts: How many contacts belong to customers that are not in the frame; they were not read.
///     problems: What was wrong with the invalid rows, with `on_error="null"`; otherwise empty.
///
/// Example:
///     >>> policy = cpc.ContactPolicy.from_dict({
///     ...     "cpcfit": 1, "kind": "contact-policy", "id": "contacts", "version": "1", "offset": "+08:00",
///     ...     "channels": ["outbound", "sms"], "limits": [{"id": "weekly", "at_most": 1, "within": "7d"}],
///     ... })
///     >>> contacts = {"customer": [2, 2], "at": ["2012-03-19T10:00:00+08:00"] * 2, "channel": ["sms", "outbound"]}
///     >>> verdicts = policy.apply({"customer": [1, 2, 3]}, contacts=contacts, channel="sms", now="2012-03-20T02:00:00Z")
///     >>> verdicts
///     ContactVerdicts(contacts 1: 3 rows, 2 allowed, 1 blocked)
///     >>> verdicts.to_frame(["allowed", "reason"])
///     {'allowed': array([ True, False,  True]), 'reason': array([None, 'weekly', None], dtype=object)}
#[pyclass(frozen, name = "ContactVerdicts", module = "cpcfit")]
pub(crate) struct PyContactVerdicts {
    found: Verdicts,
    origin: Origin,
    threads: usize,
}

impl PyContactVerdicts {
    pub(super) fn new(
        py: Python<'_>,
        policy: &ContactPolicy,
        asked: &Asked<'_>,
        origin: Origin,
        options: &Options,
    ) -> PyResult<Self> {
        let found = computed(py, || {
            let batches = asked.frame.batches(None)?;
            let contacts = asked.contacts.map_or_else(|| Ok(Vec::new()), |frame| frame.batches(None))?;
            policy.check_columns(&batches, &asked.candidates, &contacts, options)
        })?;
        Ok(Self { found, origin, threads: options.threads })
    }

    fn table(&self, py: Python<'_>, selected: Option<&[String]>) -> PyResult<Table> {
        let columns = computed(py, || selected_columns(&NAMES, selected, |name| self.column(name)))?;
        Table::new(columns, self.threads)
    }

    fn column(&self, name: &str) -> Option<TableColumn> {
        let found = &self.found;
        let entries = found.policy().entries();
        let texts = |codes: Vec<i32>, texts| {
            let present = present(&codes, |code| *code >= 0);
            TableColumn::texts(name, codes, present, texts)
        };
        Some(match name {
            "status" => {
                texts(found.status.iter().copied().map(i32::from).collect(), ContactStatus::ids().collect())
            }
            "allowed" => {
                let flags: BooleanBuffer =
                    found.status.iter().map(|code| *code == ContactStatus::Allowed.code()).collect();
                let valid = present(&found.status, |code| *code != ContactStatus::Invalid.code());
                TableColumn::flags(name, flags, valid)
            }
            "reason" => texts(found.reason.clone(), entries.iter().map(Entry::id).collect()),
            "code" => texts(found.reason.clone(), entries.iter().map(|entry| entry.kind().id()).collect()),
            "next_allowed" => {
                let valid: Option<NullBuffer> =
                    present(&found.next_allowed, |micros| *micros != MISSING_MOMENT);
                TableColumn::moments(name, found.next_allowed.clone(), valid)
            }
            _ => return None,
        })
    }

    fn by_status(&self) -> Vec<(&'static str, usize)> {
        by_code(&self.found.status, ContactStatus::ids())
    }

    fn by_reason(&self) -> Vec<(&str, usize)> {
        let entries = self.found.policy().entries().iter().map(Entry::id);
        entries.zip(self.found.blocked_by()).collect()
    }
}

#[pymethods]
impl PyContactVerdicts {
    /// The verdicts as a frame of the kind that was given, with a row for each of its rows.
    ///
    /// Args:
    ///     columns: Names of the columns wanted, in their order; all by default.
    ///
    /// Raises:
    ///     DataError: where there is no column of a name.
    #[pyo3(signature = (columns=None))]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    fn to_frame<'py>(&self, py: Python<'py>, columns: Option<Vec<String>>) -> PyResult<Bound<'py, PyAny>> {
        self.origin.restore(Bound::new(py, self.table(py, columns.as_deref())?)?)
    }

    /// How many rows there are by `status`, and by `reasons`: rows that an entry is the first to block.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (status, reasons) = (self.by_status().into_py_dict(py)?, self.by_reason().into_py_dict(py)?);
        [("status", status), ("reasons", reasons)].into_py_dict(py)
    }

    #[getter]
    fn unmatched_contacts(&self) -> usize {
        self.found.unmatched_contacts
    }

    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        error::problem_objects(py, &self.found.problems)
    }

    /// Arrow's stream of the columns.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.table(py, None)?.__arrow_c_stream__(py, requested_schema)
    }

    fn __len__(&self) -> usize {
        self.found.len()
    }

    fn __repr__(&self) -> String {
        let rows = rows_of(self.found.len(), self.by_status());
        format!("ContactVerdicts({}: {rows})", title(self.found.policy()))
    }

    fn _repr_html_(&self) -> String {
        let caption = format!("{}: {} rows", title(self.found.policy()), self.found.len());
        Html::of_counts(&caption, ["", "rows"], self.by_status().into_iter().chain(self.by_reason()))
    }
}
