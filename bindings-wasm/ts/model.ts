// What the classes share whose memory is in WebAssembly.

import { call, live } from "./call.js";

/** Names by language tag, such as `{ zh: "飞享", en: "Feixiang" }`; one name without a language has the tag `und`. */
export type Names = Readonly<Record<string, string>>;

/**
 * A value of a customer. Numbers are rounded to whole base units, ties to even, and so are usage and charges; a `string` or a
 * `bigint` must be exact. `null` and NaN are missing.
 */
export type Value = number | bigint | string | boolean | Date | null | undefined;

/** Something of the Rust side. */
interface Handle {
  free(): void;
}

/** An object whose memory is in WebAssembly. */
export abstract class Owner {
  #handle: Handle | undefined;
  readonly #what: string;

  /**
   * `what` is its word in errors.
   * @internal
   */
  constructor(handle: Handle, what: string) {
    this.#handle = handle;
    this.#what = what;
  }

  /** Gives the memory back now instead of when the object is collected. It cannot be used any more. */
  free(): void {
    this.#handle?.free();
    this.#handle = undefined;
  }

  /**
   * The handle, if it was not freed. Each class says of what kind it is.
   * @internal
   */
  get handle(): unknown {
    return live(this.#handle, this.#what);
  }
}

/** The Rust side of a document that was checked. */
interface DocumentHandle extends Handle {
  describe(): unknown;
  toJson(): string;
}

/** What every document declares. */
export interface Declared {
  readonly id: string;
  readonly version: string;
}

/** A document, checked and compiled. */
export abstract class Model<Known extends Declared> extends Owner {
  readonly #known: Known;

  /** @internal */
  constructor(handle: DocumentHandle, what: string) {
    super(handle, what);
    this.#known = handle.describe() as Known;
  }

  /**
   * What the Rust side says of the document.
   * @internal
   */
  protected get known(): Known {
    return this.#known;
  }

  /** The id of the document. */
  get id(): string {
    return this.known.id;
  }

  /** The version of the document. */
  get version(): string {
    return this.known.version;
  }

  /** The document as JSON text: reading it again, and choosing the same day where it has dates, gives the same. */
  toJson(): string {
    return call(() => (this.handle as DocumentHandle).toJson());
  }
}

/** A sheet as bytes. */
export function sheetBytes(csv: string | Uint8Array): Uint8Array {
  if (typeof csv === "string") {
    return new TextEncoder().encode(csv);
  }
  if (csv instanceof Uint8Array) {
    return csv;
  }
  throw new TypeError("`csv` is a text or a Uint8Array");
}
