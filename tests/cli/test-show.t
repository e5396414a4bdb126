The views of show.

  $ hg init repo
  $ cd repo
  $ cat >> .hg/hgrc <<EOF
  > [extensions]
  > show=
  > rebase=
  > EOF
  $ hg show stack
  abort: stack view only available when there is a working directory
  [255]
  $ for name in one two three; do echo $name > f; hg commit -q -A -m $name -d '0 0'; done
  $ hg phase --public 0
  $ hg show stack
    @  9d0b three
    o  0b84 two
   /   (stack base)
  o  a2d1 one
  $ hg update -q 0
  $ echo other > g
  $ hg commit -q -A -m other -d '0 0'
  $ hg phase --public .
  $ hg update -q 1
  $ hg show stack
    o  fc63 other
   /    (1 commits ahead; hg rebase --source 0b84 --dest fc63)
  :
  :    (stack head)
  : o  9d0b three
  : @  0b84 two
  :/   (stack base)
  o  a2d1 one
  $ hg show bookmarks
  (no bookmarks set)
  $ hg bookmark -r 0 start
  $ hg bookmark here
  $ hg show bookmarks
  * here     0b84
    start    a2d1
  $ hg show nothing
  abort: unknown view: nothing
  (run "hg show" to see available views)
  [255]
