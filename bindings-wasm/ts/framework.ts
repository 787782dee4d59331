import { call, live } from "./call.js";
import type { ColumnOptions, Names, Value } from "./catalog.js";
import { type Columns, Input, overBlocks, withAllRows } from "./columns.js";
import type { Problem } from "./error.js";
import type { FrameworkDocument } from "./generated/documents.js";
import { FrameworkHandle, ranks } from "./generated/wasm.js";

/** Which values of an indicator are better: more, less, or those near a value. */
export type Direction = "higher" | "lower" | "target";

/** The lowest and the highest score of a framework. */
export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Something that is measured. */
export interface Indicator {
  /** The id, which is also the name of its field or column. */
  readonly id: string;
  readonly names: Names;
  readonly unit: string | null;
  readonly direction: Direction;
  /** Where indicator and baseline come from. */
  readonly source: string | null;
  /** The product of the weights on its path from the root. */
  readonly effectiveWeight: number;
}

/** A score made of others. */
export interface FrameworkNode {
  readonly id: string;
  readonly names: Names;
  /** How scores are put together. */
  readonly aggregate: "arithmetic" | "geometric" | "harmonic" | "power" | "minimum" | "mean_penalised" | "topsis";
  readonly source: string | null;
}

/** When and from how many rows a framework was fitted. */
export interface Fitted {
  /** The day of the data, such as `"2021-12-31"`; `null` where it was not given. */
  readonly on: string | null;
  readonly rows: number;
}

/** How a score came about. */
export type ScoreStatus = (typeof SCORE_STATUSES)[number];

/**
 * Every status; its index is its code in {@link Scores.status}. `imputed`: something stood in for a missing value; `partial`: an
 * indicator dropped out, and others shared its weight; `missing`: too much was missing for a score; `invalid`: the row cannot be
 * scored.
 */
export const SCORE_STATUSES = ["ok", "imputed", "partial", "missing", "invalid"] as const;

/** The values of one object by indicator, and its segment and groups where the framework has some. */
export type ScoreRecord = Readonly<Record<string, Value>>;

/** The score of one object. */
export interface Score {
  /** The score on the framework's scale; `null` where too much is missing. */
  readonly score: number | null;
  /** The share of the weights whose values were observed, from 0 to 1. */
  readonly coverage: number;
  readonly status: Exclude<ScoreStatus, "invalid">;
}

/** What a node has in one object. */
export interface NodeScore {
  readonly id: string;
  readonly names: Names;
  /** How deep it stands; the root has 0. */
  readonly depth: number;
  /** Its score; `null` where it is missing. */
  readonly score: number | null;
  readonly coverage: number;
  /** Its weight among the children that are present; 1 for the root. */
  readonly weight: number;
  /** What it brings to the score of the root. */
  readonly contribution: number;
}

/** What an indicator has in one object. */
export interface IndicatorScore {
  readonly id: string;
  readonly names: Names;
  readonly direction: Direction;
  readonly unit: string | null;
  /** How deep it stands. */
  readonly depth: number;
  /** The value in its unit, after a comparison and before it is drawn to limits; `null` where it is missing. */
  readonly value: number | null;
  readonly origin: "observed" | "imputed" | "missing";
  /** Its score; `null` where it dropped out. */
  readonly score: number | null;
  /** Whether the score lies at an end of the scale. */
  readonly atEnd: boolean;
  /** The grade of the value, where a table of grades names it. */
  readonly grade: string | null;
  /** Its weight among the children that are present. */
  readonly weight: number;
  /** The product of the weights from the root down, in this object. */
  readonly effectiveWeight: number;
  /** What it brings to the score of the root: where every node sums, the contributions added in order are the score. */
  readonly contribution: number;
  /** What is missing to the top of the scale because of it. */
  readonly undone: number;
  /** How far it lifts the score above, or pulls it below, what its weight would bring at the object's own score. */
  readonly lift: number;
}

/** The score of one object, taken apart. */
export interface ScoreExplanation extends Score {
  /** Every node, depth first from the root on. */
  readonly nodes: readonly NodeScore[];
  /** Every indicator, depth first in the order of the children. */
  readonly indicators: readonly IndicatorScore[];
  /** The ids of the indicators that lift the score, most first. */
  readonly strengths: readonly string[];
  /** The ids of the indicators that pull the score down, most first. */
  readonly weaknesses: readonly string[];
  /** The same in a few lines for people. */
  readonly text: string;
}

