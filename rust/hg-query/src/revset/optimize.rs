//! Rewrites of an analyzed tree that give the same revisions with less work.
//!
//! Every part has a weight, an estimate of what testing it costs. Of two sets that are
//! intersected the lighter one is computed first.

use crate::parser::{Tree, list_items};

use super::analyze::call;

/// Weights are counted in halves: an ordinary predicate weighs 2, a symbol 1.
pub type Weight = u32;

/// The weight of a name or a number.
const SYMBOL: Weight = 1;
/// The weight of a predicate of no special cost.
pub const ORDINARY: Weight = 2;

/// Optimises a tree; `weigh` gives the weight of a predicate.
pub fn optimize(tree: Tree, weigh: &dyn Fn(&[u8]) -> Weight) -> Tree {
    rewrite(tree, weigh).1
}

fn rewrite(tree: Tree, weigh: &dyn Fn(&[u8]) -> Weight) -> (Weight, Tree) {
    let (kind, children) = match tree {
        Tree::Nothing => return (0, tree),
        Tree::Leaf(..) => return (SYMBOL, tree),
        Tree::Node(kind, children) => (kind, children),
    };
    match kind {
        "and" => intersection(children, weigh),
        "or" => union(children, weigh),
        "func" => function(children, weigh),
        "list" => {
            let (weights, items): (Vec<_>, _) =
                children.into_iter().map(|item| rewrite(item, weigh)).unzip();
            (weights.iter().sum(), Tree::Node(kind, items))
        }
        "range" | "dagrange" => {
            let (weights, ends): (Vec<_>, _) =
                children.into_iter().map(|end| rewrite(end, weigh)).unzip();
            (weights.iter().sum(), Tree::Node(kind, ends))
        }
        "rangeall" => (ORDINARY, Tree::Node(kind, children)),
        "not" => negation(children, weigh),
        "keyvalue" => {
            let mut children = children;
            let (weight, value) = rewrite(children.pop().unwrap_or(Tree::Nothing), weigh);
            children.push(value);
            (weight, Tree::Node(kind, children))
        }
        // The first operand is a set, others are numbers and names.
        _ => {
            let mut children = children.into_iter();
            let (weight, first) = rewrite(children.next().unwrap_or(Tree::Nothing), weigh);
            (weight, Tree::Node(kind, std::iter::once(first).chain(children).collect()))
        }
    }
}

fn negation(mut children: Vec<Tree>, weigh: &dyn Fn(&[u8]) -> Weight) -> (Weight, Tree) {
    let operand = children.pop().unwrap_or(Tree::Nothing);
    if operand.as_call() == Some((b"public", &Tree::Nothing)) {
        let rewritten = call("_notpublic", Tree::Nothing);
        return (weigh(b"_notpublic"), rewritten);
    }
    let (weight, operand) = rewrite(operand, weigh);
    (weight, Tree::Node("not", vec![operand]))
}

/// The set whose ancestors are asked for, without limits.
fn ancestors_of(tree: &Tree) -> Option<&Tree> {
    match tree.as_call()? {
        (b"ancestors", set) if !matches!(set.kind(), "" | "list" | "keyvalue") => Some(set),
        _ => None,
    }
}

fn intersection(children: Vec<Tree>, weigh: &dyn Fn(&[u8]) -> Weight) -> (Weight, Tree) {
    let mut rewritten = children.into_iter().map(|child| rewrite(child, weigh));
    let (left_weight, left) = rewritten.next().unwrap_or((0, Tree::Nothing));
    let (right_weight, right) = rewritten.next().unwrap_or((0, Tree::Nothing));
    let weight = left_weight.min(right_weight);
    if let Some((phase @ (b"draft" | b"secret" | b"_notpublic"), Tree::Nothing)) = left.as_call()
        && let Some(set) = ancestors_of(&right)
    {
        let arguments = Tree::Node("list", vec![Tree::symbol(phase), set.clone()]);
        return (weight, call("_phaseandancestors", arguments));
    }
    let without = |tree: &Tree| match tree {
        Tree::Node("not", operand) => operand.first().filter(|o| **o != Tree::Nothing).cloned(),
        _ => None,
    };
    let only = |set: &Tree, excluded: &Tree| {
        let (set, excluded) = (ancestors_of(set)?, ancestors_of(excluded)?);
        Some(call("only", Tree::Node("list", vec![set.clone(), excluded.clone()])))
    };
    if let Some(excluded) = without(&right) {
        if let Some(only) = only(&left, &excluded) {
            return (weight, only);
        }
        return (left_weight, Tree::Node("difference", vec![left, excluded]));
    }
    if let Some(only) = without(&left).and_then(|excluded| only(&right, &excluded)) {
        return (weight, only);
    }
    let kind = if left_weight > right_weight { "andsmally" } else { "and" };
    (weight, Tree::Node(kind, vec![left, right]))
}

/// Runs of plain names in a union become one list.
fn union(mut children: Vec<Tree>, weigh: &dyn Fn(&[u8]) -> Weight) -> (Weight, Tree) {
    let operands = match children.pop() {
        Some(Tree::Node("list", operands)) => operands,
        Some(other) => vec![other],
        None => Vec::new(),
    };
    let mut parts: Vec<(Weight, Tree)> = Vec::new();
    let mut names: Vec<(Weight, Tree)> = Vec::new();
    let close = |names: &mut Vec<(Weight, Tree)>, parts: &mut Vec<(Weight, Tree)>| {
        if names.len() < 2 {
            parts.append(names);
            return;
        }
        let texts: Vec<&[u8]> = names.iter().filter_map(|(_, name)| name.text()).collect();
        let list = call("_list", Tree::string(texts.join(&0)));
        parts.push((weigh(b"_list") + SYMBOL, list));
        names.clear();
    };
    for operand in operands {
        let (weight, operand) = rewrite(operand, weigh);
        if matches!(operand, Tree::Leaf("symbol" | "string", _)) {
            names.push((weight, operand));
            continue;
        }
        close(&mut names, &mut parts);
        parts.push((weight, operand));
    }
    close(&mut names, &mut parts);
    let weight = parts.iter().map(|(weight, _)| *weight).max().unwrap_or(0);
    let mut operands: Vec<Tree> = parts.into_iter().map(|(_, part)| part).collect();
    match operands.len() {
        1 => (weight, operands.remove(0)),
        _ => (weight, Tree::Node("or", vec![Tree::Node("list", operands)])),
    }
}

fn function(mut children: Vec<Tree>, weigh: &dyn Fn(&[u8]) -> Weight) -> (Weight, Tree) {
    let (argument_weight, arguments) = rewrite(children.pop().unwrap_or(Tree::Nothing), weigh);
    let name = children.pop().unwrap_or(Tree::Nothing);
    let function_weight = name.as_symbol().map_or(ORDINARY, weigh);
    if name.as_symbol() == Some(b"heads")
        && let Some((b"commonancestors", set)) = arguments.as_call()
        && list_items(set).len() == 1
        && set.kind() != "keyvalue"
    {
        let rewritten = call("_commonancestorheads", set.clone());
        return (function_weight + argument_weight, rewritten);
    }
    (function_weight + argument_weight, Tree::Node("func", vec![name, arguments]))
}
