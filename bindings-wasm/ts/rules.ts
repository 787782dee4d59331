import { call } from "./call.js";
import { type ColumnOptions, type Columns, Input } from "./columns.js";
import {
  Collected,
  type DecidedOutput,
  type DecisionColumns,
  Decisions,
  type DecisionStatus,
  LookedUp,
  type LookupTable,
  type OutputPart,
} from "./decisions.js";
import type { Problem } from "./error.js";
import type { RulesDocument } from "./generated/documents.js";
import { PopulationHandle, RulesHandle } from "./generated/wasm.js";
import { Model, type Names, sheetBytes, type Value } from "./model.js";
import type { Population } from "./population.js";
import type { TestReport } from "./report.js";
import { RulesRow } from "./row.js";

/** A rule of a rule set. */
export interface Rule {
  readonly id: string;
  readonly names: Names;
  /** The note of the rule's owner. */
  readonly note: string | null;
  /** Rank for hit policies by priority, 1 first; `null` where the rule has none. */
  readonly priority: number | null;
}

/** Something that rules give. */
export interface RuleOutput {
  readonly id: string;
  readonly type: "number" | "integer" | "money" | "string" | "boolean" | "date" | "timestamp";
  readonly unit: string | null;
}

/**
 * The value of an output. Amounts are texts in major units, such as `"24.00"`, dates are texts, timestamps texts in UTC such as
 * `"2012-03-21T08:00:00Z"`, and integers beyond the safe ones are texts too; `null` is missing.
 */
export type OutputValue = number | string | boolean | null;

/** Values of outputs by id. */
export type OutputValues = Readonly<Record<string, OutputValue>>;

/** One of several rules that match. */
export interface RuleMatch {
  /** The id of the rule. */
  readonly rule: string;
  readonly outputs: OutputValues;
}

/** The decision on one record. */
export interface Decision {
  readonly status: Exclude<DecisionStatus, "invalid">;
  /** The id of the rule that decides; `null` where none or several do. */
  readonly rule: string | null;
  /** The rules that match, in the order of the hit policy: with `first` and `priority` the one that decides, else all. */
  readonly rules: readonly string[];
  /** `null` with `overlap` and `conflict`, and where several rules that match stay a list. */
  readonly outputs: OutputValues | null;
  /** For hit policies that keep a list, the rules that match with what each gives, in the order of the hit policy. */
  readonly matches?: readonly RuleMatch[];
}

/** What a test says of a record. Tests under a negation appear as their opposites. */
export interface RuleTest {
  /** The field that is tested; where something is computed, the whole comparison as text. */
  readonly tested: string;
  /** What is expected, such as `"> 300"`, amounts in major units; of a whole comparison that it is `"true"`. */
  readonly expected: string;
  /** The value, texts in quotes; `null` where it is missing. */
  readonly actual: string | null;
  /** Whether the test holds; `null` where that is unknown. */
  readonly outcome: boolean | null;
  /** Whether the test is among those that keep the rule from matching. */
  readonly fails: boolean;
}

/** What a rule says of a record. */
export interface RuleTrace {
  /** The id of the rule. */
  readonly rule: string;
  /** Whether the condition holds; `null` where that is unknown. */
  readonly outcome: boolean | null;
  /** Whether the rule matches: as its outcome, or as the rules say of unknown conditions. */
  readonly matches: boolean;
  /** Every test, in the order of the condition. */
  readonly tests: readonly RuleTest[];
  /** The first test that keeps the rule from matching; `null` where none does. */
  readonly firstFailing: RuleTest | null;
  /** The test that alone keeps the rule from matching; `null` where none or several do. */
  readonly onlyFailing: RuleTest | null;
  /** The smallest change of the record for which the rule would match; `null` where it matches. Found when it is first asked for. */
  readonly smallestChange: SmallestChange | null;
}

/**
 * The smallest change of a record for which a rule would match: the fewest fields, each with the nearest value. Of changes of as few
 * fields it is the one with the fewest comparisons of something computed; then the nearest, counted in the thresholds of the condition
 * that lie between; then that of the fields that the condition tests first.
 */
export interface SmallestChange {
  /**
   * `"certain"`: with the values the rule matches; `"possible"`: comparisons of something computed have to hold too; `"never"`: the
   * condition contradicts itself; `"unknown"`: it is too large to tell.
   */
  readonly status: "certain" | "possible" | "never" | "unknown";
  /** What has to change, in the order of the condition. */
  readonly changes: readonly FieldChange[];
  /** The same in a line for people: `"would match with arpu > 300 (now 250): 301"`. */
  readonly text: string;
}

