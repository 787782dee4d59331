//! The reference evaluator: one record.

use crate::column::{Record, Scalar};
use crate::document::{Word, Words};
use crate::error::Result;
use crate::expr::Value;

use super::collect::collected;
use super::hit::{Collect, Hit};
use super::output::Output;
use super::set::{Rule, RuleSet};

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecisionStatus {
    /// A rule matches, or several that the hit policy allows.
    Matched,
    /// No rule matches: the outputs are the defaults.
    None,
    /// Several rules match, and the hit policy is [`Hit::Unique`].
    Overlap,
    /// Rules with different outputs match, and the hit policy is [`Hit::Any`].
    Conflict,
    /// The row has a data error; in columns only.
    Invalid,
}

impl Words for DecisionStatus {
    const WORDS: &'static [Word] = &[
        Word { word: "matched", about: "a rule matches, or several that the hit policy allows" },
        Word { word: "none", about: "no rule matches: the outputs are the defaults" },
        Word { word: "overlap", about: "several rules match, and the hit policy is `unique`" },
        Word { word: "conflict", about: "rules with different outputs match, and the hit policy is `any`" },
        Word { word: "invalid", about: "the row has a data error" },
    ];
    const VALUES: &'static [Self] =
        &[Self::Matched, Self::None, Self::Overlap, Self::Conflict, Self::Invalid];
}

impl DecisionStatus {
    /// The word for the status, the same in every language.
    pub fn id(self) -> &'static str {
        self.declared().word
    }

    /// The number in columns.
    pub fn code(self) -> u8 {
        match self {
            Self::Matched => 0,
            Self::None => 1,
            Self::Overlap => 2,
            Self::Conflict => 3,
            Self::Invalid => 4,
        }
    }

    /// The words in the order of their codes.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        Self::words()
    }
}

/// The decision on one record.
#[derive(Clone, Debug)]
pub struct Decision<'r> {
    set: &'r RuleSet,
    status: DecisionStatus,
    matched: Matched<'r>,
    /// By output, where they are put together.
    collected: Vec<Scalar>,
}

#[derive(Clone, Debug)]
enum Matched<'r> {
    None,
    One(&'r Rule),
    Many(Vec<&'r Rule>),
}

impl<'r> Decision<'r> {
    /// What became of the record.
    pub fn status(&self) -> DecisionStatus {
        self.status
    }

    /// The rule that decides; `None` where none or several do.
    pub fn rule(&self) -> Option<&'r Rule> {
        let decides = self.status == DecisionStatus::Matched && self.set.hit().is_single();
        if decides { self.rules().first().copied() } else { None }
    }

    /// The rules that match, in the order of the hit policy: with `first` and `priority` the one that decides, else all.
    pub fn rules(&self) -> &[&'r Rule] {
        match &self.matched {
            Matched::None => &[],
            Matched::One(rule) => std::slice::from_ref(rule),
            Matched::Many(rules) => rules,
        }
    }

    /// The value of an output. `None` where there is no such output, and where nothing is decided: with `overlap` and
    /// `conflict`, and where several rules that match stay a list.
    pub fn output(&self, id: &str) -> Option<&Scalar> {
        self.values()?.get(self.set.output_position(id)?)
    }

    /// Every output with its value; without any where [`Decision::output`] gives none.
    pub fn outputs(&self) -> impl Iterator<Item = (&'r Output, &Scalar)> {
        self.set.outputs().iter().zip(self.values().unwrap_or_default())
    }

    /// What a rule gives, output by output, defaults filled in.
    pub fn outputs_of(&self, rule: &'r Rule) -> impl Iterator<Item = (&'r Output, &'r Scalar)> {
        self.set.outputs_of(rule)
    }

    pub(super) fn set(&self) -> &'r RuleSet {
        self.set
    }

    fn values(&self) -> Option<&[Scalar]> {
        match self.status {
            DecisionStatus::None => Some(&self.set.0.defaults),
            DecisionStatus::Matched if self.set.hit().is_single() => {
                self.rules().first().map(|rule| &*rule.scalars)
            }
            DecisionStatus::Matched if self.set.puts_together() => Some(&self.collected),
            _ => None,
        }
    }
}

