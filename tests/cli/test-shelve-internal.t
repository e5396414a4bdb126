With a phase of their own, shelved changes stay in the repository and nobody sees them.

  $ hg init repo --config format.use-internal-phase=yes
  $ cd repo
  $ echo a > a
  $ hg commit -qAm base -d '0 0'
  $ echo b >> a
  $ hg shelve --date '0 0'
  shelved as default
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg log -T '{rev} {desc} {phase}\n'
  0 base draft
  $ hg log -T '{rev} {desc} {phase}\n' --hidden
  1 changes to: base internal
  0 base draft
  $ echo c >> a
  $ hg unshelve --date '0 0'
  unshelving change 'default'
  temporarily committing pending changes (restore with 'hg unshelve --abort')
  rebasing shelved changes
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg unshelve --continue')
  [1]
  $ hg log -T '{rev} {desc} {phase}\n' --hidden
  2 pending changes temporary commit internal
  1 changes to: base internal
  0 base draft
  $ hg unshelve --abort
  unshelve of 'default' aborted
  $ hg diff --nodates
  diff -r ad120869acf0 a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +c
  $ hg log -T '{rev} {desc} {phase}\n'
  0 base draft
  $ hg unshelve -q --date '0 0' --tool :local
  $ hg diff --nodates
  diff -r ad120869acf0 a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +c
  $ hg shelve --list
  $ hg verify -q

Without that, they are kept in bundles only.

  $ hg shelve --config shelve.store=strip --date '5 0'
  shelved as default
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg log -T '{rev} {desc} {phase}\n' --hidden
  2 pending changes temporary commit internal
  1 changes to: base internal
  0 base draft
  $ hg unshelve
  unshelving change 'default'
  $ hg status
  M a
  ? a.orig
