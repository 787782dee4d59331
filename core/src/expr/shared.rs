//! Conditions that are evaluated together over columns: equal parts of them are one node, computed once a block.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::condition::{Among, Condition, Slots, Test, Tree};
use super::schema::FieldSet;
use super::syntax::Relation;

/// The number of a node.
pub(crate) type NodeId = usize;

/// A condition or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Constant(bool),
    Atom(usize),
    All(Box<[NodeId]>),
    Any(Box<[NodeId]>),
    Not(NodeId),
}

/// Conditions as one graph. Negations of tests stand outside of the tests, so that `a > 5` and `a <= 5` share one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub(super) nodes: Vec<Node>,
    /// Each is one test.
    pub(super) atoms: Vec<Condition>,
    /// How often a node is part of others, or a condition by itself.
    uses: Vec<usize>,
    known: HashMap<Node, NodeId>,
    known_atoms: HashMap<u64, Vec<usize>>,
}

impl Shared {
    /// Adds a condition over these fields, which must be the same for all.
    pub(crate) fn add(&mut self, condition: &Condition, fields: &FieldSet) -> NodeId {
        let node = self.tree(&condition.root, fields);
        self.used(node)
    }

    /// How many nodes there are, shared ones once.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds the condition that always or never holds.
    pub(crate) fn add_constant(&mut self, outcome: bool) -> NodeId {
        self.node(Node::Constant(outcome))
    }

    /// What the condition is for every row, if that is known.
    pub(crate) fn constant(&self, node: NodeId) -> Option<bool> {
        match self.nodes.get(node) {
            Some(Node::Constant(outcome)) => Some(*outcome),
            _ => None,
        }
    }

    /// Whether it pays to keep what was computed of a node.
    pub(super) fn is_shared(&self, node: NodeId) -> bool {
        self.uses.get(node).is_some_and(|uses| *uses > 1)
    }

    fn used(&mut self, node: NodeId) -> NodeId {
        self.uses.get_mut(node).into_iter().for_each(|uses| *uses += 1);
        node
    }

    fn tree(&mut self, tree: &Tree, fields: &FieldSet) -> NodeId {
        match tree {
            Tree::All(trees) => self.combined(true, trees, fields),
            Tree::Any(trees) => self.combined(false, trees, fields),
            Tree::Not(tree) => {
                let node = self.tree(tree, fields);
                self.not(node)
            }
            Tree::Missing { slot, expected } => {
                let may_be = fields.at(*slot).is_none_or(|field| field.may_be_missing() || field.is_usage());
                if may_be {
                    let node = self.atom(Tree::Missing { slot: *slot, expected: true });
                    if *expected { node } else { self.not(node) }
                } else {
                    self.node(Node::Constant(!expected))
                }
            }
            _ => {
                let (tree, negated) = positive(tree);
                let node = self.atom(tree);
                if negated { self.not(node) } else { node }
            }
        }
    }

    /// A conjunction, or else a disjunction; `neutral` is what it is without parts.
    fn combined(&mut self, neutral: bool, trees: &[Tree], fields: &FieldSet) -> NodeId {
        let mut parts: Vec<NodeId> = Vec::new();
        for tree in trees {
            let node = self.tree(tree, fields);
            let inner: Vec<NodeId> = match self.nodes.get(node) {
                Some(Node::Constant(outcome)) if *outcome == neutral => continue,
                Some(Node::Constant(outcome)) => return self.add_constant(*outcome),
                Some(Node::All(inner)) if neutral => inner.to_vec(),
                Some(Node::Any(inner)) if !neutral => inner.to_vec(),
                _ => vec![node],
            };
            for part in inner {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        match parts.as_slice() {
            [] => self.add_constant(neutral),
            [only] => *only,
            _ if neutral => self.node(Node::All(parts.into())),
            _ => self.node(Node::Any(parts.into())),
        }
    }

    fn not(&mut self, node: NodeId) -> NodeId {
        match self.nodes.get(node) {
            Some(Node::Constant(outcome)) => self.add_constant(!*outcome),
            Some(Node::Not(inner)) => *inner,
            _ => self.node(Node::Not(node)),
        }
    }

    fn atom(&mut self, tree: Tree) -> NodeId {
        let hash = hash(&tree);
        let known = self.known_atoms.entry(hash).or_default();
        let same = |index: &&usize| self.atoms.get(**index).is_some_and(|atom| atom.root == tree);
        if let Some(index) = known.iter().find(same).copied() {
            return self.node(Node::Atom(index));
        }
        let index = self.atoms.len();
        known.push(index);
        self.atoms.push(Condition { root: tree, slots: Slots::default(), unknown_by: None });
        self.node(Node::Atom(index))
    }

    fn node(&mut self, node: Node) -> NodeId {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        match &node {
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    self.used(*part);
                }
            }
            Node::Not(inner) => {
                self.used(*inner);
            }
            Node::Constant(_) | Node::Atom(_) => {}
        }
        let id = self.nodes.len();
        self.nodes.push(node.clone());
        self.uses.push(0);
        self.known.insert(node, id);
        id
    }
}

