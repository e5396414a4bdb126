//! Predicates that ask for phases.

use hg_types::{Phase, Result, Revision};

use crate::context::QueryContext;
use crate::revset::args::{arguments, no_arguments, parse_error, symbol};
use crate::revset::eval::eval_all;
use crate::revset::smartset::{Condition, Direction, SmartSet};
use crate::revset::walk;

use super::Call;

fn in_phases<'q>(call: Call<'q, '_>, name: &str, phases: &'static [Phase]) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, name)?;
    let table = call.ctx.repo.phases()?;
    let visible = |rev: &Revision| !call.ctx.is_hidden(*rev);
    let revs = table.mutable_revs(|phase| phases.contains(&phase)).filter(visible);
    let mut revs: Vec<Revision> = revs.collect();
    // The working directory has the phase of the changeset it would become.
    if call.subset.contains(Revision::WDIR)? && phases.contains(&wdir_phase(call.ctx)?) {
        revs.push(Revision::WDIR);
    }
    // The working directory was looked for: single members are at hand.
    Ok(call.subset.with_members_known().and(SmartSet::from_set(revs)))
}

fn wdir_phase(ctx: &QueryContext) -> Result<Phase> {
    let table = ctx.repo.phases()?;
    let parents = ctx.wdir_parents()?.into_iter().map(|parent| table.phase(parent));
    Ok(parents.fold(ctx.repo.new_commit_phase()?, Phase::max))
}

/// `draft()`
pub(super) fn draft<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    in_phases(call, "draft", &[Phase::Draft])
}

/// `secret()`
pub(super) fn secret<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    in_phases(call, "secret", &[Phase::Secret])
}

/// `_internal()`
pub(super) fn internal<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    in_phases(call, "_internal", &[Phase::Internal])
}

const NOT_PUBLIC: &[Phase] = &[Phase::Draft, Phase::Secret, Phase::Archived, Phase::Internal];

/// `_notpublic()`
pub(super) fn not_public<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    in_phases(call, "_notpublic", NOT_PUBLIC)
}

/// `public()`
pub(super) fn public<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "public")?;
    let phases = call.ctx.repo.phases()?;
    // The working directory has the phase of the changeset it would become.
    let test = move |rev: Revision| Ok(!rev.is_wdir() && phases.phase(rev) == Phase::Public);
    Ok(call.subset.filter(Condition::new(test)))
}

/// `_phaseandancestors(phase, set)`: `phase() & ::set`.
pub(super) fn phase_and_ancestors<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    const COMPLAINT: &str = "_phaseandancestors requires two arguments";
    let [phase, set] = arguments(call.arguments, 2..=2, COMPLAINT)? else {
        return Err(parse_error(COMPLAINT));
    };
    let wanted = match symbol(phase, "not a symbol")? {
        b"draft" => &[Phase::Draft][..],
        b"secret" => &[Phase::Secret],
        b"_notpublic" => NOT_PUBLIC,
        other => {
            let mut message = b"b".to_vec();
            hg_match::python_bytes(other, &mut message);
            message.extend_from_slice(b" is not a valid phasename");
            return Err(parse_error(message));
        }
    };
    let ctx = call.ctx;
    let phases = ctx.repo.phases()?;
    let set = eval_all(ctx, set)?;
    let ancestors = walk::ancestors(ctx, &set, 0, None, false)?.sorted(true).iter();
    let lowest = phases.first_mutable();
    let least = wanted.iter().copied().min().unwrap_or(Phase::Draft);
    let phase_of = move |rev: Revision| match rev.is_wdir() || rev < lowest {
        true => Phase::Public,
        false => phases.phase(rev),
    };
    let of_phase = phase_of.clone();
    let found = ancestors.filter(move |rev| match rev {
        Ok(rev) => of_phase(*rev) >= least,
        Err(_) => true,
    });
    let set = call.subset.and(walk::generator(found, Direction::Descending));
    // Drafts have secret descendants; above the other borders everything belongs to it.
    match least == Phase::Draft && wanted.len() == 1 {
        true => Ok(set.filter(Condition::new(move |rev| Ok(wanted.contains(&phase_of(rev)))))),
        false => Ok(set),
    }
}
