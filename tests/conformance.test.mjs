// The shared cases through the npm package: every record, and the same record as columns.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Catalog,
  ContactPolicy,
  CpcfitError,
  FitPolicy,
  Framework,
  PackageFit,
  RuleSet,
  SCORE_STATUSES,
  STATUSES,
} from "../bindings-wasm/pkg/node.js";
import { convert, document, load, record } from "./case-files.mjs";

/** Rows of a record that is run as columns: whole vectors of every width and a rest. */
const ROWS = 19;

const SIMD = ["auto", "off", "simd128"];

const DECIMAL_FIELD = "JavaScript enters decimals as text, which fields of type `number` do not take";

/** Cases that JavaScript cannot enter, with the reason. */
const LEFT_OUT = {
  "conditions: a number in a list": DECIMAL_FIELD,
  "conditions: a decimal value becomes the nearest float": DECIMAL_FIELD,
  "expressions: a date where a point in time is": "JavaScript's dates are points in time",
  "expressions: columns: seconds beyond what timestamps hold": "JavaScript's dates reach less far than timestamps",
};

/** The package may be built without YAML; text is JSON then. */
const YAML = readsYaml();

function readsYaml() {
  try {
    Catalog.parse("cpcfit: 2");
  } catch (error) {
    return error.code !== "document.syntax";
  }
  return true;
}

function leftOut(each) {
  const given = [each.catalogue, each.policy, each.framework, each.rules, each.contact_policy];
  const sources = given.filter((source) => source !== undefined);
  const isYaml = (source) => source.text !== undefined && !document(each, source)[0].trimStart().startsWith("{");
  if (!YAML && sources.some(isYaml)) return "the package is built without YAML";
  return LEFT_OUT[`${each.file}: ${each.name}`];
}

for (const each of load()) {
  test(`${each.file}: ${each.name}`, { skip: leftOut(each) }, () => {
    const { record: byRecord, columns: byColumns } = CALLS[each.call];
    if (byRecord) check(each, byRecord);
    if (byColumns) check(each, byColumns);
  });
}

/** Compares every key that the answer has with the expectation, or the problems with the expected errors. */
function check(each, call) {
  if (!each.errors) {
    const found = call(each);
    const expected = Object.fromEntries(Object.keys(found).map((key) => [key, settled(each.expect[key], found[key])]));
    assert.deepEqual(found, expected);
    return;
  }
  let thrown;
  assert.throws(
    () => call(each),
    (error) => {
      thrown = error;
      return error instanceof CpcfitError;
    },
  );
  const found = [...thrown.problems];
  for (const expected of each.errors) {
    const position = found.findIndex((problem) =>
      Object.entries(expected).every(([key, value]) => {
        const own = problem[key === "row_count" ? "rowCount" : key];
        return JSON.stringify(own) === JSON.stringify(value);
      }),
    );
    assert.notEqual(position, -1, `expected ${JSON.stringify(expected)}, found ${thrown.message}`);
    found.splice(position, 1);
  }
  assert.deepEqual(found, []);
}

/** What is expected, with what was found in place of each `{near: x}` that it is near to. */
function settled(expected, found) {
  if (expected === null || typeof expected !== "object") return expected;
  if (Array.isArray(expected)) return expected.map((item, index) => settled(item, found?.[index]));
  if (!("near" in expected)) {
    return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, settled(value, found?.[key])]));
  }
  return Math.abs(found - expected.near) <= 1e-12 * Math.abs(expected.near) ? found : expected.near;
}

function catalogue(each) {
  const [source, csv] = document(each, each.catalogue);
  const catalog = csv === undefined ? Catalog.parse(source) : Catalog.fromTable(source, csv);
  return each.at === undefined ? catalog : catalog.at(each.at);
}

function packageFit(each) {
  const catalog = catalogue(each);
  if (each.policy === undefined) return [catalog, new PackageFit(catalog)];
  return [catalog, new PackageFit(catalog, FitPolicy.parse(document(each, each.policy)[0]))];
}

