// Columns as the caller holds them, and their way into WebAssembly: one block of rows at a time, through scratch memory that
// does not grow with the number of rows.

import { call } from "./call.js";
import { Block, Call } from "./generated/wasm.js";

/** Numbers in memory. NaN is missing; an infinity is an error. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Numbers of which some are missing although their type has no NaN. */
export interface MaskedColumn {
  readonly values: NumberArray;
  /** Arrow's validity bitmap: row `i` is present where bit `i & 7` of byte `i >> 3` is set. */
  readonly valid: Uint8Array;
}

/** Texts that repeat: row `i` is `values[codes[i]]`; a negative code is missing. */
export interface DictionaryColumn {
  readonly codes: Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array;
  readonly values: readonly string[];
}

/**
 * One column. A plain array holds values of one type, and `null` or `undefined` where they are missing; a `Date` is a
 * point in time, and in a field of type date a midnight in UTC. Typed arrays are several times faster.
 */
export type Column =
  | NumberArray
  | MaskedColumn
  | DictionaryColumn
  | readonly (number | null | undefined)[]
  | readonly (string | null | undefined)[]
  | readonly (boolean | null | undefined)[]
  | readonly (Date | null | undefined)[];

/** Columns of one length by name. */
export type Columns = Readonly<Record<string, Column>>;

/** Options of a call over columns. */
export interface ColumnOptions {
  /** The column that holds a field of another name: `{ voice: "MOU" }`. */
  readonly columns?: Readonly<Record<string, string>>;
  /**
   * What a row means that cannot be computed: `"raise"` throws a {@link DataError} with every problem, `"null"` leaves the row's
   * results out (NaN, -1 and a status that says so). Default: `"raise"`.
   */
  readonly onError?: "raise" | "null";
  /** The kernel: `"off"` computes every row by the reference evaluator. Results never depend on it. Default: `"auto"`. */
  readonly simd?: "auto" | "off" | "simd128";
}

/** Rows that cross into WebAssembly at a time; a multiple of 8, so that bitmaps are cut between bytes. */
const BLOCK_ROWS = 16_384;

/** How many different texts a column may have before its dictionary is begun anew. */
const MOST_TEXTS = BLOCK_ROWS;

/** What stands for a missing value where 32-bit integers carry booleans or codes. */
const MISSING = -(2 ** 31);

/** A column that can copy a range of its rows into the slot of a block. */
interface Source {
  readonly kind:
    "float" | "int32" | "uint32" | "int64" | "uint64" | "boolean" | "time" | "text" | "null" | "unsupported";
  readonly length: number;
  /** What is wrong with an unsupported column. */
  readonly found?: string;
  /** Absent where there is nothing to copy. */
  copy?(block: Block, slot: number, from: number, to: number): void;
}

/** A typed array for results. */
type Output = Float64Array | Int32Array | Uint32Array | Uint8Array;

/**
 * The columns of one call on their way; each input crosses once.
 * @internal
 */
export class Input {
  readonly rows: number;
  readonly #sources = new Map<string, Source>();
  readonly #options: ColumnOptions;

  /** Takes the columns of the fields called `inputs`, as far as they are there; `keys` are those that rows are known by. */
  constructor(columns: Columns, inputs: readonly string[], options: ColumnOptions, keys: readonly string[] = []) {
    this.#options = options;
    const renamed = options.columns ?? {};
    for (const input of [...inputs, ...keys]) {
      const name = Object.hasOwn(renamed, input) ? (renamed[input] as string) : input;
      const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
      if (column === undefined) continue;
      this.#sources.set(name, keys.includes(input) ? keysOf(column) : sourceOf(column));
    }
    // Where no column is read, the rows count all the same.
    const any = this.#sources.size > 0 ? [...this.#sources.values()] : Object.values(columns).map(sourceOf);
    this.rows = any.find(({ kind }) => kind !== "unsupported")?.length ?? 0;
  }

