Histories that share a directory with everything else: a clone takes the history,
not the state of the working directory and not the configuration.

  $ hg init --config format.usestore=no source
  $ cd source
  $ echo a > a
  $ hg commit -qAm one -d '0 0'
  $ echo b > a
  $ hg commit -qm two -d '1 0'
  $ hg update -q 0
  $ echo c > a
  $ hg commit -qm three -d '2 0'
  $ hg merge -q -t :fail
  [1]
  $ echo '[hooks]' > .hg/hgrc
  $ hg clone -q . ../clone
  $ cd ../clone
  $ hg status -A
  C a
  $ hg id -n
  2
  $ hg log -T '{rev} {desc}\n'
  2 three
  1 two
  0 one
  $ cat .hg/hgrc | grep hooks
  [1]
  $ cat ../source/.hg/hgrc
  [hooks]
  $ hg verify -q
