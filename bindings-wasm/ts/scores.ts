// What scoring gives: the score of one object, taken apart or not, and the scores of many.

import { call } from "./call.js";
import type { Problem } from "./error.js";
import { ranks } from "./generated/wasm.js";
import type { Names, Value } from "./model.js";

/** Which values of an indicator are better: more, less, or those near a value. */
export type Direction = "higher" | "lower" | "target";

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

/** Score, coverage and status by row. */
export type ScoreColumns = readonly [Float64Array, Float64Array, Uint8Array];
