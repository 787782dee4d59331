import assert from "node:assert/strict";
import { test } from "node:test";
import { CpcfitError, DataError, DocumentError, Framework } from "cpcfit";
import { hotline } from "./fixtures.mjs";

const columns = { connect_rate: [85, 95, 80, 90, 91], queue_time: [60, 10, 35, null, 58] };

test("ranks under weights are those that Python and Rust draw", () => {
  const framework = Framework.parse(hotline());
  assert.deepEqual(framework.ranksUnderWeights(columns), {
    rows: Uint32Array.of(0, 1, 2, 4),
    draws: 1000,
    base: Uint32Array.of(3, 1, 4, 2),
    mean: Float64Array.of(3.213, 1, 3.787, 2),
    best: Uint32Array.of(3, 1, 3, 2),
    worst: Uint32Array.of(4, 1, 4, 2),
    first: Float64Array.of(0, 1, 0, 0),
    top: Float64Array.of(0.787, 1, 0.213, 1),
  });
  assert.deepEqual(framework.ranksUnderWeights(columns, { draws: 500, seed: 7, concentration: 10, top: 2 }), {
    rows: Uint32Array.of(0, 1, 2, 4),
    draws: 500,
    base: Uint32Array.of(3, 1, 4, 2),
    mean: Float64Array.of(3.33, 1, 3.608, 2.062),
    best: Uint32Array.of(3, 1, 2, 2),
    worst: Uint32Array.of(4, 1, 4, 3),
    first: Float64Array.of(0, 1, 0, 0),
    top: Float64Array.of(0, 1, 0.062, 0.938),
  });
});

test("the kernel does not change ranks, and columns may have other names", () => {
  const framework = Framework.parse(hotline());
  const length = { length: 20_000 };
  const data = {
    connect_rate: Float64Array.from(length, (_, row) => 70 + ((row * 7) % 257) / 10),
    waiting: Float64Array.from(length, (_, row) => (row * 13) % 61),
  };
  const options = { columns: { queue_time: "waiting" }, draws: 20, seed: 3 };
  const [auto, ...others] = ["auto", "off", "simd128"].map((simd) =>
    framework.ranksUnderWeights(data, { ...options, simd }),
  );
  for (const other of others) assert.deepEqual(other, auto);
  assert.equal(auto.rows.length, 20_000);
  const ranks = framework.scoreColumns(data, { columns: options.columns }).ranks();
  assert.deepEqual(auto.base, ranks);
});

test("options out of range are errors", () => {
  const framework = Framework.parse(hotline());
  const cases = [
    [{ draws: 1.5 }, "draws"],
    [{ draws: -1 }, "draws"],
    [{ draws: Number.NaN }, "draws"],
    [{ draws: 2 ** 31 }, "draws"],
    [{ draws: Number.MAX_SAFE_INTEGER }, "draws"],
    [{ draws: 0 }, ""],
    [{ seed: 0.5 }, "seed"],
    [{ seed: 2 ** 53 }, "seed"],
    [{ concentration: 0 }, "concentration"],
    [{ top: -1 }, "top"],
  ];
  for (const [options, path] of cases) {
    assert.throws(
      () => framework.ranksUnderWeights(columns, options),
      (error) => error instanceof DataError && error.code === "scoring.bad_setting" && error.path === path,
      JSON.stringify(options),
    );
  }
  assert.equal(framework.ranksUnderWeights(columns, { draws: 1, top: 2 ** 40 }).top[0], 1);
});

test("ranks need rows, a sum, and a fitted framework", () => {
  const framework = Framework.parse(hotline());
  assert.throws(() => framework.ranksUnderWeights({ connect_rate: [85], queue_time: [null] }), {
    name: "DataError",
    code: "scoring.bad_setting",
  });
  assert.throws(() => framework.ranksUnderWeights({ queue_time: [35] }), { code: "data.missing_column" });
  assert.throws(
    () => framework.ranksUnderWeights({ connect_rate: [85, Infinity], queue_time: [1, 2] }),
    ({ code, problems: [{ path, rows }] }) => `${code} ${path} ${rows}` === "data.not_finite connect_rate 1",
  );
  const nodes = { hotline: { ...hotline().nodes.hotline, aggregate: "geometric" } };
  assert.throws(() => Framework.parse(hotline({ nodes })).ranksUnderWeights(columns), {
    name: "DocumentError",
    code: "scoring.not_a_sum",
  });
  const document = hotline();
  document.indicators.queue_time.normalise = { from_data: "min_max" };
  assert.throws(
    () => Framework.parse(document).ranksUnderWeights(columns),
    (error) => error instanceof DocumentError && error.code === "scoring.not_fitted",
  );
  framework.free();
  assert.throws(
    () => framework.ranksUnderWeights(columns),
    (error) => error instanceof CpcfitError && error.code === "wasm.freed",
  );
});
