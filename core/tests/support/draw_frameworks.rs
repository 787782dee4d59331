//! Draws the generated frameworks in Rust: `tests/generated/frameworks.py` line by line. `tests/README.md`, "The generated
//! frameworks", describes the method.

use cpcfit::document::Node;

use super::draw::{Column, Drawn, Kind, Random, dump_node, dump_value, integer};

pub const FRAMEWORKS: u32 = 500;
pub const ROWS: usize = 50;

const SCALES: [(i32, i32); 5] = [(0, 100), (0, 100), (0, 1), (-1, 1), (1, 5)];
const METHODS: [&str; 10] =
    ["goalposts", "log", "benchmarks", "ratio", "target", "bands", "points", "logistic", "standard", "share"];
const FROM_DATA: [&str; 3] = ["min_max", "z_score", "percentile_rank"];
const WEIGHTS_FROM_DATA: [&str; 4] = ["critic", "standard_deviation", "pca", "entropy"];
const SEGMENTS: [&str; 3] = ["vip", "new", "old"];

/// A framework and the inputs of [`ROWS`] rows, to which it is fitted first where `fitting` says so.
pub struct Case {
    pub index: u32,
    pub fitting: bool,
    pub framework: Node,
    pub columns: Vec<Column>,
}

/// What holds for all of a framework: its scale, whether scores stay above zero, whether it is fitted.
struct Setting {
    low: i32,
    high: i32,
    strict: bool,
    fitting: bool,
}

impl Setting {
    fn at(&self, percent: u64) -> Node {
        Node::float(f64::from(self.low) + f64::from(self.high - self.low) * percent as f64 / 100.0)
    }
}

