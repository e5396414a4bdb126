//! `hg debugupgraderepo`.

use hg_format::requirements::Requirements;
use hg_repo::upgrade::{FEATURES, Feature, Histories, Touches, Upgrade};
use hg_store::default_requirements;
use hg_types::{Error, Result};

use crate::{Command, CommandContext, spec};

/// `hg debugupgraderepo`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGUPGRADEREPO,
    help: "Compare the format of the repository with what the configuration asks for, and say what\n\
would have to be done. With --run it is done, while nobody else can write.\n\n\
Histories are written into a new store, which then takes the place of the old one; for that moment\n\
nobody can read the repository. The old one is kept beside it unless --no-backup is given.",
    run,
};

/// What is said of a feature that a repository lacks, and of what it brings.
const TEXTS: [(&str, &str, &str); 10] = [
    (
        "dirstate-v2",
        "the first format of the dirstate is read and written as a whole",
        "\"hg status\" will be faster",
    ),
    (
        "dotencode",
        "storage of filenames beginning with a period or space may not work correctly",
        "repository will be better able to store files beginning with a space or period",
    ),
    (
        "fncache",
        "long and reserved filenames may not work correctly",
        "repository will be more resilient to storing certain paths",
    ),
    (
        "generaldelta",
        "deltas are made against the revision before, however different it is",
        "deltas are made against the revision that fits best",
    ),
    (
        "persistent-nodemap",
        "persist the node -> rev mapping on disk to speedup lookup",
        "Speedup revision lookup by node id.",
    ),
    (
        "share-safe",
        "shares have requirements and configuration of their own and do not follow their source",
        "Upgrades a repository to share-safe format so that future shares of this repository share \
         its requirements and configs.",
    ),
    (
        "copies-sdc",
        "what changesets copied is worked out from the histories of files",
        "copies are traced from changeset to changeset",
    ),
    ("changelog-v2", "the changelog is of the first format", "changesets can have side data"),
    (
        "sparserevlog",
        "delta chains must be short in the file, so that many revisions are stored whole",
        "delta chains may have gaps, which are not read",
    ),
    (
        "tracked-hint",
        "Add a small file to help external tooling that watch the tracked set",
        "external tools will be informated of potential change in the tracked set",
    ),
];

/// Ways to store deltas better, with what they do.
const OPTIMIZATIONS: [(&str, &str); 5] = [
    ("re-delta-quick", "store all revisions again, with the deltas there are wherever possible"),
    ("re-delta-parent", "choose the best parent for deltas where that was never done"),
    ("re-delta-multibase", "try several revisions as base of each delta and keep the smallest"),
    ("re-delta-all", "compute all deltas again, using none of those there are"),
    ("re-delta-fulladd", "add all revisions as if they were new, extensions included"),
];

/// The histories of a store: how they are listed, the word for them in notes, their option.
const HISTORIES: [(&str, &str, &str); 3] = [
    ("all-filelogs", "all-filelogs", "filelogs"),
    ("manifest", "all-manifestlogs", "manifest"),
    ("changelog", "changelog", "changelog"),
];

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut optimizations: Vec<&'static (&str, &str)> = Vec::new();
    for name in ctx.opts.list("optimize") {
        let known = OPTIMIZATIONS.iter().find(|known| known.0.as_bytes() == &name[..]);
        let known = known.ok_or_else(|| {
            let text = [b"unknown optimization action requested: ", &name[..]].concat();
            Error::abort(text).hint("run without arguments to see valid optimizations")
        })?;
        optimizations.push(known);
    }
    optimizations.sort();
    optimizations.dedup();
    let upgrade = Upgrade::plan(repo)?;
    let changes: Vec<&Feature> = upgrade.changed().collect();
    if repo.is_shared() {
        refuse_in_share(&changes, &optimizations)?;
    }
    let running = ctx.opts.flag("run");
    if running && changes.is_empty() && optimizations.is_empty() {
        ctx.ui.status("nothing to do\n");
        return Ok(0);
    }
    let mut plan = Listing { ctx, upgrade: &upgrade, changes, optimizations };
    let histories = plan.histories();
    if running {
        ctx.ui.write("upgrade will perform the following actions:\n\n");
    } else {
        plan.lacks()?;
        ctx.ui.status("performing an upgrade with \"--run\" will make the following changes:\n\n");
    }
    plan.requirements();
    plan.optimizations();
    plan.improvements();
    plan.processed(&histories);
    if !running {
        plan.others();
        return Ok(0);
    }
    let has = |name: &str| histories.contains(&name);
    let chosen = Histories {
        filelogs: has("all-filelogs"),
        manifests: has("manifest"),
        changelog: has("changelog"),
        new_deltas: plan.optimizations.iter().any(|(name, _)| *name != "re-delta-quick"),
    };
    let backup = ctx.opts.tristate("backup").unwrap_or(true);
    hg_repo::upgrade::run(repo, &upgrade, chosen, backup, &*ctx.ui)?;
    Ok(0)
}

/// Only the source of a share writes its history again.
fn refuse_in_share(changes: &[&Feature], optimizations: &[&(&str, &str)]) -> Result<()> {
    let far = changes.iter().filter(|change| change.touches != Touches::Nothing);
    let names: Vec<&str> =
        far.map(|change| change.name).chain(optimizations.iter().map(|known| known.0)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join(", ");
    let text = format!("cannot use these actions on a share repository: {names}");
    Err(Error::abort(text).hint("upgrade the main repository directly"))
}

/// What is told before anything is done.
struct Listing<'a> {
    ctx: &'a CommandContext,
    upgrade: &'a Upgrade,
    changes: Vec<&'static Feature>,
    optimizations: Vec<&'static (&'static str, &'static str)>,
}

