use super::size::SizeRange;
use super::*;

fn show(text: &str) -> String {
    let tree = parse(text.as_bytes()).and_then(analyze).map(optimize);
    match tree {
        Ok(tree) => {
            let pretty = String::from_utf8(tree.pretty()).expect("ascii");
            pretty.split_whitespace().collect::<Vec<_>>().join(" ")
        }
        Err(error) => format!("{:?} {error}", error.location),
    }
}

#[test]
fn parts_are_ordered_by_cost() {
    assert_eq!(
        show("grep(a) | a1 | path:b"),
        "(or (patterns (symbol 'a1') (kindpat (symbol 'path') (symbol 'b'))) \
         (func (symbol 'grep') (symbol 'a')))"
    );
    assert_eq!(show("a* and not a1"), "(minus (symbol 'a*') (symbol 'a1'))");
    assert_eq!(
        show("a* & removed()"),
        "(and (symbol 'a*') (withstatus (func (symbol 'removed') None) (string 'removed')))"
    );
}

#[test]
fn mistakes_are_found() {
    // Complained about when it is used.
    assert_eq!(show("foo:bar()"), "(kindpat (symbol 'foo') (func (symbol 'bar') None))");
    assert_eq!(show("path:foo bar"), "Some(9) invalid token");
    assert_eq!(show("-x"), "None can't use negate operator in this context");
}

#[test]
fn sizes() {
    let inside =
        |text: &str, size| SizeRange::parse(text.as_bytes()).map(|range| range.contains(size)).ok();
    assert_eq!(inside("1k", 2047), Some(true));
    assert_eq!(inside("1k", 2048), Some(false));
    assert_eq!(inside("< 2k", 2048), Some(false));
    assert_eq!(inside(".5KB - 1.5kB", 1024), Some(true));
    assert_eq!(inside("bar", 1), None);
}

#[test]
fn only_what_needs_the_status_is_marked() {
    assert_eq!(
        show("a or missing()"),
        "(or (patterns (symbol 'a')) (withstatus (func (symbol 'missing') None) (string 'missing')))"
    );
    assert!(
        show("added() or removed() or a").starts_with("(withstatus (or (patterns (symbol 'a'))")
    );
    assert_eq!(show("a ! b"), "Some(2) not an infix: !");
}
