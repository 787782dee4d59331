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

/** Rules of three segments as an object, with other keys in place of its own. */
export const segments = (changes = {}) => ({
  cpcfit: 1,
  kind: "rules",
  id: "segments",
  version: "1",
  name: { zh: "客户分群", en: "Segments" },
  currency: { code: "CNY", exponent: 2 },
  hit: "first",
  unknown: "no_match",
  fields: {
    arpu: { type: "money" },
    churn_risk: { type: "number", missing: true },
    brand: { type: "string" },
  },
  outputs: {
    reply_hours: { type: "number", unit: "h", default: 48 },
    queue: { type: "string", default: "mass" },
    credit: { type: "money" },
    until: { type: "date" },
    visit: { type: "boolean", default: false },
    points: { type: "integer" },
  },
  rules: [
    {
      id: "key_account",
      name: { zh: "重要客户", en: "Key account" },
      when: {
        all: [
          { field: "arpu", gt: 300 },
          { field: "brand", eq: "gotone" },
        ],
      },
      then: {
        reply_hours: 24,
        queue: "gold",
        credit: 50,
        until: "2012-12-31",
        visit: true,
        points: "9007199254740993",
      },
      note: "service department",
    },
    {
      id: "at_risk",
      when: { field: "churn_risk", ge: 0.5 },
      then: { queue: "keep", credit: "12.50", points: 3 },
    },
  ],
  ...changes,
});

/** Rules of three bonuses, any of which may match, with other keys in place of its own. */
export const bonuses = (changes = {}) => ({
  cpcfit: 1,
  kind: "rules",
  id: "bonuses",
  version: "1",
  currency: { code: "CNY", exponent: 2 },
  hit: "rule_order",
  fields: { years: { type: "number" } },
  outputs: { credit: { type: "money", default: 0.5 }, share: { type: "number" } },
  rules: [
    { id: "loyal", when: { field: "years", ge: 2 }, then: { credit: 10, share: 0.25 } },
    { id: "old", when: { field: "years", ge: 5 }, then: { credit: -20.05 } },
    { id: "round", when: { field: "years", eq: 10 }, then: { share: 0.5 } },
  ],
  ...changes,
});
