The state of a merge says which files a side removed, and which are the other side's as they are.

  $ hg init salvage
  $ cd salvage
  $ echo base > kept
  $ echo base > beside
  $ hg commit -qAm base -d '0 0'
  $ echo more >> kept
  $ echo more >> beside
  $ hg commit -qm change -d '0 0'
  $ hg update -q 0
  $ hg remove kept
  $ hg commit -qm remove -d '0 0'

A removal that loses, on either side:

  $ hg update -q 1
  $ hg merge 2 --tool :local
  0 files updated, 1 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg debugmergestate
  local (working copy): eecffd84f9a2405a340f461884fdc7b004d6005b
  other (merge rev): b2f09fe0ba81e96a393230cdb815045f6e2cb0b5
  file: kept (state "r")
    local path: kept (hash 1e61fe1e47593d783345ac78ef213cc0446fd78c, flags "")
    ancestor path: kept (node 45f4124ae41922b65c14c0ffb3b4c82f17590215)
    other path: kept (node 0000000000000000000000000000000000000000)
    extra: ancestorlinknode = 7350944dee27d9dccf8d12edc214bf3acaad2adc
    extra: merge-removal-candidate = yes
    extra: merged = yes
  $ hg commit -qm keep-from-changed -d '0 0'
  $ hg update -q 2
  $ hg merge 1 --tool :other
  1 files updated, 1 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg debugmergestate
  local (working copy): b2f09fe0ba81e96a393230cdb815045f6e2cb0b5
  other (merge rev): eecffd84f9a2405a340f461884fdc7b004d6005b
  file: kept (state "r")
    local path: kept (hash 0000000000000000000000000000000000000000, flags "")
    ancestor path: kept (node 45f4124ae41922b65c14c0ffb3b4c82f17590215)
    other path: kept (node b6542f6df41b6520a63df17c6fdc120b2b172e2b)
    extra: ancestorlinknode = 7350944dee27d9dccf8d12edc214bf3acaad2adc
    extra: merge-removal-candidate = yes
    extra: merged = yes
  extra: beside (filenode-source = other)
  $ hg commit -qm keep-from-removed -d '0 0'
  $ hg debugindex kept
     rev linkrev       nodeid    p1-nodeid    p2-nodeid
       0       0 45f4124ae419 000000000000 000000000000
       1       1 b6542f6df41b 45f4124ae419 000000000000

A removal that wins:

  $ hg update -q 2
  $ hg merge 1 --tool :local
  1 files updated, 1 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg commit -qm drop -d '0 0'

No file is left to be merged, but the state is there:

  $ hg update -q 3
  $ hg merge 5
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg debugmergestate
  local (working copy): 5c283036628487a4c5344678c8abab26bada9b5a
  other (merge rev): f023535bf3d33602c43a7766742d85b77d71731f
  extra: kept (merge-removal-candidate = yes)
  $ hg debugmergestate -T json
  [
   {
    "commits": [{"label": "working copy", "name": "local", "node": "5c283036628487a4c5344678c8abab26bada9b5a"}, {"label": "merge rev", "name": "other", "node": "f023535bf3d33602c43a7766742d85b77d71731f"}],
    "extras": [{"file": "kept", "key": "merge-removal-candidate", "value": "yes"}],
    "files": []
   }
  ]
  $ hg resolve --list
  $ hg update -qC 5
  $ hg merge 3
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg debugmergestate
  local (working copy): f023535bf3d33602c43a7766742d85b77d71731f
  other (merge rev): 5c283036628487a4c5344678c8abab26bada9b5a
  extra: kept (merge-removal-candidate = yes)
  $ hg update -qC 4
  $ hg merge 3
  0 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg debugmergestate
  no merge state found

