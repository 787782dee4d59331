// Documents of the examples, and small catalogues of our own.

import { readFileSync } from "node:fs";
import { Catalog } from "cpcfit";

export const read = (path) => readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8");

/** The catalogue of 18 published plans: voice in minutes, data in MB. */
export const feixiang = () => Catalog.fromTable(read("models/feixiang.yaml"), read("data/plans.csv"));

/** A catalogue of one meter as an object, with other keys in place of its own. */
export const small = (changes = {}) => ({
  cpcfit: 1,
  kind: "catalogue",
  id: "small",
  version: "1",
  currency: { code: "CNY", exponent: 2 },
  rounding: { stage: "line", mode: "half_up", step: 0.01 },
  meters: { voice: { unit: "min", base: "s", units: { min: 60 } } },
  plans: [
    { id: "light", fee: 18, charges: { voice: { allowance: 100, overage: 0.25 } } },
    { id: "heavy", fee: 58, charges: { voice: { allowance: "unlimited" } } },
  ],
  ...changes,
});

/** A framework of two indicators as an object, with other keys in place of its own. */
export const hotline = (changes = {}) => ({
  cpcfit: 1,
  kind: "framework",
  id: "hotline",
  version: "1",
  name: { zh: "热线", en: "Hotline" },
  root: "hotline",
  indicators: {
    connect_rate: {
      unit: "%",
      direction: "higher",
      weight: 3,
      normalise: { benchmarks: { floor: 70, baseline: 85, challenge: 95 } },
      source: "contract of 2012",
    },
    queue_time: {
      unit: "s",
      direction: "lower",
      missing: "skip",
      normalise: { goalposts: { worst: 60, best: 10 } },
    },
  },
  nodes: { hotline: { children: ["connect_rate", "queue_time"] } },
  ...changes,
});
