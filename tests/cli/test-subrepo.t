Subrepositories: recorded by commits of the repository around, brought along by updates and merges, pushed first.

  $ HERE=$PWD
  $ hg init main
  $ cd main
  $ hg init lib
  $ hg init lib/deep
  $ echo one > lib/deep/file
  $ hg -R lib/deep commit -qAm deep -d '0 0'
  $ echo 'deep = deep' > lib/.hgsub
  $ echo one > lib/file
  $ hg -R lib commit -qAm lib -d '0 0'
  $ echo 'lib = lib' > .hgsub
  $ echo main > main
  $ hg commit -qAm first -d '0 0'
  $ hg files -S
  .hgsub
  .hgsubstate
  main
  lib/.hgsub
  lib/.hgsubstate
  lib/file
  lib/deep/file
  $ hg status -S -A
  C .hgsub
  C .hgsubstate
  C lib/.hgsub
  C lib/.hgsubstate
  C lib/deep/file
  C lib/file
  C main

Changes inside are refused, unless they are to be committed too

  $ echo two >> lib/deep/file
  $ echo new > lib/new
  $ hg status -S
  M lib/deep/file
  ? lib/new
  $ hg diff -S --nodates
  diff -r ee18bb1d385d lib/deep/file
  --- a/lib/deep/file
  +++ b/lib/deep/file
  @@ -1,1 +1,2 @@
   one
  +two
  $ hg diff --stat -S
   lib/deep/file |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
  $ hg id | sed 's/[0-9a-f]* *\(.*\)/\1/'
  + tip
  $ hg summary | grep commit
  commit: 1 subrepos
  $ hg commit -m second
  abort: uncommitted changes in subrepository "lib"
  (use --subrepos for recursive commit)
  [255]
  $ hg add -S
  adding lib/new
  $ hg commit -S -m second -d '0 0'
  committing subrepository lib
  committing subrepository lib/deep
  $ hg status -S
  $ hg log -r . -T '{subrepos % "{subrepo} changed\n"}'
  lib changed
  $ hg cat lib/deep/file
  one
  two

Clones and updates bring them along, from places relative to the source

  $ cd ..
  $ hg clone -q -U main copy
  $ cd copy
  $ hg update 0 | sed "s|$HERE|HERE|"
  cloning subrepo lib from HERE/main/lib
  cloning subrepo lib/deep from HERE/main/lib/deep
  3 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg update
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ cat lib/deep/file
  one
  two
  $ cat lib/.hg/hgrc | sed "s|$HERE|HERE|"
  [paths]
  default = HERE/main/lib
  $ cat lib/deep/.hg/hgrc | sed "s|$HERE|HERE|"
  [paths]
  default = HERE/main/lib/deep

A push begins inside, and leaves out what has not changed

  $ echo three >> lib/file
  $ hg commit -qS -m third -d '0 0'
  $ hg push | sed "s|$HERE|HERE|"
  pushing to HERE/main
  no changes made to subrepo lib/deep since last push to HERE/main/lib/deep
  pushing subrepo lib to HERE/main/lib
  searching for changes
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files
  searching for changes
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files
  $ hg outgoing -S | sed "s|$HERE|HERE|"
  comparing with HERE/main
  searching for changes
  no changes found
  comparing with HERE/main/lib
  searching for changes
  no changes found
  comparing with HERE/main/lib/deep
  searching for changes
  no changes found
  $ hg push | sed "s|$HERE|HERE|"
  pushing to HERE/main
  no changes made to subrepo lib/deep since last push to HERE/main/lib/deep
  no changes made to subrepo lib since last push to HERE/main/lib
  searching for changes
  no changes found

Diverged states are merged, or one side is kept

  $ cd ../main
  $ hg update -q 1
  $ echo other > lib/other
  $ hg commit -S -Am fourth -d '1 0' -q
  $ hg merge 2
   subrepository lib diverged (local revision: f59c46408acb, remote revision: 9224a455010f)
  you can (m)erge, keep (l)ocal [working copy] or keep (r)emote [merge rev].
  what do you want to do? m
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg status -S
  M .hgsubstate
  M lib/file
  $ hg commit -S -m merged -d '2 0'
  committing subrepository lib
  $ hg update -C 2 -q
  $ hg --config ui.interactive=yes merge 3 <<'END'
  > r
  > END
   subrepository lib diverged (local revision: 9224a455010f, remote revision: f59c46408acb)
  you can (m)erge, keep (l)ocal [working copy] or keep (r)emote [merge rev].
  what do you want to do? 0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg update -Cq .

A subrepository goes with the line about it; what was made there stays

  $ hg revert --all --no-backup -q
  $ echo more >> lib/file
  $ hg revert lib
  reverting subrepo lib
  reverting lib/file
  reverting subrepo deep
  $ hg forget .hgsub
  $ hg commit -m gone -d '3 0'
  created new head
  $ hg update 5
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ ls -A lib lib/deep
  lib:
  .hg
  .hgsub
  .hgsubstate
  deep
  file
  file.orig
  new
  
  lib/deep:
  .hg
  file

Names that lead elsewhere are refused, and kinds that are not allowed

  $ for name in . ../main '$HOME' '~' .hg/x; do
  >   echo "$name = lib" > .hgsub; hg add -q .hgsub
  >   hg commit -m bad
  > done
  abort: subrepo path contains illegal component: .
  abort: path contains illegal component: ../main
  abort: path contains illegal component: ../main
  abort: subrepo path contains illegal component: $HOME
  abort: subrepo path contains illegal component: $HOME
  abort: subrepo path contains illegal component: ~
  abort: subrepo path contains illegal component: ~
  abort: path contains illegal component: .hg/x
  abort: path contains illegal component: .hg/x
  [255]
  $ echo 'g = [git]nowhere' > .hgsub
  $ hg commit -m bad
  abort: git subrepos not allowed
  (see 'hg help config.subrepos' for details)
  [255]
  $ echo 'g = [git' > .hgsub
  $ hg commit -m bad
  abort: missing ] in subrepository source
  [255]
  $ hg debugsub -r 2 | sed 's/revision [0-9a-f]\{40\}/revision/'
  path lib
   source   lib
   revision
  $ hg --config 'subpaths.^lib(.*)=\1other' debugsub -r 2 | grep source
   source   other
  $ hg verify -q

Archives take them in

  $ hg archive -S -r 2 ../archive
  $ find ../archive -type f | sort
  ../archive/.hg_archival.txt
  ../archive/.hgsub
  ../archive/.hgsubstate
  ../archive/lib/.hgsub
  ../archive/lib/.hgsubstate
  ../archive/lib/deep/file
  ../archive/lib/file
  ../archive/lib/new
  ../archive/main

Changesets whose subrepositories would be elsewhere are not checked out, and verify names them.

  $ cat > hostile.patch <<EOF
  > # HG changeset patch
  > # User t
  > # Date 0 0
  > hostile
  > 
  > diff --git a/.hgsub b/.hgsub
  > new file mode 100644
  > --- /dev/null
  > +++ b/.hgsub
  > @@ -0,0 +1,1 @@
  > +../x = ../y
  > diff --git a/.hgsubstate b/.hgsubstate
  > new file mode 100644
  > --- /dev/null
  > +++ b/.hgsubstate
  > @@ -0,0 +1,1 @@
  > +0123456789012345678901234567890123456789 ../x
  > EOF
  $ hg init hostile
  $ hg -R hostile import -q --bypass hostile.patch
  $ hg -R hostile update
  abort: path contains illegal component: ../x
  [255]
  $ hg -R hostile verify -q
  .hgsubstate is corrupt in revision 78a9f7c4e9cf
