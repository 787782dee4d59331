//! Decisions on a frame, as columns.

use std::ptr::NonNull;
use std::sync::Arc;

use arrow_array::types::{Date32Type, Float64Type, Int64Type, UInt32Type};
use arrow_buffer::{BooleanBuffer, Buffer, ScalarBuffer};
use cpcfit::expr::FieldType;
use cpcfit::rules::{
    Collect, DecisionStatus, Decisions, Hit, Hits, MISSING_MINOR, Output, OutputColumn, Rule,
};
use cpcfit::{Options, RuleSet, Scalar};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyCapsule, PyDict};

use super::explanation::{keeps_list, minor};
use super::rule_set::{PyRuleSet, title};
use crate::error::{self, computed};
use crate::frame::{
    Amounts, Frame, MoneyAs, Origin, Table, TableColumn, by_code, present, rows_of, selected_columns,
};
use crate::html::Html;

/// The decisions on a frame: made by `RuleSet.apply`.
///
/// `to_frame` gives the columns; anything that reads Arrow's PyCapsule interface may also take this object itself.
///
/// Example:
///     >>> rules = cpc.RuleSet.from_dict({
///     ...     "cpcfit": 1, "kind": "rules", "id": "desk", "version": "1", "hit": "first",
///     ...     "fields": {"arpu": {"type": "number"}}, "outputs": {"queue": {"type": "string", "default": "all"}},
///     ...     "rules": [{"id": "key", "when": "arpu > 300", "then": {"queue": "vip"}}],
///     ... })
///     >>> decisions = rules.apply({"arpu": [320, 90]})
///     >>> decisions
///     Decisions(desk 1, first: 2 rows, 1 none)
///     >>> decisions.counts()["rules"]
///     {'key': 1}
///     >>> decisions.to_frame(["rule", "queue"])
///     {'rule': array(['key', None], dtype=object), 'queue': array(['vip', 'all'], dtype=object)}
#[pyclass(frozen, name = "Decisions", module = "cpcfit")]
pub(crate) struct PyDecisions {
    /// Shared with the columns that lend from it.
    found: Arc<Decisions>,
    /// Which rows each rule matches, where several rules may decide.
    hits: Option<Hits>,
    origin: Origin,
    threads: usize,
    money: MoneyAs,
}

impl PyDecisions {
    pub(super) fn new(
        py: Python<'_>,
        rules: &RuleSet,
        (frame, origin): (&Frame, Origin),
        options: &Options,
        money: Option<MoneyAs>,
    ) -> PyResult<Self> {
        check_names(rules)?;
        let (found, hits) = computed(py, || {
            let batches = frame.batches(None)?;
            let found = rules.decide_columns(&batches, options)?;
            let several = !rules.hit().is_single();
            Ok((found, several.then(|| rules.hits(&batches, options)).transpose()?))
        })?;
        let money = money.unwrap_or(origin.money);
        Ok(Self { found: Arc::new(found), hits, origin, threads: options.threads, money })
    }

    fn rules(&self) -> &RuleSet {
        self.found.rule_set()
    }

    fn table(&self, py: Python<'_>, selected: Option<&[String]>) -> PyResult<Table> {
        let all: Vec<&str> = own_names(self.rules()).chain(given_names(self.rules())).collect();
        let columns = computed(py, || selected_columns(&all, selected, |name| self.column(name)))?;
        Table::new(columns, self.threads)
    }

    fn column(&self, name: &str) -> Option<TableColumn> {
        if !own_names(self.rules()).any(|own| own == name) {
            return self.given(name);
        }
        Some(match name {
            "rule" => {
                let ids = self.rules().rules().iter().map(Rule::id).collect();
                match self.found.bytes() {
                    // Counted from 1; neither none nor invalid is a rule.
                    Some(codes) => {
                        let codes: Vec<u8> = codes.iter().map(|code| code.wrapping_sub(1)).collect();
                        TableColumn::few_texts(name, codes, ids)
                    }
                    None => TableColumn::texts(name, self.deciding(), None, ids),
                }
            }
            "count" => TableColumn::values::<UInt32Type>(name, self.found.count.clone(), None),
            _ => {
                let status: Vec<i32> = self.found.status().iter().copied().map(i32::from).collect();
                TableColumn::texts(name, status, None, DecisionStatus::ids().collect())
            }
        })
    }

