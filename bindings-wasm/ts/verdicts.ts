// The verdicts on many customers, in columns.

import type { ColumnOptions } from "./columns.js";
import type { ContactEntry } from "./contact.js";
import type { Problem } from "./error.js";

/** What became of a row. */
export type ContactStatus = (typeof CONTACT_STATUSES)[number];

/**
 * Every status; its index is its code in {@link ContactVerdicts.status}. `blocked`: an entry blocks; `invalid`: the row, or a contact of
 * its customer, cannot be used.
 */
export const CONTACT_STATUSES = ["allowed", "blocked", "invalid"] as const;

/** Options of {@link ContactPolicy.checkColumns}. What is not given here is read from the columns `channel`, `kind` and `now`. */
export interface ContactOptions extends ColumnOptions {
  /** The channel of every row. */
  readonly channel?: string;
  /** The kind of contact of every row; not read where the policy has no kinds. */
  readonly kind?: string;
  /** The moment of every row: a `Date`, or text such as `"2012-03-20T10:00:00+08:00"`. */
  readonly now?: Date | string;
  /** The column of contacts that has another name: `{ customer: "msisdn" }`. */
  readonly contactColumns?: Readonly<Record<string, string>>;
}

/**
 * What the Rust side says of all rows.
 * @internal
 */
export interface VerdictColumns {
  readonly status: Uint8Array;
  readonly reason: Int32Array;
  readonly nextAllowed: Float64Array;
  readonly unmatchedContacts: number;
  readonly problems: readonly Problem[];
}

/** The verdicts on many customers, in columns of one length. */
export class ContactVerdicts {
  /** Codes of statuses: {@link ContactVerdicts.statuses} has their words. */
  readonly status: Uint8Array;
  /** The words of the codes, {@link CONTACT_STATUSES}. */
  readonly statuses: readonly ContactStatus[] = CONTACT_STATUSES;
  /** The index in {@link ContactVerdicts.entries} of the first entry that blocks; -1 where none does. */
  readonly reason: Int32Array;
  /** The entries of the policy. */
  readonly entries: readonly ContactEntry[];
  /**
   * The earliest moment that every entry allows, in milliseconds since 1970-01-01T00:00:00Z as `new Date()` takes them, with
   * microseconds behind the point: that of the row, where it is allowed; NaN where there is none.
   */
  readonly nextAllowed: Float64Array;
  /** How many contacts belong to customers that no row is about; they were not read. */
  readonly unmatchedContacts: number;
  /** What was wrong with the invalid rows where `onError` is `"null"`; otherwise empty. */
  readonly problems: readonly Problem[];

  /** @internal */
  constructor(columns: VerdictColumns, entries: readonly ContactEntry[]) {
    this.status = columns.status;
    this.reason = columns.reason;
    this.nextAllowed = columns.nextAllowed;
    this.unmatchedContacts = columns.unmatchedContacts;
    this.problems = columns.problems;
    this.entries = entries;
  }

  /** Number of rows. */
  get length(): number {
    return this.status.length;
  }

  /** How many rows have each status. */
  counts(): Record<ContactStatus, number> {
    const counts = { allowed: 0, blocked: 0, invalid: 0 };
    for (const code of this.status) counts[CONTACT_STATUSES[code] as ContactStatus] += 1;
    return counts;
  }

  /** How many rows each entry is the first to block, by id. */
  reasonCounts(): Record<string, number> {
    const counts = this.entries.map(() => 0);
    for (const entry of this.reason) {
      if (entry >= 0) counts[entry] = (counts[entry] as number) + 1;
    }
    return Object.fromEntries(this.entries.map(({ id }, entry) => [id, counts[entry] as number]));
  }
}
