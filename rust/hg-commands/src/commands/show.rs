//! `hg show`.

use hg_store::{Changelog, Repo};
use hg_types::{Error, Phase, Result, Revision};

use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg show`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::SHOW,
    help: "Show a view of the repository. Without a view, those that there are.\n\nThe output may change with any release; who \
           reads it with a program says what to show with ``-T``.\n\n``bookmarks``: the bookmarks and their changesets. \
           ``stack``: the current line of work, what it stands on, and newer published heads. ``work`` is not there yet.",
    run,
};

/// The views, and what they show.
const VIEWS: [(&str, &str); 3] = [
    ("bookmarks", "bookmarks and their associated changeset"),
    ("stack", "current line of work"),
    ("work", "changesets that aren't finished"),
];

/// Ids have so many digits, or more where they would be ambiguous.
const SHORTEST: usize = 4;

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let plain = ctx.config().environment().plain().is_on();
    if plain && ctx.opts.nonempty("template").is_none() {
        let hint = "invoke with -T/--template to control output format";
        return Err(Error::abort("must specify a template in plain mode").hint(hint));
    }
    match &ctx.args[..] {
        [] => {
            ctx.ui.write("available views:\n\n");
            for (name, what) in VIEWS {
                ctx.ui.write(format!("{name} -- {what}\n"));
            }
            ctx.ui.write("\n");
            let hint = "use \"hg show VIEW\" to choose a view";
            Err(Error::abort("no view requested").hint(hint))
        }
        [view] if view == b"bookmarks" => bookmarks(ctx, repo),
        [view] if view == b"stack" => stack(ctx, repo),
        [view] if view == b"work" => Err(Error::abort("view 'work' is not implemented yet")),
        [view] => {
            let hint = "run \"hg show\" to see available views";
            Err(Error::abort([b"unknown view: ", &view[..]].concat()).hint(hint))
        }
        _ => Err(ctx.usage_error()),
    }
}

fn bookmarks(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let marks = repo.bookmarks()?;
    let mut fm = ctx.formatter("show_bookmarks")?;
    let all: Vec<_> = marks.iter().collect();
    if all.is_empty() && (fm.is_plain() || !is_structured(ctx)) {
        ctx.ui.write("(no bookmarks set)\n");
        return Ok(0);
    }
    let cl = repo.changelog()?;
    let revs: Vec<Revision> = all.iter().filter_map(|(_, node)| cl.find(node)).collect();
    let digits = digits(&cl, &revs);
    let longest = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, node) in all {
        let active = marks.active() == Some(name);
        let shown = ctx.ui.encoding().local(name).into_owned();
        let hex = node.hex();
        fm.start_item();
        let number = |length: usize| Value::Int(i64::try_from(length).unwrap_or(i64::MAX));
        fm.data(&[
            ("active", Value::Bool(active)),
            ("longestbookmarklen", number(longest)),
            ("node", Value::from(&hex[..])),
            ("nodelen", number(digits)),
        ]);
        let label = if active { "bookmarks.active bookmarks.current" } else { "" };
        fm.plain(if active { "* " } else { "  " }, label);
        fm.write(&[("bookmark", Value::from(&shown[..]))], &shown, label);
        fm.plain(" ".repeat(longest.saturating_sub(shown.len()) + 4), "");
        fm.plain([&hex[..digits], b"\n"].concat(), "");
    }
    fm.end()?;
    Ok(0)
}

/// Whether the output is for programs, which get an empty list.
fn is_structured(ctx: &CommandContext) -> bool {
    let form = ctx.opts.nonempty("template").unwrap_or_default();
    [&b"json"[..], b"cbor", b"pickle", b"debug"].contains(&form)
}

/// How many digits tell these changesets from all others.
fn digits(cl: &Changelog, revs: &[Revision]) -> usize {
    let lengths = revs.iter().map(|rev| cl.shortest_prefix_len(&cl.node(*rev)));
    lengths.max().unwrap_or(0).max(SHORTEST)
}

/// The current line of work.
struct Stack {
    /// Where the working directory is.
    here: Revision,
    /// The changesets from there on down, not counting `here`.
    below: Vec<Revision>,
    /// What all stands on.
    base: Option<Revision>,
    /// The changesets above, nearest first.
    above: Vec<Revision>,
    /// Whether it branches there.
    branches: bool,
    /// Newer published heads on the base.
    heads: Vec<Revision>,
}

impl Stack {
    fn find(repo: &Repo, here: Revision) -> Result<Self> {
        let (cl, phases, hidden) = (repo.changelog()?, repo.phases()?, repo.hidden_revs()?);
        let mut out = Self {
            here,
            below: Vec::new(),
            base: None,
            above: Vec::new(),
            branches: false,
            heads: Vec::new(),
        };
        let mut at = cl.parents(here)[0];
        while !at.is_null() {
            if phases.phase(at) == Phase::Public || !cl.parents(at)[1].is_null() {
                out.base = Some(at);
                break;
            }
            out.below.push(at);
            at = cl.parents(at)[0];
        }
        let descendants = cl.descendant_set([here]);
        let mut top = here;
        loop {
            let is_child = |rev: &Revision| {
                *rev != top && cl.parents(*rev).contains(&top) && !hidden.contains(*rev)
            };
            let children: Vec<Revision> = descendants.iter().filter(is_child).collect();
            match children[..] {
                [] => break,
                [child] => {
                    out.above.push(child);
                    top = child;
                }
                _ => {
                    out.branches = true;
                    break;
                }
            }
        }
        if let Some(base) = out.base {
            let bottom = *out.below.last().unwrap_or(&here);
            let ours = cl.descendant_set([bottom]);
            let newer = cl.descendant_set([base]);
            let is_head = |rev: &Revision| {
                let child = |other: Revision| {
                    !hidden.contains(other) && other != *rev && cl.parents(other).contains(rev)
                };
                let published = phases.phase(*rev) == Phase::Public;
                published
                    && *rev != base
                    && *rev != bottom
                    && !ours.contains(*rev)
                    && !newer.iter().any(child)
            };
            out.heads = newer.iter().filter(is_head).collect();
        }
        Ok(out)
    }

    fn all(&self) -> Vec<Revision> {
        let mut out = vec![self.here];
        out.extend(self.below.iter().chain(&self.above).chain(&self.heads).chain(&self.base));
        out
    }
}

fn stack(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let cl = repo.changelog()?;
    let here = cl.rev(&hg_wdir::parents(repo)?[0])?;
    if here.is_null() {
        return Err(Error::abort("stack view only available when there is a working directory"));
    }
    if repo.phases()?.phase(here) == Phase::Public {
        ctx.ui.write("(empty stack; working directory parent is a published changeset)\n");
        return Ok(0);
    }
    let stack = Stack::find(repo, here)?;
    let digits = digits(&cl, &stack.all());
    let short = |rev: Revision| {
        String::from_utf8_lossy(cl.node(rev).hex().get(..digits).unwrap_or_default()).into_owned()
    };
    let line = |lead: &str, rev: Revision| -> Result<()> {
        let entry = cl.entry(rev)?;
        let first = entry.description().split(|&byte| byte == b'\n').next().unwrap_or_default();
        let mark = if rev == here { "@" } else { "o" };
        let start = format!("{lead}{mark}  {} ", short(rev));
        let text = ctx.ui.encoding().local(first);
        ctx.ui.write([start.as_bytes(), &text, b"\n"].concat());
        Ok(())
    };
    let bottom = *stack.below.last().unwrap_or(&here);
    let can_rebase = crate::extensions::Enabled::of(&ctx.config()).has_native("rebase");
    for (at, head) in stack.heads.iter().enumerate() {
        let ahead = cl.missing_ancestors([*head], stack.base).len();
        let hint = match can_rebase {
            true => format!("; hg rebase --source {} --dest {}", short(bottom), short(*head)),
            false => String::new(),
        };
        line(if at == 0 { "  " } else { ": " }, *head)?;
        let lead = if at == 0 { " /" } else { ":/" };
        ctx.ui.write(format!("{lead}    ({ahead} commits ahead{hint})\n"));
    }
    let beside = !stack.heads.is_empty();
    if beside {
        ctx.ui.write(":\n:    (stack head)\n");
    }
    if stack.branches {
        ctx.ui.write(match beside {
            true => ":\\ /  (multiple children)\n: |\n",
            false => " \\ /  (multiple children)\n  |\n",
        });
    }
    let lead = if beside { ": " } else { "  " };
    let own = stack.above.iter().rev().chain([&stack.here]).chain(&stack.below);
    for rev in own {
        line(lead, *rev)?;
    }
    if let Some(base) = stack.base {
        ctx.ui.write(if beside { ":/   (stack base)\n" } else { " /   (stack base)\n" });
        line("", base)?;
    }
    Ok(0)
}
