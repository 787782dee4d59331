export {
  type Bill,
  Catalog,
  type ColumnOptions,
  type Currency,
  type FixedLine,
  type GivenCharge,
  type Meter,
  type MeterLine,
  type Names,
  type Offer,
  type Plan,
  type PlanSum,
  type PlanTotals,
  type Quantity,
  type Quote,
  type Usage,
  type Value,
} from "./catalog.js";
export type { Column, Columns, DictionaryColumn, MaskedColumn, NumberArray } from "./columns.js";
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
export type * as documents from "./generated/documents.js";
export type { CatalogueDocument, FitPolicyDocument } from "./generated/documents.js";