    /// The positions of the rules that decide, where they lie.
    fn deciding(&self) -> ScalarBuffer<i32> {
        let rule = self.found.rule();
        let owner = Arc::clone(&self.found);
        // SAFETY: the bytes are those of a vector within the owner, which nobody changes as it is shared.
        let bytes =
            unsafe { Buffer::from_custom_allocation(NonNull::from(rule).cast(), size_of_val(rule), owner) };
        ScalarBuffer::new(bytes, 0, rule.len())
    }

    /// The column of an output or, where matches stay a list, of a rule.
    fn given(&self, name: &str) -> Option<TableColumn> {
        if keeps_list(self.rules()) {
            let position = self.rules().rules().iter().position(|rule| rule.id() == name)?;
            let words: Vec<u64> =
                self.hits.as_ref()?.words(position).iter().copied().map(u64::to_le).collect();
            let bits = BooleanBuffer::new(Buffer::from_vec(words), 0, self.found.len());
            return Some(TableColumn::flags(name, bits, None));
        }
        let output = self.rules().outputs().iter().find(|output| output.id() == name)?;
        match self.found.output(name)? {
            OutputColumn::Numbers(numbers) => {
                let present = present(&numbers, |number| !number.is_nan());
                Some(TableColumn::values::<Float64Type>(name, numbers, present))
            }
            OutputColumn::Money(minor) => Some(self.amounts(name, minor)),
            OutputColumn::Codes { codes, values } => Some(self.values(output, codes, &values)),
            _ => None,
        }
    }

    fn amounts(&self, name: &str, minor: Vec<i64>) -> TableColumn {
        let present = present(&minor, |minor| *minor != MISSING_MINOR);
        let amounts = Amounts { name, minor: minor.into(), present };
        TableColumn::money(amounts, self.rules().currency().exponent(), self.money, self.threads)
    }

    /// One of a few values in every row.
    fn values(&self, output: &Output, codes: Vec<i32>, values: &[Scalar]) -> TableColumn {
        let name = output.id();
        let present = || present(&codes, |code| *code >= 0);
        match held_as(output, values) {
            FieldType::Number => {
                let floats = looked_up(&codes, values, f64::NAN, |value| match value {
                    Scalar::Float(float) => Some(*float),
                    Scalar::Decimal(decimal) => Some(decimal.to_f64()),
                    Scalar::Int(integer) => Some(cpcfit::Decimal::new(*integer, 0).ok()?.to_f64()),
                    _ => None,
                });
                TableColumn::values::<Float64Type>(name, floats, present())
            }
            FieldType::Integer => {
                let integers = looked_up(&codes, values, 0, |value| match value {
                    Scalar::Int(integer) => i64::try_from(*integer).ok(),
                    _ => None,
                });
                TableColumn::values::<Int64Type>(name, integers, present())
            }
            FieldType::Money => {
                let amount = |value: &Scalar| match value {
                    Scalar::Decimal(major) => i64::try_from(minor(self.rules(), *major)).ok(),
                    _ => None,
                };
                self.amounts(name, looked_up(&codes, values, MISSING_MINOR, amount))
            }
            FieldType::Boolean => {
                let flags = looked_up(&codes, values, false, |value| match value {
                    Scalar::Bool(flag) => Some(*flag),
                    _ => None,
                });
                TableColumn::flags(name, flags, present())
            }
            FieldType::Date => {
                let days = looked_up(&codes, values, 0, |value| match value {
                    Scalar::Date(date) => Some(date.days()),
                    _ => None,
                });
                TableColumn::values::<Date32Type>(name, days, present())
            }
            FieldType::Timestamp => {
                let micros = looked_up(&codes, values, 0, |value| match value {
                    Scalar::Timestamp(moment) => Some(moment.micros()),
                    _ => None,
                });
                TableColumn::moments(name, micros, present())
            }
            // Texts.
            _ => {
                let texts: Vec<String> = values.iter().map(text).collect();
                TableColumn::texts(name, codes, None, texts.iter().map(String::as_str).collect())
            }
        }
    }

    /// How many rows have each status, in the order of the codes.
    fn by_status(&self) -> Vec<(&'static str, usize)> {
        by_code(self.found.status(), DecisionStatus::ids())
    }

    /// How many rows each rule decides; where several may, how many it matches.
    fn by_rule(&self) -> Vec<(&str, usize)> {
        let rules = self.rules().rules().iter().map(Rule::id);
        match &self.hits {
            Some(hits) => rules.enumerate().map(|(position, id)| (id, hits.count(position))).collect(),
            None => rules.zip(self.found.decided_by()).collect(),
        }
    }
}

