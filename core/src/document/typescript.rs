//! TypeScript types of documents as native objects.

use std::fmt::Write as _;

use super::shape::{Body, FieldShape, NamedShape, Shape};

pub(super) fn typescript(named: &[NamedShape]) -> String {
    let mut out = String::new();
    for shape in named {
        let _ = writeln!(out, "/** {} */", shape.about);
        match &shape.body {
            Body::Union(shapes) => {
                let _ = write!(out, "export type {} = {};\n\n", shape.name, union(shapes));
            }
            Body::Record(fields) => {
                let _ = writeln!(out, "export interface {} {{", shape.name);
                for field in fields {
                    property(field, &mut out);
                }
                out.push_str("  [extension: `x-${string}`]: unknown;\n}\n\n");
            }
        }
    }
    out
}

fn property(field: &FieldShape, out: &mut String) {
    let default = field.default.map(|default| format!(" Default: {default}.")).unwrap_or_default();
    let mark = if field.required { "" } else { "?" };
    let _ = write!(
        out,
        "  /** {}.{default} */\n  readonly {}{mark}: {};\n",
        field.about,
        field.key,
        type_of(&field.shape)
    );
}

fn union(shapes: &[Shape]) -> String {
    shapes.iter().map(type_of).collect::<Vec<_>>().join(" | ")
}

fn type_of(shape: &Shape) -> String {
    match shape {
        Shape::Text { .. } => "string".into(),
        Shape::Bool => "boolean".into(),
        Shape::Integer { .. } => "number".into(),
        Shape::Decimal => "number | string".into(),
        Shape::Scalar => "number | string | boolean".into(),
        Shape::Null => "null".into(),
        Shape::List(item) => format!("ReadonlyArray<{}>", type_of(item)),
        Shape::Dict(value) => format!("Readonly<Record<string, {}>>", type_of(value)),
        Shape::Words(words) => {
            words.iter().map(|word| format!("\"{}\"", word.word)).collect::<Vec<_>>().join(" | ")
        }
        Shape::Format => "1".into(),
        Shape::Kind(word) => format!("\"{word}\""),
        Shape::Named(name) => (*name).into(),
        Shape::OneOf(shapes) => union(shapes),
    }
}
