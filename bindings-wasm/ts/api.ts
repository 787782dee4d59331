export type {
  Difference,
  DifferenceParts,
  Goal,
  IndicatorAudit,
  IndicatorDifference,
  RankDistribution,
  RedundantPair,
  SilentIndicator,
  Statistics,
} from "./analysis.js";
export {
  type Bill,
  Catalog,
  type Currency,
  type FixedLine,
  type GivenCharge,
  type Meter,
  type MeterLine,
  type Offer,
  type Plan,
  type PlanSum,
  type PlanTotals,
  type Quantity,
  type Quote,
  type Usage,
} from "./catalog.js";
export type { Column, ColumnOptions, Columns, DictionaryColumn, MaskedColumn, NumberArray } from "./columns.js";
export {
  type Contact,
  type ContactCandidate,
  type ContactCode,
  type ContactEntry,
  type ContactFinding,
  ContactPolicy,
  type ContactVerdict,
} from "./contact.js";

export { DECISION_STATUSES, Decisions, type DecisionStatus, type OutputCodes } from "./decisions.js";
export { CpcfitError, DataError, DocumentError, type Problem } from "./error.js";
export {
  type Customer,
  type Explanation,
  type FitColumnOptions,
  FitPolicy,
  type Funnel,
  type Match,
  type Matches,
  PackageFit,
  type PolicySettings,
  packageFit,
  type Reason,
  STATUSES,
  type Status,
  type Verdict,
} from "./fit.js";
export {
  type DifferenceOptions,
  type Fitted,
  type FitOptions,
  Framework,
  type FrameworkNode,
  type Indicator,
  type RankOptions,
  type Scale,
  type ScoreOptions,
} from "./framework.js";
export type * as documents from "./generated/documents.js";
export type {
  CatalogueDocument,
  ContactPolicyDocument,
  FitPolicyDocument,
  FrameworkDocument,
  RulesDocument,
} from "./generated/documents.js";
export type { Names, Value } from "./model.js";
export type { Blocker, Population, RulePopulation } from "./population.js";
export type { CellCoverage, Mismatch, RuleCoverage, TestCoverage, TestReport, TestResult } from "./report.js";
export type { RulesRow } from "./row.js";
export {
  type Decision,
  type FieldChange,
  type FindingKind,
  type Hit,
  type OutputValue,
  type OutputValues,
  type Rule,
  type RuleMatch,
  type RuleOutput,
  type RuleRecord,
  RuleSet,
  type RulesCheck,
  type RulesExplanation,
  type RulesFinding,
  type RuleTest,
  type RuleTrace,
  type SmallestChange,
} from "./rules.js";
export {
  type Direction,
  type IndicatorScore,
  type NodeScore,
  type Score,
  type ScoreExplanation,
  type ScoreRecord,
  Scores,
  SCORE_STATUSES,
  type ScoreStatus,
} from "./scores.js";
export { type ContactOptions, CONTACT_STATUSES, type ContactStatus, ContactVerdicts } from "./verdicts.js";
