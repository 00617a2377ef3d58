//! Conditions in the Common Expression Language: checked when a catalogue is loaded, so that running one needs no clock, no
//! regular expressions and a bounded number of steps; the language itself has no step limit.

use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr, IdedExpr};
use cel::{Context, Env, Program, Value};

use super::members::{Members, text};
use super::property::{Properties, Property};

/// Bytes of one condition.
pub const MAX_CONDITION_BYTES: usize = 2048;
/// Operators, names and literals of one condition, as its syntax tree has them.
pub const MAX_NODES: usize = 256;
/// Depth of that tree.
pub const MAX_NESTING: usize = 32;
/// Elements of a list that is written in a condition.
pub const MAX_LITERAL_ENTRIES: usize = 64;
/// `all`, `exists`, `exists_one`, `filter`, `map` inside each other.
pub const MAX_LOOPS: usize = 2;

/// What a condition speaks about.
const NAMES: [&str; 4] = ["subject", "resource", "action", "context"];

/// What a condition may call, beside the operators (`_==_`, `!_` …), all of which begin with a sign.
const FUNCTIONS: [&str; 8] = [
    "contains",
    "double",
    "endsWith",
    "int",
    "size",
    "startsWith",
    "string",
    "uint",
];

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A condition that was checked.
#[derive(Debug)]
pub struct Condition(Program);

/// Why a condition is refused: the line inside its text, from 0, and the reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadCondition {
    pub line: usize,
    pub reason: String,
}

impl BadCondition {
    fn new(reason: impl Into<String>) -> BadCondition {
        BadCondition {
            line: 0,
            reason: reason.into(),
        }
    }
}

/// What a condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    True,
    False,
    /// A missing property, a wrong type, an answer that is neither true nor false: denies (RULES §7).
    Error,
}

impl Condition {
    pub(super) fn compile(text: &str) -> Result<Condition, BadCondition> {
        if text.len() > MAX_CONDITION_BYTES {
            return Err(BadCondition::new(format!(
                "a condition has at most {MAX_CONDITION_BYTES} bytes"
            )));
        }
        let program = Program::compile(text).map_err(|errors| match errors.errors.first() {
            Some(first) => BadCondition {
                line: usize::try_from(first.pos.0 - 1).unwrap_or(0),
                reason: format!(
                    "not a condition: {} (column {})",
                    first.msg.lines().next().unwrap_or_default(),
                    first.pos.1
                ),
            },
            None => BadCondition::new("not a condition"),
        })?;
        let mut check = Check {
            nodes: 0,
            variables: Vec::new(),
        };
        check
            .expression(program.expression(), 0, 0)
            .map_err(BadCondition::new)?;
        Ok(Condition(program))
    }

    pub(super) fn holds(&self, facts: &Facts) -> Verdict {
        match self.0.execute(&facts.0) {
            Ok(Value::Bool(true)) => Verdict::True,
            Ok(Value::Bool(false)) => Verdict::False,
            Ok(_) | Err(_) => Verdict::Error,
        }
    }
}

/// A subject or resource as conditions see it.
pub(super) struct Seen<'a> {
    pub kind: &'a str,
    pub id: &'a str,
    pub properties: Vec<(&'a str, &'a Property)>,
}

/// What the conditions of one decision see, in the shape of the AuthZEN request.
pub(super) struct Facts(Context<'static, 'static>);

impl Facts {
    pub(super) fn new(
        subject: &Seen<'_>,
        resource: &Seen<'_>,
        (action, sent): (&str, &[(&str, &Property)]),
        context: &Properties,
    ) -> Facts {
        let mut facts = Context::with_env(Arc::clone(&ENV));
        let mut add = |name: &str, members: Members| {
            facts.add_variable_as_val(name, Box::new(members));
        };
        for (name, party) in [("subject", subject), ("resource", resource)] {
            let properties = Members::of(party.properties.iter().copied());
            add(
                name,
                Members::new([
                    ("type", text(party.kind)),
                    ("id", text(party.id)),
                    ("properties", Box::new(properties)),
                ]),
            );
        }
        let sent = Members::of(sent.iter().copied());
        add(
            "action",
            Members::new([("name", text(action)), ("properties", Box::new(sent))]),
        );
        add("context", Members::of(context.iter()));
        Facts(facts)
    }
}

