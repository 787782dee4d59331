//! The tree of a framework: children by position, each with one parent, all reachable from the root.

use std::collections::HashMap;

use crate::document::{DictEntry, Id, Located};
use crate::error::{Problem, nearest, scoring as code};

use super::document::{FrameworkDocument, NodeEntry};
use super::model::Child;

/// How many unknown ids get a suggestion.
pub(super) const SUGGESTIONS: usize = 20;

/// How deep a tree may be.
const MAX_DEPTH: usize = 64;

/// The children of every node, and the order of the nodes.
pub(super) struct Tree {
    pub(super) root: usize,
    pub(super) children: Vec<Vec<Child>>,
    /// Every node after its parent.
    pub(super) top_down: Vec<usize>,
}

/// Checks the tree. `None` after a problem was reported.
pub(super) fn tree(document: &FrameworkDocument, problems: &mut Vec<Problem>) -> Option<Tree> {
    let before = problems.len();
    let (indicators, nodes) = (&document.indicators.entries, &document.nodes.entries);
    let mut known: HashMap<&str, Child> =
        HashMap::with_capacity(indicators.len().saturating_add(nodes.len()));
    for (index, entry) in indicators.iter().enumerate() {
        known.insert(&entry.key, Child::Indicator(index));
    }
    for (index, entry) in nodes.iter().enumerate() {
        if let Some(Child::Indicator(_)) = known.insert(&entry.key, Child::Node(index)) {
            let problem = entry.at.problem(code::ID_CLASH, "an indicator has this id too");
            problems.push(
                problem.with_found(format!("`{}`", entry.key)).with_expected("another id for the node"),
            );
        }
    }
    // In the order of the document, which a hash map does not have.
    let names: Vec<&str> =
        indicators.iter().map(|entry| &*entry.key).chain(nodes.iter().map(|entry| &*entry.key)).collect();
    let mut parents = Parents::new(indicators.len(), nodes.len());
    let complete = document.indicators.complete && document.nodes.complete;
    let all_read = nodes.iter().all(|node| node.value.children.is_some());
    let children: Vec<Vec<Child>> = (0..nodes.len())
        .map(|index| children_of(index, nodes, (&known, &names), &mut parents, complete, problems))
        .collect();
    let root = find_root(document, &known, problems);
    if problems.len() > before || !complete || !all_read {
        return None;
    }
    let root = root?;
    let top_down = top_down(root, &children);
    let reached = Reached { document, parents: &parents, top_down: &top_down, root };
    reached.check(problems);
    (problems.len() == before).then_some(Tree { root, children, top_down })
}

struct Parents {
    indicators: Vec<Option<usize>>,
    nodes: Vec<Option<usize>>,
}

impl Parents {
    fn new(indicators: usize, nodes: usize) -> Self {
        Self { indicators: vec![None; indicators], nodes: vec![None; nodes] }
    }

    fn of(&mut self, child: Child) -> Option<&mut Option<usize>> {
        match child {
            Child::Indicator(index) => self.indicators.get_mut(index),
            Child::Node(index) => self.nodes.get_mut(index),
        }
    }
}

fn children_of(
    index: usize,
    nodes: &[DictEntry<NodeEntry>],
    (known, names): (&HashMap<&str, Child>, &[&str]),
    parents: &mut Parents,
    complete: bool,
    problems: &mut Vec<Problem>,
) -> Vec<Child> {
    let Some(written) = nodes.get(index).and_then(|node| node.value.children.as_ref()) else {
        return Vec::new();
    };
    if written.value.is_empty() {
        let problem = written.at.problem(code::NO_CHILDREN, "the node has no children");
        problems.push(problem.with_expected("ids of indicators and nodes"));
    }
    let mut found = Vec::with_capacity(written.value.len());
    for Located { value: id, at } in &written.value {
        let Some(child) = known.get(id.as_str()).copied() else {
            // What could not be read may be what is meant.
            if complete {
                let problem = at.problem(code::UNKNOWN_CHILD, "neither an indicator nor a node has this id");
                let problem = problem.with_found(format!("`{}`", id.as_str()));
                // Looking through many ids for many unknown ones would take too long.
                let few = problems.len() < SUGGESTIONS;
                let near = if few { nearest(id.as_str(), names.iter().copied()) } else { None };
                problems.push(problem.suggest(near));
            }
            continue;
        };
        found.push(child);
        match parents.of(child) {
            Some(parent @ None) => *parent = Some(index),
            Some(Some(parent)) if *parent == index => {
                let problem = at.problem(code::CHILD_TWICE, "the child stands twice in its node");
                problems
                    .push(problem.with_found(format!("`{}`", id.as_str())).with_expected("every child once"));
            }
            Some(Some(parent)) => {
                let problem = at.problem(code::TWO_PARENTS, "the child has another parent already");
                let parent = nodes.get(*parent).map_or("", |node| &node.key);
                let found = format!("`{}`, a child of `{parent}`", id.as_str());
                problems.push(problem.with_found(found).with_expected("one parent"));
            }
            None => {}
        }
    }
    found
}

