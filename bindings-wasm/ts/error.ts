/** One thing to mend, in a document or in data. */
export interface Problem {
  /** The stable code, such as `tariff.unknown_meter`. */
  readonly code: string;
  /** Where: a JSON pointer into the document, or the name of a column or field. */
  readonly path: string;
  /** Line in the text of the document, from 1; absent where the document was an object. */
  readonly line?: number;
  /** Column in that line, from 1, in characters. */
  readonly column?: number;
  /** What is wrong, without the values. */
  readonly message: string;
  /** What stood there. */
  readonly found?: string;
  /** What may stand there. */
  readonly expected?: string;
  /** The nearest known name. */
  readonly suggestion?: string;
  /** The first few rows concerned, from 0; empty unless the data were columns. */
  readonly rows: readonly number[];
  /** How many rows are concerned; 0 unless the data were columns. */
  readonly rowCount: number;
}

/**
 * Everything that cpcfit throws of its own: all problems of a document or of a call at once.
 *
 * @example
 * ```ts
 * try {
 *   Catalog.parse(text);
 * } catch (error) {
 *   if (!(error instanceof DocumentError)) throw error;
 *   for (const problem of error.problems) show(problem.line, problem.message);
 * }
 * ```
 */
export class CpcfitError extends Error {
  override readonly name: string = "CpcfitError";
  /** The code of the first problem. */
  readonly code: string;
  /** The path of the first problem. */
  readonly path: string;
  /** All problems, in the order of the document or of the columns. */
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[], options?: ErrorOptions) {
    super(message, options);
    this.code = problems[0]?.code ?? "";
    this.path = problems[0]?.path ?? "";
    this.problems = problems;
  }

  /** The same error for logs: without the customers' values that problems with data have in `found`. */
  masked(): CpcfitError {
    return maskedErrors.get(this) ?? this;
  }
}

const maskedErrors = new WeakMap<CpcfitError, CpcfitError>();

/** A document (catalogue, policy, ...) is wrong: its author mends it. */
export class DocumentError extends CpcfitError {
  override readonly name: string = "DocumentError";
}

/** Customers' data or the arguments of a call are wrong: the caller mends them. */
export class DataError extends CpcfitError {
  override readonly name: string = "DataError";
}

/** What the Rust side throws: plain data, so that it needs to know no JavaScript class. */
interface Thrown {
  readonly cpcfit: "document" | "data";
  readonly report: Report;
  readonly masked: Report;
}

interface Report {
  readonly message: string;
  readonly problems: readonly Problem[];
}

/** @internal */
export function isThrown(thrown: unknown): thrown is Thrown {
  return typeof thrown === "object" && thrown !== null && "cpcfit" in thrown && "report" in thrown;
}

/** @internal */
export function errorOf({ cpcfit, report, masked }: Thrown): CpcfitError {
  const Class = cpcfit === "document" ? DocumentError : DataError;
  const error = new Class(report.message, report.problems);
  maskedErrors.set(error, new Class(masked.message, masked.problems));
  return error;
}

/**
 * An error that concerns the WebAssembly instance and neither documents nor data.
 * @internal
 */
export function instanceError(code: string, message: string, cause?: unknown): CpcfitError {
  return new CpcfitError(`${code}: ${message}`, [{ code, path: "", message, rows: [], rowCount: 0 }], { cause });
}