fn text_of(feature: &Feature) -> Option<&'static (&'static str, &'static str, &'static str)> {
    TEXTS.iter().find(|(name, ..)| *name == feature.name)
}

impl Listing<'_> {
    /// The histories that would be written again; says why where the user did not ask for them.
    fn histories(&self) -> Vec<&'static str> {
        let opts = &self.ctx.opts;
        let asked = |option: &str| opts.tristate(option).filter(|_| opts.given(option));
        let any = |given: bool| HISTORIES.iter().any(|(.., option)| asked(option) == Some(given));
        // Leaving some out selects the others, like naming them.
        let (only, without) = (any(true), any(false) && !any(true));
        let touched = self.changes.iter().any(|change| change.touches != Touches::Nothing);
        let mut changes = self.changes.clone();
        changes.sort_by_key(|change| change.name);
        let mut out = Vec::new();
        let mut notes = Vec::new();
        let mut told = false;
        for (name, long, option) in &HISTORIES {
            let asked = asked(option);
            let needs = |change: &&&Feature| {
                change.touches == Touches::Everything
                    || change.touches == Touches::Filelogs && *option == "filelogs"
                    || change.touches == Touches::Changelog && *option == "changelog"
            };
            let why = changes.iter().find(needs);
            match (why, asked) {
                (Some(why), Some(false)) => {
                    told = true;
                    let flag = format!("--no-{option}");
                    self.ctx.ui.warn(format!(
                        "warning: ignoring {flag:>14}, as upgrade is changing: {}\n",
                        why.name
                    ));
                }
                (Some(why), None) if !without => notes.push((*long, why.name)),
                _ => {}
            }
            let selected = asked.unwrap_or(!only) && !self.optimizations.is_empty();
            if why.is_some() || selected || (asked == Some(true) && touched) {
                out.push(*name);
            }
        }
        out.sort_unstable();
        for (history, change) in &notes {
            self.ctx.ui.status(format!(
                "note:    selecting {history} for processing to change: {change}\n"
            ));
        }
        if told || !notes.is_empty() {
            self.ctx.ui.status("\n");
        }
        out
    }

    /// What the repository lacks: what is configured, then what is the default.
    fn lacks(&mut self) -> Result<()> {
        let ctx = self.ctx;
        let config = ctx.config();
        let plain = hg_config::Config::empty(config.environment().clone());
        let default = default_requirements(&plain)?;
        let has =
            |set: &Requirements, feature: &Feature| set.contains(feature.requirement.as_bytes());
        let lacking = |wanted: &dyn Fn(&Feature) -> bool| -> Vec<_> {
            FEATURES
                .iter()
                .filter(|feature| !has(&self.upgrade.old, feature) && wanted(feature))
                .filter_map(text_of)
                .collect()
        };
        let configured = lacking(&|feature| has(&self.upgrade.new, feature));
        let usual = lacking(&|feature| has(&default, feature) && !has(&self.upgrade.new, feature));
        if configured.is_empty() && usual.is_empty() {
            ctx.ui.status("(no format upgrades found in existing repository)\n");
            return Ok(());
        }
        let lists = [
            (&configured, "recommended by current config"),
            (&usual, "used by the default config"),
        ];
        for (list, whose) in lists {
            if !list.is_empty() {
                ctx.ui.status(format!("repository lacks features {whose} options:\n\n"));
            }
            for (name, lack, _) in list {
                ctx.ui.status(format!("{name}\n   {lack}\n\n"));
            }
        }
        ctx.ui.status("\n");
        Ok(())
    }

    fn requirements(&self) {
        let ui = &self.ctx.ui;
        ui.write("requirements\n");
        let Upgrade { old, new } = self.upgrade;
        let lists: [(&str, Vec<&[u8]>); 3] = [
            ("preserved", old.intersection(new).map(Vec::as_slice).collect()),
            ("removed", old.difference(new).map(Vec::as_slice).collect()),
            ("added", new.difference(old).map(Vec::as_slice).collect()),
        ];
        for (title, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            let names = list.join(&b", "[..]);
            ui.write([b"   ", title.as_bytes(), b": ", &names, b"\n"].concat());
        }
        ui.write("\n");
    }

    fn optimizations(&self) {
        if !self.optimizations.is_empty() {
            let names: Vec<&str> = self.optimizations.iter().map(|(name, _)| *name).collect();
            self.ctx.ui.write(format!("optimisations: {}\n\n", names.join(", ")));
        }
    }

    fn improvements(&self) {
        let ui = &self.ctx.ui;
        for change in self.changes.iter().filter(|change| self.upgrade.adds(change.requirement)) {
            if let Some((name, _, gain)) = text_of(change) {
                ui.status(format!("{name}\n   {gain}\n\n"));
            }
        }
        for (name, gain) in &self.optimizations {
            ui.status(format!("{name}\n   {gain}\n\n"));
        }
    }

    fn processed(&self, histories: &[&str]) {
        let ui = &self.ctx.ui;
        if histories.is_empty() {
            return ui.write("no revlogs to process\n\n");
        }
        ui.write("processed revlogs:\n");
        for history in histories {
            ui.write(format!("  - {history}\n"));
        }
        ui.write("\n");
    }

    /// The optimizations that were not chosen.
    fn others(&self) {
        let others: Vec<_> =
            OPTIMIZATIONS.iter().filter(|known| !self.optimizations.contains(known)).collect();
        let ui = &self.ctx.ui;
        if others.is_empty() {
            return;
        }
        let title = "additional optimizations are available by specifying \"--optimize <name>\":";
        ui.status(format!("{title}\n\n"));
        for (name, gain) in others {
            ui.status(format!("{name}\n   {gain}\n\n"));
        }
    }
}
