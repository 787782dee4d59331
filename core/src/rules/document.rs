//! The rule set as a document: the declaration that reads and describes it.

use crate::column::Date;
use crate::document::{
    At, Calendar, CurrencyEntry, Declare, Dict, Fields, Header, Id, Integer, Kind, Located, Names, Period,
    Word, WordOf, Words,
};
use crate::expr::{FieldEntry, FieldType, Literal, Syntax};
use crate::money::Currency;

use super::hit::{Collect, Hit};
use super::table::TableEntry;
use super::testing::TestEntry;

/// A rule set as written. What is `None` was reported; the rest is checked all the same.
pub(super) struct RulesDocument {
    pub(super) at: At,
    pub(super) header: Option<Header>,
    pub(super) currency: Option<CurrencyEntry>,
    pub(super) currency_was_read: bool,
    pub(super) fields: Dict<FieldEntry>,
    pub(super) outputs: Dict<OutputEntry>,
    pub(super) hit: Option<Located<WordOf<Hit>>>,
    pub(super) collect: Option<Located<WordOf<Collect>>>,
    pub(super) unknown: Option<WordOf<Unknown>>,
    pub(super) unknown_was_read: bool,
    pub(super) rules: Option<Located<Vec<RuleEntry>>>,
    pub(super) rules_were_read: bool,
    pub(super) table: Option<Located<TableEntry>>,
    pub(super) tests: Vec<TestEntry>,
}

impl RulesDocument {
    /// The currency; where there is none, one that holds whatever any would.
    pub(super) fn currency_or_lenient(&self) -> Currency {
        CurrencyEntry::or_lenient(self.currency.as_ref())
    }
}

impl Kind for RulesDocument {
    const KIND: &'static str = "rules";
}

impl Declare for RulesDocument {
    const NAME: &'static str = "RulesDocument";
    const ABOUT: &'static str = "Rules: conditions over fields, and the outputs where they hold.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let header = Header::fields(fields, Self::KIND);
        let currency = fields.optional("currency", "currency of fields and outputs of type money");
        let declared =
            fields.or("fields", "attributes that conditions may test, by id", Dict::default(), "none");
        let outputs = fields.or("outputs", "what the rules give, by id", Dict::default(), "none");
        let hit = fields.required("hit", "what it means when several rules match");
        let collect =
            fields.optional("collect", "with `hit: collect`: how outputs are put together; otherwise `list`");
        let unknown = fields.optional(
            "unknown",
            "what an unknown condition means; required where a condition tests a field that may be missing",
        );
        let rules = fields.optional("rules", "the rules, in order; or else `table`");
        let table = fields.optional("table", "the rules as a decision table");
        let tests = fields.or("tests", "records with what is expected of them", Vec::new(), "none");
        Some(Self {
            at,
            header,
            currency_was_read: currency.is_some(),
            currency: currency.flatten(),
            fields: declared?,
            outputs: outputs?,
            hit,
            collect: collect?,
            unknown_was_read: unknown.is_some(),
            unknown: unknown.flatten(),
            rules_were_read: rules.is_some(),
            rules: rules.flatten(),
            table: table.flatten(),
            tests: tests.unwrap_or_default(),
        })
    }
}

/// What an unknown condition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    NoMatch,
    Match,
}

impl Words for Unknown {
    const WORDS: &'static [Word] = &[
        Word { word: "no_match", about: "the rule does not match" },
        Word { word: "match", about: "the rule matches" },
    ];
    const VALUES: &'static [Self] = &[Self::NoMatch, Self::Match];
}

/// An output as written.
pub(super) struct OutputEntry {
    pub(super) kind: WordOf<FieldType>,
    pub(super) unit: Option<Box<str>>,
    pub(super) values: Option<Located<Vec<Located<Literal>>>>,
    pub(super) default: Option<Located<Literal>>,
    pub(super) collect: Option<Located<WordOf<Collect>>>,
    pub(super) name: Names,
    pub(super) about: Option<Box<str>>,
}

impl Declare for OutputEntry {
    const NAME: &'static str = "Output";
    const ABOUT: &'static str = "Something that the rules give.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.required("type", "type of the values");
        let unit = fields.optional("unit", "unit of the values, for readers");
        let values =
            fields.optional("values", "the only values there may be; by priority, those written first win");
        let default = fields.optional("default", "the value where a rule says nothing; otherwise missing");
        let about =
            "with `hit: collect`: how this output is put together; otherwise as `collect` of the rules";
        let collect = fields.optional("collect", about);
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let about = fields.optional("about", "what the output means, for readers");
        Some(Self {
            kind: kind?,
            unit: unit?,
            values: values?,
            default: default?,
            collect: collect?,
            name: name?,
            about: about?,
        })
    }
}

/// A rule as written.
#[expect(clippy::struct_excessive_bools, reason = "absent and wrong are different outcomes")]
pub(super) struct RuleEntry {
    pub(super) at: At,
    pub(super) id: Option<Located<Id>>,
    pub(super) name: Names,
    pub(super) when: Option<Located<Syntax>>,
    pub(super) when_was_read: bool,
    pub(super) unknown: Option<WordOf<Unknown>>,
    pub(super) unknown_was_read: bool,
    pub(super) priority: Option<Located<Integer<1, 1_000_000>>>,
    pub(super) priority_was_read: bool,
    pub(super) then: Dict<Located<Literal>>,
    pub(super) effective: Option<Located<Period>>,
    pub(super) effective_was_read: bool,
    pub(super) calendar: Option<Calendar>,
    pub(super) note: Option<Box<str>>,
}

impl Declare for RuleEntry {
    const NAME: &'static str = "Rule";
    const ABOUT: &'static str = "A condition, and the outputs where it holds.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let id = fields.required("id", "id of the rule");
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let when = fields.optional("when", "the condition; otherwise the rule always matches");
        let unknown = fields.optional("unknown", "what it means when the condition of this rule is unknown");
        let priority =
            fields.optional("priority", "rank for hit policies by priority, 1 first; ties in order");
        let then = fields.or("then", "the outputs, by id", Dict::default(), "the defaults");
        let effective = fields.optional("effective", "when the rule is in effect");
        let calendar =
            fields.optional("calendar", "days that return on which the rule is in effect; otherwise all");
        let note = fields.optional("note", "a note of the rule's owner");
        Some(Self {
            at,
            id,
            name: name.unwrap_or_default(),
            when_was_read: when.is_some(),
            when: when.flatten(),
            unknown_was_read: unknown.is_some(),
            unknown: unknown.flatten(),
            priority_was_read: priority.is_some(),
            priority: priority.flatten(),
            then: then.unwrap_or_default(),
            effective_was_read: effective.is_some(),
            effective: effective.flatten(),
            calendar: calendar.flatten(),
            note: note.flatten(),
        })
    }
}

impl RuleEntry {
    /// Whether the rule is in effect on a day.
    pub(super) fn is_in_effect(&self, date: Date) -> bool {
        self.effective.as_ref().is_none_or(|period| period.value.contains(date))
            && self.calendar.as_ref().is_none_or(|calendar| calendar.contains(date))
    }
}
