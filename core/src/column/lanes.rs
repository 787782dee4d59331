//! The values of a block compared at once: one bit a row, sixty-four rows a word, the first row in the lowest bit.
//!
//! What a comparison says never depends on the SIMD level; without one it is plain code.

use fearless_simd::{Level, Simd, SimdBase as _, SimdMask as _, dispatch, f64x8, i64x8, mask64x8};

/// The values of a block of so many words.
pub(crate) type Rows<T, const W: usize> = [[T; 64]; W];

/// The comparisons that the others follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    Equal,
}

/// What a block of values is compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Other<'v, T, const W: usize> {
    Same(T),
    Each(&'v Rows<T, W>),
}

/// A value that blocks are compared by.
pub(crate) trait Lane: Copy + PartialOrd {
    fn compare_on<S: Simd, const W: usize>(
        simd: S,
        values: &Rows<Self, W>,
        order: Order,
        other: Other<'_, Self, W>,
    ) -> [u64; W];
}

/// The rows that compare so; of NaN, none.
pub(crate) fn compare<T: Lane, const W: usize>(
    level: Option<Level>,
    values: &Rows<T, W>,
    order: Order,
    other: Other<'_, T, W>,
) -> [u64; W] {
    match level {
        Some(level) => dispatch!(level, simd => simd.vectorize(
            #[inline(always)]
            || T::compare_on(simd, values, order, other)
        )),
        None => compare_plainly(values, order, other),
    }
}

/// The rows with a finite value.
pub(crate) fn finite<const W: usize>(level: Option<Level>, values: &Rows<f64, W>) -> [u64; W] {
    match level {
        Some(level) => dispatch!(level, simd => simd.vectorize(
            #[inline(always)]
            || {
                let infinity = f64x8::splat(simd, f64::INFINITY);
                packed(values, #[inline(always)] |rows, _| {
                    f64x8::load_array_ref(simd, rows).abs().simd_lt(infinity)
                })
            }
        )),
        None => plainly(values, |_, value| value.is_finite()),
    }
}

/// A test of eight rows after the other; it is also given their place among the eights.
#[inline(always)]
fn packed<S: Simd, T, const W: usize>(
    values: &Rows<T, W>,
    test: impl Fn(&[T; 8], usize) -> mask64x8<S>,
) -> [u64; W] {
    let mut words = [0; W];
    for (index, (word, rows)) in words.iter_mut().zip(values).enumerate() {
        for (eight, rows) in rows.as_chunks::<8>().0.iter().enumerate() {
            *word |= test(rows, index * 8 + eight).to_bitmask() << (8 * eight);
        }
    }
    words
}

fn plainly<T: Copy, const W: usize>(values: &Rows<T, W>, test: impl Fn(usize, T) -> bool) -> [u64; W] {
    let mut words = [0; W];
    for (index, (word, rows)) in words.iter_mut().zip(values).enumerate() {
        for (bit, value) in rows.iter().enumerate() {
            *word |= u64::from(test(index * 64 + bit, *value)) << bit;
        }
    }
    words
}

fn compare_plainly<T: Lane, const W: usize>(
    values: &Rows<T, W>,
    order: Order,
    other: Other<'_, T, W>,
) -> [u64; W] {
    let holds = |left: T, right: T| match order {
        Order::Less => left < right,
        Order::AtMost => left <= right,
        Order::Equal => left == right,
    };
    plainly(values, |row, left| match other {
        Other::Same(right) => holds(left, right),
        Other::Each(right) => right.as_flattened().get(row).is_some_and(|right| holds(left, *right)),
    })
}

macro_rules! lane {
    ($type:ty, $vector:ident) => {
        impl Lane for $type {
            #[inline(always)]
            fn compare_on<S: Simd, const W: usize>(
                simd: S,
                values: &Rows<Self, W>,
                order: Order,
                other: Other<'_, Self, W>,
            ) -> [u64; W] {
                // The choices are made outside of the loops.
                macro_rules! loops {
                    ($compare:ident) => {
                        match other {
                            Other::Same(right) => {
                                let right = $vector::splat(simd, right);
                                packed(
                                    values,
                                    #[inline(always)]
                                    |rows, _| $vector::load_array_ref(simd, rows).$compare(right),
                                )
                            }
                            Other::Each(right) => {
                                let right = right.as_flattened().as_chunks::<8>().0;
                                packed(
                                    values,
                                    #[inline(always)]
                                    |rows, eight| {
                                        let right = right.get(eight).unwrap_or(rows);
                                        let right = $vector::load_array_ref(simd, right);
                                        $vector::load_array_ref(simd, rows).$compare(right)
                                    },
                                )
                            }
                        }
                    };
                }
                match order {
                    Order::Less => loops!(simd_lt),
                    Order::AtMost => loops!(simd_le),
                    Order::Equal => loops!(simd_eq),
                }
            }
        }
    };
}

lane!(f64, f64x8);
lane!(i64, i64x8);

#[cfg(test)]
mod tests {
    use super::{Lane, Order, Other, Rows, compare, finite};
    use crate::column::Simd;

    /// As many words as no block has.
    const W: usize = 3;

    fn block<T: Copy>(pool: &[T], step: usize) -> Rows<T, W> {
        let row = |row: usize| pool[(row * step + row / 64) % pool.len()];
        std::array::from_fn(|word| std::array::from_fn(|bit| row(word * 64 + bit)))
    }

    fn check<T: Lane + std::fmt::Debug>(pool: &[T]) {
        let (values, others) = (block(pool, 1), block(pool, 3));
        let bits = |test: &dyn Fn(usize) -> bool| -> [u64; W] {
            std::array::from_fn(|word| {
                (0..64).fold(0, |all, bit| all | u64::from(test(word * 64 + bit)) << bit)
            })
        };
        for simd in Simd::available() {
            let level = simd.level();
            for (order, holds) in [
                (Order::Less, (|a, b| a < b) as fn(T, T) -> bool),
                (Order::AtMost, |a, b| a <= b),
                (Order::Equal, |a, b| a == b),
            ] {
                for value in pool {
                    let expected = bits(&|row| holds(values.as_flattened()[row], *value));
                    assert_eq!(
                        compare(level, &values, order, Other::Same(*value)),
                        expected,
                        "{simd:?} {order:?}"
                    );
                }
                let expected = bits(&|row| holds(values.as_flattened()[row], others.as_flattened()[row]));
                assert_eq!(
                    compare(level, &values, order, Other::Each(&others)),
                    expected,
                    "{simd:?} {order:?}"
                );
            }
        }
    }

    #[test]
    fn every_level_compares_alike() {
        check(&[
            0.0,
            -0.0,
            1.5,
            -1e300,
            5e-324,
            f64::NAN,
            -f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
        ]);
        check(&[0, -1, 1, i64::MIN, i64::MAX, 1 << 32, (1 << 32) - 1, -(1 << 31)]);
    }

    #[test]
    fn every_level_tells_finite_values() {
        let pool = [0.0, f64::NAN, f64::MAX, f64::INFINITY, -f64::NAN, f64::NEG_INFINITY, f64::MIN, 5e-324];
        let values = block(&pool, 1);
        for simd in Simd::available() {
            let found = finite(simd.level(), &values);
            for (row, value) in values.as_flattened().iter().enumerate() {
                assert_eq!(found[row / 64] >> (row % 64) & 1 == 1, value.is_finite(), "{simd:?} {row}");
            }
        }
    }
}
