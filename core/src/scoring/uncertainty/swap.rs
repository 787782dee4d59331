//! How little the weights must change for two objects to score the same.
//!
//! Beyond that point they change places. With weights `w` and differences `d = above - below` of the normalised values, the
//! gap of the scores is `w . d`; the question is the nearest `w` without a gap.

use super::AnalysisError;

/// The weights with which two objects score the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Swap {
    /// Score of the first object minus that of the second under the given weights.
    pub gap: f64,
    /// For each indicator the weight with which the objects score the same when all other weights keep their proportions
    /// and the sum stays 1 (Triantaphyllou & Sanchez 1997, "most critical criterion", with the others rescaled). `None`
    /// where no weight within 0 to 1 does that, or where the other weights are all 0.
    pub single: Vec<Option<f64>>,
    /// The indicator whose weight has to change least of those in `single`, the first among equals.
    pub smallest_single: Option<usize>,
    /// The nearest weights, by Euclidean distance, none of them below 0 and with the sum 1; `None` where one object is above
    /// on every indicator.
    pub nearest: Option<Nearest>,
}

/// The nearest weights without a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// The weights.
    pub weights: Vec<f64>,
    /// Their Euclidean distance from the given weights.
    pub distance: f64,
}

/// Finds the changes of weights (effective, with the sum 1) after which two objects (their normalised values) score the same.
///
/// ```
/// let swap = cpcfit::scoring::uncertainty::swap(&[0.5, 0.5], &[80.0, 50.0], &[60.0, 60.0])?;
/// assert_eq!(swap.gap, 5.0);
/// // 1/3 * 80 + 2/3 * 50 = 60
/// assert!((swap.single[0].unwrap() - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), cpcfit::scoring::uncertainty::AnalysisError>(())
/// ```
///
/// # Errors
/// Lists of different lengths or without anything; weights that are negative or do not add up to 1; values that are not finite.
pub fn swap(weights: &[f64], above: &[f64], below: &[f64]) -> Result<Swap, AnalysisError> {
    super::WeightTree::flat(weights)?;
    for values in [above, below] {
        AnalysisError::check_length("the values of an object", values.len(), weights.len())?;
        for value in values {
            AnalysisError::check(value.is_finite(), "value", *value, "a finite number")?;
        }
    }
    let differences: Vec<f64> = above.iter().zip(below).map(|(above, below)| above - below).collect();
    let gap = dot(weights, above) - dot(weights, below);
    let single = single_changes(weights, &differences);
    let sizes = single.iter().zip(weights).enumerate();
    let sizes = sizes
        .filter_map(|(indicator, (changed, weight))| Some((indicator, (changed.as_ref()? - weight).abs())));
    let smallest = sizes.reduce(|smallest, next| if next.1 < smallest.1 { next } else { smallest });
    let nearest = nearest(weights, &differences);
    Ok(Swap { gap, single, smallest_single: smallest.map(|(indicator, _)| indicator), nearest })
}

/// With `r` the weighted mean of the other differences, `w d + (1 - w) r = 0` gives `w = r / (r - d)`.
fn single_changes(weights: &[f64], differences: &[f64]) -> Vec<Option<f64>> {
    let change = |indicator: usize| {
        let others = || {
            let all = weights.iter().zip(differences).enumerate();
            all.filter(move |(other, _)| *other != indicator).map(|(_, pair)| pair)
        };
        let weight = others().fold(0.0, |sum, (weight, _)| sum + weight);
        let gap = others().fold(0.0, |sum, (weight, difference)| sum + weight * difference);
        let rest = if weight > 0.0 { gap / weight } else { return None };
        let difference = differences.get(indicator)?;
        if rest == 0.0 && *difference == 0.0 {
            // Every weight will do, so the present one does.
            return weights.get(indicator).copied();
        }
        let changed = rest / (rest - difference);
        (0.0..=1.0).contains(&changed).then_some(changed)
    };
    (0..weights.len()).map(change).collect()
}

/// Minimises `|x - w|^2` over `x >= 0`, `sum x = 1`, `x . d = 0`.
///
/// The optimum is `x = max(0, w + shift + slope d)` (Karush-Kuhn-Tucker). For a slope, the shift that makes the sum 1 is the
/// projection on the simplex (Held, Wolfe & Crowder 1974), and the gap that is left grows with the slope. So the slope is
/// bracketed and found by solving for the weights that are above 0 at the last one, or halving where that leaves the bracket.
/// The result is exact up to rounding once these weights are the same twice.
fn nearest(weights: &[f64], differences: &[f64]) -> Option<Nearest> {
    // Differences of any size as numbers up to 1: the answer does not depend on it.
    let largest =
        differences.iter().fold(0.0, |most, value: &f64| if value.abs() > most { value.abs() } else { most });
    if largest == 0.0 {
        return Some(Nearest { weights: weights.to_vec(), distance: 0.0 });
    }
    let scaled: Vec<f64> = differences.iter().map(|difference| difference / largest).collect();
    let lowest = scaled.iter().fold(f64::INFINITY, |low, value| if *value < low { *value } else { low });
    let highest =
        scaled.iter().fold(f64::NEG_INFINITY, |high, value| if *value > high { *value } else { high });
    if lowest > 0.0 || highest < 0.0 {
        return None;
    }
    let weights_there = find_point(weights, &scaled).polished(weights, &scaled);
    let squares =
        weights_there.iter().zip(weights).fold(0.0, |sum, (to, from)| sum + (to - from) * (to - from));
    Some(Nearest { weights: weights_there, distance: squares.sqrt() })
}

