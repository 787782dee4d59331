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
  /** All problems, in the order of the document or of the columns; never empty. */
  readonly problems: readonly Problem[];
  readonly #masked: Report;

  /** @internal */
  constructor(report: Report, masked: Report = report, options?: ErrorOptions) {
    super(report.message, options);
    this.problems = report.problems;
    this.code = report.problems[0]?.code ?? "";
    this.path = report.problems[0]?.path ?? "";
    this.#masked = masked;
  }

  /** The same error for logs: without the customers' values that problems with data have in `found`. */
  masked(): this {
    const masked = new (this.constructor as new (report: Report) => this)(this.#masked);
    if (this.stack !== undefined) masked.stack = this.stack.replace(this.message, () => masked.message);
    return masked;
  }
}

/** A document (catalogue, policy, ...) is wrong: its author mends it. */
export class DocumentError extends CpcfitError {
  override readonly name: string = "DocumentError";
}

/** Customers' data or the arguments of a call are wrong: the caller mends them. */
export class DataError extends CpcfitError {
  override readonly name: string = "DataError";
}

/**
 * The text of an error and its problems.
 * @internal
 */
export interface Report {
  readonly message: string;
  readonly problems: readonly Problem[];
}

/**
 * An error that concerns the WebAssembly instance and neither documents nor data.
 * @internal
 */
export function instanceError(code: string, message: string, cause?: unknown): CpcfitError {
  const problem: Problem = { code, path: "", message, rows: [], rowCount: 0 };
  return new CpcfitError({ message: `${code}: ${message}`, problems: [problem] }, undefined, { cause });
}
