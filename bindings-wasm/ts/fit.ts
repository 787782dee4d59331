import { call } from "./call.js";
import type { Catalog, Plan } from "./catalog.js";
import { type ColumnOptions, type Columns, Input } from "./columns.js";
import type { FitPolicyDocument } from "./generated/documents.js";
import { FitHandle, FunnelSum, PolicyHandle } from "./generated/wasm.js";
import { type Declared, Model, type Names, Owner, type Value } from "./model.js";

/** The settings of a policy that bounds nothing otherwise; values as in the document. */
export interface PolicySettings {
  /** Bounds of new total over present total, both included: `{ min: 0.6, max: 1.5 }`. */
  readonly totalFeeChange?: FitPolicyDocument["total_fee_change"];
  /** Bounds of new monthly fee over present monthly fee, both included. */
  readonly monthlyFeeChange?: FitPolicyDocument["monthly_fee_change"];
  /** How the plans within the bounds rank. Default: `"cheapest"`. */
  readonly rank?: FitPolicyDocument["rank"];
  /** Whether the current plan may be the answer. Default: `"included"`. */
  readonly currentPlan?: FitPolicyDocument["current_plan"];
  /** Attributes that conditions may test, by id. */
  readonly fields?: FitPolicyDocument["fields"];
  /** The customers for whom a plan is looked for. Default: all. */
  readonly candidates?: FitPolicyDocument["candidates"];
}

/** What became of a customer. */
export type Status = (typeof STATUSES)[number];

/** Every status; its index is its code in {@link Matches.status}. */
export const STATUSES = [
  "target",
  "stays",
  "not_candidate",
  "present_total_zero",
  "present_fee_zero",
  "no_eligible_plan",
  "no_plan_in_bounds",
  "invalid",
] as const;

/** One customer: usage, given charges, `current_plan` or `present_total` and `present_fee`, and the fields that conditions test. */
export type Customer = Readonly<Record<string, Value>>;

/** The best plan of one customer, or why there is none. */
export interface Match {
  readonly status: Status;
  /** The id of the best plan, which is the current one where the customer stays; `null` where there is none. */
  readonly plan: string | null;
  readonly names: Names | null;
  /** The total on the best plan, in major units. */
  readonly total: string | null;
  /** The total on the best plan, in minor units. */
  readonly totalMinor: number | null;
  /** The present total in major units; `null` where it was not looked at. */
  readonly presentTotal: string | null;
  readonly presentTotalMinor: number | null;
  /** The present monthly fee in major units; `null` where it is not known. */
  readonly presentFee: string | null;
  readonly presentFeeMinor: number | null;
}

/** Why a plan was chosen or not. */
export interface Reason {
  /** `total_fee_change` and `monthly_fee_change`: the ratio is outside its bounds. */
  readonly kind:
    | "chosen"
    | "current_plan"
    | "ineligible"
    | "total_fee_change"
    | "monthly_fee_change"
    | "priority"
    | "dearer"
    | "higher_fee"
    | "later_in_catalogue";
  /** The reason in English words and numbers, such as `"total-fee change 1.503 > 1.5"`. */
  readonly text: string;
}

/** How one plan stands for a customer. */
export interface Verdict {
  /** The id of the plan. */
  readonly plan: string;
  readonly names: Names;
  /** The customer's total on the plan, in major units. */
  readonly total: string;
  readonly totalMinor: number;
  /** New total over present total, with as many decimals as the verdict needs. */
  readonly totalFeeChange: string | null;
  /** New monthly fee over present monthly fee, in the same way. */
  readonly monthlyFeeChange: string | null;
  readonly chosen: boolean;
  /** Every reason that speaks against the plan, or that it was chosen. */
  readonly reasons: readonly Reason[];
}

/** The decision for one customer with the verdict on every plan. */
export interface Explanation extends Match {
  /** In the order of the catalogue; empty where no plan was looked at. */
  readonly verdicts: readonly Verdict[];
  /** The same in a few lines for people. */
  readonly text: string;
}