fn find_point(weights: &[f64], differences: &[f64]) -> Point {
    /// More than halvings can be needed between any two floats; a handful is usual.
    const MOST_STEPS: usize = 2_200;
    let start = Point::new(weights, differences, 0.0);
    let way = if start.gap > 0.0 { -1.0 } else { 1.0 };
    let (mut near, mut point) = (0.0, Point::new(weights, differences, way));
    while point.gap * start.gap > 0.0 && point.slope.abs() < f64::MAX / 4.0 {
        near = point.slope;
        point = Point::new(weights, differences, 2.0 * point.slope);
    }
    let (mut low, mut high) = if near < point.slope { (near, point.slope) } else { (point.slope, near) };
    point = start;
    for _ in 0..MOST_STEPS {
        if point.gap == 0.0 {
            break;
        }
        if let Some(solved) = point.solve(weights, differences) {
            let solved = Point::new(weights, differences, solved);
            if solved.active == point.active {
                return solved;
            }
            if low < solved.slope && solved.slope < high {
                *(if solved.gap > 0.0 { &mut high } else { &mut low }) = solved.slope;
                point = solved;
                continue;
            }
        }
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        point = Point::new(weights, differences, middle);
        *(if point.gap > 0.0 { &mut high } else { &mut low }) = middle;
    }
    point
}

/// What the weights for one slope are like.
struct Point {
    slope: f64,
    /// Which are above 0.
    active: Vec<bool>,
    gap: f64,
}

impl Point {
    fn new(weights: &[f64], differences: &[f64], slope: f64) -> Self {
        let moved: Vec<f64> =
            weights.iter().zip(differences).map(|(weight, difference)| weight + slope * difference).collect();
        let shift = simplex_shift(&moved);
        let weights: Vec<f64> = moved
            .iter()
            .map(|moved| moved + shift)
            .map(|weight| if weight > 0.0 { weight } else { 0.0 })
            .collect();
        let active = weights.iter().map(|weight| *weight > 0.0).collect();
        let gap = dot(&weights, differences);
        Self { slope, active, gap }
    }

    /// The slope that closes the gap as long as the same weights stay above 0.
    fn solve(&self, weights: &[f64], differences: &[f64]) -> Option<f64> {
        let Active { missing, mean, gap, spread, .. } = self.active(weights, differences);
        Some(-(gap + missing * mean) / spread).filter(|slope| slope.is_finite())
    }

    /// The weights once more with differences from their mean, which loses fewer digits where the slope is steep.
    fn polished(self, weights: &[f64], differences: &[f64]) -> Vec<f64> {
        let Active { count, missing, mean, .. } = self.active(weights, differences);
        let all = weights.iter().zip(differences).zip(&self.active);
        let polished = all.map(|((weight, difference), active)| {
            let moved = weight + missing / count + self.slope * (difference - mean);
            if *active && moved > 0.0 { moved } else { 0.0 }
        });
        polished.collect()
    }

    fn active(&self, weights: &[f64], differences: &[f64]) -> Active {
        let active = || {
            let all = weights.iter().zip(differences).zip(&self.active);
            all.filter(|(_, active)| **active).map(|((weight, difference), _)| (*weight, *difference))
        };
        let count = active().fold(0.0, |count, _| count + 1.0);
        let mean = active().fold(0.0, |sum, (_, difference)| sum + difference) / count;
        Active {
            count,
            mean,
            spread: active()
                .fold(0.0, |sum, (_, difference)| sum + (difference - mean) * (difference - mean)),
            missing: 1.0 - active().fold(0.0, |sum, (weight, _)| sum + weight),
            gap: active().fold(0.0, |sum, (weight, difference)| sum + weight * difference),
        }
    }
}

/// Of the weights above 0: how many, what they lack to the sum 1, their differences' mean and spread, their gap.
struct Active {
    count: f64,
    missing: f64,
    mean: f64,
    spread: f64,
    gap: f64,
}

/// What must be added to all values so that those above 0 add up to 1.
fn simplex_shift(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|left, right| right.total_cmp(left));
    let (mut sum, mut count, mut shift) = (0.0, 0.0, 0.0);
    for value in sorted {
        sum += value;
        count += 1.0;
        let next = (1.0 - sum) / count;
        if value + next <= 0.0 {
            break;
        }
        shift = next;
    }
    shift
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).fold(0.0, |sum, (left, right)| sum + left * right)
}
