Fetch pulls, and updates to what is new or merges it.

  $ hg init there
  $ echo a > there/a
  $ hg -R there commit -q -A -m a -d '0 0'
  $ hg clone -q there here
  $ cat >> here/.hg/hgrc <<EOF
  > [extensions]
  > fetch=
  > EOF
  $ cd here

What goes straight on:

  $ echo b > ../there/b
  $ hg -R ../there commit -q -A -m b -d '0 0'
  $ hg fetch -q
  $ hg parents -T '{rev} {desc}\n'
  1 b

What is beside is merged; the local changes come second, unless they are to be first:

  $ echo c > ../there/c
  $ hg -R ../there commit -q -A -m c -d '0 0'
  $ echo mine > mine
  $ hg commit -q -A -m mine -d '0 0'
  $ hg fetch -m together -d '0 0'
  pulling from */there (glob)
  searching for changes
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files (+1 heads)
  new changesets 177f92b77385
  updating to 3:177f92b77385
  1 files updated, 0 files merged, 1 files removed, 0 files unresolved
  merging with 2:f62c74d87ab2
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  new changeset 4:abb41dec61d2 merges remote changes with local
  $ hg log -r . -T '{p1.desc}+{p2.desc}: {desc}\n'
  c+mine: together

Nothing is done to changes, or behind the tip:

  $ echo more >> mine
  $ hg fetch
  abort: uncommitted changes
  [255]
  $ hg update -q --clean 0
  $ hg fetch
  abort: working directory not at branch tip
  (use 'hg update' to check out branch tip)
  [255]
