import assert from "node:assert/strict";
import { test } from "node:test";
import { CpcfitError, DataError, DECISION_STATUSES, DocumentError, RuleSet } from "cpcfit";
import { RulesHandle } from "../pkg/generated/wasm.js";
import { bonuses, read, segments } from "./fixtures.mjs";

const DEFAULTS = { reply_hours: 48, queue: "mass", credit: null, until: null, visit: false, points: null };

test("a rule set says what it declares", () => {
  const rules = RuleSet.parse(segments());
  const { id, version, names, hit, collect, date, inputs } = rules;
  assert.deepEqual(
    { id, version, names, hit, collect, date, inputs },
    {
      id: "segments",
      version: "1",
      names: { zh: "客户分群", en: "Segments" },
      hit: "first",
      collect: null,
      date: null,
      inputs: ["arpu", "churn_risk", "brand"],
    },
  );
  assert.deepEqual(rules.rules, [
    {
      id: "key_account",
      names: { zh: "重要客户", en: "Key account" },
      note: "service department",
      priority: null,
    },
    { id: "at_risk", names: {}, note: null, priority: null },
  ]);
  assert.deepEqual(rules.outputs.slice(0, 3), [
    { id: "reply_hours", type: "number", unit: "h" },
    { id: "queue", type: "string", unit: null },
    { id: "credit", type: "money", unit: null },
  ]);
  assert.equal(RuleSet.parse(bonuses({ hit: "collect", collect: "sum" })).collect, "sum");
  assert.equal(RuleSet.parse(rules.toJson()).toJson(), rules.toJson());
});

test("documents that are wrong say where", () => {
  const wrong = segments({
    rules: [
      { id: "a", then: { hours: 3 } },
      { id: "a", then: { credit: 0.001 } },
    ],
  });
  assert.throws(
    () => RuleSet.parse(wrong),
    (error) => {
      assert.ok(error instanceof DocumentError);
      const found = error.problems.map(({ code, path }) => [code, path]);
      assert.deepEqual(found, [
        ["rules.duplicate_id", "/rules/1/id"],
        ["rules.unknown_output", "/rules/0/then/hours"],
        ["rules.wrong_value", "/rules/1/then/credit"],
      ]);
      return true;
    },
  );
});

test("one record is decided, with outputs of every type", () => {
  const rules = RuleSet.parse(segments());
  assert.deepEqual(rules.decide({ arpu: "300.01", brand: "gotone", churn_risk: null, other: "ignored" }), {
    status: "matched",
    rule: "key_account",
    rules: ["key_account"],
    outputs: {
      reply_hours: 24,
      queue: "gold",
      credit: "50.00",
      until: "2012-12-31",
      visit: true,
      points: "9007199254740993",
    },
  });
  const atRisk = rules.decide({ arpu: 300, brand: "gotone", churn_risk: 0.5 });
  assert.deepEqual(atRisk.outputs, { ...DEFAULTS, queue: "keep", credit: "12.50", points: 3 });
  assert.deepEqual(rules.decide({ arpu: 300, brand: "gotone", churn_risk: Number.NaN }), {
    status: "none",
    rule: null,
    rules: [],
    outputs: DEFAULTS,
  });
});

test("several rules overlap, conflict, stay a list or are put together", () => {
  const decide = (changes) => RuleSet.parse(bonuses(changes)).decide({ years: 10 });
  const rules = ["loyal", "old", "round"];
  assert.deepEqual(decide({ hit: "unique" }), { status: "overlap", rule: null, rules, outputs: null });
  assert.deepEqual(decide({ hit: "any" }), { status: "conflict", rule: null, rules, outputs: null });
  const matches = [
    { rule: "loyal", outputs: { credit: "10.00", share: 0.25 } },
    { rule: "old", outputs: { credit: "-20.05", share: null } },
    { rule: "round", outputs: { credit: "0.50", share: 0.5 } },
  ];
  const kept = { status: "matched", rule: null, rules, outputs: null, matches };
  assert.deepEqual(decide({}), kept);
  assert.deepEqual(decide({ hit: "collect" }), kept);
  assert.deepEqual(decide({ hit: "collect", collect: "list" }), kept);
  const backwards = bonuses().rules.map((rule, index) => ({ ...rule, priority: 3 - index }));
  assert.deepEqual(decide({ hit: "output_order", rules: backwards }).matches, matches.toReversed());
  const together = { status: "matched", rule: null, rules };
  const sum = { credit: "-9.55", share: 0.75 };
  assert.deepEqual(decide({ hit: "collect", collect: "sum" }), { ...together, outputs: sum });
  const count = { credit: 3, share: 2 };
  assert.deepEqual(decide({ hit: "collect", collect: "count" }), { ...together, outputs: count });
  const none = RuleSet.parse(bonuses()).decide({ years: 0 });
  assert.deepEqual(none, {
    status: "none",
    rule: null,
    rules: [],
    outputs: { credit: "0.50", share: null },
    matches: [],
  });
});

