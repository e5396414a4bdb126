Changesets are copied onto the parent of the working directory.

  $ hg init repo
  $ cd repo
  $ echo a > a
  $ hg commit -qAm base -d '0 0'
  $ echo b > b
  $ hg commit -qAm 'add b' -d '0 0'
  $ echo other > a
  $ hg commit -qm 'change a' -d '0 0'
  $ hg update -q 0
  $ echo mine > a
  $ hg commit -qm 'my a' -d '0 0'

Conflicts stop the graft; it goes on when they are settled.

  $ hg graft 1 2
  grafting 1:* "add b" (glob)
  grafting 2:* "change a" (glob)
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  abort: unresolved conflicts, can't continue
  (use 'hg resolve' and 'hg graft --continue')
  [1]
  $ hg commit -m no
  abort: graft in progress
  (use 'hg graft --continue' or 'hg graft --stop' to stop)
  [255]
  $ echo both > a
  $ hg resolve -m a
  (no more unresolved files)
  continue: hg graft --continue
  $ hg graft --continue
  grafting 2:* "change a" (glob)
  $ hg log -T '{rev} {desc} {ifeq(extras % "{key} ", "branch source ", "copied")}\n'
  5 change a copied
  4 add b copied
  3 my a 
  2 change a 
  1 add b 
  0 base 

What was grafted already is left out.

  $ hg graft 0 1
  skipping ancestor revision 0:* (glob)
  skipping revision 1:* (already grafted to 4:*) (glob)
  [255]

Giving up takes back what was grafted.

  $ hg update -q 3
  $ hg graft -q -u other 1 2
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  abort: unresolved conflicts, can't continue
  (use 'hg resolve' and 'hg graft --continue')
  [1]
  $ hg graft --abort
  graft aborted
  working directory is now at * (glob)
  $ hg log -r . -T '{rev} of {revset("tip") % "{rev}"}\n'
  3 of 5
