// What analysis of scores gives: what it takes to reach others, why scores differ, how sure they are, and what the data hold.

import type { Direction } from "./scores.js";

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
