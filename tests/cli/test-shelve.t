Changes are set aside and come back.

  $ hg init repo
  $ cd repo
  $ printf 'a\nb\nc\nd\ne\n' > f
  $ echo g > g
  $ hg commit -qAm 'base' -d '0 0'
  $ echo 1 >> f
  $ hg mv g h
  $ echo new > n
  $ hg add n
  $ hg shelve -d '0 0' --list
  abort: options '--delete' and '--list' may not be used together
  [255]
  $ hg shelve --date '0 0'
  shelved as default
  2 files updated, 0 files merged, 2 files removed, 0 files unresolved
  $ hg status
  $ hg shelve --list -q
  default
  $ hg shelve --stat
  default         (*s ago)    changes to: base (glob)
   f        |  1 +
   g
   => h
   |  0 
   n        |  1 +
   3 files changed, 2 insertions(+), 0 deletions(-)
  $ cat .hg/shelved/default.shelve .hg/shelved/default.patch
  node=96c9032ce5edadc9654e5c5b5c1442c0b6784b43
  # HG changeset patch
  # User shelve@localhost
  # Date 0 0
  #      Thu Jan 01 00:00:00 1970 +0000
  # Node ID 96c9032ce5edadc9654e5c5b5c1442c0b6784b43
  # Parent  944bb3abce711deb0ef0a6650c1ceb8c924639a5
  changes to: base
  
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -3,3 +3,4 @@
   c
   d
   e
  +1
  diff --git a/g b/h
  rename from g
  rename to h
  diff --git a/n b/n
  new file mode 100644
  --- /dev/null
  +++ b/n
  @@ -0,0 +1,1 @@
  +new
  $ hg debugbundle .hg/shelved/default.hg
  Stream params: {Compression: BZ}
  changegroup -- {nbchanges: 2, version: 02} (mandatory: True)
      944bb3abce711deb0ef0a6650c1ceb8c924639a5
      96c9032ce5edadc9654e5c5b5c1442c0b6784b43
  $ hg unshelve
  unshelving change 'default'
  $ hg status -C
  M f
  A h
    g
  A n
  R g
  $ ls .hg/shelved .hg/shelve-backup
  .hg/shelve-backup:
  default.hg
  default.patch
  default.shelve
  
  .hg/shelved:
  $ hg log -T '{rev} {desc}\n'
  0 base

Names, parts, unknown files and a shelf that stays.

  $ hg shelve f -n part -m 'only f' --date '0 0'
  shelved as part
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg status
  A h
  A n
  R g
  $ hg shelve -n part
  abort: a shelved change named 'part' already exists
  [255]
  $ hg shelve -n .dot
  abort: shelved change names can not start with '.'
  [255]
  $ echo u > u
  $ hg shelve --unknown -n all --date '0 0'
  shelved as all
  1 files updated, 0 files merged, 3 files removed, 0 files unresolved
  $ hg status
  $ hg shelve
  nothing changed
  [1]
  $ hg shelve --list -q
  all
  part
  $ hg unshelve all --keep
  $ hg status
  A h
  A n
  R g
  ? u
  $ hg unshelve -n part
  temporarily committing pending changes (restore with 'hg unshelve --abort')
  rebasing shelved changes
  $ hg status
  M f
  A h
  A n
  R g
  ? u
  $ hg shelve --delete all nope
  abort: shelved change 'nope' not found
  [255]
  $ hg shelve --delete all
  abort: shelved change 'all' not found
  [255]
  $ hg shelve --list

A new branch comes back too.

  $ hg update -qC .
  $ rm -f n u h
  $ hg branch -q new
  $ echo x >> f
  $ hg shelve
  shelved as default
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg branch
  default
  $ hg unshelve
  unshelving change 'default'
  marked working directory as branch new
  $ hg branch
  new

Options that do not go together.

  $ hg shelve --patch --stat
  abort: options '--patch' and '--stat' may not be used together
  [255]
  $ hg shelve --list --unknown
  abort: options '--list' and '--unknown' may not be used together
  [255]
  $ hg shelve --cleanup name
  abort: cannot specify names when using '--cleanup'
  [255]
  $ hg unshelve --abort --continue
  abort: cannot use both abort and continue
  [255]
  $ hg unshelve --abort name
  abort: cannot combine abort/continue with naming a shelved change
  [255]
  $ hg unshelve --abort
  abort: no unshelve in progress
  [255]
  $ hg unshelve
  abort: no shelved changes to apply!
  [255]
