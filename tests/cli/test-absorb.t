Absorb puts each change into the draft that brought the line.

  $ hg init repo
  $ cd repo
  $ cat >> .hg/hgrc <<EOF
  > [extensions]
  > absorb=
  > [experimental]
  > evolution=all
  > EOF
  $ for word in one two three; do echo $word >> f; hg commit -q -A -m "add $word" -d '0 0'; done
  $ hg phase --public 0

Nothing is done to what is public; a line between two changesets has no one place.

  $ printf 'ONE\ntwo\nbetween\nTHREE\n' > f
  $ hg absorb --dry-run --print-changes
  showing changes for f
          @@ -0,1 +0,1 @@
          -one
          +ONE
          @@ -2,1 +2,2 @@
  a854d15 -three
  a854d15 +between
  a854d15 +THREE
  
  1 changesets affected
  a854d15 add three

  $ hg absorb --apply-changes
  1 of 2 chunk(s) applied
  $ hg log -T '{rev} {desc}\n' -G
  @  3 add three
  |
  o  1 add two
  |
  o  0 add one
  
  $ hg diff --config diff.nodates=yes
  diff -r 75a4f6130285 f
  --- a/f
  +++ b/f
  @@ -1,4 +1,4 @@
  -one
  +ONE
   two
   between
   THREE

Without confirmation nothing happens.

  $ printf 'one\nTWO\nbetween\nTHREE\n' > f
  $ hg absorb
  showing changes for f
          @@ -1,1 +1,1 @@
  c053085 -two
  c053085 +TWO
  
  1 changesets affected
  c053085 add two
  apply changes (y/N)?  n
  abort: absorb cancelled
  
  [255]

A changeset of which nothing is left goes away.

  $ hg revert -q --no-backup --all
  $ echo last >> f
  $ hg commit -q -m "on top of $(hg log -r . -T '{node|short}')" -d '0 0'
  $ printf 'one\nTwo\nbetween\nTHREE\n' > f
  $ hg absorb -a -v | grep '[:]'
  committing files:
  1:c0530858d489: 1 file(s) changed, became 5:30fd594956a1
  committing files:
  3:75a4f6130285: 1 file(s) changed, became 6:e3fbc6e595d9
  4:d7e8622e82e0: became empty and was dropped
  f: 2 of 2 chunk(s) applied
  $ hg cat -r . f
  one
  Two
  between
  THREE
  $ hg log -T '{rev} {desc}\n' -r 0::
  0 add one
  5 add two
  6 add three
  $ cd ..
