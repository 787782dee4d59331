// JavaScript values as documents: what they become, and what no document can hold.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { Catalog, DocumentError } from "cpcfit";
import { small } from "./fixtures.mjs";

/** `[code, path, found]` of every problem of a document. */
function problems(document) {
  try {
    Catalog.parse(document);
  } catch (error) {
    assert.ok(error instanceof DocumentError, String(error));
    return error.problems.map(({ code, path, found }) => [code, path, found]);
  }
  return [];
}

const withFee = (fee) => small({ plans: [{ id: "a", fee, charges: { voice: { allowance: "unlimited" } } }] });

test("numbers are taken by their shortest decimal form", () => {
  const fee = (value) => Catalog.parse(withFee(value)).plans[0].feeMinor;
  assert.deepEqual([0.29, 38, "38.00", 38n, 1e3].map(fee), [29, 3800, 3800, 3800, 100_000]);
  assert.equal(problems(withFee(0.1 + 0.2))[0][0], "document.long_float");
  assert.deepEqual(
    [Number.NaN, Number.POSITIVE_INFINITY].map((value) => problems(withFee(value))[0][1]),
    ["/plans/0/fee", "/plans/0/fee"],
  );
});

test("plain objects of any realm are mappings, and undefined is absent", () => {
  const bare = Object.assign(Object.create(null), small());
  assert.deepEqual(problems(bare), []);
  assert.deepEqual(problems(runInNewContext(`(${JSON.stringify(small())})`)), []);
  assert.deepEqual(problems(small({ given: undefined })), []);
  assert.deepEqual(problems(Object.freeze(small())), []);
});

test("other values are problems at their paths", () => {
  class Price {}
  const cases = [
    [() => {}, "a function"],
    [Symbol("fee"), "a symbol"],
    [new Map(), "a `Map`"],
    [new Price(), "a `Price`"],
    [null, "nothing"],
    [true, "`true`"],
  ];
  for (const [fee, found] of cases) {
    const [[code, path, said]] = problems(withFee(fee));
    assert.deepEqual([code, path], ["document.wrong_type", "/plans/0/fee"]);
    assert.ok(said.includes(found), `${said} tells of ${found}`);
  }
});

test("an object inside itself is a problem, twice the same object is none", () => {
  const cycle = small();
  cycle.plans[0].charges.voice = cycle.plans[0];
  assert.deepEqual(problems(cycle)[0].slice(0, 2), ["document.wrong_type", "/plans/0/charges/voice"]);
  const charges = { voice: { allowance: "unlimited" } };
  assert.deepEqual(problems(small({ plans: ["a", "b"].map((id) => ({ id, fee: 1, charges })) })), []);
});

test("depth and size are limited", () => {
  let deep = {};
  for (let level = 0; level < 100_000; level += 1) deep = { "x-deep": deep };
  assert.equal(problems(small({ "x-deep": deep }))[0][0], "document.too_deep");
  assert.equal(problems(small({ "x-wide": Array(600_000).fill(0) }))[0][0], "document.too_many_nodes");
});

test("dates are days in UTC", () => {
  const dated = (from) => small({ plans: [{ ...small().plans[0], effective: { from } }] });
  assert.deepEqual(problems(dated(new Date("2012-01-01"))), []);
  assert.deepEqual(problems(dated(new Date("2012-01-01T16:00:00Z"))), [
    ["document.bad_date", "/plans/0/effective/from", '"2012-01-01T16:00:00.000Z"'],
  ]);
  assert.equal(problems(dated(new Date(Number.NaN)))[0][2], '"an invalid date"');
});

test("what a getter or a proxy throws comes through, and the library works on", () => {
  const thrower = {
    get fee() {
      throw new TypeError("no fee today");
    },
  };
  assert.throws(() => Catalog.parse(small({ plans: [thrower] })), { name: "TypeError", message: "no fee today" });
  const keys = new Proxy(small(), {
    ownKeys() {
      throw new TypeError("no keys today");
    },
  });
  assert.throws(() => Catalog.parse(keys), { message: "no keys today" });
  assert.deepEqual(problems(new Proxy(small(), {})), []);
});

test("text with a broken pair of surrogates does not stop the library", () => {
  assert.equal(problems(small({ id: "\ud800" }))[0][0], "document.bad_id");
});
