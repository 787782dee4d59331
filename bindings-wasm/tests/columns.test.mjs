// Every kind of column gives what the same values give one by one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Catalog, DataError } from "cpcfit";
import { feixiang, small } from "./fixtures.mjs";

const BLOCK_ROWS = 16_384;
const catalog = Catalog.parse(small());

const light = (voice, options) => Array.from(catalog.billColumns({ voice }, options)[0].totalMinor);
const one = (voice) => catalog.quote({ voice }).offers[0].totalMinor;

test("typed arrays of every type", () => {
  const values = [0, 5, 100, 101, 120];
  const expected = values.map(one);
  for (const type of [
    Float64Array,
    Float32Array,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
  ]) {
    assert.deepEqual(light(type.from(values)), expected, type.name);
  }
  for (const type of [BigInt64Array, BigUint64Array]) {
    assert.deepEqual(light(type.from(values, BigInt)), expected, type.name);
  }
  assert.deepEqual(light(Uint32Array.of(4_000_000_000)), [one(4_000_000_000)]);
});

test("plain arrays of numbers and of texts", () => {
  const values = [0, 100.5, 120];
  assert.deepEqual(light(values), values.map(one));
  assert.deepEqual(light(values.map(String)), values.map(one));
  assert.deepEqual(light([]), []);
  assert.deepEqual(light(new Float64Array()), []);
});

test("missing values, in every form", () => {
  const withDefault = Catalog.parse(
    small({ meters: { voice: { unit: "min", base: "s", units: { min: 60 }, default: 104 } } }),
  );
  const expected = [1800, 1900, 1900, 2000];
  const total = (voice) => Array.from(withDefault.billColumns({ voice })[0].totalMinor);
  assert.deepEqual(total([1, null, undefined, 108]), expected);
  assert.deepEqual(total(["1", null, undefined, "108"]), expected);
  assert.deepEqual(total(Float64Array.of(1, Number.NaN, Number.NaN, 108)), expected);
  assert.deepEqual(total({ values: Int32Array.of(1, -7, -7, 108), valid: Uint8Array.of(0b1001) }), expected);
  assert.deepEqual(total({ codes: Int8Array.of(0, -1, -1, 1), values: ["1", "108"] }), expected);
  assert.deepEqual(total([null, null]), [1900, 1900]);
  assert.throws(() => light([1, null]), { code: "data.missing", path: "voice" });
});

test("rows on both sides of a block's end, with a bitmap", () => {
  const rows = 2 * BLOCK_ROWS + 11;
  const values = Int32Array.from({ length: rows }, (_, row) => row % 300);
  const valid = new Uint8Array(Math.ceil(rows / 8)).fill(0xff);
  const missing = [0, BLOCK_ROWS - 1, BLOCK_ROWS, 2 * BLOCK_ROWS + 1];
  for (const row of missing) valid[row >> 3] &= ~(1 << (row & 7));
  const totals = light({ values, valid }, { onError: "null" });
  const isMissing = new Set(missing);
  totals.forEach((total, row) => {
    assert.equal(total, isMissing.has(row) ? Number.NaN : one(row % 300), `row ${row}`);
  });
});

test("more different texts than a dictionary holds", () => {
  const rows = 3 * BLOCK_ROWS;
  const texts = Array.from({ length: rows }, (_, row) => String(row / 4));
  const totals = light(texts);
  for (let row = 0; row < rows; row += 97) assert.equal(totals[row], one(texts[row]), `row ${row}`);
});

