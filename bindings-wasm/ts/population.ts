import type { Problem } from "./error.js";

/** How rules meet a population. Invalid rows count for nothing. */
export interface Population {
  /** Number of rows, invalid ones too. */
  readonly rows: number;
  /** Number of rows that cannot be used, where `onError` is `"null"`. */
  readonly invalid: number;
  /** Every rule in effect, in the order of the document. */
  readonly rules: readonly RulePopulation[];
  /** What was wrong with the invalid rows. */
  readonly problems: readonly Problem[];
  /** The same in lines for people. */
  readonly text: string;
}

/** How a rule meets a population. */
export interface RulePopulation {
  /** The id of the rule. */
  readonly rule: string;
  /** Rows that it matches. */
  readonly matched: number;
  /** Rows of which it is the first rule that matches, in the order in which the hit policy tries them. */
  readonly first: number;
  /** Rows that no other rule matches. */
  readonly only: number;
  /** What its condition demands, part by part in order; without a condition nothing. */
  readonly blockers: readonly Blocker[];
}

/** A part of a condition that must hold, and the rows that it keeps from the rule. */
export interface Blocker {
  /** The part as text, such as `"arpu > 80.00"`. */
  readonly text: string;
  /** Rows for which it does not hold. */
  readonly blocked: number;
  /** Rows for which it is the first part that does not hold. */
  readonly first: number;
  /** Rows for which it alone does not hold: so many more would match without it. */
  readonly only: number;
}
