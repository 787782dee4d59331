// The generated frameworks in JavaScript: every score as one line, and the digest of all lines.
//
// Run with the module under test, which is the package built in bindings-wasm unless told otherwise:
// `node generate_scores.mjs [module]`.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { native } from "./cases.mjs";
import { draw, dump, FRAMEWORKS } from "./frameworks.mjs";
import { array } from "./generate.mjs";

const text = readFileSync(new URL("golden-scores.txt", import.meta.url), "utf8");
export const GOLDEN = Object.fromEntries(
  text
    .trim()
    .split("\n")
    .map((line) => line.split(" ")),
);

/** The package under test, bound to the framework of a case. */
export class Engine {
  constructor(module, drawn) {
    this.module = module;
    this.drawn = drawn;
    this.columns = Object.fromEntries(drawn.columns.map((column) => [column.name, array(column)]));
    this.framework = module.Framework.parse(native(drawn.framework));
    this.refused = drawn.fitting ? this.#told(() => this.#fit()) : undefined;
  }

  /** Gives the memory back: hundreds of frameworks would wait for the collector. */
  free() {
    this.framework.free();
  }

  #fit() {
    const fitted = this.framework.fit(this.columns, { onError: "null" });
    this.framework.free();
    this.framework = fitted;
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

  /** One line for each row, by records; a single one where the framework cannot be fitted. */
  lines() {
    const { index, columns } = this.drawn;
    if (this.refused !== undefined) return [`${index}|${this.refused}`];
    return columns[0].values.map((_, row) => {
      const record = Object.fromEntries(columns.map(({ name, values }) => [name, values[row]]));
      return `${index},${row}|${this.#told(() => words(this.framework.score(record)))}`;
    });
  }

  /** The same by columns; errors of rows are told only as `!`. */
  columnLines(simd) {
    const { index } = this.drawn;
    if (this.refused !== undefined) return [`${index}|!`];
    const { score, coverage, status } = this.framework.scoreColumns(this.columns, { onError: "null", simd });
    return Array.from(score, (own, row) => {
      const word = this.module.SCORE_STATUSES[status[row]];
      const found = {
        score: Number.isNaN(own) ? null : own,
        coverage: coverage[row],
        status: word,
      };
      return `${index},${row}|${word === "invalid" ? "!" : words(found)}`;
    });
  }
}

const words = ({ score, coverage, status }) => `${score === null ? "-" : bits(score)} ${bits(coverage)} ${status}`;

const view = new DataView(new ArrayBuffer(8));

function bits(value) {
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

/** The line with errors told only as `!`, as columns tell them. */
export const withoutCodes = (line) => line.replace(/\|!.*$/, "|!");

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
  for (let index = 0; index < FRAMEWORKS; index++) {
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
