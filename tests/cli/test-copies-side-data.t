What changesets do to files is kept as side data where the repository has a place for it.

  $ hg init r --config format.exp-use-copies-side-data-changeset=yes && cd r
  $ echo a > a && echo b > b && hg commit -qAm one -d '0 0'
  $ hg rename a c && hg remove b && echo n > n && hg commit -qAm two -d '0 0'
  $ hg debugsidedata -c 1
  1 sidedata entries
   entry-0014 size 44
  $ hg debugchangedfiles 1
  removed    : a, ;
  removed    : b, ;
  added    p1: c, a;
  added      : n, ;
  $ hg status -C --rev 0 --rev 1
  A c
    a
  A n
  R a
  R b
  $ hg verify -q

A hook sees the pending changeset, nobody else does; an abort takes it back.

  $ echo x > x && hg add x
  $ hg commit -m three --config hooks.pretxnclose='hg log -r tip -T "{rev}\n" && false'
  2
  transaction abort!
  rollback completed
  abort: pretxnclose hook exited with status 1
  [255]
  $ hg log -r tip -T '{rev}\n' && hg verify -q
  1

Others get changesets without it and make their own, or none.

  $ hg commit -qm three -d '0 0' && cd ..
  $ hg clone -q r plain --pull && hg -R plain debugsidedata -c 1 && hg -R plain verify -q
  $ hg init again --config format.exp-use-copies-side-data-changeset=yes
  $ hg -R again pull -q plain && hg -R again debugchangedfiles 1 | head -1
  removed    : a, ;

Stripping and upgrading keep both in step.

  $ hg -R again --config extensions.strip= strip -q 2 && hg -R again verify -q
  $ hg -R again pull -q plain && hg -R again log -r tip -T '{rev}\n'
  2
  $ hg -R plain debugupgraderepo -q --run --no-backup \
  >    --config format.exp-use-copies-side-data-changeset=yes | tail -3
  processed revlogs:
    - changelog
  
  $ hg -R plain debugchangedfiles 1 | tail -2 && hg -R plain verify -q
  added    p1: c, a;
  added      : n, ;
  $ hg -R plain debugupgraderepo -q --run --no-backup > /dev/null
  $ hg -R plain debugsidedata -c 1 && hg -R plain verify -q

Extras are the other place.

  $ hg init extras && cd extras
  $ printf '[experimental]\ncopies.write-to = changeset-only\ncopies.read-from = changeset-only\n' >> .hg/hgrc
  $ echo a > a && hg commit -qAm one -d '0 0' && hg rename a b && hg commit -qm two -d '0 0'
  $ hg debugdata -c 1 | sed -n 3p | tr '\000' '|'
  0 0 filesadded:1|filesremoved:0|p1copies:1\0a
  $ hg debugdata b 0
  a
  $ hg status -C --change . && hg debugp1copies -r .
  A b
    a
  R a
  a -> b

A copy of what is there already is listed, for extras can only tell of files that are.

  $ echo a > c && hg add c && hg commit -qm three -d '0 0'
  $ hg copy --force b c && hg commit -qm four -d '0 0' && hg debugp1copies -r .
  b -> c
