Clones that share their histories in a pool.

  $ printf '[extensions]\nshare =\n[share]\npool = %s/pool\n' "$PWD" > rc
  $ export HGRCPATH="$PWD/rc"
  $ hg init a && echo 1 > a/f && hg -R a commit -qAm one -d '0 0' && hg -R a bookmark mark
  $ hg clone a b
  (sharing from new pooled repository 2200fe503543174cefcfcbb5d3592559cdd11836)
  requesting all changes
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files
  new changesets * (glob)
  searching for changes
  no changes found
  adding remote bookmark mark
  updating working directory
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg -R b root --share-source
  */pool/* (glob)
  $ hg clone -U a c
  (sharing from existing pooled repository *) (glob)
  searching for changes
  no changes found
  adding remote bookmark mark
  $ hg -R c paths
  default = */a (glob)

By where they come from.

  $ hg clone -qU --config share.poolnaming=remote a d && ls pool | wc -l
  2
  $ hg clone --config share.poolnaming=other a e
  abort: unknown share naming mode: other
  [255]

What is empty has no identity.

  $ hg init empty && hg clone -U empty f
  (not using pooled storage: remote appears to be empty)
