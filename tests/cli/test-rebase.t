Changesets move on top of another one.

  $ hg init repo
  $ cd repo
  $ printf '[extensions]\nrebase =\n' > .hg/hgrc
  $ for i in a b c; do echo $i > $i; hg commit -qAm $i -d '0 0'; done
  $ hg bookmark -r 2 feature
  $ hg update -q 0
  $ echo d > d
  $ hg commit -qAm d -d '0 0'
  $ hg update -q feature
  $ hg rebase -d 3
  rebasing 1:* "b" (glob)
  rebasing 2:* feature "c" (glob)
  saved backup bundle to */.hg/strip-backup/*-rebase.hg (glob)
  $ hg log -G -T '{rev} {desc} {bookmarks}\n'
  @  3 c feature
  |
  o  2 b
  |
  o  1 d
  |
  o  0 a
  
  $ hg rebase -d 1
  nothing to rebase
  [1]

A conflict stops the rebase; nothing is lost when it is given up.

  $ hg update -q 1
  $ echo other > c
  $ hg commit -qAm 'other c' -d '0 0'
  $ hg rebase -s 3 -d 4
  rebasing 3:* feature "c" (glob)
  merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg rebase --continue')
  [1]
  $ hg rebase --continue
  abort: unresolved merge conflicts (see 'hg help resolve')
  [255]
  $ hg rebase --abort
  rebase aborted
  $ hg log -T '{rev} {desc} {bookmarks}\n'
  4 other c 
  3 c feature
  2 b 
  1 d 
  0 a 

Everything becomes one changeset with --collapse.

  $ hg rebase -q -s 2 -d 4 --collapse -m both --tool :other
  $ hg log -G -T '{rev} {desc} {bookmarks}\n'
  o  3 both feature
  |
  @  2 other c
  |
  o  1 d
  |
  o  0 a
  
  $ hg verify -q
