Merges with two best common ancestors take the least intrusive of what each would do.

  $ hg init repo
  $ cd repo
  $ echo base | tee f1 > f2
  $ hg commit -qAm base -d '0 0'
  $ echo one > f1
  $ hg commit -qm f1 -d '0 0'
  $ hg update -q 0
  $ echo two > f2
  $ hg commit -qm f2 -d '0 0'
  $ hg merge -q 1
  $ hg commit -qm m1 -d '0 0'
  $ hg update -q 1
  $ hg merge -q 2
  $ hg commit -qm m2 -d '1 0'
  $ echo two again > f2
  $ hg commit -qm f2-again -d '0 0'
  $ hg update -q 3
  $ echo one again > f1
  $ hg commit -qm f1-again -d '0 0'
  $ hg merge -v
  note: merging 764937d58506+ and 04e61af33c73 using bids from ancestors 3573e6466a13 and 6c8f785cb6db
  
  calculating bids for ancestor 3573e6466a13
  resolving manifests
  
  calculating bids for ancestor 6c8f785cb6db
  resolving manifests
  
  auction for merging merge bids (2 ancestors)
   f1: picking 'keep' action
   f2: picking 'get' action
  end of auction
  
  getting f2
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg status
  M f2
  $ hg update -qC .
  $ hg merge --config merge.preferancestor=1 --tool :local
  note: using 6c8f785cb6db as ancestor of 764937d58506 and 04e61af33c73
        alternatively, use --config merge.preferancestor=3573e6466a13
  0 files updated, 1 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)

Changesets move to another branch with what descends from them.

  $ hg update -qC .
  $ hg branch -r 6 other
  changed branch on 1 changesets
  saved backup bundle to */.hg/strip-backup/764937d58506-8ca8898f-branch-change.hg (glob)
  $ hg branches
  other                          6:29ea94f6c5db
  default                        5:04e61af33c73
  $ hg branch -r 0 other
  abort: cannot change branch of changeset, as that will orphan 6 descendants
  (see 'hg help evolution.instability')
  [255]
