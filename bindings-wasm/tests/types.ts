// What the declarations of the package promise to its users, without the DOM's or Node's types. Compiled, never run.

import {
  type Bill,
  Catalog,
  type CatalogueDocument,
  type ContactFinding,
  ContactPolicy,
  type ContactPolicyDocument,
  type ContactVerdict,
  type ContactVerdicts,
  CpcfitError,
  type DataError,
  type Decision,
  DECISION_STATUSES,
  type Decisions,
  type DecisionStatus,
  type Difference,
  type DocumentError,
  type documents,
  FitPolicy,
  type FitPolicyDocument,
  Framework,
  type FrameworkDocument,
  type Goal,
  type IndicatorAudit,
  type IndicatorScore,
  type Matches,
  PackageFit,
  packageFit,
  type OutputCodes,
  type OutputValue,
  type Population,
  type RankDistribution,
  RuleSet,
  type RulesDocument,
  type RulesExplanation,
  type RulesRow,
  SCORE_STATUSES,
  type Scores,
  type ScoreStatus,
  type SmallestChange,
  type Statistics,
  STATUSES,
  type Status,
} from "cpcfit";

const header = {
  cpcfit: 1,
  kind: "catalogue",
  id: "small",
  version: 1,
  currency: { code: "CNY", exponent: 2 },
  rounding: { stage: "line", mode: "half_up", step: "0.01" },
  meters: { voice: { unit: "min", base: "s", units: { min: 60 } } },
} as const;
const catalogue: CatalogueDocument = {
  ...header,
  plans: [
    {
      id: "light",
      name: { en: "Light" },
      fee: 18,
      eligibility: {
        where: { all: [{ field: "age", ge: 18 }, { not: { field: "city", in: ["gz"] } }] },
        unknown: "ineligible",
      },
      charges: { voice: { allowance: "1 h", overage: { price: 0.25, block: "1 min" } } },
    },
  ],
  "x-note": "ours",
};
const table: CatalogueDocument = {
  ...header,
  table: { id: "id", fee: "fee", charges: { voice: { allowance: "minutes", overage: "per_minute" } } },
};
const policy: FitPolicyDocument = {
  cpcfit: 1,
  kind: "fit-policy",
  id: "spring",
  version: "1",
  total_fee_change: { min: 0.6, max: "1.5" },
  rank: "cheapest",
};
const plan: documents.Plan | undefined = catalogue.plans?.[0];

const catalog: Catalog = Catalog.parse(catalogue).at(new Date("2012-01-01"));
Catalog.fromTable(table, "id,fee\n");
const total: string | undefined = catalog
  .quote({ voice: 612, data: "1390.5", sms: 3n, other: null })
  .cheapestFirst()[0]?.total;
const bill: Bill = catalog.bill("light", { voice: 612 });
for (const line of bill.lines) {
  const used: string = line.kind === "meter" ? line.used.text : line.id;
  used.trim();
}
const sums: bigint[] = catalog.sumColumns({ voice: new Float64Array(3) }).map((sum) => sum.totalMinor);
const matches: Matches = packageFit(catalog, FitPolicy.parse(policy), {
  voice: { values: Int32Array.of(1), valid: Uint8Array.of(1) },
  data: [1, null, undefined],
  city: ["gz", null],
  joined: [new Date()],
  active: [true],
  current_plan: { codes: new Int8Array(1), values: ["light"] },
});
const status: Status | undefined = STATUSES[matches.status[0] ?? 0];
const fit = new PackageFit(catalog, { totalFeeChange: { min: 0.6 }, rank: "priority" });
const reasons: string[] = fit
  .explain({ voice: 1 })
  .verdicts.flatMap((verdict) => verdict.reasons.map((reason) => reason.text));