/** A field that has to change, or a comparison of something computed that has to hold. */
export interface FieldChange {
  /** The field; of something computed the whole comparison as text. */
  readonly tested: string;
  /** What is expected, such as `"> 300"`, amounts in major units, or `"missing"`; of a whole comparison that it is `"true"`. */
  readonly expected: string;
  /** The value that the record has, texts in quotes; `null` where it is missing. Of a comparison its outcome. */
  readonly actual: string | null;
  /**
   * The value nearest to the one that the record has, of those that are expected: a threshold where it is in, else the next number
   * beyond; of texts the first that the field lists, or else the first of all. `null` for a comparison, and where it has to be missing.
   */
  readonly value: OutputValue;
}

/** The decision on one record with what every rule says of it. */
export interface RulesExplanation {
  readonly decision: Decision;
  /** In the order of the document; rules after the one that decides too. */
  readonly rules: readonly RuleTrace[];
  /** The same in a few lines for people. Put together when it is first asked for. */
  readonly text: string;
}

/** What analysis may find. */
export type FindingKind = "never_matches" | "catch_all" | "duplicate" | "masked" | "overlap" | "conflict" | "gap";

/** One thing that analysis found. */
export interface RulesFinding {
  readonly kind: FindingKind;
  /** The ids of the rules, the one to blame first; none for gaps. */
  readonly rules: readonly string[];
  /** What was found, in one sentence. */
  readonly message: string;
  /** The records concerned, as a condition; `null` where it is about rules and not about records. */
  readonly when: string | null;
  /** Whether there surely is such a record. */
  readonly certain: boolean;
  /** Such a record by field, amounts as text; `null` where that is not certain. */
  readonly example: Readonly<Record<string, OutputValue>> | null;
}

/** What analysis found of a rule set. */
export interface RulesCheck {
  /** By kind, then in the order of the document. */
  readonly findings: readonly RulesFinding[];
  /** Whether everything was looked at: what was not found is not there. */
  readonly complete: boolean;
  /** What was left out, and why. */
  readonly incomplete: readonly string[];
  /** Whether nothing was found and nothing was left out. */
  readonly clean: boolean;
  /** The same in a few lines for people. */
  readonly text: string;
}

/** The values of one record, by the ids of fields. */
export type RuleRecord = Readonly<Record<string, Value>>;

/** What the Rust side says of a rule set. */
interface Description {
  readonly id: string;
  readonly version: string;
  readonly names: Names;
  readonly hit: Hit;
  readonly collect: RuleSet["collect"];
  readonly date: string | null;
  readonly rules: readonly Rule[];
  readonly outputs: readonly RuleOutput[];
  readonly inputs: readonly string[];
  readonly fields: readonly string[];
}

/** What several matching rules mean. */
export type Hit = RulesDocument["hit"];

/** Adds a property that is found when it is first asked for. */
function whenAsked<Key extends string, T>(target: Readonly<Record<Key, T>>, key: Key, find: () => T): void {
  Object.defineProperty(target, key, {
    enumerable: true,
    configurable: true,
    get() {
      const value = find();
      Object.defineProperty(target, key, { value, enumerable: true });
      return value;
    },
  });
}

/** Hit policies that stop at the first rule that matches, and all those of which one rule decides. */
const STOPS: readonly Hit[] = ["first", "priority"];
const SINGLE: readonly Hit[] = [...STOPS, "unique", "any"];

/**
 * Rules as data, checked and compiled: segments, routing and other decisions.
 *
 * @example
 * ```ts
 * const rules = RuleSet.parse(document);
 * rules.decide({ arpu: 320 }); // { status: "matched", rule: "key_account", rules: ["key_account"], outputs: { reply_hours: 24 } }
 * ```
 */
export class RuleSet extends Model<Description> {
  private constructor(handle: RulesHandle) {
    super(handle, "rule set");
  }

  /**
   * Reads rules from an object, or from text: JSON, or YAML.
   *
   * @throws {@link DocumentError} with every problem of the document.
   */
  static parse(document: string | RulesDocument): RuleSet {
    return call(() => new RuleSet(RulesHandle.parse(document)));
  }

  /**
   * Reads rules whose rows are those of a sheet: `document` says under `table` which columns hold what, `csv` is CSV text with a
   * header, or its bytes in UTF-8 or in UTF-16 with a byte-order mark. Cells of inputs are tests: `-`, a value, `>80`, `[5..10)`, several between commas, `not(...)`.
   *
   * @throws {@link DocumentError} with every problem of the document or of the sheet.
   */
  static fromTable(document: string | RulesDocument, csv: string | Uint8Array): RuleSet {
    return call(() => new RuleSet(RulesHandle.fromTable(document, sheetBytes(csv))));
  }

  /**
   * The rules on a day: only those in effect, whatever day was chosen before. Rules with dates decide nothing before a day is chosen.
   *
   * @param date - such as `"2012-01-31"`, or a `Date` at midnight UTC.
   * @throws {@link DataError} when that is no date, or no rule is in effect.
   */
  at(date: string | Date): RuleSet {
    return call(() => new RuleSet(this.handle.at(date)));
  }

  /** The names of the rule set. */
  get names(): Names {
    return this.known.names;
  }

  /** The hit policy: what several matching rules mean. */
  get hit(): Hit {
    return this.known.hit;
  }

