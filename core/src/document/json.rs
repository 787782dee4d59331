//! A JSON reader that keeps places and number tokens (RFC 8259).

use super::node::{Entry, Node, Span, Value};
use super::text::{Budget, Limits, Read as Tree};
use crate::error::{Place, Problem, document as code};

pub(super) fn read(text: &str, limits: Limits) -> Result<Tree, Vec<Problem>> {
    let mut reader = Reader {
        text,
        position: 0,
        place: Place { line: 1, column: 1 },
        budget: Budget::new(limits),
        duplicates: Vec::new(),
    };
    let root = reader.document().map_err(|problem| vec![*problem])?;
    Ok((root, reader.duplicates))
}

struct Reader<'t> {
    text: &'t str,
    position: usize,
    place: Place,
    budget: Budget,
    duplicates: Vec<Problem>,
}

type Read<T> = Result<T, Box<Problem>>;

impl Reader<'_> {
    fn document(&mut self) -> Read<Node> {
        let root = self.value(1)?;
        self.skip_space();
        if self.peek().is_some() {
            return Err(self.syntax("text after the end of the document"));
        }
        Ok(root)
    }

    fn value(&mut self, depth: usize) -> Read<Node> {
        self.skip_space();
        let start = self.place;
        self.budget.spend(1, depth).map_err(|problem| Box::new(problem.at(Some(start))))?;
        let value = match self.peek() {
            Some('{') => self.map(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.string()?.into()),
            Some('t') => self.word("true", Value::Bool(true))?,
            Some('f') => self.word("false", Value::Bool(false))?,
            Some('n') => self.word("null", Value::Null)?,
            Some('-' | '0'..='9') => self.number()?,
            Some(_) => return Err(self.syntax("expected a value")),
            None => return Err(self.syntax("the text ends where a value is expected")),
        };
        Ok(Node { value, span: Some(Span { start, end: self.place }) })
    }

    fn map(&mut self, depth: usize) -> Read<Value> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        self.bump();
        self.skip_space();
        if self.take('}') {
            return Ok(Value::Map(entries));
        }
        loop {
            self.skip_space();
            let start = self.place;
            if self.peek() != Some('"') {
                return Err(self.syntax("expected a key in double quotes"));
            }
            let key: Box<str> = self.string()?.into();
            let key_span = Some(Span { start, end: self.place });
            self.skip_space();
            if !self.take(':') {
                return Err(self.syntax("expected `:` after the key"));
            }
            let node = self.value(depth.saturating_add(1))?;
            if seen.insert(key.clone()) {
                entries.push(Entry { key, key_span, node });
            } else {
                self.duplicates.push(duplicate_key(&key, Some(start)));
            }
            self.skip_space();
            if self.take('}') {
                return Ok(Value::Map(entries));
            }
            if !self.take(',') {
                return Err(self.syntax("expected `,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        let mut items = Vec::new();
        self.bump();
        self.skip_space();
        if self.take(']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth.saturating_add(1))?);
            self.skip_space();
            if self.take(']') {
                return Ok(Value::List(items));
            }
            if !self.take(',') {
                return Err(self.syntax("expected `,` or `]`"));
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if self.rest().starts_with(word) {
            for _ in word.chars() {
                self.bump();
            }
            return Ok(value);
        }
        Err(self.syntax("expected a value"))
    }

    fn number(&mut self) -> Read<Value> {
        let token: String = self
            .rest()
            .chars()
            .take_while(|c| matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9'))
            .collect();
        if !is_json_number(&token) {
            return Err(self.syntax("not a number"));
        }
        for _ in token.chars() {
            self.bump();
        }
        Ok(Node::number(&token).value)
    }

    fn string(&mut self) -> Read<String> {
        let mut out = String::new();
        self.bump();
        loop {
            match self.peek() {
                None => return Err(self.syntax("the text ends inside a string")),
                Some('"') => {
                    self.bump();
                    return Ok(out);
                }
                Some('\\') => {
                    self.bump();
                    out.push(self.escape()?);
                }
                Some(control) if control < ' ' => {
                    return Err(self.syntax("a control character inside a string"));
                }
                Some(other) => {
                    out.push(other);
                    self.bump();
                }
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let escaped = self.peek();
        self.bump();
        match escaped {
            Some(same @ ('"' | '\\' | '/')) => Ok(same),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode(),
            _ => Err(self.syntax("unknown escape")),
        }
    }

    fn unicode(&mut self) -> Read<char> {
        let mut units = vec![self.hex()?];
        if (0xd800..0xdc00).contains(&units.first().copied().unwrap_or(0)) && self.rest().starts_with("\\u") {
            self.bump();
            self.bump();
            units.push(self.hex()?);
        }
        match char::decode_utf16(units).collect::<Result<Vec<_>, _>>().as_deref() {
            Ok([character]) => Ok(*character),
            _ => Err(self.syntax("a lone surrogate")),
        }
    }

    fn hex(&mut self) -> Read<u16> {
        let digits: String = self.rest().chars().take(4).collect();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.syntax("expected four hexadecimal digits"));
        }
        for _ in 0..4 {
            self.bump();
        }
        u16::from_str_radix(&digits, 16).map_err(|_| self.syntax("expected four hexadecimal digits"))
    }

    fn rest(&self) -> &str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.bump();
        }
        found
    }

    fn bump(&mut self) {
        if let Some(character) = self.peek() {
            self.position = self.position.saturating_add(character.len_utf8());
            if character == '\n' {
                self.place = Place { line: self.place.line.saturating_add(1), column: 1 };
            } else {
                self.place.column = self.place.column.saturating_add(1);
            }
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.bump();
        }
    }

    fn syntax(&self, message: &str) -> Box<Problem> {
        Box::new(Problem::new(code::SYNTAX, "", message).at(Some(self.place)))
    }
}

/// The problem of a key that stands twice in one mapping.
pub(super) fn duplicate_key(key: &str, place: Option<Place>) -> Problem {
    Problem::new(code::DUPLICATE_KEY, "", "the key stands twice in one mapping")
        .with_found(format!("`{key}`"))
        .at(place)
}

fn is_json_number(token: &str) -> bool {
    let unsigned = token.strip_prefix('-').unwrap_or(token);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<String, String> {
        match read(text, Limits::default()) {
            Ok((node, duplicates)) if duplicates.is_empty() => Ok(node.to_json()),
            Ok((_, problems)) | Err(problems) => Err(problems[0].to_string()),
        }
    }

    #[test]
    fn reads_and_writes_back() {
        for text in
            [r#"{"a":[1,-2.50,3e-4,true,false,null],"b":{"c":"x\"\\\n"}}"#, r#""飞享""#, "[]", "{}", "0.290"]
        {
            assert_eq!(json(text).as_deref(), Ok(text));
        }
        assert_eq!(json(r#""\u98de\ud83d\ude00\/""#).as_deref(), Ok("\"飞😀/\""));
    }

    #[test]
    fn refuses_what_is_no_json() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "+1",
            "tru",
            "\"a",
            "\"\\q\"",
            "\"\\ud800\"",
            "1 2",
            "'a'",
        ] {
            assert!(json(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_the_place() {
        assert_eq!(
            json("{\"a\": 1,\n \"b\" 2}").unwrap_err(),
            "document.syntax (line 2, column 6): expected `:` after the key"
        );
        assert!(json("{\"a\":1,\"a\":2}").unwrap_err().contains("line 1, column 8"));
    }

    #[test]
    fn depth_and_size_are_limited() {
        let deep = "[".repeat(100_000);
        assert!(json(&deep).unwrap_err().starts_with("document.too_deep"));
        let wide = format!("[{}1]", "1,".repeat(600_000));
        assert!(json(&wide).unwrap_err().starts_with("document.too_many_nodes"));
    }
}