test("a decision is explained by every test", () => {
  const rules = RuleSet.parse(segments());
  const record = { arpu: 320, brand: "m-zone", churn_risk: null };
  const { decision, rules: traces, text } = rules.explain(record);
  assert.deepEqual(decision, rules.decide(record));
  const [arpu, brand] = [
    { tested: "arpu", expected: "> 300.00", actual: "320.00", outcome: true, fails: false },
    { tested: "brand", expected: '= "gotone"', actual: '"m-zone"', outcome: false, fails: true },
  ];
  const risk = { tested: "churn_risk", expected: ">= 0.5", actual: null, outcome: null, fails: true };
  assert.deepEqual(traces, [
    {
      rule: "key_account",
      outcome: false,
      matches: false,
      tests: [arpu, brand],
      firstFailing: brand,
      onlyFailing: brand,
      smallestChange: {
        status: "certain",
        changes: [{ tested: "brand", expected: '= "gotone"', actual: '"m-zone"', value: "gotone" }],
        text: 'would match with brand = "gotone" (now "m-zone")',
      },
    },
    {
      rule: "at_risk",
      outcome: null,
      matches: false,
      tests: [risk],
      firstFailing: risk,
      onlyFailing: risk,
      smallestChange: {
        status: "certain",
        changes: [{ tested: "churn_risk", expected: ">= 0.5", actual: null, value: 0.5 }],
        text: "would match with churn_risk >= 0.5 (now missing): 0.5",
      },
    },
  ]);
  assert.match(text, /^none\n {2}key_account: false\n {4}\+ arpu > 300\.00: 320\.00 \(true\)\n/);
});

test("rules meet a population, block by block", () => {
  const rules = RuleSet.parse(segments());
  const rows = 40_000;
  const arpu = Float64Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 320 : 20));
  const codes = Int8Array.from({ length: rows }, (_, row) => row % 2);
  const churn_risk = new Float64Array(rows);
  churn_risk[rows - 1] = Infinity;
  const columns = { arpu, brand: { codes, values: ["gotone", "other"] }, churn_risk };
  assert.throws(() => rules.population(columns), DataError);
  const found = rules.population(columns, { onError: "null" });
  assert.deepEqual([found.rows, found.invalid, found.problems.length], [rows, 1, 1]);
  assert.deepEqual(found.problems[0].rows, [rows - 1]);
  const [{ rule, matched, first, only, blockers }, atRisk] = found.rules;
  assert.deepEqual([rule, matched, first, only], ["key_account", 10_000, 10_000, 10_000]);
  assert.deepEqual(blockers, [
    { text: "arpu > 300.00", blocked: 29_999, first: 29_999, only: 10_000 },
    { text: 'brand = "gotone"', blocked: 19_999, first: 0, only: 0 },
  ]);
  assert.deepEqual([atRisk.matched, atRisk.blockers[0].only], [0, rows - 1]);
  assert.match(found.text, /^segments 1, first: 40000 rows, 1 invalid\n {2}key_account: 10000 match/);
  assert.deepEqual(rules.population({ arpu: [], brand: [], churn_risk: [] }).rows, 0);
});

test("rules are those in effect on a day", () => {
  const [first, second] = segments().rules;
  const dated = segments({ rules: [{ ...first, effective: { to: "2012-06-30" } }, second] });
  const rules = RuleSet.parse(dated);
  const record = { arpu: 320, brand: "gotone", churn_risk: 1 };
  for (const work of [
    () => rules.decide(record),
    () => rules.explain(record),
    () => rules.decideColumns({ arpu: [320], brand: ["gotone"], churn_risk: [1] }),
    () => rules.row().set("arpu", 320).set("brand", "gotone").first(),
  ]) {
    assert.throws(work, (error) => error instanceof DataError && error.code === "rules.date_required");
  }
  const later = rules.at(new Date("2012-07-01"));
  assert.deepEqual([later.date, later.rules.map(({ id }) => id)], ["2012-07-01", ["at_risk"]]);
  assert.deepEqual([later.decide(record).rule, rules.at("2012-06-30").decide(record).rule], ["at_risk", "key_account"]);
  assert.deepEqual(later.decideColumns({ churn_risk: [1, 0] }).rule, Int32Array.of(0, -1));
  assert.throws(() => rules.at("soon"), DataError);
  const over = RuleSet.parse(segments({ rules: [{ ...first, effective: { to: "2012-06-30" } }] }));
  assert.throws(() => over.at("2012-07-01"), { code: "rules.none_in_effect" });
});