/// The test without negation, and whether it was negated: in three-valued logic both are the same.
fn positive(tree: &Tree) -> (Tree, bool) {
    match tree {
        Tree::Number { slot, test } => {
            let (test, negated) = positive_test(test);
            (Tree::Number { slot: *slot, test }, negated)
        }
        Tree::Integer { slot, test } => {
            let (test, negated) = positive_test(test);
            (Tree::Integer { slot: *slot, test }, negated)
        }
        // Each atom is a condition of its own, so that its text test is the first.
        Tree::Text { slot, test, .. } => {
            (Tree::Text { slot: *slot, index: 0, test: test.positive() }, test.negated())
        }
        Tree::Pattern { slot, pattern, .. } => {
            (Tree::Pattern { slot: *slot, index: 0, pattern: pattern.clone() }, false)
        }
        Tree::Boolean { slot, expected } => (Tree::Boolean { slot: *slot, expected: true }, !expected),
        Tree::Fields { left, relation, right } => {
            let (relation, negated) = relation.positive();
            (Tree::Fields { left: *left, relation, right: *right }, negated)
        }
        other => (other.clone(), false),
    }
}

fn positive_test<T: Copy + PartialOrd>(test: &Test<T>) -> (Test<T>, bool) {
    match test {
        Test::Compare(relation, operand) => {
            let (relation, negated) = relation.positive();
            (Test::Compare(relation, *operand), negated)
        }
        Test::Among(among) => (Test::Among(among.positive()), among.negated()),
    }
}

impl<T: PartialOrd + Clone> Among<T> {
    fn positive(&self) -> Self {
        Self::new(self.values().to_vec(), false)
    }
}

impl Relation {
    fn positive(self) -> (Self, bool) {
        match self {
            Relation::Ne => (Relation::Eq, true),
            Relation::Gt => (Relation::Le, true),
            Relation::Ge => (Relation::Lt, true),
            positive => (positive, false),
        }
    }
}

/// Equal tests have equal hashes; zeros of both signs may not, and are then computed twice.
fn hash(tree: &Tree) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(tree).hash(&mut hasher);
    match tree {
        Tree::Number { slot, test } => {
            slot.hash(&mut hasher);
            match test {
                Test::Compare(relation, operand) => {
                    (std::mem::discriminant(relation), operand.to_bits()).hash(&mut hasher);
                }
                Test::Among(among) => {
                    among.values().iter().for_each(|value| value.to_bits().hash(&mut hasher));
                }
            }
        }
        Tree::Integer { slot, test } => {
            slot.hash(&mut hasher);
            match test {
                Test::Compare(relation, operand) => {
                    (std::mem::discriminant(relation), operand).hash(&mut hasher);
                }
                Test::Among(among) => among.values().hash(&mut hasher),
            }
        }
        Tree::Text { slot, test, .. } => (slot, test.values()).hash(&mut hasher),
        _ => {}
    }
    hasher.finish()
}