/** How many customers have each status, and how many reach each stage. */
export interface Funnel {
  readonly statuses: Readonly<Record<Status, number>>;
  /** From all customers to targets; each stage counts those who passed the ones before and this. */
  readonly stages: readonly { readonly stage: string; readonly customers: number }[];
}

/**
 * Which customers are candidates, within which bounds the total and the monthly fee may change, and how plans rank.
 *
 * @example
 * ```ts
 * const policy = FitPolicy.of({ totalFeeChange: { min: 0.6, max: 1.5 }, monthlyFeeChange: { min: 1, max: 2 } });
 * ```
 */
export class FitPolicy extends Model<Declared> {
  /** The id of the document. */

  private constructor(handle: PolicyHandle) {
    super(handle, "policy");
  }

  /**
   * Reads a policy from an object, or from text: JSON, or YAML.
   *
   * @throws {@link DocumentError} with every problem of the document.
   */
  static parse(document: string | FitPolicyDocument): FitPolicy {
    return call(() => new FitPolicy(PolicyHandle.parse(document)));
  }

  /**
   * A policy of these settings alone.
   *
   * @throws {@link DocumentError} with every problem of the settings.
   */
  static of(settings: PolicySettings): FitPolicy {
    return call(() => new FitPolicy(PolicyHandle.of(documentKeys(settings))));
  }

  /**
   * This policy with other settings in place of its own.
   *
   * @throws {@link DocumentError} with every problem of the settings.
   */
  with(settings: PolicySettings): FitPolicy {
    return call(() => new FitPolicy(this.handle.with(documentKeys(settings))));
  }

  /** @internal */
  override get handle(): PolicyHandle {
    return super.handle as PolicyHandle;
  }
}

/** Settings by the keys of the document. */
function documentKeys({ totalFeeChange, monthlyFeeChange, currentPlan, ...same }: PolicySettings): object {
  return {
    total_fee_change: totalFeeChange,
    monthly_fee_change: monthlyFeeChange,
    current_plan: currentPlan,
    ...same,
  };
}

/** Options of a call over columns of customers. */
export interface FitColumnOptions extends ColumnOptions {
  /** Whether the result has the present bill as well; without it, the call is faster. Default: `true`. */
  readonly presentBill?: boolean;
}

/** The best plan of many customers, in columns of one length. */
export class Matches {
  /** Codes of statuses: {@link STATUSES} has their names. */
  readonly status: Uint8Array;
  /** The best plan's index in {@link Matches.plans}; -1 where there is none. */
  readonly plan: Int32Array;
  /** The total on the best plan, in minor units, safe integers; NaN where there is none. */
  readonly totalMinor: Float64Array;
  /** The present total in minor units; NaN where there is none. Empty with `presentBill: false`. */
  readonly presentTotalMinor: Float64Array;
  /** The present monthly fee in minor units; NaN where there is none. Empty with `presentBill: false`. */
  readonly presentFeeMinor: Float64Array;
  /** The plans of the catalogue. */
  readonly plans: readonly Plan[];
  /** How many customers have each status, and how many reach each stage. */
  readonly funnel: Funnel;

  /** @internal */
  constructor(plans: readonly Plan[], columns: MatchColumns, funnel: Funnel) {
    [this.status, this.plan, this.totalMinor, this.presentTotalMinor, this.presentFeeMinor] = columns;
    this.plans = plans;
    this.funnel = funnel;
  }

  /** Number of customers. */
  get length(): number {
    return this.status.length;
  }
}

type MatchColumns = readonly [Uint8Array, Int32Array, Float64Array, Float64Array, Float64Array];

/**
 * A policy bound to a catalogue: ready for one customer or for a million.
 *
 * @example
 * ```ts
 * const fit = new PackageFit(catalog, policy);
 * fit.record({ voice: 880, data: 737.9, present_total: "220", present_fee: "128" }).plan; // "zx158"
 * ```
 */
