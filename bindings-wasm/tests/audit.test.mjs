import assert from "node:assert/strict";
import { test } from "node:test";
import { CpcfitError, DataError, DocumentError, Framework } from "cpcfit";
import { hotline } from "./fixtures.mjs";

/** The framework of the fixtures with another way to normalise the queue. */
const withQueue = (normalise) => {
  const document = hotline();
  document.indicators.queue_time.normalise = normalise;
  return Framework.parse(document);
};

test("an audit says what the columns hold", () => {
  const document = hotline();
  document.indicators.queue_time.possible = { min: 0 };
  const columns = { connect_rate: new Uint8Array(8).fill(85), queue_time: [10, 20, 30, 40, 500, -1, Infinity, null] };
  const audit = Framework.parse(document).audit(columns);
  const values = { minimum: 85, lowerQuartile: 85, median: 85, upperQuartile: 85, maximum: 85, mean: 85, deviation: 0 };
  const none = { missing: 0, infinite: 0, impossible: 0, outliers: 0, unusableShare: 0 };
  assert.deepEqual(audit[0], {
    id: "connect_rate",
    direction: "higher",
    unit: "%",
    rows: 8,
    constant: true,
    ...none,
    ...values,
  });
  assert.deepEqual(audit[1], {
    id: "queue_time",
    direction: "lower",
    unit: "s",
    rows: 8,
    missing: 1,
    infinite: 1,
    impossible: 1,
    outliers: 1,
    constant: false,
    minimum: 10,
    lowerQuartile: 20,
    median: 30,
    upperQuartile: 40,
    maximum: 500,
    mean: 120,
    deviation: 212.72047386182646,
    unusableShare: 0.375,
  });
});

test("an audit needs columns, but neither values nor a fitted framework", () => {
  const framework = withQueue({ from_data: "min_max" });
  const [, queue] = framework.audit({ connect_rate: [85], waiting: [null] }, { columns: { queue_time: "waiting" } });
  assert.deepEqual([queue.missing, queue.unusableShare, queue.median, queue.mean], [1, 1, null, null]);
  const empty = framework.audit({ connect_rate: [], queue_time: [] });
  assert.deepEqual(
    empty.map(({ rows, unusableShare, minimum }) => [rows, unusableShare, minimum]),
    [
      [0, 0, null],
      [0, 0, null],
    ],
  );
  assert.throws(
    () => framework.audit({ connect_rate: ["many"] }),
    (error) => error instanceof DataError && error.path === "connect_rate",
  );
});

test("statistics are those of Python and Rust", () => {
  const columns = { connect_rate: [85, 95, 80, 90], queue_time: [60, 10, 35, null] };
  assert.deepEqual(Framework.parse(hotline()).statistics(columns), {
    rows: 3,
    ids: ["connect_rate", "queue_time"],
    pearson: [
      [1, 0.6546536707079771],
      [0.6546536707079771, 1],
    ],
    spearman: [
      [1, 0.5],
      [0.5, 1],
    ],
    alpha: 0.7361963190184051,
    alphaIfDeleted: { connect_rate: null, queue_time: null },
    eigenvalues: [1.654653670707977, 0.3453463292920229],
    explained: [0.8273268353539885, 0.17267316464601146],
    kept: 1,
    loadings: [
      [0.9095750850556474, 0.9095750850556474],
      [0.41553960659125067, -0.41553960659125067],
    ],
    redundant: [],
    silent: [],
  });
});

test("what repeats another or does not vary is told", () => {
  const framework = Framework.parse(hotline());
  const both = framework.statistics({ connect_rate: [85, 90, 95], queue_time: [50, 30, 10] });
  assert.deepEqual(both.redundant, [{ ids: ["connect_rate", "queue_time"], correlation: both.pearson[0][1] }]);
  const constant = framework.statistics({ connect_rate: [85, 90, 95], queue_time: [50, 50, 50] });
  assert.deepEqual(constant.silent, [{ id: "queue_time", correlation: null }]);
  assert.equal(constant.pearson[0][1], null);
});

test("statistics need rows that vary, and a fitted framework", () => {
  const framework = Framework.parse(hotline());
  const columns = { connect_rate: [85, 95], queue_time: [60, 10] };
  assert.throws(
    () => framework.statistics({ connect_rate: [85], queue_time: [60] }),
    (error) => error instanceof DataError,
  );
  assert.throws(() => framework.statistics({ queue_time: [60] }), { code: "data.missing_column" });
  assert.throws(
    () => withQueue({ from_data: "min_max" }).statistics(columns),
    (error) => error instanceof DocumentError && error.code === "scoring.not_fitted",
  );
  framework.free();
  for (const work of [() => framework.audit(columns), () => framework.statistics(columns)]) {
    assert.throws(work, (error) => error instanceof CpcfitError && error.code === "wasm.freed");
  }
});
