//! Whether one customer may be contacted, and why.

use cpcfit::Timestamp;
use cpcfit::rules::{ContactFinding, ContactPolicy, Verdict};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDelta, PyTzInfo};

use super::policy::title;
use crate::html::Html;
use crate::scalar::python_datetime;

/// Whether one customer may be contacted, with what every entry says; `print` it to read it.
///
/// Attributes:
///     allowed: Whether no entry blocks.
///     reasons: The ids of the entries that block: do-not-disturb, quiet hours, limits, gaps, each in the order of the
///         document.
///     next_allowed: The earliest `datetime` from now on at which no entry blocks, by the clock of the policy, if there are
///         no further contacts and the customer stays as it is: now, where the contact is allowed; None where there is no
///         such moment within twelve years. In UTC where the policy's clock has no such year, and None after 9999.
///     findings: What every entry says, also those that do not apply.
///
/// Example:
///     >>> policy = cpc.ContactPolicy.from_dict({
///     ...     "cpcfit": 1, "kind": "contact-policy", "id": "contacts", "version": "1", "offset": "+08:00",
///     ...     "channels": ["outbound", "sms"], "outcomes": ["accepted", "refused"],
///     ...     "quiet_hours": [{"id": "night", "channels": "outbound", "from": "21:00", "to": "08:00"}],
///     ...     "gaps": [{"id": "refusal", "after": "refused", "wait": "30d"}],
///     ... })
///     >>> history = [{"at": "2012-03-01T10:00:00+08:00", "channel": "sms", "outcome": "refused"}]
///     >>> verdict = policy.check(channel="outbound", now="2012-03-20T21:30:00+08:00", history=history)
///     >>> print(verdict)
///     not allowed: night (quiet_hours), refusal (gap); allowed from 2012-03-31T10:00:00+08:00
///       - night (quiet_hours): a time outside of 21:00 to 08:00: 2012-03-20T21:30:00+08:00
///       - refusal (gap): 30d after a contact with the outcome refused: sms at 2012-03-01T10:00:00+08:00, refused
///     >>> verdict.next_allowed.isoformat()
///     '2012-03-31T10:00:00+08:00'
#[pyclass(frozen, name = "ContactVerdict", module = "cpcfit")]
pub(crate) struct PyContactVerdict {
    #[pyo3(get)]
    allowed: bool,
    #[pyo3(get)]
    reasons: Vec<String>,
    #[pyo3(get)]
    next_allowed: Option<Py<PyAny>>,
    #[pyo3(get)]
    findings: Vec<Py<PyContactFinding>>,
    /// Whether there is a next moment, which may be beyond what `next_allowed` can hold.
    has_next: bool,
    title: String,
    text: String,
}

impl PyContactVerdict {
    pub(super) fn new(py: Python<'_>, policy: &ContactPolicy, verdict: &Verdict<'_>) -> PyResult<Self> {
        let findings = verdict.findings().iter();
        let next = verdict.next_allowed();
        Ok(Self {
            allowed: verdict.allowed(),
            reasons: verdict.reasons().map(|reason| reason.entry().id().to_owned()).collect(),
            next_allowed: moment_of(py, policy, next)?,
            has_next: next.is_some(),
            findings: findings
                .map(|finding| Py::new(py, PyContactFinding::new(py, policy, finding)?))
                .collect::<PyResult<_>>()?,
            title: title(policy),
            text: verdict.to_string(),
        })
    }

    /// The verdict in a few words: what stands before the entries.
    fn words(&self, py: Python<'_>) -> PyResult<String> {
        if self.allowed {
            return Ok("allowed".to_owned());
        }
        let next = match (&self.next_allowed, self.has_next) {
            (Some(next), _) => {
                let text = next.bind(py).call_method0(intern!(py, "isoformat"))?;
                format!("allowed from {}", text.extract::<String>()?)
            }
            (None, true) => "allowed after the year 9999".to_owned(),
            (None, false) => "never allowed".to_owned(),
        };
        Ok(format!("not allowed: {}; {next}", self.reasons.join(", ")))
    }
}

/// A moment as a datetime by the clock of the policy; in UTC where its year there is not one that Python has; none where that
/// is so in UTC too.
fn moment_of(
    py: Python<'_>,
    policy: &ContactPolicy,
    moment: Option<Timestamp>,
) -> PyResult<Option<Py<PyAny>>> {
    let Some(moment) = moment else { return Ok(None) };
    let minutes = policy.offset_minutes();
    let year = moment.date(minutes).map_or(0, |date| date.to_ymd().0);
    let found = python_datetime(py, moment)?;
    if !found.is_instance_of::<PyDateTime>() {
        return Ok(None);
    }
    if !(1..=9999).contains(&year) {
        return Ok(Some(found.unbind()));
    }
    let zone = PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, minutes * 60, 0, true)?)?;
    found.call_method1(intern!(py, "astimezone"), (zone,)).map(|found| Some(found.unbind()))
}

#[pymethods]
impl PyContactVerdict {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("ContactVerdict({})", self.words(py)?))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let caption = format!("{}: {}", self.title, self.words(py)?);
        let mut html = Html::new(&caption, &["entry", "code", "says", "expected", "actual"]);
        for finding in self.findings.iter().map(Py::get) {
            let actual = finding.actual.as_deref().unwrap_or_default();
            html.row(&[&finding.entry, finding.code, finding.status, &finding.expected, actual]);
        }
        Ok(html.finish())
    }
}

/// What an entry says of one contact; `print` it to read it.
///
/// Attributes:
///     entry: The id of the entry.
///     code: What the entry is about: `do_not_disturb`, `quiet_hours`, `limit` or `gap`.
///     status: `blocks` or `passes`; or why it does not apply: `not_in_effect`, `other_channel`, `other_kind`,
///         `other_customers`.
///     expected: What is expected, such as `at most 2 contacts within 7d`.
///     actual: What was found, such as `3 after 2012-03-13T10:00:00+08:00`; None where it does not apply.
///     until: Where it blocks, the first `datetime` at which it does not any more; None where there is none.
#[pyclass(frozen, name = "ContactFinding", module = "cpcfit")]
pub(crate) struct PyContactFinding {
    #[pyo3(get)]
    entry: String,
    #[pyo3(get)]
    code: &'static str,
    #[pyo3(get)]
    status: &'static str,
    #[pyo3(get)]
    expected: String,
    #[pyo3(get)]
    actual: Option<String>,
    #[pyo3(get)]
    until: Option<Py<PyAny>>,
    text: String,
}

impl PyContactFinding {
    fn new(py: Python<'_>, policy: &ContactPolicy, finding: &ContactFinding<'_>) -> PyResult<Self> {
        Ok(Self {
            entry: finding.entry().id().to_owned(),
            code: finding.entry().kind().id(),
            status: finding.status().id(),
            expected: finding.expected().to_owned(),
            actual: finding.actual().map(str::to_owned),
            until: moment_of(py, policy, finding.until())?,
            text: finding.to_string(),
        })
    }
}

#[pymethods]
impl PyContactFinding {
    fn __str__(&self) -> &str {
        self.text.trim_start()
    }

    fn __repr__(&self) -> String {
        format!("ContactFinding({}: {})", self.entry, self.status)
    }
}