type Entries = Vec<(&'static str, Node)>;

pub fn draw(index: u32) -> Case {
    let random = &mut Random::of(index);
    let (low, high) = random.pick(&SCALES);
    let strict = low >= 0 && random.one_in(2);
    let setting = Setting { low, high, strict, fitting: random.one_in(4) };
    let (names, children) = draw_tree(random);
    let count = children.iter().flatten().filter(|child| child.starts_with('i')).count();
    let (mut indicators, mut columns) = (Vec::new(), Vec::new());
    for number in 0..count {
        let (entry, marks) = draw_indicator(random, &setting, number);
        columns.push(draw_values(random, format!("i{number}"), &marks));
        if entry.iter().any(|(key, _)| *key == "compare") {
            columns.push(draw_values(random, format!("c{number}"), &marks));
        }
        indicators.push((format!("i{number}"), Node::map(entry)));
    }
    let nodes: Vec<_> = names
        .iter()
        .zip(&children)
        .map(|(name, own)| (name.clone(), draw_node(random, &setting, name, own)))
        .collect();
    let segments = std::iter::repeat_with(|| draw_segment(random)).take(ROWS).collect();
    columns.push(Column { name: "segment".to_owned(), kind: Kind::Text, scale: 0, values: segments });
    let whole = |value: i32| Node::integer(value.into());
    let framework = Node::map([
        ("cpcfit", integer(1)),
        ("kind", Node::text("framework")),
        ("id", Node::text(&format!("f{index}"))),
        ("version", Node::text("1")),
        ("scale", Node::map([("min", whole(low)), ("max", whole(high))])),
        ("root", Node::text("root")),
        ("segments", Node::map([("field", Node::text("segment"))])),
        ("indicators", Node::map(indicators)),
        ("nodes", Node::map(nodes)),
    ]);
    Case { index, fitting: setting.fitting, framework, columns }
}

/// The nodes, root first, with the children of each: every node has an indicator of its own.
fn draw_tree(random: &mut Random) -> (Vec<String>, Vec<Vec<String>>) {
    let mut names = vec!["root".to_owned()];
    names.extend((0..random.below(4)).map(|number| format!("n{number}")));
    let mut children = vec![Vec::new(); names.len()];
    for (number, name) in names.iter().skip(1).enumerate() {
        children[random.below(number as u64 + 1) as usize].push(name.clone());
    }
    for number in 0..names.len() + random.below(6) as usize {
        let node = if number < names.len() { number } else { random.below(names.len() as u64) as usize };
        children[node].push(format!("i{number}"));
    }
    for own in &mut children {
        if random.one_in(2) {
            own.reverse();
        }
    }
    (names, children)
}

fn draw_node(random: &mut Random, setting: &Setting, name: &str, children: &[String]) -> Node {
    let mut node = vec![("children", texts(children))];
    node.extend(draw_aggregate(random, setting, name, children.len()).map(|own| ("aggregate", own)));
    if name != "root" && random.one_in(3) {
        node.push(("weight", draw_weight(random)));
    }
    node.extend(draw_weights(random, setting, children, 2).map(|weights| ("weights", weights)));
    if random.one_in(3) {
        node.push(("by_segment", Node::map([("vip", draw_shares(random, children))])));
    }
    if random.one_in(4) {
        node.push(("min_coverage", Node::float(random.below(100) as f64 / 100.0)));
    }
    Node::map(node)
}

fn texts(items: &[String]) -> Node {
    Node::list(items.iter().map(|item| Node::text(item)).collect())
}

fn draw_aggregate(random: &mut Random, setting: &Setting, name: &str, count: usize) -> Option<Node> {
    let kind = random.below(if setting.strict { 10 } else { 4 });
    let word = match kind {
        0 | 1 if random.one_in(2) => return None,
        0 | 1 => "arithmetic",
        3 if setting.fitting => return Some(Node::map([("topsis", Node::text("from_data"))])),
        3 if random.one_in(2) => "topsis",
        3 => {
            let best: Vec<_> = (0..count).map(|_| setting.at(70 + random.below(31))).collect();
            let worst: Vec<_> = (0..count).map(|_| setting.at(random.below(31))).collect();
            let ends = [("ideal", Node::list(best)), ("anti_ideal", Node::list(worst))];
            return Some(Node::map([("topsis", Node::map(ends))]));
        }
        4 if name == "root" => "mean_penalised",
        2 | 4 => "minimum",
        5 | 6 => "geometric",
        7 => "harmonic",
        _ if random.one_in(2) => {
            let power = random.pick(&[-2, -1, 2, 3]);
            return Some(Node::map([("power", Node::integer(power))]));
        }
        _ => return Some(Node::map([("power", Node::float(0.5))])),
    };
    Some(Node::text(word))
}

/// Weights of a node; at `depth` 2 also none, and mixes of weights.
fn draw_weights(random: &mut Random, setting: &Setting, children: &[String], depth: u64) -> Option<Node> {
    Some(match random.below(4 + depth) {
        0 => Node::text("equal"),
        1 => Node::map([("values", draw_shares(random, children))]),
        2 => {
            let mut order = children.to_vec();
            for place in (1..order.len()).rev() {
                order.swap(place, random.below(place as u64 + 1) as usize);
            }
            Node::map([("ranking", texts(&order))])
        }
        3 if setting.fitting && children.len() > 1 => {
            // Entropy is of scores from zero upwards.
            let known = if setting.strict { &WEIGHTS_FROM_DATA[..] } else { &WEIGHTS_FROM_DATA[..3] };
            Node::map([("from_data", Node::text(random.pick(known)))])
        }
        3 => Node::map([("ahp", draw_comparisons(random, children.len()))]),
        4 if depth == 2 => {
            let first = draw_weights(random, setting, children, 0)?;
            let second = draw_weights(random, setting, children, 0)?;
            let share = Node::float((1 + random.below(9)) as f64 / 10.0);
            let part = |share, weights| Node::map([("share", share), ("weights", weights)]);
            let parts = Node::list(vec![part(share, first), part(integer(1), second)]);
            Node::map([("mix", parts), ("by", Node::text(random.pick(&["sum", "product"])))])
        }
        _ => return None,
    })
}

fn draw_weight(random: &mut Random) -> Node {
    let k = 1 + random.below(300);
    number_of(random, k)
}

/// A weight for each child, now and then zero but for the first.
fn draw_shares(random: &mut Random, children: &[String]) -> Node {
    let shares = children.iter().enumerate().map(|(place, child)| {
        let is_zero = place > 0 && random.one_in(8);
        (child.clone(), if is_zero { integer(0) } else { draw_weight(random) })
    });
    Node::map(shares.collect::<Vec<_>>())
}

/// A reciprocal matrix, more or less consistent.
fn draw_comparisons(random: &mut Random, count: usize) -> Node {
    let ranks: Vec<u64> = (0..count).map(|_| random.below(4)).collect();
    let mut matrix = vec![vec![integer(1); count]; count];
    for row in 0..count {
        for column in row + 1..count {
            let times = signed(ranks[row]) - signed(ranks[column]) + signed(random.below(2));
            let whole = Node::integer(i128::from(times.abs() + 1));
            let part = Node::text(&format!("1/{}", times.abs() + 1));
            (matrix[row][column], matrix[column][row]) =
                if times >= 0 { (whole, part) } else { (part, whole) };
        }
    }
    Node::list(matrix.into_iter().map(Node::list).collect())
}

/// An indicator, and the hundredths at which its curve bends: values are drawn around them.
fn draw_indicator(random: &mut Random, setting: &Setting, number: usize) -> (Entries, Vec<u64>) {
    let mut method = random.pick(&METHODS);
    if method == "ratio" && setting.low != 0 {
        method = "goalposts";
    }
    let mut direction = random.pick(&["higher", "lower"]);
    if method == "target" || (matches!(method, "bands" | "points") && random.one_in(3)) {
        direction = "target";
    }
    let marks = draw_marks(random);
    let normalise = draw_method(random, setting, method, direction, &marks);
    let mut entry = vec![("direction", Node::text(direction))];
    if random.one_in(2) {
        entry.push(("weight", draw_weight(random)));
    }
    if random.one_in(6) {
        let by = Node::text(random.pick(&["ratio", "growth", "difference"]));
        entry.push(("compare", Node::map([("with", Node::text(&format!("c{number}"))), ("as", by)])));
    }
    entry.push(("normalise", normalise));
    let clips = if setting.strict { &["both", "low"][..] } else { &["both", "low", "high", "none"][..] };
    let clip = random.pick(clips);
    if setting.strict || random.one_in(2) {
        entry.push(("clip", Node::text(clip)));
    }
    if random.one_in(6) {
        let most = marks[3] + random.below(2000);
        let most = number_of(random, most);
        entry.push(("possible", Node::map([("min", Node::integer(-20)), ("max", most)])));
    }
    if !random.one_in(3) {
        entry.push(("impossible", Node::text("missing")));
    }
    entry.extend(draw_missing(random, setting, &marks).map(|missing| ("missing", missing)));
    if random.one_in(5) {
        entry.push(("winsorise", draw_limits(random, setting, &marks)));
    }
    entry.push(("constant", Node::text("middle")));
    (entry, marks)
}

/// Four ascending numbers of hundredths.
fn draw_marks(random: &mut Random) -> Vec<u64> {
    let mut marks = vec![100 + random.below(500)];
    for place in 0..3 {
        marks.push(marks[place] + 50 + random.below(800));
    }
    marks
}

fn draw_method(random: &mut Random, setting: &Setting, method: &str, direction: &str, marks: &[u64]) -> Node {
    let ascending: Vec<Node> = marks.iter().map(|mark| number_of(random, *mark)).collect();
    if setting.fitting && direction != "target" && random.one_in(2) {
        return draw_method_from_data(random, direction);
    }
    let level = |place: usize| ascending[if direction == "lower" { 3 - place } else { place }].clone();
    let method_of = |name: &'static str, entries: Entries| Node::map([(name, Node::map(entries))]);
    match method {
        "goalposts" => method_of("goalposts", vec![("worst", level(0)), ("best", level(3))]),
        "log" => {
            let log = ("log", Node::boolean(true));
            method_of("goalposts", vec![("worst", level(0)), ("best", level(3)), log])
        }
        "benchmarks" => {
            let mut levels = vec![("floor", level(0)), ("baseline", level(1)), ("challenge", level(3))];
            levels.extend(random.one_in(2).then(|| ("at_baseline", setting.at(50))));
            method_of("benchmarks", levels)
        }
        "ratio" => {
            let mut levels = vec![("baseline", level(1))];
            levels.extend(random.one_in(2).then(|| ("at_baseline", setting.at(60))));
            method_of("ratio", levels)
        }
        "target" => {
            let tolerance = if random.one_in(2) {
                integer(0)
            } else {
                let k = random.below(200);
                number_of(random, k)
            };
            let distance = draw_width(random, 900);
            let target = vec![("value", level(1)), ("tolerance", tolerance), ("distance", distance)];
            method_of("target", target)
        }
        "bands" => {
            let band = |(place, score): (usize, Node)| {
                let below = (place < 3).then(|| ("below", ascending[place].clone()));
                Node::map(below.into_iter().chain([("score", score)]))
            };
            let scores = draw_scores(random, setting, direction).into_iter().enumerate();
            Node::map([("bands", Node::list(scores.map(band).collect()))])
        }
        "points" => {
            let scores = draw_scores(random, setting, direction);
            let points = ascending.iter().cloned().zip(scores).map(|(x, score)| Node::list(vec![x, score]));
            Node::map([("points", Node::list(points.collect()))])
        }
        "logistic" => method_of("logistic", vec![("midpoint", level(2)), ("width", draw_width(random, 500))]),
        "standard" => {
            let mut levels = vec![("mean", level(1)), ("deviation", draw_width(random, 500))];
            if random.one_in(2) {
                levels.push(("at_mean", setting.at(40)));
                levels.push(("per_deviation", Node::float(f64::from(setting.high - setting.low) / 8.0)));
            }
            method_of("standard", levels)
        }
        _ => {
            let of = Node::text(random.pick(&["vector", "sum", "max"]));
            method_of("share", vec![("of", of), ("by", ascending[3].clone())])
        }
    }
}

fn draw_method_from_data(random: &mut Random, direction: &str) -> Node {
    let kind = random.below(4) as usize;
    if let Some(word) = FROM_DATA.get(kind) {
        return Node::map([("from_data", Node::text(word))]);
    }
    let (worst, best) = if direction == "higher" { ("min", "max") } else { ("max", "min") };
    Node::map([("goalposts", Node::map([("worst", Node::text(worst)), ("best", Node::text(best))]))])
}

fn draw_width(random: &mut Random, most: u64) -> Node {
    let k = 1 + random.below(most);
    number_of(random, k)
}

/// Four scores that follow the direction; any for a target.
fn draw_scores(random: &mut Random, setting: &Setting, direction: &str) -> Vec<Node> {
    let mut percents: Vec<u64> = (0..4).map(|_| random.below(101)).collect();
    match direction {
        "target" => {}
        "lower" => percents.sort_by(|a, b| b.cmp(a)),
        _ => percents.sort_unstable(),
    }
    percents.into_iter().map(|percent| setting.at(percent)).collect()
}

fn draw_missing(random: &mut Random, setting: &Setting, marks: &[u64]) -> Option<Node> {
    Some(match random.below(6) {
        0 => return None,
        1..=3 => Node::text("skip"),
        4 if setting.fitting => {
            let centre = Node::text(random.pick(&["mean", "median"]));
            Node::map([("impute", centre), ("by", Node::text("segment"))])
        }
        4 => {
            let mark = random.pick(marks);
            Node::map([("value", number_of(random, mark))])
        }
        _ => Node::map([("score", setting.at(random.below(101)))]),
    })
}

fn draw_limits(random: &mut Random, setting: &Setting, marks: &[u64]) -> Node {
    let quantile = |share| Node::map([("quantile", Node::float(share))]);
    let (low, high) = if setting.fitting {
        (quantile(0.1), quantile(0.875))
    } else {
        (number_of(random, marks[0] + 20), number_of(random, marks[2]))
    };
    Node::map([("low", low), ("high", high)])
}

/// Hundredths as a document may have them: a float or, where they are whole, an integer.
fn number_of(random: &mut Random, k: u64) -> Node {
    if k.is_multiple_of(100) && random.one_in(2) { integer(k / 100) } else { Node::float(k as f64 / 100.0) }
}

fn draw_values(random: &mut Random, name: String, marks: &[u64]) -> Column {
    let kind = random.pick(&[Kind::Float, Kind::Float, Kind::Float, Kind::Int]);
    let compared = name.starts_with('c');
    let values = std::iter::repeat_with(|| draw_value(random, kind, marks, compared)).take(ROWS).collect();
    Column { name, kind, scale: 0, values }
}

fn draw_value(random: &mut Random, kind: Kind, marks: &[u64], compared: bool) -> Drawn {
    let special = random.below(256);
    if special < 6 {
        return if kind == Kind::Float { Drawn::Float(f64::NAN) } else { Drawn::Missing };
    }
    let mut k = signed(random.pick(marks));
    match random.below(8) {
        0 => k += 1,
        1 => k -= 1,
        2..=5 => k = signed(random.below(4000)),
        6 if random.one_in(8) => k = -signed(random.below(1000)),
        _ => {}
    }
    if kind == Kind::Int {
        return Drawn::Int(k.div_euclid(100).into());
    }
    Drawn::Float(match special {
        6 if !compared => f64::INFINITY,
        7 => 1e30,
        // A third has no end as a decimal.
        ..80 => k as f64 / 300.0,
        _ => k as f64 / 100.0,
    })
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap()
}

fn draw_segment(random: &mut Random) -> Drawn {
    if random.one_in(8) { Drawn::Missing } else { Drawn::Text(random.pick(&SEGMENTS).to_owned()) }
}

/// The case as one line of text, for a digest of the inputs alone; floats by their bits.
pub fn dump(case: &Case) -> String {
    let mut parts = vec![if case.fitting { "fit" } else { "-" }.to_owned(), dump_node(&case.framework)];
    for column in &case.columns {
        let kind = match column.kind {
            Kind::Float => "float",
            Kind::Int => "int",
            _ => "text",
        };
        let values: Vec<_> = column.values.iter().map(dump_value).collect();
        parts.push(format!("{}:{kind}:{}", column.name, values.join(",")));
    }
    parts.join("|")
}
