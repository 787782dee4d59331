//! Texts that many tests look at: each text is found among all literals of its column once a block, and a test asks
//! only for the number that was found.

use fearless_simd::Level;

use super::columns::Columns;
use super::condition::{Condition, Tree};
use super::masks::RowBits;
use super::text::TextRows;
use crate::column::{Needle, Rows, TextColumn, TextKey, on};

/// The number of texts that no test names.
const OTHER: u8 = 0;

/// Up to so many literals are each compared with all texts, which is faster than a search.
const FEW: usize = 16;

/// The columns of text whose literals fit into a byte.
#[derive(Clone, Debug)]
pub(super) struct TextSets<'c> {
    sets: Vec<TextSet<'c>>,
    /// By test.
    members: Vec<Option<Members>>,
}

/// What a test asks for: the set of its column, and the numbers of its literals there.
#[derive(Clone, Debug)]
pub(super) struct Members {
    pub(super) set: usize,
    pub(super) classes: Vec<u8>,
}

#[derive(Clone, Debug)]
struct TextSet<'c> {
    slot: usize,
    texts: &'c TextColumn<'c>,
    literals: Vec<&'c str>,
    /// The literals as keys, each at the place that its hash says or after.
    table: Vec<(TextKey<'c>, u8)>,
    /// Where the column has a dictionary, the number of each of its values.
    by_code: Option<Vec<u8>>,
    /// Where it has none and the literals are few, each of them.
    needles: Vec<Needle<'c>>,
}

/// What is known of the texts of a block.
#[derive(Clone, Debug)]
pub(super) struct TextRoom<const W: usize> {
    stamp: u64,
    /// The number of each text.
    rows: Box<Rows<u8, W>>,
    /// By needle, the rows that have its text.
    found: Vec<[u64; W]>,
}

impl<'c> TextSets<'c> {
    pub(super) fn new(atoms: &'c [Condition], columns: &Columns<'c>) -> Self {
        let mut sets: Vec<TextSet<'c>> = Vec::new();
        for atom in atoms {
            let Tree::Text { slot, test, .. } = &atom.root else { continue };
            let TextRows::Texts(texts) = TextRows::new(columns, *slot) else { continue };
            let place = sets.iter().position(|set| set.slot == *slot).unwrap_or(sets.len());
            if place == sets.len() {
                let (literals, table) = (Vec::new(), Vec::new());
                sets.push(TextSet {
                    slot: *slot,
                    texts,
                    literals,
                    table,
                    by_code: None,
                    needles: Vec::new(),
                });
            }
            if let Some(set) = sets.get_mut(place) {
                set.literals.extend(test.values().iter().map(|text| &**text));
            }
        }
        for set in &mut sets {
            set.literals.sort_unstable();
            set.literals.dedup();
        }
        sets.retain(|set| set.literals.len() < usize::from(u8::MAX));
        sets.iter_mut().for_each(TextSet::index);
        let members = |atom: &Condition| {
            let Tree::Text { slot, test, .. } = &atom.root else { return None };
            let place = sets.iter().position(|set| set.slot == *slot)?;
            let literals = &sets.get(place)?.literals;
            let class = |text: &str| class(literals.binary_search(&text).ok()?);
            Some(Members {
                set: place,
                classes: test.values().iter().filter_map(|text| class(text)).collect(),
            })
        };
        let members = atoms.iter().map(members).collect();
        Self { sets, members }
    }