/** What one indicator must reach, all others staying as they are. */
export interface Goal {
  /** The id of the indicator. */
  readonly id: string;
  readonly direction: Direction;
  readonly unit: string | null;
  /** The value now, after a comparison; `null` where it is missing. */
  readonly present: number | null;
  /** The value nearest to the present one with which the score reaches the target; `null` where no value does. */
  readonly value: number | null;
  /** The indicator's score at that value. */
  readonly score: number | null;
}

/** What other data, other weights and other baselines do. */
export interface DifferenceParts {
  /** What other values do. */
  readonly data: number;
  /** What other weights, another tree or other aggregations do. */
  readonly weights: number;
  /** What other baselines, limits or directions do. */
  readonly baselines: number;
}

/** What lies between an indicator's contributions to two scores. */
export interface IndicatorDifference extends DifferenceParts {
  readonly id: string;
}

/**
 * Why two scores differ. Each part is the Shapley value of its factor: the mean over the six orders in which the three can be
 * exchanged. The parts sum to the difference, roundings apart.
 */
export interface Difference extends DifferenceParts {
  /** The first score. */
  readonly before: number;
  /** The second score. */
  readonly after: number;
  /** The parts by indicator, for the ids that either framework has, in the order of the first. */
  readonly indicators: readonly IndicatorDifference[];
}

/** Options of {@link Framework.difference}. */
export interface DifferenceOptions {
  /** The framework of the later object. Default: the same. */
  readonly framework?: Framework;
}

/** Options of {@link Framework.scoreColumns}. */
export interface ScoreOptions extends ColumnOptions {
  /** Nodes and indicators whose scores are wanted as well, by id. Default: none. */
  readonly nodes?: readonly string[];
}

/** Options of {@link Framework.fit}. */
export interface FitOptions extends Pick<ColumnOptions, "columns" | "onError"> {
  /** The day of the data, such as `"2021-12-31"`, or a `Date` at midnight UTC. */
  readonly on?: string | Date;
}

/** Options of {@link Framework.ranksUnderWeights}. */
export interface RankOptions extends Pick<ColumnOptions, "columns" | "simd"> {
  /** How many weightings are drawn. Default: 1,000. */
  readonly draws?: number;
  /** Every seed, a whole number, gives other draws; the same seed gives the same, also in Rust and Python. Default: 0. */
  readonly seed?: number;
  /**
   * In every node the weights are drawn from a Dirichlet distribution around their present values: a weight `w` has the variance
   * `w (1 - w) / (concentration + 1)`. Default: 100.
   */
  readonly concentration?: number;
  /** Up to which rank {@link RankDistribution.top} counts. Default: 3. */
  readonly top?: number;
}

/**
 * How ranks vary when weights do. Each array has an element for each row that took part. Rank 1 is the highest score, and equal scores
 * share the smallest of their ranks; probabilities are shares of the draws.
 */
export interface RankDistribution {
  /** The numbers of the rows that took part, from 0: those in which every indicator has a score. */
  readonly rows: Uint32Array;
  /** How many weightings were drawn. */
  readonly draws: number;
  /** The rank under the framework's weights. */
  readonly base: Uint32Array;
  /** The mean rank. */
  readonly mean: Float64Array;
  /** The best (smallest) rank. */
  readonly best: Uint32Array;
  /** The worst (largest) rank. */
  readonly worst: Uint32Array;
  /** The probability of rank 1. */
  readonly first: Float64Array;
  /** The probability of a rank up to {@link RankOptions.top}. */
  readonly top: Float64Array;
}

/**
 * What columns hold of one indicator. Counts are of rows; values are in the indicator's unit, after a comparison, and `null` where no
 * value can be used.
 */
export interface IndicatorAudit {
  /** The id of the indicator. */
  readonly id: string;
  readonly direction: Direction;
  readonly unit: string | null;
  /** Rows in all. */
  readonly rows: number;
  /** Rows without a value. */
  readonly missing: number;
  /** Rows whose value is infinite. */
  readonly infinite: number;
  /** Rows whose value is not possible, or not in the domain of the method. */
  readonly impossible: number;
  /** Rows whose value lies more than 1.5 interquartile ranges outside the quartiles (Tukey 1977). */
  readonly outliers: number;
  /** Whether all values are the same. */
  readonly constant: boolean;
  readonly minimum: number | null;
  readonly lowerQuartile: number | null;
  readonly median: number | null;
  readonly upperQuartile: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  /** The sample standard deviation. */
  readonly deviation: number | null;
  /** The share of rows without a usable value, from 0 to 1. */
  readonly unusableShare: number;
}

