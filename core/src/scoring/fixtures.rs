//! What the tests of weights and statistics share: published vectors, matrices and laws.

use std::fs;

use proptest::prelude::*;

use super::matrix::Matrix;
use super::weights::Weights;
use crate::document::{Document, Node, Value};

/// An entry of `tests/vectors/scoring.json`.
pub(super) struct Vector(Node);

pub(super) fn vector(name: &str) -> Vector {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/scoring.json");
    let document = Document::parse(&fs::read_to_string(path).unwrap()).unwrap();
    Vector(document.root().get(name).unwrap().clone())
}

impl Vector {
    pub(super) fn number(&self, key: &str) -> f64 {
        number(self.0.get(key).unwrap())
    }

    pub(super) fn numbers(&self, key: &str) -> Vec<f64> {
        list(self.0.get(key).unwrap()).iter().map(number).collect()
    }

    pub(super) fn rows(&self, key: &str) -> Vec<Vec<f64>> {
        list(self.0.get(key).unwrap()).iter().map(|row| list(row).iter().map(number).collect()).collect()
    }

    pub(super) fn matrix(&self, key: &str) -> Matrix {
        let rows = self.rows(key);
        let column = |index: usize| rows.iter().map(|row| row[index]).collect::<Vec<f64>>();
        let values: Vec<_> = (0..rows[0].len()).map(column).collect();
        Matrix::new(rows.len(), values.len(), values.concat()).unwrap()
    }
}

fn number(node: &Node) -> f64 {
    match &node.value {
        Value::Number(number) => number.token().parse().unwrap(),
        other => panic!("{other:?} is no number"),
    }
}

fn list(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        other => panic!("{other:?} is no list"),
    }
}

pub(super) fn columns(columns: &[&[f64]]) -> Matrix {
    Matrix::from_columns(columns).unwrap()
}

pub(super) fn close(found: &[f64], expected: &[f64], within: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= within)
}

pub(super) fn are_weights(weights: &Weights) -> bool {
    let sum: f64 = weights.values().iter().sum();
    weights.values().iter().all(|weight| *weight >= 0.0) && (sum - 1.0).abs() < 1e-12
}

/// Two to six columns and eight to forty rows of numbers from `min` to 10, whole ones and zeros among them.
pub(super) fn data(min: f64) -> impl Strategy<Value = Matrix> {
    (2_usize..=6, 8_usize..=40).prop_flat_map(move |(columns, rows)| {
        let cell = prop_oneof![3 => min..10.0, 1 => (min..10.0).prop_map(f64::trunc)];
        prop::collection::vec(cell, columns * rows)
            .prop_map(move |values| Matrix::new(rows, columns, values).unwrap())
    })
}

/// A matrix with another order of its columns.
pub(super) fn permuted(data: impl Strategy<Value = Matrix>) -> impl Strategy<Value = (Matrix, Vec<usize>)> {
    data.prop_flat_map(|matrix| {
        let order = Just((0..matrix.columns()).collect::<Vec<_>>()).prop_shuffle();
        (Just(matrix), order)
    })
}
