A directory that became a link to elsewhere is not read through.

  $ hg init repo
  $ cd repo
  $ mkdir dir ../elsewhere
  $ echo one > dir/file
  $ hg commit -q -A -m one -d '0 0'
  $ rm -r dir
  $ echo precious > ../elsewhere/file
  $ ln -s ../elsewhere dir
  $ hg status
  ! dir/file
  ? dir
  $ hg diff
  abort: path 'dir/file' traverses symbolic link 'dir'
  [255]
  $ hg archive -r 'wdir()' ../out
  abort: path 'dir/file' traverses symbolic link 'dir'
  [255]

A patch may name what it does not touch.

  $ rm dir
  $ hg revert -q dir/file
  $ cat > ../one.patch <<END
  > --- dir/file
  > +++ b/../outside
  > @@ -1,1 +1,1 @@
  > -one
  > +two
  > END
  $ hg import -q --no-commit -p0 ../one.patch
  $ hg status
  M dir/file

A merge state that is cut off: what old programs read counts.

  $ hg commit -q -m two -d '0 0'
  $ hg update -q 0
  $ echo three > dir/file
  $ hg commit -q -m three -d '0 0'
  $ hg merge -q --tool :fail 1
  [1]
  $ head -c 120 .hg/merge/state2 > cut
  $ mv cut .hg/merge/state2
  $ hg resolve --list
  U dir/file
