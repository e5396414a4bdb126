Merges stop at the first file that fails, or ask, where the configuration says so.

  $ hg init halt
  $ cd halt
  $ cat >> .hg/hgrc <<EOF
  > [merge]
  > on-failure = halt
  > [extensions]
  > rebase =
  > EOF
  $ for file in a b c; do echo base > $file; done
  $ hg commit -qAm base -d '0 0'
  $ for file in a b c; do echo one > $file; done
  $ hg commit -qm one -d '0 0'
  $ hg update -q 0
  $ for file in a b c; do echo two > $file; done
  $ hg commit -qm two -d '0 0'
  $ hg merge 1
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg resolve --list
  U a
  U b
  U c
  $ hg status
  M a
  M b
  M c
  ? a.orig
  $ cat c
  two
  $ hg summary | grep parent
  parent: 2:67eb7815c551 tip
  parent: 1:28b377cb3de4 
  $ hg merge --abort -q

What is settled is no failure; nor is a failure with the last file.

  $ hg merge --tool :other -q
  $ hg update -qC .
  $ hg merge --tool :fail
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg resolve --list
  U a
  U b
  U c
  $ hg resolve --all
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  merge halted after failed merge (see hg resolve)
  [1]
  $ hg resolve --list
  U a
  U b
  U c
  $ hg status
  M a
  M b
  M c
  ? a.orig
  ? a.resolve
  $ hg resolve c
  merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  merge halted after failed merge (see hg resolve)
  [1]
  $ hg resolve --mark a b -q
  $ hg resolve --all
  merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  merge halted after failed merge (see hg resolve)
  [1]
  $ hg update -qC .

A tool that does not try counts as well.

  $ hg merge 1 --tool :fail --config merge.on-failure=prompt
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg update -qC .

Updates and rebases stop too.

  $ echo mine > a
  $ echo mine > b
  $ hg update --merge 0
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  1 files updated, 0 files merged, 0 files removed, 2 files unresolved
  use 'hg resolve' to retry unresolved file merges
  [1]
  $ hg resolve --list
  U a
  U b
  $ hg identify -n
  0+
  $ hg update -qC 2
  $ hg rebase -r 1 -d 2
  rebasing 1:28b377cb3de4 "one"
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  unresolved conflicts (see 'hg resolve', then 'hg rebase --continue')
  [1]
  $ hg resolve --list
  U a
  U b
  U c
  $ hg rebase --abort
  rebase aborted

Asking:

  $ cat >> .hg/hgrc <<EOF
  > [ui]
  > interactive = yes
  > [merge]
  > on-failure = prompt
  > EOF
  $ hg update -qC 2
  $ printf 'y\nn\n' | hg merge 1
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? merging b
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? 0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg resolve --list
  U a
  U b
  U c
  $ printf 'n\n' | hg resolve --all
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? merge halted after failed merge (see hg resolve)
  [1]
  $ printf 'y\ny\ny\n' | hg resolve --all
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? merging b
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)?  (no-eol)
  [1]
  $ hg update -qC 2
  $ hg merge 1 --config ui.interactive=no
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? y
  merging b
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? y
  merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  continue merge operation (yn)? y
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg update -qC 2
  $ hg merge 1 --config merge.on-failure=bogus
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  merging b
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg update -qC 2
  $ hg merge 1 --config merge.on-failure=
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  merging b
  warning: conflicts while merging b! (edit, then use 'hg resolve --mark')
  merging c
  warning: conflicts while merging c! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ cd ..

A file that moved:

  $ hg init moved
  $ cd moved
  $ for file in a b c; do echo base > $file; done
  $ hg commit -qAm base -d '0 0'
  $ for file in a b c; do echo one > $file; done
  $ hg commit -qm one -d '0 0'
  $ hg update -q 0
  $ hg rename b z
  $ for file in a c z; do echo two > $file; done
  $ hg commit -qm two -d '0 0'
  $ hg merge 1 --config merge.on-failure=halt
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg status -C
  M a
  M c
  M z
    b
  ? a.orig
  $ hg update -qC 1
  $ hg merge 2 --config merge.on-failure=halt
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  0 files updated, 0 files merged, 0 files removed, 3 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg status
  M a
  M c
  R b
  ! z
  ? a.orig
  $ hg debugmergestate | grep -v extra
  local (working copy): 28b377cb3de42e7489214a54ad4ca34107f05257
  other (merge rev): f195577bde2cb1b1ea3f608512af72b6096a3091
  file: a (state "u")
    local path: a (hash 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8, flags "")
    ancestor path: a (node 45f4124ae41922b65c14c0ffb3b4c82f17590215)
    other path: a (node 7813f0c758387305bdfc80338be83701169c1eb6)
  file: c (state "u")
    local path: c (hash 84a516841ba77a5b4648de2cd0dfcb30ea46dbb4, flags "")
    ancestor path: c (node 45f4124ae41922b65c14c0ffb3b4c82f17590215)
    other path: c (node 7813f0c758387305bdfc80338be83701169c1eb6)
  file: z (state "u")
    local path: b (hash e9d71f5ee7c92d6dc9e92ffdad17b8bd49418f98, flags "")
    ancestor path: b (node 45f4124ae41922b65c14c0ffb3b4c82f17590215)
    other path: z (node d8b4e93d3be19daa3b7c6cd39240ddf451212172)
  $ hg resolve --all --tool :other
  (no more unresolved files)
  $ cat z
  two
  $ hg status -C
  M a
  M c
  M z
    b
  R b
  ? a.orig
  ? c.orig
  $ cd ..
