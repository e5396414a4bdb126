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

What conditions see of closesbranch is an answer, everything else sees a text:

  $ hg log -r tip -T '{closesbranch} {if(closesbranch, "yes", "no")} {closesbranch|json} {get(dict(a=closesbranch), "a")}\n'
  false no "false" false
  $ hg log -r tip -T '{max(closesbranch)}'
  hg: parse error: boolean string
  (max first argument should be an iterable)
  [255]
  $ hg log -r tip -T '{closesbranch % "{x}"}'
  hg: parse error: 'False' is not iterable of mappings
  (keyword 'closesbranch' does not support map operation)
  [255]

What is filtered has something between its items only:

  $ hg log -r 1 -T '[{filter(children)}] [{filter(extras)}]\n' --debug
  [2:e5e9bb71b5a2] [branch=default]

A template is read when there is something to show, unless the command asks first what it uses:

  $ hg bookmarks -T '{nosuch(1)}{a|b.c}'
  $ hg bookmarks -T 'json(nosuch(1))'
  [
   
  ]
  $ hg files nosuch -T '{nosuch(1)}'
  [1]
  $ hg files nosuch -T '{a|b.c}'
  hg: parse error: expected a symbol, got '.'
  [255]

Paragraphs that are filled have to be text:

  $ hg debugtemplate '{fill("caf\xe9 b")}'
  abort: decoding near 'caf\xe9 b': 'ascii' codec can't decode byte 0xe9 in position 3: ordinal not in range(128)! (esc)
  [255]

A pattern that means nothing is complained about by the first changeset, not by none:

  $ hg log -r 'null & (contains("re:(") + adds("re:(") + file("re:("))'
  $ hg log -r 'contains("re:(")'
  abort: invalid pattern (re): (
  [255]
  $ hg log -r 'followlines("glob:nosuch*", x:y)'
  hg: parse error: followlines expects exactly one file
  [255]

The working directory has no place in some sets, where it comes to that:

  $ hg log -r 'wdir() & children(0)'
  abort: working directory revision cannot be specified
  [255]
  $ hg log -r 'successors(wdir())'
  abort: working directory revision cannot be specified
  [255]
  $ hg log -r 'only(tip, wdir())'
  abort: working directory revision cannot be specified
  [255]
  $ hg log -r 'only(., ::wdir())'

Two times null: the parent of the working directory is compared with null.

  $ hg diff --from null --to null --stat
   c |  1 -
   1 files changed, 0 insertions(+), 1 deletions(-)

Local tags are stored as the user writes:

  $ HGENCODING=latin-1 hg tag -l "$(printf 'M\344rk')" -r 0
  $ HGENCODING=latin-1 hg log -r 0 -T '{tags}\n' --debug
  M\xe4rk (esc)
  $ HGENCODING=utf-8 hg tags
  abort: decoding near 'M\xe4rk': 'utf-8' codec can't decode byte 0xe4 in position 1: invalid continuation byte! (esc)
  [255]

Sets that turn out to be empty are still what they were made from, and lines are read when asked for.

  $ hg init lazily
  $ cd lazily
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ hg debugrevspec -s --no-show-revs 'only(0, 0)'
  * set:
  <baseset+ []>
  $ hg debugrevspec -s --no-show-revs 'followlines(a, 1:9, descend=True)'
  * set:
  <generatorsetasc+>
  $ hg debugrevspec 'followlines(a, 1:9, descend=True)'
  0
  $ cd ..
