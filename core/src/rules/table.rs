//! Decision tables: each row becomes a rule whose condition is its cells.

#[cfg(feature = "csv")]
use crate::document::Sheet;
use crate::document::{
    At, Declare, Decode, Decoder, Dict, DictEntry, Document, Fields, Located, Names, Node, Shape, Shapes,
    Value, decode_document,
};
#[cfg(feature = "csv")]
use crate::error::Error;
use crate::error::{Problem, Result, nearest, rules as code};
use crate::expr::{Field, FieldSet, FieldType};

use super::cell::{self, CellFault};
use super::document::RulesDocument;
use super::set::RuleSet;

/// Where a table has what.
pub(super) struct TableEntry {
    at: At,
    id: Option<Box<str>>,
    name: ColumnNames,
    priority: Option<Box<str>>,
    note: Option<Box<str>>,
    inputs: Dict<Box<str>>,
    outputs: Dict<Box<str>>,
    rows: Option<Located<Vec<Vec<Cell>>>>,
}

impl Declare for TableEntry {
    const NAME: &'static str = "DecisionTable";
    const ABOUT: &'static str = "Which columns of a decision table hold what, one rule a row.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let id = fields.optional("id", "column of the rule's id; otherwise `row-1`, `row-2` and so on");
        let name = fields.or("name", "columns of the names, by language", ColumnNames::default(), "no names");
        let priority = fields.optional("priority", "column of the priority");
        let note = fields.optional("note", "column of the owner's note");
        let inputs = fields.required("inputs", "column of each field that is tested, by field");
        let outputs = fields.or("outputs", "column of each output, by output", Dict::default(), "none");
        let rows = fields.optional(
            "rows",
            "the rows; each has a cell for `id`, `name`, `priority`, `note`, inputs and outputs, in this order",
        );
        Some(Self {
            at,
            id: id?,
            name: name?,
            priority: priority?,
            note: note?,
            inputs: inputs?,
            outputs: outputs?,
            rows: rows?,
        })
    }
}

/// Columns of names, by language tag.
#[derive(Default)]
struct ColumnNames(Names);

impl Decode for ColumnNames {
    fn shape(shapes: &mut Shapes) -> Shape {
        Names::shape(shapes)
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        Names::decode(node, decoder).map(Self)
    }
}

/// A cell as text; nothing is an empty one.
struct Cell(Box<str>);

impl Decode for Cell {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Scalar
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Null => Some(Self("".into())),
            Value::Bool(value) => Some(Self(value.to_string().into())),
            Value::Number(number) => Some(Self(number.token().into())),
            Value::Text(text) => Some(Self(text.clone())),
            _ => decoder.wrong_type(node, "a cell: a text, a number, true or false"),
        }
    }
}

/// A row of a table.
trait Row {
    fn cell(&self, position: usize) -> Option<&str>;
    fn len(&self) -> usize;
}

impl Row for Vec<Cell> {
    fn cell(&self, position: usize) -> Option<&str> {
        self.get(position).map(|cell| &*cell.0)
    }

    fn len(&self) -> usize {
        self.len()
    }
}

#[cfg(feature = "csv")]
impl Row for csv::StringRecord {
    fn cell(&self, position: usize) -> Option<&str> {
        self.get(position)
    }

    fn len(&self) -> usize {
        self.len()
    }
}

/// Headings and rows.
type Given<'s, R> = (Vec<String>, &'s [R]);

impl RuleSet {
    /// Reads rules whose rows are those of a sheet: the document says under `table` which columns hold what, the sheet is
    /// CSV text with a header, in UTF-8 or in UTF-16 with a byte-order mark. Cells of inputs are tests: `-`, a value, `>80`, `[5..10)`, several between commas, `not(...)`.
    ///
    /// The result is the rule set that the same rules written out would give, and its [`to_json`](Self::to_json) writes
    /// them out.
    ///
    /// # Errors
    /// Every problem of the document or of the sheet; a row's path is `/table/rows/<row>` or `/rules/<row>`, rows counted from 0.
    #[cfg(feature = "csv")]
    pub fn from_table(document: &Document, csv: impl AsRef<[u8]>) -> Result<Self> {
        let sheet = Sheet::read(csv.as_ref(), code::BAD_TABLE).map_err(Error::document)?;
        let header = sheet.header.iter().map(str::to_owned).collect();
        Self::of_sheet(document, Some((header, sheet.rows.as_slice())))
    }

