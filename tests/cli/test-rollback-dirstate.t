A dirstate of version 2 comes back with its data when a transaction is undone.

  $ hg init r --config format.use-dirstate-v2=yes && cd r
  $ printf '[storage]\ndirstate-v2.slow-path = allow\n[devel]\ndirstate.v2.data_update_mode = force-new\n' >> .hg/hgrc
  $ echo a > a && hg commit -qAm one -d '0 0'
  $ echo b > b && hg add b && hg commit -m two -d '0 0'
  $ echo c > c && hg add c && hg forget c
  $ hg rollback
  repository tip rolled back to revision 0 (undo commit)
  working directory now based on revision 0
  $ hg status
  A b
  ? c

What `commit --addremove` added is new again, too; and it is undone when the commit fails.

  $ cd "$PRYSK_TEMP" 2> /dev/null || cd "$CRAMTMP"; hg init all && cd all
  $ echo a > a && hg commit -qAm one -d '0 0' && hg rollback -q && hg status
  ? a
  $ hg commit -qAm one --config hooks.precommit=false
  abort: precommit hook exited with status 1
  [255]
  $ hg status
  ? a
