The files of a store can be sent as they are.

  $ hg init a && cd a
  $ echo 1 > f && hg commit -qAm one -d '0 0'
  $ mkdir d && echo 2 > d/g && hg commit -qAm two -d '1 0'
  $ hg phase --public 0
  $ cd ..

In a bundle of the first version, histories alone.

  $ hg -R a debugcreatestreamclonebundle v1.hg
  writing 607 bytes for 5 files
  bundle requirements: generaldelta, revlog-compression-zstd, revlogv1, sparserevlog
  $ hg init b && hg -R b debugapplystreamclonebundle v1.hg
  5 files to transfer, 607 bytes of data
  stream-cloned 5 files / 607 bytes in * (glob)
  $ hg -R b verify -q && hg -R b log -T '{rev} {phase} {desc}\n'
  1 public two
  0 public one
  $ hg -R b debugapplystreamclonebundle v1.hg
  abort: cannot apply stream clone bundle on non-empty repo
  [255]

In one of the second, caches and what is not public as well.

  $ hg -R a bundle -qa -t 'none-v2;stream=v2' v2.hg
  $ hg init c && hg -R c unbundle v2.hg
  * files to transfer, * (glob)
  stream-cloned * (glob)
  new changesets *:* (glob)
  (run 'hg update' to get a working copy)
  $ hg -R c verify -q && hg -R c debugrebuildfncache
  fncache already up to date
  $ hg -R c unbundle v2.hg
  abort: cannot apply stream clone to non empty repository
  [255]

Over ssh, in the way that the server knows.

  $ cat > ssh.sh << 'END'
  > #!/bin/sh
  > shift; exec sh -c "$*"
  > END
  $ chmod +x ssh.sh
  $ printf '[ui]\nssh = %s/ssh.sh\nremotecmd = hg\n' "$PWD" > rc
  $ export HGRCPATH="$PWD/rc"
  $ hg clone --stream -q ssh://x/"$PWD"/a d && hg -R d verify -q && hg -R d log -T '{rev} {phase}\n'
  1 public
  0 public
  $ printf '[server]\nbundle2.stream = no\n' >> a/.hg/hgrc
  $ hg clone --stream -U ssh://x/"$PWD"/a e
  streaming all changes
  5 files to transfer, 607 bytes of data
  stream-cloned 5 files / 607 bytes in * (glob)
  searching for changes
  no changes found
  $ hg -R e verify -q

Never where that would show secrets, or the server does not want to.

  $ hg -R a phase --force --secret 1
  $ hg clone --stream -U ssh://x/"$PWD"/a f
  warning: stream clone requested but server has them disabled
  requesting all changes
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files
  new changesets * (glob)
  $ hg -R a bundle -qa -t 'none-v2;stream=v2' v3.hg
  abort: stream data requested but server does not allow this feature
  (the client seems buggy)
  [255]

A stream in a format that is not known is refused before anything is written.

  $ sed s/sparserevlog/sparserevloX/ v2.hg > x.hg
  $ hg init g && hg -R g unbundle x.hg
  abort: unable to apply stream clone: unsupported format: sparserevloX
  [255]
  $ head -c 500 v1.hg > cut.hg
  $ hg -R g debugapplystreamclonebundle cut.hg
  5 files to transfer, 607 bytes of data
  transaction abort!
  rollback completed
  abort: unexpected end of stream clone data
  [255]
  $ hg -R g verify -q && hg -R g log
