Patch queues: making, refreshing, pushing and popping patches.

  $ hg init repo
  $ cd repo
  $ cat > .hg/hgrc <<EOF
  > [extensions]
  > mq =
  > EOF
  $ echo a > a
  $ hg commit -qAm base -d '0 0'

A patch is a changeset and a file

  $ echo b >> a
  $ hg qnew -d '1 0' -u joe -m 'first change' one
  $ cat .hg/patches/one
  # HG changeset patch
  # User joe
  # Date 1 0
  # Parent  ad120869acf0c6c266f1293ca5da567d8b382f1d
  first change
  
  diff -r ad120869acf0 -r d8241bb0985c a
  --- a/a\tThu Jan 01 00:00:00 1970 +0000 (esc)
  +++ b/a\tThu Jan 01 00:00:01 1970 +0000 (esc)
  @@ -1,1 +1,2 @@
   a
  +b
  $ hg tags
  tip                                1:d8241bb0985c
  qtip                               1:d8241bb0985c
  qbase                              1:d8241bb0985c
  one                                1:d8241bb0985c
  qparent                            0:ad120869acf0
  $ hg log -r 'mq()' -T '{rev} {tags}\n'
  1 one qbase qtip tip

Refreshing keeps author and date, and needs git's format where the other one loses something

  $ touch empty
  $ hg add empty
  $ hg qrefresh
  $ sed -n '/^diff/,$p' .hg/patches/one
  diff --git a/a b/a
  --- a/a
  +++ b/a
  @@ -1,1 +1,2 @@
   a
  +b
  diff --git a/empty b/empty
  new file mode 100644
  $ hg log -r qtip -T '{user} {date|hgdate} {desc}\n'
  joe 1 0 first change

Nobody commits over a patch by accident

  $ echo c >> a
  $ hg commit -m x
  abort: cannot commit over an applied mq patch
  [255]
  $ hg qpop
  abort: local changes found, qrefresh first
  [255]
  $ hg qnew -d '2 0' two
  $ hg qseries -v
  0 A one
  1 A two
  $ hg summary | tail -1
  mq:     2 applied

Names may be shortened, and are numbers too

  $ hg qpop -a
  popping two
  popping one
  patch queue now empty
  $ hg status
  $ hg qgoto tw
  applying one
  applying two
  now at: two
  $ hg qpop 0
  popping two
  now at: one

A patch need not fit exactly

  $ hg qpop -q
  patch queue now empty
  $ echo other > a
  $ hg commit -m other -d '3 0'
  $ hg qpush
  applying one
  patching file a
  Hunk #1 succeeded at 2 with fuzz 1 (offset 0 lines).
  now at: one

Patches record clean subrepositories; changed ones stop a refresh before anything is popped

  $ cd ..
  $ hg init around
  $ cd around
  $ cp ../repo/.hg/hgrc .hg/hgrc
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ hg qnew nested
  $ hg init sub
  $ echo s > sub/s
  $ hg -R sub commit -qAm s -d '0 0'
  $ echo 'sub = sub' > .hgsub
  $ hg add .hgsub
  $ hg qrefresh
  $ grep '^diff\|^+' .hg/patches/nested | grep -v '^+++'
  diff -r cb9a9f314b8b .hgsub
  +sub = sub
  diff -r cb9a9f314b8b .hgsubstate
  +e9a815d3240a5f63c83a9cb07029582bc8c980c5 sub
  $ echo more >> sub/s
  $ echo more >> a
  $ hg qrefresh
  abort: uncommitted changes in subrepository "sub"
  [255]
  $ hg qnew next
  abort: uncommitted changes in subrepository "sub"
  [255]
  $ hg qapplied
  nested
  $ hg status -S
  M a
  M sub/s

What is applied is kept in a changeset, with the series, its guards, and where the repository of
the patches stands

  $ hg init ../kept
  $ cp .hg/hgrc ../kept/.hg
  $ cd ../kept
  $ echo a > a
  $ hg commit -qAm base -d '0 0'
  $ hg qinit -c
  $ hg qnew p1 -d '0 0'
  $ hg qnew p2 -d '0 0'
  $ hg qguard p2 +stable
  $ hg qcommit -m queue -d '0 0'
  $ hg qsave -m kept
  $ hg log -r tip -T '{desc}\n'
  hg patches: kept
  Dirstate: 272a15f9f3594e43369f3fb7a5b302489f182d2d 0000000000000000000000000000000000000000
  
  Patch Data:
  fa9fa6f8fa263122e445ddff5d7bc383292fb31e:p1
  43bd536c608e2b69d2c75128c8867a14ec4d35b3:p2
  :p1
  :p2 #+stable
  $ echo changed >> .hg/patches/p1
  $ hg qcommit -m changed -d '1 0'
  $ hg qguard -n p2
  $ rm .hg/patches/status
  $ hg qrestore tip
  restoring status: hg patches: kept
  saved queue repository parents: 272a15f9f359 000000000000
  $ hg log --mq -T '{desc} {ifcontains(rev, revset("."), "here")}\n'
  changed here
  queue 
  $ hg qrestore -u -d tip
  restoring status: hg patches: kept
  removing save entry * (glob)
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  saved queue repository parents: 272a15f9f359 000000000000
  updating queue directory
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg log --mq -T '{desc} {ifcontains(rev, revset("."), "here")}\n'
  changed 
  queue here
  $ cat .hg/patches/p1
  # HG changeset patch
  # Date 0 0
  # Parent  ad120869acf0c6c266f1293ca5da567d8b382f1d
  
  $ hg qguard -l
  p1: unguarded
  p2: +stable
  $ hg qapplied
  p1
  p2
  $ hg log -T '{desc}\n'
  [mq]: p2
  [mq]: p1
  base
  $ cat > saved << END
  > hg patches: other
  > Dirstate: 1111111111111111111111111111111111111111 0000000000000000000000000000000000000000
  > 
  > Patch Data:
  > :p1
  > END
  $ hg qpop -q -a
  patch queue now empty
  $ hg commit -q --config ui.allowemptycommit=yes -l saved -X . -d '2 0'
  $ hg qrestore -u tip
  restoring status: hg patches: other
  saved queue repository parents: 111111111111 000000000000
  updating queue directory
  abort: unknown revision '1111111111111111111111111111111111111111'
  [255]
  $ rm -r .hg/patches/.hg
  $ hg qrestore -u tip
  restoring status: hg patches: other
  saved queue repository parents: 111111111111 000000000000
  updating queue directory
  unable to load queue repository