test("statuses are those of the library", () => {
  assert.deepEqual([...DECISION_STATUSES], RulesHandle.statuses());
});

/** The value of a row in an output as a record has it; amounts in minor units. */
function valueAt(output, row) {
  if (output instanceof Float64Array) return Number.isNaN(output[row]) ? null : output[row];
  return output.values[output.codes[row]] ?? null;
}

const minorOf = (amount) => (amount === null ? null : Number(amount.replace(".", "")));

test("columns give what records give, whatever decides", () => {
  const rows = Array.from({ length: 40_000 }, (_, row) => ({
    arpu: ((row * 37) % 600) + 0.25,
    brand: row % 3 === 0 ? "gotone" : "m-zone",
    churn_risk: row % 7 === 0 ? null : (row % 11) / 10,
    years: row % 12,
  }));
  const columns = {
    arpu: Float64Array.from(rows, (row) => row.arpu),
    brand: rows.map((row) => row.brand),
    risk: rows.map((row) => row.churn_risk),
    years: Uint8Array.from(rows, (row) => row.years),
  };
  const prioritised = bonuses().rules.map((rule, index) => ({ ...rule, priority: 3 - index }));
  const collected = ["list", "sum", "min", "max", "count"].map((collect) => bonuses({ hit: "collect", collect }));
  const documents = [
    segments(),
    ...["unique", "any", "first", "rule_order"].map((hit) => bonuses({ hit })),
    ...["priority", "output_order"].map((hit) => bonuses({ hit, rules: prioritised })),
    ...collected,
  ];
  for (const document of documents) {
    const rules = RuleSet.parse(document);
    const options = rules.inputs.includes("churn_risk") ? { columns: { churn_risk: "risk" } } : {};
    const decisions = rules.decideColumns(columns, options);
    const plain = rules.decideColumns(columns, { ...options, simd: "off" });
    assert.deepEqual(decisions, plain);
    assert.equal(decisions.length, rows.length);
    const outputs = rules.outputs.map(({ id }) => [id, decisions.output(id), decisions.outputMinor(id)]);
    const single = ["first", "priority", "unique", "any"].includes(rules.hit);
    const counted = !["first", "priority"].includes(rules.hit);
    assert.deepEqual([decisions.rule.length > 0, decisions.count.length > 0], [single, counted]);
    rows.forEach((record, row) => {
      const own = rules.decide(record);
      assert.equal(decisions.statuses[decisions.status[row]], own.status);
      if (single) assert.equal(decisions.rules[decisions.rule[row]]?.id ?? null, own.rule);
      if (counted) assert.equal(decisions.count[row], own.rules.length);
      for (const [id, values, minor] of outputs) {
        const expected = own.outputs?.[id] ?? null;
        if (values !== null) assert.equal(valueAt(values, row), expected, `${rules.hit} ${id} in row ${row}`);
        if (minor !== null) assert.equal(valueAt(minor, row), minorOf(expected), `${rules.hit} ${id} in row ${row}`);
      }
    });
  }
});

test("outputs in columns come in the form that fits", () => {
  const columns = { years: [10, 0, 3] };
  const decided = (changes) => RuleSet.parse(bonuses(changes)).decideColumns(columns);
  const first = decided({ hit: "first" });
  assert.deepEqual(first.output("credit"), { codes: Int32Array.of(0, 2, 0), values: ["10.00", "-20.05", "0.50"] });
  assert.deepEqual(first.outputMinor("credit"), Float64Array.of(1000, 50, 1000));
  assert.deepEqual([first.outputMinor("share"), first.output("other"), first.outputMinor("other")], [null, null, null]);
  assert.deepEqual(first.counts(), { matched: 2, none: 1, overlap: 0, conflict: 0, invalid: 0 });
  const sum = decided({ hit: "collect", collect: "sum" });
  assert.deepEqual(sum.output("share"), Float64Array.of(0.75, Number.NaN, 0.25));
  assert.equal(sum.output("credit"), null);
  assert.deepEqual(sum.outputMinor("credit"), Float64Array.of(-955, 50, 1000));
  assert.deepEqual(sum.count, Uint32Array.of(3, 0, 1));
  const list = decided({ hit: "rule_order" });
  assert.deepEqual([list.output("share"), list.outputMinor("credit")], [null, null]);
  const nobody = RuleSet.parse(bonuses({ hit: "collect", collect: "sum" })).decideColumns({ years: [] });
  assert.deepEqual([nobody.length, nobody.output("share")], [0, new Float64Array()]);
});

