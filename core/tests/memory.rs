//! Memory beyond input and output is a constant: columns are worked on in blocks, whatever their number of rows.

#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a counting allocator; tests may stop"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use cpcfit::column::{Codes, TextColumn};
use cpcfit::{Batch, Catalog, Column, Document, FitPolicy, Options, PackageFit};

/// The system's allocator, with the bytes that are in use and the most that ever were.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn added(bytes: usize) {
    MOST.fetch_max(IN_USE.fetch_add(bytes, Relaxed) + bytes, Relaxed);
}

// SAFETY: every call is handed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        added(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        added(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new may stand side by side for a moment.
        added(size);
        IN_USE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes in use while `work` ran, beyond those before and those of its result.
fn beyond<T>(work: impl FnOnce() -> T) -> usize {
    let before = IN_USE.load(Relaxed);
    MOST.store(before, Relaxed);
    let result = work();
    let output = IN_USE.load(Relaxed) - before;
    let most = MOST.load(Relaxed) - before;
    drop(result);
    most - output
}

const LIMIT: usize = 64 << 20;
/// What the list of pieces, and the results that threads hand in for each, may grow by from one size to the next.
const GROWTH: usize = 1 << 16;

/// One test, because the counters are the process's.
#[test]
fn memory_beyond_input_and_output_is_a_constant() {
    let document = Document::parse(include_str!("../../examples/models/feixiang.yaml")).unwrap();
    let catalog = Catalog::from_table(&document, include_str!("../../examples/data/plans.csv")).unwrap();
    let policy = FitPolicy::from_text(include_str!("../../examples/models/fit-policy.yaml")).unwrap();
    let fit = PackageFit::new(&catalog, &policy).unwrap();
    let ids: Vec<Option<&str>> = catalog.plans().iter().map(|plan| Some(plan.id())).collect();

    let used = |rows: usize, threads: usize| {
        let lanes =
            |step: usize| -> Vec<f64> { (0..rows).map(|row| (row * step % 20_000) as f64 / 8.0).collect() };
        let (voice, data) = (lanes(7919), lanes(104_729));
        let codes: Vec<u8> = (0..rows).map(|row| u8::try_from(row % ids.len()).unwrap()).collect();
        let current = TextColumn::dictionary(Codes::U8(&codes), None, TextColumn::from(&ids[..])).unwrap();
        let mut batch = Batch::new(rows);
        batch.push("voice", Column::from(&voice[..])).unwrap();
        batch.push("data", Column::from(&data[..])).unwrap();
        batch.push("current_plan", Column::from(current)).unwrap();
        let batches = [batch];
        let options = Options { threads, ..Options::default() };
        [
            ("sums", beyond(|| catalog.sum_columns(&batches, &options).unwrap())),
            ("bills", beyond(|| catalog.bill_columns(&batches, &options).unwrap())),
            ("package fit", beyond(|| fit.columns(&batches, &options).unwrap())),
        ]
    };
    for threads in [1, 4] {
        let (quarter, whole) = (used(250_000, threads), used(1_000_000, threads));
        for ((what, small), (_, large)) in quarter.into_iter().zip(whole) {
            assert!(
                large <= LIMIT,
                "{what} of 1,000,000 customers took {large} bytes with {threads} threads"
            );
            assert!(
                large <= small + GROWTH,
                "{what} took {small} bytes for 250,000 and {large} for 1,000,000"
            );
        }
    }
}
