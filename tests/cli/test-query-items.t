Fields of an item stay when a reason of instability is looked at, keywords speak of the changeset it names.

  $ hg init r
  $ cd r
  $ cat >> .hg/hgrc <<END
  > [experimental]
  > evolution = all
  > [templatealias]
  > twice(x) = "{x}{x}"
  > END
  $ for n in 0 1 2; do echo $n > a$n; hg commit -qAm "c$n" -d '0 0'; done
  $ hg bookmark mark
  $ hg debugobsolete -d '5 0' $(hg log -r 0 -T '{node}')
  1 new obsolescence markers
  obsoleted 1 changesets
  2 new orphan changesets
  $ hg bookmarks -T "{rev}: {whyunstable % '{rev} {desc} {p1.rev}'}|{parents % '{rev} {desc}'}|{revset('1') % '{rev} {desc}'}\n"
  2: 2 c1 0||1 c1
  $ hg log -r 2 -T "{rev}: {whyunstable % '{rev} {desc} {p1.rev}'}\n"
  2: 1 c1 0

A key is read when there is a dict to look it up in.

  $ hg log -r 2 -T "{get(file_mods, '{max(p2 % \"x\")}{desc % \"x\"}')}\n"
  hg: parse error: not a dictionary
  (get() expects a dict as first argument)
  [255]
  $ hg log -r 2 -T "{get(extras, 'branch{desc % \"x\"}')}\n"
  hg: parse error: 'c2' is not iterable of mappings
  (get() expects a dict as first argument)
  [255]
  $ hg log -r 2 -T "{get(extras, 'bra{\"nch\"}')}\n"
  default

Lists inside of the arguments of an alias are shown as they were parsed.

  $ hg debugtemplate -v '{twice(pad(1, 2, rev))}'
  (template
    (func
      (symbol 'twice')
      (func
        (symbol 'pad')
        (list
          (list
            (integer '1')
            (integer '2'))
          (symbol 'rev')))))
  * expanded:
  (template
    (template
      (func
        (symbol 'pad')
        (list
          (list
            (integer '1')
            (integer '2'))
          (symbol 'rev')))
      (func
        (symbol 'pad')
        (list
          (list
            (integer '1')
            (integer '2'))
          (symbol 'rev')))))
  * keywords: rev
  * functions: pad
  hg: parse error: pad() expects a single fill character
  [255]

Names are missed beside wildcards, and are not where nothing can match.

  $ hg files -r 0 glob:a* path:x
  x: no such file in rev * (glob)
  a0
  $ hg files -r 0 "set:'glob:z*' and 'path:x'"
  x: no such file in rev * (glob)
  [1]
  $ hg files -r 0 "set:resolved() and 'path:x'"
  [1]
  $ hg status "set:revs('none()', a0) and 'path:x'"
  $ hg status "set:'path:x' - revs('none()', a0)"
  x: No such file or directory
  $ hg files "set:'path:x' and modified()"
  x: No such file or directory
  [1]

Filesets of comparisons are about the second side.

  $ hg diff -c 1 --stat 'set:added()'
   a1 |  1 +
   1 files changed, 1 insertions(+), 0 deletions(-)
  $ hg diff -r 0 -r 1 --reverse --stat 'set:added() - a2'
   a1 |  1 -
   1 files changed, 0 insertions(+), 1 deletions(-)
  $ hg diff -r 1 --stat 'set:added()'
