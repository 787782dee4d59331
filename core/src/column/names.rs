//! Where a name is among others.

use std::collections::HashMap;

/// Up to so many names are compared one by one, which is faster than a table.
const FEW: usize = 32;

/// The positions of names; empty while there are few.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Names(HashMap<String, usize>);

impl Names {
    /// The position of a name among `all`, which are those that were added.
    pub(super) fn position<'n>(&self, mut all: impl Iterator<Item = &'n str>, name: &str) -> Option<usize> {
        if self.0.is_empty() { all.position(|known| known == name) } else { self.0.get(name).copied() }
    }

    /// Takes note of the last of `all`.
    pub(super) fn add<'n>(&mut self, all: impl ExactSizeIterator<Item = &'n str>) {
        let known = self.0.len();
        if all.len() > FEW {
            self.0.extend(all.enumerate().skip(known).map(|(position, name)| (name.to_owned(), position)));
        }
    }
}
