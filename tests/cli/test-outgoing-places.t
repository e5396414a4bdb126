Outgoing changesets are listed place by place.

  $ hg init s
  $ cd s
  $ for i in 1 2 3; do echo $i > $i; hg commit -qAm c$i; done
  $ hg clone -q -r 0 . ../a
  $ hg clone -q -r 1 . ../b
  $ hg clone -q . ../c
  $ hg outgoing -G -T '{desc}\n' ../a ../b ../c
  comparing with ../a
  searching for changes
  @  c3
  |
  o  c2
  
  comparing with ../b
  searching for changes
  @  c3
  
  comparing with ../c
  searching for changes
  no changes found

  $ hg outgoing -l 1 -T '{desc}\n' ../a ../b
  comparing with ../a
  searching for changes
  c2
  comparing with ../b
  searching for changes
  c3

A graph has an order of its own, and data of a changeset stand beside the next one.

  $ hg outgoing -G -n ../a
  abort: -G/--graph option is incompatible with --newest-first
  [255]
  $ hg log -G -T 'json(rev)' -l 2
  [
   @
  |
  o  {"rev": 2}
  |
  ~
  ,
   {"rev": 1}
  ]
