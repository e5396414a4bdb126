A conflict is left to the user, and resolved.

  $ hg init repo
  $ cd repo
  $ echo base > f
  $ hg commit -qAm base -d '0 0'
  $ echo ours > f
  $ hg commit -qm ours -d '1 0'
  $ hg update -q 0
  $ echo theirs > f
  $ hg commit -qm theirs -d '2 0'
  $ hg merge
  merging f
  warning: conflicts while merging f! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg resolve --list
  U f
  $ hg commit -m 'too early'
  abort: unresolved merge conflicts (see 'hg help resolve')
  [255]
  $ echo both > f
  $ hg resolve --mark f
  (no more unresolved files)
  $ hg commit -m merged -d '3 0'
  $ hg parents -T '{rev} {desc}\n'
  3 merged

Against its first parent a merge shows what it always shows: what it brought in is modified.

  $ hg init ../brought
  $ cd ../brought
  $ echo a > a
  $ hg commit -q -A -m 0 -d '0 0'
  $ echo b > b
  $ hg commit -q -A -m 1 -d '0 0'
  $ hg update -q 0
  $ echo c > c
  $ hg commit -q -A -m 2 -d '0 0'
  $ hg merge -q 1
  $ hg status --rev 'p1()'
  M b
  $ hg status --rev 0
  A b
  A c
