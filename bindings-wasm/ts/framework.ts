import type { Difference, Goal, IndicatorAudit, RankDistribution, Statistics } from "./analysis.js";
import { call, live } from "./call.js";
import { type ColumnOptions, type Columns, Input } from "./columns.js";
import type { Problem } from "./error.js";
import type { FrameworkDocument } from "./generated/documents.js";
import { FrameworkHandle } from "./generated/wasm.js";
import { Model, type Names } from "./model.js";
import {
  type Direction,
  type Score,
  type ScoreColumns,
  type ScoreExplanation,
  type ScoreRecord,
  Scores,
} from "./scores.js";

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
export class Framework extends Model<Description> {
  private constructor(handle: FrameworkHandle) {
    super(handle, "framework");
  }

  /**
   * Reads a framework from an object, or from text: JSON, or YAML.
   *
   * @throws {@link DocumentError} with every problem of the document.
   */
  static parse(document: string | FrameworkDocument): Framework {
    return call(() => new Framework(FrameworkHandle.parse(document)));
  }

  /** The names of the framework. */
  get names(): Names {
    return this.known.names;
  }

  /** Where the framework comes from. */
  get source(): string | null {
    return this.known.source;
  }

  /** The scale of all scores. */
  get scale(): Scale {
    return this.known.scale;
  }

  /** Whether nothing is left to be taken from data. */
  get isFitted(): boolean {
    return this.known.isFitted;
  }

  /** When and from how many rows it was fitted; `null` where it was not. */
  get fitted(): Fitted | null {
    return this.known.fitted;
  }

  /** The indicators, in the order of the document. */
  get indicators(): readonly Indicator[] {
    return this.known.indicators;
  }

  /** The nodes, in the order of the document. */
  get nodes(): readonly FrameworkNode[] {
    return this.known.nodes;
  }

  /** The names of the fields or columns that a call reads. */
  get inputs(): readonly string[] {
    return this.known.inputs;
  }

  /** What is doubtful but no error, such as inconsistent comparisons. */
  get warnings(): readonly Problem[] {
    return this.known.warnings;
  }

  /**
   * The score of one object. Values that no indicator reads are ignored.
   *
   * @throws {@link DocumentError} when the framework is not fitted, {@link DataError} with every value that cannot be scored.
   */
  score(record: ScoreRecord): Score {
    return call(() => this.handle.score(record) as Score);
  }

  /**
   * The score of one object, with what every indicator and node brings to it.
   *
   * @throws As {@link Framework.score} does.
   */
  explain(record: ScoreRecord): ScoreExplanation {
    return call(() => this.handle.explain(record) as ScoreExplanation);
  }

  /**
   * For each indicator alone, the value with which the object's score reaches a target, in the order of the document.
   *
   * @throws As {@link Framework.score} does.
   */
  reach(record: ScoreRecord, target: number): Goal[] {
    return call(() => this.handle.reach(record, target) as Goal[]);
  }

  /**
   * For each indicator alone, the value with which the object draws level with a rival, in the order of the document. Where the rival
   * has no score, no indicator has a value.
   *
   * @throws As {@link Framework.score} does, for either.
   */
  overtake(record: ScoreRecord, rival: ScoreRecord): Goal[] {
    return call(() => this.handle.overtake(record, rival) as Goal[]);
  }

  /**
   * Why the scores of two objects, or of one object at two times, differ: other values, other weights or other baselines. `null`
   * where either has no score.
   *
   * @throws As {@link Framework.score} does, for both objects in both frameworks; {@link DataError} where the scales differ.
   */
  difference(record: ScoreRecord, later: ScoreRecord, options: DifferenceOptions = {}): Difference | null {
    const { framework = this } = options;
    return call(() => this.handle.difference(record, later, framework.handle) as Difference | null);
  }

  /**
   * The score of every row. The columns are {@link Framework.inputs}; others are ignored.
   *
   * @throws {@link DocumentError} when the framework is not fitted; {@link DataError} with every problem of the columns and, unless
   * `onError` is `"null"`, of their rows, and for ids in `nodes` that the framework does not have.
   */
  scoreColumns(columns: Columns, options: ScoreOptions = {}): Scores {
    const input = new Input(columns, this.inputs, options);
    const { rows } = input;
    const ids = [...(options.nodes ?? [])];
    const nodes = ids.map(() => new Float64Array(rows));
    const own: ScoreColumns = [new Float64Array(rows), new Float64Array(rows).fill(1), new Uint8Array(rows)];
    let problems: readonly Problem[] = [];
    input.overBlocks([...own, ...nodes], (progress, block, first, out) => {
      problems = this.handle.scoreBlock(progress, block, first, ids, out) as Problem[];
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
    const input = new Input(columns, this.inputs, options);
    return input.withAllRows((progress, block) => this.handle.audit(progress, block) as IndicatorAudit[]);
  }

  /**
   * Correlations, reliability and principal components of the indicators' scores, and the indicators that repeat others or do not
   * reach the score, over the rows in which all have one. Whole columns are copied into the module's memory.
   *
   * @throws {@link DocumentError} when the framework is not fitted; {@link DataError} with every problem of the columns and their rows,
   * and where there are fewer than two complete rows or two indicators, or none varies.
   */
  statistics(columns: Columns, options: Pick<ColumnOptions, "columns"> = {}): Statistics {
    const input = new Input(columns, this.inputs, options);
    return input.withAllRows((progress, block) => this.handle.statistics(progress, block) as Statistics);
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
    const input = new Input(columns, this.inputs, options);
    const { draws, seed, concentration, top } = options;
    return input.withAllRows(
      (progress, block) =>
        this.handle.ranksUnderWeights(progress, block, draws, seed, concentration, top) as RankDistribution,
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
    const input = new Input(columns, this.inputs, options);
    return input.withAllRows((progress, block) => {
      const fitted = this.handle.fit(progress, block, options.on);
      progress.finish();
      return new Framework(live(fitted, "fitted framework"));
    });
  }

  get #directions(): Record<string, Direction> {
    return Object.fromEntries(this.indicators.map(({ id, direction }) => [id, direction]));
  }

  /** @internal */
  override get handle(): FrameworkHandle {
    return super.handle as FrameworkHandle;
  }
}