  /**
   * Runs `work` on all rows, block by block; the problems of all blocks are thrown together at the end. Each block gets its part of
   * the `outputs`.
   */
  overBlocks(
    outputs: readonly Output[],
    work: (progress: Call, block: Block, first: number, out: Output[]) => void,
  ): void {
    this.#during((progress, block) => {
      // At least once, so that a missing column is noticed where there are no rows.
      for (let first = 0; first === 0 || first < this.rows; first += BLOCK_ROWS) {
        const end = Math.min(first + BLOCK_ROWS, this.rows);
        this.#copy(block, first, end);
        const out = outputs.map((output) => output.subarray(first, end));
        work(progress, block, first, out);
      }
    });
  }

  /** Runs `work` on all rows as one block, for what cannot be computed part by part: whole columns are copied. */
  withAllRows<T>(work: (progress: Call, block: Block) => T): T {
    return this.#during((progress, block) => {
      this.#copy(block, 0, this.rows);
      return work(progress, block);
    });
  }

  /** Runs `work` on one row. */
  atRow<T>(row: number, work: (progress: Call, block: Block, first: number) => T): T {
    if (!(Number.isInteger(row) && row >= 0 && row < this.rows)) {
      throw new RangeError(`there is no row ${row} in columns of ${this.rows} rows`);
    }
    return this.#during((progress, block) => {
      this.#copy(block, row, row + 1);
      return work(progress, block, row);
    });
  }

  /** Runs `work` on all rows as one block, which is part of another call. */
  asBlock<T>(work: (block: Block) => T): T {
    return this.#withBlock((block) => {
      this.#copy(block, 0, this.rows);
      return work(block);
    });
  }

  #during<T>(work: (progress: Call, block: Block) => T): T {
    const { onError = "raise", simd = "auto", columns = {} } = this.#options;
    return call(() => {
      const progress = new Call(onError, simd, columns);
      try {
        const result = this.#withBlock((block) => work(progress, block));
        progress.finish();
        return result;
      } finally {
        progress.free();
      }
    });
  }

  #withBlock<T>(work: (block: Block) => T): T {
    const block = new Block();
    try {
      for (const [name, { kind, length, found }] of this.#sources) block.push(name, kind, length, found);
      return work(block);
    } finally {
      block.free();
    }
  }

  #copy(block: Block, from: number, to: number): void {
    block.resize(to - from);
    let slot = 0;
    for (const source of this.#sources.values()) {
      source.copy?.(block, slot, from, to);
      slot += 1;
    }
  }
}

function sourceOf(column: unknown): Source {
  if (ArrayBuffer.isView(column)) return numbers(column);
  if (Array.isArray(column)) return plain(column);
  if (typeof column === "object" && column !== null) {
    if ("codes" in column && "values" in column) return dictionary(column.codes, column.values);
    if ("values" in column && "valid" in column) return numbers(column.values, column.valid);
  }
  return unsupported(`${kindOf(column)} in place of a column`);
}

/** A column of keys: numbers of JavaScript have one type, so that safe integers in a plain array count as integers. */
function keysOf(column: unknown): Source {
  if (!Array.isArray(column)) return sourceOf(column);
  const keys: readonly unknown[] = column;
  const isMissing = (key: unknown): boolean => key === null || key === undefined;
  if (!keys.every((key) => isMissing(key) || Number.isSafeInteger(key))) return sourceOf(column);
  const valid = new Uint8Array((keys.length + 7) >> 3);
  const values = BigInt64Array.from(keys, (key, row) => {
    if (isMissing(key)) return 0n;
    valid[row >> 3] = (valid[row >> 3] as number) | (1 << (row & 7));
    return BigInt(key as number);
  });
  return numbers(values, valid);
}

/** A column of no use, which is an error where it is read. */
function unsupported(found: string): Source {
  return { kind: "unsupported", length: 0, found };
}

function numbers(values: unknown, valid?: unknown): Source {
  const kind = numberKind(values);
  if (kind === undefined) return unsupported(kindOf(values));
  const array = values as NumberArray;
  const masked = valid !== undefined;
  if (masked && !(valid instanceof Uint8Array && valid.length * 8 >= array.length)) {
    return unsupported("a bitmap with fewer bits than rows, or of another type than Uint8Array");
  }
  return {
    kind,
    length: array.length,
    copy(block, slot, from, to) {
      block.fill(slot, array.subarray(from, to));
      if (masked) block.fillValid(slot, valid.subarray(from >> 3, (to + 7) >> 3), from & 7);
    },
  };
}

/** Narrower types are widened while they are copied: their values stay the same. */
function numberKind(values: unknown): Source["kind"] | undefined {
  if (values instanceof Float64Array || values instanceof Float32Array) return "float";
  if (values instanceof Uint32Array) return "uint32";
  if (values instanceof BigInt64Array) return "int64";
  if (values instanceof BigUint64Array) return "uint64";
  return isInt32(values) || values instanceof Uint8ClampedArray ? "int32" : undefined;
}

