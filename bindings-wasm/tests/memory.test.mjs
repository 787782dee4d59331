// WebAssembly memory: constant in the number of rows, and given back after errors.

import assert from "node:assert/strict";
import { test } from "node:test";

let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    memory = this.exports.memory;
  }
};
const { Catalog, packageFit, FitPolicy, Framework, RuleSet } = await import("cpcfit");
const { bonuses, feixiang, hotline, segments, small } = await import("./fixtures.mjs");

function customers(rows) {
  const plans = feixiang().plans.map((plan) => plan.id);
  const length = { length: rows };
  return {
    voice: Float64Array.from(length, (_, row) => row % 900),
    data: Float64Array.from(length, (_, row) => (row * 7) % 3000),
    auto_upgrade: Int32Array.from(length, (_, row) => row % 3),
    current_plan: Array.from(length, (_, row) => plans[row % plans.length]),
  };
}

test("a call over many rows needs no more memory than one over a few blocks", () => {
  const catalog = feixiang();
  const framework = Framework.parse(hotline());
  const rules = RuleSet.parse(segments());
  const sums = RuleSet.parse(bonuses({ hit: "collect", collect: "sum" }));
  const run = (rows) => {
    const columns = customers(rows);
    packageFit(catalog, { totalFeeChange: { max: 1.5 } }, columns);
    catalog.billColumns(columns);
    catalog.sumColumns(columns);
    framework.scoreColumns({ connect_rate: columns.voice, queue_time: columns.data }, { nodes: ["queue_time"] });
    rules
      .decideColumns({ arpu: columns.voice, churn_risk: columns.auto_upgrade, brand: columns.current_plan })
      .output("queue");
    sums.decideColumns({ years: columns.auto_upgrade }).outputMinor("credit");
    return memory.buffer.byteLength;
  };
  const few = run(40_000);
  assert.equal(run(600_000), few);
});

test("errors leave nothing behind", () => {
  const catalog = Catalog.parse(small());
  const framework = Framework.parse(hotline());
  const left = framework.toJson().replace('"worst":60', '"worst":"max"');
  const unfitted = Framework.parse(left);
  assert.equal(unfitted.isFitted, false);
  const rules = RuleSet.parse(segments());
  const dated = RuleSet.parse(segments({ rules: [{ id: "old", effective: { to: "2012-01-01" } }] }));
  const row = rules.row();
  const long = "x".repeat(10_000);
  const bad = [
    () => Catalog.parse(small({ id: long, plans: [{ id: long }] })),
    () => Catalog.parse(`{"cpcfit": 1, "${long}"`),
    () => Catalog.fromTable(small(), long),
    () => FitPolicy.of({ rank: long }),
    () => Framework.parse(hotline({ root: long })),
    () => framework.score({ connect_rate: long }),
    () => framework.scoreColumns({ connect_rate: [long], queue_time: [1] }),
    () => unfitted.fit({ connect_rate: [1] }),
    () => framework.reach({ connect_rate: long, queue_time: 1 }, 50),
    () => framework.overtake({ connect_rate: 85 }, { connect_rate: long }),
    () => framework.difference({ connect_rate: 85 }, { connect_rate: 85 }, { framework: unfitted }),
    () => framework.ranksUnderWeights({ connect_rate: [85], queue_time: [long] }),
    () => framework.ranksUnderWeights({ connect_rate: [85], queue_time: [1] }, { draws: 0 }),
    () => framework.ranksUnderWeights({ connect_rate: [85], queue_time: [1] }, { draws: 2 ** 40 }),
    () => framework.audit({ connect_rate: [long], queue_time: [1] }),
    () => framework.statistics({ connect_rate: [85], queue_time: [1] }),
    () => RuleSet.parse(segments({ hit: long })),
    () => dated.at(long),
    () => dated.at("2012-01-02"),
    () => dated.decide({}),
    () => rules.decide({ arpu: long, brand: "gotone" }),
    () => rules.explain({ arpu: 1, brand: [long] }),
    () => rules.decideColumns({ arpu: [long], brand: ["gotone"], churn_risk: [1] }),
    () => row.set(long, 1),
    () => row.set("arpu", long),
    () => row.first(),
    () => row.decide(),
    () => catalog.quote({ [long]: long }),
    () => catalog.bill(long, { voice: 1 }),
    () => packageFit(catalog, undefined, { voice: [long] }),
    () => packageFit(catalog, undefined, { voice: [1], current_plan: [1, 2] }),
    () => packageFit(catalog, undefined, { voice: [1] }, { onError: long }),
  ];
  const run = () => {
    for (const work of bad) assert.throws(work);
    Catalog.parse(small()).free();
    const own = RuleSet.parse(segments());
    const kept = own.row().set("brand", long);
    own.free();
    kept.free();
  };
  for (let time = 0; time < 50; time += 1) run();
  const before = memory.buffer.byteLength;
  for (let time = 0; time < 500; time += 1) run();
  assert.equal(memory.buffer.byteLength, before);
});
