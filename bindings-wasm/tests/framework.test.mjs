import assert from "node:assert/strict";
import { test } from "node:test";
import { CpcfitError, DataError, DocumentError, Framework, SCORE_STATUSES } from "cpcfit";
import { FrameworkHandle } from "../pkg/generated/wasm.js";
import { hotline, read } from "./fixtures.mjs";

/** The framework of the fixtures, whose indicator of the queue is still to be fitted. */
const unfitted = (queue = {}) => {
  const document = hotline();
  Object.assign(document.indicators.queue_time, { normalise: { from_data: "min_max" } }, queue);
  return Framework.parse(document);
};

test("a framework says what it declares", () => {
  const framework = Framework.parse(hotline({ source: "ours" }));
  const { id, version, names, source, scale, isFitted, fitted, inputs, warnings } = framework;
  assert.deepEqual(
    { id, version, names, source, scale, isFitted, fitted, inputs, warnings },
    {
      id: "hotline",
      version: "1",
      names: { zh: "热线", en: "Hotline" },
      source: "ours",
      scale: { min: 0, max: 100 },
      isFitted: true,
      fitted: null,
      inputs: ["connect_rate", "queue_time"],
      warnings: [],
    },
  );
  assert.deepEqual(framework.indicators, [
    {
      id: "connect_rate",
      names: {},
      unit: "%",
      direction: "higher",
      source: "contract of 2012",
      effectiveWeight: 0.75,
    },
    { id: "queue_time", names: {}, unit: "s", direction: "lower", source: null, effectiveWeight: 0.25 },
  ]);
  assert.deepEqual(framework.nodes, [{ id: "hotline", names: {}, aggregate: "arithmetic", source: null }]);
  assert.equal(Framework.parse(framework.toJson()).toJson(), framework.toJson());
});

test("one object is scored and explained", () => {
  const framework = Framework.parse(hotline());
  const values = { connect_rate: 85, queue_time: 35, other: "ignored" };
  assert.deepEqual(framework.score(values), { score: 57.5, coverage: 1, status: "ok" });
  const { nodes, indicators, text, ...explanation } = framework.explain(values);
  assert.deepEqual(explanation, {
    score: 57.5,
    coverage: 1,
    status: "ok",
    strengths: ["connect_rate"],
    weaknesses: ["queue_time"],
  });
  const contribution = 57.5;
  assert.deepEqual(nodes, [{ id: "hotline", names: {}, depth: 0, score: 57.5, coverage: 1, weight: 1, contribution }]);
  assert.deepEqual(indicators[1], {
    id: "queue_time",
    names: {},
    direction: "lower",
    unit: "s",
    depth: 1,
    value: 35,
    origin: "observed",
    score: 50,
    atEnd: false,
    grade: null,
    weight: 0.25,
    effectiveWeight: 0.25,
    contribution: 12.5,
    undone: 12.5,
    lift: -1.875,
  });
  assert.match(text, /^hotline 57\.50 on 0 to 100\n {2}\+ connect_rate = 85 %: /);
});

test("what is missing is shared, or leaves no score", () => {
  const framework = Framework.parse(hotline({ nodes: { hotline: { ...hotline().nodes.hotline, min_coverage: 0.5 } } }));
  assert.deepEqual(framework.score({ connect_rate: 85 }), { score: 60, coverage: 0.75, status: "partial" });
  assert.throws(() => framework.score({ queue_time: 35 }), { code: "data.missing_column", path: "connect_rate" });
  const document = hotline();
  document.indicators.connect_rate.missing = "skip";
  const nothing = Framework.parse(document).score({ connect_rate: null, queue_time: Number.NaN });
  assert.deepEqual(nothing, { score: null, coverage: 0, status: "missing" });
});

test("statuses are those of the library", () => {
  assert.deepEqual([...SCORE_STATUSES], FrameworkHandle.statuses());
});

