//! Reads the case files of `tests/cases`; `tests/README.md` describes their format. They are JSON, which the crate reads itself.

use std::fs;
use std::path::PathBuf;

use cpcfit::document::{Document, Entry, Node, Value};
use cpcfit::{Catalog, Date, Decimal, FitPolicy, Framework, Record, Result, RuleSet, Scalar, Timestamp};

use super::columns::Owned;

/// The repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One case with the documents of its file.
pub struct Case {
    pub documents: Node,
    pub node: Node,
}

/// The names of all case files.
pub fn files() -> Vec<String> {
    let entries = fs::read_dir(root().join("tests/cases")).unwrap();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    names
}

pub fn load(file: &str) -> Vec<Case> {
    let path = root().join("tests/cases").join(file).with_extension("json");
    let document = Document::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let documents = document.root().get("documents").cloned().unwrap_or_else(Node::null);
    let cases = document.root().get("cases").unwrap();
    list(cases).iter().map(|node| Case { documents: documents.clone(), node: node.clone() }).collect()
}

impl Case {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.node.get(key)
    }

    pub fn word(&self, key: &str) -> Option<&str> {
        self.get(key).map(text)
    }

    /// The catalogue, at its date if the case has one.
    pub fn catalog(&self) -> Result<Catalog> {
        let source = self.get("catalogue").unwrap();
        let document = self.document(source)?;
        let catalog = match source.get("csv") {
            Some(csv) => Catalog::from_table(&document, joined_text(csv))?,
            None => Catalog::from_document(&document)?,
        };
        match self.word("at") {
            Some(date) => catalog.at(Date::parse(date).unwrap()),
            None => Ok(catalog),
        }
    }

    pub fn policy(&self) -> Result<Option<FitPolicy>> {
        let Some(source) = self.get("policy") else { return Ok(None) };
        FitPolicy::from_document(&self.document(source)?).map(Some)
    }

    pub fn framework(&self) -> Result<Framework> {
        Framework::from_document(&self.document(self.get("framework").unwrap())?)
    }

    /// The rules, at their date if the case has one.
    pub fn rules(&self) -> Result<RuleSet> {
        let rules = RuleSet::from_document(&self.document(self.get("rules").unwrap())?)?;
        match self.word("at") {
            Some(date) => rules.at(Date::parse(date).unwrap()),
            None => Ok(rules),
        }
    }

    pub fn contact_policy(&self) -> Result<cpcfit::ContactPolicy> {
        cpcfit::ContactPolicy::from_document(&self.document(self.get("contact_policy").unwrap())?)
    }

    /// The input of a record, each value with the type of column that would hold it.
    pub fn input(&self) -> Vec<(String, &'static str, Scalar)> {
        let entries = entries(self.get("input").unwrap());
        entries
            .iter()
            .map(|entry| (entry.key.to_string(), typed(&entry.node).0, typed(&entry.node).1))
            .collect()
    }

    pub fn record(&self) -> Record {
        self.input().into_iter().map(|(name, _, value)| (name, value)).collect()
    }

    /// The input over so many rows.
    pub fn repeated(&self, rows: usize) -> Vec<(String, Owned)> {
        let columns = self.input().into_iter();
        columns.map(|(name, kind, value)| (name, Owned::new(kind, &vec![value; rows]))).collect()
    }

    /// The columns of a case over many customers.
    pub fn columns(&self) -> Vec<(String, Owned)> {
        self.columns_of("columns")
    }

    /// The columns under a key of the case.
    pub fn columns_of(&self, key: &str) -> Vec<(String, Owned)> {
        let columns = entries(self.get(key).unwrap()).iter();
        columns
            .map(|entry| {
                let column = &entries(&entry.node)[0];
                let values: Vec<_> =
                    list(&column.node).iter().map(|cell| cell_value(&column.key, cell)).collect();
                (entry.key.to_string(), Owned::new(&column.key, &values))
            })
            .collect()
    }

    fn document(&self, source: &Node) -> Result<Document> {
        match source.get("text") {
            Some(parts) => Document::parse(&joined_text(parts)),
            None if source.get("json").is_some() => Document::parse(&self.changed(source).to_json()),
            None => Document::from_node(native(&self.changed(source))),
        }
    }

    /// A native document with the changes of the case.
    fn changed(&self, source: &Node) -> Node {
        let named = |name: &Node| self.documents.get(text(name)).unwrap().clone();
        if let Value::Text(_) = source.value {
            return named(source);
        }
        let name = source.get("of").or_else(|| source.get("json"));
        let mut node = name.map_or_else(|| source.get("native").unwrap().clone(), named);
        for entry in source.get("set").map(entries).unwrap_or_default() {
            change(&mut node, &pointer(&entry.key), Some(&entry.node));
        }
        for path in source.get("remove").map(list).unwrap_or_default() {
            change(&mut node, &pointer(text(path)), None);
        }
        node
    }
}

