//! JSON Schema, draft 2020-12.

use super::node::Node;
use super::shape::{Body, FieldShape, NamedShape, Shape};

pub(super) fn json_schema(named: &[NamedShape]) -> String {
    let root = named.first().map_or("", |shape| shape.name);
    let definitions = named.iter().map(|shape| (shape.name, definition(shape)));
    Node::map([
        ("$schema", Node::text("https://json-schema.org/draft/2020-12/schema")),
        ("$ref", Node::text(&format!("#/$defs/{root}"))),
        ("$defs", Node::map(definitions)),
    ])
    .to_json()
}

fn definition(shape: &NamedShape) -> Node {
    let about = ("description", Node::text(shape.about));
    match &shape.body {
        Body::Union(shapes) => Node::map([about, ("anyOf", Node::list(shapes.iter().map(schema).collect()))]),
        Body::Record(fields) => {
            let required = fields.iter().filter(|field| field.required).map(|field| Node::text(field.key));
            Node::map([
                about,
                ("type", Node::text("object")),
                ("properties", Node::map(fields.iter().map(|field| (field.key, property(field))))),
                ("required", Node::list(required.collect())),
                ("patternProperties", Node::map([("^x-", Node::boolean(true))])),
                ("additionalProperties", Node::boolean(false)),
            ])
        }
    }
}

fn property(field: &FieldShape) -> Node {
    let about = match field.default {
        Some(default) => format!("{} (default: {default})", field.about),
        None => field.about.to_owned(),
    };
    let shape = ("allOf", Node::list(vec![schema(&field.shape)]));
    Node::map([("description", Node::text(&about)), shape])
}

fn schema(shape: &Shape) -> Node {
    let kind = |name: &str| ("type", Node::text(name));
    match shape {
        Shape::Text { pattern: None, .. } => Node::map([kind("string")]),
        Shape::Text { pattern: Some(pattern), .. } => {
            Node::map([kind("string"), ("pattern", Node::text(pattern))])
        }
        Shape::Bool => Node::map([kind("boolean")]),
        Shape::Integer { min, max } => Node::map([
            kind("integer"),
            ("minimum", Node::integer((*min).into())),
            ("maximum", Node::integer((*max).into())),
        ]),
        Shape::Decimal => Node::map([("type", Node::list(vec![Node::text("number"), Node::text("string")]))]),
        Shape::Scalar => {
            let types = ["number", "string", "boolean"].map(Node::text).to_vec();
            Node::map([("type", Node::list(types))])
        }
        Shape::Null => Node::map([kind("null")]),
        Shape::List(item) => Node::map([kind("array"), ("items", schema(item))]),
        Shape::Dict(value) => Node::map([kind("object"), ("additionalProperties", schema(value))]),
        Shape::Words(words) => {
            Node::map([("enum", Node::list(words.iter().map(|word| Node::text(word.word)).collect()))])
        }
        Shape::Format => Node::map([("const", Node::integer(1))]),
        Shape::Kind(word) => Node::map([("const", Node::text(word))]),
        Shape::Named(name) => Node::map([("$ref", Node::text(&format!("#/$defs/{name}")))]),
        Shape::OneOf(shapes) => Node::map([("anyOf", Node::list(shapes.iter().map(schema).collect()))]),
    }
}
