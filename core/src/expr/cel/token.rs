//! The words of an expression.

use super::Fault;
use super::ast::{RESERVED, Range};
use crate::error::expr as code;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    Number(&'t str),
    Text(Box<str>),
    /// A name or a keyword.
    Word(&'t str),
    /// A name in backticks, which is never a keyword.
    Quoted(&'t str),
    /// An operator or a bracket, as written.
    Sign(&'static str),
    End,
}

/// Signs that begin no longer one.
const SINGLE: [&str; 14] = [",", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%", "?", ":"];

/// The others, the longest first.
const SIGNS: [&str; 9] = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!"];

/// What people write out of habit, and what is meant.
const HABITS: [(&str, &str, &str); 6] = [
    ("===", "===", "=="),
    ("!==", "!==", "!="),
    ("<>", "<>", "!="),
    ("=", "=", "=="),
    ("&", "&", "&&"),
    ("|", "|", "||"),
];

/// Words for operators in other languages.
const WORDS: [(&str, &str); 3] = [("and", "&&"), ("or", "||"), ("not", "!")];

/// Reads one word after the other.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether a comma or a closing bracket stands next.
    pub(super) fn is_before_end_of_item(&self) -> bool {
        self.rest().starts_with([',', ']', ')'])
    }

    /// Goes `len` bytes on and returns what they cover.
    fn take(&mut self, len: usize) -> (&'t str, Range) {
        let start = self.at;
        self.at = start.saturating_add(len).min(self.text.len());
        (self.text.get(start..self.at).unwrap_or_default(), Range { start, end: self.at })
    }

    pub(super) fn next(&mut self) -> Result<(Token<'t>, Range), Fault> {
        self.skip();
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok((Token::End, self.take(0).1)) };
        match first {
            '"' | '\'' => self.text_token(first),
            '`' => self.quoted_name(),
            '0'..='9' => self.number(),
            '.' if rest.get(1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) => {
                let (found, range) = self.take(1);
                Err(Fault::syntax(range, "the number lacks its first digit")
                    .found(found)
                    .expected("`0.5`, not `.5`"))
            }
            '.' => {
                let (_, range) = self.take(1);
                Ok((Token::Sign("."), range))
            }
            '_' => self.name(),
            first if first.is_ascii_alphabetic() => self.name(),
            _ => self.sign(first),
        }
    }

    fn skip(&mut self) {
        loop {
            let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let blank = self.rest().as_bytes().iter().take_while(is_blank).count();
            self.take(blank);
            if !self.rest().starts_with("//") {
                return;
            }
            let line = self.rest().find('\n').unwrap_or(self.rest().len());
            self.take(line);
        }
    }

    fn sign(&mut self, first: char) -> Result<(Token<'t>, Range), Fault> {
        let rest = self.rest();
        if let Some(sign) = SINGLE.iter().find(|sign| sign.starts_with(first)) {
            return Ok((Token::Sign(sign), self.take(1).1));
        }
        let equals = SIGNS.iter().find(|sign| rest.starts_with(**sign));
        for (written, found, meant) in HABITS {
            // `==` is no `=`, and `&&` no `&`.
            let longer = equals.is_some_and(|sign| sign.len() >= written.len());
            if rest.starts_with(written) && !longer {
                let (_, range) = self.take(written.len());
                let message = format!("`{found}` is no operator");
                return Err(Fault::syntax(range, message)
                    .expected(format!("`{meant}`"))
                    .code(code::WRONG_OPERATOR));
            }
        }
        if let Some(sign) = equals {
            return Ok((Token::Sign(sign), self.take(sign.len()).1));
        }
        let (found, range) = self.take(first.len_utf8());
        let fault = Fault::syntax(range, "the character means nothing here").found(format!("`{found}`"));
        let hint = "a field by its id, or a text in quotes";
        Err(if first.is_alphabetic() { fault.expected(hint) } else { fault })
    }

    fn name(&mut self) -> Result<(Token<'t>, Range), Fault> {
        let rest = self.rest();
        let len =
            rest.find(|other: char| !other.is_ascii_alphanumeric() && other != '_').unwrap_or(rest.len());
        let (name, range) = self.take(len);
        // A text of another kind: bytes, or without escapes.
        if matches!(name, "b" | "r" | "B" | "R") && self.rest().starts_with(['"', '\'']) {
            return Err(Fault::syntax(range, format!("`{name}` before a text is not supported"))
                .expected("a text in quotes"));
        }
        if let Some((_, meant)) = WORDS.iter().find(|(word, _)| name.eq_ignore_ascii_case(word)) {
            let message = format!("`{name}` is no operator");
            return Err(Fault::syntax(range, message)
                .expected(format!("`{meant}`"))
                .code(code::WRONG_OPERATOR));
        }
        match name {
            "true" | "false" | "in" => Ok((Token::Word(name), range)),
            "null" => Err(Fault::syntax(range, "nothing can be compared with `null`")
                .expected("`has(field)` or `!has(field)`")),
            _ if RESERVED.contains(&name) => {
                let message = format!("the language keeps the word `{name}` for itself");
                Err(Fault::syntax(range, message)
                    .expected(format!("a field of that name in backticks: `` `{name}` ``")))
            }
            _ => Ok((Token::Word(name), range)),
        }
    }

    fn quoted_name(&mut self) -> Result<(Token<'t>, Range), Fault> {
        let end = self.rest().get(1..).and_then(|rest| rest.find(['`', '\n']));
        match end {
            Some(len) if len > 0 && self.rest().get(len + 1..).is_some_and(|rest| rest.starts_with('`')) => {
                let (found, range) = self.take(len.saturating_add(2));
                let name = found.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
                Ok((Token::Quoted(name.unwrap_or_default()), range))
            }
            _ => {
                let (_, range) = self.take(1);
                Err(Fault::syntax(range, "the name does not end").expected("a name between two backticks"))
            }
        }
    }

    fn number(&mut self) -> Result<(Token<'t>, Range), Fault> {
        let rest = self.rest().as_bytes();
        let digits = |from: usize| {
            let rest = rest.get(from..).unwrap_or_default();
            from.saturating_add(rest.iter().take_while(|byte| byte.is_ascii_digit()).count())
        };
        let byte = |at: usize| rest.get(at).copied().unwrap_or(b' ');
        let mut len = digits(0);
        if byte(len) == b'.' && byte(len.saturating_add(1)).is_ascii_digit() {
            len = digits(len.saturating_add(1));
        }
        if matches!(byte(len), b'e' | b'E') {
            let signed = usize::from(matches!(byte(len.saturating_add(1)), b'+' | b'-'));
            let first = len.saturating_add(1).saturating_add(signed);
            if byte(first).is_ascii_digit() {
                len = digits(first);
            }
        }
        let tail = rest.get(len..).unwrap_or_default();
        let junk = tail.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let (found, range) = self.take(len.saturating_add(junk));
        if junk > 0 {
            return Err(Fault::syntax(range, "the number cannot be read")
                .found(format!("`{found}`"))
                .expected("decimal digits, such as 80, 0.5 or 1e6"));
        }
        Ok((Token::Number(found), range))
    }

    fn text_token(&mut self, quote: char) -> Result<(Token<'t>, Range), Fault> {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                _ if character == quote => {
                    let (_, range) = self.take(at.saturating_add(1));
                    return Ok((Token::Text(text.into()), range));
                }
                '\n' => break,
                '\\' => {
                    let Some(meant) = escaped(&mut characters) else {
                        let start = start.saturating_add(at);
                        let range = Range { start, end: start.saturating_add(2) };
                        return Err(Fault::syntax(range, "the escape is unknown")
                            .expected(r#"\", \', \\, \n, \r, \t or \u with four hexadecimal digits"#));
                    };
                    text.push(meant);
                }
                other => text.push(other),
            }
        }
        Err(Fault::syntax(self.take(1).1, "the text does not end")
            .expected(format!("a closing {quote} on the line")))
    }
}

/// The character that an escape stands for.
fn escaped(characters: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    Some(match characters.next()?.1 {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        same @ ('"' | '\'' | '\\' | '`' | '?') => same,
        'u' => {
            let mut number = 0_u32;
            for _ in 0..4 {
                number = number.checked_mul(16)?.checked_add(characters.next()?.1.to_digit(16)?)?;
            }
            char::from_u32(number)?
        }
        _ => return None,
    })
}
