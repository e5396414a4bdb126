Changesets are removed with what descends from them.

  $ hg init repo
  $ cd repo
  $ printf '[extensions]\nstrip =\n' > .hg/hgrc
  $ for i in 0 1 2; do echo $i > f; hg commit -qAm $i -d '0 0'; done
  $ hg bookmark -r 2 top

Local changes stop it; they stay with --keep.

  $ echo local > f
  $ hg strip .
  abort: uncommitted changes
  [255]
  $ hg strip --keep .
  saved backup bundle to */.hg/strip-backup/*-backup.hg (glob)
  $ hg status
  M f
  $ hg log -T '{rev} {bookmarks}\n'
  1 top
  0 

A bookmark goes with what only it reaches.

  $ hg update -qC 0
  $ echo other > f
  $ hg commit -qm other -d '0 0'
  $ hg strip -B top
  saved backup bundle to */.hg/strip-backup/*-backup.hg (glob)
  bookmark 'top' deleted
  $ hg strip -B top
  abort: bookmark 'top' not found
  [255]
  $ hg verify -q
