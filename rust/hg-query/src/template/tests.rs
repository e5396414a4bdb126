use std::sync::Arc;

use hg_config::{Config, Environment};
use hg_types::{Clock, Encoding, FixedClock, HgDate};

use super::*;
use crate::plugins::{CustomFilter, CustomFunction, CustomKeyword, Input, Named, Plugins};

struct Plain {
    config: Config,
    encoding: Encoding,
    plugins: Arc<Plugins>,
}

/// What a plugin adds in tests: a keyword, a function and a filter of one name each.
struct Added(&'static str);

impl Named for Added {
    fn name(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl CustomKeyword for Added {
    fn evaluate(&self, _: &Engine, scope: &Scope) -> hg_types::Result<Value> {
        Ok(scope.get(b"one").cloned().unwrap_or_default())
    }
}

impl CustomFunction for Added {
    fn arguments(&self) -> Option<&'static str> {
        Some("left right")
    }

    fn call(
        &self,
        engine: &Engine,
        scope: &Scope,
        arguments: &Arguments,
    ) -> hg_types::Result<Value> {
        let text = |name| arguments.get(name).map(|code| engine.string(code, scope)).transpose();
        let (left, right) = (text("left")?, text("right")?);
        Ok(Value::Bytes([right.unwrap_or_default(), left.unwrap_or_default()].concat()))
    }
}

impl CustomFilter for Added {
    fn input(&self) -> Input {
        Input::Text
    }

    fn apply(&self, engine: &Engine, scope: &Scope, value: Value) -> hg_types::Result<Value> {
        Ok(Value::Bytes([b"<", &engine.text_of(&value, scope)?[..], b">"].concat()))
    }
}

fn plugins() -> Plugins {
    let mut plugins = Plugins::default();
    plugins.keywords.add(Arc::new(Added("custom")));
    plugins.functions.add(Arc::new(Added("swap")));
    plugins.filters.add(Arc::new(Added("angles")));
    plugins
}

impl Host for Plain {
    fn config(&self) -> &Config {
        &self.config
    }
    fn encoding(&self) -> Encoding {
        self.encoding
    }
    fn plugins(&self) -> Arc<Plugins> {
        self.plugins.clone()
    }
    fn clock(&self) -> &dyn Clock {
        &FixedClock(HgDate { seconds: 1_600_000_000, offset: 0 })
    }
    fn shared_clock(&self) -> Arc<dyn Clock> {
        Arc::new(FixedClock(HgDate { seconds: 1_600_000_000, offset: 0 }))
    }
}

fn host() -> std::rc::Rc<Plain> {
    let encoding = Encoding::named(b"utf-8").expect("known");
    std::rc::Rc::new(Plain {
        config: Config::empty(Environment::default()),
        encoding,
        plugins: plugins().into(),
    })
}

fn render(text: &str) -> Result<String, String> {
    let host = host();
    let mut engine = Engine::new(host, None);
    engine.set_aliases([(&b"twice(x)"[..], &b"\"{x}{x}\""[..]), (&b"hi"[..], &b"'hello'"[..])]);
    let run = || {
        let code = engine.compile(text.as_bytes())?;
        let mut out = Vec::new();
        let scope = Scope::root(Vars::new([("one", Value::Int(1)), ("name", Value::from("n"))]));
        engine.render_code(&code, &scope, &mut out)?;
        Ok(out)
    };
    match run() {
        Ok(out) => Ok(String::from_utf8_lossy(&out).into_owned()),
        Err(error) => {
            let error: hg_types::Error = error;
            let hint = error.hint.map(|hint| format!(" ({})", String::from_utf8_lossy(&hint)));
            Err(String::from_utf8_lossy(&error.message).into_owned() + &hint.unwrap_or_default())
        }
    }
}

#[track_caller]
fn gives(text: &str, expected: &str) {
    assert_eq!(render(text).as_deref(), Ok(expected), "{text}");
}

#[track_caller]
fn fails(text: &str, expected: &str) {
    assert_eq!(render(text), Err(expected.to_owned()), "{text}");
}

#[test]
fn widths_that_no_output_has() {
    fails("{pad(one, 21474836470)}", "out of memory");
    gives("{pad(one, -5)}{pad(one, 3, '.')}", "11..");
}

#[test]
fn arithmetic() {
    gives("{5 / 2} {mod(5, 2)}", "2 1");
    gives("{5 / -2} {mod(5, -2)}", "-3 -1");
    gives("{-5 / 2} {mod(-5, 2)}", "-3 1");
    gives("{1 + 2 * 3 - 4}", "3");
    fails("{1-3|stringify}", "arithmetic only defined on integers");
    fails("{-name}", "negation needs an integer argument");
    fails("{mod(1,0)}", "division by zero is not defined");
}

#[test]
fn names_and_aliases() {
    gives("{one}{name}{nothing}{hi}{twice(name)}{name|twice}", "1nhellonnnn");
    gives("{1}{(1)}", "1");
    fails("{foo()}", "unknown function 'foo'");
    fails("{name|1}", "expected a symbol, got 'integer'");
    fails("{(1, 2)}", "can't use a list in this context (check place of comma and parens)");
    fails("{a=1}", "can't use a key-value pair in this context");
    fails("{()}", "missing argument");
}

#[test]
fn filters_convert_and_complain() {
    gives("{splitlines('a\\nb')|upper}", "A B");
    gives("{0|isodate}|{'0 0'|isodate}", "1970-01-01 00:00 +0000|1970-01-01 00:00 +0000");
    gives(
        "{'0 0'|rfc822date} {'0 -3600'|rfc3339date}",
        "Thu, 01 Jan 1970 00:00:00 +0000 1970-01-01T01:00:00+01:00",
    );
    fails(
        "{dict(a=1)|isodate}",
        "not a date tuple nor a string (incompatible use of template filter 'isodate')",
    );
    fails(
        "{one|count}",
        "not countable (template filter 'count' is not compatible with keyword 'one')",
    );
    fails("{upper('a','b')}", "filter upper expects one argument");
    gives("{'foo/bar\\nfoo/baz'|splitlines|commondir}", "foo");
    gives("{'a b@c/d?'|revescape}", "a%20b@c%252Fd%3F");
}

#[test]
fn lists_and_dicts() {
    gives("{splitlines('a\\nb') % '{index}:{line} '}", "0:a 1:b ");
    gives("{dict(y=one, x=name)} {dict(one, name)|json}", "y=1 x=n {\"name\": \"n\", \"one\": 1}");
    gives("{dict(a=1).a}{get(dict(a=1), 'a') % '{key}'}", "1a");
    gives("{dict(a=1).b|json}", "null");
    gives("{max(dict(a=1,b=2)) % '{key}{value}'}", "b2");
    gives("{min(splitlines('b\\na'))}{max('abc')}", "ac");
    gives("{filter(dict(a=0, b=1), ifeq(key, 'b', 't'))}", "b=1");
    gives("{join(dict(a=1,b=2), ',')} {join('abc', '.')}", "a=1,b=2 a.b.c");
    fails("{dict(one, one=1)}", "duplicated dict key 'one' inferred");
    fails("{dict(1 + 2)}", "dict key cannot be inferred");
    fails("{min(1)}", "1 is not iterable (min first argument should be an iterable)");
    fails(
        "{one % 'a'}",
        "1 is not iterable of mappings (keyword 'one' does not support map operation)",
    );
    fails("{min('abc').invalid}", "'a' is not a dictionary");
}

#[test]
fn conditions() {
    gives(
        "{if(one, 'y', 'n')}{if(false, 'y', 'n')}{if(nothing, 'y', 'n')}{if('false', 'y')}",
        "ynny",
    );
    gives("{ifeq(0, 1, count(0), 'x')}{ifcontains('a', 'abc', 'y')}", "xy");
    gives("{ifcontains('z', splitlines('a\\nz'), 'y')}{ifcontains('a', 1, 'y', 'n')}", "yn");
    fails("{if(1)}", "if expects two or three arguments");
}

#[test]
fn texts() {
    gives(
        "{pad('a', 3, '-')}{pad('a', width=3, left=true)}{pad('abcd', 2, truncate=1)}",
        "a--  aab",
    );
    gives("{separate('-', '', 'a', 'b', '')}", "a-b");
    gives("{word(-1, 'a b c')}{word(3, 'a')}{word(1, 'a  b', ' ')}", "c");
    gives("{strip(' a ')}{strip('xxaxx', 'x')}", "aa");
    gives("{indent('a\\n\\nb', '> ', '')}", "a\n\n> b");
    gives("{date('0 0', '%Y')}{localdate('0 0', '-0130')|isodate}", "19701969-12-31 22:30 -0130");
    fails("{pad('a')}", "pad() expects two to four arguments");
    fails("{pad('a', 1, '--')}", "pad() expects a single fill character");
    fails("{date(name)}", "date expects a date information");
}

#[test]
fn regular_expressions() {
    gives(r#"{sub("(a)(b)", "\\2\\1", "abc")}|{sub("(?P<x>a)", "<\\g<x>>", "abc")}"#, "bac|<a>bc");
    gives(r#"{sub("b*", "-", "abc")}"#, "-a--c-");
    gives(r#"{search("(?P<n>a)(b)?", "ac") % "{n}|{2}|{0}"}"#, "a||a");
    gives(r#"{search("a(b)?", "ac")|json}"#, r#"{"0": "a", "1": null}"#);
    gives(r#"{search("q", "a")|json}{search("q", "a") % "x"}"#, "null");
    fails(r#"{sub("[", "x", "a")}"#, "sub got an invalid pattern: [");
    fails(r#"{sub("[0-9]", r"\1", "a")}"#, r"sub got an invalid replacement: \1");
    fails(
        r#"{search(r"(?P<repo>.)", "a")}"#,
        "invalid group 'repo' in search pattern: (?P<repo>.)",
    );
}

#[test]
fn templates_cannot_contain_themselves() {
    let host = host();
    let mut engine = Engine::new(host, None);
    engine.add("foo", "{bar}");
    engine.add("bar", "{foo}");
    engine.add("loop", "{files % loop}");
    let error = |name: &[u8]| {
        let mut out = Vec::new();
        engine.render(name, &Scope::new(), &mut out).expect_err("endless").to_string()
    };
    assert_eq!(error(b"foo"), "recursive reference 'bar' in template");
    assert_eq!(error(b"loop"), "recursive reference 'loop' in template");
    assert_eq!(error(b"none"), "\"none\" not in template map");
}

#[test]
fn every_style_compiles() {
    for style in styles::names() {
        let host = host();
        let mut engine = Engine::new(host, None);
        map::Map::read(&map::MapOrigin::Style(style)).expect("reads").install(&mut engine);
        for suffix in ["", "_quiet", "_verbose", "_debug"] {
            let name = format!("changeset{suffix}");
            if engine.has(name.as_bytes()) {
                engine.template(name.as_bytes()).expect(&name);
            }
        }
    }
}

#[test]
fn plugins_add_names() {
    gives("{custom} {custom|angles} {angles(custom + 1)}", "1 <1> <2>");
    gives("{swap(name, right='x')}", "xn");
    fails("{swap(1, up=2)}", "swap got an unexpected keyword argument 'up'");
    fails("{angles(1, 2)}", "filter angles expects one argument");
}

#[test]
fn what_is_read_lazily_fails_in_the_filter() {
    fails(
        "{name % 'x'|upper}",
        "'n' is not iterable of mappings (incompatible use of template filter 'upper')",
    );
    fails(
        "{'{mod(1)}x'|upper}",
        "mod expects two arguments (incompatible use of template filter 'upper')",
    );
    fails(
        "{pad(name % 'x', 3)|upper}",
        "'n' is not iterable of mappings (keyword 'name' does not support map operation)",
    );
}

#[test]
fn items_that_nobody_reads_do_not_fail() {
    fails("{(name % 'x').key}", "not a dictionary");
    fails("{ifeq(1, 1, name % 'x').key}", "not a dictionary");
    fails("{get(name % 'x', 'a')}", "not a dictionary (get() expects a dict as first argument)");
    fails("{(name % 'x') % 'y'}", "list of strings is not mappable");
    gives("{ifcontains('a', name % 'x', 'y', 'n')}", "n");
    fails(
        "{min(if(1, name % 'x'))}",
        "'n' is not iterable of mappings (min first argument should be an iterable)",
    );
    // A text in pieces is put together before a function sees it.
    fails("{min('{mod(1)}')}", "mod expects two arguments");
    fails("{'{mod(1)}'.key}", "mod expects two arguments");
}

#[test]
fn texts_contain_anything_as_text() {
    gives("{ifcontains(dict(a=1), 'x a=1', 'y', 'n')}{ifcontains(if('', 1), 'a', 'y', 'n')}", "yy");
    gives("{ifcontains(dict(a=1), splitlines('a=1'), 'y', 'n')}", "n");
}

#[test]
fn composed_values_in_dicts_are_in_the_notation_of_python() {
    gives("{dict(x=splitlines('a b'), y=dict(z=1))}", "x=[b'a b'] y={b'z': 1}");
    gives("{splitlines(name) % 'x'|reverse}{if(0 + 0, 1)|json}", "x1");
}
