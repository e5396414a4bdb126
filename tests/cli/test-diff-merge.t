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
