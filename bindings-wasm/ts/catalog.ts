import { call } from "./call.js";
import { type ColumnOptions, type Columns, Input } from "./columns.js";
import type { CatalogueDocument } from "./generated/documents.js";
import { CatalogHandle, Sums } from "./generated/wasm.js";
import { Model, type Names, sheetBytes, type Value } from "./model.js";

/** A currency: its code, and how many decimals its minor unit has (2 for fen and cents). */
export interface Currency {
  readonly code: string;
  readonly exponent: number;
}

/** A plan of a catalogue. */
export interface Plan {
  readonly id: string;
  readonly names: Names;
  /** Monthly fee in major units, such as `"38.00"`. */
  readonly fee: string;
  /** Monthly fee in minor units, a safe integer. */
  readonly feeMinor: number;
  /** Rank for policies that rank by priority, 1 first; `null` where the plan has none. */
  readonly priority: number | null;
  /** First day in effect, such as `"2012-01-01"`; `null` for no such limit. */
  readonly effectiveFrom: string | null;
  /** Last day in effect; `null` for no such limit. */
  readonly effectiveTo: string | null;
}

/** Something that is counted: voice, given in minutes and counted in seconds. */
export interface Meter {
  /** The id, which is also the name of its field or column. */
  readonly id: string;
  readonly names: Names;
  /** The unit in which usage is given. */
  readonly unit: string;
  /** The unit that is counted in whole numbers. */
  readonly base: string;
  /** How many base units make one `unit`. */
  readonly ratio: number;
  /** Base units counted where usage is missing; `null` where usage is required. */
  readonly default: number | null;
}

/** A charge that comes with the customer and is a line of every bill. */
export interface GivenCharge {
  /** The id, which is also the name of its field or column. */
  readonly id: string;
  readonly names: Names;
  /** The amount in major units where it is missing; `null` where it is required. */
  readonly default: string | null;
}

/** Usage of one customer by meter, in the meter's unit, and given charges by id, in major units. */
export type Usage = Readonly<Record<string, Value>>;

/** A plan with what the customer would pay on it. */
export interface Offer {
  /** The id of the plan. */
  readonly plan: string;
  /** The plan's names. */
  readonly names: Names;
  /** The bill's total in major units, such as `"158.00"`. */
  readonly total: string;
  /** The bill's total in minor units, a safe integer. */
  readonly totalMinor: number;
}

/** A quantity of a meter. */
export interface Quantity {
  /** Base units. */
  readonly units: number;
  /** The same with its unit, such as `"265.1 min"`. */
  readonly text: string;
}

/** What every line of a bill has. */
interface Amount {
  /** The id of the meter or given charge, or `fee`. */
  readonly id: string;
  readonly names: Names;
  /** The exact charge in minor units before rounding: `"7"`, or a fraction such as `"1431/200"`. */
  readonly exact: string;
  /** The amount in major units; `null` for a meter where the catalogue rounds the bill as a whole. */
  readonly amount: string | null;
  /** The amount in minor units; `null` like `amount`. */
  readonly amountMinor: number | null;
}

/** The line of a meter. */
export interface MeterLine extends Amount {
  readonly kind: "meter";
  readonly used: Quantity;
  /** What lies within the allowance. */
  readonly included: Quantity;
  /** What lies beyond the allowance. */
  readonly over: Quantity;
  /** Started blocks that were charged; `null` where the price is in proportion. */
  readonly blocks: number | null;
}

/** The line of the monthly fee or of a charge that came with the customer. */
export interface FixedLine extends Amount {
  readonly kind: "fee" | "given";
}

/** The bill of one customer on one plan. */
export interface Bill {
  /** The id of the plan. */
  readonly plan: string;
  readonly names: Names;
  /** The code of the currency. */
  readonly currency: string;
  /** The fee, then the meters, then the given charges, each in the order of the catalogue. */
  readonly lines: readonly (MeterLine | FixedLine)[];
  /** The exact sum in minor units before rounding: `"7"`, or a fraction such as `"1431/200"`. */
  readonly unrounded: string;
  /** What is to be paid, in major units. */
  readonly total: string;
  /** What is to be paid, in minor units. */
  readonly totalMinor: number;
}

/** A plan with everyone's total on it. */
export interface PlanTotals {
  /** The id of the plan. */
  readonly plan: string;
  readonly names: Names;
  /** By row, in minor units, safe integers; NaN where the row is invalid. */
  readonly totalMinor: Float64Array;
}

/** A plan with the sum of everyone's bill on it. */
export interface PlanSum {
  /** The id of the plan. */
  readonly plan: string;
  readonly names: Names;
  /** The sum in major units. */
  readonly total: string;
  /** The sum in minor units, which may be more than a safe integer. */
  readonly totalMinor: bigint;
}

/** What one customer would pay on every plan. */
export class Quote {
  /** Every plan, in the order of the catalogue. */
  readonly offers: readonly Offer[];
  readonly #order: Float64Array;

  /** @internal */
  constructor(plans: readonly Plan[], numbers: Float64Array, texts: string) {
    const totals = texts.split(" ");
    this.offers = plans.map((plan, position) => ({
      plan: plan.id,
      names: plan.names,
      total: totals[position] as string,
      totalMinor: numbers[position] as number,
    }));
    this.#order = numbers.subarray(plans.length);
  }

