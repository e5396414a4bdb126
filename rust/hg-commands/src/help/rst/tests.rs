use super::*;

fn style(width: usize) -> Style {
    Style { width, indent: 0, verbose: false, encoding: Encoding::default() }
}

#[test]
fn paragraphs_lists_and_literals() {
    let text = "One two\nthree::\n\n  a  b\n    c\n\n- item one\n- item two\n  goes on\n\nEnd ``x``, see :hg:`help y`.\n";
    let (out, pruned) = render(text, &style(20));
    assert!(!pruned);
    assert_eq!(
        out,
        "One two three:\n\n  a  b\n    c\n\n- item one\n- item two goes on\n\nEnd \"x\", see 'hg\nhelp y'.\n"
    );
}

#[test]
fn verbose_containers_can_be_left_out() {
    let text = "a\n\n.. container:: verbose\n\n   b\n\nc\n";
    assert_eq!(render(text, &style(20)), ("a\n\nc\n".to_owned(), true));
    let verbose = Style { verbose: true, ..style(20) };
    assert_eq!(render(text, &verbose), ("a\n\nb\n\nc\n".to_owned(), false));
}

#[test]
fn definitions_and_sections() {
    let text = "Head\n====\n\n``term``\n    the text\n\n    more\n";
    assert_eq!(render(text, &style(20)).0, "Head\n====\n\n\"term\"\n    the text\n\n    more\n");
}

#[test]
fn long_lines_break_after_hyphens() {
    assert_eq!(
        wrap("override per-installation options", &style(16), 0, 0),
        "override per-\ninstallation\noptions\n"
    );
}

#[test]
fn fields() {
    assert_eq!(field("add", "x y", &style(78), 1), " add           x y\n");
    assert_eq!(field("admin::verify", "x", &style(78), 1), " admin::verify\n               x\n");
}