function loaded(each) {
  const catalog = each.policy === undefined ? catalogue(each) : packageFit(each)[0];
  const text = catalog.toJson();
  assert.equal(Catalog.parse(text).toJson(), text, "canonical text reads back to itself");
  return { plans: catalog.plans.map((plan) => plan.id) };
}

function bill(each) {
  const found = catalogue(each).bill(each.plan, record(each.input));
  const lines = found.lines.filter((line) => line.kind === "meter");
  const given = found.lines.filter((line) => line.kind === "given");
  return {
    fee: found.lines.find((line) => line.kind === "fee").amount,
    lines: lines.map(({ id, used, included, over, blocks, exact, amount }) => ({
      meter: id,
      used: used.units,
      included: included.units,
      over: over.units,
      blocks,
      exact,
      amount,
    })),
    given: Object.fromEntries(given.map((line) => [line.id, line.amount])),
    total: found.total,
  };
}

function quote(each) {
  const found = catalogue(each).quote(record(each.input));
  return {
    totals: Object.fromEntries(found.offers.map((offer) => [offer.plan, offer.total])),
    cheapest_first: found.cheapestFirst().map((offer) => offer.plan),
  };
}

function fit(each) {
  const [, fit] = packageFit(each);
  const found = fit.explain(record(each.input));
  assert.equal(fit.record(record(each.input)).totalMinor, found.totalMinor);
  const { status, plan, total, presentTotal, presentFee } = found;
  const reasons = found.verdicts.map((verdict) => [verdict.plan, verdict.reasons.map((reason) => reason.kind)]);
  const words = { status, plan, total, present_total: presentTotal, present_fee: presentFee };
  return reasons.length === 0 ? words : { ...words, reasons: Object.fromEntries(reasons) };
}