A file that was kept gets a revision of its own where the configuration asks for it, and later merges
see a conflict.

  $ cat >> .hg/hgrc <<EOF
  > [experimental]
  > merge-track-salvaged = yes
  > EOF
  $ hg update -qC 2
  $ hg merge -q 1 --tool :other
  $ hg commit -qm keep-once-more -d '1 0'
  $ hg debugindex kept
     rev linkrev       nodeid    p1-nodeid    p2-nodeid
       0       0 45f4124ae419 000000000000 000000000000
       1       1 b6542f6df41b 45f4124ae419 000000000000
       2       6 eb654d523f58 b6542f6df41b 000000000000
  $ hg log -r tip -T '{node|short} {files}\n'
  b14803e7c495 kept
  $ hg update -q 1
  $ hg merge -q 2 --tool :local
  $ hg commit -qm keep-the-other-way -d '1 0'
  $ hg log -r tip -T '{node|short} {files}\n'
  874a549daef7 
  $ hg update -q 5
  $ hg merge 6
  file 'kept' was deleted in local [working copy] but was modified in other [merge rev].
  You can use (c)hanged version, leave (d)eleted, or leave (u)nresolved.
  What do you want to do? u
  0 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg debugmergestate
  local (working copy): f023535bf3d33602c43a7766742d85b77d71731f
  other (merge rev): b14803e7c495e2a1a6de4b64640737a8ebe7b5ef
  file: kept (state "u")
    local path: kept (hash 0000000000000000000000000000000000000000, flags "")
    ancestor path: kept (node b6542f6df41b6520a63df17c6fdc120b2b172e2b)
    other path: kept (node eb654d523f58e531c18e0d80e6297f385a95b294)
    extra: ancestorlinknode = eecffd84f9a2405a340f461884fdc7b004d6005b
    extra: merge-removal-candidate = yes
    extra: merged = yes
  $ hg update -qC 6
  $ hg merge 5
  file 'kept' was deleted in other [merge rev] but was modified in local [working copy].
  You can use (c)hanged version, (d)elete, or leave (u)nresolved.
  What do you want to do? u
  0 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to abandon
  [1]
  $ hg debugmergestate
  local (working copy): b14803e7c495e2a1a6de4b64640737a8ebe7b5ef
  other (merge rev): f023535bf3d33602c43a7766742d85b77d71731f
  file: kept (state "u")
    local path: kept (hash 1e61fe1e47593d783345ac78ef213cc0446fd78c, flags "")
    ancestor path: kept (node b6542f6df41b6520a63df17c6fdc120b2b172e2b)
    other path: kept (node 0000000000000000000000000000000000000000)
    extra: ancestorlinknode = eecffd84f9a2405a340f461884fdc7b004d6005b
    extra: merge-removal-candidate = yes
    extra: merged = yes
  $ hg update -qC 7
  $ hg merge 6
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  (branch merge, don't forget to commit)
  $ hg debugmergestate
  local (working copy): 874a549daef7fdadc7edeed734c2044035fe0956
  other (merge rev): b14803e7c495e2a1a6de4b64640737a8ebe7b5ef
  extra: kept (filenode-source = other)
  $ cd ..

A merge with missing files is not committed.

  $ hg init missing
  $ cd missing
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ echo b > b
  $ hg commit -qAm b -d '0 0'
  $ hg update -q 0
  $ echo c > c
  $ hg commit -qAm c -d '0 0'
  $ hg merge -q 1
  $ rm b
  $ hg commit -m merge
  abort: cannot commit merge with missing files
  [255]
  $ cd ..

Records that only a newer program understands stop what needs them.

  $ hg init newer
  $ cd newer
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ echo b > a
  $ hg commit -qm b -d '0 0'
  $ hg update -q 0
  $ echo c > a
  $ hg commit -qm c -d '0 0'
  $ hg merge -q --tool :fail
  [1]
  $ printf 'Y\0\0\0\001aX\0\0\0\001a' >> .hg/merge/state2
  $ hg resolve --list
  abort: unsupported merge state records: X Y
  (see https://mercurial-scm.org/wiki/MergeStateRecords for more information)
  [255]
  $ hg summary | grep commit
  warning: merge state has unsupported record types: X Y
  commit: 1 modified (merge)
  $ hg update -qC .
  $ hg resolve --list
  $ cd ..
