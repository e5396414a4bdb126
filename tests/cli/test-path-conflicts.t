Files and directories of the same name get out of each other's way.

  $ hg init r && cd r
  $ cat >> .hg/hgrc <<'EOF'
  > [experimental]
  > merge.checkpathconflicts = yes
  > EOF
  $ echo base > base && hg commit -qAm base -d '0 0'
  $ echo 1 > a && hg commit -qAm file -d '0 0'
  $ hg update -q 0
  $ mkdir a && echo 2 > a/b && hg commit -qAm directory -d '0 0'

The local file makes room for the other side's directory.

  $ hg update -q 1
  $ hg merge 2
  a: path conflict - a file or link has the same name as a directory
  the local file has been renamed to a~853701544ac3
  resolve manually then use 'hg resolve --mark a'
  1 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg status -C
  M a/b
  A a~853701544ac3
    a
  R a
  $ hg resolve --list
  P a
  $ hg resolve --all
  a: path conflict must be resolved manually
  $ hg resolve --mark a
  (no more unresolved files)
  $ hg update -qC 2 && rm -f a~*

The other side's file gets another name.

  $ hg merge -q 1
  [1]
  $ cat a~853701544ac3
  1
  $ hg update -qC 0 && rm -f a~*

Untracked files are in the way, or saved.

  $ mkdir -p a/x && echo u > a/x/y
  $ hg update 1
  a: untracked directory conflicts with file
  abort: untracked files in working directory differ from files in requested revision
  [255]
  $ hg update 1 --config merge.checkunknown=warn
  a: replacing untracked files in directory
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ cat a a.orig/x/y
  1
  u
  $ hg update -q 0 && rm -r a.orig
  $ echo u > a
  $ hg update 2
  a: untracked file conflicts with directory
  abort: untracked files in working directory differ from files in requested revision
  [255]
  $ hg update -C 2
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ cat a/b
  2
  $ cd ..

Saved files make room for each other below ui.origbackuppath, and a link in the way counts as an untracked file.

  $ hg init saved && cd saved
  $ cat >> .hg/hgrc <<'EOF'
  > [experimental]
  > merge.checkpathconflicts = yes
  > [merge]
  > checkunknown = warn
  > [ui]
  > origbackuppath = .hg/saved
  > EOF
  $ echo base > base && hg commit -qAm base -d '0 0'
  $ echo 1 > a && hg commit -qAm file -d '0 0'
  $ hg update -q 0
  $ mkdir a && echo 2 > a/b && hg commit -qAm directory -d '0 0'
  $ hg update -q 0
  $ echo u > a && hg update -q 1
  a: replacing untracked file
  $ hg update -q 0
  $ mkdir a && echo u > a/b && hg update -v 2 | sed "s,$PWD,ROOT,"
  a/b: replacing untracked file
  resolving manifests
  getting a/b
  creating directory: ROOT/.hg/saved/a
  removing conflicting file: ROOT/.hg/saved/a
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg update -q 0
  $ ln -s nowhere a && hg update -q 2 --config merge.checkunknown=abort
  a: untracked file conflicts with directory
  abort: untracked files in working directory differ from files in requested revision
  [255]
  $ hg update -v 2 | sed "s,$PWD,ROOT,"
  a: replacing untracked file
  resolving manifests
  getting a/b
  removing conflicting directory: ROOT/.hg/saved/a
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ readlink .hg/saved/a
  nowhere
