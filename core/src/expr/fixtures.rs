//! A small kind of document with fields and one criterion, for the tests of this module.

use super::{Criterion, FieldEntry, FieldSet, Slots, UnknownWord, Where};
use crate::document::{Declare, Dict, Document, Fields, Header, Kind, Names, Word, Words, decode_document};
use crate::error::Result;
use crate::money::{Currency, Decimal};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Out,
    In,
}

impl Words for Verdict {
    const WORDS: &'static [Word] =
        &[Word { word: "out", about: "does not pass" }, Word { word: "in", about: "passes" }];
    const VALUES: &'static [Self] = &[Verdict::Out, Verdict::In];
}

impl UnknownWord for Verdict {
    const NAME: &'static str = "Candidates";
    const ABOUT: &'static str = "Who passes.";

    fn passes(self) -> bool {
        self == Verdict::In
    }
}

struct Sheet {
    fields: Dict<FieldEntry>,
    candidates: Where<Verdict>,
}

impl Declare for Sheet {
    const NAME: &'static str = "Sheet";
    const ABOUT: &'static str = "Fields and a criterion.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let header = Header::fields(fields, Self::KIND);
        let declared = fields.required("fields", "fields");
        let candidates = fields.required("candidates", "criterion");
        header?;
        Some(Self { fields: declared?, candidates: candidates? })
    }
}

impl Kind for Sheet {
    const KIND: &'static str = "sheet";
}

/// The fields of every test: an optional and a required one of each type, usage with and without a default.
pub(super) const FIELDS: &str = "
cpcfit: 1
kind: sheet
id: test
version: '1'
fields:
  age: {type: number, unit: year, missing: true}
  visits: {type: number}
  balance: {type: money, missing: true, name: {en: Balance}}
  rent: {type: money}
  city: {type: string, missing: true}
  branch: {type: string}
  vip: {type: boolean, missing: true}
  active: {type: boolean}
  joined: {type: date, missing: true}
  seen: {type: date}
  calls: {type: integer, missing: true}
  orders: {type: integer}
  at: {type: timestamp, missing: true}
  sent: {type: timestamp}
";

/// The fields of `FIELDS`, the usages `voice` and `data` (default 0), and the criterion written in YAML.
pub(super) fn sheet(criterion: &str) -> Result<(FieldSet, Criterion)> {
    read(&format!("{FIELDS}candidates: {criterion}\n"))
}

/// Fields and criterion of a whole document.
pub(super) fn read(text: &str) -> Result<(FieldSet, Criterion)> {
    let document = Document::parse(text)?;
    decode_document(&document, |sheet: Sheet, problems| {
        let mut fields = FieldSet::new(&Currency::new("CNY", 2));
        fields.add_usage("voice", "min", Names::default(), None);
        fields.add_usage("data", "MB", Names::default(), Some(Decimal::ZERO));
        fields.declare(sheet.fields, problems);
        let criterion = sheet.candidates.bind(&fields, problems)?;
        Some((fields, criterion))
    })
}

/// Fields and criterion of a condition whose unknown outcome does not matter.
pub(super) fn condition(condition: &str) -> (FieldSet, Criterion) {
    match sheet(&format!("{{where: {condition}, unknown: out}}")) {
        Ok(bound) => bound,
        Err(error) => panic!("{condition}: {error:#}"),
    }
}

pub(super) fn slots(criterion: &Criterion) -> Slots {
    let mut slots = Slots::default();
    slots.add(criterion.condition());
    slots
}

/// A condition as written, without its binding.
pub(super) fn syntax(condition: &str) -> super::syntax::Syntax {
    struct Alone(super::syntax::Syntax);

    impl Declare for Alone {
        const NAME: &'static str = "Alone";
        const ABOUT: &'static str = "A condition.";

        fn declare(fields: &mut Fields<'_>) -> Option<Self> {
            let header = Header::fields(fields, Self::KIND);
            let when = fields.required("when", "the condition");
            header?;
            when.map(Self)
        }
    }

    impl Kind for Alone {
        const KIND: &'static str = "alone";
    }

    let text = format!("cpcfit: 1\nkind: alone\nid: test\nversion: '1'\nwhen: {condition}\n");
    let document = Document::parse(&text).unwrap();
    decode_document(&document, |alone: Alone, _| Some(alone.0)).unwrap()
}
