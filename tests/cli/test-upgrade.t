Formats of the dirstate and the requirements change in both directions.

  $ hg init r && cd r
  $ printf '[storage]\ndirstate-v2.slow-path = allow\n' >> .hg/hgrc
  $ echo a > a && hg commit -qAm one -d '0 0'
  $ hg copy a b
  $ hg debugupgraderepo -q --config format.use-dirstate-v2=yes
  requirements
     preserved: dotencode, fncache, generaldelta, revlog-compression-zstd, revlogv1, share-safe, sparserevlog, store
     added: dirstate-v2
  
  no revlogs to process
  
  $ hg debugupgraderepo --no-backup --run --config format.use-dirstate-v2=yes --config format.use-dirstate-tracked-hint=yes
  upgrade will perform the following actions:
  
  requirements
     preserved: dotencode, fncache, generaldelta, revlog-compression-zstd, revlogv1, share-safe, sparserevlog, store
     added: dirstate-tracked-key-v1, dirstate-v2
  
  dirstate-v2
     "hg status" will be faster
  
  tracked-hint
     external tools will be informated of potential change in the tracked set
  
  no revlogs to process
  
  beginning upgrade...
  repository locked and read-only
  creating temporary repository to stage upgraded data: */r/.hg/upgrade.* (glob)
  (it is safe to interrupt this process any time before data migration completes)
  upgrading to dirstate-v2 from v1
  create dirstate-tracked-hint file
  removing temporary repository */r/.hg/upgrade.* (glob)
  $ hg status -C
  A b
    a
  $ head -c 11 .hg/dirstate && test -f .hg/dirstate-tracked-hint
  dirstate-v2 (no-eol)
  $ hg debugupgraderepo -q --run
  upgrade will perform the following actions:
  
  requirements
     preserved: dotencode, fncache, generaldelta, revlog-compression-zstd, revlogv1, share-safe, sparserevlog, store
     removed: dirstate-tracked-key-v1, dirstate-v2
  
  no revlogs to process
  
  $ hg status -C && ls -d .hg/upgradebackup.*
  A b
    a
  .hg/upgradebackup.* (glob)
  $ test -f .hg/dirstate-tracked-hint
  [1]
  $ hg debugupgraderepo --run
  nothing to do
  $ hg debugupgraderepo -o all
  abort: unknown optimization action requested: all
  (run without arguments to see valid optimizations)
  [255]

The configuration may insist.

  $ hg status --config format.use-dirstate-v2=yes --config format.use-dirstate-v2.automatic-upgrade-of-mismatching-repositories=yes
  automatically upgrading repository to the `dirstate-v2` feature
  (see `hg help config.format.use-dirstate-v2` for details)
  A b
