Copies that a changeset should have recorded, or should not have.

  $ hg init r && cd r
  $ echo a > a && echo b > b && mkdir d && echo x > d/x
  $ hg commit -qAm first -d '0 0'
  $ hg mv b c && echo z > z
  $ hg commit -qAm second -d '0 0'

What the command refuses.

  $ hg copy --at-rev . a z
  abort: --at-rev requires --after
  [255]
  $ hg copy -A --at-rev . a nothere
  abort: nothere: copy destination does not exist in [0-9a-f]{12} (re)
  [255]
  $ hg copy -A --at-rev . a d
  abort: d: --at-rev does not support a directory as destination
  [255]
  $ hg copy -A --at-rev . a b z
  abort: --at-rev requires a single source
  [255]
  $ hg copy -A --at-rev . nothere z
  nothere: no such file in rev [0-9a-f]{12} (re)
  abort: no files to copy
  [255]
  $ hg copy --forget --dry-run --at-rev . c
  abort: cannot specify both --forget and --dry-run
  [255]
  $ hg copy --forget --at-rev null c
  abort: cannot uncopy the null revision
  (no changeset checked out)
  [255]

Marking: the working directory follows, what is in it stays.

  $ echo more >> z && hg bookmark here
  $ hg copy -A --at-rev . a z
  saved backup bundle to * (glob)
  $ hg status -C --change .
  A c
    b
  A z
    a
  R b
  $ hg status
  M z
  $ hg bookmarks
   \* here                      1:[0-9a-f]{12} (re)
  $ hg log -r . -T '{extras % "{key}\n"}'
  amend_source
  branch

Taking it back; what is no copy is told.

  $ hg rename --forget --at-rev . z a
  a: not unmarking as copy - file is not marked as copied
  saved backup bundle to * (glob)
  $ hg status -C --change . z
  A z

A file that the changeset has left alone.

  $ hg copy -qA --at-rev . a d/x
  $ hg log -r . -T '{files}\n'
  b c d/x z

Children must not be left behind, unless that is allowed.

  $ hg commit -qm third -d '0 0'
  $ hg copy -A --at-rev .^ b z
  abort: cannot uncopy changeset, as that will orphan 1 descendants
  (see 'hg help evolution.instability')
  [255]

The first revision counts as none, as upstream has it.

  $ hg copy --at-rev 0 a e && hg status -C e
  A e
    a

With markers.

  $ cat >> .hg/hgrc <<'EOF'
  > [experimental]
  > evolution = all
  > EOF
  $ hg copy -A --at-rev .^ b z
  1 new orphan changesets
  $ hg status -C --change 'desc("second")' z
  A z
    b
