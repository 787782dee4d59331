import assert from "node:assert/strict";
import { test } from "node:test";
import { Catalog, DocumentError, FitPolicy, PackageFit, packageFit, STATUSES } from "cpcfit";
import { FitHandle } from "../pkg/generated/wasm.js";
import { feixiang, read, small } from "./fixtures.mjs";

const policy = FitPolicy.parse(read("models/fit-policy.yaml"));
const { customer } = JSON.parse(read("models/worked-example.json"));

test("the published example", () => {
  const match = new PackageFit(feixiang(), policy).record(customer);
  assert.deepEqual(match, {
    status: "target",
    plan: "zx158",
    names: { zh: "自选组合158", en: "Build-your-own 158" },
    total: "228.00",
    totalMinor: 22800,
    presentTotal: "220.00",
    presentTotalMinor: 22000,
    presentFee: "128.00",
    presentFeeMinor: 12800,
  });
});

test("an explanation has a verdict on every plan", () => {
  const explanation = new PackageFit(feixiang(), policy).explain(customer);
  assert.equal(explanation.verdicts.length, 18);
  const verdict = (plan) => explanation.verdicts.find((known) => known.plan === plan);
  assert.deepEqual(verdict("zx158").reasons, [{ kind: "chosen", text: "chosen" }]);
  assert.deepEqual([verdict("zx158").chosen, verdict("zx158").totalFeeChange], [true, "1.036"]);
  assert.deepEqual(
    verdict("fx38").reasons.map((reason) => reason.kind),
    ["total_fee_change", "monthly_fee_change"],
  );
  assert.match(explanation.text, /^target: zx158\n/);
});

test("statuses are those of the library", () => {
  assert.deepEqual([...STATUSES], FitHandle.statuses());
});

test("columns give what records give, and the funnel counts them", () => {
  const catalog = feixiang();
  const fit = new PackageFit(catalog, policy);
  const ids = catalog.plans.map((plan) => plan.id);
  const rows = Array.from({ length: 20_000 }, (_, row) => ({
    voice: (row * 37) % 4000,
    data: (row * 91) % 9000,
    auto_upgrade: row % 3,
    current_plan: row % 5 === 0 ? null : ids[row % ids.length],
    present_total: row % 10 === 0 ? 0 : 100 + (row % 300),
    present_fee: 100,
  }));
  const columns = Object.fromEntries(Object.keys(rows[0]).map((name) => [name, rows.map((row) => row[name])]));
  const matches = fit.columns(columns);
  assert.equal(matches.length, rows.length);
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0]));
  rows.forEach((row, index) => {
    const match = fit.record(row);
    const minor = (amount) => (Number.isNaN(amount) ? null : amount);
    counts[match.status] += 1;
    assert.deepEqual(
      {
        status: STATUSES[matches.status[index]],
        plan: matches.plans[matches.plan[index]]?.id ?? null,
        totalMinor: minor(matches.totalMinor[index]),
        presentTotalMinor: minor(matches.presentTotalMinor[index]),
        presentFeeMinor: minor(matches.presentFeeMinor[index]),
      },
      {
        status: match.status,
        plan: match.plan,
        totalMinor: match.totalMinor,
        presentTotalMinor: match.presentTotalMinor,
        presentFeeMinor: match.presentFeeMinor,
      },
      `row ${index}`,
    );
  });
  assert.deepEqual(matches.funnel.statuses, counts);
  assert.deepEqual(matches.funnel.stages[0], { stage: "customers", customers: rows.length });
  assert.deepEqual(packageFit(catalog, policy, columns).plan, matches.plan);
  const without = packageFit(catalog, policy, columns, { presentBill: false });
  assert.deepEqual(
    [without.status, without.plan, without.totalMinor],
    [matches.status, matches.plan, matches.totalMinor],
  );
  assert.deepEqual([without.presentTotalMinor.length, without.presentFeeMinor.length], [0, 0]);
});

test("one row of columns is explained as the columns are read", () => {
  const fit = new PackageFit(feixiang(), policy);
  const columns = {
    MOU: [0, 880],
    data: ["0", "737.9375"],
    auto_upgrade: { codes: Int8Array.of(1, 0), values: ["30", "0"] },
    present_total: { values: Int32Array.of(0, 220), valid: Uint8Array.of(2) },
    present_fee: Float32Array.of(0, 128),
    current_plan: [null, null],
  };
  const options = { columns: { voice: "MOU" } };
  const explanation = fit.explainRow(columns, 1, options);
  assert.deepEqual(explanation, fit.explain(customer));
  assert.throws(() => fit.explainRow(columns, 0, options), { code: "fit.no_present_bill" });
  for (const row of [2, -1, 0.5]) assert.throws(() => fit.explainRow(columns, row, options), RangeError);
});

