//! Contact policies.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cpcfit::Record;
use cpcfit::rules::{CandidateColumns, ContactPolicy, Entry};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict};

use super::verdict::PyContactVerdict;
use super::verdicts::{Asked, PyContactVerdicts};
use crate::error::{Raise as _, computed};
use crate::frame::Frame;
use crate::html::Html;
use crate::options::{self, wanted};
use crate::plan::days;
use crate::scalar::{record, scalar};
use crate::{amount, document};

/// When customers may be contacted: do-not-disturb, quiet hours, limits, gaps. Immutable; threads may share it, and it can
/// be pickled.
///
/// Made by `ContactPolicy.read`, `parse` or `from_dict`. Every problem of the document is in the `DocumentError` that
/// they raise.
///
/// Example:
///     >>> import cpcfit as cpc
///     >>> policy = cpc.ContactPolicy.parse("""
///     ... cpcfit: 1
///     ... kind: contact-policy
///     ... id: contacts
///     ... version: 1
///     ... offset: "+08:00"
///     ... channels: [outbound, sms]
///     ... quiet_hours:
///     ...   - {id: night, channels: outbound, from: "21:00", to: "08:00"}
///     ... limits:
///     ...   - {id: weekly, at_most: 2, within: 7d}
///     ... """)
///     >>> policy
///     ContactPolicy(contacts 1: 2 entries on outbound, sms)
///     >>> history = [
///     ...     {"at": "2012-03-18T10:00:00+08:00", "channel": "sms"},
///     ...     {"at": "2012-03-19T10:00:00+08:00", "channel": "outbound"},
///     ... ]
///     >>> verdict = policy.check({}, channel="sms", now="2012-03-20T10:00:00+08:00", history=history)
///     >>> verdict
///     ContactVerdict(not allowed: weekly; allowed from 2012-03-25T10:00:00+08:00)
///     >>> policy.check({}, channel="sms", now="2012-03-20T10:00:00+08:00").allowed
///     True
#[pyclass(frozen, name = "ContactPolicy", module = "cpcfit")]
pub(crate) struct PyContactPolicy(ContactPolicy);

