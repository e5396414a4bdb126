//! Merges with several best common ancestors: each ancestor bids what to do with every file, and the
//! least intrusive bid wins (`merge.preferancestor`).

use std::collections::BTreeMap;

use hg_types::{HgPath, HgPathBuf, Interaction};

use super::action::{Action, Plan, Reasoned};

/// One bid: the number of the ancestor that makes it, and what it would do.
type Bid<'a> = (usize, &'a Reasoned);

/// Joins the plans from several ancestors into one; says at which price.
pub(super) fn hold(plans: &[Plan], interaction: &dyn Interaction) -> Plan {
    let start = format!("\nauction for merging merge bids ({} ancestors)\n", plans.len());
    interaction.note(start.as_bytes());
    let mut bids: BTreeMap<&HgPathBuf, Vec<Bid<'_>>> = BTreeMap::new();
    for (number, plan) in plans.iter().enumerate() {
        for (path, bid) in &plan.actions {
            bids.entry(path).or_default().push((number, bid));
        }
    }
    let mut out = Plan { auctioned: true, ..Plan::default() };
    for (path, mut bids) in bids {
        bids.sort_by_key(|(number, bid)| (bid.action.bid_letters(), *number));
        show_bids(path, &bids, interaction);
        let (number, won) = pick(path, &bids, plans.len(), interaction);
        out.actions.insert(path.clone(), won.clone());
        if number > 0 {
            out.base_of.insert(path.clone(), number);
        }
        // What any ancestor saw removed may come back by the merge, whoever wins.
        if plans.iter().any(|plan| plan.removal_candidates.contains(path)) {
            out.removal_candidates.push(path.clone());
        }
        if plans[number].from_other.contains(path) && matches!(won.action, Action::Get { .. }) {
            out.from_other.push(path.clone());
        }
    }
    interaction.note(b"end of auction\n\n");
    // The ancestor that knows of the fewest strange renames is believed.
    let fewest = |list: fn(&Plan) -> &BTreeMap<HgPathBuf, Vec<HgPathBuf>>| {
        plans.iter().map(list).min_by_key(|list| list.len()).cloned().unwrap_or_default()
    };
    out.diverged = fewest(|plan| &plan.diverged);
    out.rename_deleted = fewest(|plan| &plan.rename_deleted);
    out
}

fn show_bids(path: &HgPath, bids: &[Bid<'_>], interaction: &dyn Interaction) {
    interaction.debug(&[b" list of bids for ", path.as_bytes(), b":\n"].concat());
    for (_, bid) in bids {
        let letter = bid.action.bid_letters().as_bytes();
        interaction.debug(&[b"   ", &bid.reason[..], b" -> ", letter, b"\n"].concat());
    }
}

fn pick<'a>(
    path: &HgPath,
    bids: &[Bid<'a>],
    ancestors: usize,
    interaction: &dyn Interaction,
) -> Bid<'a> {
    let note = |parts: &[&[u8]]| {
        interaction.note(&[&[b" ", path.as_bytes(), b": "], parts, &[b"\n"]].concat().concat());
    };
    let first = bids[0];
    // Merges from different ancestors are different things.
    let merges = |bid: &Bid<'_>| bid.1.action.letter() == "m";
    let agree = |bids: &[&Bid<'_>]| {
        bids.iter().all(|bid| bid.1.action == bids[0].1.action) && !bids.iter().any(|b| merges(b))
    };
    let all: Vec<&Bid<'_>> = bids.iter().collect();
    if bids.len() == ancestors && agree(&all) {
        note(&[b"consensus for ", first.1.action.bid_letters().as_bytes()]);
        return first;
    }
    let of = |letters: &str| -> Vec<&Bid<'a>> {
        bids.iter().filter(|bid| bid.1.action.bid_letters() == letters).collect()
    };
    // A conflict with a deletion outbids only what would let the deletion pass unseen.
    let kinds = [
        ("k", "keep", None),
        ("cd", "changed/deleted", Some("kn")),
        ("kn", "keep new", None),
        ("ka", "keep absent", None),
        ("dc", "delete/changed", Some("g")),
        ("g", "get", None),
    ];
    for (letters, name, against) in kinds {
        let of_kind = of(letters);
        let outbids = against.is_none_or(|rival| !of(rival).is_empty());
        if !of_kind.is_empty() && outbids && (letters != "g" || agree(&of_kind)) {
            note(&[b"picking '", name.as_bytes(), b"' action"]);
            return *of_kind[0];
        }
    }
    note(&[b"multiple bids for merge action:"]);
    for (_, bid) in bids {
        let letter = bid.action.bid_letters().as_bytes();
        interaction.note(&[b"  ", &bid.reason[..], b" -> ", letter, b"\n"].concat());
    }
    // All bids are as good then: the ancestor that comes first decides.
    let first = bids.iter().min_by_key(|(number, _)| *number).copied().unwrap_or(first);
    let letter = first.1.action.bid_letters().as_bytes();
    let text = [b" ", path.as_bytes(), b": ambiguous merge - picked ", letter, b" action\n"];
    interaction.warn(&text.concat());
    first
}

#[cfg(test)]
mod tests {
    use hg_types::FileFlags;

    use super::*;
    use crate::merge::action::Merge;

    fn plan(action: Action) -> Plan {
        let mut plan = Plan::default();
        plan.set(HgPathBuf::from("f"), action, "why");
        plan
    }

    fn winner(actions: [Action; 2]) -> (Action, usize) {
        let plans = actions.map(plan);
        let out = hold(&plans, &hg_types::Silent);
        let path = HgPathBuf::from("f");
        let number = out.base_of.get(&path).copied().unwrap_or_default();
        (out.actions[&path].action.clone(), number)
    }

    #[test]
    fn the_least_intrusive_bid_wins() {
        let get = || Action::Get { flags: FileFlags::Regular, backup: false };
        let merge = || Action::Merge(Merge::default());
        assert_eq!(winner([merge(), get()]), (get(), 1));
        assert_eq!(winner([Action::Keep, get()]), (Action::Keep, 0));
        assert_eq!(winner([Action::Remove, Action::KeepNew]), (Action::KeepNew, 1));
        assert_eq!(winner([merge(), merge()]), (merge(), 0));
        assert_eq!(winner([get(), get()]), (get(), 0));
    }

    #[test]
    fn a_conflict_with_a_deletion_outbids_what_would_not_see_it() {
        let get = || Action::Get { flags: FileFlags::Regular, backup: false };
        let changed = || Action::ChangedDeleted(Merge::default());
        let deleted = || Action::DeletedChanged(Merge::default());
        assert_eq!(winner([Action::KeepNew, changed()]), (changed(), 1));
        assert_eq!(winner([get(), deleted()]), (deleted(), 1));
        assert_eq!(winner([deleted(), Action::KeepAbsent]), (Action::KeepAbsent, 1));
        assert_eq!(winner([Action::Remove, changed()]), (Action::Remove, 0));
        assert_eq!(winner([changed(), Action::Remove]), (changed(), 0));
    }
}
