//! Package fit sorts rows by current plan where the monthly fee is bounded: that changes nothing.

#![allow(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may stop, and what they cast is small"
)]

use cpcfit::{Batch, Catalog, Column, Document, FitPolicy, OnError, Options, PackageFit, Simd};

/// More than a piece of work, which is two chunks, and then a chunk that is not full and a block that is not.
const ROWS: usize = 32_768 + 9000 + 77;

/// Usage, given charges and present bills; a share of one in `odd` rows has something unusual.
struct Customers {
    voice: Vec<f64>,
    data: Vec<f64>,
    upgrade: Vec<f64>,
    current: Vec<Option<String>>,
    present_total: Vec<f64>,
    present_fee: Vec<f64>,
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

fn customers(ids: &[&str], odd: u64, plans: impl Fn(&mut Random, usize) -> usize) -> Customers {
    let mut random = Random(88_172_645_463_325_252);
    let mut own = Customers {
        voice: Vec::new(),
        data: Vec::new(),
        upgrade: Vec::new(),
        current: Vec::new(),
        present_total: Vec::new(),
        present_fee: Vec::new(),
    };
    for row in 0..ROWS {
        let what = if odd > 0 && random.below(odd) == 0 { random.below(6) } else { 9 };
        own.voice.push(match what {
            0 => -1.0,
            1 => 1e12,
            _ => random.below(60_000) as f64 / 60.0,
        });
        own.data.push(if what == 2 { f64::NAN } else { random.below(5_000_000) as f64 / 1024.0 });
        own.upgrade.push(random.below(3) as f64 * 10.0);
        let plan = plans(&mut random, row) % ids.len();
        own.current.push((what != 3 && what != 4).then(|| ids[plan].to_owned()));
        own.present_total.push(random.below(3) as f64 * 50.0);
        own.present_fee.push(if what == 4 { 0.0 } else { random.below(3) as f64 * 38.0 });
    }
    own
}

/// The kernel in rows by rows and in chunks of a data set, on one thread and two, against the reference evaluator.
fn agrees(fit: &PackageFit, own: &Customers, given: bool) {
    let texts: Vec<Option<&str>> = own.current.iter().map(Option::as_deref).collect();
    let mut batch = Batch::new(ROWS);
    batch.push("voice", &own.voice[..]).unwrap();
    batch.push("data", &own.data[..]).unwrap();
    batch.push("current_plan", Column::from(&texts[..])).unwrap();
    batch.push("present_total", &own.present_total[..]).unwrap();
    batch.push("present_fee", &own.present_fee[..]).unwrap();
    if given {
        batch.push("auto_upgrade", &own.upgrade[..]).unwrap();
    }
    let chunks = [batch.slice(0, 20_003), batch.slice(20_003, ROWS)];
    let options = |simd, threads| Options { simd, threads, on_error: OnError::Null, ..Options::default() };
    let expected = fit.columns(std::slice::from_ref(&batch), &options(Simd::Off, 2)).unwrap();
    for threads in [1, 2] {
        assert!(
            fit.columns(std::slice::from_ref(&batch), &options(Simd::Auto, threads)).unwrap() == expected
        );
        assert!(fit.columns(&chunks, &options(Simd::Auto, threads)).unwrap() == expected);
    }
    let slim = fit.clone().with_present_bill(false).columns(&chunks, &options(Simd::Auto, 1)).unwrap();
    assert!((&slim.status, &slim.plan, &slim.total) == (&expected.status, &expected.plan, &expected.total));
    assert!((slim.present_total.len(), slim.present_fee.len(), slim.funnel) == (0, 0, expected.funnel));
}

fn fit(catalog: &Catalog, settings: &str) -> PackageFit {
    let policy = format!("{{cpcfit: 1, kind: fit-policy, id: p, version: 1, {settings}}}");
    PackageFit::new(catalog, &FitPolicy::from_text(&policy).unwrap()).unwrap()
}

#[test]
fn sorting_by_plan_changes_nothing() {
    let document = Document::parse(include_str!("../../examples/models/feixiang.yaml")).unwrap();
    let catalog = Catalog::from_table(&document, include_str!("../../examples/data/plans.csv")).unwrap();
    let ids: Vec<&str> = catalog.plans().iter().map(cpcfit::tariff::Plan::id).collect();
    let any = |random: &mut Random, _| usize::try_from(random.below(1 << 20)).unwrap();
    let few = |random: &mut Random, row: usize| row / 300 + usize::from(random.below(2) == 0);
    let bounds = "total_fee_change: {min: 0.6, max: 1.5}, monthly_fee_change: {min: 1, max: 2}";
    for settings in [
        bounds.to_owned(),
        format!("{bounds}, current_plan: excluded"),
        format!("{bounds}, candidates: {{where: {{field: voice, ge: 300}}, unknown: out}}"),
        "monthly_fee_change: {max: 0.7}".to_owned(),
        "monthly_fee_change: {min: 1, max: 1}, current_plan: excluded".to_owned(),
    ] {
        let fit = fit(&catalog, &settings);
        for odd in [0, 10_000, 50] {
            agrees(&fit, &customers(&ids, odd, any), odd == 50);
        }
        agrees(&fit, &customers(&ids, 3000, few), true);
        // Customers of one plan.
        agrees(&fit, &customers(&ids, 0, |_, _| 3), false);
    }
}

/// Priorities, equal fees, blocks of usage, a bill without a fee, and more meters than two.
#[test]
fn other_catalogues_are_sorted_too() {
    let plans: Vec<String> = (0..40)
        .map(|plan| {
            let (fee, priority) = (plan / 2 * 10, 1 + plan % 3);
            let (minutes, price) = (plan * 7, if plan % 4 == 0 { 0 } else { 20 + plan });
            format!(
                "{{id: p{plan}, fee: {fee}, priority: {priority}, charges: {{
                  voice: {{allowance: {minutes}, overage: 0.{price}}},
                  data: {{allowance: {minutes}00, overage: {{price: 0.35, block: 10 MB}}}}, sms: {{overage: 0.1}}}}}}"
            )
        })
        .collect();
    for rounding in ["{stage: line, mode: half_up, step: 0.01}", "{stage: bill, mode: half_even, step: 0.1}"]
    {
        let text = format!(
            "{{cpcfit: 1, kind: catalogue, id: c, version: 1, currency: {{code: CNY, exponent: 2}},
              rounding: {rounding}, given: {{auto_upgrade: {{default: 0}}}},
              meters: {{voice: {{unit: min, base: s, units: {{min: 60}}}},
                data: {{unit: MB, base: KB, units: {{MB: 1024}}}}, sms: {{unit: n, base: n, default: 3}}}},
              plans: [{}]}}",
            plans.join(", ")
        );
        let catalog = Catalog::from_text(&text).unwrap();
        let ids: Vec<&str> = catalog.plans().iter().map(cpcfit::tariff::Plan::id).collect();
        let any = |random: &mut Random, _| usize::try_from(random.below(1 << 20)).unwrap();
        for settings in [
            "rank: priority, monthly_fee_change: {min: 1, max: 1.2}",
            "total_fee_change: {min: 0.8}, monthly_fee_change: {min: 0.9, max: 1.1}, current_plan: excluded",
        ] {
            let fit = fit(&catalog, settings);
            agrees(&fit, &customers(&ids, 0, any), false);
            agrees(&fit, &customers(&ids, 3000, any), true);
        }
    }
}
