import type { DecisionStatus } from "./decisions.js";
import type { Problem } from "./error.js";

/** What the tests of a rules document came to. */
export interface TestReport {
  /** Whether every test passed; also without any. */
  readonly passed: boolean;
  /** In the order of the document. */
  readonly results: readonly TestResult[];
  /** How much of the rules the tests met, those that failed too. */
  readonly coverage: TestCoverage;
  /** What failed and what is not covered, in lines for people. */
  readonly text: string;
}

/** What a test came to. */
export interface TestResult {
  /** The id; `test-1` and so on where the document has none. */
  readonly id: string;
  /** What the test is about; `null` where the document does not say. */
  readonly note: string | null;
  /** The date of the decision; `null` where the document does not say. */
  readonly date: string | null;
  /** Whether everything came as expected. */
  readonly passed: boolean;
  /** What became of the record; `"invalid"` where it could not be decided. */
  readonly status: DecisionStatus;
  /** The ids of the rules that match, in the order of the hit policy. */
  readonly rules: readonly string[];
  /** What came otherwise than expected. */
  readonly mismatches: readonly Mismatch[];
  /** For every rule that is expected and does not match, why: `"vip: arpu > 300: 250 (false)"`. */
  readonly reasons: readonly string[];
  /** Why the record could not be decided; empty where that is expected. */
  readonly problems: readonly Problem[];
}

/** Something that came otherwise than expected. */
export interface Mismatch {
  /** `"status"`, `"rule"`, `"rules"`, or `"outputs."` and the id of an output. */
  readonly what: string;
  /** What is expected as text, texts of outputs in quotes. */
  readonly expected: string;
  /** What came. */
  readonly found: string;
}

/** How much of the rules the tests of a document met. */
export interface TestCoverage {
  /** Every rule of the document, those in effect on some dates only too. */
  readonly rules: readonly RuleCoverage[];
  /** The ids of the rules that match in no test. */
  readonly uncovered: readonly string[];
  /** Whether the default was given in some test, for every output that has one. */
  readonly defaults: Readonly<Record<string, boolean>>;
  /** How many rules of a hundred match in some test, rounded down. */
  readonly rulePercent: number;
  /** How many cells of a hundred were true in some test and false in another, rounded down. */
  readonly cellPercent: number;
}

/** In how many tests a rule was met, and how. */
export interface RuleCoverage {
  /** The id of the rule. */
  readonly rule: string;
  /** First day in effect; `null` for no such limit. */
  readonly effectiveFrom: string | null;
  /** Last day in effect; `null` for no such limit. */
  readonly effectiveTo: string | null;
  /** In how many tests it was tried: in effect, and with `first` and `priority` no rule before it decides. */
  readonly tried: number;
  /** In how many tests it matched. */
  readonly matched: number;
  /** In how many tests it decided alone. */
  readonly decided: number;
  /** The tests of its condition, in their order. */
  readonly cells: readonly CellCoverage[];
}

/** A cell, which is one test within a condition, over the tests in which its rule was tried. */
export interface CellCoverage {
  /** The cell as text, such as `"arpu > 300.00"`. */
  readonly text: string;
  /** Whether it was true in some test. */
  readonly seenTrue: boolean;
  /** Whether it was false in some test. */
  readonly seenFalse: boolean;
}
