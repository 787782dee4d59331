//! A condition of a document as text.

use super::ast::{Ast, Kind};
use crate::expr::syntax::{Literal, Members, Operand, Relation, Syntax, Test};

impl Syntax {
    /// The condition as text, which reads back to a condition with the same outcomes.
    pub(crate) fn to_text(&self) -> String {
        self.to_ast().to_string()
    }

    fn to_ast(&self) -> Ast {
        match self {
            Self::Text(written) => written.ast.clone(),
            Self::Test(test) => test.to_ast(),
            Self::All(parts) => joined(parts.iter().map(Self::to_ast).collect(), true),
            Self::Any(parts) => joined(parts.iter().map(Self::to_ast).collect(), false),
            Self::Not(inner) => Kind::Not(Box::new(inner.to_ast())).into(),
        }
    }
}

/// A conjunction or a disjunction; of one part the part, of none what holds then.
fn joined(mut parts: Vec<Ast>, all: bool) -> Ast {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Kind::Bool(all).into(),
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            if all { Kind::All(parts) } else { Kind::Any(parts) }.into()
        }
    }
}

impl Test {
    fn to_ast(&self) -> Ast {
        let field = || Ast::from(Kind::Name(self.field.value.clone()));
        let mut parts: Vec<Ast> = Vec::new();
        for (relation, operand) in &self.comparisons {
            parts.push(compared(field(), *relation, &operand.value));
        }
        parts.extend(self.members.as_ref().map(|members| listed(field(), members)));
        let strangers = self.strangers.as_ref().map(|members| listed(field(), members));
        parts.extend(strangers.map(|inner| Ast::from(Kind::Not(Box::new(inner)))));
        if let Some(missing) = self.missing {
            let has = Kind::Call { name: "has".into(), target: None, arguments: vec![field()] }.into();
            parts.push(if missing { Kind::Not(Box::new(has)).into() } else { has });
        }
        joined(parts, true)
    }
}

fn compared(field: Ast, relation: Relation, operand: &Operand) -> Ast {
    let other = match operand {
        Operand::Literal(literal) => value(literal),
        Operand::Field(name) => Kind::Name(name.value.clone()).into(),
    };
    Kind::Compare(relation, Box::new([field, other])).into()
}

fn listed(field: Ast, members: &Members) -> Ast {
    let items = members.value.iter().map(|member| value(&member.value)).collect();
    Kind::In(Box::new([field, Kind::List(items).into()])).into()
}

fn value(literal: &Literal) -> Ast {
    match literal {
        Literal::Number(value) => Kind::Number { value: *value, whole: value.scale() == 0 }.into(),
        Literal::Text(text) => Kind::Text(text.clone()).into(),
        Literal::Bool(value) => Kind::Bool(*value).into(),
    }
}
