//! The contact policy as a document: the declaration that reads and describes it.

use crate::document::{
    At, Calendar, CurrencyEntry, Declare, Dict, Fields, Header, Id, Integer, Kind, Located, Names, Period,
    Word, WordOf, Words,
};
use crate::expr::{FieldEntry, Syntax};

use super::clock::{Length, Offset, TimeOfDay, Window};
use super::vocabulary::Several;

/// A contact policy as written. What is `None` was reported, or else is absent; the rest is checked all the same.
#[expect(clippy::struct_excessive_bools, reason = "absent and wrong are different outcomes")]
pub(super) struct PolicyDocument {
    pub(super) at: At,
    pub(super) header: Option<Header>,
    pub(super) currency: Option<CurrencyEntry>,
    pub(super) currency_was_read: bool,
    pub(super) offset: Option<Offset>,
    pub(super) channels: Option<Several>,
    pub(super) kinds: Option<Several>,
    pub(super) kinds_were_read: bool,
    pub(super) outcomes: Option<Several>,
    pub(super) outcomes_were_read: bool,
    pub(super) fields: Dict<FieldEntry>,
    pub(super) unknown: Option<WordOf<Unknown>>,
    pub(super) unknown_was_read: bool,
    pub(super) undisturbed: Option<Vec<UndisturbedEntry>>,
    pub(super) quiet: Option<Vec<QuietEntry>>,
    pub(super) limits: Option<Vec<LimitEntry>>,
    pub(super) gaps: Option<Vec<GapEntry>>,
}

impl Kind for PolicyDocument {
    const KIND: &'static str = "contact-policy";
}

impl Declare for PolicyDocument {
    const NAME: &'static str = "ContactPolicyDocument";
    const ABOUT: &'static str =
        "When customers may be contacted: who is not disturbed, quiet hours, limits, gaps.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let header = Header::fields(fields, Self::KIND);
        let currency = fields.optional("currency", "currency of fields of type money");
        let about = "offset from UTC of the clock by which days, quiet hours and calendars are counted";
        let offset = fields.required("offset", about);
        let channels = fields.required("channels", "the channels there are, one or a list");
        let kinds = fields.optional("kinds", "the kinds of contact there are; otherwise kinds are not read");
        let outcomes = fields.optional("outcomes", "the outcomes there are; otherwise outcomes are not read");
        let declared =
            fields.or("fields", "attributes that conditions may test, by id", Dict::default(), "none");
        let about =
            "what an unknown condition means; required where a condition tests a field that may be missing";
        let unknown = fields.optional("unknown", about);
        let undisturbed = fields.optional("do_not_disturb", "customers who are not contacted");
        let quiet = fields.optional("quiet_hours", "times at which customers are not contacted");
        let limits = fields.optional("limits", "how many contacts there may be in a length of time");
        let gaps = fields.optional("gaps", "how long to wait after a contact or an outcome");
        Some(Self {
            at,
            header,
            currency_was_read: currency.is_some(),
            currency: currency.flatten(),
            offset,
            channels,
            kinds_were_read: kinds.is_some(),
            kinds: kinds.flatten(),
            outcomes_were_read: outcomes.is_some(),
            outcomes: outcomes.flatten(),
            fields: declared?,
            unknown_was_read: unknown.is_some(),
            unknown: unknown.flatten(),
            undisturbed: list(undisturbed),
            quiet: list(quiet),
            limits: list(limits),
            gaps: list(gaps),
        })
    }
}

/// An absent list is an empty one; `None` was reported.
#[expect(clippy::option_option, reason = "absent and wrong are different outcomes")]
fn list<T>(read: Option<Option<Vec<T>>>) -> Option<Vec<T>> {
    read.map(Option::unwrap_or_default)
}

/// What an unknown condition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    NoMatch,
    Match,
}

impl Words for Unknown {
    const WORDS: &'static [Word] = &[
        Word { word: "no_match", about: "the entry does not apply" },
        Word { word: "match", about: "the entry applies" },
    ];
    const VALUES: &'static [Self] = &[Self::NoMatch, Self::Match];
}

/// What every entry has.
#[expect(clippy::struct_excessive_bools, reason = "absent and wrong are different outcomes")]
pub(super) struct Scope {
    pub(super) id: Option<Located<Id>>,
    pub(super) name: Names,
    pub(super) channels: Option<Several>,
    pub(super) kinds: Option<Several>,
    pub(super) when: Option<Located<Syntax>>,
    pub(super) when_was_read: bool,
    pub(super) unknown: Option<WordOf<Unknown>>,
    pub(super) unknown_was_read: bool,
    pub(super) effective: Option<Located<Period>>,
    pub(super) effective_was_read: bool,
    pub(super) calendar: Option<Calendar>,
    pub(super) calendar_was_read: bool,
    pub(super) note: Option<Box<str>>,
}