/// Walks the syntax tree once, with the limits.
struct Check<'a> {
    nodes: usize,
    /// Names that the macros around this place declared.
    variables: Vec<&'a str>,
}

impl<'a> Check<'a> {
    fn expression(
        &mut self,
        expression: &'a IdedExpr,
        depth: usize,
        loops: usize,
    ) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("a condition has at most {MAX_NODES} parts"));
        }
        if depth >= MAX_NESTING {
            return Err(format!("a condition is nested at most {MAX_NESTING} deep"));
        }
        let next = depth + 1;
        match &expression.expr {
            Expr::Unspecified | Expr::Struct(_) => Err("not a condition".to_owned()),
            Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.name(name),
            Expr::Select(select) => self.expression(&select.operand, next, loops),
            Expr::Call(call) => {
                let name = call.func_name.as_str();
                let is_operator = !name.starts_with(|c: char| c.is_ascii_alphabetic());
                if !is_operator && !FUNCTIONS.contains(&name) {
                    return Err(format!(
                        "conditions cannot call `{name}`; they have {}",
                        FUNCTIONS.join(", ")
                    ));
                }
                call.target
                    .iter()
                    .map(AsRef::as_ref)
                    .chain(&call.args)
                    .try_for_each(|part| self.expression(part, next, loops))
            }
            Expr::List(list) => {
                limit_literal(list.elements.len())?;
                list.elements
                    .iter()
                    .try_for_each(|part| self.expression(part, next, loops))
            }
            // It would be gone over in an order of chance.
            Expr::Map(_) => Err("conditions have no written maps".to_owned()),
            Expr::Comprehension(each) => {
                if loops >= MAX_LOOPS {
                    return Err(format!(
                        "all, exists, exists_one, filter and map stand at most {MAX_LOOPS} deep in each other"
                    ));
                }
                // A range that could be computed could also be made long; one that is stored or written has a limit.
                if !is_bounded(&each.iter_range) {
                    return Err(
                        "all, exists, exists_one, filter and map go over a property or a written list"
                            .to_owned(),
                    );
                }
                self.expression(&each.iter_range, next, loops)?;
                self.expression(&each.accu_init, next, loops)?;
                let outer = self.variables.len();
                self.variables.push(&each.iter_var);
                self.variables.extend(each.iter_var2.as_deref());
                self.variables.push(&each.accu_var);
                for part in [&each.loop_cond, &each.loop_step, &each.result] {
                    self.expression(part, next, loops + 1)?;
                }
                self.variables.truncate(outer);
                Ok(())
            }
        }
    }

    fn name(&self, name: &str) -> Result<(), String> {
        if NAMES.contains(&name) || self.variables.contains(&name) {
            Ok(())
        } else {
            Err(format!(
                "conditions do not know `{name}`; they speak of {}",
                NAMES.join(", ")
            ))
        }
    }
}

/// Whether this can only be as long as the limits on properties and written lists allow.
fn is_bounded(range: &IdedExpr) -> bool {
    match &range.expr {
        Expr::Ident(_) | Expr::List(_) => true,
        Expr::Select(select) => is_bounded(&select.operand),
        // `filter` and `map`: as long as what they go over.
        Expr::Comprehension(each) => is_bounded(&each.iter_range),
        Expr::Call(call) => call.func_name == "_[_]" && call.args.iter().take(1).all(is_bounded),
        _ => false,
    }
}

fn limit_literal(entries: usize) -> Result<(), String> {
    if entries > MAX_LITERAL_ENTRIES {
        Err(format!(
            "a list in a condition has at most {MAX_LITERAL_ENTRIES} entries"
        ))
    } else {
        Ok(())
    }
}
