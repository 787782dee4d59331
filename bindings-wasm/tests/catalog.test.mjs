import assert from "node:assert/strict";
import { test } from "node:test";
import { Catalog, DataError } from "cpcfit";
import { feixiang, read, small } from "./fixtures.mjs";

test("a catalogue tells what it declares", () => {
  const catalog = feixiang();
  assert.deepEqual([catalog.id, catalog.version, catalog.date], ["feixiang", "2012", null]);
  assert.deepEqual(catalog.currency, { code: "CNY", exponent: 2 });
  assert.equal(catalog.plans.length, 18);
  assert.deepEqual(catalog.plans[0], {
    id: "fx38",
    names: { zh: "飞享38元", en: "Feixiang 38" },
    fee: "38.00",
    feeMinor: 3800,
    priority: null,
    effectiveFrom: null,
    effectiveTo: null,
  });
  const names = { zh: "语音", en: "Voice" };
  assert.deepEqual(catalog.meters[0], { id: "voice", names, unit: "min", base: "s", ratio: 60, default: null });
  assert.equal(catalog.given[0].default, "0.00");
});

test("a quote has every plan, in the order of the catalogue and by total", () => {
  const quote = feixiang().quote({ voice: 612, data: 1390.5 });
  assert.equal(quote.offers.length, 18);
  assert.deepEqual(quote.offers[0], {
    plan: "fx38",
    names: { zh: "飞享38元", en: "Feixiang 38" },
    total: "494.75",
    totalMinor: 49475,
  });
  const totals = quote.cheapestFirst().map((offer) => offer.totalMinor);
  assert.deepEqual(
    totals,
    [...totals].sort((a, b) => a - b),
  );
  assert.equal(quote.cheapestFirst()[0].total, "179.28");
});

test("a bill has a line for the fee, each meter and each given charge", () => {
  const bill = feixiang().bill("fx38", { voice: "50.5", data: 0, auto_upgrade: 30 });
  assert.deepEqual(
    bill.lines.map((line) => [line.kind, line.id, line.amount]),
    [
      ["fee", "fee", "38.00"],
      ["meter", "voice", "0.13"],
      ["meter", "data", "0.00"],
      ["given", "auto_upgrade", "30.00"],
    ],
  );
  const voice = bill.lines[1];
  assert.deepEqual(voice.used, { units: 3030, text: "50.5 min" });
  assert.deepEqual(voice.over, { units: 30, text: "0.5 min" });
  assert.equal(voice.exact, "25/2");
  assert.deepEqual([bill.total, bill.totalMinor, bill.currency], ["68.13", 6813, "CNY"]);
});

test("rounding the bill as a whole leaves meters without amounts", () => {
  const rounding = { stage: "bill", mode: "half_up", step: 0.01 };
  const bill = Catalog.parse(small({ rounding })).bill("light", { voice: "100.1" });
  assert.deepEqual([bill.lines[1].exact, bill.lines[1].amount, bill.lines[1].amountMinor], ["5/2", null, null]);
  assert.deepEqual([bill.unrounded, bill.total], ["3605/2", "18.03"]);
});

test("text and objects give the same catalogue", () => {
  const document = small();
  const canonical = Catalog.parse(JSON.stringify(document)).toJson();
  assert.equal(Catalog.parse(document).toJson(), canonical);
  assert.equal(Catalog.parse(canonical).toJson(), canonical);
  assert.equal(Catalog.parse(read("models/prepaid.yaml")).plans[0].id, "surf");
});

test("dated plans need a date", () => {
  const plan = (id, effective) => ({ id, fee: 1, effective, charges: { voice: { allowance: "unlimited" } } });
  const plans = [plan("old", { to: "2012-06-30" }), plan("new", { from: new Date(Date.UTC(2012, 6, 1)) })];
  const catalog = Catalog.parse(small({ plans }));
  const usage = { voice: 0 };
  assert.throws(() => catalog.quote(usage), { name: "DataError", code: "tariff.date_required" });
  assert.deepEqual(
    catalog.plans.map((known) => [known.effectiveFrom, known.effectiveTo]),
    [
      [null, "2012-06-30"],
      ["2012-07-01", null],
    ],
  );
  const on = (date) => catalog.at(date);
  assert.equal(on("2012-06-30").quote(usage).offers[0].plan, "old");
  assert.equal(on(new Date("2012-07-01")).quote(usage).offers[0].plan, "new");
  assert.equal(on("2012-07-01").date, "2012-07-01");
  for (const date of ["2012-02-30", new Date("2012-07-01T08:00:00Z"), new Date(Number.NaN), 20120701, undefined]) {
    assert.throws(() => on(date), DataError);
  }
});

test("usage may be numbers, bigints, and texts that are exact", () => {
  const catalog = Catalog.parse(small());
  const total = (voice) => catalog.quote({ voice }).offers[0].totalMinor;
  assert.equal(total(120), 2300);
  assert.equal(total(120n), 2300);
  assert.equal(total("120.0"), 2300);
  // 100.1 minutes and a little are rounded to 6006 seconds; the text must be whole seconds.
  assert.equal(total(100.10000001), 1803);
  assert.throws(() => total("100.10000001"), { code: "data.inexact", path: "voice" });
  for (const missing of [null, Number.NaN]) assert.throws(() => total(missing), { code: "data.missing" });
});
