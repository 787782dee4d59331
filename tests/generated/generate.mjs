// The generated suite in JavaScript: every case as one line, and the digest of all lines.
//
// Run with the module under test, which is the package built in bindings-wasm unless told otherwise:
// `node generate.mjs [module]`.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { CATALOGUES, CUSTOMERS, draw, dump, native } from "./cases.mjs";

const text = readFileSync(new URL("golden.txt", import.meta.url), "utf8");
export const GOLDEN = Object.fromEntries(
  text
    .trim()
    .split("\n")
    .map((line) => line.split(" ")),
);

/** The package under test, bound to the documents of a case. */
export class Engine {
  constructor(module, drawn) {
    this.module = module;
    this.drawn = drawn;
    this.catalog = module.Catalog.parse(native(drawn.catalogue));
    this.policy = module.FitPolicy.parse(native(drawn.policy));
    this.fit = new module.PackageFit(this.catalog, this.policy);
  }

  /** Gives the memory back: a thousand catalogues would wait for the collector. */
  free() {
    for (const object of [this.fit, this.policy, this.catalog]) object.free();
  }

  /** One line for each customer, by records. */
  lines() {
    const { index, columns, usage } = this.drawn;
    return rows((row) => {
      const record = Object.fromEntries(columns.map(({ name, values }) => [name, values[row]]));
      const used = Object.fromEntries(usage.map((name) => [name, record[name]]));
      return `${index},${row}|${this.#told(() => this.#quote(used))}|${this.#told(() => this.#match(record))}`;
    });
  }

  #told(call) {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof this.module.CpcfitError)) throw error;
      return `!${error.problems
        .map(({ code, path }) => `${code}:${path}`)
        .sort()
        .join(",")}`;
    }
  }

  #quote(usage) {
    return this.catalog
      .quote(usage)
      .offers.map((offer) => offer.totalMinor)
      .join(" ");
  }

  #match(record) {
    const { status, plan, totalMinor } = this.fit.record(record);
    return `${status} ${plan ?? "-"} ${totalMinor ?? "-"}`;
  }

  /** The same by columns; errors of rows are told only as `!`. */
  columnLines() {
    const { index, columns, usage } = this.drawn;
    const arrays = Object.fromEntries(columns.map((column) => [column.name, array(column)]));
    const used = Object.fromEntries(usage.map((name) => [name, arrays[name]]));
    const options = { onError: "null" };
    const totals = this.catalog.billColumns(used, options).map((plan) => plan.totalMinor);
    const matches = this.fit.columns(arrays, options);
    return rows((row) => `${index},${row}|${rowOfTotals(totals, row)}|${this.#rowOfMatches(matches, row)}`);
  }

  #rowOfMatches(matches, row) {
    const status = this.module.STATUSES[matches.status[row]];
    if (status === "invalid") return "!";
    const total = matches.totalMinor[row];
    return `${status} ${matches.plans[matches.plan[row]]?.id ?? "-"} ${Number.isNaN(total) ? "-" : total}`;
  }
}

const rows = (line) => Array.from({ length: CUSTOMERS }, (_, row) => line(row));

function rowOfTotals(totals, row) {
  return totals.some((plan) => Number.isNaN(plan[row])) ? "!" : totals.map((plan) => plan[row]).join(" ");
}

/** A drawn column as the package takes it. There is no column of decimals: their texts are as exact. */
export function array({ kind, values }) {
  if (kind === "float") return Float64Array.from(values);
  if (kind !== "int") return values;
  const valid = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (value !== null) valid[row >> 3] |= 1 << (row & 7);
  });
  return { values: BigInt64Array.from(values, (value) => value ?? 0n), valid };
}

/** The line with errors told only as `!`, as columns tell them. */
export const withoutCodes = (line) =>
  line
    .split("|")
    .map((part) => (part.startsWith("!") ? "!" : part))
    .join("|");

/** The digest of what is drawn. */
export function inputs() {
  return digest((index) => [dump(draw(index))]);
}

/** The digest of all lines. */
export function results(module) {
  return digest((index) => {
    const engine = new Engine(module, draw(index));
    try {
      return engine.lines();
    } finally {
      engine.free();
    }
  });
}

function digest(lines) {
  const hash = createHash("sha256");
  for (let index = 0; index < CATALOGUES; index++) {
    for (const line of lines(index)) hash.update(`${line}\n`);
  }
  return hash.digest("hex");
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const module = await import(argv[2] ?? "../../bindings-wasm/pkg/node.js");
  const found = { inputs: inputs(), results: results(module) };
  for (const [name, hash] of Object.entries(found)) {
    console.log(name, hash, hash === GOLDEN[name] ? "as expected" : `differs from ${GOLDEN[name]}`);
  }
  process.exitCode = Object.entries(found).every(([name, hash]) => hash === GOLDEN[name]) ? 0 : 1;
}
