use bstr::ByteSlice as _;

use super::*;

fn bindings(kind: &str) -> Binding {
    match kind {
        "(" => {
            Binding::strength(21).or_prefix("group", 1, Some(")")).or_infix("func", 1, Some(")"))
        }
        "-" => Binding::strength(5).or_prefix("negate", 19, None).or_infix("minus", 5, None),
        ":" => Binding::strength(15)
            .or_primary("rangeall")
            .or_prefix("rangepre", 15, None)
            .or_infix("range", 15, None)
            .or_suffix("rangepost"),
        "|" => Binding::strength(4).or_infix("or", 4, None),
        "," => Binding::strength(2).or_infix("list", 2, None),
        "symbol" => Binding::primary("symbol"),
        _ => Binding::NONE,
    }
}

fn tokens(text: &str) -> impl Iterator<Item = Result<Token>> {
    const OPERATORS: [&str; 6] = ["(", ")", "-", ":", "|", ","];
    let found: Vec<_> = text
        .bytes()
        .enumerate()
        .filter(|(_, c)| *c != b' ')
        .map(|(pos, c)| match OPERATORS.iter().find(|op| op.as_bytes() == [c]) {
            Some(op) => Ok(Token::op(op, pos)),
            None => Ok(Token::text("symbol", vec![c], pos)),
        })
        .chain([Ok(Token::op("end", text.len()))])
        .collect();
    found.into_iter()
}

fn show(text: &str) -> String {
    match parse(tokens(text), bindings) {
        Ok((tree, end)) => {
            let tree = tree.flatten(&["list", "or"]).pretty();
            format!(
                "{} {end}",
                tree.to_str_lossy().split_whitespace().collect::<Vec<_>>().join(" ")
            )
        }
        Err(error) => format!("{:?} {}", error.location, error),
    }
}

#[test]
fn operators_bind_by_strength() {
    assert_eq!(show("a|b-c"), "(or (symbol 'a') (minus (symbol 'b') (symbol 'c'))) 5");
    assert_eq!(show("a|b|c|d"), "(or (symbol 'a') (symbol 'b') (symbol 'c') (symbol 'd')) 7");
    assert_eq!(show("f()"), "(func (symbol 'f') None) 3");
    assert_eq!(show("f(a,b)"), "(func (symbol 'f') (list (symbol 'a') (symbol 'b'))) 6");
}

#[test]
fn a_token_may_have_four_roles() {
    assert_eq!(show(":"), "(rangeall None) 1");
    assert_eq!(show(":a"), "(rangepre (symbol 'a')) 2");
    assert_eq!(show("a:"), "(rangepost (symbol 'a')) 2");
    assert_eq!(show("a:b"), "(range (symbol 'a') (symbol 'b')) 3");
    assert_eq!(show("a:|b"), "(or (rangepost (symbol 'a')) (symbol 'b')) 4");
}

#[test]
fn errors_have_positions() {
    assert_eq!(show("a|"), "Some(2) not a prefix: end");
    assert_eq!(show("(a"), "Some(2) unexpected token: end");
    assert_eq!(show("a)"), "(symbol 'a') 1");
    assert_eq!(show(&"(".repeat(100_000)), "Some(250) expression is nested too deeply");
}

#[test]
fn long_chains_do_not_recurse() {
    assert!(show("a|".repeat(5_000).trim_end_matches('|')).starts_with("(or"));
}

#[test]
fn arguments_find_their_places() {
    let key = |name: &str, value: &str| {
        Tree::Node("keyvalue", vec![Tree::symbol(name), Tree::symbol(value)])
    };
    let bind = |spec, items: &[Tree]| {
        ArgSpec::new(spec).bind(items, "f").map_err(|error| error.to_string())
    };
    let bound = bind("a *b c", &[Tree::symbol("1"), Tree::symbol("2"), key("c", "3")]);
    let bound = bound.expect("fits");
    assert_eq!(bound.get("c"), Some(&Tree::symbol("3")));
    assert_eq!(bound.rest, [Tree::symbol("2")]);
    let twice = bind("a b", &[Tree::symbol("1"), key("a", "2")]);
    assert_eq!(twice, Err("f got multiple values for keyword argument 'a'".into()));
    assert_eq!(bind("a *b", &[]), Err("f takes at least 1 positional arguments".into()));
}

#[test]
fn escapes() {
    assert_eq!(unescape(br"\x41\101\n\z").expect("valid"), b"AA\n\\z");
    assert!(unescape(br"\xg1").is_err());
    assert_eq!(quote(b"a'\x01"), br"'a\'\x01'");
}