test("settings make a policy, or change one", () => {
  const settings = { totalFeeChange: { min: 0.6, max: "1.5" }, monthlyFeeChange: { min: 1, max: 2 } };
  const own = FitPolicy.of(settings);
  const plan = (fitPolicy) => new PackageFit(feixiang(), fitPolicy).record(customer).plan;
  assert.deepEqual([plan(own), plan(settings), plan(policy)], ["zx158", "zx158", "zx158"]);
  assert.equal(plan(policy.with({ totalFeeChange: { max: 1 } })), null);
  assert.equal(plan({ monthlyFeeChange: { min: 1 } }), "zx158");
  assert.equal(FitPolicy.parse(policy.toJson()).toJson(), policy.toJson());
  assert.deepEqual([policy.id, policy.version], ["gotone", "1"]);
});

test("wrong settings are document errors", () => {
  const wrong = { rank: "cheapst", totalFeeChange: { min: 2, max: 1 } };
  assert.throws(
    () => FitPolicy.of(wrong),
    (error) => {
      assert.ok(error instanceof DocumentError);
      const codes = error.problems.map(({ code, path }) => `${code} ${path}`);
      assert.ok(codes.includes("document.unknown_word /rank"), codes.join());
      return true;
    },
  );
  assert.throws(() => new PackageFit(feixiang(), { rank: "priority" }), { code: "fit.no_priority" });
});

test("candidates and eligibility test fields, as booleans, dates, texts and numbers", () => {
  const fields = {
    active: { type: "boolean" },
    joined: { type: "date" },
    city: { type: "string", missing: true },
    age: { type: "number", missing: true },
  };
  const where = {
    all: [
      { field: "active", eq: true },
      { field: "joined", lt: "2012-01-01" },
      { field: "city", in: ["gz", "sz"] },
      { field: "age", ge: 18 },
    ],
  };
  const fit = new PackageFit(Catalog.parse(small()), { fields, candidates: { where, unknown: "out" } });
  const person = {
    voice: 500,
    current_plan: "light",
    active: true,
    joined: new Date("2011-05-01"),
    city: "gz",
    age: 30,
  };
  const others = [
    {},
    { active: false },
    { joined: new Date("2012-01-01") },
    { joined: "2011-12-31" },
    { city: "bj" },
    { city: null },
    { age: 17.5 },
    { age: Number.NaN },
  ].map((change) => ({ ...person, ...change }));
  const statuses = others.map((other) => fit.record(other).status);
  const out = "not_candidate";
  assert.deepEqual(statuses, ["target", out, out, "target", out, out, out, out]);
  const dates = others.map(({ joined }) => new Date(joined));
  const columns = Object.fromEntries(Object.keys(person).map((name) => [name, others.map((other) => other[name])]));
  const matches = fit.columns({ ...columns, joined: dates });
  assert.deepEqual(
    Array.from(matches.status, (code) => STATUSES[code]),
    statuses,
  );
  assert.deepEqual(fit.inputs.includes("city"), true);
});

test("bad rows are left out where the caller says so", () => {
  const fit = new PackageFit(Catalog.parse(small()));
  const columns = { voice: [500, -1], current_plan: ["light", "light"] };
  const { status, plan, totalMinor, funnel } = fit.columns(columns, { onError: "null" });
  assert.deepEqual([...status], [0, 7]);
  assert.deepEqual([...plan], [1, -1]);
  assert.deepEqual([...totalMinor], [5800, Number.NaN]);
  assert.equal(funnel.statuses.invalid, 1);
  assert.throws(() => fit.columns(columns), { code: "data.negative" });
});

test("what was freed says so", () => {
  const catalog = Catalog.parse(small());
  const fit = new PackageFit(catalog);
  catalog.free();
  assert.equal(fit.record({ voice: 1, current_plan: "light" }).status, "stays");
  assert.throws(() => new PackageFit(catalog), { code: "wasm.freed" });
  fit.free();
  assert.throws(() => fit.record({ voice: 1 }), { code: "wasm.freed" });
  const gone = FitPolicy.of({});
  gone.free();
  assert.throws(() => gone.toJson(), { code: "wasm.freed" });
});
