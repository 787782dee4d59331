//! How a call over columns is carried out: threads, SIMD level, what a bad row means.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use fearless_simd::{Level, Simd as _, dispatch};

use crate::error::{Error, Problem, Result, data as code, nearest, one_of};

/// What happens when a row cannot be computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The call fails with every problem.
    #[default]
    Raise,
    /// The row's results are null, its status says so, and the call succeeds.
    Null,
}

/// The instruction set of the column kernels; results never depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Simd {
    /// The best of this machine.
    #[default]
    Auto,
    /// No kernel: every row by the reference evaluator.
    Off,
    /// x86-64 without extensions.
    Sse2,
    /// x86-64-v2.
    Sse42,
    /// x86-64-v3.
    Avx2,
    /// AVX-512 as of Ice Lake.
    Avx512,
    /// WebAssembly's 128-bit vectors.
    Simd128,
    /// Arm's Neon.
    Neon,
}

impl Simd {
    const NAMED: [(&'static str, Self); 8] = [
        ("auto", Self::Auto),
        ("off", Self::Off),
        ("sse2", Self::Sse2),
        ("sse4.2", Self::Sse42),
        ("avx2", Self::Avx2),
        ("avx512", Self::Avx512),
        ("simd128", Self::Simd128),
        ("neon", Self::Neon),
    ];

    /// The level of that name: `auto`, `off`, `sse2`, `sse4.2`, `avx2`, `avx512`, `simd128`, `neon`.
    ///
    /// # Errors
    /// `data.unavailable` where the name is unknown or this machine has no such level.
    pub fn named(name: &str) -> Result<Self> {
        let known = Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, simd)| *simd);
        known.filter(|simd| Self::available().contains(simd)).ok_or_else(|| {
            let available: Vec<_> = Self::available().iter().map(|simd| simd.name()).collect();
            let problem = Problem::new(code::UNAVAILABLE, "simd", "this SIMD level is not available here")
                .with_found(format!("\"{name}\""))
                .with_expected(format!("one of {}", available.join(", ")))
                .suggest(nearest(name, available.iter().copied()));
            Error::data(vec![problem])
        })
    }

    /// The name that [`Simd::named`] takes.
    pub fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, simd)| *simd == self).map_or("auto", |(name, _)| name)
    }

    /// The level that `auto` stands for on this machine.
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::Off)
    }

    /// Every level that this machine has, `auto` and `off` first and the best last.
    pub fn available() -> Vec<Self> {
        let vectors = [Self::Sse2, Self::Sse42, Self::Avx2, Self::Avx512, Self::Simd128, Self::Neon];
        let has = vectors.into_iter().filter(|simd| simd.exact_level().is_some());
        [Self::Auto, Self::Off].into_iter().chain(has).collect()
    }

    /// The level to dispatch on; `None` for the reference evaluator. A level that is not there becomes the best.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Off => None,
            Self::Auto => Some(Level::new()),
            other => Some(other.exact_level().unwrap_or_else(Level::new)),
        }
    }

    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    fn exact_level(self) -> Option<Level> {
        let best = Level::new();
        match self {
            Self::Sse2 => best.as_sse2().map(fearless_simd::Simd::level),
            Self::Sse42 => best.as_sse4_2().map(fearless_simd::Simd::level),
            Self::Avx2 => best.as_avx2().map(fearless_simd::Simd::level),
            Self::Avx512 => best.as_avx512().map(fearless_simd::Simd::level),
            _ => None,
        }
    }

    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    fn exact_level(self) -> Option<Level> {
        (self == Self::Simd128).then(Level::new)
    }

    #[cfg(target_arch = "aarch64")]
    fn exact_level(self) -> Option<Level> {
        (self == Self::Neon).then(Level::new)
    }

    #[cfg(not(any(
        target_arch = "x86",
        target_arch = "x86_64",
        target_arch = "aarch64",
        all(target_arch = "wasm32", target_feature = "simd128")
    )))]
    fn exact_level(self) -> Option<Level> {
        None
    }
}

/// The options of a call over columns.
///
/// ```
/// use cpcfit::{Options, OnError};
/// let options = Options { threads: 1, on_error: OnError::Null, ..Options::default() };
/// assert_eq!(options.columns.len(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Threads; 0 means all cores. Results never depend on it.
    pub threads: usize,
    /// Instruction set.
    pub simd: Simd,
    /// What a bad row means.
    pub on_error: OnError,
    /// The column of a field, meter or given charge whose column has another name.
    pub columns: BTreeMap<String, String>,
    /// What is added to row numbers in problems, for callers that pass their data in parts.
    pub first_row: usize,
}

impl Options {
    /// The name of the column that holds a field.
    pub(crate) fn column_of<'a>(&'a self, field: &'a str) -> &'a str {
        self.columns.get(field).map_or(field, String::as_str)
    }

    /// The problems of names in `columns` that stand for no field.
    pub(crate) fn check_names<'a>(&self, known: impl Iterator<Item = &'a str>) -> Vec<Problem> {
        if self.columns.is_empty() {
            return Vec::new();
        }
        let known: Vec<&str> = known.collect();
        let unknown = self.columns.keys().filter(|field| !known.contains(&field.as_str()));
        unknown
            .map(|field| {
                Problem::new(code::MISSING_COLUMN, field, "`columns` names a field that nothing reads")
                    .with_expected(one_of(known.iter().copied()))
                    .suggest(nearest(field, known.iter().copied()))
            })
            .collect()
    }

    fn workers(&self, items: usize) -> usize {
        let all = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let wanted = if self.threads == 0 { all() } else { self.threads };
        wanted.min(items).max(1)
    }
}

/// Runs a kernel in the code of a SIMD level; without one, as plain code.
///
/// What the kernel calls has to be `#[inline(always)]`, the closure too, so that it is compiled for the level.
#[inline(always)]
pub(crate) fn on<R>(level: Option<Level>, kernel: impl FnOnce() -> R) -> R {
    match level {
        Some(level) => dispatch!(level, simd => simd.vectorize(kernel)),
        None => kernel(),
    }
}

/// Runs `work` over the items on the workers of this call and returns the results in the order of the items.
pub(crate) fn run<T: Send, R: Send>(
    options: &Options,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let workers = options.workers(items.len());
    if workers == 1 {
        return items.into_iter().map(work).collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        let mut done = Vec::new();
        while let Some((index, item)) = next() {
            done.push((index, work(item)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let spawned: Vec<_> = (1..workers).map(|_| scope.spawn(worker)).collect();
        let mut done = worker();
        for handle in spawned {
            match handle.join() {
                Ok(theirs) => done.extend(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
