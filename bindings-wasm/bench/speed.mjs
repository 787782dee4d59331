// Times of the package in Node, beside a plain JavaScript loop: `npm run bench`. Fails when a stated target is missed.

import { readFileSync } from "node:fs";
import { Catalog, PackageFit } from "cpcfit";

const ROWS = 1_000_000;
const QUOTE_TARGET_US = 20;
const DOCUMENT = {
  cpcfit: 1,
  kind: "catalogue",
  id: "feixiang",
  version: "2012",
  currency: { code: "CNY", exponent: 2 },
  rounding: { stage: "line", mode: "half_up", step: 0.01 },
  meters: {
    voice: { unit: "min", base: "s", units: { min: 60 } },
    data: { unit: "MB", base: "KB", units: { MB: 1024 } },
  },
  table: {
    id: "id",
    name: { zh: "name_zh", en: "name_en" },
    fee: "monthly_fee_yuan",
    charges: {
      voice: { allowance: "voice_min", overage: "voice_overage_yuan_per_min" },
      data: { allowance: "data_mb", overage: "data_overage_yuan_per_mb" },
    },
  },
};

const csv = readFileSync(new URL("../../examples/data/plans.csv", import.meta.url), "utf8");
const catalog = Catalog.fromTable(DOCUMENT, csv);
const fit = new PackageFit(catalog, { totalFeeChange: { min: 0.6, max: 1.5 }, monthlyFeeChange: { min: 1, max: 2 } });
const { voice, data, codes } = customers();
const ids = catalog.plans.map((plan) => plan.id);
const dictionary = { voice, data, current_plan: { codes, values: ids } };
const texts = { voice, data, current_plan: Array.from(codes, (code) => ids[code]) };

const quotes = best(20, () => {
  for (let call = 0; call < 1000; call += 1) catalog.quote({ voice: 600 + (call % 50), data: 1390.5 });
});
console.log(
  `one quote over ${ids.length} plans with its objects: ${quotes.toFixed(2)} us (target ${QUOTE_TARGET_US} us)`,
);
console.log(`${ROWS} customers x ${ids.length} plans, best of 7:`);
const loop = timed("plain JavaScript loop, in floats, not exact", () => plainLoop(voice, data, codes));
const columns = timed("package fit, codes and typed arrays", () => fit.columns(dictionary));
timed("package fit, an array of texts", () => fit.columns(texts));
timed("all totals", () => catalog.billColumns({ voice, data }));
timed("sums of all totals", () => catalog.sumColumns({ voice, data }));
if (quotes > QUOTE_TARGET_US || columns > loop) {
  console.error("a target was missed");
  process.exitCode = 1;
}

function timed(what, work) {
  const time = best(7, work);
  console.log(`  ${time.toFixed(1).padStart(7)} ms  ${what}`);
  return time;
}

/** The shortest of several times, in milliseconds. */
function best(times, work) {
  let shortest = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    work();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

function customers() {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const columns = { voice: new Float64Array(ROWS), data: new Float64Array(ROWS), codes: new Int32Array(ROWS) };
  for (let row = 0; row < ROWS; row += 1) {
    columns.voice[row] = -300 * Math.log(1 - random());
    columns.data[row] = -900 * Math.log(1 - random());
    columns.codes[row] = Math.floor(random() * catalog.plans.length);
  }
  return columns;
}

/** What somebody would write without the library: floats, and rounding by `Math.round`. */
function plainLoop(voice, data, codes) {
  const plans = csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(",").slice(3).map(Number));
  const [fee, megabytes, minutes, perMegabyte, perMinute] = [0, 1, 2, 3, 4].map((index) =>
    Float64Array.from(plans, (plan) => plan[index]),
  );
  const total = (plan, row) => {
    const spoken = Math.max(Math.round(voice[row] * 60) / 60 - minutes[plan], 0);
    const used = Math.max(Math.round(data[row] * 1024) / 1024 - megabytes[plan], 0);
    return fee[plan] * 100 + Math.round(spoken * perMinute[plan] * 100) + Math.round(used * perMegabyte[plan] * 100);
  };
  const out = { plan: new Int32Array(ROWS), total: new Float64Array(ROWS) };
  for (let row = 0; row < ROWS; row += 1) {
    const current = codes[row];
    const present = total(current, row);
    let bestPlan = -1;
    let bestTotal = Number.POSITIVE_INFINITY;
    for (let plan = 0; plan < fee.length; plan += 1) {
      const change = fee[plan] / fee[current];
      if (change < 1 || change > 2) continue;
      const own = total(plan, row);
      const ratio = own / present;
      if (ratio < 0.6 || ratio > 1.5) continue;
      if (own < bestTotal || (own === bestTotal && fee[plan] < fee[bestPlan])) {
        bestPlan = plan;
        bestTotal = own;
      }
    }
    out.plan[row] = bestPlan;
    out.total[row] = bestTotal;
  }
  return out;
}
