A day's work: files, changesets, a branch, a merge.

  $ hg init repo
  $ cd repo
  $ echo one > a
  $ mkdir d
  $ echo two > d/b
  $ hg add
  adding a
  adding d/b
  $ hg commit -m first -d '0 0'
  $ hg status

A second line of development, and a merge without conflicts.

  $ echo more >> a
  $ hg commit -m second -d '1 0'
  $ hg update 0
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ echo other > c
  $ hg add c
  $ hg commit -m third -d '2 0'
  created new head
  $ hg merge 1
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg commit -m merged -d '3 0'
  $ hg log -G -T '{rev} {desc} {files}\n'
  @    3 merged
  |\
  | o  2 third c
  | |
  o |  1 second a
  |/
  o  0 first a d/b
  
  $ hg verify
  checking changesets
  checking manifests
  crosschecking files in changesets and manifests
  checking files
  checking dirstate
  checked 4 changesets with 4 changes to 3 files

Amending replaces the parent and keeps a copy.

  $ echo again >> a
  $ hg commit --amend -m 'merged again' -d '4 0' | sed 's/[0-9a-f]\{12\}-[0-9a-f]\{8\}/HASH/'
  saved backup bundle to */repo/.hg/strip-backup/HASH-amend.hg (glob)
  $ hg log -r . -T '{rev} {desc}\n'
  3 merged again

Names.

  $ hg tag v1 -d '5 0'
  $ hg tags
  tip                                4:???????????? (glob)
  v1                                 3:???????????? (glob)
  $ hg bookmark work
  $ hg bookmarks
   * work                      4:???????????? (glob)
