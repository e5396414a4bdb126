//! From the patterns of a command line to one matcher.

use hg_types::Result;

use crate::canon::{Audit, Warn};
use crate::kind::PatternKind;
use crate::matcher::{IncludeMatcher, Matcher, PatternMatcher};
use crate::patterns::{Pattern, Place};

/// Turns `set:` expressions into matchers; filesets live on a higher floor.
pub trait FilesetCompiler {
    /// The matcher of the fileset `expression`.
    ///
    /// # Errors
    /// When it cannot be parsed or evaluated.
    fn compile(&self, expression: &[u8]) -> Result<Matcher>;
}

/// What a matcher is made of.
#[derive(Clone, Copy)]
pub struct MatchOptions<'a> {
    /// The root of the working directory, absolute.
    pub root: &'a [u8],
    /// The current directory, absolute; need not be below the root.
    pub cwd: &'a [u8],
    /// Positional patterns; none match everything.
    pub patterns: &'a [Vec<u8>],
    /// `-I` patterns; none include everything.
    pub include: &'a [Vec<u8>],
    /// `-X` patterns.
    pub exclude: &'a [Vec<u8>],
    /// The kind of positional patterns without a prefix.
    pub default_kind: PatternKind,
    /// Refuses forbidden paths.
    pub audit: Audit<'a>,
    /// Hears complaints about pattern files.
    pub warn: Option<Warn<'a>>,
    /// Compiles `set:` patterns.
    pub filesets: Option<&'a dyn FilesetCompiler>,
}

impl<'a> MatchOptions<'a> {
    /// Options that match everything below `root`, for a user who stands in `cwd`.
    #[must_use]
    pub fn new(root: &'a [u8], cwd: &'a [u8]) -> Self {
        Self {
            root,
            cwd,
            patterns: &[],
            include: &[],
            exclude: &[],
            default_kind: PatternKind::RelPath,
            audit: &|_| Ok(()),
            warn: None,
            filesets: None,
        }
    }

    fn place(&self) -> Place<'a> {
        Place { root: self.root, cwd: self.cwd, audit: self.audit, warn: self.warn }
    }

    /// The matchers of the `set:` patterns, taken out of `patterns`.
    fn filesets(&self, patterns: &mut Vec<Pattern>) -> Result<Vec<Matcher>> {
        let mut out = Vec::new();
        for pattern in patterns.extract_if(.., |pattern| pattern.kind == PatternKind::Set) {
            let Some(compiler) = self.filesets else {
                return Err(hg_types::Error::abort(b"fileset expression with no context".to_vec()));
            };
            out.push(compiler.compile(&pattern.text)?);
        }
        Ok(out)
    }

    fn include_matcher(&self, patterns: &[Vec<u8>]) -> Result<Matcher> {
        let mut normalized = self.place().normalize(patterns, PatternKind::Glob)?;
        let mut sets = self.filesets(&mut normalized)?;
        if normalized.is_empty() {
            return Ok(Matcher::union(sets));
        }
        let plain = Matcher::from_include(IncludeMatcher::new(self.root, normalized)?);
        sets.insert(0, plain);
        Ok(Matcher::union(sets))
    }

    fn pattern_matcher(&self) -> Result<Matcher> {
        let mut normalized = self.place().normalize(self.patterns, self.default_kind)?;
        let everything = normalized.iter().all(|pattern| {
            pattern.text.is_empty()
                && matches!(pattern.kind, PatternKind::RelPath | PatternKind::Glob)
        });
        if everything {
            return Ok(Matcher::always());
        }
        let mut sets = self.filesets(&mut normalized)?;
        if normalized.is_empty() {
            return Ok(Matcher::union(sets));
        }
        sets.insert(0, Matcher::from_pattern(PatternMatcher::new(normalized)?));
        Ok(Matcher::union(sets))
    }
}

/// Makes a matcher.
///
/// # Errors
/// When a pattern is invalid, outside the root, or forbidden.
pub fn matcher(options: &MatchOptions) -> Result<Matcher> {
    let mut out =
        if options.patterns.is_empty() { Matcher::always() } else { options.pattern_matcher()? };
    if !options.include.is_empty() {
        out = Matcher::intersection(out, options.include_matcher(options.include)?);
    }
    if !options.exclude.is_empty() {
        out = Matcher::difference(out, options.include_matcher(options.exclude)?);
    }
    Ok(out)
}
