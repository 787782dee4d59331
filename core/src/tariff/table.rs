//! A plain price table as a catalogue.

use std::sync::Arc;

use crate::document::{At, Document, Node, Sheet, Value, decode_document};
use crate::error::{Error, Problem, Result, nearest, tariff as code};

use super::catalog::Catalog;
use super::document::{CatalogDocument, TableEntry};

impl Catalog {
    /// Reads a catalogue whose plans are the rows of a price table: the document says under `table` which columns hold
    /// what, the table is CSV text with a header, in UTF-8 or in UTF-16 with a byte-order mark.
    ///
    /// The result is the catalogue that the same plans written out would give, and its
    /// [`to_json`](Catalog::to_json) writes them out.
    ///
    /// # Errors
    /// Every problem of the document or of the table; a cell's path is `/plans/<row>/...`, that of a row with another number of cells
    /// `/table/rows/<row>`, rows counted from 0.
    pub fn from_table(document: &Document, csv: impl AsRef<[u8]>) -> Result<Self> {
        let table = decode_document(document, |read: CatalogDocument, problems| {
            if let (Some(_), Some(plans)) = (&read.table, &read.plans) {
                let problem = plans.at.problem(code::BAD_TABLE, "the catalogue has both `table` and `plans`");
                problems.push(problem.with_expected("one of them"));
            }
            if read.table.is_none() {
                let at = At::default();
                let problem = at.problem(code::BAD_TABLE, "the catalogue does not describe a price table");
                problems.push(problem.with_expected("the key `table`"));
            }
            let known = |id: &str| read.meters.entries.iter().any(|meter| *meter.key == *id);
            for charge in read.table.iter().flat_map(|table| &table.value.charges.entries) {
                if read.meters.complete && !known(&charge.key) {
                    let ids = read.meters.entries.iter().map(|meter| &*meter.key);
                    let problem = charge.at.problem(code::UNKNOWN_METER, "the catalogue has no such meter");
                    let problem = problem.with_found(format!("`{}`", charge.key));
                    problems.push(problem.suggest(nearest(&charge.key, ids)));
                }
            }
            read.table
        })?;
        let plans = read_plans(&table.value, csv.as_ref())?;
        let Value::Map(entries) = &document.root().value else { return Self::from_document(document) };
        let kept = entries.iter().filter(|entry| !matches!(&*entry.key, "table" | "plans"));
        let mut entries: Vec<_> = kept.map(|entry| (entry.key.clone(), entry.node.clone())).collect();
        entries.push(("plans".into(), Node::list(plans)));
        Self::from_document(&Document::from_node(Node::map(entries))?)
    }
}

/// The rows as plans of a document.
fn read_plans(table: &TableEntry, csv: &[u8]) -> Result<Vec<Node>> {
    let sheet = Sheet::read(csv, code::BAD_TABLE).map_err(Error::document)?;
    let columns = Columns::find(table, &sheet.header)?;
    Ok(sheet.rows.iter().map(|row| columns.plan(table, row)).collect())
}

/// The positions of the columns that the table names.
struct Columns {
    positions: Vec<(Arc<str>, usize)>,
}

impl Columns {
    fn find(table: &TableEntry, header: &csv::StringRecord) -> Result<Self> {
        let charges = table.charges.entries.iter().map(|charge| &charge.value);
        let columns = [Some(&table.id), Some(&table.fee), table.priority.as_ref()].into_iter().flatten();
        let names = table.name.0.iter().map(|(_, column)| column);
        let wanted = columns
            .map(|column| &**column)
            .chain(names)
            .chain(charges.clone().filter_map(|charge| charge.allowance.as_deref()))
            .chain(charges.filter_map(|charge| charge.overage.as_deref()));
        let mut positions = Vec::new();
        let mut problems = Vec::new();
        for column in wanted {
            match header.iter().position(|known| known == column) {
                Some(first) if header.iter().skip(first.saturating_add(1)).any(|known| known == column) => {
                    let problem =
                        Problem::new(code::BAD_TABLE, "/table", "the price table has the column twice");
                    problems.push(problem.with_found(format!("`{column}`")));
                }
                Some(position) => positions.push((column.into(), position)),
                None => problems.push(
                    Problem::new(code::BAD_TABLE, "/table", "the price table has no such column")
                        .with_found(format!("`{column}`"))
                        .suggest(nearest(column, header.iter())),
                ),
            }
        }
        if problems.is_empty() { Ok(Self { positions }) } else { Err(Error::document(problems)) }
    }

    fn cell<'r>(&self, row: &'r csv::StringRecord, column: &str) -> Option<&'r str> {
        let position =
            self.positions.iter().find(|(known, _)| **known == *column).map(|(_, position)| *position)?;
        row.get(position).filter(|cell| !cell.is_empty())
    }

    /// Empty cells are absent keys; numbers keep the digits of the table.
    fn plan(&self, table: &TableEntry, row: &csv::StringRecord) -> Node {
        let text = |column: &str| self.cell(row, column).map(Node::text);
        let number = |column: &str| self.cell(row, column).map(Node::number);
        let names = table.name.0.iter().filter_map(|(tag, column)| Some((tag.to_owned(), text(column)?)));
        let charges = table.charges.entries.iter().map(|charge| {
            let key = |key: &str, column: &Option<Box<str>>| {
                column.as_deref().and_then(text).map(|cell| (key.to_owned(), cell))
            };
            let charge_keys =
                [key("allowance", &charge.value.allowance), key("overage", &charge.value.overage)];
            (charge.key.clone(), Node::map(charge_keys.into_iter().flatten()))
        });
        let keys = [
            ("id", text(&table.id)),
            ("name", Some(Node::map(names))),
            ("fee", text(&table.fee)),
            ("priority", table.priority.as_deref().and_then(number)),
            ("charges", Some(Node::map(charges))),
        ];
        Node::map(keys.into_iter().filter_map(|(key, node)| node.map(|node| (key, node))))
    }
}
