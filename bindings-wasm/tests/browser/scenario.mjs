// A little of everything that crosses into WebAssembly and back, as data that JSON can hold.

import { Catalog, DocumentError, packageFit } from "cpcfit";

const document = {
  cpcfit: 1,
  kind: "catalogue",
  id: "browser",
  version: "1",
  currency: { code: "CNY", exponent: 2 },
  rounding: { stage: "line", mode: "half_up", step: 0.01 },
  meters: {
    voice: { unit: "min", base: "s", units: { min: 60 } },
    data: { unit: "MB", base: "KB", units: { MB: 1024 }, default: 0 },
  },
  plans: [
    {
      id: "light",
      name: { zh: "轻享", en: "Light" },
      fee: 18,
      charges: { voice: { allowance: 100, overage: 0.25 }, data: { allowance: 300, overage: 0.29 } },
    },
    {
      id: "heavy",
      name: { zh: "畅享", en: "Heavy" },
      fee: 58,
      charges: { voice: { allowance: "unlimited" }, data: { allowance: 3000, overage: { price: 5, block: "512 MB" } } },
    },
  ],
};

const customers = (rows) => ({
  voice: Float64Array.from({ length: rows }, (_, row) => (row * 7.3) % 900),
  data: { values: Int32Array.from({ length: rows }, (_, row) => row % 5000), valid: new Uint8Array(rows).fill(0x5a) },
  current_plan: Array.from({ length: rows }, (_, row) => ["light", "heavy"][row % 2]),
});

export function run() {
  const catalog = Catalog.parse(document);
  const matches = packageFit(catalog, { totalFeeChange: { min: 0.6, max: 1.5 } }, customers(40_000));
  return {
    quote: catalog.quote({ voice: 612, data: "1390.5" }).cheapestFirst(),
    bill: catalog.bill("heavy", { voice: 612n, data: 3600 }),
    yaml: Catalog.parse(catalog.toJson()).id,
    funnel: matches.funnel,
    totals: matches.totalMinor.reduce((sum, total) => (Number.isNaN(total) ? sum : sum + total), 0),
    problems: problemsOf(() => Catalog.parse({ ...document, currency: { code: "CNY" }, extra: () => 1 })),
  };
}

function problemsOf(work) {
  try {
    work();
  } catch (error) {
    if (error instanceof DocumentError) return error.problems;
    throw error;
  }
  return [];
}