test("columns give what records give, at every level", () => {
  const framework = Framework.parse(hotline());
  const rows = Array.from({ length: 40_000 }, (_, row) => ({
    connect_rate: 60 + (row % 41) + 0.25,
    queue_time: row % 7 === 0 ? null : (row * 13) % 90,
  }));
  const columns = {
    connect_rate: Float64Array.from(rows, (row) => row.connect_rate),
    waiting: rows.map((row) => row.queue_time),
  };
  const options = { columns: { queue_time: "waiting" }, nodes: ["queue_time", "hotline"] };
  const counts = Object.fromEntries(SCORE_STATUSES.map((status) => [status, 0]));
  const results = ["auto", "off", "simd128"].map((simd) => framework.scoreColumns(columns, { ...options, simd }));
  const [scores] = results;
  for (const other of results) assert.deepEqual(other, scores);
  rows.forEach((row, index) => {
    const own = framework.explain(row);
    counts[own.status] += 1;
    const found = [scores.score, scores.coverage, scores.nodes.hotline].map((column) => column[index]);
    assert.deepEqual(found, [own.score, own.coverage, own.score], `row ${index}`);
    assert.equal(SCORE_STATUSES[scores.status[index]], own.status);
    assert.equal(scores.nodes.queue_time[index], own.indicators[1].score ?? Number.NaN);
  });
  assert.equal(scores.length, rows.length);
  assert.deepEqual(scores.counts(), counts);
  assert.deepEqual(scores.directions, { connect_rate: "higher", queue_time: "lower" });
});

test("ranks share places, and have none without a score", () => {
  const framework = Framework.parse(hotline());
  const columns = { connect_rate: [85, 95, 85, Number.NaN, 70], queue_time: [35, 10, 35, 10, 60] };
  const scores = framework.scoreColumns(columns, { onError: "null" });
  assert.deepEqual(scores.ranks(), Uint32Array.of(2, 1, 2, 0, 4));
});

test("bad rows are left out where the caller says so, and all blocks say why", () => {
  const framework = Framework.parse(hotline());
  const connect_rate = new Float64Array(50_000).fill(85);
  for (const row of [1, 20_000, 49_999]) connect_rate[row] = row === 1 ? Infinity : NaN;
  const columns = { connect_rate, queue_time: new Uint8Array(50_000) };
  const scores = framework.scoreColumns(columns, { onError: "null" });
  assert.deepEqual([scores.score[1], scores.coverage[1], SCORE_STATUSES[scores.status[1]]], [NaN, NaN, "invalid"]);
  assert.equal(scores.counts().invalid, 3);
  const told = (problems) => problems.map(({ code, path, rows, rowCount }) => ({ code, path, rows, rowCount }));
  const expected = [
    { code: "data.not_finite", path: "connect_rate", rows: [1], rowCount: 1 },
    { code: "data.missing", path: "connect_rate", rows: [20_000, 49_999], rowCount: 2 },
  ];
  assert.deepEqual(told(scores.problems), expected);
  assert.throws(
    () => framework.scoreColumns(columns),
    (error) => {
      assert.ok(error instanceof DataError);
      assert.deepEqual(told(error.problems), expected);
      return true;
    },
  );
});

test("what cannot be scored at all is one error", () => {
  const framework = Framework.parse(hotline());
  const rows = new Float64Array(40_000);
  const columns = { connect_rate: rows, queue_time: rows };
  assert.throws(() => framework.scoreColumns({ queue_time: rows }), { code: "data.missing_column" });
  assert.throws(() => framework.scoreColumns({ ...columns, queue_time: ["1"] }), { code: "data.length" });
  assert.throws(
    () => framework.scoreColumns(columns, { nodes: ["queue_tim"] }),
    ({ problems: [problem, ...others] }) => {
      assert.deepEqual([problem.path, problem.suggestion, others.length], ["queue_tim", "queue_time", 0]);
      return true;
    },
  );
  const open = unfitted();
  assert.equal(open.isFitted, false);
  for (const work of [() => open.score({ connect_rate: 1 }), () => open.scoreColumns(columns)]) {
    assert.throws(work, (error) => {
      assert.ok(error instanceof DocumentError);
      assert.deepEqual(
        error.problems.map(({ code, path }) => `${code} ${path}`),
        ["scoring.not_fitted /indicators/queue_time/normalise"],
      );
      return true;
    });
  }
});

