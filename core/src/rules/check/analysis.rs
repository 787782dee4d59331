//! The analysis of a rule set, one question after the other, each with its own share of the budget.

use std::collections::BTreeMap;

use crate::column::Scalar;
use crate::error::Result;
use crate::expr::{Cuboid, Region, Space, Steps, Want};
use crate::rules::hit::Hit;
use crate::rules::set::{Rule, RuleSet};

use super::finding::{Check, Finding, FindingKind};
use super::neighbours::neighbours;

/// Steps for each question; a second or so altogether.
const BUDGET: u64 = 4_000_000;
/// Findings of one kind that are told one by one.
const MOST: usize = 100;
/// Gaps that are looked for.
const MOST_GAPS: usize = 20;
/// Characters of a condition in a message; `when` has the whole.
const LONG: usize = 400;
/// Rules that a message names.
const NAMED: usize = 5;

impl RuleSet {
    /// What is wrong with the rules in effect as a whole: rules that never match, duplicates, a catch-all above others, rules
    /// that those before them mask (`first`, `priority`), overlaps (`unique`), conflicts (`any`), and gaps (policies by which
    /// one rule decides).
    ///
    /// Tests of fields against values are analysed exactly. What a condition computes, and how two fields compare, counts as
    /// independent of all else: a rule said to be masked or never to match surely is, while an overlap or a gap that rests on
    /// it is only possible ([`Finding::is_certain`]). Arithmetic that overflows is left out.
    ///
    /// # Errors
    /// `rules.date_required`.
    pub fn check(&self) -> Result<Check> {
        self.check_within(BUDGET)
    }

    /// As [`RuleSet::check`], with so many steps for each question; a step takes some 100 nanoseconds. What is left out then
    /// is said in [`Check::incomplete`].
    ///
    /// # Errors
    /// `rules.date_required`.
    pub fn check_within(&self, steps: u64) -> Result<Check> {
        self.require_date()?;
        let mut analysis = Analysis::new(self, steps);
        analysis.never_matching();
        analysis.meeting();
        analysis.gaps();
        let mut findings = analysis.findings;
        findings.sort_by_key(|finding| finding.kind);
        let title = format!("{} {}, {}", self.id(), self.version(), self.hit().id());
        Ok(Check { title, rules: self.rules().len(), findings, incomplete: analysis.incomplete })
    }
}

struct Analysis<'r> {
    set: &'r RuleSet,
    space: Space,
    /// Positions of rules in the order in which they are tried.
    order: &'r [usize],
    /// What each matches, in that order; of a rule that is left out nothing.
    regions: Vec<Region>,
    /// Whether a rule is left out.
    left_out: Vec<bool>,
    budget: u64,
    findings: Vec<Finding>,
    incomplete: Vec<String>,
}

impl<'r> Analysis<'r> {
    fn new(set: &'r RuleSet, budget: u64) -> Self {
        let conditions = set.rules().iter().filter_map(|rule| rule.condition.as_ref());
        let space = Space::over(&set.0.fields, conditions);
        let order = &set.0.plan.order;
        let mut steps = Steps(budget);
        let (mut regions, mut left_out) = (Vec::new(), Vec::new());
        for rule in order.iter().filter_map(|position| set.rules().get(*position)) {
            let want = if rule.unknown { Want::NotFalse } else { Want::True };
            let region = match &rule.condition {
                None => Some(vec![Cuboid::default()]),
                Some(condition) => space.region(condition, want, &mut steps),
            };
            left_out.push(region.is_none());
            regions.push(region.unwrap_or_default());
        }
        let mut analysis = Self {
            set,
            space,
            order,
            regions,
            left_out,
            budget,
            findings: Vec::new(),
            incomplete: Vec::new(),
        };
        let left_out: Vec<usize> = (0..analysis.order.len()).filter(|at| analysis.is_left_out(*at)).collect();
        if !left_out.is_empty() {
            let what = format!("conditions too large to analyse: {}", analysis.names(&left_out));
            analysis.incomplete.push(what);
        }
        analysis
    }

    fn is_left_out(&self, at: usize) -> bool {
        self.left_out.get(at).is_some_and(|left_out| *left_out)
    }

    fn region(&self, at: usize) -> &[Cuboid] {
        self.regions.get(at).map_or(&[], Vec::as_slice)
    }

