// The generated suite through the npm package: digests of inputs and results, and columns against records.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as cpcfit from "../bindings-wasm/pkg/node.js";
import { CATALOGUES, draw } from "./generated/cases.mjs";
import { Engine, GOLDEN, inputs, results, withoutCodes } from "./generated/generate.mjs";

/** Columns are checked for every so many catalogues here, and for all of them in Rust. */
const STEP = 10;

test("inputs are those of every language", () => {
  assert.equal(inputs(), GOLDEN.inputs);
});

test("results are those of every language", () => {
  assert.equal(results(cpcfit), GOLDEN.results);
});

test("columns give the same lines", () => {
  for (let index = 0; index < CATALOGUES; index += STEP) {
    const engine = new Engine(cpcfit, draw(index));
    assert.deepEqual(engine.columnLines(), engine.lines().map(withoutCodes));
    engine.free();
  }
});
