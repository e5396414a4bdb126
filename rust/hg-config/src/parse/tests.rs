use super::*;

fn parse(text: &str) -> Result<Vec<String>, String> {
    let env = Environment::default();
    let mut layer = Layer::default();
    let parser = Parser { env: &env, include: None, sequence: 0.into() };
    match parser.parse(&mut layer, b"f", text.as_bytes()) {
        Err(error) => Err(error.to_string()),
        Ok(()) => Ok(layer
            .names()
            .flat_map(|section| layer.section(section).iter().map(move |e| (section, e)))
            .map(|(section, e)| {
                let parts = [&e.origin.text(), section, &e.name, &e.value];
                parts.map(|part| part.to_str_lossy().into_owned()).join("|")
            })
            .collect()),
    }
}

#[test]
fn items_and_continuations() {
    let text = "[ui]\nx = a\n ; c\n b\n# full\n d\n\t tab \ny=1\n%unset y\nz = \"q\" \n";
    assert_eq!(parse(text).unwrap(), ["f:7|ui|x|a\n; c\nb\nd\ntab", "f:10|ui|z|\"q\""]);
}

#[test]
fn resetting_moves_to_the_end() {
    let lines = parse("[a]\nb=1\nc=2\nb=3\n").unwrap();
    assert_eq!(lines, ["f:3|a|c|2", "f:4|a|b|3"]);
}

#[test]
fn errors() {
    assert_eq!(parse("[ui]\nfoo bar\n").unwrap_err(), "config error at f:2: foo bar");
    assert_eq!(
        parse("  a\n").unwrap_err(),
        "config error at f:1: unexpected leading whitespace:   a"
    );
    assert_eq!(parse("[a]\n%unset\n").unwrap_err(), "config error at f:2: %unset");
    assert_eq!(parse("[b\n").unwrap_err(), "config error at f:1: [b");
    assert_eq!(
        parse("[a]\nb=1\n\n w\n").unwrap_err(),
        "config error at f:4: unexpected leading whitespace:  w"
    );
}
