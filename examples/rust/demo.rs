//! The main job on real input: `make demo`.
//!
//! 1. A published price list of 18 plans, and what one customer would pay on each.
//! 2. A published worked example of package fit, with the reason for every plan.
//! 3. 5,000 subscribers billed on their real tariff, checked against the charges of the source, and matched to
//!    alternatives.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a program for the terminal, on data that it ships"
)]

use std::error::Error;
use std::path::{Path, PathBuf};

use cpcfit::{
    Batch, Catalog, Column, Decimal, Document, FitPolicy, Money, Options, PackageFit, Record, Status, Usage,
};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let catalog = price_list()?;
    worked_example(&catalog)?;
    churn()
}

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(path)
}

fn read(path: &str) -> Outcome<String> {
    let path = example(path);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.chars().count()));
}

/// Reads the price table and quotes one customer on every plan.
fn price_list() -> Outcome<Catalog> {
    heading("1. Eighteen plans of a published price list (examples/data/plans.csv)");
    let document = Document::parse(&read("models/feixiang.yaml")?)?;
    let catalog = Catalog::from_table(&document, &read("data/plans.csv")?)?;
    let quote = catalog.quote(&Usage::from([("voice", 612.0), ("data", 1390.5)]))?;
    println!("612 min of voice and 1390.5 MB of data cost, cheapest first:\n");
    println!("{:<8} {:<22} {:>9} {:>11}", "plan", "name", "fee", "total");
    for offer in quote.cheapest_first() {
        let plan = offer.plan();
        let format = |money| catalog.currency().format(money);
        let name = plan.names().get("en").unwrap_or_default();
        println!("{:<8} {name:<22} {:>9} {:>11}", plan.id(), format(plan.fee()), format(offer.total()));
    }
    Ok(catalog)
}

/// Current fee 128 and total 220; the published recommendation is zx158 at 228.
fn worked_example(catalog: &Catalog) -> Outcome {
    heading("2. The published worked example of package fit (examples/models/worked-example.json)");
    let policy = FitPolicy::from_text(&read("models/fit-policy.yaml")?)?;
    let fit = PackageFit::new(catalog, &policy)?;
    let decimal = |text: &str| Decimal::parse(text);
    // The source gives no usage. This one is constructed: 137.9375 MB beyond the 600 MB of zx158 cost 40.00.
    let usage =
        [("voice", decimal("880")?), ("data", decimal("737.9375")?), ("auto_upgrade", decimal("30")?)];
    let mut customer: Record = usage.into_iter().collect();
    customer.insert("present_total", decimal("220")?).insert("present_fee", decimal("128")?);
    println!("Present fee 128, total 220. Usage (constructed, the source gives none): 880 min, 737.9375 MB.");
    println!("30.00 of auto-upgrade packs is carried over as a given charge.\n");
    let explanation = fit.explain(&customer)?;
    for verdict in explanation.verdicts() {
        let reasons: Vec<String> = verdict.reasons().iter().map(ToString::to_string).collect();
        let total = catalog.currency().format(verdict.total());
        println!("{:<8} {total:>9}   {}", verdict.plan().id(), reasons.join("; "));
    }
    let best = explanation.found().plan().ok_or("no plan is within the bounds")?;
    customer = usage.into_iter().collect();
    let bill = catalog.bill(best.id(), &customer)?;
    println!("\nThe bill on {}:", best.id());
    for line in bill.lines() {
        println!(
            "  {:<14} {:>9}",
            line.id(),
            line.amount().map(|amount| catalog.currency().format(amount)).unwrap_or_default()
        );
    }
    println!("  {:<14} {:>9}", "total", catalog.currency().format(bill.total()));
    println!(
        "  total-fee change {}%, monthly-fee change {}% (published: 104%, 123%)",
        percent(bill.total(), 22_000),
        percent(best.fee(), 12_800)
    );
    Ok(())
}

