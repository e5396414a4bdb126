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

Of several roots, the one with the smallest identifier says below which one the working directory goes; the one with the
largest names the backup.

  $ cd ..
  $ hg init several
  $ cd several
  $ printf '[extensions]\nstrip =\n' > .hg/hgrc
  $ for i in 0 1; do echo $i > f; hg commit -qAm $i -d '0 0'; done
  $ hg update -q 0; echo b > f; hg commit -qm b -d '0 0'; hg update -q 1; echo a > f; hg commit -qm a -d '0 0'
  $ hg update -q 2
  $ hg log -T '{rev} {node|short} {desc} from {p1rev}\n' -r 2:
  2 e0bbcb541c42 b from 0
  3 276954c0cd76 a from 1
  $ hg strip -r 2+3
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  saved backup bundle to */.hg/strip-backup/e0bbcb541c42-*-backup.hg (glob)
  $ hg identify -n
  1