export class PackageFit extends Owner {
  readonly #plans: readonly Plan[];
  readonly #inputs: readonly string[];

  /**
   * Binds a policy, or settings that make one, to a catalogue.
   *
   * @throws {@link DocumentError} with every problem of the policy; {@link DataError} when the catalogue needs a date.
   */
  constructor(catalog: Catalog, policy: FitPolicy | PolicySettings = {}) {
    super(bound(catalog, policy), "package fit");
    this.#plans = catalog.plans;
    this.#inputs = this.handle.inputs() as string[];
  }

  /** The names of the fields or columns that a call may read. */
  get inputs(): readonly string[] {
    return this.#inputs;
  }

  /**
   * The best plan of one customer.
   *
   * @throws {@link DataError} with everything that is wrong with the customer's values.
   */
  record(customer: Customer): Match {
    return call(() => this.handle.record(customer) as Match);
  }

  /**
   * The best plan of one customer, with the reason for every plan.
   *
   * @throws {@link DataError} with everything that is wrong with the customer's values.
   */
  explain(customer: Customer): Explanation {
    return call(() => this.handle.explain(customer) as Explanation);
  }

  /**
   * The decision for one row of columns, with the reason for every plan.
   *
   * @throws {@link DataError} with everything that is wrong with the row, and RangeError when there is no such row.
   */
  explainRow(columns: Columns, row: number, options: Pick<ColumnOptions, "columns"> = {}): Explanation {
    const input = new Input(columns, this.#inputs, options);
    return input.atRow(row, (progress, block, first) => {
      return this.handle.explainBlock(progress, block, first) as Explanation;
    });
  }

  /**
   * The best plan of every customer. The columns are {@link PackageFit.inputs}, as far as the data need them.
   *
   * @throws {@link DataError} with every problem of the columns and, unless `onError` is `"null"`, of their rows.
   */
  columns(columns: Columns, options: FitColumnOptions = {}): Matches {
    const input = new Input(columns, this.#inputs, options);
    const { rows } = input;
    const { presentBill = true } = options;
    const present = (): Float64Array => new Float64Array(presentBill ? rows : 0);
    const total = new Float64Array(rows);
    const out: MatchColumns = [new Uint8Array(rows), new Int32Array(rows), total, present(), present()];
    const funnel = call(() => new FunnelSum());
    try {
      input.overBlocks(out, (progress, block, first, part) => {
        this.handle.columnsBlock(progress, block, first, part, funnel, presentBill);
      });
      return new Matches(
        this.#plans,
        out,
        call(() => funnel.describe() as Funnel),
      );
    } finally {
      funnel.free();
    }
  }

  /** @internal */
  override get handle(): FitHandle {
    return super.handle as FitHandle;
  }
}

/**
 * The best plan of every customer, within the control ratios of a policy: {@link PackageFit.columns} for a single call.
 *
 * @example
 * ```ts
 * const matches = packageFit(catalog, policy, { voice, data, current_plan: { codes, values } });
 * matches.funnel.statuses.target;
 * ```
 * @throws {@link DocumentError} with every problem of the policy, {@link DataError} with every problem of the data.
 */
export function packageFit(
  catalog: Catalog,
  policy: FitPolicy | PolicySettings | undefined,
  columns: Columns,
  options?: FitColumnOptions,
): Matches {
  const fit = new PackageFit(catalog, policy);
  try {
    return fit.columns(columns, options);
  } finally {
    fit.free();
  }
}

/** The handle of a package fit; settings become a policy for as long as that takes. */
function bound(catalog: Catalog, policy: FitPolicy | PolicySettings): FitHandle {
  const parsed = policy instanceof FitPolicy ? policy : FitPolicy.of(policy);
  try {
    return call(() => new FitHandle(catalog.handle, parsed.handle));
  } finally {
    if (parsed !== policy) parsed.free();
  }
}