test("the counts of all blocks have codes in common", () => {
  const rows = 40_000;
  const years = Float64Array.from({ length: rows }, (_, row) => (row < 20_000 ? 0 : 10));
  const decisions = RuleSet.parse(bonuses({ hit: "collect", collect: "count" })).decideColumns({ years });
  for (const [id, expected] of [
    ["credit", ["0.50", 3]],
    ["share", [null, 2]],
  ]) {
    const { codes, values } = decisions.output(id);
    assert.deepEqual([values[codes[0]] ?? null, values[codes[rows - 1]]], expected);
    assert.equal(new Set(values).size, values.length);
    assert.equal(decisions.outputMinor(id), null);
  }
});

test("a row that cannot be decided is an error, or left out", () => {
  const rules = RuleSet.parse(segments());
  const columns = { arpu: [1, Number.NaN, 320, 1.001], brand: Array(4).fill("gotone"), churn_risk: [1, 0, null, null] };
  assert.throws(
    () => rules.decideColumns(columns),
    (error) => {
      assert.ok(error instanceof DataError);
      assert.deepEqual(
        error.problems.map(({ path, rows, rowCount }) => [path, rows, rowCount]),
        [["arpu", [1], 1]],
      );
      return true;
    },
  );
  const decisions = rules.decideColumns(columns, { onError: "null" });
  assert.deepEqual(decisions.rule, Int32Array.of(1, -1, 0, -1));
  assert.deepEqual(
    Array.from(decisions.status, (code) => decisions.statuses[code]),
    ["matched", "invalid", "matched", "none"],
  );
  assert.deepEqual(decisions.output("reply_hours"), { codes: Int32Array.of(1, -1, 0, 1), values: [24, 48] });
  assert.deepEqual(
    decisions.problems.map(({ path, rows }) => [path, rows]),
    [["arpu", [1]]],
  );
  assert.throws(() => rules.decideColumns({ arpu: [1] }), { code: "data.missing_column" });
});

test("a row is set and decided again and again", () => {
  const rules = RuleSet.parse(segments());
  const row = rules.row();
  row.set("brand", "gotone").set("churn_risk", null);
  for (const [arpu, risk, expected] of [
    [320, 0.75, "key_account"],
    [80.5, 0.75, "at_risk"],
    ["300.01", null, "key_account"],
    [300n, undefined, undefined],
  ]) {
    row.set("arpu", arpu).set("churn_risk", risk);
    assert.equal(rules.rules[row.first()]?.id, expected);
    assert.deepEqual(row.decide(), rules.decide({ arpu, brand: "gotone", churn_risk: risk }));
  }
  assert.equal(row.set("brand", "m-zone").set("arpu", 320).set("churn_risk", Number.NaN).first(), -1);
  rules.free();
  assert.equal(row.set("brand", "gotone").first(), 0, "a row stays without its rules");
});

test("a row says what it lacks and what it does not take", () => {
  const row = RuleSet.parse(segments()).row();
  const refuses = (work, code, path) => {
    assert.throws(work, (error) => {
      assert.deepEqual([error instanceof DataError, error.code, error.path], [true, code, path]);
      return true;
    });
  };
  refuses(() => row.first(), "data.missing", "arpu");
  refuses(() => row.decide(), "data.missing", "arpu");
  refuses(() => row.set("arpuu", 1), "rules.unknown_field", "arpuu");
  refuses(() => row.set("arpu", Number.NaN), "data.missing", "arpu");
  refuses(() => row.set("arpu", "much"), "data.bad_decimal", "arpu");
  row.set("arpu", 320).set("brand", "gotone");
  assert.equal(row.first(), 0);
  refuses(() => row.set("arpu", Number.POSITIVE_INFINITY), "data.not_finite", "arpu");
  refuses(() => row.first(), "data.missing", "arpu");
  refuses(() => row.set("brand", true), "data.wrong_type", "brand");
  row.set("arpu", 320).set("brand", "gotone");
  refuses(() => row.clear().first(), "data.missing", "arpu");
});

