A program that is to merge symbolic links finds the link of this side; what it leaves stays.

  $ hg init repo
  $ cd repo
  $ echo a > a
  $ hg commit -q -A -m base -d '0 0'
  $ ln -s here link
  $ hg commit -q -A -m local -d '0 0'
  $ hg bookmark -r 1 b
  $ hg bookmark -r 1 d
  $ hg update -q 0
  $ ln -s there link
  $ hg commit -q -A -m other -d '0 0'
  $ hg bookmark -r 2 a
  $ hg bookmark -r 2 c
  $ hg update -q 1

  $ hg merge -r 2 -t false
  merging link
  merging link failed!
  0 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg resolve --list
  U link
  $ hg status
  M link
  ? link.orig
  $ readlink link link.orig
  here
  here

In a merge, bookmarks of the first parent come first:

  $ hg identify --bookmarks
  b d a c

  $ hg resolve -q -t true link
  $ hg resolve --list
  R link
  $ hg status
  M link
  ? link.orig
  $ readlink link
  here
  $ rm link.orig

The program may write through the link, to a directory or nowhere:

  $ hg update -q --clean 1
  $ hg merge -q -r 2 -t "sh -c 'echo merged > \$0'"
  $ hg status
  M link
  ? here
  $ readlink link
  here
  $ hg update -q --clean 1
  $ rm here
  $ mkdir here
  $ hg merge -q -r 2 -t false
  merging link failed!
  [1]
  $ readlink link
  here
