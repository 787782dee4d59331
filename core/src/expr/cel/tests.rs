use std::fmt::Write as _;

use super::ast::{Ast, Kind, Operator, Range};
use super::parse;
use super::parse::{MAX_BYTES, MAX_DEPTH, MAX_ITEMS};
use crate::document::At;
use crate::expr::column_fixtures::Random;
use crate::expr::syntax::Relation;
use crate::money::Decimal;

fn read(text: &str) -> Ast {
    parse(text).unwrap_or_else(|fault| panic!("{text}: {:#}", fault.problem(&At::default(), &text.into())))
}

/// The problem of a text, with the marks under its place.
fn problem(text: &str) -> String {
    let fault = parse(text).expect_err("the text is wrong");
    format!("{:#}", fault.problem(&At::default(), &text.into()))
}

#[test]
fn text_prints_in_one_form() {
    for (written, expected) in [
        ("a>80&&b", "a > 80 && b"),
        ("((a))", "a"),
        ("(a && b) || c", "a && b || c"),
        ("a && (b || c)", "a && (b || c)"),
        ("(a && b) && c", "(a && b) && c"),
        ("!(a in ['x', \"y\\n\"])", "!(a in [\"x\", \"y\\n\"])"),
        ("!!a", "!!a"),
        ("- -5", "-(-5)"),
        ("-(5)", "-(5)"),
        ("-x * -2.50", "-x * -2.5"),
        ("1.0 + 2e3 - .5e0".replace(".5e0", "0.5e0").as_str(), "1.0 + 2000.0 - 0.5"),
        ("(a + b) * c / (d * e)", "(a + b) * c / (d * e)"),
        ("a - (b - c)", "a - (b - c)"),
        ("a ? b : c ? d : e", "a ? b : c ? d : e"),
        ("(a ? b : c) ? d : e", "(a ? b : c) ? d : e"),
        ("(a ? b : c) == d", "(a ? b : c) == d"),
        ("(a == b) == c", "(a == b) == c"),
        ("has(x) && name.startsWith('a').size() > 3", "has(x) && name.startsWith(\"a\").size() > 3"),
        ("`套餐` == `in`", "`套餐` == `in`"),
        ("x in []", "x in []"),
        ("x // the rest\n > 1 // is comment", "x > 1"),
        ("\"\\u4e2d\\\\\\\"\" == x", "\"中\\\\\\\"\" == x"),
    ] {
        assert_eq!(read(written).to_string(), expected, "{written}");
        assert_eq!(read(expected), read(written), "{written}");
    }
}

#[test]
fn mistakes_are_shown_in_their_place() {
    let texts = [
        "arpu = 80",
        "arpu > 80 and brand == \"a\"",
        "NOT vip",
        "a <> b",
        "a & b",
        "a === b",
        "a < b < c",
        "brand == \"a",
        "brand == 'a\\q'",
        "arpu > ",
        "(arpu > 80",
        "arpu > 80)",
        "x in 1, 2",
        "x == null",
        "a.b == 1",
        "套餐 == 1",
        "12abc > x",
        "x > .5",
        "b'x' == y",
        "x > 1_000",
        "for > 1",
        "[1, 2",
        "",
        "a b",
        "x.startsWith",
        "`x",
        "x ? 1",
        "1e40 > x",
    ];
    let mut shown = String::new();
    for text in texts {
        writeln!(shown, "{}\n", problem(text)).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn any_tree_prints_to_a_text_that_reads_back() {
    let mut random = Random(7);
    for _ in 0..3000 {
        let ast = tree(&mut random, 5);
        assert_eq!(read(&ast.to_string()), ast, "{ast}");
    }
}

fn tree(random: &mut Random, depth: usize) -> Ast {
    let inner = |random: &mut Random| tree(random, depth - 1);
    let pair = |random: &mut Random| Box::new([inner(random), inner(random)]);
    let few = |random: &mut Random| (0..random.below(3) + 2).map(|_| inner(random)).collect::<Vec<_>>();
    let relations = [Relation::Eq, Relation::Ne, Relation::Lt, Relation::Le, Relation::Gt, Relation::Ge];
    let chain = |random: &mut Random, operators: &[Operator]| {
        (0..=random.below(3)).map(|_| (random.pick(operators), inner(random))).collect::<Vec<_>>()
    };
    let kind = match if depth == 0 { random.below(4) } else { random.below(14) } {
        0 => Kind::Bool(random.below(2) == 0),
        1 => {
            let value =
                Decimal::new(i128::from(random.next() % 2000) - 1000, random.pick(&[0, 1, 3])).unwrap();
            Kind::Number { value, whole: value.scale() == 0 && random.below(2) == 0 }
        }
        2 => Kind::Text(random.pick(&["", "a", "中 文", "\"", "\\", "\n\t\r", "'`"]).into()),
        3 => Kind::Name(random.pick(&["a", "_b9", "in", "套餐", "a.b", "true", "size"]).into()),
        4 => Kind::List((0..random.below(3)).map(|_| inner(random)).collect()),
        5 => Kind::Not(Box::new(inner(random))),
        6 => Kind::Negative(Box::new(inner(random))),
        7 => Kind::All(few(random)),
        8 => Kind::Any(few(random)),
        9 => Kind::Compare(random.pick(&relations), pair(random)),
        10 => Kind::In(pair(random)),
        11 => {
            let rest = chain(random, &[Operator::Add, Operator::Subtract]);
            Kind::Sum(Box::new(inner(random)), rest)
        }
        12 => {
            let rest = chain(random, &[Operator::Multiply, Operator::Divide, Operator::Remainder]);
            Kind::Product(Box::new(inner(random)), rest)
        }
        _ if random.below(2) == 0 => Kind::If(Box::new([inner(random), inner(random), inner(random)])),
        _ => {
            let target = (random.below(2) == 0).then(|| Box::new(inner(random)));
            let arguments = (0..random.below(3)).map(|_| inner(random)).collect();
            Kind::Call { name: "f".into(), target, arguments }
        }
    };
    Ast::new(kind, Range::default())
}

/// A megabyte of one thing is refused or read in time that grows with the text; no stack is long enough for less.
#[test]
fn a_megabyte_of_anything_ends() {
    let times = |part: &str| part.repeat(MAX_BYTES / part.len());
    let list = |item: &str| format!("x in [{}1]", item.repeat((MAX_BYTES - 8) / item.len()));
    for text in [
        times("("),
        times("!"),
        times("-"),
        times("["),
        times("x in ["),
        times("a ? "),
        times("f("),
        times("x."),
        times("\""),
        times("//"),
        times("x.f()."),
        times("a?b:"),
        list("1,"),
        list("\"a\","),
        times("a || "),
        times("a && "),
        times("a + "),
        times("a * "),
        times(" "),
        times("9"),
        times("a"),
    ] {
        let _ = parse(&text);
    }
    let items = |count: usize| format!("x in [{}]", "1,".repeat(count));
    assert!(parse(&items(MAX_ITEMS)).is_ok());
    assert!(problem(&items(MAX_ITEMS + 1)).starts_with("expr.too_deep"));
    let nested = |depth: usize| "(".repeat(depth) + "a" + &")".repeat(depth);
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert!(problem(&nested(MAX_DEPTH + 1)).starts_with("expr.too_deep"));
    assert!(problem(&" ".repeat(MAX_BYTES + 1)).starts_with("expr.too_deep"));
}
