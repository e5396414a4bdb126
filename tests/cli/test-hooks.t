A hook that refuses undoes the commit.

  $ hg init repo
  $ cd repo
  $ echo a > a
  $ hg add a
  $ hg commit -m first -d '0 0' --config hooks.pretxncommit=false
  transaction abort!
  rollback completed
  abort: pretxncommit hook exited with status 1
  [255]
  $ hg log
  $ hg status
  A a

It sees the pending changeset.

  $ hg commit -m first -d '0 0' --config hooks.pretxncommit='hg log -T "seen {rev} {desc}\n"'
  seen 0 first
