Split makes several changesets of one, and takes along what stands on it.

  $ hg init repo
  $ cd repo
  $ cat >> .hg/hgrc <<EOF
  > [extensions]
  > split=
  > [ui]
  > interactive=yes
  > EOF
  $ cat > ../editor <<EOF
  > echo "part \$(grep -c '^HG: - ' \$1)" > ../message
  > cp ../message \$1
  > EOF
  $ HGEDITOR="sh ../editor"
  $ export HGEDITOR
  $ echo base > base
  $ hg commit -q -A -m base -d '0 0'
  $ echo a > a
  $ echo b > b
  $ hg commit -q -A -m both -d '0 0'
  $ echo c > c
  $ hg commit -q -A -m child -d '0 0'

One file after the other; the child is rebased.

  $ printf 'f\nn\nf\n' | hg split -r 1 -d '0 0' -u me > out
  $ grep rebasing out
  rebasing 2:3edd95a61128 "child"
  $ hg log -G -T '{rev} {desc}: {files}\n'
  @  3 child: c
  |
  o  2 part 1: b
  |
  o  1 part 0: a
  |
  o  0 base: base
  
What cannot be split:

  $ hg split -r 'wdir()'
  abort: cannot split working directory
  [255]
  $ hg split 0:2
  abort: cannot split multiple revisions
  [255]
  $ echo more >> base
  $ hg split
  abort: uncommitted changes
  [255]