/** Two indicators that say nearly the same, so that together they count twice. */
export interface RedundantPair {
  /** The ids of the two. */
  readonly ids: readonly [string, string];
  /** Their Pearson correlation; below zero where one is the opposite of the other. */
  readonly correlation: number;
}

/** An indicator that the score does not reflect, whatever its weight. */
export interface SilentIndicator {
  /** The id of the indicator. */
  readonly id: string;
  /** Its Pearson correlation with the score; `null` where it, or the score, does not vary. */
  readonly correlation: number | null;
}

/**
 * How the indicators of a framework hang together. Scores, not values, are looked at, so that more is better for every indicator; only
 * rows in which every indicator has one count. Lists go by the indicators in the order of `ids`; an indicator that does not vary has
 * no correlation, which is `null`.
 */
export interface Statistics {
  /** How many rows have a score of every indicator. */
  readonly rows: number;
  /** The ids of the indicators, in the order of the document. */
  readonly ids: readonly string[];
  /** Pearson's correlations, from -1 to 1: a list of as many for each indicator. */
  readonly pearson: readonly (readonly (number | null)[])[];
  /** Spearman's rank correlations, from -1 to 1: a list of as many for each indicator. */
  readonly spearman: readonly (readonly (number | null)[])[];
  /** Cronbach's alpha (1951), at most 1; around 0.7 and above is taken for reliable. `null` where the sum does not vary. */
  readonly alpha: number | null;
  /** Alpha without each indicator, by id; higher than `alpha` where the indicator disturbs. */
  readonly alphaIfDeleted: Readonly<Record<string, number | null>>;
  /** The variance that each principal component of Pearson's correlations explains, the largest first. */
  readonly eigenvalues: readonly number[];
  /** The share of the variance that each principal component explains, from 0 to 1. */
  readonly explained: readonly number[];
  /** How many components explain more than one indicator does (Kaiser 1960), or all where none does. */
  readonly kept: number;
  /** The correlation of every indicator with a principal component: a list for each component. */
  readonly loadings: readonly (readonly number[])[];
  /** The pairs whose Pearson correlation is beyond 0.9 on either side. */
  readonly redundant: readonly RedundantPair[];
  /** The indicators that do not vary, or whose correlation with the score is below 0.1 on either side. */
  readonly silent: readonly SilentIndicator[];
}

/** The scores of many objects, in columns of one length. */
export class Scores {
  /** The score of each row; NaN where there is none. */
  readonly score: Float64Array;
  /** The share of the weights whose values were observed; NaN where the row is invalid. */
  readonly coverage: Float64Array;
  /** Codes of statuses: {@link SCORE_STATUSES} has their words. */
  readonly status: Uint8Array;
  /** The scores of the nodes and indicators that were asked for, by id; NaN where there is none. */
  readonly nodes: Readonly<Record<string, Float64Array>>;
  /** Which values of each indicator are better. */
  readonly directions: Readonly<Record<string, Direction>>;
  /** What was wrong with the invalid rows where `onError` is `"null"`; otherwise empty. */
  readonly problems: readonly Problem[];

  /** @internal */
  constructor(
    columns: ScoreColumns,
    nodes: Record<string, Float64Array>,
    directions: Record<string, Direction>,
    problems: readonly Problem[],
  ) {
    [this.score, this.coverage, this.status] = columns;
    this.nodes = nodes;
    this.directions = directions;
    this.problems = problems;
  }

  /** Number of rows. */
  get length(): number {
    return this.score.length;
  }

  /**
   * The rank of each row: 1 is the highest score, equal scores share the smallest of their ranks, and rows without a score have 0.
   * The scores are copied into the module's memory as a whole.
   */
  ranks(): Uint32Array {
    return call(() => ranks(this.score));
  }

  /** How many rows have each status. */
  counts(): Record<ScoreStatus, number> {
    const counts = { ok: 0, imputed: 0, partial: 0, missing: 0, invalid: 0 };
    for (const code of this.status) counts[SCORE_STATUSES[code] as ScoreStatus] += 1;
    return counts;
  }
}

type ScoreColumns = readonly [Float64Array, Float64Array, Uint8Array];