test("problems name the rows of the whole, over all blocks", () => {
  const voice = new Float64Array(2 * BLOCK_ROWS);
  const bad = [3, BLOCK_ROWS, BLOCK_ROWS + 1];
  for (const row of bad) voice[row] = -1;
  voice[BLOCK_ROWS + 2] = Number.POSITIVE_INFINITY;
  assert.throws(
    () => light(voice),
    (error) => {
      assert.ok(error instanceof DataError);
      assert.deepEqual(
        error.problems.map(({ code, path, rows, rowCount }) => [code, path, rows, rowCount]),
        [
          ["data.negative", "voice", bad, 3],
          ["data.not_finite", "voice", [BLOCK_ROWS + 2], 1],
        ],
      );
      return true;
    },
  );
  const totals = light(voice, { onError: "null" });
  for (const row of bad) assert.equal(totals[row], Number.NaN);
  assert.equal(totals[0], 1800);
});

test("columns of no use are errors where they are read", () => {
  const cases = [
    [[1, "2"], /string in row 1/],
    [["1", 2], /number in row 1/],
    [[1n], /bigint/],
    [[{}], /Object/],
    [12, /number in place of a column/],
    [new DataView(new ArrayBuffer(8)), /DataView/],
    [{ values: new Int32Array(9), valid: new Uint8Array(1) }, /bitmap/],
    [{ codes: new Float64Array(1), values: ["a"] }, /Float64Array/],
    [{ codes: new Int8Array(1), values: [1] }, /number/],
    [[new Date(5)], /timestamp/],
    [[new Date(Number.NaN)], /invalid date/],
    [new Map(), /Map/],
  ];
  for (const [voice, found] of cases) {
    assert.throws(
      () => light(voice),
      ({ code, path, problems }) => code === "data.wrong_type" && path === "voice" && found.test(problems[0].found),
      String(found),
    );
  }
  assert.deepEqual(Array.from(catalog.billColumns({ voice: [1], other: new Map() })[0].totalMinor), [1800]);
  assert.throws(() => light({ codes: Int8Array.of(3), values: ["1"] }), { code: "data.layout", path: "voice" });
});

test("columns of different lengths, missing columns and wrong options", () => {
  const data = { voice: [1, 2], data: new Float64Array(3), auto_upgrade: [1, 2] };
  assert.throws(() => feixiang().billColumns(data), { code: "data.length", path: "data" });
  assert.throws(() => catalog.billColumns({}), { code: "data.missing_column", path: "voice" });
  assert.throws(() => catalog.billColumns({ voice: [1] }, { onError: "ignore" }), { path: "onError" });
  assert.throws(() => catalog.billColumns({ voice: [1] }, { columns: { voice: 7 } }), { path: "columns/voice" });
  assert.throws(() => catalog.billColumns({ voice: [1] }, { simd: "avx2" }), { path: "simd" });
});

test("columns may have other names", () => {
  const [plan] = catalog.billColumns({ MOU: [120] }, { columns: { voice: "MOU" } });
  assert.deepEqual([plan.plan, Array.from(plan.totalMinor)], ["light", [2300]]);
  assert.throws(() => catalog.billColumns({ MOU: [-1] }, { columns: { voice: "MOU" } }), { path: "MOU" });
});

test("sums are exact beyond safe integers", () => {
  const voice = new Float64Array(20_000).fill(3e12);
  const [sum] = catalog.sumColumns({ voice });
  const each = BigInt(one(3e12));
  assert.equal(sum.totalMinor, 20_000n * each);
  assert.ok(sum.totalMinor > BigInt(Number.MAX_SAFE_INTEGER));
  assert.equal(sum.total, `${String(sum.totalMinor).slice(0, -2)}.${String(sum.totalMinor).slice(-2)}`);
});

test("the kernel and the reference evaluator agree", () => {
  const plans = feixiang();
  const rows = 5000;
  const columns = {
    voice: Float64Array.from({ length: rows }, (_, row) => (row * 7.31) % 4000),
    data: Float64Array.from({ length: rows }, (_, row) => (row * 13.7) % 9000),
    auto_upgrade: new Float64Array(rows),
  };
  assert.deepEqual(plans.billColumns(columns, { simd: "off" }), plans.billColumns(columns, { simd: "simd128" }));
});
