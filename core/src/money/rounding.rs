//! Rounding modes for amounts that are never negative.

/// How a fraction of the rounding step becomes a whole number of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoundingMode {
    /// To the nearest step, half away from zero (commercial rounding).
    HalfUp,
    /// To the nearest step, half to the even one (banker's rounding).
    HalfEven,
    /// To the nearest step, half towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

impl RoundingMode {
    /// `numerator / denominator` rounded to an integer, for `numerator >= 0` and `denominator > 0`.
    pub(crate) fn divide(self, numerator: i128, denominator: i128) -> Option<i128> {
        let (quotient, rest) = divided(numerator, denominator)?;
        // Compares rest with denominator - rest, that is, twice the rest with the denominator, without overflow.
        let other = denominator.checked_sub(rest)?;
        let up = match self {
            Self::HalfUp => rest >= other,
            Self::HalfDown => rest > other,
            Self::HalfEven => rest > other || (rest == other && quotient.checked_rem(2)? == 1),
            Self::Up => rest > 0,
            Self::Down => false,
        };
        quotient.checked_add(i128::from(up))
    }
}

/// Quotient and rest; in 64 bits where both fit, which is many times faster.
fn divided(numerator: i128, denominator: i128) -> Option<(i128, i128)> {
    if let (Ok(numerator), Ok(denominator)) = (u64::try_from(numerator), u64::try_from(denominator)) {
        let quotient = numerator.checked_div(denominator)?;
        return Some((quotient.into(), numerator.checked_rem(denominator)?.into()));
    }
    Some((numerator.checked_div(denominator)?, numerator.checked_rem(denominator)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_on_every_quarter() {
        use RoundingMode::{Down, HalfDown, HalfEven, HalfUp, Up};
        // 0, 1/4, 1/2, 3/4, 1, 5/4, 3/2, 7/4
        for (mode, expected) in [
            (HalfUp, [0, 0, 1, 1, 1, 1, 2, 2]),
            (HalfEven, [0, 0, 0, 1, 1, 1, 2, 2]),
            (HalfDown, [0, 0, 0, 1, 1, 1, 1, 2]),
            (Up, [0, 1, 1, 1, 1, 2, 2, 2]),
            (Down, [0, 0, 0, 0, 1, 1, 1, 1]),
        ] {
            for (quarters, expected) in expected.into_iter().enumerate() {
                assert_eq!(mode.divide(quarters as i128, 4), Some(expected), "{mode:?} {quarters}/4");
            }
        }
    }

    #[test]
    fn odd_denominators_have_no_ties() {
        assert_eq!(RoundingMode::HalfUp.divide(1, 3), Some(0));
        assert_eq!(RoundingMode::HalfEven.divide(5, 3), Some(2));
        assert_eq!(RoundingMode::HalfUp.divide(i128::MAX, 1), Some(i128::MAX));
    }
}
