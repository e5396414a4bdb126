Without a user name, what needs none works.

  $ hg init repo
  $ cd repo
  $ echo a > a
  $ hg add a
  $ hg commit -m 0 -d '0 0'
  $ HGUSER= EMAIL= hg commit --amend -m 1 -d '1 0' -q
  $ echo b > b
  $ HGUSER= EMAIL= hg commit -A -m 2
  adding b
  abort: no username supplied
  (use 'hg config --edit' to set your username)
  [255]
  $ hg log -T '{rev} {desc} {user} {date|hgdate}\n'
  0 1 test 1 0
  $ hg commit -q -A -m 2
  $ hg copy --at-rev . a b
  abort: --at-rev requires --after
  [255]
