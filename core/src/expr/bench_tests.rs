use std::collections::BTreeMap;
use std::time::Instant;
use super::fixtures::{condition, slots};
use super::Block;
use crate::column::{BLOCK, Batch, Codes, Column, TextColumn};

#[test]
fn bench() {
    const ROWS: usize = 1_000_000;
    let mut s = 1_u64;
    let mut rnd = |n: u64| { s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (s >> 33) % n };
    let age: Vec<f64> = (0..ROWS).map(|_| rnd(90) as f64).collect();
    let visits: Vec<i64> = (0..ROWS).map(|_| rnd(20) as i64).collect();
    let rent: Vec<f64> = (0..ROWS).map(|_| rnd(200000) as f64 / 100.0).collect();
    let names = ["gz", "sz", "fs", "dg", "zh"];
    let texts: Vec<&str> = (0..ROWS).map(|_| names[rnd(5) as usize]).collect();
    let codes: Vec<u32> = (0..ROWS).map(|_| rnd(5) as u32).collect();
    let dict_values: Vec<Option<&str>> = names.iter().map(|n| Some(*n)).collect();
    let mut data = Vec::new(); let mut ends = vec![0_i32];
    for t in &texts { data.extend_from_slice(t.as_bytes()); ends.push(data.len() as i32); }
    let days: Vec<i32> = (0..ROWS).map(|_| 14000 + rnd(2000) as i32).collect();
    let branch: Vec<i64> = (0..ROWS).map(|_| rnd(1000) as i64).collect();
    let views: Vec<[u8;16]> = texts.iter().map(|t| { let mut v=[0;16]; v[0]=t.len() as u8; v[4..4+t.len()].copy_from_slice(t.as_bytes()); v}).collect();
    for (name, city) in [("utf8", TextColumn::utf8(&ends, &data, None).unwrap()), ("view", TextColumn::utf8_view(&views, vec![], None).unwrap()), ("dict", TextColumn::dictionary(Codes::U32(&codes), None, dict_values.as_slice().into()).unwrap())] {
        let mut batch = Batch::new(ROWS);
        batch.push("age", &age[..]).unwrap().push("visits", &visits[..]).unwrap().push("rent", &rent[..]).unwrap().push("city", city).unwrap()
            .push("joined", Column::Date32((&days[..]).into())).unwrap().push("branch", &branch[..]).unwrap();
        for text in ["{field: age, ge: 18, lt: 60}", "{field: visits, ge: 3}", "{field: rent, ge: 50}", "{field: city, in: [gz, sz]}", "{field: joined, ge: 2010-01-01}", "{field: branch, in: ['20', '755']}", "{field: age, in: [1,2,3,4,5,6]}", "{field: age, in: [1,2,3,4,5,6,7,8,9,10,11]}", "{all: [{field: age, ge: 18, lt: 60}, {field: city, in: [gz, sz]}, {field: joined, ge: 2010-01-01}]}"] {
            let (fields, criterion) = condition(text);
            let none = BTreeMap::new();
            let used = slots(&criterion);
            let columns = fields.bind_columns(&used, &batch, &none).unwrap();
            let mut best = f64::MAX; let mut n = 0;
            for _ in 0..5 {
                let ready = criterion.over(&columns);
                let mut f = crate::column::RowFaults::new(0); let mut block = Block::new(&columns);
                let t = Instant::now(); n = 0;
                for start in (0..ROWS).step_by(BLOCK) { block.load(start, &mut f); n += ready.passes(&block).count(); }
                best = best.min(t.elapsed().as_nanos() as f64 / ROWS as f64);
            }
            println!("{name} {best:.2} ns/row {n} {text}");
        }
        let (fields, criterion) = condition("{all: [{field: age, ge: 18, lt: 60}, {field: city, in: [gz, sz]}, {field: joined, ge: 2010-01-01}]}");
        let record = batch.record(0);
        let used = slots(&criterion);
        let values = fields.bind_record(&used, &record).unwrap();
        let t = Instant::now(); for _ in 0..1000000 { std::hint::black_box(criterion.passes(std::hint::black_box(&values))); }
        println!("record eval {:.1} ns", t.elapsed().as_nanos() as f64 / 1e6);
        let t = Instant::now(); for _ in 0..100000 { std::hint::black_box(fields.bind_record(&used, std::hint::black_box(&record)).unwrap()); }
        println!("record bind {:.1} ns", t.elapsed().as_nanos() as f64 / 1e5);
    }
}
