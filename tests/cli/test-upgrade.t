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

Histories are written again, into a store that takes the place of the old one.

  $ cd .. && hg init old --config format.usegeneraldelta=no --config format.revlog-compression=zlib && cd old
  $ for i in 1 2 3 4 5; do seq 1 ${i}00 > f && hg commit -qAm $i -d "$i 0"; done
  $ hg debugupgraderepo --run -q > /dev/null
  $ hg debugrequires
  dotencode
  fncache
  generaldelta
  revlog-compression-zstd
  revlogv1
  share-safe
  sparserevlog
  store
  $ hg verify -q && hg log -T '{rev} '
  4 3 2 1 0  (no-eol)
  $ grep -c upgradeinprogress .hg/upgradebackup.*/store/requires
  1
  $ ls -A .hg/store | grep lock
  [1]
  $ hg debugupgraderepo --run --no-backup --optimize re-delta-all --filelogs | grep -A 7 'migrating filelogs'
  migrating filelogs:
       revlog-count:              1
       total-revisions:           5
       store-size:             * (glob)
       tracked-size:           5.33 KB
       size-change:               * bytes (glob)
       elapsed-time:              0 seconds
  migrating manifest:
  $ hg verify -q && hg update -q 0 && hg commit -qm more -d '9 0' --config ui.allowemptycommit=yes
  $ ls -d .hg/upgrade*
  .hg/upgradebackup.* (glob)

A share leaves that to its source.

  $ cd .. && hg share -q --config extensions.share= old shared && hg -R shared debugupgraderepo -o re-delta-all
  abort: cannot use these actions on a share repository: re-delta-all
  (upgrade the main repository directly)
  [255]