const frameworkDocument: FrameworkDocument = {
  cpcfit: 1,
  kind: "framework",
  id: "hotline",
  version: 1,
  scale: { min: 0, max: 1 },
  root: "all",
  segments: { field: "segment" },
  indicators: {
    rate: {
      unit: "%",
      direction: "higher",
      weight: 2,
      normalise: { goalposts: { worst: "min", best: { quantile: 0.95 } } },
      missing: { impute: "mean", by: "region" },
    },
    time: { direction: "lower", normalise: { bands: [{ below: 10, score: 1, grade: "A" }, { score: 0 }] } },
  },
  nodes: {
    all: { aggregate: { power: 0.5 }, children: ["rate", "time"], weights: { values: { rate: 1, time: 2 } } },
  },
};
const framework: Framework = Framework.parse(frameworkDocument).fit(
  { rate: new Float64Array(3), time: [1, null, 3], region: ["n", "s", null], segment: [null, null, null] },
  { on: new Date("2012-01-01"), onError: "null" },
);
const score: number | null = framework.score({ rate: 3, time: 5n }).score;
const weakest: IndicatorScore | undefined = framework.explain({ rate: 3 }).indicators.find((known) => known.lift < 0);
const goals: readonly Goal[] = [...framework.reach({ rate: 3 }, 0.5), ...framework.overtake({ rate: 3 }, { rate: 4n })];
const goal: number | null | undefined = goals[0]?.value;
const difference: Difference | null = framework.difference({ rate: 3 }, { rate: 4 }, { framework });
const lift: number | undefined = difference?.indicators[0]?.baselines;
const scores: Scores = framework.scoreColumns({ rate: [1] }, { nodes: ["all"], columns: { time: "t" }, simd: "off" });
const ranks: Uint32Array = scores.ranks();
const distribution: RankDistribution = framework.ranksUnderWeights(
  { rate: new Float32Array(3), t: [1, 2, 3] },
  { columns: { time: "t" }, draws: 100, seed: 1, concentration: 50, top: 1, simd: "off" },
);
const likely: Float64Array = distribution.first;
const audit: readonly IndicatorAudit[] = framework.audit(
  { rate: [1, null, 3], t: [1, 2, 3] },
  { columns: { time: "t" } },
);
const median: number | null | undefined = audit[0]?.median;
const statistics: Statistics = framework.statistics({ rate: [1, 2, 3], time: [3, 2, 1] });
const alpha: number | null = statistics.alpha;
const pair: string | undefined = statistics.redundant[0]?.ids[1];
const contactDocument: ContactPolicyDocument = {
  cpcfit: 1,
  kind: "contact-policy",
  id: "contacts",
  version: 1,
  offset: "+08:00",
  channels: ["outbound", "sms"],
  quiet_hours: [
    { id: "night", from: "21:00", to: "08:00", channels: "outbound", calendar: { weekdays: ["mon", "fri"] } },
  ],
  limits: [{ id: "weekly", at_most: 2, within: "7d", per: "channel" }],
  gaps: [{ id: "gap", wait: "1d", calendar: [{ days: [21, "end"] }, { months: 1 }] }],
};
const contactPolicy: ContactPolicy = ContactPolicy.parse(contactDocument);
const verdict: ContactVerdict = contactPolicy.check(
  { vip: true },
  { channel: "sms", now: new Date(), history: [{ at: "2012-03-20T10:00:00+08:00", channel: "sms", kind: null }] },
);
const nextAllowed: string | null = verdict.nextAllowed;
const everyone: ContactVerdicts = contactPolicy.checkColumns(
  { customer: [1, 2], complaints: Int8Array.of(0, 1) },
  { customer: [1], at: [new Date()], channel: ["sms"] },
  { channel: "sms", now: new Date(), contactColumns: { customer: "msisdn" }, onError: "null" },
);
const blocked: number = everyone.counts().blocked;
const firstReason: string | undefined = everyone.entries[everyone.reason[0] ?? -1]?.code;
const findingStatus: ContactFinding["status"] | undefined = verdict.findings[0]?.status;
const rulesDocument: RulesDocument = {
  cpcfit: 1,
  kind: "rules",
  id: "segments",
  version: 1,
  currency: { code: "CNY", exponent: 2 },
  hit: "first",
  unknown: "no_match",
  fields: { arpu: { type: "money" }, risk: { type: "number", missing: true } },
  outputs: { hours: { type: "number", unit: "h", default: 48 }, queue: { type: "string", values: ["gold", "mass"] } },
  rules: [{ id: "key", when: { field: "arpu", gt: 300 }, then: { queue: "gold" }, effective: { from: "2012-01-01" } }],
};
const rules: RuleSet = RuleSet.parse(rulesDocument).at("2012-01-01");
const decision: Decision = rules.decide({ arpu: "320", risk: null });
const queue: OutputValue | undefined = decision.outputs?.["queue"];
const given: OutputValue | undefined = decision.matches?.[0]?.outputs["hours"];
const explained: RulesExplanation = rules.explain({ arpu: 320n });
const change: SmallestChange | null | undefined = explained.rules[0]?.smallestChange;
const wanted: OutputValue | undefined = change?.changes[0]?.value;
const population: Population = rules.population({ ARPU: [1, null] }, { columns: { arpu: "ARPU" }, onError: "null" });
const soleBlocker: number | undefined = population.rules[0]?.blockers[0]?.only;
const failing: string | undefined = explained.rules[0]?.onlyFailing?.tested;
const decisions: Decisions = rules.decideColumns({ ARPU: [1, null] }, { columns: { arpu: "ARPU" }, onError: "null" });
const output: OutputCodes | Float64Array | null = decisions.output("queue");
const credit: Float64Array | null = decisions.outputMinor("queue");
const decisionStatus: DecisionStatus | undefined = decisions.statuses[decisions.status[0] ?? 0];
const row: RulesRow = rules.row().set("arpu", 320).set("risk", undefined);
const key: string | undefined = rules.rules[row.first()]?.id;
const statuses: number = DECISION_STATUSES.length;
const scoreStatus: ScoreStatus | undefined = SCORE_STATUSES[scores.status[0] ?? 0];
const missing: number = scores.counts().missing;
const places = (error: DocumentError): (number | undefined)[] => error.problems.map((problem) => problem.line);
const rows = (error: DataError): readonly number[] | undefined => error.masked().problems[0]?.rows;
const isError: boolean = new CpcfitError("", []) instanceof Error;

