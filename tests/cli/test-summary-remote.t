What a pull and a push would do is one line of the summary.

  $ hg init a
  $ cd a
  $ echo a > a
  $ hg commit -q -A -m 0 -d '0 0'
  $ hg summary --remote
  parent: 0:f7b1eb17ad24 tip
   0
  branch: default
  commit: (clean)
  update: (current)
  phases: 1 draft
  abort: repository default not found
  [255]
  $ cd ..
  $ hg clone -q a b
  $ hg init e
  $ cd b
  $ hg summary --remote | tail -n 1
  remote: (synced)
  $ hg summary --remote -q
  parent: 0:f7b1eb17ad24 tip
  $ echo b > b
  $ hg commit -q -A -m 1 -d '0 0'
  $ hg bookmark mine
  $ hg summary --remote
  parent: 1:925d80f479bb tip
   1
  branch: default
  bookmarks: *mine
  commit: (clean)
  update: (current)
  phases: 1 draft
  remote: 1 outgoing, 1 outgoing bookmarks
  $ cd ../a
  $ echo c > c
  $ hg commit -q -A -m 2 -d '0 0'
  $ hg bookmark theirs
  $ cd ../b
  $ hg summary --remote -q
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  remote: 1 or more incoming, 1 outgoing, 1 incoming bookmarks, 1 outgoing bookmarks

Where pushes go is another place; the bookmarks are that one's.

  $ hg summary --remote -q --config paths.default-push=../e
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  remote: 1 or more incoming, 2 outgoing, 1 outgoing bookmarks
  $ hg summary --remote -q --debug --config paths.default-push=../e
  parent: 1:925d80f479bb tip
   1
  branch: default
  bookmarks: *mine
  commit: (clean)
  update: (current)
  phases: 1 draft
  comparing with */a (glob)
  comparing with */e (glob)
  listing keys for "namespaces"
  listing keys for "bookmarks"
  remote: 1 or more incoming, 2 outgoing, 1 outgoing bookmarks
  $ hg summary --remote -q --config paths.default-push=../gone
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  abort: repository */gone not found (glob)
  [255]
  $ hg summary --remote -q --config paths.default=../a#default
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  remote: 1 or more incoming, 1 outgoing, 1 incoming bookmarks, 1 outgoing bookmarks
  $ hg summary --remote -q --config paths.default=../a#nope
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  abort: unknown revision 'nope'
  [255]
  $ hg summary --remote -q --config paths.default=../a,../e --config paths.default:multi-urls=yes
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  abort: path points to 2 urls while summary only supports one: default
  [255]
  $ hg summary --remote -q --config paths.default:pushrev=0
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  remote: 1 or more incoming, 1 outgoing, 1 incoming bookmarks, 1 outgoing bookmarks
  $ hg phase --force --secret .
  $ hg summary --remote -q
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  remote: 1 or more incoming, 1 incoming bookmarks, 1 outgoing bookmarks
  $ hg init ../other
  $ echo x > ../other/x
  $ hg commit -q -R ../other -A -m x -d '0 0'
  $ hg summary --remote -q --config paths.default=../other
  parent: 1:925d80f479bb tip
  bookmarks: *mine
  abort: repository is unrelated
  [255]
