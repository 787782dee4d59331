//! Small tables for notebooks.

use std::fmt::Write as _;

/// A table in the making; every cell is escaped.
pub(crate) struct Html(String);

impl Html {
    /// A table with a caption and a row of headings.
    pub(crate) fn new(caption: &str, headings: &[&str]) -> Self {
        let mut html = Self(String::from("<table><caption style=\"white-space: nowrap\">"));
        html.text(caption);
        html.0.push_str("</caption>");
        html.cells("th", headings);
        html
    }

    /// A table of how many there are of what.
    pub(crate) fn of_counts<'w>(
        caption: &str,
        headings: [&str; 2],
        counts: impl IntoIterator<Item = (&'w str, impl ToString)>,
    ) -> String {
        let mut html = Self::new(caption, &headings);
        counts.into_iter().for_each(|(what, count)| html.row(&[what, &count.to_string()]));
        html.finish()
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        self.cells("td", cells);
    }

    /// The table.
    pub(crate) fn finish(mut self) -> String {
        self.0.push_str("</table>");
        self.0
    }

    fn cells(&mut self, tag: &str, cells: &[&str]) {
        self.0.push_str("<tr>");
        for cell in cells {
            let _ = write!(self.0, "<{tag}>");
            self.text(cell);
            let _ = write!(self.0, "</{tag}>");
        }
        self.0.push_str("</tr>");
    }

    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                other => self.0.push(other),
            }
        }
    }
}