function isInt32(values: unknown): values is DictionaryColumn["codes"] {
  return [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array].some((type) => values instanceof type);
}

function dictionary(codes: unknown, values: unknown): Source {
  if (!isInt32(codes)) return unsupported(`codes that are ${kindOf(codes)}`);
  const other = Array.isArray(values) ? (values as unknown[]).find((value) => typeof value !== "string") : values;
  if (other !== undefined) return unsupported(`a dictionary with ${kindOf(other)}`);
  let sent = false;
  return {
    kind: "text",
    length: codes.length,
    copy(block, slot, from, to) {
      if (!sent) block.fillTexts(slot, values as string[]);
      sent = true;
      block.fill(slot, codes.subarray(from, to));
    },
  };
}

/** A plain array, by the type of its first value. */
function plain(values: readonly unknown[]): Source {
  const first = values.find((value) => value !== null && value !== undefined);
  switch (typeof first) {
    case "undefined":
      return { kind: "null", length: values.length };
    case "number":
      return converted(values, "float", Float64Array, Number.NaN, (value) =>
        typeof value === "number" ? value : undefined,
      );
    case "boolean":
      return converted(values, "boolean", Int32Array, MISSING, (value) =>
        typeof value === "boolean" ? Number(value) : undefined,
      );
    case "string":
      return texts(values);
    default:
      if (first instanceof Date) return converted(values, "time", Float64Array, Number.NaN, millisecondsOf);
      return unsupported(`an array with ${kindOf(first)}`);
  }
}

/** Milliseconds since 1970-01-01T00:00:00Z; `undefined` for an invalid date. */
function millisecondsOf(value: unknown): number | undefined {
  const milliseconds = value instanceof Date ? value.getTime() : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** A plain array as numbers, one of which stands for missing. `convert` says `undefined` to a value that does not fit. */
function converted(
  values: readonly unknown[],
  kind: Source["kind"],
  Scratch: Float64ArrayConstructor | Int32ArrayConstructor,
  missing: number,
  convert: (value: unknown) => number | undefined,
): Source {
  const other = values.findIndex((value) => value !== null && value !== undefined && convert(value) === undefined);
  if (other >= 0) return misfit(values, other);
  let scratch = new Scratch(0);
  return {
    kind,
    length: values.length,
    copy(block, slot, from, to) {
      if (scratch.length < to - from) scratch = new Scratch(to - from);
      for (let row = from; row < to; row += 1) scratch[row - from] = convert(values[row]) ?? missing;
      block.fill(slot, scratch.subarray(0, to - from));
    },
  };
}

/** An array of texts, as codes of a dictionary that grows with the different texts up to a limit. */
function texts(values: readonly unknown[]): Source {
  const other = values.findIndex((value) => value !== null && value !== undefined && typeof value !== "string");
  if (other >= 0) return misfit(values, other);
  let scratch = new Int32Array(0);
  const codes = new Map<unknown, number>();
  const coded = (value: unknown): number => {
    if (value === null || value === undefined) return MISSING;
    codes.set(value, codes.size);
    return codes.size - 1;
  };
  let sent = 0;
  return {
    kind: "text",
    length: values.length,
    copy(block, slot, from, to) {
      if (codes.size > MOST_TEXTS) {
        codes.clear();
        sent = 0;
      }
      if (scratch.length < to - from) scratch = new Int32Array(to - from);
      for (let row = from; row < to; row += 1) {
        const value = values[row];
        scratch[row - from] = codes.get(value) ?? coded(value);
      }
      if (codes.size !== sent) block.fillTexts(slot, [...codes.keys()]);
      sent = codes.size;
      block.fill(slot, scratch.subarray(0, to - from));
    },
  };
}

function misfit(values: readonly unknown[], row: number): Source {
  const value = values[row];
  const found = value instanceof Date ? "an invalid date" : kindOf(value);
  return unsupported(`${found} in row ${row} of an array that begins otherwise`);
}

/** What a value is, for messages. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return `a ${typeof value}`;
  const { constructor } = value as { readonly constructor?: { readonly name: string } };
  return `a \`${constructor?.name ?? "object"}\``;
}
