//! `matching()`: changesets that agree with given ones in some fields.

use bstr::ByteSlice as _;
use hg_types::{Phase, Result, Revision};

use crate::context::QueryContext;
use crate::names;

use super::args::parse_error;
use super::smartset::{Condition, Repr, SmartSet};

/// A field by which changesets are compared. The order is that of the work it takes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Field {
    Phase,
    Parents,
    User,
    Date,
    Branch,
    Summary,
    Files,
    Description,
    Substate,
    Diff,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Parents => "parents",
            Self::User => "user",
            Self::Date => "date",
            Self::Branch => "branch",
            Self::Summary => "summary",
            Self::Files => "files",
            Self::Description => "description",
            Self::Substate => "substate",
            Self::Diff => "diff",
        }
    }

    fn named(name: &[u8]) -> Option<&'static [Self]> {
        Some(match name {
            b"phase" => &[Self::Phase],
            b"parents" => &[Self::Parents],
            b"user" | b"author" => &[Self::User],
            b"date" => &[Self::Date],
            b"branch" => &[Self::Branch],
            b"summary" => &[Self::Summary],
            b"files" => &[Self::Files],
            b"description" => &[Self::Description],
            b"substate" => &[Self::Substate],
            // A difference cannot agree when the files do not.
            b"diff" => &[Self::Files, Self::Diff],
            b"metadata" => &[Self::User, Self::Date, Self::Description],
            _ => return None,
        })
    }

    /// The value as bytes that are equal when the fields are.
    fn value(self, ctx: &QueryContext, rev: Revision) -> Result<Vec<u8>> {
        let entry = ctx.entry(rev)?;
        Ok(match self {
            Self::Phase => {
                let phases = ctx.repo.phases()?;
                match rev.is_wdir() {
                    true => {
                        let parents = ctx.wdir_parents()?;
                        let parents = parents.into_iter().map(|parent| phases.phase(parent));
                        vec![parents.fold(ctx.repo.new_commit_phase()?, Phase::max).number()]
                    }
                    false if rev.is_null() => Vec::new(),
                    false => vec![phases.phase(rev).number()],
                }
            }
            Self::Parents => {
                let nodes = ctx.parents(rev)?.map(|parent| ctx.node(parent));
                nodes.iter().flat_map(|node| node.0).collect()
            }
            Self::User if rev.is_wdir() => {
                let configured = ctx.config.get("ui", "username").map(<[u8]>::to_vec);
                let given = ctx.config.environment().var_nonempty("HGUSER").map(<[u8]>::to_vec);
                given.or(configured).unwrap_or_default()
            }
            Self::User => entry.user().to_vec(),
            Self::Date if rev.is_wdir() => format!("{:?}", ctx.clock.date()).into_bytes(),
            Self::Date => format!("{:?}", entry.date()).into_bytes(),
            Self::Branch => names::branch(ctx, rev)?,
            Self::Summary => entry.description().lines().next().unwrap_or_default().to_vec(),
            Self::Files if rev.is_wdir() => {
                let status = crate::changes::status(ctx, rev)?;
                let mut files: Vec<_> = status.all().collect();
                files.sort_unstable();
                files.iter().flat_map(|path| [path.as_bytes(), b"\0"].concat()).collect()
            }
            Self::Files => {
                entry.files().flat_map(|path| [path.as_bytes(), b"\0"].concat()).collect()
            }
            Self::Description => entry.description().to_vec(),
            Self::Substate => {
                let manifest = ctx.repo.manifest(&entry.manifest())?;
                let state = manifest.node(hg_types::HgPath::new(".hgsubstate"));
                state.map_or_else(Vec::new, |node| node.0.to_vec())
            }
            Self::Diff => crate::changes::patch_text(ctx, rev)?,
        })
    }
}

/// The members of `subset` that agree with one of `models` in all fields.
pub(super) fn matching<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    models: &SmartSet<'q>,
    names: &[Vec<u8>],
) -> Result<SmartSet<'q>> {
    let mut fields = Vec::new();
    for name in names {
        let found = Field::named(name).ok_or_else(|| {
            parse_error([b"unexpected field name passed to matching: ", &name[..]].concat())
        })?;
        fields.extend(
            found.iter().copied().filter(|field| !fields.contains(field)).collect::<Vec<_>>(),
        );
    }
    let summary_only = fields.contains(&Field::Description);
    fields.retain(|field| !(summary_only && *field == Field::Summary));
    fields.sort_unstable();
    let mut wanted = Vec::new();
    for rev in models.iter() {
        let rev = rev?;
        let values = fields.iter().map(|field| field.value(ctx, rev));
        wanted.push(values.collect::<Result<Vec<_>>>()?);
    }
    let shown: Vec<String> = fields.iter().map(|field| format!("'{}'", field.name())).collect();
    let head = format!("matching[{}]", shown.join(", "));
    let repr = Repr::of(&head, [models.repr()]);
    let test = move |rev| {
        let mut open: Vec<&Vec<Vec<u8>>> = wanted.iter().collect();
        for (at, field) in fields.iter().enumerate() {
            if open.is_empty() {
                return Ok(false);
            }
            let value = field.value(ctx, rev)?;
            open.retain(|values| values[at] == value);
        }
        Ok(!open.is_empty())
    };
    Ok(subset.filter(Condition::with_repr(repr, test).reading(ctx)))
}
