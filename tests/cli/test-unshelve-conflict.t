What cannot be merged waits for the user.

  $ hg init repo
  $ cd repo
  $ printf 'a\nb\nc\nd\ne\n' > f
  $ echo g > g
  $ hg commit -qAm 'base' -d '0 0'
  $ sed -i s/c/shelved/ f
  $ hg shelve --date '0 0'
  shelved as default
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ sed -i s/c/local/ f
  $ echo pending >> g
  $ hg bookmark mark
  $ hg unshelve --date '1 0'
  unshelving change 'default'
  temporarily committing pending changes (restore with 'hg unshelve --abort')
  rebasing shelved changes
  merging f
  warning: conflicts while merging f! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg unshelve --continue')
  [1]
  $ cat .hg/shelvedstate
  2
  name=default
  originalwctx=944bb3abce711deb0ef0a6650c1ceb8c924639a5
  pendingctx=2063b6c481a1604cd042064e201522c8503ecb5a
  parents=2063b6c481a1604cd042064e201522c8503ecb5a 99a8d6212ae06f370f541aedd644b7157a77ccc4
  nodestoremove=2063b6c481a1604cd042064e201522c8503ecb5a 99a8d6212ae06f370f541aedd644b7157a77ccc4
  branchtorestore=
  keep=nokeep
  activebook=mark
  $ hg log -G -T '{rev} {desc} {phase}\n'
  @  2 changes to: base draft
  |
  | @  1 pending changes temporary commit secret
  |/
  o  0 base draft
  
  $ cat f
  a
  b
  <<<<<<< working-copy
  local
  =======
  shelved
  >>>>>>> shelved change
  d
  e
  $ hg status
  M f
  ? f.orig
  $ hg bookmark
     mark                      0:944bb3abce71
  $ hg commit -m no
  abort: unshelve already in progress
  (use 'hg unshelve --continue' or 'hg unshelve --abort')
  [255]
  $ hg merge --abort
  abort: cannot abort merge with unshelve in progress
  (use 'hg unshelve --continue' or 'hg unshelve --abort')
  [255]
  $ hg unshelve --continue
  abort: unresolved conflicts, can't continue
  (see 'hg resolve', then 'hg unshelve --continue')
  [255]

Giving up brings the pending changes back.

  $ hg abort
  unshelve of 'default' aborted
  $ hg status
  M f
  M g
  ? f.orig
  $ cat f
  a
  b
  local
  d
  e
  $ hg bookmark
   * mark                      0:944bb3abce71
  $ hg log -T '{rev} {desc}\n'
  0 base
  $ hg shelve --list -q
  default

Going on takes what the user made of it.

  $ hg unshelve -q
  warning: conflicts while merging f! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg unshelve --continue')
  [1]
  $ printf 'a\nb\nboth\nd\ne\n' > f
  $ hg resolve --mark f
  (no more unresolved files)
  continue: hg unshelve --continue
  $ hg continue
  unshelve of 'default' complete
  $ hg status
  M f
  M g
  ? f.orig
  $ hg diff --nodates
  diff -r 944bb3abce71 f
  --- a/f
  +++ b/f
  @@ -1,5 +1,5 @@
   a
   b
  -c
  +both
   d
   e
  diff -r 944bb3abce71 g
  --- a/g
  +++ b/g
  @@ -1,1 +1,2 @@
   g
  +pending
  $ hg log -T '{rev} {desc}\n'
  0 base
  $ hg resolve --list
  $ hg verify -q

Untracked files are not overwritten.

  $ hg update -qC .
  $ rm -f *.orig
  $ echo mine > n
  $ hg add n
  $ hg shelve -q
  $ echo other > n
  $ hg unshelve
  unshelving change 'default'
  $ cat n n.orig
  mine
  other

Neither are files missed that are gone.

  $ hg update -qC .
  $ rm n n.orig
  $ echo x >> g
  $ hg shelve -q
  $ rm g
  $ hg unshelve
  unshelving change 'default'
  abort: shelved change touches missing files
  (run hg status to see which files are missing)
  [255]
  $ hg status
  ! g

A damaged state can still be given up.

  $ hg update -qC .
  $ echo y >> g
  $ hg commit -qm y -d '2 0'
  $ hg unshelve -q
  warning: conflicts while merging g! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg unshelve --continue')
  [1]
  $ echo nonsense > .hg/shelvedstate
  $ hg unshelve --continue
  abort: corrupted shelved state file
  (please run hg unshelve --abort to abort unshelve operation)
  [255]
  $ hg unshelve --abort
  abort: could not read shelved state file, your working copy may be in an unexpected state
  please update to some commit
  
  [255]
  $ hg unshelve --abort
  abort: no unshelve in progress
  [255]
