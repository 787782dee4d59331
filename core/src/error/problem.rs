//! One problem: code, path, place, and the words that say how to mend it.

use std::fmt;

use super::Code;

/// How many characters of a source line are shown before the place, and after.
const SHOWN: usize = 80;

/// How many rows a data problem lists; the count is exact.
const LISTED_ROWS: usize = 5;

/// A place in the text of a document; both numbers start at 1 and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One thing to mend.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    code: Code,
    message: String,
    path: String,
    place: Option<Place>,
    source: Option<SourceLine>,
    found: Option<String>,
    expected: Option<String>,
    suggestion: Option<String>,
    rows: Vec<usize>,
    row_count: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct SourceLine {
    /// What stands before the line: its number, if it is a line of the document.
    margin: String,
    text: String,
    /// Characters of the text before the place.
    indent: usize,
    width: usize,
}

impl SourceLine {
    /// Of a long line, what stands around the place.
    fn new(margin: String, line: &str, before: usize, width: usize) -> Self {
        let skipped = if before >= SHOWN { before.saturating_sub(SHOWN / 2) } else { 0 };
        let text = line.chars().skip(skipped).take(SHOWN.saturating_mul(2)).collect();
        Self { margin, text, indent: before.saturating_sub(skipped), width: width.clamp(1, SHOWN) }
    }
}

impl Problem {
    pub(crate) fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: path.into(),
            place: None,
            source: None,
            found: None,
            expected: None,
            suggestion: None,
            rows: Vec::new(),
            row_count: 0,
        }
    }

    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    pub(crate) fn with_found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(shorten(found.into()));
        self
    }

    pub(crate) fn with_expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn suggest(mut self, suggestion: Option<&str>) -> Self {
        self.suggestion = suggestion.map(str::to_owned);
        self
    }

    /// Takes, from the lines of the source, the one on which the place lies, for `{:#}`.
    pub(crate) fn quote(&mut self, lines: &[&str], width: usize) {
        let (Some(place), None) = (self.place, &self.source) else { return };
        if let Some(line) = lines.get(place.line.saturating_sub(1)) {
            let before = place.column.saturating_sub(1);
            self.source = Some(SourceLine::new(place.line.to_string(), line, before, width));
        }
    }

    /// Takes the line of a text within the document on which the bytes from `start` to `end` begin.
    pub(crate) fn quote_part(&mut self, text: &str, start: usize, end: usize) {
        let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        let marked = rest.get(..end.saturating_sub(start)).unwrap_or_default().lines().next();
        let width = marked.unwrap_or_default().chars().count();
        self.source = Some(SourceLine::new(String::new(), line, column, width));
    }

    pub(crate) fn add_rows(&mut self, rows: &[usize], count: u64) {
        let room = LISTED_ROWS.saturating_sub(self.rows.len());
        self.rows.extend(rows.iter().take(room));
        self.row_count = self.row_count.saturating_add(count);
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.code == other.code && self.path == other.path && self.message == other.message
    }

    pub(crate) fn absorb(&mut self, later: &Self) {
        self.add_rows(&later.rows, later.row_count);
    }

    pub(crate) fn masked(&self) -> Self {
        let mut masked = self.clone();
        masked.found = masked.found.map(|_| "***".to_owned());
        masked
    }

    /// The stable code, such as `tariff.unknown_meter`.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is wrong, without the values.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where: a JSON pointer into the document, or the name of a column or field.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Line and column, where the document was a text.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// What stood there.
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// What may stand there.
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// The nearest known name.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// The first few rows concerned (numbered from 0), for problems of columns.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// How many rows are concerned.
    pub fn row_count(&self) -> u64 {
        self.row_count
    }
}

/// A value as it is shown in a message: at most 80 characters.
fn shorten(text: String) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.id())?;
        if !self.path.is_empty() {
            write!(f, " at {}", self.path)?;
        }
        if let Some(place) = self.place {
            write!(f, " (line {}, column {})", place.line, place.column)?;
        }
        write!(f, ": {}", self.message)?;
        match (&self.found, &self.expected) {
            (Some(found), Some(expected)) => write!(f, "; found {found}, expected {expected}")?,
            (Some(found), None) => write!(f, "; found {found}")?,
            (None, Some(expected)) => write!(f, "; expected {expected}")?,
            (None, None) => {}
        }
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        if self.row_count > 0 {
            let rows: Vec<String> = self.rows.iter().map(usize::to_string).collect();
            let more = if self.row_count > rows.len() as u64 { ", ..." } else { "" };
            let noun = if self.row_count == 1 { "row" } else { "rows" };
            write!(f, " ({} {noun}: {}{more})", self.row_count, rows.join(", "))?;
        }
        if let (true, Some(source)) = (f.alternate(), &self.source) {
            let (margin, indent) = (&source.margin, source.indent);
            let marks = "^".repeat(source.width);
            write!(
                f,
                "\n  {margin} | {}\n  {:w$} | {:indent$}{marks}",
                source.text,
                "",
                "",
                w = margin.len()
            )?;
        }
        Ok(())
    }
}
