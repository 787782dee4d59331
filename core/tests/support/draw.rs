//! Draws the generated cases in Rust: `tests/generated/cases.py` line by line. `tests/README.md`, "The generated suite",
//! describes the method.

use cpcfit::document::{Node, Value};
use cpcfit::{Decimal, Scalar};

use super::columns::Owned;

pub const CATALOGUES: u32 = 1000;
pub const CUSTOMERS: usize = 100;

const MODES: [&str; 5] = ["half_up", "half_even", "half_down", "up", "down"];
const RATIOS: [u64; 6] = [1, 1, 10, 60, 1000, 1024];
const KINDS: [Kind; 5] = [Kind::Float, Kind::Float, Kind::Int, Kind::Decimal, Kind::Text];
const CITIES: [&str; 3] = ["north", "south", "east"];
const HUGE: [&str; 4] = ["9007199254740991", "9007199254740992", "1000000000000", "1000000000000000000"];

/// `SplitMix` with 32 bits: a counter and the finalizer of `MurmurHash3`.
pub(super) struct Random {
    state: u32,
}

impl Random {
    /// The numbers of a case.
    pub(super) fn of(index: u32) -> Self {
        Self { state: index.wrapping_mul(0x2545_F491) }
    }

    fn next(&mut self) -> u32 {
        self.state = self.state.wrapping_add(0x9E37_79B9);
        let mut z = self.state;
        z = (z ^ (z >> 16)).wrapping_mul(0x85EB_CA6B);
        z = (z ^ (z >> 13)).wrapping_mul(0xC2B2_AE35);
        z ^ (z >> 16)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        u64::from(self.next()) % n
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

struct Meter {
    id: String,
    ratio: u64,
    unit: &'static str,
    /// Base units at which some plan's charge begins or steps: usage is drawn around them.
    marks: Vec<u64>,
}

/// What all values of a column are.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Float,
    Int,
    Decimal,
    Text,
}

/// One drawn value; decimals as text with all their decimals.
#[derive(Clone)]
pub enum Drawn {
    Missing,
    Float(f64),
    Int(i128),
    Decimal(String),
    Text(String),
}

/// One input of all customers.
pub struct Column {
    pub name: String,
    pub kind: Kind,
    pub scale: u32,
    pub values: Vec<Drawn>,
}

/// A catalogue, a policy and the inputs of [`CUSTOMERS`] customers; `usage` counts the columns that a quote takes.
pub struct Case {
    pub index: u32,
    pub catalogue: Node,
    pub policy: Node,
    pub columns: Vec<Column>,
    pub usage: usize,
}

pub fn draw(index: u32) -> Case {
    let random = &mut Random::of(index);
    let exponent = random.pick(&[2, 2, 2, 0, 3]);
    let minor = 10_u64.pow(exponent);
    let stage = random.pick(&["line", "bill"]);
    let mode = random.pick(&MODES);
    let step = random.pick(&[1, 1, 1, 5, 10, 100]);
    let step = written(random, step, exponent);
    let (mut meters, meter_documents) = draw_meters(random);
    let given = draw_given(random, exponent);
    let mut plans = Vec::new();
    for number in 0..=random.below(5) {
        let fee = random.below(12) * 5 * minor;
        let mut plan =
            vec![("id", Node::text(&format!("p{number}"))), ("fee", written(random, fee, exponent))];
        plan.push(("priority", integer(1 + random.below(3))));
        if random.one_in(3) {
            let condition = draw_condition(random, &meters);
            let unknown = random.pick(&["eligible", "ineligible"]);
            plan.push(("eligibility", Node::map([("where", condition), ("unknown", Node::text(unknown))])));
        }
        let charges: Vec<_> =
            meters.iter_mut().map(|meter| (meter.id.clone(), draw_charge(random, meter, exponent))).collect();
        plan.push(("charges", Node::map(charges)));
        plans.push(Node::map(plan));
    }
    let required: Vec<_> = given.iter().map(|(id, default)| (id.clone(), default.is_none())).collect();
    let field = |kind| Node::map([("type", Node::text(kind)), ("missing", Node::boolean(true))]);
    let plan_count = plans.len() as u64;
    let catalogue = Node::map([
        ("cpcfit", integer(1)),
        ("kind", Node::text("catalogue")),
        ("id", Node::text(&format!("c{index}"))),
        ("version", Node::text("1")),
        ("currency", Node::map([("code", Node::text("XXX")), ("exponent", integer(u64::from(exponent)))])),
        ("rounding", Node::map([("stage", Node::text(stage)), ("mode", Node::text(mode)), ("step", step)])),
        ("meters", Node::map(meter_documents)),
        (
            "given",
            Node::map(
                given
                    .into_iter()
                    .map(|(id, default)| (id, Node::map(default.map(|value| ("default", value))))),
            ),
        ),
        ("fields", Node::map([("age", field("number")), ("city", field("string"))])),
        ("plans", Node::list(plans)),
    ]);
    let policy = draw_policy(random, &meters);
    let mut columns: Vec<_> = meters.iter().map(|meter| draw_usage(random, meter)).collect();
    for (id, required) in required {
        columns.push(draw_amount(random, &id, 100 * minor, exponent, required));
    }
    let usage = columns.len();
    columns.push(draw_current_plan(random, plan_count));
    if !random.one_in(6) {
        columns.push(draw_amount(random, "present_total", 60 * minor, exponent, true));
        columns.push(draw_amount(random, "present_fee", 60 * minor, exponent, true));
    }
    columns.push(draw_age(random));
    columns.push(draw_city(random));
    Case { index, catalogue, policy, columns, usage }
}

pub(super) fn integer(value: u64) -> Node {
    Node::integer(i128::from(value))
}

fn decimal_text(k: u64, scale: u32) -> String {
    if scale == 0 {
        return k.to_string();
    }
    let digits = format!("{k:0>width$}", width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    format!("{whole}.{fraction}")
}

/// `k / 10^scale` as a document may have it: a float, a string or, where it is whole, an integer.
fn written(random: &mut Random, k: u64, scale: u32) -> Node {
    let form = random.below(3);
    let power = 10_u64.pow(scale);
    match form {
        0 => Node::float(k as f64 / power as f64),
        1 if k.is_multiple_of(power) => integer(k / power),
        _ => Node::text(&decimal_text(k, scale)),
    }
}

fn draw_meters(random: &mut Random) -> (Vec<Meter>, Vec<(String, Node)>) {
    let (mut meters, mut documents) = (Vec::new(), Vec::new());
    for number in 0..=random.below(3) {
        let ratio = random.pick(&RATIOS);
        let unit = if ratio == 1 { "b" } else { "u" };
        let mut units = vec![("big", integer(ratio * 8))];
        if ratio != 1 {
            units.push(("u", integer(ratio)));
        }
        let mut document =
            vec![("unit", Node::text(unit)), ("base", Node::text("b")), ("units", Node::map(units))];
        if random.one_in(2) {
            document.push(("default", integer(random.pick(&[0, 0, 7]))));
        }
        meters.push(Meter { id: format!("m{number}"), ratio, unit, marks: vec![0] });
        documents.push((format!("m{number}"), Node::map(document)));
    }
    (meters, documents)
}

fn draw_given(random: &mut Random, exponent: u32) -> Vec<(String, Option<Node>)> {
    let mut given = Vec::new();
    for number in 0..random.below(3) {
        let default = random.one_in(2).then(|| {
            let k = random.below(3) * 10_u64.pow(exponent);
            written(random, k, exponent)
        });
        given.push((format!("g{number}"), default));
    }
    given
}

fn draw_charge(random: &mut Random, meter: &mut Meter, exponent: u32) -> Node {
    let kind = random.below(8);
    if kind == 0 {
        return Node::map([("allowance", Node::text("unlimited"))]);
    }
    let allowance = draw_quantity(random, meter);
    let form = random.below(4);
    let (k, scale) = match form {
        0 => (random.below(200) * 10 + 5, exponent + 1),
        1 => (random.below(3_000_000), 6),
        _ => (random.below(2000), exponent),
    };
    let price = written(random, k, scale);
    let overage = match kind {
        1 => {
            let per = format!("{} {}", 1 + random.below(20), meter.unit);
            Node::map([("price", price), ("per", Node::text(&per))])
        }
        2 | 3 => {
            let block = 1 + random.below(50);
            meter.marks.push(meter.marks[meter.marks.len() - 1] + block * meter.ratio);
            meter.marks.push(meter.marks[meter.marks.len() - 1] + 3 * block * meter.ratio);
            Node::map([("price", price), ("block", Node::text(&format!("{block} {}", meter.unit)))])
        }
        4 => Node::map([("price", price)]),
        _ => price,
    };
    Node::map([("allowance", allowance), ("overage", overage)])
}

fn draw_quantity(random: &mut Random, meter: &mut Meter) -> Node {
    let form = random.below(5);
    let n = random.below(200);
    let (mark, node) = match form {
        0 => (n * meter.ratio, integer(n)),
        1 => (n * meter.ratio * 8, Node::text(&format!("{n} big"))),
        2 => (n, Node::text(&format!("{n} b"))),
        3 if meter.ratio.is_multiple_of(2) => {
            (n * meter.ratio + meter.ratio / 2, written(random, n * 10 + 5, 1))
        }
        _ => (0, integer(0)),
    };
    meter.marks.push(mark);
    node
}

fn draw_condition(random: &mut Random, meters: &[Meter]) -> Node {
    let kind = random.below(9);
    let n = 18 + random.below(50);
    let meter = &meters[random.below(meters.len() as u64) as usize];
    let test = |field: &str, tests: &[(&'static str, Node)]| {
        let field = [("field", Node::text(field))];
        Node::map(field.into_iter().chain(tests.iter().cloned()))
    };
    let texts = |items: &[&str]| Node::list(items.iter().map(|item| Node::text(item)).collect());
    match kind {
        0 => test("age", &[("ge", integer(n))]),
        1 => test("age", &[("ge", Node::float(18.5)), ("lt", integer(n))]),
        2 => test("city", &[("in", texts(&["north", "south"]))]),
        3 => Node::map([("not", test("city", &[("eq", Node::text("north"))]))]),
        4 => {
            let above = test(&meter.id, &[("gt", integer(random.below(100)))]);
            Node::map([("any", Node::list(vec![test("age", &[("lt", integer(n))]), above]))])
        }
        5 => {
            let below = test(&meter.id, &[("le", integer(random.below(100)))]);
            Node::map([("all", Node::list(vec![test("city", &[("not_in", texts(&["east"]))]), below]))])
        }
        6 => test("age", &[("missing", Node::boolean(true))]),
        7 => {
            let other = test("current_plan", &[("ne", Node::text("p0"))]);
            Node::map([("any", Node::list(vec![other, test("city", &[("missing", Node::boolean(false))])]))])
        }
        _ => test(&meter.id, &[("ne", integer(0))]),
    }
}

fn draw_policy(random: &mut Random, meters: &[Meter]) -> Node {
    let mut policy = vec![
        ("cpcfit", integer(1)),
        ("kind", Node::text("fit-policy")),
        ("id", Node::text("policy")),
        ("version", Node::text("1")),
    ];
    for key in ["total_fee_change", "monthly_fee_change"] {
        let mut bounds = Vec::new();
        if !random.one_in(3) {
            let k = random.pick(&[0, 50, 60, 75, 100]);
            bounds.push(("min", written(random, k, 2)));
        }
        if !random.one_in(3) {
            let k = random.pick(&[100, 125, 150, 200, 400]);
            bounds.push(("max", written(random, k, 2)));
        }
        if !random.one_in(6) {
            policy.push((key, Node::map(bounds)));
        }
    }
    policy.push(("rank", Node::text(random.pick(&["cheapest", "priority"]))));
    policy.push(("current_plan", Node::text(random.pick(&["included", "included", "excluded"]))));
    if random.one_in(4) {
        let condition = draw_condition(random, meters);
        let unknown = random.pick(&["in", "out"]);
        policy.push(("candidates", Node::map([("where", condition), ("unknown", Node::text(unknown))])));
    }
    Node::map(policy)
}

fn fill(name: &str, kind: Kind, scale: u32, value: impl FnMut() -> Drawn) -> Column {
    let values = std::iter::repeat_with(value).take(CUSTOMERS).collect();
    Column { name: name.to_owned(), kind, scale, values }
}

/// For each ratio (d, m, s): base units that are a multiple of d are `base / d * m` in decimals of scale s.
fn decimals(ratio: u64) -> (u64, u64, u32) {
    match ratio {
        10 => (1, 1, 1),
        60 => (3, 5, 2),
        1000 => (1, 1, 3),
        1024 => (1, 9_765_625, 10),
        _ => (1, 1, 0),
    }
}

fn draw_usage(random: &mut Random, meter: &Meter) -> Column {
    let kind = random.pick(&KINDS);
    let scale = if kind == Kind::Int { 0 } else { decimals(meter.ratio).2 + 1 };
    fill(&meter.id, kind, scale, || draw_usage_value(random, meter, kind, scale))
}

fn draw_usage_value(random: &mut Random, meter: &Meter, kind: Kind, scale: u32) -> Drawn {
    let special = random.below(128);
    if special < 4 {
        return missing(kind);
    }
    if special == 4 {
        return huge(random.pick(&HUGE), kind, scale);
    }
    let mut base = random.pick(&meter.marks);
    match random.below(8) {
        0 => base += 1,
        1 => base = base.saturating_sub(1),
        2 => base += meter.ratio / 2,
        3 => base += meter.ratio * (1 + random.below(100)) + meter.ratio / 2,
        4 => base += random.below(100_000),
        5 => base = random.below(5) * 1000 * meter.ratio,
        6 if matches!(kind, Kind::Float | Kind::Int) => {
            base = random.below(2_097_152) * (1 + random.below(65_536));
        }
        _ => {}
    }
    match kind {
        Kind::Float => {
            let value = base as f64 / meter.ratio as f64;
            Drawn::Float(match special {
                5 => -value - 1.0,
                6 => f64::INFINITY,
                _ => value,
            })
        }
        Kind::Int => {
            let value = i128::from(base / meter.ratio);
            Drawn::Int(if special == 5 { -value - 1 } else { value })
        }
        Kind::Decimal | Kind::Text => {
            let (divisor, multiplier, _) = decimals(meter.ratio);
            let five = if special == 6 { 5 } else { 0 };
            let text = decimal_text(base / divisor * multiplier * 10 + five, scale);
            exact(kind, if special == 5 { format!("-{text}") } else { text })
        }
    }
}

fn draw_amount(random: &mut Random, name: &str, limit: u64, exponent: u32, required: bool) -> Column {
    let kind = random.pick(&KINDS);
    let scale = if kind == Kind::Int { 0 } else { exponent };
    let power = 10_u64.pow(exponent);
    fill(name, kind, scale, || {
        if random.below(if required { 128 } else { 32 }) == 0 {
            return missing(kind);
        }
        let k =
            if random.one_in(3) { random.below(limit) } else { random.below(limit / power) / 5 * 5 * power };
        match kind {
            Kind::Float => Drawn::Float(k as f64 / power as f64),
            Kind::Int => Drawn::Int(i128::from(k / power)),
            Kind::Decimal | Kind::Text => exact(kind, decimal_text(k, scale)),
        }
    })
}

fn draw_current_plan(random: &mut Random, plans: u64) -> Column {
    fill("current_plan", Kind::Text, 0, || match random.below(plans + 2) {
        number if number < plans => Drawn::Text(format!("p{number}")),
        number if number == plans => Drawn::Text("old".to_owned()),
        _ => Drawn::Missing,
    })
}

fn draw_age(random: &mut Random) -> Column {
    fill("age", Kind::Float, 0, || {
        Drawn::Float(if random.one_in(8) { f64::NAN } else { random.below(160) as f64 / 2.0 })
    })
}

fn draw_city(random: &mut Random) -> Column {
    fill("city", Kind::Text, 0, || {
        if random.one_in(8) { Drawn::Missing } else { Drawn::Text(random.pick(&CITIES).to_owned()) }
    })
}

fn missing(kind: Kind) -> Drawn {
    if kind == Kind::Float { Drawn::Float(f64::NAN) } else { Drawn::Missing }
}

fn huge(text: &str, kind: Kind, scale: u32) -> Drawn {
    match kind {
        Kind::Float => Drawn::Float(text.parse().unwrap()),
        Kind::Int => Drawn::Int(text.parse().unwrap()),
        Kind::Decimal => exact(kind, format!("{text}.{}", "0".repeat(scale as usize))),
        Kind::Text => exact(kind, text.to_owned()),
    }
}

fn exact(kind: Kind, text: String) -> Drawn {
    if kind == Kind::Decimal { Drawn::Decimal(text) } else { Drawn::Text(text) }
}

/// The case as one line of text, for a digest of the inputs alone.
pub fn dump(case: &Case) -> String {
    let mut parts = vec![dump_node(&case.catalogue), dump_node(&case.policy)];
    for column in &case.columns {
        let kind = match column.kind {
            Kind::Float => "float",
            Kind::Int => "int",
            Kind::Decimal => "decimal",
            Kind::Text => "text",
        };
        let values: Vec<_> = column.values.iter().map(dump_value).collect();
        parts.push(format!("{}:{kind}:{}:{}", column.name, column.scale, values.join(",")));
    }
    let usage: Vec<_> = case.columns[..case.usage].iter().map(|column| column.name.as_str()).collect();
    parts.push(usage.join(" "));
    parts.join("|")
}

pub(super) fn dump_node(node: &Node) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match &node.value {
        Value::Map(entries) => {
            let parts =
                entries.iter().map(|entry| format!("{}={}", entry.key, dump_node(&entry.node))).collect();
            format!("{{{}}}", joined(parts))
        }
        Value::List(items) => format!("[{}]", joined(items.iter().map(dump_node).collect())),
        Value::Bool(value) => value.to_string(),
        Value::Text(text) => format!("t{text}"),
        Value::Number(number) if number.is_from_float() => {
            dump_value(&Drawn::Float(number.token().parse().unwrap()))
        }
        Value::Number(number) => format!("i{}", number.token()),
        _ => "-".to_owned(),
    }
}

pub(super) fn dump_value(value: &Drawn) -> String {
    match value {
        Drawn::Missing => "-".to_owned(),
        Drawn::Float(value) if value.is_nan() => "nan".to_owned(),
        Drawn::Float(value) => format!("f{:016x}", value.to_bits()),
        Drawn::Int(value) => format!("i{value}"),
        Drawn::Decimal(text) => format!("d{text}"),
        Drawn::Text(text) => format!("t{text}"),
    }
}

/// The value of a record.
pub fn scalar(value: &Drawn) -> Scalar {
    match value {
        Drawn::Missing => Scalar::Missing,
        Drawn::Float(value) => Scalar::from(*value),
        Drawn::Int(value) => Scalar::Int(*value),
        Drawn::Decimal(text) => Scalar::Decimal(Decimal::parse(text).unwrap()),
        Drawn::Text(text) => Scalar::Text(text.clone()),
    }
}

/// The column with its buffers.
pub fn owned(column: &Column) -> Owned {
    let values = column.values.iter().map(|value| match value {
        // As it is, so that columns see NaN.
        Drawn::Float(value) => Scalar::Float(*value),
        other => scalar(other),
    });
    let kind = match column.kind {
        Kind::Float => "float64",
        Kind::Int => "int64",
        Kind::Decimal => "decimal",
        Kind::Text => "text",
    };
    Owned::new(kind, &values.collect::<Vec<_>>())
}
