//! The reference page of a kind of document, in Markdown.

use std::fmt::Write as _;

use super::shape::{Body, FieldShape, NamedShape, Shape};

pub(super) fn reference(kind: &str, named: &[NamedShape]) -> String {
    let mut out = format!("# Documents of kind `{kind}`\n");
    for shape in named {
        let _ = write!(out, "\n## {}\n\n{}\n\n", shape.name, shape.about);
        match &shape.body {
            Body::Union(shapes) => shapes.iter().for_each(|shape| {
                let _ = writeln!(out, "- {}", type_of(shape));
            }),
            Body::Record(fields) => {
                out.push_str("| key | value | |\n|---|---|---|\n");
                for field in fields {
                    row(field, &mut out);
                }
            }
        }
    }
    out
}

fn row(field: &FieldShape, out: &mut String) {
    let need = match (field.required, field.default) {
        (true, _) => "required".to_owned(),
        (false, Some(default)) => format!("default: {default}"),
        (false, None) => "optional".to_owned(),
    };
    let _ = writeln!(out, "| `{}` | {} | {}; {need} |", field.key, type_of(&field.shape), field.about);
}

fn type_of(shape: &Shape) -> String {
    match shape {
        Shape::Text { about, .. } => (*about).into(),
        Shape::Bool => "true or false".into(),
        Shape::Integer { min, max } => format!("whole number, {min} to {max}"),
        Shape::Decimal => "decimal".into(),
        Shape::Scalar => "number, text or boolean".into(),
        Shape::Null => "null".into(),
        Shape::List(item) => format!("list of {}", type_of(item)),
        Shape::Dict(value) => format!("mapping: id to {}", type_of(value)),
        Shape::Words(words) => {
            let words: Vec<_> =
                words.iter().map(|word| format!("`{}` ({})", word.word, word.about)).collect();
            words.join(", ")
        }
        Shape::Format => "`1`".into(),
        Shape::Kind(word) => format!("`{word}`"),
        Shape::Named(name) => format!("[{name}](#{})", name.to_lowercase()),
        Shape::OneOf(shapes) => shapes.iter().map(type_of).collect::<Vec<_>>().join(" or "),
    }
}
