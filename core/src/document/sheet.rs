//! Sheets: CSV text as people keep it, with a row of headings.

use std::borrow::Cow;

use crate::error::{Code, Problem};

/// A sheet with its headings.
pub(crate) struct Sheet {
    pub(crate) header: csv::StringRecord,
    pub(crate) rows: Vec<csv::StringRecord>,
}

impl Sheet {
    /// Reads UTF-8, or UTF-16 with a byte-order mark. Every row has as many cells as there are headings; lines without a cell are left out.
    ///
    /// # Errors
    /// What is wrong with the sheet, under the code.
    pub(crate) fn read(csv: &[u8], code: Code) -> Result<Self, Vec<Problem>> {
        let unreadable = |message: String| Problem::new(code, "/table", message);
        let text = text(csv).map_err(|fault| vec![fault.problem(code)])?;
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let failed = |error: csv::Error| vec![unreadable(format!("the sheet cannot be read: {error}"))];
        let header = reader.headers().map_err(failed)?.clone();
        let mut rows: Vec<_> = reader.records().collect::<Result<_, _>>().map_err(failed)?;
        // Spreadsheets leave rows of nothing but commas.
        rows.retain(|row: &csv::StringRecord| row.iter().any(|cell| !cell.is_empty()));
        let ragged = rows.iter().enumerate().filter(|(_, row)| row.len() != header.len());
        let mut lines = Lines { text: &text, at: 0, line: 1 };
        let problems: Vec<_> =
            ragged.map(|(index, row)| ragged_row(code, index, lines.of(row), row.len(), &header)).collect();
        if problems.is_empty() { Ok(Self { header, rows }) } else { Err(problems) }
    }
}

/// The lines of rows, asked for from the first to the last.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line on which a row begins; its position may be that of blank lines before it.
    fn of(&mut self, row: &csv::StringRecord) -> usize {
        let start =
            row.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let rest = self.text.get(start..).unwrap_or_default();
        let blank = rest.len().saturating_sub(rest.trim_start_matches(['\r', '\n']).len());
        let start = start.saturating_add(blank);
        let passed = self.text.as_bytes().get(self.at..start).unwrap_or_default();
        self.line = self.line.saturating_add(passed.split(|byte| *byte == b'\n').skip(1).count());
        self.at = start;
        self.line
    }
}

fn ragged_row(code: Code, index: usize, line: usize, cells: usize, header: &csv::StringRecord) -> Problem {
    let cells = if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") };
    let message = format!("line {line} of the sheet has {cells}");
    let names: Vec<&str> = header.iter().collect();
    let problem = Problem::new(code, format!("/table/rows/{index}"), message);
    problem.with_expected(format!("{}: {}", header.len(), names.join(", ")))
}

/// Why bytes are no text.
struct Fault {
    message: String,
    found: Option<String>,
}

impl Fault {
    fn problem(self, code: Code) -> Problem {
        let problem = Problem::new(code, "/table", self.message);
        let expected = "UTF-8 from beginning to end: save the sheet as `CSV UTF-8`";
        match self.found {
            Some(found) => problem.with_found(found).with_expected(expected),
            None => problem.with_expected(expected),
        }
    }
}

fn text(csv: &[u8]) -> Result<Cow<'_, str>, Fault> {
    match csv {
        [0xff, 0xfe, units @ ..] => wide(units, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, units @ ..] => wide(units, u16::from_be_bytes).map(Cow::Owned),
        [0xef, 0xbb, 0xbf, text @ ..] | text => narrow(text).map(Cow::Borrowed),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Fault> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(units.iter().map(|bytes| unit(*bytes))).collect();
    text.ok().filter(|_| rest.is_empty()).ok_or_else(|| Fault {
        message: "the sheet begins as UTF-16 and does not go on so".to_owned(),
        found: None,
    })
}

fn narrow(bytes: &[u8]) -> Result<&str, Fault> {
    let fault = |message: String, found: String| Fault { message, found: Some(found) };
    let line_of = |before: &[u8]| before.split(|byte| *byte == b'\n').count();
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            Some(at) => {
                let line = line_of(bytes.get(..at).unwrap_or_default());
                let message = format!(
                    "line {line} of the sheet is no text; it may be UTF-16 without a byte-order mark"
                );
                Err(fault(message, "a byte of zero".to_owned()))
            }
            None => Ok(text),
        },
        Err(error) => {
            let (before, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
            let line = line_of(before);
            // ASCII is the same in nearly every encoding and so tells nothing.
            let also =
                if before.is_ascii() { "" } else { ", as what stands before is: it may have two encodings" };
            let message = format!("line {line} of the sheet is not UTF-8{also}");
            Err(fault(message, format!("the byte 0x{:02X}", rest.first().copied().unwrap_or_default())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sheet;
    use crate::error::rules::BAD_TABLE;

    fn told(csv: &[u8]) -> String {
        match Sheet::read(csv, BAD_TABLE) {
            Ok(sheet) => format!("{:?} {}", sheet.header.iter().collect::<Vec<_>>(), sheet.rows.len()),
            Err(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                lines.join("\n") + "\n"
            }
        }
    }

    #[test]
    fn encodings_are_told_apart() {
        let utf16: Vec<u8> = "城市,b\nKöln,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let read = told("城市,b\nKöln,2\n".as_bytes());
        assert_eq!(read, "[\"城市\", \"b\"] 1");
        assert_eq!(told(&[&[0xef, 0xbb, 0xbf], "城市,b\nKöln,2\n".as_bytes()].concat()), read);
        assert_eq!(told(&[&[0xff, 0xfe], utf16.as_slice()].concat()), read);
        let swapped: Vec<u8> =
            utf16.as_chunks::<2>().0.iter().flat_map(|[low, high]| [*high, *low]).collect();
        assert_eq!(told(&[&[0xfe, 0xff], swapped.as_slice()].concat()), read);
    }

    #[test]
    fn what_is_wrong_is_told_all_at_once() {
        let utf16: Vec<u8> = "a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        insta::assert_snapshot!(
            [
                told(b"a,b\n\n1\n,\n\r\n  \n1,2\n\n\n1,2,3\n"),
                told(b"a,b\n1,K\xf6ln\n"),
                told("a,b\n1,Köln\n2,".bytes().chain([0xf6]).collect::<Vec<u8>>().as_slice()),
                told(&utf16),
                told(&[&[0xff, 0xfe, 0x00], utf16.as_slice()].concat()),
            ]
            .join("\n"),
            @r#"
        rules.bad_table at /table/rows/0: line 3 of the sheet has 1 cell; expected 2: a, b
        rules.bad_table at /table/rows/2: line 10 of the sheet has 3 cells; expected 2: a, b

        rules.bad_table at /table: line 2 of the sheet is not UTF-8; found the byte 0xF6, expected UTF-8 from beginning to end: save the sheet as `CSV UTF-8`

        rules.bad_table at /table: line 3 of the sheet is not UTF-8, as what stands before is: it may have two encodings; found the byte 0xF6, expected UTF-8 from beginning to end: save the sheet as `CSV UTF-8`

        rules.bad_table at /table: line 1 of the sheet is no text; it may be UTF-16 without a byte-order mark; found a byte of zero, expected UTF-8 from beginning to end: save the sheet as `CSV UTF-8`

        rules.bad_table at /table: the sheet begins as UTF-16 and does not go on so; expected UTF-8 from beginning to end: save the sheet as `CSV UTF-8`
        "#
        );
    }
}