test("what was freed decides nothing", () => {
  const rules = RuleSet.parse(segments());
  const row = rules.row();
  rules.free();
  row.free();
  for (const work of [
    () => rules.decide({}),
    () => rules.explain({}),
    () => rules.decideColumns({}),
    () => rules.at("2012-01-01"),
    () => rules.row(),
    () => row.set("arpu", 1),
    () => row.first(),
    () => row.decide(),
    () => row.clear(),
  ]) {
    assert.throws(work, (error) => error instanceof CpcfitError && error.code === "wasm.freed");
  }
  assert.equal(rules.id, "segments");
});

test("rules come from a sheet", () => {
  const standards = RuleSet.fromTable(read("models/service-standards.rules.yaml"), read("data/segment_standards.csv"));
  const { rule, outputs } = standards.decide({ segment: "High churn risk" });
  assert.deepEqual([rule, outputs.connect_rate, outputs.marketing, outputs.authorisation], ["4", 90, true, "B"]);
  assert.throws(() => RuleSet.fromTable(read("models/service-standards.rules.yaml"), "row,segment_en\n"), {
    name: "DocumentError",
    code: "rules.bad_table",
  });
});

test("a sheet may be bytes, in UTF-8 or UTF-16", () => {
  const document = {
    cpcfit: 1,
    kind: "rules",
    id: "sheet",
    version: "1",
    hit: "first",
    fields: { city: { type: "string" } },
    outputs: { queue: { type: "string" } },
    table: { inputs: { city: "city" }, outputs: { queue: "queue" } },
  };
  const text = "city,queue\n城市,one\n";
  const wide = new Uint8Array(new Uint16Array(Array.from("\ufeff" + text, (unit) => unit.charCodeAt(0))).buffer);
  for (const sheet of [text, new TextEncoder().encode(text), wide]) {
    assert.equal(RuleSet.fromTable(document, sheet).decide({ city: "城市" }).rule, "row-1");
  }
  const mixed = Uint8Array.of(...new TextEncoder().encode(text), 0xf6, 0x2c, 0x61);
  assert.throws(() => RuleSet.fromTable(document, mixed), /line 3 of the sheet is not UTF-8.*two encodings/);
  assert.throws(() => RuleSet.fromTable(document, 3), TypeError);
});

test("the tests of a document are run", () => {
  const report = RuleSet.parse(read("models/segments.rules.yaml")).test();
  assert.equal(report.passed, true, report.text);
  assert.deepEqual([report.coverage.rulePercent, report.coverage.cellPercent], [100, 100]);
  assert.deepEqual(report.coverage.defaults, { marketing: true });
  const failing = RuleSet.parse({
    cpcfit: 1,
    kind: "rules",
    id: "short",
    version: 1,
    hit: "first",
    fields: { arpu: { type: "number" } },
    rules: [{ id: "key", when: "arpu > 300" }, { id: "other" }],
    tests: [
      { id: "bound", note: "agreed", given: { arpu: 300 }, expect: { rule: "key" } },
      { given: {}, expect: { status: "none" } },
    ],
  });
  const { passed, results, coverage, text } = failing.test();
  assert.equal(passed, false);
  assert.deepEqual(results[0], {
    id: "bound",
    note: "agreed",
    date: null,
    passed: false,
    status: "matched",
    rules: ["other"],
    mismatches: [{ what: "rule", expected: "key", found: "other" }],
    reasons: ["key: arpu > 300: 300 (false)"],
    problems: [],
  });
  assert.deepEqual([results[1].status, results[1].problems[0].code], ["invalid", "data.missing_column"]);
  assert.deepEqual(coverage.rules[0], {
    rule: "key",
    effectiveFrom: null,
    effectiveTo: null,
    tried: 1,
    matched: 0,
    decided: 0,
    cells: [{ text: "arpu > 300", seenTrue: false, seenFalse: true }],
  });
  assert.deepEqual(coverage.uncovered, ["key"]);
  assert.match(text, /failed: bound \(agreed\)/);
  failing.free();
  assert.throws(() => failing.test(), { code: "wasm.freed" });
});
