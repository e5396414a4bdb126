use super::*;

fn rules(kind: PatternKind, text: &str, ending: Ending) -> Rules {
    let pattern = Pattern { kind, text: text.as_bytes().to_vec(), source: Vec::new() };
    Rules::compile(&[pattern], ending).expect("a valid pattern")
}

#[test]
fn fast_paths_agree_with_the_expression() {
    let texts = ["a", "b", "*.o", "*a", "a.o", "a/b", "**/b", "*/b", "a*", "{a,b}", "[ab].o", ""];
    let paths = ["a", "b", "a/b", "b/a", "a.o", "x/a.o/y", "a.o/b", "xa", "ab/b", "x/a/b", "q/b.o"];
    let kinds = [PatternKind::RelGlob, PatternKind::Glob, PatternKind::Path, PatternKind::RelPath];
    for kind in kinds {
        for text in texts {
            for ending in [Ending::End, Ending::EndOrSlash] {
                let pattern = Pattern { kind, text: text.into(), source: Vec::new() };
                let regex = python_regex(&pattern, ending);
                let plain = pyregex::translate(&regex).expect("valid").text;
                let plain = build(&format!("(?:{plain})")).expect("valid");
                let fast = rules(kind, text, ending);
                for path in paths {
                    let input =
                        regex_automata::Input::new(path).anchored(regex_automata::Anchored::Yes);
                    assert_eq!(
                        fast.matches(path.as_bytes()),
                        plain.is_match(input),
                        "{kind:?} {text} {ending:?} {path}"
                    );
                }
            }
        }
    }
}

#[test]
fn unrooted_expressions() {
    let python = |kind, text: &str| {
        let pattern = Pattern { kind, text: text.into(), source: Vec::new() };
        String::from_utf8(python_regex(&pattern, Ending::EndOrSlash)).expect("ASCII")
    };
    assert_eq!(python(PatternKind::RelRe, "(?i)abc"), "(?i:.*abc)");
    assert_eq!(python(PatternKind::RelRe, "(?ix)^abc"), "(?ix:^abc)");
    assert_eq!(python(PatternKind::RelGlob, "**j"), "(?:|.*/).*j(?:/|$)");
    assert_eq!(python(PatternKind::RelGlob, "*k"), ".*k(?:/|$)");
    assert_eq!(python(PatternKind::RootFilesIn, "a"), "a/[^/]+$");
}

#[test]
fn look_around_and_bytes() {
    let not_a = rules(PatternKind::RelRe, r"^(?!a).*\.o$", Ending::EndOrSlash);
    assert!(not_a.matches(b"b.o"));
    assert!(!not_a.matches(b"a.o"));
    assert!(not_a.matches(b"b\xff.o"));
    let byte = rules(PatternKind::RelRe, r"\xff[\x80-\xfe]$", Ending::EndOrSlash);
    assert!(byte.matches(b"x\xff\x81"));
    assert!(!byte.matches(b"x\xff\x7f"));
}

#[test]
fn errors_name_source_kind_and_text() {
    let pattern =
        Pattern { kind: PatternKind::RelRe, text: b"*.o".to_vec(), source: b"f".to_vec() };
    let error = Rules::compile(&[pattern], Ending::EndOrSlash).err().expect("invalid");
    assert_eq!(error.message, b"f: invalid pattern (relre): *.o");
}
