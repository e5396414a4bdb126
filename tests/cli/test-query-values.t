What queries and templates say of cases that are easily forgotten.

  $ hg init repo
  $ cd repo
  $ printf 'issue 1\n' > a
  $ hg commit -qAm one -d '0 0'
  $ hg mv a b
  $ hg commit -qm two -d '0 0'
  $ printf 'x\n' > c
  $ hg commit -qAm three -d '0 0'

A file counts as copied as long as its last revision came from another file:

  $ hg files -r tip 'set:copied()'
  b

Copies count in statistics as the configuration says:

  $ hg log -r 1 -T '{diffstat}\n'
  2: +1/-1
  $ hg log -r 1 -T '{diffstat}\n' --config diff.git=yes
  1: +0/-0

Null is compared with the parent of the working directory:

  $ hg log -r null -T '{diffstat}\n'
  2: +0/-2

A changeset that only removes a file does not count for its text:

  $ hg rm b
  $ hg commit -qm four -d '0 0'
  $ hg log -r 'diffcontains("issue")' -T '{rev}\n'
  0
  1

A range may be longer than a file that has no history, but not for log:

  $ hg log -r 'followlines(c, 1:9)' -T '{rev}\n'
  2
  $ hg log -f -L c,1:9
  abort: line range exceeds file size
  [255]

Local tags are stored as the user writes:

  $ HGENCODING=latin-1 hg tag -l "$(printf 'M\344rk')" -r 0
  $ HGENCODING=latin-1 hg log -r 0 -T '{tags}\n' --debug
  M\xe4rk (esc)
  $ HGENCODING=utf-8 hg tags
  abort: decoding near 'M\xe4rk': 'utf-8' codec can't decode byte 0xe4 in position 1: invalid continuation byte! (esc)
  [255]
