//! The nearest known name, for "did you mean".

/// The known name with the smallest edit distance, if it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let name: Vec<char> = name.chars().take(LONGEST).flat_map(char::to_lowercase).collect();
    let limit = name.len().div_ceil(3);
    known
        .into_iter()
        .map(|candidate| (distance(&name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The names that may stand somewhere, for "expected": the first few of them.
pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED: usize = 12;
    let mut names = names.into_iter();
    let listed: Vec<&str> = names.by_ref().take(LISTED).collect();
    let more = if names.next().is_some() { ", ..." } else { "" };
    format!("one of {}{more}", listed.join(", "))
}

/// Levenshtein's distance over characters, by one row.
fn distance(name: &[char], candidate: &str) -> usize {
    let mut row: Vec<usize> = (0..=name.len()).collect();
    for (line, theirs) in candidate.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = line;
        let mut left = line.saturating_add(1);
        for (ours, cell) in name.iter().zip(row.iter_mut().skip(1)) {
            let substituted = diagonal.saturating_add(usize::from(*ours != theirs));
            diagonal = *cell;
            left = substituted.min(left.saturating_add(1)).min(cell.saturating_add(1));
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (a, b, expected) in [("kitten", "sitting", 3), ("", "ab", 2), ("ab", "", 2), ("same", "same", 0)]
        {
            let name: Vec<char> = a.chars().collect();
            assert_eq!(distance(&name, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_far_ones_are_not() {
        assert_eq!(nearest("voce", ["data", "voice"]), Some("voice"));
        assert_eq!(nearest("FX38", ["fx48", "fx38"]), Some("fx38"));
        assert_eq!(nearest("banana", ["data", "voice"]), None);
    }
}