    /// Rules of the rows of a sheet, or else of those in the document.
    fn of_sheet<R: Row>(document: &Document, sheet: Option<Given<'_, R>>) -> Result<Self> {
        let (table, fields, kinds) = decode_document(document, |read: RulesDocument, problems| {
            let currency = read.currency_or_lenient();
            let kinds = read.outputs.entries.iter().map(|entry| (entry.key.clone(), entry.value.kind.0));
            let kinds: Vec<(Box<str>, FieldType)> = kinds.collect();
            let mut fields = FieldSet::new(&currency);
            let (table, rules) = (read.table, read.rules);
            fields.declare(read.fields, problems);
            let Some(table) = table else {
                let problem = read.at.problem(code::BAD_TABLE, "the document does not describe a table");
                problems.push(problem.with_expected("the key `table`"));
                return None;
            };
            if let Some(rules) = rules {
                let problem = rules.at.problem(code::BAD_TABLE, "the document has both `table` and `rules`");
                problems.push(problem.with_expected("one of them"));
            }
            Some((table.value, fields, kinds))
        })?;
        let about = About { table: &table, fields: &fields, kinds: &kinds };
        let rules = match (sheet, &table.rows) {
            (Some((header, rows)), None) => about.rules(&header, rows),
            (None, Some(rows)) => {
                let header: Vec<String> = table.columns().map(str::to_owned).collect();
                about.rules(&header, &rows.value)
            }
            (Some(_), Some(rows)) => {
                let problem = rows.at.problem(code::BAD_TABLE, "the table has rows, and a sheet is given");
                return Err(document.refuse(vec![problem.with_expected("one of them")]));
            }
            (None, None) => {
                let problem = table.at.problem(code::BAD_TABLE, "the table has no rows");
                let expected = "`rows`, or a sheet: `RuleSet::from_table`";
                return Err(document.refuse(vec![problem.with_expected(expected)]));
            }
        };
        let rules = rules.map_err(|problems| document.refuse(problems))?;
        let Value::Map(entries) = &document.root().value else { return Self::from_document(document) };
        let kept = entries.iter().filter(|entry| &*entry.key != "table");
        let mut entries: Vec<_> = kept.map(|entry| (entry.key.clone(), entry.node.clone())).collect();
        entries.push(("rules".into(), Node::list(rules)));
        Self::from_document(&Document::from_node(Node::map(entries))?)
    }

    /// The rules of a document with a table; `None` where it has none.
    pub(super) fn of_own_table(document: &Document) -> Option<Result<Self>> {
        document.root().get("table").map(|_| Self::of_sheet::<Vec<Cell>>(document, None))
    }
}

impl TableEntry {
    /// The columns that are named, in order.
    fn columns(&self) -> impl Iterator<Item = &str> {
        self.id
            .as_deref()
            .into_iter()
            .chain(self.name.0.iter().map(|(_, column)| column))
            .chain(self.priority.as_deref())
            .chain(self.note.as_deref())
            .chain(self.inputs.entries.iter().map(|entry| &*entry.value))
            .chain(self.outputs.entries.iter().map(|entry| &*entry.value))
    }
}

/// What rows are read with.
struct About<'a> {
    table: &'a TableEntry,
    fields: &'a FieldSet,
    kinds: &'a [(Box<str>, FieldType)],
}

/// A column, and where it is in a row.
#[derive(Clone, Copy)]
struct ColumnAt<'a> {
    name: &'a str,
    position: usize,
}

impl<'a> ColumnAt<'a> {
    fn of(name: &'a str, header: &[String]) -> Option<Self> {
        let position = header.iter().position(|known| **known == *name)?;
        Some(Self { name, position })
    }

    fn cell<'r>(&self, row: &'r impl Row) -> &'r str {
        row.cell(self.position).map_or("", str::trim)
    }
}

/// What the columns hold.
struct Reader<'a> {
    inputs: Vec<(&'a Field, ColumnAt<'a>)>,
    /// By output, with its type.
    outputs: Vec<(&'a str, Option<FieldType>, ColumnAt<'a>)>,
    /// By language tag.
    names: Vec<(&'a str, ColumnAt<'a>)>,
    id: Option<ColumnAt<'a>>,
    priority: Option<ColumnAt<'a>>,
    note: Option<ColumnAt<'a>>,
}

