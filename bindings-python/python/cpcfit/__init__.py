"""Rules and scoring for customer-product-channel fit: exact bills, package fit, conditions as data.

A `Catalog` has the plans of an operator: `quote` and `bill` take one customer, `bill_frame` and `sum_frame` a
data frame. `package_fit` finds the best plan within the control ratios for a whole frame, and says why;
`PackageFit` does it for one customer. A `Framework` of indicators scores one object or a data frame, says
what each indicator brings and must reach, what the data hold, and how sure ranks are. A `RuleSet` decides
on one record or a data frame, and says which tests failed. Documents that cannot be used raise
`DocumentError`, data that cannot be used `DataError`, each with all `problems` at once.

Example:
    >>> import cpcfit as cpc
    >>> catalog = cpc.Catalog.read("plans.yaml")
    >>> catalog.quote(voice=612, data=1390.5).cheapest
    Offer(fx158 179.28 CNY)
    >>> fit = cpc.package_fit(customers, catalog, total_fee_change=("0.6", "1.5"), monthly_fee_change=(1, 2))
    >>> fit.funnel().stages["targets"], fit.explain(0).found.plan
    (16, 'fx48')
    >>> fit.to_frame()["plan"].to_list()[:2]
    ['fx48', 'fx88']
"""

from cpcfit._cpcfit import (
    Audit,
    Bill,
    BillLine,
    Catalog,
    Currency,
    Decision,
    Decisions,
    Difference,
    Explanation,
    FitPolicy,
    Framework,
    FrameworkNode,
    Funnel,
    GivenCharge,
    Goal,
    Indicator,
    IndicatorAudit,
    IndicatorDifference,
    IndicatorScore,
    Match,
    Matches,
    Meter,
    NodeScore,
    Offer,
    PackageFit,
    Plan,
    Quantity,
    Quote,
    Reason,
    RedundantPair,
    Removal,
    Rule,
    RuleOutput,
    RuleSet,
    RulesCheck,
    RulesExplanation,
    RulesFinding,
    RuleTrace,
    Score,
    ScoreExplanation,
    Scores,
    SilentIndicator,
    Statistics,
    Swap,
    Table,
    TestOutcome,
    Uncertainty,
    Verdict,
    __version__,
    package_fit,
    simd_levels,
)
from cpcfit._errors import CpcfitError, DataError, DocumentError, Problem

__all__ = [
    "Audit",
    "Bill",
    "BillLine",
    "Catalog",
    "CpcfitError",
    "Currency",
    "DataError",
    "Decision",
    "Decisions",
    "Difference",
    "DocumentError",
    "Explanation",
    "FitPolicy",
    "Framework",
    "FrameworkNode",
    "Funnel",
    "GivenCharge",
    "Goal",
    "Indicator",
    "IndicatorAudit",
    "IndicatorDifference",
    "IndicatorScore",
    "Match",
    "Matches",
    "Meter",
    "NodeScore",
    "Offer",
    "PackageFit",
    "Plan",
    "Problem",
    "Quantity",
    "Quote",
    "Reason",
    "RedundantPair",
    "Removal",
    "Rule",
    "RuleOutput",
    "RuleSet",
    "RuleTrace",
    "RulesCheck",
    "RulesExplanation",
    "RulesFinding",
    "Score",
    "ScoreExplanation",
    "Scores",
    "SilentIndicator",
    "Statistics",
    "Swap",
    "Table",
    "TestOutcome",
    "Uncertainty",
    "Verdict",
    "__version__",
    "package_fit",
    "simd_levels",
]
