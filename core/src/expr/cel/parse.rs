//! From text to the tree, by recursive descent: linear in the text, and no deeper than a limit.

use super::Fault;
use super::ast::{Ast, Kind, Operator, Range};
use super::token::{Lexer, Token};
use crate::error::expr as code;
use crate::expr::syntax::Relation;
use crate::money::Decimal;

/// Parentheses, lists, calls, `!`, `-` and `? :` within one another.
pub(in crate::expr) const MAX_DEPTH: usize = 64;

/// The most bytes of one expression.
pub(in crate::expr) const MAX_BYTES: usize = 1 << 20;

pub(in crate::expr) fn parse(text: &str) -> Result<Ast, Fault> {
    if text.len() > MAX_BYTES {
        let fault = Fault::syntax(Range { start: 0, end: 1 }, "the expression is longer than the limit");
        return Err(fault.expected(format!("at most {MAX_BYTES} bytes")).code(code::TOO_DEEP));
    }
    let mut parser = Parser::new(Lexer::new(text))?;
    let ast = parser.choice()?;
    match &parser.token {
        Token::End => Ok(ast),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

/// The most items of one list: shorter values than that come again and again in the bytes that an expression may have.
pub(in crate::expr) const MAX_ITEMS: usize = 200_000;

/// A part made of two.
type OfSides = fn(Box<[Ast; 2]>) -> Kind;

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token<'t>,
    range: Range,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn new(mut lexer: Lexer<'t>) -> Result<Self, Fault> {
        let (token, range) = lexer.next()?;
        Ok(Self { lexer, token, range, depth: 0 })
    }

    /// The present word, after which the next one is present.
    fn advance(&mut self) -> Result<(Token<'t>, Range), Fault> {
        let (token, range) = self.lexer.next()?;
        Ok((std::mem::replace(&mut self.token, token), std::mem::replace(&mut self.range, range)))
    }

    fn is(&self, sign: &str) -> bool {
        matches!(&self.token, Token::Sign(found) if *found == sign)
    }

    /// Goes past a sign if it stands here.
    fn accept(&mut self, sign: &str) -> Result<bool, Fault> {
        let here = self.is(sign);
        if here {
            self.advance()?;
        }
        Ok(here)
    }

    fn expect(&mut self, sign: &str, expected: &str) -> Result<Range, Fault> {
        if self.is(sign) { Ok(self.advance()?.1) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let shown = self.lexer.text().get(self.range.start..self.range.end).unwrap_or_default();
        let fault = match &self.token {
            Token::End => Fault::syntax(self.range, "the expression ends too early"),
            _ => Fault::syntax(self.range, "the expression cannot be read here").found(format!("`{shown}`")),
        };
        fault.expected(expected)
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MAX_DEPTH {
            let fault = Fault::syntax(self.range, "the expression is nested deeper than the limit");
            return Err(fault.expected(format!("at most {MAX_DEPTH} levels")).code(code::TOO_DEEP));
        }
        self.depth = self.depth.saturating_add(1);
        let result = inner(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    fn choice(&mut self) -> Result<Ast, Fault> {
        let test = self.any()?;
        if !self.accept("?")? {
            return Ok(test);
        }
        let yes = self.any()?;
        self.expect(":", "`:` and what holds otherwise")?;
        let no = self.deeper(Self::choice)?;
        let range = test.range.to(no.range);
        Ok(Ast::new(Kind::If(Box::new([test, yes, no])), range))
    }

    fn any(&mut self) -> Result<Ast, Fault> {
        self.flat("||", Self::all, Kind::Any)
    }

    fn all(&mut self) -> Result<Ast, Fault> {
        self.flat("&&", Self::relation, Kind::All)
    }

    /// Parts between one logical operator, or the only part.
    fn flat(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Result<Ast, Fault>,
        kind: fn(Vec<Ast>) -> Kind,
    ) -> Result<Ast, Fault> {
        let first = part(self)?;
        if !self.is(sign) {
            return Ok(first);
        }
        let start = first.range;
        let mut end = start;
        let mut parts = vec![first];
        while self.accept(sign)? {
            let next = part(self)?;
            end = next.range;
            parts.push(next);
        }
        Ok(Ast::new(kind(parts), start.to(end)))
    }

    fn relation(&mut self) -> Result<Ast, Fault> {
        let left = self.sum()?;
        let Some(kind) = self.relation_kind() else { return Ok(left) };
        self.advance()?;
        let right = self.sum()?;
        if self.relation_kind().is_some() {
            let fault = Fault::syntax(self.range, "comparisons do not chain");
            return Err(fault.expected("`a < b && b < c`, or parentheses"));
        }
        let range = left.range.to(right.range);
        Ok(Ast::new(kind(Box::new([left, right])), range))
    }

    /// What the relation that stands here makes of two sides.
    fn relation_kind(&self) -> Option<OfSides> {
        Some(match &self.token {
            Token::Word("in") => Kind::In,
            Token::Sign("==") => |sides| Kind::Compare(Relation::Eq, sides),
            Token::Sign("!=") => |sides| Kind::Compare(Relation::Ne, sides),
            Token::Sign("<") => |sides| Kind::Compare(Relation::Lt, sides),
            Token::Sign("<=") => |sides| Kind::Compare(Relation::Le, sides),
            Token::Sign(">") => |sides| Kind::Compare(Relation::Gt, sides),
            Token::Sign(">=") => |sides| Kind::Compare(Relation::Ge, sides),
            _ => return None,
        })
    }

    fn sum(&mut self) -> Result<Ast, Fault> {
        self.chain(&[Operator::Add, Operator::Subtract], Self::product, Kind::Sum)
    }

    fn product(&mut self) -> Result<Ast, Fault> {
        let operators = [Operator::Multiply, Operator::Divide, Operator::Remainder];
        self.chain(&operators, Self::unary, Kind::Product)
    }

    fn chain(
        &mut self,
        operators: &[Operator],
        part: fn(&mut Self) -> Result<Ast, Fault>,
        kind: fn(Box<Ast>, Vec<(Operator, Ast)>) -> Kind,
    ) -> Result<Ast, Fault> {
        let first = part(self)?;
        let mut rest = Vec::new();
        let mut range = first.range;
        while let Some(operator) = self.operator(operators) {
            self.advance()?;
            let next = part(self)?;
            range = range.to(next.range);
            rest.push((operator, next));
        }
        if rest.is_empty() { Ok(first) } else { Ok(Ast::new(kind(Box::new(first), rest), range)) }
    }

    fn operator(&self, operators: &[Operator]) -> Option<Operator> {
        let Token::Sign(sign) = &self.token else { return None };
        operators.iter().copied().find(|operator| sign.starts_with(operator.sign()) && sign.len() == 1)
    }

    fn unary(&mut self) -> Result<Ast, Fault> {
        let not = self.is("!");
        if !not && !self.is("-") {
            return self.postfix();
        }
        let (_, start) = self.advance()?;
        if !not && let Token::Number(digits) = self.token {
            let (_, end) = self.advance()?;
            if !self.is(".") {
                return number(&format!("-{digits}"), start.to(end));
            }
            let inner = self.calls(number(digits, end)?)?;
            let range = start.to(inner.range);
            return Ok(Ast::new(Kind::Negative(Box::new(inner)), range));
        }
        let inner = self.deeper(Self::unary)?;
        let range = start.to(inner.range);
        let inner = Box::new(inner);
        Ok(Ast::new(if not { Kind::Not(inner) } else { Kind::Negative(inner) }, range))
    }

    fn postfix(&mut self) -> Result<Ast, Fault> {
        let ast = self.primary()?;
        self.calls(ast)
    }

    /// What is called on a part.
    fn calls(&mut self, mut ast: Ast) -> Result<Ast, Fault> {
        let mut calls: usize = 0;
        while self.accept(".")? {
            calls = calls.saturating_add(1);
            if calls > MAX_DEPTH {
                return self.deeper(|_| Err(Fault::syntax(ast.range, "too many calls").code(code::TOO_DEEP)));
            }
            let Token::Word(name) = self.token else { return Err(self.unexpected("the name of a function")) };
            self.advance()?;
            if !self.is("(") {
                let message = "a field has no fields of its own";
                return Err(Fault::syntax(ast.range, message)
                    .expected("the name of one field; in backticks where it has a point: `` `a.b` ``"));
            }
            let (arguments, end) = self.arguments()?;
            let range = ast.range.to(end);
            let target = Some(Box::new(ast));
            ast = Ast::new(Kind::Call { name: name.into(), target, arguments }, range);
        }
        Ok(ast)
    }

    fn primary(&mut self) -> Result<Ast, Fault> {
        if self.is("(") {
            let (_, start) = self.advance()?;
            let mut inner = self.deeper(Self::choice)?;
            let end = self.expect(")", "`)`")?;
            inner.range = start.to(end);
            return Ok(inner);
        }
        if self.is("[") {
            let (_, start) = self.advance()?;
            let items = self.list("]")?;
            let end = self.expect("]", "`,` or `]`")?;
            return Ok(Ast::new(Kind::List(items), start.to(end)));
        }
        match &self.token {
            Token::Number(_) | Token::Text(_) | Token::Quoted(_) => {}
            Token::Word(name) if *name != "in" => {}
            _ => return Err(self.unexpected("a field, a value or `(`")),
        }
        let (token, range) = self.advance()?;
        let kind = match token {
            Token::Number(digits) => return number(digits, range),
            Token::Text(text) => Kind::Text(text),
            Token::Word("true") => Kind::Bool(true),
            Token::Word("false") => Kind::Bool(false),
            Token::Word(name) if self.is("(") => {
                let (arguments, end) = self.arguments()?;
                let kind = Kind::Call { name: name.into(), target: None, arguments };
                return Ok(Ast::new(kind, range.to(end)));
            }
            Token::Word(name) | Token::Quoted(name) => Kind::Name(name.into()),
            Token::Sign(_) | Token::End => return Err(self.unexpected("a field, a value or `(`")),
        };
        Ok(Ast::new(kind, range))
    }

    fn arguments(&mut self) -> Result<(Vec<Ast>, Range), Fault> {
        self.expect("(", "`(`")?;
        let arguments = self.list(")")?;
        let end = self.expect(")", "`,` or `)`")?;
        Ok((arguments, end))
    }

    /// A literal at once where it stands alone, as in long lists; anything else by all levels.
    fn item(&mut self) -> Result<Ast, Fault> {
        if !self.lexer.is_before_end_of_item() {
            return self.deeper(Self::choice);
        }
        match self.token {
            Token::Number(_) | Token::Text(_) => self.primary(),
            _ => self.deeper(Self::choice),
        }
    }

    /// Items up to a closing bracket, which stays.
    fn list(&mut self, close: &str) -> Result<Vec<Ast>, Fault> {
        let mut items = Vec::new();
        while !self.is(close) {
            if items.len() == MAX_ITEMS {
                let fault = Fault::syntax(self.range, "the list is longer than the limit");
                return Err(fault.expected(format!("at most {MAX_ITEMS} items")).code(code::TOO_DEEP));
            }
            items.push(self.item()?);
            if !self.accept(",")? {
                break;
            }
        }
        Ok(items)
    }
}

fn number(digits: &str, range: Range) -> Result<Ast, Fault> {
    let whole = !digits.contains(['.', 'e', 'E']);
    match Decimal::parse(digits) {
        Ok(value) => Ok(Ast::new(Kind::Number { value, whole }, range)),
        Err(error) => Err(Fault::syntax(range, error.to_string())),
    }
}
