Rebase in memory, to several destinations, and of obsolete changesets.

  $ hg init repo
  $ cd repo
  $ cat >> .hg/hgrc <<EOF
  > [extensions]
  > rebase=
  > [experimental]
  > evolution=all
  > [revsetalias]
  > at(x) = desc(x) - obsolete()
  > EOF
  $ new() { hg update -q "$1"; echo $2 > $2; hg commit -q -A -m $2 -d '0 0'; }
  $ new null a; new 'at(a)' b; new 'at(b)' c; new 'at(a)' d; new 'at(d)' e

A rehearsal changes nothing:

  $ hg rebase --dry-run -s 'at(b)' -d 'at(e)'
  starting dry-run rebase; repository will not be changed
  rebasing 1:d2ae7f538514 "b"
  rebasing 2:177f92b77385 "c"
  dry-run rebase completed successfully; run without -n/--dry-run to perform this rebase
  $ echo n | hg rebase --confirm -s 'at(b)' -d 'at(e)' --config ui.interactive=yes
  starting in-memory rebase
  rebasing 1:d2ae7f538514 "b"
  rebasing 2:177f92b77385 "c"
  rebase completed successfully
  apply changes (yn)?  (no-eol)
  $ hg log -G -T '{rev} {desc}\n'
  @  4 e
  |
  o  3 d
  |
  | o  2 c
  | |
  | o  1 b
  |/
  o  0 a
  

Each goes where its grandparent is:

  $ hg rebase -r 'at(c) + at(e)' -d 'SRC^^'
  rebasing 2:177f92b77385 "c"
  rebasing 4:3a171682545c tip "e"
  $ hg log -G -T '{desc}\n'
  @  e
  |
  | o  c
  |/
  | o  d
  |/
  | o  b
  |/
  o  a
  

What is obsolete stays behind when its replacement is in the destination:

  $ hg update -q --hidden 2
  updated to hidden changeset 177f92b77385
  (hidden revision '177f92b77385' was rewritten as: ed245445eccb)
  $ hg rebase -r . -d 'at(c)'
  note: not rebasing 2:177f92b77385 "c", already in destination as 5:ed245445eccb "c"
  $ hg log -r . -T '{desc} {rev}\n'
  c 5

Orphans find their way by themselves:

  $ new 'at(b)' f
  $ hg update -q 'at(b)'
  $ echo more >> b
  $ hg commit -q --amend -m b -d '0 0'
  1 new orphan changesets
  $ hg rebase --auto-orphans 'all()'
  rebasing 7:6343ca3eff20 "f"
  $ hg log -G -T '{desc} {instabilities}\n'
  o  f
  |
  @  b
  |
  | o  e
  |/
  | o  c
  |/
  | o  d
  |/
  o  a
  

Without working directory, and with it when there is a conflict:

  $ hg update -q 'at(d)'
  $ echo other > f
  $ hg commit -q -A -m g -d '0 0'
  $ hg update -q null
  $ hg rebase -s 'at(e)' -d 'at(f)' --config rebase.experimental.inmemory=yes
  rebasing 6:a3db12eae6d5 "e"
  $ hg rebase -s 'at(g)' -d 'at(f)' --config rebase.experimental.inmemory=yes --config ui.merge=:merge
  rebasing 10:e99d30f7b12a "g"
  merging f
  hit merge conflicts; rebasing that commit again in the working copy
  merging f
  warning: conflicts while merging f! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg rebase --continue')
  [1]
  $ hg rebase --abort
  rebase aborted