/** What the Rust side says of a framework. */
interface Description {
  readonly id: string;
  readonly version: string;
  readonly names: Names;
  readonly source: string | null;
  readonly scale: Scale;
  readonly isFitted: boolean;
  readonly fitted: Fitted | null;
  readonly indicators: readonly Indicator[];
  readonly nodes: readonly FrameworkNode[];
  readonly inputs: readonly string[];
  readonly warnings: readonly Problem[];
}

/**
 * Indicators, baselines, weights, and the tree that makes one score of them, checked and compiled.
 *
 * @example
 * ```ts
 * const framework = Framework.parse(document);
 * framework.score({ connect_rate: 85, queue_time: 35 }); // { score: 57.5, coverage: 1, status: "ok" }
 * ```
 */
export class Framework {
  #handle: FrameworkHandle | undefined;
  readonly #known: Description;

  private constructor(handle: FrameworkHandle) {
    this.#handle = handle;
    this.#known = handle.describe() as Description;
  }

  /**
   * Reads a framework from an object, or from text: JSON, or YAML.
   *
   * @throws {@link DocumentError} with every problem of the document.
   */
  static parse(document: string | FrameworkDocument): Framework {
    return call(() => new Framework(FrameworkHandle.parse(document)));
  }

  /** The id of the document. */
  get id(): string {
    return this.#known.id;
  }

  /** The version of the document. */
  get version(): string {
    return this.#known.version;
  }

  /** The names of the framework. */
  get names(): Names {
    return this.#known.names;
  }

  /** Where the framework comes from. */
  get source(): string | null {
    return this.#known.source;
  }

  /** The scale of all scores. */
  get scale(): Scale {
    return this.#known.scale;
  }

  /** Whether nothing is left to be taken from data. */
  get isFitted(): boolean {
    return this.#known.isFitted;
  }

  /** When and from how many rows it was fitted; `null` where it was not. */
  get fitted(): Fitted | null {
    return this.#known.fitted;
  }

  /** The indicators, in the order of the document. */
  get indicators(): readonly Indicator[] {
    return this.#known.indicators;
  }

  /** The nodes, in the order of the document. */
  get nodes(): readonly FrameworkNode[] {
    return this.#known.nodes;
  }

  /** The names of the fields or columns that a call reads. */
  get inputs(): readonly string[] {
    return this.#known.inputs;
  }

  /** What is doubtful but no error, such as inconsistent comparisons. */
  get warnings(): readonly Problem[] {
    return this.#known.warnings;
  }