fn pointer(text: &str) -> Vec<&str> {
    text.split('/').skip(1).collect()
}

/// Sets or removes what the path names.
fn change(node: &mut Node, path: &[&str], new: Option<&Node>) {
    let [key, rest @ ..] = path else {
        *node = new.unwrap().clone();
        return;
    };
    let last = rest.is_empty();
    match &mut node.value {
        Value::Map(entries) => {
            let position = entries.iter().position(|entry| *entry.key == **key);
            match (position, new) {
                (Some(position), None) if last => drop(entries.remove(position)),
                (Some(position), _) => change(&mut entries[position].node, rest, new),
                (None, _) => {
                    entries.push(Entry { key: (*key).into(), key_span: None, node: new.unwrap().clone() });
                }
            }
        }
        Value::List(items) => {
            let position: usize = key.parse().unwrap();
            match new {
                None if last => drop(items.remove(position)),
                Some(new) if position == items.len() => items.push(new.clone()),
                _ => change(&mut items[position], rest, new),
            }
        }
        _ => panic!("nothing under {key}"),
    }
}

/// The nodes that native objects give: numbers with a point or an exponent are floats.
fn native(node: &Node) -> Node {
    match &node.value {
        Value::Map(entries) => {
            Node::map(entries.iter().map(|entry| (entry.key.clone(), native(&entry.node))))
        }
        Value::List(items) => Node::list(items.iter().map(native).collect()),
        Value::Number(number) if number.token().contains(['.', 'e', 'E']) => {
            Node::float(number.token().parse().unwrap())
        }
        _ => Node::new(node.value.clone()),
    }
}

/// A text: as it stands, repeated, from a file, or several joined.
fn joined_text(node: &Node) -> String {
    if let Value::Text(text) = &node.value {
        return text.to_string();
    }
    if let Value::List(parts) = &node.value {
        return parts.iter().map(joined_text).collect();
    }
    match node.get("repeat").map(list) {
        Some([part, count]) => joined_text(part).repeat(number(count).parse().unwrap()),
        _ => fs::read_to_string(root().join(text(node.get("file").unwrap()))).unwrap(),
    }
}

/// The type of column and the value of a typed value.
fn typed(node: &Node) -> (&'static str, Scalar) {
    let Value::Map(entries) = &node.value else { return ("null", Scalar::Missing) };
    let Entry { key, node, .. } = &entries[0];
    match &**key {
        "float" => ("float64", cell_value("float64", node)),
        "int" => match cell_value("int64", node) {
            Scalar::Int(value) if i64::try_from(value).is_err() => ("decimal", Scalar::Int(value)),
            value => ("int64", value),
        },
        "decimal" => ("decimal", cell_value("decimal", node)),
        "text" => ("text", cell_value("text", node)),
        "bool" => ("bool", cell_value("bool", node)),
        "date" => ("date", cell_value("date", node)),
        "timestamp" => ("timestamp_us", cell_value("timestamp_us", node)),
        other => panic!("unknown type `{other}`"),
    }
}

/// A value of a column of that type.
fn cell_value(kind: &str, node: &Node) -> Scalar {
    match &node.value {
        Value::Null => Scalar::Missing,
        Value::Bool(value) => Scalar::Bool(*value),
        _ => {
            let token = match &node.value {
                Value::Number(number) => number.token(),
                _ => text(node),
            };
            match kind {
                "float64" | "float32" => Scalar::Float(token.parse().unwrap()),
                "decimal" => Scalar::Decimal(Decimal::parse(token).unwrap()),
                "date" => Scalar::Date(Date::parse(token).unwrap()),
                _ if kind.starts_with("timestamp") => match token.parse::<i64>() {
                    Ok(count) => count.into(),
                    Err(_) => Scalar::Timestamp(Timestamp::parse(token).unwrap()),
                },
                _ if kind.contains("int") => Scalar::Int(token.parse().unwrap()),
                _ => Scalar::Text(token.to_owned()),
            }
        }
    }
}

pub fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        other => panic!("{other:?} is no mapping"),
    }
}

pub fn list(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        other => panic!("{other:?} is no list"),
    }
}

pub fn text(node: &Node) -> &str {
    match &node.value {
        Value::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

pub fn number(node: &Node) -> &str {
    match &node.value {
        Value::Number(number) => number.token(),
        other => panic!("{other:?} is no number"),
    }
}