  /** Every plan by total; ties by lower fee, then by the order of the catalogue. */
  cheapestFirst(): Offer[] {
    return Array.from(this.#order, (position) => this.offers[position] as Offer);
  }
}

/** What the Rust side says of a catalogue. */
interface Description {
  readonly id: string;
  readonly version: string;
  readonly names: Names;
  readonly currency: Currency;
  readonly date: string | null;
  readonly plans: readonly Plan[];
  readonly meters: readonly Meter[];
  readonly given: readonly GivenCharge[];
  readonly inputs: readonly string[];
}

/**
 * The plans of an operator, checked and compiled.
 *
 * @example
 * ```ts
 * const catalog = Catalog.parse(document);
 * const quote = catalog.quote({ voice: 612, data: 1390.5 });
 * quote.cheapestFirst()[0]; // { plan: "zx158", names: {…}, total: "158.00", totalMinor: 15800 }
 * ```
 */
export class Catalog extends Model<Description> {
  private constructor(handle: CatalogHandle) {
    super(handle, "catalogue");
  }

  /**
   * Reads a catalogue from an object, or from text: JSON, or YAML.
   *
   * @throws {@link DocumentError} with every problem of the document.
   */
  static parse(document: string | CatalogueDocument): Catalog {
    return call(() => new Catalog(CatalogHandle.parse(document)));
  }

  /**
   * Reads a catalogue whose plans are the rows of a price table: `document` says under `table` which columns hold what, `csv` is
   * CSV text with a header, or its bytes in UTF-8 or in UTF-16 with a byte-order mark.
   *
   * @throws {@link DocumentError} with every problem of the document or of the table.
   */
  static fromTable(document: string | CatalogueDocument, csv: string | Uint8Array): Catalog {
    return call(() => new Catalog(CatalogHandle.fromTable(document, sheetBytes(csv))));
  }

  /**
   * The catalogue on a day: only the plans in effect. A catalogue with dated plans has no bills before a day is chosen.
   *
   * @param date - such as `"2012-01-31"`, or a `Date` at midnight UTC.
   * @throws {@link DataError} when that is no date, or no plan is in effect.
   */
  at(date: string | Date): Catalog {
    return call(() => new Catalog(this.handle.at(date)));
  }

  /** The names of the catalogue. */
  get names(): Names {
    return this.known.names;
  }

  /** The currency of all amounts. */
  get currency(): Currency {
    return this.known.currency;
  }

  /** The day chosen by {@link Catalog.at}; `null` where none was. */
  get date(): string | null {
    return this.known.date;
  }

  /** The plans, in the order of the document. */
  get plans(): readonly Plan[] {
    return this.known.plans;
  }

  /** The meters, in the order of the document. */
  get meters(): readonly Meter[] {
    return this.known.meters;
  }

  /** The given charges, in the order of the document. */
  get given(): readonly GivenCharge[] {
    return this.known.given;
  }

  /**
   * What one customer would pay on every plan.
   *
   * @throws {@link DataError} with everything that is wrong with the usage.
   */
  quote(usage: Usage): Quote {
    const [numbers, texts] = call(() => this.handle.quote(usage) as [Float64Array, string]);
    return new Quote(this.plans, numbers, texts);
  }

  /**
   * The bill of one customer on one plan, with its lines.
   *
   * @throws {@link DataError} when the catalogue has no such plan, and with everything that is wrong with the usage.
   */
  bill(plan: string, usage: Usage): Bill {
    return call(() => this.handle.bill(plan, usage) as Bill);
  }

  /**
   * Everyone's total on every plan. The columns are the meters and given charges by their ids; others are ignored.
   *
   * @throws {@link DataError} with every problem of the columns and, unless `onError` is `"null"`, of their rows.
   */
  billColumns(columns: Columns, options: ColumnOptions = {}): PlanTotals[] {
    const input = new Input(columns, this.known.inputs, options);
    const totals = this.plans.map(({ id, names }) => ({ plan: id, names, totalMinor: new Float64Array(input.rows) }));
    const outputs = totals.map((plan) => plan.totalMinor);
    input.overBlocks(outputs, (progress, block, first, out) => {
      this.handle.billBlock(progress, block, first, out);
    });
    return totals;
  }

  /**
   * The sum of everyone's bill, for each plan: what it would earn if all were on it.
   *
   * @throws {@link DataError} as {@link Catalog.billColumns} does; where `onError` is `"null"`, invalid rows count nothing.
   */
  sumColumns(columns: Columns, options: ColumnOptions = {}): PlanSum[] {
    const input = new Input(columns, this.known.inputs, options);
    const sums = call(() => new Sums());
    try {
      input.overBlocks([], (progress, block, first) => {
        this.handle.sumBlock(progress, block, first, sums);
      });
      const texts = call(() => this.handle.sumTexts(sums) as [string, string][]);
      return this.plans.map(({ id, names }, position) => {
        const [total, minor] = texts[position] as [string, string];
        return { plan: id, names, total, totalMinor: BigInt(minor) };
      });
    } finally {
      sums.free();
    }
  }

  /** @internal */
  override get handle(): CatalogHandle {
    return super.handle as CatalogHandle;
  }
}