  /** The document as JSON text: reading it again gives the same framework. */
  toJson(): string {
    return call(() => this.#live.toJson());
  }

  /**
   * The score of one object. Values that no indicator reads are ignored.
   *
   * @throws {@link DocumentError} when the framework is not fitted, {@link DataError} with every value that cannot be scored.
   */
  score(record: ScoreRecord): Score {
    return call(() => this.#live.score(record) as Score);
  }

  /**
   * The score of one object, with what every indicator and node brings to it.
   *
   * @throws As {@link Framework.score} does.
   */
  explain(record: ScoreRecord): ScoreExplanation {
    return call(() => this.#live.explain(record) as ScoreExplanation);
  }

  /**
   * For each indicator alone, the value with which the object's score reaches a target, in the order of the document.
   *
   * @throws As {@link Framework.score} does.
   */
  reach(record: ScoreRecord, target: number): Goal[] {
    return call(() => this.#live.reach(record, target) as Goal[]);
  }

  /**
   * For each indicator alone, the value with which the object draws level with a rival, in the order of the document. Where the rival
   * has no score, no indicator has a value.
   *
   * @throws As {@link Framework.score} does, for either.
   */
  overtake(record: ScoreRecord, rival: ScoreRecord): Goal[] {
    return call(() => this.#live.overtake(record, rival) as Goal[]);
  }

  /**
   * Why the scores of two objects, or of one object at two times, differ: other values, other weights or other baselines. `null`
   * where either has no score.
   *
   * @throws As {@link Framework.score} does, for both objects in both frameworks; {@link DataError} where the scales differ.
   */
  difference(record: ScoreRecord, later: ScoreRecord, options: DifferenceOptions = {}): Difference | null {
    const { framework = this } = options;
    return call(() => this.#live.difference(record, later, framework.#live) as Difference | null);
  }

  /**
   * The score of every row. The columns are {@link Framework.inputs}; others are ignored.
   *
   * @throws {@link DocumentError} when the framework is not fitted; {@link DataError} with every problem of the columns and, unless
   * `onError` is `"null"`, of their rows, and for ids in `nodes` that the framework does not have.
   */
  scoreColumns(columns: Columns, options: ScoreOptions = {}): Scores {
    const input = new Input(columns, this.inputs, options.columns);
    const { rows } = input;
    const ids = [...(options.nodes ?? [])];
    const nodes = ids.map(() => new Float64Array(rows));
    const own: ScoreColumns = [new Float64Array(rows), new Float64Array(rows).fill(1), new Uint8Array(rows)];
    let problems: readonly Problem[] = [];
    overBlocks(input, options, [...own, ...nodes], (progress, block, first, out) => {
      problems = this.#live.scoreBlock(progress, block, first, ids, out) as Problem[];
    });
    const byId = Object.fromEntries(ids.map((id, position) => [id, nodes[position] as Float64Array]));
    return new Scores(own, byId, this.#directions, problems);
  }

  /**
   * What is missing, impossible, constant or far out in each indicator's data, in the order of the document. Nothing here is an error:
   * the data are only looked at, before or after fitting. Whole columns are copied into the module's memory.
   *
   * @throws {@link DataError} with every column that is missing or of a wrong type.
   */
  audit(columns: Columns, options: Pick<ColumnOptions, "columns"> = {}): IndicatorAudit[] {
    const input = new Input(columns, this.inputs, options.columns);
    return withAllRows(input, options, (progress, block) => this.#live.audit(progress, block) as IndicatorAudit[]);
  }

  /**
   * Correlations, reliability and principal components of the indicators' scores, and the indicators that repeat others or do not
   * reach the score, over the rows in which all have one. Whole columns are copied into the module's memory.
   *
   * @throws {@link DocumentError} when the framework is not fitted; {@link DataError} with every problem of the columns and their rows,
   * and where there are fewer than two complete rows or two indicators, or none varies.
   */
  statistics(columns: Columns, options: Pick<ColumnOptions, "columns"> = {}): Statistics {
    const input = new Input(columns, this.inputs, options.columns);
    return withAllRows(input, options, (progress, block) => this.#live.statistics(progress, block) as Statistics);
  }

  /**
   * How sure ranks are: those of all rows under many weightings drawn at random around the framework's. Rows in which an indicator has
   * no score are left out.
   *
   * Ranks need all rows at once, so whole columns are copied into the module's memory, beside the weights of every draw and, up to
   * 2,048 rows, a table of 4 bytes for each row and rank.
   *
   * @throws {@link DocumentError} when the framework is not fitted, or a node of it does not sum; {@link DataError} with every problem
   * of the columns and their rows, where no row takes part, and for options out of range.
   */
  ranksUnderWeights(columns: Columns, options: RankOptions = {}): RankDistribution {
    const input = new Input(columns, this.inputs, options.columns);
    const { draws, seed, concentration, top } = options;
    return withAllRows(
      input,
      options,
      (progress, block) =>
        this.#live.ranksUnderWeights(progress, block, draws, seed, concentration, top) as RankDistribution,
    );
  }

  /**
   * This framework with everything that it leaves to the data taken from these rows and written into its document: levels of
   * baselines, limits, what stands in for missing values, weights, ideals. What was numbers stays.
   *
   * Medians and weights need all rows at once, so unlike the other calls this one copies whole columns into the module's memory.
   *
   * @throws {@link DocumentError} where the data give no numbers, such as for a constant column; {@link DataError} with every problem
   * of the columns and, unless `onError` is `"null"`, of their rows.
   */
  fit(columns: Columns, options: FitOptions = {}): Framework {
    const input = new Input(columns, this.inputs, options.columns);
    return withAllRows(input, options, (progress, block) => {
      const fitted = this.#live.fit(progress, block, options.on);
      progress.finish();
      return new Framework(live(fitted, "fitted framework"));
    });
  }

  /** Gives the memory back now instead of when the framework is collected. It cannot be used any more. */
  free(): void {
    this.#handle?.free();
    this.#handle = undefined;
  }

  get #directions(): Record<string, Direction> {
    return Object.fromEntries(this.indicators.map(({ id, direction }) => [id, direction]));
  }

  get #live(): FrameworkHandle {
    return live(this.#handle, "framework");
  }
}