/** An amount in minor units as the cases write it. */
function major(minor, exponent) {
  if (Number.isNaN(minor)) return null;
  const sign = minor < 0 ? "-" : "";
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  return exponent === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** A column of the case as the package takes it: typed arrays where there are some for the type. */
function array(kind, contents) {
  const values = contents.map((content) => convert(kind, content));
  const type = {
    float64: Float64Array,
    float32: Float32Array,
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    int64: BigInt64Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
    uint64: BigUint64Array,
  }[kind];
  if (type) {
    const zero = kind.endsWith("int64") ? 0n : 0;
    const valid = new Uint8Array(Math.ceil(values.length / 8));
    values.forEach((value, row) => {
      if (value !== null) valid[row >> 3] |= 1 << (row & 7);
    });
    return { values: type.from(values, (value) => value ?? zero), valid };
  }
  if (kind !== "text_dictionary") return values;
  const texts = [...new Set(values)].filter((value) => value !== null);
  return { codes: Int32Array.from(values, (value) => texts.indexOf(value)), values: texts };
}

function columnsOf(each) {
  const entries = Object.entries(each.columns).map(([name, column]) => [name, array(...Object.entries(column)[0])]);
  return Object.fromEntries(entries);
}

/** The record of a case as columns of equal rows. */
function repeated(each) {
  const kinds = { float: "float64", int: "int64" };
  const columns = Object.entries(each.input).map(([name, typed]) => {
    const [kind, content] = typed === null ? ["null", null] : Object.entries(typed)[0];
    // An integer beyond 64 bits, or just beyond: as text, like decimals.
    const fits = kind !== "int" || BigInt.asIntN(64, BigInt(content)) === BigInt(content);
    return [name, array(fits ? (kinds[kind] ?? kind) : "decimal", Array(ROWS).fill(content))];
  });
  return Object.fromEntries(columns);
}

function totals(catalog, columns, options) {
  const { exponent } = catalog.currency;
  const plans = catalog.billColumns(columns, options);
  return plans.map(({ plan, totalMinor }) => [plan, Array.from(totalMinor, (minor) => major(minor, exponent))]);
}

function billColumns(each) {
  return { totals: Object.fromEntries(totals(catalogue(each), columnsOf(each), { onError: each.on_error })) };
}

function quoteAsColumns(each) {
  const plans = totals(catalogue(each), repeated(each)).map(([plan, values]) => [plan, only(values)]);
  return { totals: Object.fromEntries(plans) };
}

/** The one value that all rows have. */
function only(values) {
  assert.equal(values.length, ROWS);
  assert.equal(new Set(values).size, 1);
  return values[0];
}

function sumColumns(each) {
  const sums = catalogue(each).sumColumns(columnsOf(each), { onError: each.on_error });
  return { sums: Object.fromEntries(sums.map(({ plan, total }) => [plan, total])) };
}

function matches([catalog, fit], columns, options) {
  const found = fit.columns(columns, options);
  const amounts = (minor) => Array.from(minor, (amount) => major(amount, catalog.currency.exponent));
  const words = {
    status: Array.from(found.status, (code) => STATUSES[code]),
    plan: Array.from(found.plan, (position) => found.plans[position]?.id ?? null),
    total: amounts(found.totalMinor),
    present_total: amounts(found.presentTotalMinor),
    present_fee: amounts(found.presentFeeMinor),
  };
  return [words, found.funnel];
}

function fitColumns(each) {
  const [words, { statuses, stages }] = matches(packageFit(each), columnsOf(each), { onError: each.on_error });
  const stageCounts = Object.fromEntries(stages.map(({ stage, customers }) => [stage, customers]));
  return { ...words, funnel: { statuses, stages: stageCounts } };
}

function fitAsColumns(each) {
  const [words] = matches(packageFit(each), repeated(each));
  return Object.fromEntries(Object.entries(words).map(([key, values]) => [key, only(values)]));
}

const framework = (each) => Framework.parse(document(each, each.framework)[0]);

function loadedFramework(each) {
  return frameworkWords(framework(each));
}

function frameworkWords(framework) {
  const text = framework.toJson();
  assert.equal(Framework.parse(text).toJson(), text, "canonical text reads back to itself");
  return {
    indicators: framework.indicators.map(({ id }) => id),
    nodes: framework.nodes.map(({ id }) => id),
    fitted: framework.isFitted,
    warnings: framework.warnings.map(({ code, path }) => ({ code, path })),
  };
}

/** The framework fitted to the columns, and what it says of the input. */
function fitted(each) {
  const found = framework(each).fit(columnsOf(each), {
    onError: each.on_error,
  });
  return {
    ...frameworkWords(found),
    rows: found.fitted && found.fitted.rows,
    ...found.score(record(each.input)),
  };
}

function score(each) {
  const own = framework(each);
  const found = own.score(record(each.input));
  const { score, coverage, status } = own.explain(record(each.input));
  assert.deepEqual({ score, coverage, status }, found, "the explanation is of the score");
  return found;
}

function scoreAsColumns(each) {
  const [first, ...others] = SIMD.map((simd) => scoreAt(each, simd));
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

/** The score that all rows have, with every node and indicator as in the explanation. */
function scoreAt(each, simd) {
  const own = framework(each);
  const nodes = [...own.indicators, ...own.nodes].map(({ id }) => id);
  const scores = own.scoreColumns(repeated(each), { nodes, simd });
  const explanation = own.explain(record(each.input));
  const number = (value) => (Number.isNaN(value) ? null : value);
  for (const { id, score } of [...explanation.indicators, ...explanation.nodes]) {
    assert.equal(number(only(scores.nodes[id])), score, id);
  }
  return {
    score: number(only(scores.score)),
    coverage: only(scores.coverage),
    status: SCORE_STATUSES[only(scores.status)],
  };
}

function explainedScore(each) {
  const own = framework(each);
  const explanation = own.explain(record(each.input));
  const { score, coverage, status, nodes, indicators } = explanation;
  const scores = new Map([...nodes, ...indicators].map((known) => [known.id, known]));
  const sums = new Set(own.nodes.filter(({ aggregate }) => aggregate === "arithmetic").map(({ id }) => id));
  const read = JSON.parse(own.toJson());
  /** The summands of a node that sums; `weight` is its effective one. */
  const terms = (id, weight) => {
    if (scores.get(id).score === null) return [];
    return read.nodes[id].children.flatMap((child) => {
      const { weight: share, score: normalised, contribution } = scores.get(child);
      if (normalised === null) return [];
      if (sums.has(child)) return terms(child, weight * share);
      return [{ id: child, weight: weight * share, normalised, contribution }];
    });
  };
  return { score, coverage, status, terms: terms(read.root, 1) };
}

function ruleSet(each) {
  const rules = RuleSet.parse(document(each, each.rules)[0]);
  return each.at === undefined ? rules : rules.at(each.at);
}

function loadedRules(each) {
  const rules = ruleSet(each);
  const text = rules.toJson();
  assert.equal(RuleSet.parse(text).toJson(), text, "canonical text reads back to itself");
  const [ids, outputs] = [rules.rules, rules.outputs].map((known) => known.map(({ id }) => id));
  return { rules: ids, outputs, inputs: [...rules.inputs] };
}

function decide(each) {
  const rules = ruleSet(each);
  const values = record(each.input);
  const found = rules.decide(values);
  assert.deepEqual(rules.explain(values).decision, found, "the explanation is of the decision");
  const row = rules.row();
  for (const name of rules.inputs) if (values[name] !== undefined && values[name] !== null) row.set(name, values[name]);
  assert.deepEqual(row.decide(), found, "a row is decided as the record");
  const { status, rule, rules: ids, outputs } = found;
  return { status, rule, rules: ids, outputs };
}

function checkedRules(each) {
  const { findings, complete, incomplete, clean } = ruleSet(each).check();
  assert.equal(complete, incomplete.length === 0);
  assert.equal(clean, complete && findings.length === 0);
  return { findings, incomplete };
}

function explainedRules(each) {
  const { rules, text } = ruleSet(each).explain(record(each.input));
  const line = (test) => {
    if (test === null) return null;
    const { tested, expected, actual, outcome } = test;
    const word = outcome === null ? "unknown" : String(outcome);
    return expected === "true" ? `${tested}: ${word}` : `${tested} ${expected}: ${actual ?? "nothing"} (${word})`;
  };
  const unmatched = rules.filter(({ smallestChange }) => smallestChange !== null);
  const words = ({ status, changes }) => ({
    status,
    changes: changes.map(({ tested, expected, actual, value }) => [tested, expected, actual, value]),
  });
  return {
    rules: rules.map(({ rule, outcome, matches, firstFailing, onlyFailing }) => [
      rule,
      outcome,
      matches,
      line(firstFailing),
      line(onlyFailing),
    ]),
    tests: rules.flatMap(({ rule, tests }) =>
      tests.map(({ tested, expected, actual, outcome, fails }) => [rule, tested, expected, actual, outcome, fails]),
    ),
    changes: Object.fromEntries(unmatched.map(({ rule, smallestChange }) => [rule, words(smallestChange)])),
    text,
  };
}

function populationColumns(each) {
  const [first, ...others] = SIMD.map((simd) => populationAt(each, simd));
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

function populationAt(each, simd) {
  const options = { simd, onError: each.on_error };
  const { rows, invalid, rules, problems, text } = ruleSet(each).population(columnsOf(each), options);
  return {
    rows,
    invalid,
    rules: rules.map(({ rule, matched, first, only }) => [rule, matched, first, only]),
    parts: rules.flatMap(({ rule, blockers }) =>
      blockers.map(({ text: part, blocked, first, only }) => [rule, part, blocked, first, only]),
    ),
    problems: problems.map(({ code }) => code),
    text,
  };
}

function testRules(each) {
  const { passed, results, coverage } = ruleSet(each).test();
  return {
    passed,
    results: results.map(({ id, status, rules, mismatches, reasons, problems }) => [
      id,
      status,
      rules,
      mismatches.map(({ what, expected, found }) => [what, expected, found]),
      reasons,
      problems.map(({ code }) => code),
    ]),
    rules: coverage.rules.map(({ rule, tried, matched, decided }) => [rule, tried, matched, decided]),
    cells: coverage.rules.flatMap(({ rule, cells }) =>
      cells.map(({ text, seenTrue, seenFalse }) => [rule, text, seenTrue, seenFalse]),
    ),
    defaults: coverage.defaults,
    percent: [coverage.rulePercent, coverage.cellPercent],
  };
}

function decideAsColumns(each) {
  const [first, ...others] = SIMD.map((simd) => decideAt(each, simd));
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

/** What all rows have of the decision: the rule where one decides, and the outputs where they are no lists. */
function decideAt(each, simd) {
  const rules = ruleSet(each);
  const decisions = rules.decideColumns(repeated(each), { simd });
  const status = decisions.statuses[only(decisions.status)];
  const words = { status };
  if (decisions.rule.length > 0) words.rule = rules.rules[only(decisions.rule)]?.id ?? null;
  if (decisions.count.length > 0) assert.equal(only(decisions.count), rules.decide(record(each.input)).rules.length);
  if (rules.decide(record(each.input)).matches !== undefined) return words;
  const decided = status === "matched" || status === "none";
  const { exponent = 0 } = JSON.parse(rules.toJson()).currency ?? {};
  const outputs = rules.outputs.map(({ id }) => [id, decidedOutput(decisions, id, exponent)]);
  return { ...words, outputs: decided ? Object.fromEntries(outputs) : null };
}

/** The value that an output has in all rows. */
function decidedOutput(decisions, id, exponent) {
  const [output, minor] = [decisions.output(id), decisions.outputMinor(id)];
  const amount = minor === null ? undefined : major(only(minor), exponent);
  if (output === null) return amount;
  const value = output instanceof Float64Array ? only(output) : (output.values[only(output.codes)] ?? null);
  if (amount !== undefined) assert.equal(amount, value, "codes and minor units are of the same amount");
  return Number.isNaN(value) ? null : value;
}

const contactPolicy = (each) => ContactPolicy.parse(document(each, each.contact_policy)[0]);

function loadedContactPolicy(each) {
  const policy = contactPolicy(each);
  const text = policy.toJson();
  assert.equal(ContactPolicy.parse(text).toJson(), text, "canonical text reads back to itself");
  return { entries: policy.entries.map(({ id }) => id), inputs: [...policy.inputs] };
}

function checkContact(each) {
  const policy = contactPolicy(each);
  const found = policy.check(record(each.input), { ...each.candidate, history: each.history });
  const codes = new Map(policy.entries.map(({ id, code }) => [id, code]));
  return {
    allowed: found.allowed,
    reasons: found.reasons.map((id) => ({ id, code: codes.get(id) })),
    next_allowed: found.nextAllowed,
  };
}

function checkContactColumns(each) {
  const [first, ...others] = SIMD.map((simd) => checkContactsAt(each, simd));
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

function checkContactsAt(each, simd) {
  const policy = contactPolicy(each);
  const contacts = each.contacts && columnsOf({ columns: each.contacts });
  const found = policy.checkColumns(columnsOf(each), contacts, { ...each.candidate, onError: each.on_error, simd });
  const moment = (milliseconds) =>
    Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString().replace(".000Z", "Z");
  return {
    status: Array.from(found.status, (code) => found.statuses[code]),
    reason: Array.from(found.reason, (entry) => found.entries[entry]?.id ?? null),
    next_allowed: Array.from(found.nextAllowed, moment),
    unmatched_contacts: found.unmatchedContacts,
  };
}

const CALLS = {
  load: { record: loaded },
  bill: { record: bill },
  quote: { record: quote, columns: quoteAsColumns },
  fit: { record: fit, columns: fitAsColumns },
  bill_columns: { columns: billColumns },
  sum_columns: { columns: sumColumns },
  fit_columns: { columns: fitColumns },
  load_framework: { record: loadedFramework },
  fit_framework: { record: fitted },
  score: { record: score, columns: scoreAsColumns },
  explain_score: { record: explainedScore },
  load_rules: { record: loadedRules },
  decide: { record: decide, columns: decideAsColumns },
  check_rules: { record: checkedRules },
  explain_rules: { record: explainedRules },
  population_columns: { columns: populationColumns },
  test_rules: { record: testRules },
  load_contact_policy: { record: loadedContactPolicy },
  check_contact: { record: checkContact },
  check_contact_columns: { columns: checkContactColumns },
};