impl About<'_> {
    /// The rows as rules of a document.
    fn rules<R: Row>(&self, header: &[String], rows: &[R]) -> std::result::Result<Vec<Node>, Vec<Problem>> {
        let mut problems = self.check_header(header);
        if rows.is_empty() {
            let problem = self.table.at.problem(code::NO_RULES, "the table has no rows");
            problems.push(problem.with_expected("a row for each rule"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let reader = self.reader(header);
        let mut rules = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            if row.len() == header.len() {
                rules.push(reader.rule(index, row, &mut problems));
            } else {
                let problem =
                    Problem::new(code::BAD_TABLE, path(index, None), "the row has another number of cells");
                let expected = format!("{}: {}", header.len(), header.join(", "));
                problems.push(problem.with_found(row.len().to_string()).with_expected(expected));
            }
        }
        if problems.is_empty() { Ok(rules) } else { Err(problems) }
    }

    fn reader(&self, header: &[String]) -> Reader<'_> {
        let TableEntry { id, name, priority, note, inputs, outputs, .. } = self.table;
        let kind = |id: &str| self.kinds.iter().find(|(known, _)| **known == *id).map(|(_, kind)| *kind);
        let inputs = inputs.entries.iter();
        let outputs = outputs.entries.iter();
        Reader {
            inputs: inputs
                .filter_map(|it| Some((self.fields.get(&it.key)?, ColumnAt::of(&it.value, header)?)))
                .collect(),
            outputs: outputs
                .filter_map(|it| Some((&*it.key, kind(&it.key), ColumnAt::of(&it.value, header)?)))
                .collect(),
            names: name
                .0
                .iter()
                .filter_map(|(tag, column)| Some((tag, ColumnAt::of(column, header)?)))
                .collect(),
            id: id.as_deref().and_then(|name| ColumnAt::of(name, header)),
            priority: priority.as_deref().and_then(|name| ColumnAt::of(name, header)),
            note: note.as_deref().and_then(|name| ColumnAt::of(name, header)),
        }
    }

    fn check_header(&self, header: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |message: &str, found: &str, near: Option<&str>| {
            let problem = self.table.at.problem(code::BAD_TABLE, message).with_found(format!("`{found}`"));
            problems.push(problem.suggest(near));
        };
        for column in self.table.columns() {
            match header.iter().filter(|known| *known == column).count() {
                0 => report(
                    "the sheet has no such column",
                    column,
                    nearest(column, header.iter().map(String::as_str)),
                ),
                1 => {}
                _ => report("the sheet has the column twice", column, None),
            }
        }
        for DictEntry { key, at, .. } in &self.table.inputs.entries {
            if self.fields.get(key).is_none() {
                let problem =
                    at.problem(code::BAD_TABLE, "the field is not declared").with_found(format!("`{key}`"));
                problems.push(problem.suggest(nearest(key, self.fields.iter().map(Field::id))));
            }
        }
        problems
    }
}

impl Reader<'_> {
    fn rule(&self, index: usize, row: &impl Row, problems: &mut Vec<Problem>) -> Node {
        let mut report = |column: &str, cell: &str, CellFault { message, expected }: CellFault| {
            let problem = Problem::new(code::BAD_CELL, path(index, Some(column)), message);
            problems.push(problem.with_found(format!("`{cell}`")).with_expected(expected));
        };
        let mut when = String::new();
        for (field, column) in &self.inputs {
            let cell = column.cell(row);
            match cell::condition(cell, field) {
                Ok(None) => {}
                Ok(Some(test)) if when.is_empty() => when = test,
                Ok(Some(test)) => {
                    when.push_str(" && ");
                    when.push_str(&test);
                }
                Err(fault) => report(column.name, cell, fault),
            }
        }
        let mut then = Vec::with_capacity(self.outputs.len());
        for (id, kind, column) in &self.outputs {
            let cell = column.cell(row);
            match cell::value(cell) {
                Ok(value) => then.extend(value.map(|value| (*id, output(*kind, value)))),
                Err(fault) => report(column.name, cell, fault),
            }
        }
        let text = |column: &ColumnAt<'_>| Some(column.cell(row)).filter(|text| !text.is_empty());
        let id = self.id.map_or_else(
            || Node::text(&format!("row-{}", index.saturating_add(1))),
            |column| Node::text(column.cell(row)),
        );
        let names = self.names.iter();
        let names = names.filter_map(|(tag, column)| Some((*tag, Node::text(text(column)?))));
        let keys = [
            ("id", Some(id)),
            ("name", Some(Node::map(names))),
            ("when", (!when.is_empty()).then(|| Node::text(&when))),
            ("priority", self.priority.as_ref().and_then(text).map(Node::number)),
            ("then", Some(Node::map(then))),
            ("note", self.note.as_ref().and_then(text).map(Node::text)),
        ];
        Node::map(keys.into_iter().filter_map(|(key, node)| node.map(|node| (key, node))))
    }
}

/// Sheets say yes and no for booleans.
fn output(kind: Option<FieldType>, value: &str) -> Node {
    match (kind, cell::boolean(value)) {
        (Some(FieldType::Boolean), Some(value)) => Node::boolean(value),
        _ => Node::text(value),
    }
}

fn path(index: usize, column: Option<&str>) -> String {
    match column {
        Some(column) => format!("/table/rows/{index}/{column}"),
        None => format!("/table/rows/{index}"),
    }
}