#[pymethods]
impl PyContactPolicy {
    /// Reads a policy from a file of YAML or JSON.
    ///
    /// Args:
    ///     path: Path of the file, in UTF-8.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    ///     OSError: where the file cannot be read.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::parse(py, &document::read(path)?)
    }

    /// Reads a policy from a text of YAML or JSON.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        computed(py, || ContactPolicy::from_text(text)).map(Self)
    }

    /// Reads a policy from dicts, lists and plain values, as `json.load` or `yaml.safe_load` give them.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn from_dict(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model(document, ContactPolicy::from_document).map(Self)
    }

    /// Whether one customer may be contacted.
    ///
    /// Args:
    ///     customer: Values by the names of `inputs`, as a mapping; None and NaN are missing. May be left out where no entry
    ///         has a condition.
    ///     channel: The channel.
    ///     now: The moment: a `datetime`, which without a time zone counts as UTC, or text such as
    ///         `"2012-03-20T10:00:00+08:00"`.
    ///     kind: The kind of contact; required where the policy has kinds, and not read where it has none.
    ///     history: The contacts that there were, in any order: mappings with `at` and `channel`, `kind` where the policy
    ///         has kinds, and `outcome` where there is one.
    ///
    /// Raises:
    ///     DataError: with everything that cannot be used: unknown names, contacts after `now`.
    #[pyo3(signature = (customer=None, /, *, channel, now, kind=None, history=None))]
    fn check(
        &self,
        py: Python<'_>,
        customer: Option<&Bound<'_, PyAny>>,
        channel: &Bound<'_, PyAny>,
        now: &Bound<'_, PyAny>,
        kind: Option<&Bound<'_, PyAny>>,
        history: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyContactVerdict> {
        let customer = record(customer, None)?;
        let mut candidate = Record::from([("channel", scalar(channel)?), ("now", scalar(now)?)]);
        if let Some(kind) = kind {
            candidate.insert("kind", scalar(kind)?);
        }
        let mut contacts = Vec::new();
        if let Some(history) = history {
            for contact in history.try_iter()? {
                contacts.push(record(Some(&contact?), None)?);
            }
        }
        let verdict = self.0.check_records(&customer, &candidate, &contacts);
        let verdict = verdict.or_raise(py)?;
        PyContactVerdict::new(py, &self.0, &verdict)
    }

    /// Whether the customer of every row may be contacted; rows may be about the same customer.
    ///
    /// Args:
    ///     frame: A polars, pandas or pyarrow frame, a DuckDB relation, anything else with `__arrow_c_stream__`, or a
    ///         dict of NumPy arrays or lists. Its columns are those of `inputs`; `channel`, `kind` and `now` as far as
    ///         they are not given here; and `customer` where there are contacts.
    ///     contacts: A frame of the contacts that there were, with `customer`, `at`, `channel`, `kind` where the policy
    ///         has kinds, and `outcome` where there is one. Both frames are sorted by customer, ascending: integers by
    ///         size, texts by bytes. Contacts of customers that are not in the frame are only counted.
    ///     channel: The channel of every row.
    ///     kind: The kind of contact of every row.
    ///     now: The moment of every row, as for `check`.
    ///     columns: Names of columns of the frame where they differ: `{"customer": "msisdn"}`.
    ///     contact_columns: The same for the contacts.
    ///     on_error: `"raise"`, or `"null"` for the status `invalid` in rows that cannot be used.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
    ///
    /// Raises:
    ///     DataError: with every column that is missing or of a wrong type, frames that are not sorted, and every kind of
    ///         row that cannot be used.
    #[pyo3(signature = (frame, *, contacts=None, channel=None, kind=None, now=None, columns=None, contact_columns=None,
                        on_error="raise", threads=None, simd=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
    fn apply(
        &self,
        frame: &Bound<'_, PyAny>,
        contacts: Option<&Bound<'_, PyAny>>,
        channel: Option<&Bound<'_, PyAny>>,
        kind: Option<&Bound<'_, PyAny>>,
        now: Option<&Bound<'_, PyAny>>,
        columns: Option<BTreeMap<String, String>>,
        contact_columns: Option<BTreeMap<String, String>>,
        on_error: &str,
        threads: Option<usize>,
        simd: Option<&str>,
    ) -> PyResult<PyContactVerdicts> {
        let py = frame.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let contact_columns = contact_columns.unwrap_or_default();
        let given = [("channel", channel), ("kind", kind), ("now", now)];
        let own = given.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name);
        let own = own.chain(contacts.map(|_| "customer"));
        let (frame, origin) = Frame::read(frame, &wanted(self.0.inputs().chain(own), &options, None))?;
        let mut record = Record::new();
        for (name, value) in given {
            value.map(|value| scalar(value).map(|value| record.insert(name, value))).transpose()?;
        }
        let candidates = CandidateColumns::from_record(&record).or_raise(py)?;
        let candidates = CandidateColumns { contact_columns, ..candidates };
        let contacts = contacts
            .map(|contacts| {
                let name = |key| candidates.contact_columns.get(key).map_or(key, String::as_str);
                Frame::read(contacts, &["customer", "at", "channel", "kind", "outcome"].map(name))
            })
            .transpose()?;
        let asked = Asked { frame: &frame, contacts: contacts.as_ref().map(|(frame, _)| frame), candidates };
        PyContactVerdicts::new(py, &self.0, &asked, origin, &options)
    }

    /// The document as JSON text.
    fn to_json(&self) -> &str {
        self.0.to_json()
    }

    /// The id of the document.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// The version of the document.
    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    /// Names of the policy by language tag.
    #[getter]
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        amount::names(py, self.0.names())
    }

    /// The offset from UTC of the clock by which days and quiet hours are counted, such as `+08:00`.
    #[getter]
    fn offset(&self) -> String {
        self.0.offset()
    }

    /// The channels.
    #[getter]
    fn channels(&self) -> Vec<&str> {
        self.0.channels().collect()
    }

    /// The kinds of contact; without any, kinds are not read.
    #[getter]
    fn kinds(&self) -> Vec<&str> {
        self.0.kinds().collect()
    }

    /// The outcomes; without any, outcomes are not read.
    #[getter]
    fn outcomes(&self) -> Vec<&str> {
        self.0.outcomes().collect()
    }

    /// The entries in the order in which they are named as reasons: do-not-disturb, quiet hours, limits, gaps.
    #[getter]
    fn entries(&self, py: Python<'_>) -> PyResult<Vec<PyContactEntry>> {
        self.0.entries().iter().map(|entry| PyContactEntry::new(py, entry)).collect()
    }

    /// Names of the columns or fields of customers that are read.
    #[getter]
    fn inputs(&self) -> Vec<&str> {
        self.0.inputs().collect()
    }

    fn __repr__(&self) -> String {
        let (title, channels) = (title(&self.0), self.channels().join(", "));
        format!("ContactPolicy({title}: {} entries on {channels})", self.0.entries().len())
    }

    fn _repr_html_(&self) -> String {
        let mut html = Html::new(&title(&self.0), &["entry", "code", "note"]);
        for entry in self.0.entries() {
            html.row(&[entry.id(), entry.kind().id(), entry.note().unwrap_or_default()]);
        }
        html.finish()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (&str,))> {
        Ok((py.get_type::<Self>().getattr("parse")?, (self.to_json(),)))
    }
}

/// What policy it is.
pub(super) fn title(policy: &ContactPolicy) -> String {
    format!("{} {}", policy.id(), policy.version())
}

/// An entry of a contact policy.
///
/// Attributes:
///     id: The id.
///     code: What it is about, which is the reason code: `do_not_disturb`, `quiet_hours`, `limit` or `gap`.
///     names: Names by language tag.
///     reason: Why customers are not contacted, by language tag, where it is about that; otherwise None.
///     note: A note of the entry's owner.
///     effective_from: First day in effect; None for no such limit.
///     effective_to: Last day in effect; None for no such limit.
///     calendar: The days that return on which it is in effect, for readers; None for all.
#[pyclass(frozen, get_all, name = "ContactEntry", module = "cpcfit")]
pub(crate) struct PyContactEntry {
    id: String,
    code: &'static str,
    names: Py<PyDict>,
    reason: Option<Py<PyDict>>,
    note: Option<String>,
    effective_from: Option<Py<PyDate>>,
    effective_to: Option<Py<PyDate>>,
    calendar: Option<String>,
}

impl PyContactEntry {
    pub(super) fn new(py: Python<'_>, entry: &Entry) -> PyResult<Self> {
        let [effective_from, effective_to] = days(py, entry.period())?;
        let reason = entry.reason().map(|reason| amount::names(py, reason).map(Bound::unbind));
        Ok(Self {
            id: entry.id().to_owned(),
            code: entry.kind().id(),
            names: amount::names(py, entry.names())?.unbind(),
            reason: reason.transpose()?,
            note: entry.note().map(str::to_owned),
            effective_from,
            effective_to,
            calendar: entry.calendar().map(ToString::to_string),
        })
    }
}

#[pymethods]
impl PyContactEntry {
    fn __repr__(&self) -> String {
        format!("ContactEntry({}, {})", self.id, self.code)
    }
}