impl Rule {
    /// Whether the rule matches.
    #[inline]
    pub(super) fn matches(&self, values: &[Value<'_>]) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.evaluate(values).unwrap_or(self.unknown))
    }
}

impl RuleSet {
    /// The decision on one record.
    ///
    /// # Errors
    /// Everything that is wrong with the record; `rules.date_required`.
    pub fn decide(&self, record: &Record) -> Result<Decision<'_>> {
        self.require_date()?;
        let values = self.0.fields.bind_record(&self.0.plan.used, record)?;
        Ok(self.decide_values(&values))
    }

    /// Whether the outputs of several rules become one value each.
    pub fn puts_together(&self) -> bool {
        let outputs = self.outputs();
        let of_rules = outputs.is_empty() && self.0.collect != Collect::List;
        self.hit() == Hit::Collect && (of_rules || outputs.iter().any(|output| output.collect().is_some()))
    }

    /// The first rule that matches, in the order in which they are tried.
    #[inline]
    pub(super) fn first_of(&self, values: &[Value<'_>]) -> Option<usize> {
        self.0.plan.candidates(values).find(|position| self.matches(*position, values))
    }

    #[inline]
    fn matches(&self, position: usize, values: &[Value<'_>]) -> bool {
        self.rules().get(position).is_some_and(|rule| rule.matches(values))
    }

    pub(super) fn decide_values(&self, values: &[Value<'_>]) -> Decision<'_> {
        self.decide_among(self.0.plan.candidates(values), values)
    }

    /// The decision by the rules at these positions alone, in the order in which they are tried.
    pub(super) fn decide_in(&self, order: &[usize], values: &[Value<'_>]) -> Decision<'_> {
        self.decide_among(order.iter().copied(), values)
    }

    #[inline]
    fn decide_among(&self, order: impl Iterator<Item = usize>, values: &[Value<'_>]) -> Decision<'_> {
        let (status, matched) = self.matched(order, values);
        let mut decision = Decision { set: self, status, matched, collected: Vec::new() };
        if status == DecisionStatus::Matched && self.puts_together() {
            decision.collected = self.put_together(decision.rules());
        }
        decision
    }

    #[inline]
    fn matched(
        &self,
        order: impl Iterator<Item = usize>,
        values: &[Value<'_>],
    ) -> (DecisionStatus, Matched<'_>) {
        let rule = |position: &usize| self.rules().get(*position);
        let mut matching = order.filter(|position| self.matches(*position, values));
        let Some((first, decides)) = matching.next().and_then(|first| Some((first, rule(&first)?))) else {
            return (DecisionStatus::None, Matched::None);
        };
        if self.hit().stops() {
            return (DecisionStatus::Matched, Matched::One(decides));
        }
        let all: Vec<usize> = std::iter::once(first).chain(matching).collect();
        let class = |position: usize| self.0.plan.classes.get(position);
        let status = match self.hit() {
            Hit::Unique if all.len() > 1 => DecisionStatus::Overlap,
            Hit::Any if all.iter().any(|other| class(*other) != class(first)) => DecisionStatus::Conflict,
            _ => DecisionStatus::Matched,
        };
        (status, Matched::Many(all.iter().filter_map(rule).collect()))
    }

    fn put_together(&self, rules: &[&Rule]) -> Vec<Scalar> {
        let output = |index: usize| {
            let values = rules.iter().filter_map(|rule| rule.values.get(index));
            let collect = self.outputs().get(index).and_then(Output::collect).unwrap_or_default();
            collected(collect, values).scalar(self.currency())
        };
        (0..self.outputs().len()).map(output).collect()
    }
}