    /// Room for the texts of each set.
    pub(super) fn room<const W: usize>(&self) -> Vec<TextRoom<W>> {
        let room = |set: &TextSet<'_>| {
            let found = vec![[0; W]; set.needles.len()];
            TextRoom { stamp: 0, rows: Box::new([[OTHER; 64]; W]), found }
        };
        self.sets.iter().map(room).collect()
    }

    /// What a test asks for.
    pub(super) fn members(&self, atom: usize) -> Option<&Members> {
        self.members.get(atom)?.as_ref()
    }

    /// The rows of a block whose text is among those that a test asks for; of missing rows it means nothing. The texts
    /// are read once for each stamp.
    pub(super) fn among<const W: usize>(
        &self,
        members: &Members,
        (start, stamp): (usize, u64),
        level: Option<Level>,
        room: &mut TextRoom<W>,
    ) -> RowBits<W> {
        let Some(set) = self.sets.get(members.set) else { return RowBits::NONE };
        if room.stamp != stamp {
            room.stamp = stamp;
            if set.needles.is_empty() {
                set.fill(start, room.rows.as_flattened_mut());
            } else {
                set.texts.find(start, level, &set.needles, &mut room.found);
            }
        }
        let rows = |class: &u8| {
            if set.needles.is_empty() {
                return classed(level, &room.rows, *class);
            }
            let found = usize::from(*class).checked_sub(1).and_then(|needle| room.found.get(needle));
            found.map_or(RowBits::NONE, |found| RowBits(*found))
        };
        members.classes.iter().fold(RowBits::NONE, |all, class| all.or(rows(class)))
    }
}

/// The rows of a class.
fn classed<const W: usize>(level: Option<Level>, rows: &Rows<u8, W>, class: u8) -> RowBits<W> {
    on(
        level,
        #[inline(always)]
        || RowBits::among(rows, |row| row == class),
    )
}

impl TextSet<'_> {
    fn index(&mut self) {
        let size = (self.literals.len() * 4).next_power_of_two();
        let mut table = vec![(TextKey::Missing, OTHER); size];
        for (place, literal) in self.literals.iter().enumerate() {
            let key = TextKey::of(literal.as_bytes());
            let mut at = hash(&key) & (size - 1);
            while table.get(at).is_some_and(|(known, _)| *known != TextKey::Missing) {
                at = (at + 1) & (size - 1);
            }
            table.get_mut(at).into_iter().for_each(|slot| *slot = (key, class(place).unwrap_or(OTHER)));
        }
        self.table = table;
        self.by_code = self.texts.as_dictionary().map(|(_, values)| {
            let of = |code| values.get(code).map_or(OTHER, |text| self.find(TextKey::of(text)));
            (0..values.len()).map(of).collect()
        });
        if self.by_code.is_none() && self.literals.len() <= FEW {
            self.needles = self.literals.iter().map(|text| Needle::new(text.as_bytes())).collect();
        }
    }

    fn fill(&self, start: usize, rows: &mut [u8]) {
        if let Some(by_code) = &self.by_code {
            let of = |code: Option<usize>| code.and_then(|code| by_code.get(code)).copied().unwrap_or(OTHER);
            self.texts.fill_by_code(start, rows, of);
        } else {
            self.texts.fill_by_key(start, rows, |key| self.find(key));
        }
    }

    fn find(&self, key: TextKey<'_>) -> u8 {
        let last = self.table.len().saturating_sub(1);
        let mut at = hash(&key) & last;
        loop {
            match self.table.get(at) {
                Some((known, class)) if *known == key => return *class,
                Some((TextKey::Missing, _)) | None => return OTHER,
                Some(_) => at = (at + 1) & last,
            }
        }
    }
}

/// The number of the literal at a place.
fn class(place: usize) -> Option<u8> {
    u8::try_from(place + 1).ok()
}

fn hash(key: &TextKey<'_>) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let word = match key {
        TextKey::Missing => 0,
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed")]
        TextKey::Short(word) => (*word as u64) ^ ((*word >> 64) as u64).rotate_left(29),
        TextKey::Long(text) => {
            let ends = (text.first_chunk::<8>(), text.last_chunk::<8>());
            let word = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
            word(ends.0) ^ word(ends.1).rotate_left(29) ^ text.len() as u64
        }
    };
    usize::try_from(word.wrapping_mul(ODD) >> 40).unwrap_or(0)
}
