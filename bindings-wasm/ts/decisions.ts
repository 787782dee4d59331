// The decisions on many records, and how their outputs come about: looked up by rule, or put together block by block.

import type { Problem } from "./error.js";
import type { OutputValue, Rule } from "./rules.js";

/** What became of a record. */
export type DecisionStatus = (typeof DECISION_STATUSES)[number];

/**
 * Every status; its index is its code in {@link Decisions.status}. `none`: no rule matches, and the outputs are the defaults;
 * `overlap`: several rules match, and the hit policy is `unique`; `conflict`: rules with different outputs match, and the hit policy is
 * `any`; `invalid`: the row cannot be decided.
 */
export const DECISION_STATUSES = ["matched", "none", "overlap", "conflict", "invalid"] as const;

/** The code of no value. */
const MISSING = -1;

/** The code of the status where no rule matches. */
const NO_RULE = DECISION_STATUSES.indexOf("none");

/** An output by row: row `i` has `values[codes[i]]`; a negative code is missing. */
export interface OutputCodes {
  readonly codes: Int32Array;
  readonly values: readonly NonNullable<OutputValue>[];
}

/** Status, rule and count by row. */
export type DecisionColumns = readonly [Uint8Array, Int32Array, Uint32Array];

/** The decisions on many records, in columns of one length. */
export class Decisions {
  /** Codes of statuses: {@link Decisions.statuses} has their words. */
  readonly status: Uint8Array;
  /** The words of the codes, {@link DECISION_STATUSES}. */
  readonly statuses: readonly DecisionStatus[] = DECISION_STATUSES;
  /** Where one rule decides, its index in {@link Decisions.rules}; -1 where there is none. Empty for hit policies of several rules. */
  readonly rule: Int32Array;
  /** How many rules match; empty with `first` and `priority`, which stop at the one that decides. */
  readonly count: Uint32Array;
  /** The rules. */
  readonly rules: readonly Rule[];
  /** What was wrong with the invalid rows where `onError` is `"null"`; otherwise empty. */
  readonly problems: readonly Problem[];
  readonly #outputs: ReadonlyMap<string, DecidedOutput>;

  /** @internal */
  constructor(
    columns: DecisionColumns,
    rules: readonly Rule[],
    outputs: ReadonlyMap<string, DecidedOutput>,
    problems: readonly Problem[],
  ) {
    [this.status, this.rule, this.count] = columns;
    this.rules = rules;
    this.#outputs = outputs;
    this.problems = problems;
  }

  /** Number of rows. */
  get length(): number {
    return this.status.length;
  }

  /** How many rows have each status. */
  counts(): Record<DecisionStatus, number> {
    const counts = { matched: 0, none: 0, overlap: 0, conflict: 0, invalid: 0 };
    for (const code of this.status) counts[DECISION_STATUSES[code] as DecisionStatus] += 1;
    return counts;
  }

  /**
   * The values of an output by row: numbers that are put together as a `Float64Array` with NaN where there is none, all others as codes.
   * `null` where there is no such output, where rules that match stay a list, and for amounts that are put together, which only
   * {@link Decisions.outputMinor} has.
   */
  output(id: string): OutputCodes | Float64Array | null {
    return this.#outputs.get(id)?.values() ?? null;
  }

  /** The amounts of an output of type money by row, in minor units, safe integers; NaN where there is none. Otherwise `null`. */
  outputMinor(id: string): Float64Array | null {
    return this.#outputs.get(id)?.minor() ?? null;
  }
}

/**
 * An output of all rows.
 * @internal
 */
export interface DecidedOutput {
  values(): OutputCodes | Float64Array | null;
  minor(): Float64Array | null;
}

/**
 * What an output is by rule, with the default as that of one more rule; for amounts, the values in minor units as well.
 * @internal
 */
export interface LookupTable extends OutputCodes {
  readonly minor?: Float64Array;
}

/**
 * An output that the rule of the row gives.
 * @internal
 */
export class LookedUp implements DecidedOutput {
  readonly #table: LookupTable;
  readonly #status: Uint8Array;
  readonly #rule: Int32Array;

  constructor(table: LookupTable, status: Uint8Array, rule: Int32Array) {
    this.#table = table;
    this.#status = status;
    this.#rule = rule;
  }

  values(): OutputCodes {
    const { codes, values } = this.#table;
    return { codes: this.#byRow(new Int32Array(this.#rule.length), codes, MISSING), values };
  }

  minor(): Float64Array | null {
    const { codes, minor } = this.#table;
    if (minor === undefined) return null;
    const amounts = Float64Array.from(codes, (code) => minor[code] ?? Number.NaN);
    return this.#byRow(new Float64Array(this.#rule.length), amounts, Number.NaN);
  }

  /** Fills a column from a table by rule, whose last entry is the default. */
  #byRow<T extends Int32Array | Float64Array>(column: T, table: T, missing: number): T {
    const last = table.length - 1;
    for (let row = 0; row < column.length; row += 1) {
      const rule = this.#rule[row] as number;
      const byDefault = this.#status[row] === NO_RULE ? (table[last] as number) : missing;
      column[row] = rule < 0 ? byDefault : (table[rule] as number);
    }
    return column;
  }
}

/**
 * An output of one block: numbers, amounts in minor units, or codes; `null` where rules that match stay a list.
 * @internal
 */
export type OutputPart = { readonly numbers: Float64Array } | { readonly minor: Float64Array } | OutputCodes | null;

/**
 * An output that is put together from all rules that match.
 * @internal
 */
export class Collected implements DecidedOutput {
  readonly #rows: number;
  #numbers: Float64Array | null = null;
  #minor: Float64Array | null = null;
  #codes: Int32Array | null = null;
  /** The code of every value so far: blocks have codes of their own. */
  readonly #codeOf = new Map<NonNullable<OutputValue>, number>();

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Adds the block that begins at row `first`. */
  add(part: OutputPart, first: number): void {
    if (part === null) return;
    if ("numbers" in part) {
      this.#numbers ??= new Float64Array(this.#rows);
      this.#numbers.set(part.numbers, first);
    } else if ("minor" in part) {
      this.#minor ??= new Float64Array(this.#rows);
      this.#minor.set(part.minor, first);
    } else {
      this.#codes ??= new Int32Array(this.#rows);
      const codes = part.values.map((value) => this.#code(value));
      this.#codes.set(
        part.codes.map((code) => codes[code] ?? MISSING),
        first,
      );
    }
  }

  values(): OutputCodes | Float64Array | null {
    return this.#codes === null ? this.#numbers : { codes: this.#codes, values: [...this.#codeOf.keys()] };
  }

  minor(): Float64Array | null {
    return this.#minor;
  }

  #code(value: NonNullable<OutputValue>): number {
    const code = this.#codeOf.get(value) ?? this.#codeOf.size;
    this.#codeOf.set(value, code);
    return code;
  }
}
