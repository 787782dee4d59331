import { call } from "./call.js";
import { type Columns, Input } from "./columns.js";
import { type ContactOptions, ContactVerdicts, type VerdictColumns } from "./verdicts.js";
import type { ContactPolicyDocument } from "./generated/documents.js";
import { ContactPolicyHandle } from "./generated/wasm.js";
import { Model, type Names, type Value } from "./model.js";

/** What an entry of a contact policy is about, which is the reason code. */
export type ContactCode = "do_not_disturb" | "quiet_hours" | "limit" | "gap";

/** An entry of a contact policy. */
export interface ContactEntry {
  readonly id: string;
  readonly code: ContactCode;
  readonly names: Names;
  /** Why customers are not contacted, where the entry is about that; otherwise `null`. */
  readonly reason: Names | null;
  /** The note of the entry's owner. */
  readonly note: string | null;
}

/** A contact that is considered. */
export interface ContactCandidate {
  readonly channel: string;
  /** The kind of contact; required where the policy has kinds, and not read where it has none. */
  readonly kind?: string | null;
  /** The moment: a `Date`, or text such as `"2012-03-20T10:00:00+08:00"`. */
  readonly now: Date | string;
  /** The contacts that there were, in any order; none by default. */
  readonly history?: readonly Contact[];
}

/** A contact that there was. */
export interface Contact {
  /** The moment: a `Date`, or text such as `"2012-03-20T10:00:00+08:00"`. */
  readonly at: Date | string;
  readonly channel: string;
  readonly kind?: string | null;
  readonly outcome?: string | null;
}

/** What an entry says of one contact. */
export interface ContactFinding {
  /** The id of the entry. */
  readonly entry: string;
  readonly code: ContactCode;
  /** `blocks` or `passes`, or why the entry does not apply. */
  readonly status: "passes" | "blocks" | "not_in_effect" | "other_channel" | "other_kind" | "other_customers";
  /** What is expected, such as `"at most 2 contacts within 7d"`. */
  readonly expected: string;
  /** What was found, such as `"3 after 2012-03-13T10:00:00+08:00"`; `null` where the entry does not apply. */
  readonly actual: string | null;
  /** Where the entry blocks, the first moment at which it does not any more, in UTC; `null` where there is none. */
  readonly until: string | null;
}

/** Whether one customer may be contacted. */
export interface ContactVerdict {
  /** Whether no entry blocks. */
  readonly allowed: boolean;
  /** The ids of the entries that block: do-not-disturb, quiet hours, limits, gaps, each in the order of the document. */
  readonly reasons: readonly string[];
  /**
   * The earliest moment from now on at which no entry blocks, in UTC, such as `"2012-03-20T02:00:00Z"`, if there are no further contacts
   * and the customer stays as it is: now, where the contact is allowed; `null` where there is no such moment within twelve years.
   */
  readonly nextAllowed: string | null;
  /** What every entry says, also those that do not apply. */
  readonly findings: readonly ContactFinding[];
  /** The same in a few lines for people. */
  readonly text: string;
}

/** What rows and contacts are known by. */
const KEYS = ["customer"];

/** The other columns of contacts. */
const CONTACT_COLUMNS = ["at", "channel", "kind", "outcome"];

/** What the Rust side says of a policy. */
interface Description {
  readonly id: string;
  readonly version: string;
  readonly names: Names;
  readonly offset: string;
  readonly channels: readonly string[];
  readonly kinds: readonly string[];
  readonly outcomes: readonly string[];
  readonly entries: readonly ContactEntry[];
  readonly inputs: readonly string[];
}

/**
 * When customers may be contacted, checked and compiled: do-not-disturb, quiet hours, limits, gaps.
 *
 * @example
 * ```ts
 * const policy = ContactPolicy.parse(document);
 * const { allowed, reasons, nextAllowed } = policy.check({ complaints: 0 }, { channel: "sms", now: new Date(), history });
 * ```
 */
export class ContactPolicy extends Model<Description> {
  private constructor(handle: ContactPolicyHandle) {
    super(handle, "contact policy");
  }

  /**
   * Reads a policy from an object, or from text: JSON, or YAML.
   *
   * @throws {@link DocumentError} with every problem of the document.
   */
  static parse(document: string | ContactPolicyDocument): ContactPolicy {
    return call(() => new ContactPolicy(ContactPolicyHandle.parse(document)));
  }

  /** The names of the policy. */
  get names(): Names {
    return this.known.names;
  }

  /** The offset from UTC of the clock by which days and quiet hours are counted, such as `"+08:00"`. */
  get offset(): string {
    return this.known.offset;
  }

  /** The channels. */
  get channels(): readonly string[] {
    return this.known.channels;
  }

  /** The kinds of contact; without any, kinds are not read. */
  get kinds(): readonly string[] {
    return this.known.kinds;
  }

  /** The outcomes; without any, outcomes are not read. */
  get outcomes(): readonly string[] {
    return this.known.outcomes;
  }

  /** The entries in the order in which they are named as reasons: do-not-disturb, quiet hours, limits, gaps. */
  get entries(): readonly ContactEntry[] {
    return this.known.entries;
  }

  /** The names of the values of customers that are read. */
  get inputs(): readonly string[] {
    return this.known.inputs;
  }

  /**
   * Whether one customer may be contacted. Values that no entry tests are ignored.
   *
   * @throws {@link DataError} with everything that cannot be used: unknown names, contacts after `now`.
   */
  check(customer: Readonly<Record<string, Value>>, candidate: ContactCandidate): ContactVerdict {
    const { history = [], ...contact } = candidate;
    return call(() => this.handle.check(customer, contact, [...history]) as ContactVerdict);
  }

  /**
   * Whether the customer of every row may be contacted; rows may be about the same customer. The columns are
   * {@link ContactPolicy.inputs}; `channel`, `kind` and `now` as far as the options do not give them; and `customer` where there are
   * contacts. Others are ignored.
   *
   * Both columns of customers are in ascending order: integers by size, texts by bytes. Whole columns are copied into the module's
   * memory.
   *
   * @param contacts - the contacts that there were: `customer`, `at`, `channel`, `kind` where the policy has kinds, and `outcome` where
   * there is one. Contacts of customers that no row is about are only counted.
   * @throws {@link DataError} with every problem of the columns, rows that are not in order and, unless `onError` is `"null"`, every
   * row, and every contact of its customer, that cannot be used.
   */
  checkColumns(columns: Columns, contacts: Columns | null = null, options: ContactOptions = {}): ContactVerdicts {
    const { channel, kind, now, contactColumns = {} } = options;
    const given = { channel, kind, now };
    const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
    const rows = new Input(columns, [...this.inputs, ...names], options, contacts === null ? [] : KEYS);
    const past = new Input(contacts ?? {}, CONTACT_COLUMNS, { columns: contactColumns }, KEYS);
    const found = rows.withAllRows((progress, block) =>
      past.asBlock((history) => {
        const has = contacts !== null;
        return this.handle.checkColumns(progress, block, has, history, given, contactColumns) as VerdictColumns;
      }),
    );
    return new ContactVerdicts(found, this.entries);
  }

  /** @internal */
  override get handle(): ContactPolicyHandle {
    return super.handle as ContactPolicyHandle;
  }
}
