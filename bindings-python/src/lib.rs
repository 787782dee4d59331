//! The compiled part of the Python package `cpcfit`: conversions around the crate of the same name.
//!
//! Python values become documents, records and columns; results become Python objects and Arrow columns. All
//! decisions are the core's.
#![allow(
    clippy::doc_markdown,
    clippy::doc_link_with_quotes,
    reason = "what documents a class or method is its docstring in Python"
)]

mod amount;
mod bill;
mod catalog;
mod contact;
mod document;
mod error;
mod fit;
mod frame;
mod html;
mod options;
mod plan;
mod policy;
mod quote;
mod rules;
mod scalar;
mod scoring;

use pyo3::prelude::*;

/// Results are tens of megabytes; an allocator that keeps its pages saves more time than the bills take, as fresh pages
/// cost a fault each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pymodule]
mod _cpcfit {
    #[pymodule_export]
    use crate::bill::{PyBill, PyLine, PyQuantity};
    #[pymodule_export]
    use crate::catalog::{PyCatalog, load_catalog};
    #[pymodule_export]
    use crate::contact::{
        PyContactEntry, PyContactFinding, PyContactPolicy, PyContactVerdict, PyContactVerdicts,
    };
    #[pymodule_export]
    use crate::error::Report;
    #[pymodule_export]
    use crate::fit::{
        PyExplanation, PyFunnel, PyMatch, PyMatches, PyPackageFit, PyReason, PyVerdict, load_package_fit,
        package_fit,
    };
    #[pymodule_export]
    use crate::frame::{Memory, Table};
    #[pymodule_export]
    use crate::options::simd_levels;
    #[pymodule_export]
    use crate::plan::{PyCurrency, PyGivenCharge, PyMeter, PyPlan};
    #[pymodule_export]
    use crate::policy::PyFitPolicy;
    #[pymodule_export]
    use crate::quote::{PyOffer, PyQuote};
    #[pymodule_export]
    use crate::rules::{
        PyBlocker, PyCellCoverage, PyDecision, PyDecisions, PyFieldChange, PyMismatch, PyPopulation, PyRule,
        PyRuleCoverage, PyRuleOutput, PyRulePopulation, PyRuleSet, PyRuleTrace, PyRulesCheck,
        PyRulesExplanation, PyRulesFinding, PySmallestChange, PyTestCoverage, PyTestOutcome, PyTestReport,
        PyTestResult, load_rule_set,
    };
    #[pymodule_export]
    use crate::scoring::{
        PyAudit, PyDifference, PyFramework, PyFrameworkNode, PyGoal, PyIndicator, PyIndicatorAudit,
        PyIndicatorDifference, PyIndicatorScore, PyNodeScore, PyRedundantPair, PyRemoval, PyScore,
        PyScoreExplanation, PyScores, PySilentIndicator, PyStatistics, PySwap, PyUncertainty,
    };

    /// The version of the package.
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
