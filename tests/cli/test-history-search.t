Lines are followed through history, and searched for in it.

  $ hg init repo
  $ cd repo
  $ printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n' > f
  $ hg commit -qAm base -d '0 0'
  $ sed 's/two/deux/' f > g && mv g f && hg commit -qm second -d '0 0'
  $ sed 's/eight/huit/' f > g && mv g f && hg commit -qm eighth -d '0 0'
  $ hg move f list
  $ sed 's/three/trois/' list > g && mv g list && hg commit -qm third -d '0 0'

log -L shows the changesets that changed lines, and of those only the hunks that touch them.

  $ hg log -f -L list,2:2 -T '{rev} {desc}\n'
  1 second
  0 base
  $ hg log -f -L list,8:9 -T '{rev} {desc}\n'
  2 eighth
  0 base
  $ hg log -f -L list,8:8 -T '{rev}\n' -p --git -l 2
  2
  diff --git a/f b/f
  --- a/f
  +++ b/f
  @@ -5,5 +5,5 @@
   five
   six
   seven
  -eight
  +huit
   nine
  
  $ hg log -L list,2:2
  abort: --line-range requires --follow
  [255]
  $ hg log -f -L list,2
  abort: invalid line range for list
  [255]

So does followlines(), in both directions.

  $ hg log -r 'followlines(list, 2:3)' -T '{rev}\n'
  0
  1
  3
  $ hg log -r 'followlines(f, 8, startrev=0, descend=1)' -T '{rev}\n'
  0
  2
  $ hg log -r 'followlines(list, 1:40)'
  abort: line range exceeds file size
  [255]

grep --diff tells where lines came and went.

  $ hg grep --diff 'eux|huit'
  list:3:+:deux
  list:3:+:huit
  f:2:+:huit
  f:1:+:deux

-f -r 'wdir()' starts at files of the working directory.

  $ hg copy list copy
  $ hg log -fr 'wdir()' -T '{rev}\n' copy
  2147483647
  3
  2
  1
  0
