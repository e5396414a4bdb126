//! Options that several commands share, each written once.

use super::{Opt, flag, list, text};

/// `--addremove`.
pub(super) const ADDREMOVE: Opt = flag("A", "addremove", "mark new/missing files as added/removed before committing");
/// `--amend`.
pub(super) const AMEND: Opt = flag("", "amend", "amend the parent of the working directory");
/// `--text`.
pub(super) const AS_TEXT: Opt = flag("a", "text", "treat all files as text");
/// `--binary`.
pub(super) const BINARY: Opt = flag("", "binary", "generate binary diffs in git mode (default)");
/// `--changelog`.
pub(super) const CHANGELOG: Opt = flag("c", "changelog", "open changelog").or("off");
/// `--close-branch`.
pub(super) const CLOSE_BRANCH: Opt = flag("", "close-branch", "mark a branch head as closed");
/// `--currentdate`.
pub(super) const CURRENTDATE: Opt = flag("D", "currentdate", "record the current date as commit date");
/// `--currentuser`.
pub(super) const CURRENTUSER: Opt = flag("U", "currentuser", "record the current user as committer");
/// `--date`.
pub(super) const DATE: Opt = text("d", "date", "DATE", "record the specified date as commit date");
/// `--rev`.
pub(super) const DEBUG_REV: Opt = text("r", "rev", "REV", "revision to debug");
/// `--dir`.
pub(super) const DIR: Opt = text("", "dir", "VALUE", "open directory manifest");
/// `--draft`.
pub(super) const DRAFT: Opt = flag("", "draft", "use the draft phase for committing");
/// `--dry-run`.
pub(super) const DRY_RUN: Opt = flag("n", "dry-run", "do not perform actions, just print output");
/// `--edit`.
pub(super) const EDIT: Opt = flag("e", "edit", "invoke editor on commit messages");
/// `--exclude`.
pub(super) const EXCLUDE: Opt = list("X", "exclude", "PATTERN", "exclude names matching the given patterns");
/// `--force-close-branch`.
pub(super) const FORCE_CLOSE_BRANCH: Opt = flag("", "force-close-branch", "forcibly close branch from a non-head changeset (ADVANCED)");
/// `--git`.
pub(super) const GIT: Opt = flag("g", "git", "use git extended diff format");
/// `--graph`.
pub(super) const GRAPH: Opt = flag("G", "graph", "show the revision DAG");
/// `--ignore-all-space`.
pub(super) const IGNORE_ALL_SPACE: Opt = flag("w", "ignore-all-space", "ignore white space when comparing lines");
/// `--ignore-blank-lines`.
pub(super) const IGNORE_BLANK_LINES: Opt = flag("B", "ignore-blank-lines", "ignore changes whose lines are all blank");
/// `--ignore-space-at-eol`.
pub(super) const IGNORE_SPACE_AT_EOL: Opt = flag("Z", "ignore-space-at-eol", "ignore changes in whitespace at EOL");
/// `--ignore-space-change`.
pub(super) const IGNORE_SPACE_CHANGE: Opt = flag("b", "ignore-space-change", "ignore changes in the amount of white space");
/// `--include`.
pub(super) const INCLUDE: Opt = list("I", "include", "PATTERN", "include names matching the given patterns");
/// `--insecure`.
pub(super) const INSECURE: Opt = flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)");
/// `--interactive`.
pub(super) const INTERACTIVE: Opt = flag("i", "interactive", "use interactive mode");
/// `--keep-changes`.
pub(super) const KEEP_CHANGES: Opt = flag("", "keep-changes", "tolerate non-conflicting local changes");
/// `--limit`.
pub(super) const LIMIT: Opt = text("l", "limit", "NUM", "limit number of changes displayed");
/// `--logfile`.
pub(super) const LOGFILE: Opt = text("l", "logfile", "FILE", "read commit message from file");
/// `--manifest`.
pub(super) const MANIFEST: Opt = flag("m", "manifest", "open manifest").or("off");
/// `--message`.
pub(super) const MESSAGE: Opt = text("m", "message", "TEXT", "use text as commit message");
/// `--nodates`.
pub(super) const NODATES: Opt = flag("", "nodates", "omit dates from diff headers");
/// `--no-backup`.
pub(super) const NO_BACKUP: Opt = flag("", "no-backup", "do not save backup copies of files");
/// `--no-merges`.
pub(super) const NO_MERGES: Opt = flag("M", "no-merges", "do not show merges");
/// `--patch`.
pub(super) const PATCH: Opt = flag("p", "patch", "show patch");
/// `--print0`.
pub(super) const PRINT0: Opt = flag("0", "print0", "end filenames with NUL, for use with xargs");
/// `--remotecmd`.
pub(super) const REMOTECMD: Opt = text("", "remotecmd", "CMD", "specify hg command to run on the remote side");
/// `--secret`.
pub(super) const SECRET: Opt = flag("s", "secret", "use the secret phase for committing");
/// `--date`.
pub(super) const SHOW_DATE: Opt = flag("d", "date", "list the date (short with -q)");
/// `--user`.
pub(super) const SHOW_USER: Opt = flag("u", "user", "list the author (long with -v)");
/// `--ssh`.
pub(super) const SSH: Opt = text("e", "ssh", "CMD", "specify ssh command to use");
/// `--stat`.
pub(super) const STAT: Opt = flag("", "stat", "output diffstat-style summary of changes");
/// `--style`.
pub(super) const STYLE: Opt = text("", "style", "STYLE", "display using template map file (DEPRECATED)");
/// `--subrepos`.
pub(super) const SUBREPOS: Opt = flag("S", "subrepos", "recurse into subrepositories");
/// `--summary`.
pub(super) const SUMMARY: Opt = flag("s", "summary", "print first line of patch header");
/// `--template`.
pub(super) const TEMPLATE: Opt = text("T", "template", "TEMPLATE", "display with template");
/// `--test-vcr`.
pub(super) const TEST_VCR: Opt = text("", "test-vcr", "VALUE", "Path to a vcr file. If nonexistent, will record a new vcr transcript, otherwise will mock all http requests using the specified vcr file. (ADVANCED)");
/// `--tool`.
pub(super) const TOOL: Opt = text("t", "tool", "TOOL", "specify merge tool");
/// `--user`.
pub(super) const USER: Opt = text("u", "user", "USER", "record the specified user as committer");