// @ts-expect-error: a mode that does not exist
const wrongMode: CatalogueDocument["rounding"]["mode"] = "half-up";
// @ts-expect-error: a key that does not exist
const wrongKey: FitPolicyDocument = { ...policy, ranks: "cheapest" };
// @ts-expect-error: a candidate needs a channel
contactPolicy.check({}, { now: new Date() });
// @ts-expect-error: a moment is no number
contactPolicy.checkColumns({}, null, { now: 5 });
// @ts-expect-error: a hit policy that does not exist
const wrongHit: RulesDocument["hit"] = "all";
// @ts-expect-error: a row takes no objects
row.set("arpu", {});
// @ts-expect-error: one record has no invalid status
const wrongDecision: boolean = decision.status === "invalid";
// @ts-expect-error: a direction that does not exist
const wrongDirection: FrameworkDocument["indicators"][string]["direction"] = "up";
// @ts-expect-error: the scores of one object have no invalid status
const wrongScoreStatus: boolean = framework.score({}).status === "invalid";
// @ts-expect-error: a goal needs a target
framework.reach({ rate: 3 });
// @ts-expect-error: a setting that does not exist
framework.ranksUnderWeights({}, { alpha: 1 });
// @ts-expect-error: a difference may be none
const wrongDifference: number = framework.difference({ rate: 3 }, { rate: 4 }).data;
// @ts-expect-error: an object is no value
catalog.quote({ voice: {} });
// @ts-expect-error: a handle is not made by its users
new Catalog();
// @ts-expect-error: mixed values are no column
catalog.billColumns({ voice: [1, "2"] });
// @ts-expect-error: not a status
const wrongStatus: Status = "targets";

export { isError, places, plan, reasons, rows, status, sums, total, wrongKey, wrongMode, wrongStatus };
export {
  alpha,
  goal,
  lift,
  likely,
  median,
  missing,
  pair,
  ranks,
  score,
  scoreStatus,
  weakest,
  wrongDifference,
  wrongDirection,
  wrongScoreStatus,
};
export {
  credit,
  decisionStatus,
  failing,
  given,
  key,
  output,
  queue,
  soleBlocker,
  statuses,
  wanted,
  wrongDecision,
  wrongHit,
};
export { blocked, findingStatus, firstReason, nextAllowed };
