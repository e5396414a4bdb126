Amending a merge keeps what came from its second parent.

  $ hg init repo
  $ cd repo
  $ echo base > base
  $ hg commit -qAm base -d '0 0'
  $ echo ours > ours
  $ hg commit -qAm ours -d '0 0'
  $ hg update -q 0
  $ echo theirs > theirs
  $ hg commit -qAm theirs -d '0 0'
  $ hg update -q 1
  $ hg merge -q 2
  $ hg move theirs renamed
  $ hg commit -m merge -d '0 0'
  $ hg commit --amend -m amended -d '0 0' -q
  $ hg files -r .
  base
  ours
  renamed
  $ hg log -r . -T '{node|short} {file_adds} {file_dels}\n'
  362741cdeaa0 renamed 
  $ hg verify -q

So does moving it to another branch.

  $ hg branch -q -r . other
  $ hg files -r .
  base
  ours
  renamed
  $ hg log -r . -T '{node|short} {branch}\n'
  face83fedd21 other
  $ hg commit --amend --close-branch -m closed -d '0 0'
  abort: can only close branch heads
  [255]
