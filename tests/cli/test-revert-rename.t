Reverting a file that another was moved onto brings that one back too.

  $ hg init repo
  $ cd repo
  $ echo a > a
  $ mkdir b
  $ echo b > b/b
  $ hg commit -q -A -m 0 -d '0 0'
  $ hg move --force a b/b
  $ hg revert --no-backup b/b
  $ hg status -C
  $ hg move --force a b/b
  $ hg revert --no-backup b
  reverting b/b
  $ hg status -C
