//! Errors of the core as plain JavaScript data, which `ts/call.ts` makes into error classes.

use cpcfit::{Error, ErrorKind, Problem};
use wasm_bindgen::JsValue;

use crate::value::{count, index, list, object, optional};

/// `{cpcfit: "document" | "data", report: {message, problems}, masked: {message, problems}}`, to be thrown.
#[expect(clippy::needless_pass_by_value, reason = "so that it reads `map_err(thrown)`")]
pub(crate) fn thrown(error: Error) -> JsValue {
    let kind = match error.kind() {
        ErrorKind::Document => "document",
        _ => "data",
    };
    object([("cpcfit", kind.into()), ("report", report(&error)), ("masked", report(&error.masked()))])
}

fn report(error: &Error) -> JsValue {
    let problems = problems(error.problems());
    object([("message", format!("{error:#}").into()), ("problems", problems)])
}

/// Problems as plain data.
pub(crate) fn problems(problems: &[Problem]) -> JsValue {
    list(problems.iter().map(problem))
}

fn problem(problem: &Problem) -> JsValue {
    let place = problem.place();
    object([
        ("code", problem.code().id().into()),
        ("path", problem.path().into()),
        ("line", optional(place.map(|place| index(place.line)))),
        ("column", optional(place.map(|place| index(place.column)))),
        ("message", problem.message().into()),
        ("found", optional(problem.found())),
        ("expected", optional(problem.expected())),
        ("suggestion", optional(problem.suggestion())),
        ("rows", list(problem.rows().iter().copied().map(index))),
        ("rowCount", count(problem.row_count())),
    ])
}
