import assert from "node:assert/strict";
import { test } from "node:test";
import { Catalog, CpcfitError, DataError, DocumentError } from "cpcfit";
import { small } from "./fixtures.mjs";

function caught(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("a document error has every problem with its place in the text", () => {
  const text = JSON.stringify(small({ rounding: { stage: "lines", mode: "half_up", step: 0.01 }, extra: 1 }), null, 2);
  const error = caught(() => Catalog.parse(text));
  assert.ok(error instanceof DocumentError && error instanceof CpcfitError && error instanceof Error);
  assert.equal(error.name, "DocumentError");
  assert.deepEqual([error.code, error.path], [error.problems[0].code, error.problems[0].path]);
  const stage = error.problems.find((problem) => problem.path === "/rounding/stage");
  assert.equal(stage.code, "document.unknown_word");
  assert.deepEqual([stage.found, stage.suggestion], ['"lines"', "line"]);
  const line = 1 + text.slice(0, text.indexOf('"lines"')).split("\n").length - 1;
  assert.equal(stage.line, line);
  assert.equal(text.split("\n")[line - 1].indexOf('"lines"') + 1, stage.column);
  assert.deepEqual([stage.rows, stage.rowCount], [[], 0]);
  assert.equal(Object.getPrototypeOf(stage), Object.prototype);
  for (const problem of error.problems) assert.ok(error.message.includes(problem.message));
});

test("objects have no places", () => {
  const [problem] = caught(() => Catalog.parse(small({ extra: 1 }))).problems;
  assert.equal(problem.path, "/extra");
  assert.ok(!("line" in problem) && !("column" in problem));
});

test("a data error has every problem, and a masked twin for logs", () => {
  const error = caught(() => Catalog.parse(small()).quote({ voice: -4711, vioce: 1 }));
  assert.ok(error instanceof DataError);
  assert.deepEqual(
    error.problems.map(({ code, path, found, suggestion }) => [code, path, found, suggestion]),
    [
      ["data.negative", "voice", "-4711", undefined],
      ["tariff.unknown_meter", "vioce", undefined, "voice"],
    ],
  );
  const masked = error.masked();
  assert.ok(masked instanceof DataError);
  assert.ok(error.message.includes("4711") && !masked.message.includes("4711"));
  assert.equal(masked.problems[0].found, "***");
});

test("usage that is no object is a data error", () => {
  const catalog = Catalog.parse(small());
  for (const usage of [undefined, null, 612, "612"]) {
    assert.throws(() => catalog.quote(usage), { name: "DataError", code: "data.wrong_type" });
  }
  assert.throws(() => catalog.quote({ voice: () => 1 }), { code: "data.wrong_type", path: "voice" });
});

test("an unknown plan has a suggestion", () => {
  const error = caught(() => Catalog.parse(small()).bill("havy", { voice: 1 }));
  assert.deepEqual([error.code, error.problems[0].suggestion], ["tariff.unknown_plan", "heavy"]);
});

test("a freed catalogue says so", () => {
  const catalog = Catalog.parse(small());
  catalog.free();
  catalog.free();
  assert.equal(catalog.plans.length, 2);
  assert.throws(() => catalog.quote({ voice: 1 }), { name: "CpcfitError", code: "wasm.freed" });
});
