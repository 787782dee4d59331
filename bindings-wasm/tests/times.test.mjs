// Points in time: records and columns of `Date`s and of texts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RuleSet } from "../pkg/node.js";

const rules = RuleSet.parse({
  cpcfit: 1,
  kind: "rules",
  id: "contacts",
  version: "1",
  hit: "first",
  unknown: "no_match",
  fields: { at: { type: "timestamp", missing: true }, joined: { type: "date", missing: true } },
  outputs: { next: { type: "timestamp" } },
  rules: [
    { id: "late", when: 'at.getHours("+08:00") >= 16', then: { next: "2012-03-22T09:00:00+08:00" } },
    { id: "new", when: 'joined > "2012-03-20"' },
  ],
});

const eight = new Date("2012-03-21T08:00:00Z");
const before = new Date("2012-03-21T07:59:59.999Z");

test("a record has a Date or a text", () => {
  const outputs = { next: "2012-03-22T01:00:00Z" };
  for (const at of [eight, "2012-03-21T08:00:00Z", "2012-03-21T16:00:00.5+08:00"]) {
    assert.deepEqual(rules.decide({ at }).outputs, outputs);
  }
  for (const at of [before, null]) assert.equal(rules.decide({ at }).status, "none");
  assert.equal(rules.decide({ joined: new Date("2012-03-21T00:00:00Z") }).rule, "new");
  const row = rules.row();
  assert.equal(row.set("at", eight).decide().rule, "late");
});

test("what is no point in time, and what is no midnight", () => {
  const refused = (record, code) => assert.throws(() => rules.decide(record), { code });
  refused({ at: new Date(Number.NaN) }, "data.bad_timestamp");
  refused({ at: "2012-03-21" }, "data.bad_timestamp");
  refused({ at: 1_332_316_800_000 }, "data.wrong_type");
  refused({ joined: eight }, "data.bad_date");
  assert.throws(() => rules.decideColumns({ joined: [eight] }), { code: "data.bad_date" });
  assert.throws(() => rules.decideColumns({ at: [eight, new Date(Number.NaN)] }), { code: "data.wrong_type" });
});

test("columns of Dates and of texts", () => {
  const late = (at) => Array.from(rules.decideColumns({ at }).rule);
  const dates = [eight, before, null, undefined, new Date("1969-12-31T08:00:00.001Z")];
  const texts = dates.map((date) => date && date.toISOString());
  assert.deepEqual(late(dates), [0, -1, -1, -1, 0]);
  assert.deepEqual(late(texts), late(dates));
  const decisions = rules.decideColumns({ joined: [new Date("2012-03-21T00:00:00Z"), null] });
  assert.deepEqual(Array.from(decisions.rule), [1, -1]);
});