/// A ratio in whole percent, half up.
fn percent(new: Money, present: i64) -> i64 {
    (new.minor() * 200 + present) / (2 * present)
}

/// What the demo reads of a subscriber.
#[derive(Default)]
struct Subscribers {
    minutes: [Vec<f64>; 4],
    charges: [Vec<i64>; 4],
}

const BANDS: [(&str, &str); 4] =
    [("day", "day"), ("evening", "eve"), ("night", "night"), ("international", "intl")];

fn subscribers(catalog: &Catalog) -> Outcome<Subscribers> {
    let text = read("data/mlc_churn.csv")?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let position =
        |name: String| headers.iter().position(|header| header == name).ok_or(format!("no column {name}"));
    let mut read = Subscribers::default();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    for (band, (_, column)) in BANDS.iter().enumerate() {
        let (minutes, charge) =
            (position(format!("total_{column}_minutes"))?, position(format!("total_{column}_charge"))?);
        for row in &rows {
            read.minutes[band].push(row[minutes].parse()?);
            let cents = Decimal::parse(&row[charge])?;
            let cents =
                cents.mantissa() * i128::from(catalog.currency().minor_per_major()) / cents.denominator();
            read.charges[band].push(i64::try_from(cents)?);
        }
    }
    Ok(read)
}

fn churn() -> Outcome {
    heading("3. 5,000 subscribers on their real tariff (examples/data/mlc_churn.csv)");
    let catalog = Catalog::from_text(&read("models/mlc-tariff.yaml")?)?;
    let data = subscribers(&catalog)?;
    let rows = data.minutes[0].len();
    println!("Charges of the source reproduced to the cent, each line rounded half up:");
    let mut equal = [0; BANDS.len()];
    for row in 0..rows {
        let usage: Usage =
            BANDS.iter().zip(&data.minutes).map(|((id, _), minutes)| (*id, minutes[row])).collect();
        let bill = catalog.bill("published", &usage)?;
        for (band, line) in bill.lines()[1..].iter().enumerate() {
            equal[band] += usize::from(line.amount().map(Money::minor) == Some(data.charges[band][row]));
        }
    }
    for ((id, _), equal) in BANDS.iter().zip(equal) {
        println!("  {id:<14} {equal:>5} of {rows}");
    }
    println!(
        "  (the other night charges are exact ties that the publisher's binary floating point rounded down)"
    );

    let overrides = Document::parse("total_fee_change: {min: 0.6, max: 1}")?;
    let bound = overrides.root().get("total_fee_change").cloned().ok_or("no bounds")?;
    let policy = FitPolicy::with_overrides(None, vec![("total_fee_change".into(), bound)])?;
    let fit = PackageFit::new(&catalog, &policy)?;
    let current = vec![Some("published"); rows];
    let mut batch = Batch::new(rows);
    for ((id, _), minutes) in BANDS.iter().zip(&data.minutes) {
        batch.push(*id, Column::from(minutes.as_slice()))?;
    }
    batch.push("current_plan", Column::from(current.as_slice()))?;
    let matches = fit.columns(&[batch], &Options::default())?;
    println!("\nMatched to three plans made up for the example, total within 60%..100% of the present one:");
    for (stage, count) in matches.funnel.stages() {
        println!("  {stage:<20} {count:>6}");
    }
    let mut saved = 0;
    let mut chosen = vec![0; catalog.plans().len()];
    for row in 0..rows {
        if matches.status[row] == Status::Target.code() {
            saved += matches.present_total[row] - matches.total[row];
        }
        if let Ok(plan) = usize::try_from(matches.plan[row]) {
            chosen[plan] += 1;
        }
    }
    println!("\nBest plan by subscribers:");
    for (plan, count) in catalog.plans().iter().zip(chosen) {
        println!("  {:<14} {count:>6}", plan.id());
    }
    let saved = catalog.currency().format_minor(saved.into());
    println!("\nThe targets would save {saved} {} in the month together.", catalog.currency());
    Ok(())
}
