Where an update without a revision goes, and what it says of bookmarks and heads.

  $ hg init repo
  $ cd repo
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ echo b > b
  $ hg commit -qAm b -d '0 0'
  $ hg update -q 0
  $ echo c > c
  $ hg commit -qAm c -d '0 0'

The newest head above the parent; other heads are told of.

  $ hg update -q 0
  $ hg update
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  updated to "d36c0562f908: c"
  1 other heads for branch "default"

An active bookmark comes along, or leads back.

  $ hg update -q 0
  $ hg bookmark X
  $ hg update
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  updating bookmark X
  $ hg bookmark -f X -r 0
  $ hg update 0
  0 files updated, 0 files merged, 1 files removed, 0 files unresolved
  $ hg update X
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (activating bookmark X)
  $ hg update -q 2
  $ hg update -d '0 0'
  found revision 2 from Thu Jan 01 00:00:00 1970 +0000
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg update -d '<1969-01-01'
  abort: revision matching date not found
  [255]
  $ hg update --clean --check
  abort: cannot specify both --clean and --check
  [255]

Closed heads only.

  $ hg update -q 1
  $ hg commit --close-branch -m close -d '0 0'
  $ hg update -q 1
  $ hg update
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  no open descendant heads on branch "default", updating to a closed head
  (committing will reopen the head, use 'hg heads .' to see 1 other heads)

Merging with the only other head, unless it is bookmarked or has to be named.

  $ hg update -q 2
  $ hg merge
  abort: branch 'default' has one head - please merge with an explicit rev
  (run 'hg heads' to see all heads, specify rev with -r)
  [255]
  $ hg update -q 1
  $ echo d > d
  $ hg commit -qAm d -d '0 0'
  $ hg merge --preview --quiet
  2:d36c0562f908
  $ hg bookmark -r 2 Y
  $ hg merge
  abort: heads are bookmarked - please merge with an explicit rev
  (run 'hg heads' to see all heads, specify rev with -r)
  [255]
  $ hg merge --config commands.merge.require-rev=true
  abort: configuration requires specifying revision to merge with
  [255]