test("fitting takes all rows at once, in every kind of column", () => {
  const rows = Array.from({ length: 40_000 }, (_, row) => (row === 30_000 ? 500 : 10 + (row % 50)));
  const connect_rate = new Float64Array(rows.length).fill(85);
  const texts = rows.map((_, row) => (row % 2 === 0 ? "even" : "odd"));
  const framework = unfitted({ missing: { impute: "median", by: "region" }, winsorise: { high: { quantile: 0.999 } } });
  const kinds = {
    Float64Array: Float64Array.from(rows),
    Int16Array: Int16Array.from(rows),
    "an array of numbers": rows,
    "a masked column": { values: Int32Array.from(rows), valid: new Uint8Array(rows.length / 8).fill(255) },
  };
  const fitted = Object.values(kinds).map((queue_time) =>
    framework.fit({ connect_rate, queue_time, region: texts }, { on: "2012-03-31" }),
  );
  for (const each of fitted) {
    assert.equal(each.toJson(), fitted[0].toJson());
    assert.deepEqual([each.isFitted, each.fitted], [true, { on: "2012-03-31", rows: 40_000 }]);
  }
  const { indicators } = JSON.parse(fitted[0].toJson());
  assert.deepEqual(indicators.queue_time.normalise, { goalposts: { worst: 59, best: 10 } });
  assert.deepEqual(indicators.queue_time.missing, {
    value: 35,
    by: "region",
    values: [
      { group: "even", value: 34 },
      { group: "odd", value: 35 },
    ],
  });
  const score = fitted[0].score({ connect_rate: 85, queue_time: null, region: "odd" });
  assert.deepEqual([score.status, score.coverage], ["imputed", 0.75]);
  assert.equal(framework.isFitted, false, "what is fitted is another framework");
});

test("fitting says what is wrong with the data", () => {
  const framework = unfitted();
  assert.throws(() => framework.fit({ connect_rate: [85, 85], queue_time: [7, 7] }), {
    name: "DocumentError",
    code: "scoring.zero_width",
  });
  const columns = { connect_rate: [85, 85, 85], queue_time: [7, Infinity, 9] };
  assert.throws(() => framework.fit(columns), { name: "DataError", code: "data.not_finite" });
  assert.equal(framework.fit(columns, { onError: "null" }).isFitted, true);
  assert.throws(() => framework.fit(columns, { on: "yesterday" }), { name: "DataError", path: "date" });
  assert.equal(framework.fit(columns, { on: new Date("2012-01-31"), onError: "null" }).fitted.on, "2012-01-31");
});

test("warnings are no errors", () => {
  const weights = { ahp: [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]] }; // prettier-ignore
  const plain = { direction: "higher", normalise: { goalposts: { worst: 0, best: 1 } } };
  const framework = Framework.parse(
    hotline({
      indicators: { a: plain, b: plain, c: plain },
      nodes: { hotline: { children: ["a", "b", "c"], weights } },
    }),
  );
  assert.deepEqual(
    framework.warnings.map(({ code, path }) => [code, path]),
    [["scoring.ahp_inconsistent", "/nodes/hotline/weights/ahp"]],
  );
});

test("the examples are frameworks", (context) => {
  for (const name of ["hotline", "website", "handset", "product-channel", "hdi"]) {
    try {
      assert.equal(Framework.parse(read(`models/${name}.framework.yaml`)).indicators.length > 3, true);
    } catch (error) {
      if (error.code !== "document.syntax") throw error;
      context.skip("the package is built without YAML");
    }
  }
});

test("what was freed says so", () => {
  const framework = Framework.parse(hotline());
  const fitted = unfitted().fit({ connect_rate: [85, 85], queue_time: [7, 9] });
  framework.free();
  fitted.free();
  for (const work of [() => framework.score({}), () => framework.scoreColumns({}), () => fitted.toJson()]) {
    assert.throws(work, (error) => error instanceof CpcfitError && error.code === "wasm.freed");
  }
});
