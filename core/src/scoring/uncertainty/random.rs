//! Random numbers by counter: every number is a function of a key, so that results never depend on threads or order.
//!
//! A [`Stream`] is `SplitMix64` (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators", with Stafford's
//! mix 13) whose start is mixed from the words of a key. All transcendental functions are `libm`'s.

use libm::log;

/// What numbers are drawn for; streams of different purposes have nothing in common.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Weights = 1,
    Noise = 2,
}

/// A sequence of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Stream(u64);

impl Stream {
    /// The golden ratio in 64 bits, the step of `SplitMix64`.
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    /// The stream of a key: a seed, a purpose, a draw and an item within it.
    #[inline(always)]
    pub(super) fn new(seed: u64, purpose: Purpose, draw: u64, item: u64) -> Self {
        let words = [purpose as u64, draw, item];
        Self(words.into_iter().fold(mix(seed.wrapping_add(Self::STEP)), |state, word| {
            mix(state ^ mix(word.wrapping_mul(Self::STEP).wrapping_add(Self::STEP)))
        }))
    }

    #[inline(always)]
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        mix(self.0)
    }

    /// Uniform in the open interval (0, 1): the middles of 2^52 equal cells.
    #[inline(always)]
    pub(super) fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "52 bits are exact")]
        let cell = (self.bits() >> 12) as f64;
        (cell + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }

    /// Normal with mean 0 and deviation 1, by one uniform number.
    #[inline(always)]
    pub(super) fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }

    /// Logarithm of a gamma number of a shape above 0 and scale 1: Marsaglia & Tsang (2000), "A simple method for
    /// generating gamma variables". A shape below 1 is raised by 1 and the number multiplied by `U^(1/shape)` (their
    /// section 6); as a logarithm, this holds for tiny shapes too, whose numbers are below every float.
    pub(super) fn ln_gamma(&mut self, shape: f64) -> f64 {
        if shape >= 1.0 {
            return log(self.gamma(shape));
        }
        let raised = log(self.gamma(shape + 1.0));
        raised + log(self.uniform()) / shape
    }

    /// Gamma number of a shape of 1 or more.
    fn gamma(&mut self, shape: f64) -> f64 {
        let size = shape - 1.0 / 3.0;
        let slope = 1.0 / (9.0 * size).sqrt();
        loop {
            let normal = self.normal();
            let root = 1.0 + slope * normal;
            if root <= 0.0 {
                continue;
            }
            let cube = root * root * root;
            let uniform = self.uniform();
            let square = normal * normal;
            let surely = uniform < 1.0 - 0.0331 * square * square;
            if surely || log(uniform) < 0.5 * square + size * (1.0 - cube + log(cube)) {
                return size * cube;
            }
        }
    }
}

/// Stafford's mix 13.
#[inline(always)]
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The normal quantile of a probability within (0, 1): algorithm AS 241, `PPND16` (Wichura 1988), to about 1e-16 relative.
#[inline(always)]
pub(super) fn normal_quantile(probability: f64) -> f64 {
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * ratio(r, &CENTRE);
    }
    let tail = if centred < 0.0 { probability } else { 1.0 - probability };
    let r = (-log(tail)).sqrt();
    let size = if r <= 5.0 { ratio(r - 1.6, &SHOULDER) } else { ratio(r - 5.0, &FAR) };
    if centred < 0.0 { -size } else { size }
}

/// Coefficients of numerator and denominator, from the highest power down.
type Ratio = [[f64; 8]; 2];

#[inline(always)]
fn ratio(at: f64, [above, below]: &Ratio) -> f64 {
    let polynomial = |terms: &[f64; 8]| terms.iter().fold(0.0, |value, term| value * at + term);
    polynomial(above) / polynomial(below)
}

const CENTRE: Ratio = [
    [
        2_509.080_928_730_122_7,
        33_430.575_583_588_13,
        67_265.770_927_008_7,
        45_921.953_931_549_87,
        13_731.693_765_509_46,
        1_971.590_950_306_551_3,
        133.141_667_891_784_38,
        3.387_132_872_796_366_5,
    ],
    [
        5_226.495_278_852_854,
        28_729.085_735_721_943,
        39_307.895_800_092_71,
        21_213.794_301_586_597,
        5_394.196_021_424_751,
        687.187_007_492_057_9,
        42.313_330_701_600_91,
        1.0,
    ],
];

const SHOULDER: Ratio = [
    [
        0.000_774_545_014_278_341_4,
        0.022_723_844_989_269_184,
        0.241_780_725_177_450_6,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        0.000_547_593_808_499_534_5,
        0.015_198_666_563_616_457,
        0.148_103_976_427_480_08,
        0.689_767_334_985_1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];

const FAR: Ratio = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        0.001_242_660_947_388_078_4,
        0.026_532_189_526_576_124,
        0.296_560_571_828_504_87,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_7e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        0.000_786_869_131_145_613_3,
        0.014_875_361_290_850_615,
        0.136_929_880_922_735_8,
        0.599_832_206_555_888,
        1.0,
    ],
];
