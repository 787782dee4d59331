// The generated frameworks through the npm package: digests of inputs and results, and columns against records.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as cpcfit from "../bindings-wasm/pkg/node.js";
import { draw, FRAMEWORKS } from "./generated/frameworks.mjs";
import { Engine, GOLDEN, inputs, results, withoutCodes } from "./generated/generate_scores.mjs";

test("inputs are those of every language", () => {
  assert.equal(inputs(), GOLDEN.inputs);
});

test("results are those of every language", () => {
  assert.equal(results(cpcfit), GOLDEN.results);
});

test("columns give the same lines at every SIMD level", () => {
  for (let index = 0; index < FRAMEWORKS; index++) {
    const engine = new Engine(cpcfit, draw(index));
    const lines = engine.lines().map(withoutCodes);
    for (const simd of ["auto", "off", "simd128"]) assert.deepEqual(engine.columnLines(simd), lines);
    engine.free();
  }
});