fn find_root(
    document: &FrameworkDocument,
    known: &HashMap<&str, Child>,
    problems: &mut Vec<Problem>,
) -> Option<usize> {
    let root: &Located<Id> = document.root.as_ref()?;
    if let Some(Child::Node(index)) = known.get(root.value.as_str()) {
        return Some(*index);
    }
    if document.nodes.complete {
        let nodes = document.nodes.entries.iter().map(|entry| &*entry.key);
        let problem = root.at.problem(code::UNKNOWN_ROOT, "no node has this id");
        let problem = problem.with_found(format!("`{}`", root.value.as_str())).with_expected("id of a node");
        problems.push(problem.suggest(nearest(root.value.as_str(), nodes)));
    }
    None
}

fn top_down(root: usize, children: &[Vec<Child>]) -> Vec<usize> {
    let mut order = vec![root];
    let mut seen = vec![false; children.len()];
    seen.get_mut(root).into_iter().for_each(|seen| *seen = true);
    let mut next = 0;
    while let Some(node) = order.get(next).copied() {
        next = next.saturating_add(1);
        for child in children.get(node).into_iter().flatten() {
            if let Child::Node(index) = child
                && let Some(seen @ false) = seen.get_mut(*index)
            {
                *seen = true;
                order.push(*index);
            }
        }
    }
    order
}

/// What the root reaches, and what it does not.
struct Reached<'r> {
    document: &'r FrameworkDocument,
    parents: &'r Parents,
    top_down: &'r [usize],
    root: usize,
}

impl Reached<'_> {
    fn check(&self, problems: &mut Vec<Problem>) {
        let nodes = &self.document.nodes.entries;
        let mut reached = vec![false; nodes.len()];
        for node in self.top_down {
            reached.get_mut(*node).into_iter().for_each(|reached| *reached = true);
        }
        let is_reached = |node: usize| reached.get(node).copied().unwrap_or(false);
        let cyclic = self.cyclic();
        for (index, entry) in nodes.iter().enumerate() {
            let in_circle = cyclic.get(index).copied().unwrap_or(false);
            if in_circle && (index == self.root || !is_reached(index)) {
                let problem = entry.at.problem(code::CYCLE, "the node is among its own descendants");
                problems.push(problem.with_found(format!("`{}`", entry.key)).with_expected("a tree"));
            } else if !is_reached(index) {
                problems.push(unreachable(entry.key.as_ref(), &entry.at));
            }
        }
        for (entry, parent) in self.document.indicators.entries.iter().zip(&self.parents.indicators) {
            // The parents of others are named already.
            if parent.is_none() {
                problems.push(unreachable(entry.key.as_ref(), &entry.at));
            }
        }
        self.check_depth(problems);
    }

    /// The nodes that come back to themselves, going up.
    fn cyclic(&self) -> Vec<bool> {
        let up = |node: usize| self.parents.nodes.get(node).copied().flatten();
        let count = self.parents.nodes.len();
        let mut cyclic = vec![false; count];
        // The walk that came by first.
        let mut walks = vec![None; count];
        for walk in 0..count {
            let mut at = Some(walk);
            while let Some(node) = at
                && let Some(mark @ None) = walks.get_mut(node)
            {
                *mark = Some(walk);
                at = up(node);
            }
            let own = |node: usize| walks.get(node).copied().flatten() == Some(walk);
            // A walk that ends on itself has gone round.
            while let Some(node) = at.filter(|node| own(*node))
                && let Some(mark @ false) = cyclic.get_mut(node)
            {
                *mark = true;
                at = up(node);
            }
        }
        cyclic
    }

    fn check_depth(&self, problems: &mut Vec<Problem>) {
        let mut depths = vec![1_usize; self.parents.nodes.len()];
        for node in self.top_down.iter().skip(1) {
            let parent = self.parents.nodes.get(*node).copied().flatten();
            let depth =
                parent.and_then(|parent| depths.get(parent)).map_or(1, |depth| depth.saturating_add(1));
            depths.get_mut(*node).into_iter().for_each(|own| *own = depth);
            if depth == MAX_DEPTH
                && let Some(entry) = self.document.nodes.entries.get(*node)
            {
                let problem = entry.at.problem(code::TOO_DEEP, "the tree is deeper than the limit");
                problems.push(problem.with_expected(format!("fewer than {MAX_DEPTH} levels of nodes")));
            }
        }
    }
}

fn unreachable(id: &str, at: &crate::document::At) -> Problem {
    let problem = at.problem(code::UNREACHABLE, "the root does not reach this id, so it counts nothing");
    problem.with_found(format!("`{id}`")).with_expected("a place among the `children` of a node, or no entry")
}
