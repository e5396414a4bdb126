//! Topological order: one branch of the graph after the other, heads first.
//!
//! Walking down in the order of numbers, revisions are gathered into strands; a strand knows which
//! parents it waits for. Strands that wait for the same revision are joined there, the older first.
//! One strand leads: every strand that comes to wait for what the lead waits for is shown at once
//! and joins it. So a branch is shown as a whole, and others follow where they meet it.

use std::collections::{BTreeSet, BinaryHeap, HashSet};

use hg_types::{Result, Revision};

use crate::context::QueryContext;

/// Revisions that are shown together.
#[derive(Default)]
struct Strand {
    revs: Vec<Revision>,
    waits_for: HashSet<Revision>,
}

/// Sorts `revs`, which must descend, into branches; those of `first` come before others.
///
/// # Errors
/// When the dirstate cannot be read.
pub fn topological_order(
    ctx: &QueryContext,
    revs: Vec<Revision>,
    first: &[Revision],
) -> Result<Vec<Revision>> {
    let mut order = Topological {
        lead: Strand { revs: Vec::new(), waits_for: first.iter().copied().collect() },
        others: Vec::new(),
        out: Vec::with_capacity(revs.len()),
    };
    // Revisions that are not asked for are walked too: they connect those that are.
    let mut below: BinaryHeap<Revision> = BinaryHeap::new();
    let mut queued: BTreeSet<Revision> = BTreeSet::new();
    for wanted in revs {
        if queued.insert(wanted) {
            below.push(wanted);
        }
        while let Some(rev) = below.pop() {
            queued.remove(&rev);
            let parents = ctx.parents(rev)?.into_iter().filter(|parent| !parent.is_null());
            let parents: Vec<_> = parents.collect();
            order.visit(rev, rev == wanted, &parents);
            for parent in parents {
                if queued.insert(parent) {
                    below.push(parent);
                }
            }
            if rev == wanted {
                break;
            }
        }
    }
    Ok(order.finish())
}

struct Topological {
    lead: Strand,
    others: Vec<Strand>,
    out: Vec<Revision>,
}

impl Topological {
    fn visit(&mut self, rev: Revision, shown: bool, parents: &[Revision]) {
        let place = self.join(rev);
        let strand = self.strand(place);
        if shown {
            strand.revs.push(rev);
        }
        strand.waits_for.remove(&rev);
        strand.waits_for.extend(parents);
        if self.lead.waits_for.is_empty() {
            // Nothing leads: the oldest strand does from here on.
            let next = if self.others.is_empty() { None } else { Some(0) };
            self.show(next);
            return;
        }
        let meets = |strand: &Strand| !strand.waits_for.is_disjoint(&self.lead.waits_for);
        if place.is_none_or(|at| meets(&self.others[at])) {
            self.show(place);
        }
    }

    fn strand(&mut self, place: Option<usize>) -> &mut Strand {
        match place {
            None => &mut self.lead,
            Some(at) => &mut self.others[at],
        }
    }

    /// Joins the strands that wait for `rev`; a head starts one. Gives its place, `None` for the
    /// leading one.
    fn join(&mut self, rev: Revision) -> Option<usize> {
        let waiting: Vec<usize> =
            (0..self.others.len()).filter(|at| self.others[*at].waits_for.contains(&rev)).collect();
        let lead_waits = self.lead.waits_for.contains(&rev);
        let (target, joining) = match (lead_waits, &waiting[..]) {
            (true, all) => (None, all),
            (false, [first, rest @ ..]) => (Some(*first), rest),
            (false, []) => {
                self.others.push(Strand { revs: Vec::new(), waits_for: HashSet::from([rev]) });
                return Some(self.others.len() - 1);
            }
        };
        let joining: Vec<Strand> = {
            let mut taken: Vec<_> =
                joining.iter().rev().map(|at| self.others.remove(*at)).collect();
            taken.reverse();
            taken
        };
        let strand = self.strand(target);
        for other in joining {
            strand.revs.extend(other.revs);
            strand.waits_for.extend(other.waits_for);
        }
        target
    }

    /// Puts a strand out; the lead waits for what it waits for.
    fn show(&mut self, place: Option<usize>) {
        match place {
            None => self.out.append(&mut self.lead.revs),
            Some(at) => {
                let strand = self.others.remove(at);
                self.lead.waits_for.extend(strand.waits_for);
                self.out.extend(strand.revs);
            }
        }
    }

    fn finish(mut self) -> Vec<Revision> {
        self.out.append(&mut self.lead.revs);
        for strand in self.others {
            self.out.extend(strand.revs);
        }
        self.out
    }
}
