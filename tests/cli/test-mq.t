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
  --- a/a	Thu Jan 01 00:00:00 1970 +0000
  +++ b/a	Thu Jan 01 00:00:01 1970 +0000
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
