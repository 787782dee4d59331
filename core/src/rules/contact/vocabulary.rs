//! The names of channels, kinds and outcomes: each is a bit of a set.

use crate::document::{At, Decode, Decoder, Id, Located, Node, Shape, Shapes, Value};
use crate::error::{Problem, contact as code, nearest, one_of};

/// The number of a name; [`NONE`] for no name.
pub(super) type Word = u8;

/// No name.
pub(super) const NONE: Word = u8::MAX;

/// How many names there may be of one sort: all of them written out are less than [`WordSet::ALL`].
const MOST: usize = 63;

/// A set of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WordSet(u64);

impl WordSet {
    pub(super) const ALL: Self = Self(u64::MAX);

    pub(super) fn contains(self, word: Word) -> bool {
        self == Self::ALL || (word < 64 && self.0 >> word & 1 == 1)
    }

    /// The first name in both.
    pub(super) fn common(self, other: Self) -> Option<usize> {
        let both = self.0 & other.0;
        (both != 0).then(|| both.trailing_zeros() as usize)
    }
}

/// One or several names, as written.
pub(super) struct Several(pub(super) Vec<Located<Id>>);

impl Decode for Several {
    fn shape(shapes: &mut Shapes) -> Shape {
        let id = Id::shape(shapes);
        Shape::OneOf(vec![id.clone(), Shape::List(Box::new(id))])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                let message = "the list is empty";
                decoder.problem(node, code::NO_NAMES, message, "at least one, or no such key");
                None
            }
            Value::List(_) => Vec::decode(node, decoder).map(Self),
            _ => Located::decode(node, decoder).map(|id| Self(vec![id])),
        }
    }
}

/// The names of one sort.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    /// What they are names of, such as `channel`.
    pub(super) sort: &'static str,
    pub(super) names: Vec<Box<str>>,
    /// Whether all could be read; a missing one is then no reason for further problems.
    complete: bool,
}

impl Vocabulary {
    /// `written` is `None` where there are none; `complete` is false where what was written could not be read.
    pub(super) fn new(
        sort: &'static str,
        written: Option<&Several>,
        complete: bool,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut names: Vec<Box<str>> = Vec::new();
        for name in written.map_or(&[][..], |written| &written.0) {
            let text = name.value.as_str();
            if names.iter().any(|known| **known == *text) {
                let message = format!("the {sort} stands twice");
                problems.push(name.at.problem(code::DUPLICATE_ID, message).with_found(format!("\"{text}\"")));
            } else if names.len() == MOST {
                let problem = name.at.problem(code::TOO_MANY, format!("there are too many {sort}s"));
                problems.push(problem.with_expected(format!("at most {MOST}")));
                break;
            }
            names.push(text.into());
        }
        Self { sort, names, complete }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The number of a name.
    pub(super) fn word(&self, name: &[u8]) -> Option<Word> {
        let position = self.names.iter().position(|known| known.as_bytes() == name)?;
        Word::try_from(position).ok()
    }

    pub(super) fn name(&self, word: Word) -> &str {
        self.names.get(usize::from(word)).map_or("", |name| name)
    }

    /// The names of a set, for people.
    pub(super) fn shown(&self, set: WordSet) -> String {
        let inside = (0..).zip(&self.names).filter(|(word, _)| set.contains(*word));
        inside.map(|(_, name)| &**name).collect::<Vec<_>>().join(", ")
    }

    /// The set of names that an entry writes; all where it writes none.
    pub(super) fn set(&self, written: Option<&Several>, problems: &mut Vec<Problem>) -> WordSet {
        let Some(written) = written else { return WordSet::ALL };
        let mut set = 0;
        for name in &written.0 {
            match self.word(name.value.as_str().as_bytes()) {
                Some(word) => set |= 1 << word,
                None if self.complete => problems.push(self.unknown(&name.at, name.value.as_str())),
                None => {}
            }
        }
        WordSet(set)
    }

    fn unknown(&self, at: &At, name: &str) -> Problem {
        let sort = self.sort;
        let problem = at.problem(code::UNKNOWN_NAME, format!("the {sort} is not declared"));
        self.explained(problem, name)
    }

    /// A value of data that is no name of the sort.
    pub(super) fn stranger(&self, path: &str, found: &str) -> Problem {
        let message = format!("the policy knows no such {}", self.sort);
        self.explained(Problem::new(code::UNKNOWN_NAME, path, message), found)
    }

    fn explained(&self, problem: Problem, name: &str) -> Problem {
        let names = || self.names.iter().map(|name| &**name);
        let sort = self.sort;
        let declared = format!("a declaration under `{sort}s`");
        let expected = if self.is_empty() { declared } else { one_of(names()) };
        problem.with_found(format!("\"{name}\"")).with_expected(expected).suggest(nearest(name, names()))
    }
}