  /** With the hit policy `collect`, how outputs are put together; otherwise `null`. */
  get collect(): NonNullable<RulesDocument["collect"]> | null {
    return this.known.collect;
  }

  /** The day chosen by {@link RuleSet.at}; `null` where none was. */
  get date(): string | null {
    return this.known.date;
  }

  /** The rules in effect, in the order of the document. */
  get rules(): readonly Rule[] {
    return this.known.rules;
  }

  /** The outputs, in the order of the document. */
  get outputs(): readonly RuleOutput[] {
    return this.known.outputs;
  }

  /** The names of the fields or columns that some rule tests, which are those that a call reads. */
  get inputs(): readonly string[] {
    return this.known.inputs;
  }

  /**
   * The decision on one record. Values that no rule tests are ignored.
   *
   * @throws {@link DataError} with everything that is wrong with the record, and when a day is to be chosen first.
   */
  decide(record: RuleRecord): Decision {
    return call(() => this.handle.decide(record) as Decision);
  }

  /**
   * The decision on one record with every rule and every test.
   *
   * @throws {@link DataError} as {@link RuleSet.decide} does.
   */
  explain(record: RuleRecord): RulesExplanation {
    const explanation = call(() => this.handle.explain(record) as RulesExplanation);
    // The caller may change the record before asking.
    const asked = { ...record };
    whenAsked(explanation, "text", () => call(() => this.handle.explainText(asked)));
    explanation.rules.forEach((trace, position) => {
      whenAsked(trace, "smallestChange", () =>
        call(() => this.handle.smallestChange(position, asked) as SmallestChange | null),
      );
    });
    return explanation;
  }

  /**
   * What is wrong with the rules in effect as a whole: rules that never match, a catch-all above others, duplicates, rules that those
   * before them mask (`first`, `priority`), overlaps (`unique`), conflicts (`any`), and gaps (policies by which one rule decides).
   *
   * @param options - `steps`: what each question may cost; a step takes some 100 nanoseconds.
   * @throws {@link DataError} when a day is to be chosen first.
   */
  check(options: { readonly steps?: number } = {}): RulesCheck {
    return call(() => this.handle.check(options.steps) as RulesCheck);
  }

  /**
   * The decisions on many records. The columns are {@link RuleSet.inputs}; others are ignored.
   *
   * @throws {@link DataError} with every problem of the columns and, unless `onError` is `"null"`, of their rows; and when a day is to be
   * chosen first.
   */
  decideColumns(columns: Columns, options: ColumnOptions = {}): Decisions {
    const input = new Input(columns, this.inputs, options);
    const { rows } = input;
    const single = SINGLE.includes(this.hit);
    const out: DecisionColumns = [
      new Uint8Array(rows),
      new Int32Array(single ? rows : 0),
      new Uint32Array(STOPS.includes(this.hit) ? 0 : rows),
    ];
    const collected = this.outputs.map(() => new Collected(rows));
    let problems: readonly Problem[] = [];
    input.overBlocks(out, (progress, block, first, part) => {
      const [outputs, leftOut] = this.handle.decideBlock(progress, block, first, part) as [OutputPart[], Problem[]];
      outputs.forEach((output, position) => collected[position]?.add(output, first));
      problems = leftOut;
    });
    const decided = single ? this.#lookedUp(out) : collected;
    return new Decisions(
      out,
      this.rules,
      new Map(this.outputs.map(({ id }, at) => [id, decided[at] as DecidedOutput])),
      problems,
    );
  }

  /**
   * How the rules meet a population: rows per rule, and for every part of a condition that must hold the rows that it keeps from the
   * rule, those of which it is the first part that fails, and those of which it is the only one.
   *
   * @throws {@link DataError} as {@link RuleSet.decideColumns} does.
   */
  population(columns: Columns, options: ColumnOptions = {}): Population {
    const found = call(() => new PopulationHandle());
    try {
      new Input(columns, this.inputs, options).overBlocks([], (progress, block, first) => {
        this.handle.populationBlock(progress, block, first, found);
      });
      return found.describe() as Population;
    } finally {
      found.free();
    }
  }

  /** Runs the tests of the document: each on its own date, whatever day was chosen before, and none stops at another. */
  test(): TestReport {
    return call(() => this.handle.test() as TestReport);
  }

  /**
   * A row for services, which decide one record after another: values are set one by one and stay until they are set again. It has a
   * memory of its own and stays when the rule set is freed.
   */
  row(): RulesRow {
    return new RulesRow(
      call(() => this.handle.row()),
      this.known.fields,
    );
  }

  #lookedUp([status, rule]: DecisionColumns): DecidedOutput[] {
    const tables = call(() => this.handle.lookup() as LookupTable[]);
    return tables.map((table) => new LookedUp(table, status, rule));
  }

  /** @internal */
  override get handle(): RulesHandle {
    return super.handle as RulesHandle;
  }
}