impl Scope {
    /// Asks for the keys of the scope among the keys of an entry.
    fn fields(fields: &mut Fields<'_>) -> Self {
        let id = fields.required("id", "id of the entry");
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let channels = fields.optional("channels", "the channels concerned, one or a list; otherwise all");
        let kinds = fields.optional("kinds", "the kinds of contact concerned, one or a list; otherwise all");
        let when = fields.optional("when", "the customers concerned; otherwise all");
        let unknown = fields.optional("unknown", "what it means when the condition of this entry is unknown");
        let effective = fields.optional("effective", "when the entry is in effect");
        let calendar =
            fields.optional("calendar", "days that return on which the entry is in effect; otherwise all");
        let note = fields.optional("note", "a note of the entry's owner");
        Self {
            id,
            name: name.unwrap_or_default(),
            channels: channels.flatten(),
            kinds: kinds.flatten(),
            when_was_read: when.is_some(),
            when: when.flatten(),
            unknown_was_read: unknown.is_some(),
            unknown: unknown.flatten(),
            effective_was_read: effective.is_some(),
            effective: effective.flatten(),
            calendar_was_read: calendar.is_some(),
            calendar: calendar.flatten(),
            note: note.flatten(),
        }
    }
}

/// Customers who are not contacted.
pub(super) struct UndisturbedEntry {
    pub(super) scope: Scope,
    pub(super) reason: Option<Names>,
}

impl Declare for UndisturbedEntry {
    const NAME: &'static str = "DoNotDisturb";
    const ABOUT: &'static str = "Customers who are not contacted, and why.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let scope = Scope::fields(fields);
        let reason = fields.required("reason", "why, for readers, in several languages if wanted");
        Some(Self { scope, reason })
    }
}

/// A time at which customers are not contacted.
pub(super) struct QuietEntry {
    pub(super) at: At,
    pub(super) scope: Scope,
    pub(super) from: Option<TimeOfDay>,
    pub(super) to: Option<TimeOfDay>,
}

impl Declare for QuietEntry {
    const NAME: &'static str = "QuietHours";
    const ABOUT: &'static str = "A time of day at which customers are not contacted. `effective` and `calendar` are about \
         the day on which it begins.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let scope = Scope::fields(fields);
        let from = fields.required("from", "the first quiet moment");
        let to =
            fields.required("to", "the first moment after; on the next day where it is not after `from`");
        Some(Self { at, scope, from, to })
    }
}

/// How many contacts there may be.
pub(super) struct LimitEntry {
    pub(super) scope: Scope,
    pub(super) at_most: Option<Integer<1, 1_000_000>>,
    pub(super) within: Option<Window>,
    pub(super) per: Option<WordOf<Per>>,
}

impl Declare for LimitEntry {
    const NAME: &'static str = "ContactLimit";
    const ABOUT: &'static str = "How many contacts there may be in a length of time, the new one included.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let scope = Scope::fields(fields);
        let at_most = fields.required("at_most", "how many contacts there may be");
        let about = "a length of time before now, such as 7d or 24h, or the calendar day, week or month";
        let within = fields.required("within", about);
        let per = fields.or("per", "which contacts are counted together", WordOf::of(Per::Total), "total");
        Some(Self { scope, at_most, within, per })
    }
}

/// How long to wait.
pub(super) struct GapEntry {
    pub(super) scope: Scope,
    pub(super) after: Option<Several>,
    pub(super) after_was_read: bool,
    pub(super) wait: Option<Length>,
    pub(super) per: Option<WordOf<Per>>,
}

impl Declare for GapEntry {
    const NAME: &'static str = "ContactGap";
    const ABOUT: &'static str = "How long to wait after a contact, or after one with an outcome.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let scope = Scope::fields(fields);
        let after = fields
            .optional("after", "the outcomes after which to wait, one or a list; otherwise any contact");
        let wait = fields.required("wait", "how long to wait, such as 30d");
        let per = fields.or("per", "which contacts are waited for", WordOf::of(Per::Total), "total");
        Some(Self { scope, after_was_read: after.is_some(), after: after.flatten(), wait, per })
    }
}

/// Which contacts are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    Total,
    Channel,
    Kind,
    ChannelAndKind,
}

impl Words for Per {
    const WORDS: &'static [Word] = &[
        Word { word: "total", about: "all on the channels and of the kinds that the entry concerns" },
        Word { word: "channel", about: "those on the channel of the new contact" },
        Word { word: "kind", about: "those of the kind of the new contact" },
        Word { word: "channel_and_kind", about: "those on its channel and of its kind" },
    ];
    const VALUES: &'static [Self] = &[Self::Total, Self::Channel, Self::Kind, Self::ChannelAndKind];
}

impl Per {
    pub(super) fn by_channel(self) -> bool {
        matches!(self, Self::Channel | Self::ChannelAndKind)
    }

    pub(super) fn by_kind(self) -> bool {
        matches!(self, Self::Kind | Self::ChannelAndKind)
    }
}