/// What the column of an output holds: values of its type; but counts are integers, and only where no rule matches
/// there is a default, which may be of any type.
fn held_as(output: &Output, values: &[Scalar]) -> FieldType {
    if output.collect() != Some(Collect::Count) {
        return output.kind();
    }
    match values.iter().find(|value| !matches!(value, Scalar::Int(_))) {
        None => FieldType::Integer,
        Some(Scalar::Float(_) | Scalar::Decimal(_)) => FieldType::Number,
        Some(_) => FieldType::String,
    }
}

/// The columns of a result, before those of outputs or rules.
fn own_names(rules: &RuleSet) -> impl Iterator<Item = &str> {
    let hit = rules.hit();
    let stops = matches!(hit, Hit::First | Hit::Priority);
    ["status"].into_iter().chain(hit.is_single().then_some("rule")).chain((!stops).then_some("count"))
}

/// The columns of outputs; where matches stay a list, those of rules.
fn given_names(rules: &RuleSet) -> impl Iterator<Item = &str> {
    let listed = keeps_list(rules);
    let outputs = rules.outputs().iter().filter(move |_| !listed).map(Output::id);
    outputs.chain(rules.rules().iter().filter(move |_| listed).map(Rule::id))
}

/// Refuses outputs and rules whose columns would be there twice.
fn check_names(rules: &RuleSet) -> PyResult<()> {
    let taken = given_names(rules).find(|name| own_names(rules).any(|own| own == *name));
    taken.map_or(Ok(()), |name| {
        let what = if keeps_list(rules) { "rule" } else { "output" };
        let message = format!(
            "the result would have two columns named `{name}`: the {what} has the name of another column"
        );
        Err(PyValueError::new_err(message))
    })
}

/// The value of every row by its code.
fn looked_up<T: Copy>(
    codes: &[i32],
    values: &[Scalar],
    none: T,
    read: impl Fn(&Scalar) -> Option<T>,
) -> Vec<T> {
    let known: Vec<T> = values.iter().map(|value| read(value).unwrap_or(none)).collect();
    let value = |code: &i32| usize::try_from(*code).ok().and_then(|code| known.get(code)).copied();
    codes.iter().map(|code| value(code).unwrap_or(none)).collect()
}

fn text(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

#[pymethods]
impl PyDecisions {
    /// The result as a frame of the kind that was passed, in its order and with the index of a pandas frame.
    ///
    /// Columns: `status`, which is `matched`, `none`, `overlap`, `conflict` or `invalid`; `rule`, the id of the rule that
    /// decides, unless several may; `count`, how many rules match, unless the first decides; then every output, null where
    /// it is missing or nothing is decided. Money is Decimal, float or integer minor units, as `money` says. Where several
    /// rules that match stay a list, each rule has a column in place of the outputs: whether it matches, which it never
    /// does in rows that are `invalid`.
    ///
    /// Args:
    ///     columns: The names of the columns that are wanted, in this order; all by default.
    ///
    /// Raises:
    ///     DataError: where there is no such column.
    #[pyo3(signature = (columns=None))]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    fn to_frame<'py>(&self, py: Python<'py>, columns: Option<Vec<String>>) -> PyResult<Bound<'py, PyAny>> {
        self.origin.restore(Bound::new(py, self.table(py, columns.as_deref())?)?)
    }

    /// How many rows there are by `status`, and by `rules`: rows that a rule decides; where several may decide, rows that
    /// it matches.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (status, rules) = (self.by_status().into_py_dict(py)?, self.by_rule().into_py_dict(py)?);
        [("status", status), ("rules", rules)].into_py_dict(py)
    }

    /// What was wrong with the invalid rows, with `on_error="null"`; otherwise empty.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        error::problem_objects(py, &self.found.problems)
    }

    /// The rules that decided.
    #[getter]
    fn rule_set(&self, py: Python<'_>) -> PyRuleSet {
        PyRuleSet::new(py, self.rules().clone())
    }

    /// Arrow's stream of the columns of `to_frame`. The types are what they are: `requested_schema` is not used.
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
        let others = self.by_status().into_iter().skip(1);
        format!("Decisions({}: {})", title(self.rules()), rows_of(self.found.len(), others))
    }

    fn _repr_html_(&self) -> String {
        let caption = format!("Decisions by {}, {} rows", title(self.rules()), self.found.len());
        Html::of_counts(&caption, ["", "rows"], self.by_status().into_iter().chain(self.by_rule()))
    }
}
