What a merge did by hand is told apart from what its parents make by themselves.

  $ hg init repo
  $ cd repo
  $ for i in 1 2 3 4 5 6 7 8 9; do echo $i; done > f
  $ hg commit -qAm base -d '0 0'
  $ sed 's/1/one/' f > g && mv g f && hg commit -qm first -d '0 0'
  $ hg update -q 0
  $ sed 's/9/nine/' f > g && mv g f && hg commit -qm ninth -d '0 0'
  $ hg merge -q 1
  $ sed 's/5/five/' f > g && mv g f && hg commit -qm merge -d '0 0'

Without diff.merge a merge is compared with its first parent.

  $ hg diff -c . --git -U0
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -1,1 +1,1 @@
  -1
  +one
  @@ -5,1 +5,1 @@
  -5
  +five
  $ hg diff -c . --git -U0 --config diff.merge=yes
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -5,1 +5,1 @@
  -5
  +five
  $ hg log -r . -p --git -T '{rev}\n' --config diff.merge=yes --config diff.unified=0
  3
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -5,1 +5,1 @@
  -5
  +five
  
Two versions of a change are compared as if they had been made on the same parent.

  $ hg update -q 1
  $ sed 's/9/nine!/' f > g && mv g f && hg commit -qm again -d '0 0'
  $ hg diff --git -U0 --from 2 --to 4
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -1,1 +1,1 @@
  -1
  +one
  @@ -9,1 +9,1 @@
  -nine
  +nine!
  $ hg diff --git -U0 --from 2 --to 4 --ignore-changes-from-ancestors
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -9,1 +9,1 @@
  -nine
  +nine!

Files that one side copied take part in the merge, and all of the result is of today; a working directory is compared
too, without naming changesets. Where files are missing, no merge is made.

  $ hg update -q 2
  $ hg copy f copy && hg commit -qm copied -d '0 0'
  $ echo new > new && sed 's/1/one/' copy > g && mv g copy && hg commit -qAm new -d '0 0'
  $ hg diff --from 1 --to 6 --ignore-changes-from-ancestors -U0 --config devel.default-date='5 0' | cut -f1
  diff -r d3920aed86cc f
  --- a/f
  +++ b/f
  @@ -1,1 +1,1 @@
  -one
  +1
  diff -r d3920aed86cc new
  --- /dev/null
  +++ b/new
  @@ -0,0 +1,1 @@
  +new
  $ rm copy
  $ hg diff -c 3 --config diff.merge=yes
  abort: uncommitted changes
  (use 'hg status' to list changes)
  [255]
  $ hg revert -q copy && echo ten >> f
  $ hg diff -U0 --ignore-changes-from-ancestors --nodates
  --- a/f
  +++ b/f
  @@ -9,0 +10,1 @@
  +ten
  $ hg diff -U0 -c 3 --config diff.merge=yes --reverse --git
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -5,1 +5,1 @@
  -five
  +5

With less context than none, missing newlines are not told of.

  $ printf a > last && hg add last && hg commit -qm last -d '0 0' && printf b > last
  $ hg diff -U -1 --nodates last | tail -1; echo
  -a+b

A root of the diff that is not there is told of.

  $ hg diff --root nope last
  warning: last not inside relative root nope
  nope: No such file or directory