    fn rule(&self, at: usize) -> Option<&'r Rule> {
        self.order.get(at).and_then(|position| self.set.rules().get(*position))
    }

    fn name(&self, at: usize) -> String {
        self.rule(at).map(|rule| format!("`{}`", rule.id())).unwrap_or_default()
    }

    fn names(&self, rules: &[usize]) -> String {
        let named: Vec<String> = rules.iter().take(NAMED).map(|at| self.name(*at)).collect();
        match rules.len().saturating_sub(NAMED) {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }

    /// `rules` by their places in the order.
    fn add(&mut self, kind: FindingKind, rules: &[usize], message: String, part: Option<&Cuboid>) {
        let same = self.findings.iter().filter(|finding| finding.kind == kind).count();
        if same >= MOST {
            let more = format!("more than {MOST} findings of kind {}", kind.id());
            if !self.incomplete.contains(&more) {
                self.incomplete.push(more);
            }
            return;
        }
        let fields = &self.set.0.fields;
        let named = |(slot, value)| Some((fields.at(slot)?.id().into(), value));
        let example = part.and_then(|part| self.space.example(part, fields));
        let example = example.map(|values| self.complete(values));
        self.findings.push(Finding {
            kind,
            rules: rules.iter().filter_map(|at| self.order.get(*at)).copied().collect(),
            message,
            when: part.map(|part| self.space.text(part, fields)),
            certain: part.is_none_or(|part| self.space.is_certain(part)),
            example: example.map(|values| values.into_iter().filter_map(named).collect()),
        });
    }

    /// With a value for every field that requires one.
    fn complete(&self, mut values: Vec<(usize, Scalar)>) -> Vec<(usize, Scalar)> {
        for slot in self.set.0.plan.required.iter().copied() {
            if values.iter().all(|(known, _)| *known != slot) {
                values.extend(self.set.0.fields.any_value(slot).map(|value| (slot, value)));
            }
        }
        values.sort_by_key(|(slot, _)| *slot);
        values
    }

    /// A condition in a message.
    fn told(&self, part: &Cuboid) -> String {
        let text = self.space.text(part, &self.set.0.fields);
        match text.char_indices().nth(LONG) {
            Some((end, _)) => format!("{} ...", text.get(..end).unwrap_or_default()),
            None => text,
        }
    }

    fn spent(&mut self, question: &str) {
        self.incomplete.push(format!("{question}: {} steps were not enough", self.budget));
    }

    fn never_matching(&mut self) {
        for at in 0..self.regions.len() {
            if self.region(at).is_empty() && !self.is_left_out(at) {
                let message = format!("{} never matches: its condition contradicts itself", self.name(at));
                self.add(FindingKind::NeverMatches, &[at], message, None);
            }
        }
    }

    /// What follows from rules that match the same records.
    fn meeting(&mut self) {
        let mut same = self.duplicates();
        let stops = self.set.hit().stops();
        if stops {
            self.catch_all(&mut same);
        }
        if !stops && !matches!(self.set.hit(), Hit::Unique | Hit::Any) {
            return;
        }
        let Some(neighbours) = neighbours(&self.space, &self.regions, &mut Steps(self.budget)) else {
            return self.spent(if stops { "masked rules" } else { "overlaps" });
        };
        if stops {
            self.masked(&neighbours, &same);
        } else {
            self.overlaps(&neighbours, &same);
        }
    }

    /// Rules by the first with the same region.
    fn duplicates(&mut self) -> BTreeMap<usize, usize> {
        let mut first: BTreeMap<Region, Vec<usize>> = BTreeMap::new();
        for at in 0..self.regions.len() {
            let mut region = self.region(at).to_vec();
            region.sort_unstable();
            if !region.is_empty() {
                first.entry(region).or_default().push(at);
            }
        }
        let several = !self.set.hit().is_single();
        let mut same = BTreeMap::new();
        let mut groups: Vec<Vec<usize>> = first.into_values().filter(|group| group.len() > 1).collect();
        groups.sort_unstable();
        for group in groups {
            let [first, rest @ ..] = group.as_slice() else { continue };
            // Where all that match count, two may give different things in the same case.
            let alike = |at: &usize| self.outputs_alike(*first, *at);
            let rest: Vec<usize> = match self.set.hit() {
                Hit::Any => rest.iter().copied().filter(alike).collect(),
                _ if several => rest.iter().copied().filter(alike).collect(),
                _ => rest.to_vec(),
            };
            if rest.is_empty() {
                continue;
            }
            let message = format!("{} and {} match the same records", self.name(*first), self.names(&rest));
            let rules: Vec<usize> = std::iter::once(*first).chain(rest.iter().copied()).collect();
            same.extend(rest.iter().map(|at| (*at, *first)));
            self.add(FindingKind::Duplicate, &rules, message, None);
        }
        same
    }

    fn outputs_alike(&self, one: usize, other: usize) -> bool {
        self.rule(one).zip(self.rule(other)).is_some_and(|(one, other)| one.values == other.values)
    }

    /// Tells of the first rule that matches everything, and leaves those after it out of what is said of masked ones.
    fn catch_all(&mut self, same: &mut BTreeMap<usize, usize>) {
        let everything = Cuboid::default();
        let mut steps = Steps(self.budget);
        let is_all = |at: &usize| {
            let mut rest = Vec::new();
            let parts: Vec<&Cuboid> = self.region(*at).iter().collect();
            let told = self.space.uncovered(&everything, &parts, 1, &mut rest, &mut steps);
            told.is_some() && rest.is_empty() && !parts.is_empty()
        };
        let Some(all) = (0..self.regions.len()).find(is_all) else { return };
        let after: Vec<usize> = (all.saturating_add(1)..self.regions.len()).collect();
        if after.is_empty() {
            return;
        }
        let what = if after.len() == 1 { "the rule after it is" } else { "the rules after it are" };
        let names = self.names(&after);
        let message =
            format!("{} matches every record, so that {what} never reached: {names}", self.name(all));
        let rules: Vec<usize> = std::iter::once(all).chain(after.iter().copied()).collect();
        self.add(FindingKind::CatchAll, &rules, message, None);
        same.extend(after.into_iter().map(|at| (at, all)));
    }

    fn masked(&mut self, neighbours: &[Vec<usize>], same: &BTreeMap<usize, usize>) {
        let mut steps = Steps(self.budget);
        for (at, before) in neighbours.iter().enumerate() {
            if same.contains_key(&at) || before.is_empty() || self.region(at).is_empty() {
                continue;
            }
            let parts: Vec<&Cuboid> = before.iter().flat_map(|other| self.region(*other)).collect();
            let mut rest = Vec::new();
            let told = self
                .region(at)
                .iter()
                .try_for_each(|piece| self.space.uncovered(piece, &parts, 1, &mut rest, &mut steps));
            match told {
                None => return self.spent("masked rules"),
                Some(()) if rest.is_empty() => self.tell_masked(at, before),
                Some(()) => {}
            }
        }
    }

    fn tell_masked(&mut self, at: usize, before: &[usize]) {
        let alone = before.iter().find(|other| {
            let parts = self.region(**other);
            self.region(at).iter().all(|piece| parts.iter().any(|part| piece.is_within(part)))
        });
        let by: Vec<usize> = alone.map_or_else(|| before.to_vec(), |alone| vec![*alone]);
        let message = format!(
            "{} is never reached: every record it matches is decided by {}",
            self.name(at),
            self.names(&by)
        );
        let rules: Vec<usize> = std::iter::once(at).chain(by).collect();
        self.add(FindingKind::Masked, &rules, message, None);
    }

    fn overlaps(&mut self, neighbours: &[Vec<usize>], same: &BTreeMap<usize, usize>) {
        let unique = self.set.hit() == Hit::Unique;
        for (at, before) in neighbours.iter().enumerate() {
            for other in before.iter().copied() {
                let told = same.get(&at) == Some(&other)
                    || (same.contains_key(&at) && same.get(&at) == same.get(&other));
                if told || (!unique && self.outputs_alike(at, other)) {
                    continue;
                }
                let Some(part) = self.meet(at, other) else { continue };
                let may = if self.space.is_certain(&part) { "" } else { "may " };
                let condition = self.told(&part);
                let differ = if unique { "" } else { ", with different outputs" };
                let (one, two) = (self.name(other), self.name(at));
                let message = format!("{one} and {two} {may}both match{differ} where {condition}");
                let kind = if unique { FindingKind::Overlap } else { FindingKind::Conflict };
                self.add(kind, &[other, at], message, Some(&part));
                if self.incomplete.iter().any(|what| what.starts_with("more than")) {
                    return;
                }
            }
        }
    }

    /// Records that both match, sure ones first.
    fn meet(&self, one: usize, other: usize) -> Option<Cuboid> {
        let pairs =
            self.region(one).iter().flat_map(|part| self.region(other).iter().map(move |two| (part, two)));
        let mut both: Vec<Cuboid> = pairs.filter_map(|(one, two)| one.intersection(two)).collect();
        both.sort_by_key(|part| !self.space.is_certain(part));
        both.into_iter().next()
    }

    fn gaps(&mut self) {
        if !self.set.hit().is_single() || self.left_out.iter().any(|left_out| *left_out) {
            return;
        }
        let parts: Vec<&Cuboid> = self.regions.iter().flatten().collect();
        let mut rest = Vec::new();
        let mut steps = Steps(self.budget);
        let told = self.space.uncovered(&Cuboid::default(), &parts, MOST_GAPS, &mut rest, &mut steps);
        drop(parts);
        if told.is_none() {
            self.spent("gaps");
        } else if rest.len() >= MOST_GAPS {
            self.incomplete.push(format!("gaps: there may be more than {MOST_GAPS}"));
        }
        for part in rest {
            let may = if self.space.is_certain(&part) { "no rule matches" } else { "there may be no rule" };
            let condition = self.told(&part);
            self.add(FindingKind::Gap, &[], format!("{may} where {condition}"), Some(&part));
        }
    }
}
