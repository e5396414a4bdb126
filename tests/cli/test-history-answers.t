Answers about history that scripts rely on.

  $ hg init repo && cd repo
  $ cat >> .hg/hgrc <<EOC
  > [phases]
  > publish = false
  > EOC
  $ printf 'one\ntwo\n' > f && echo x > x && hg commit -qAm zero -d '0 0'
  $ echo three >> f && hg commit -qm one -d '1 0'
  $ hg update -q 0 && sed -i 's/one/uno/' f && hg commit -qm side -d '2 0'
  $ hg update -q 1 && hg merge -q 2 && hg commit -qm merged -d '3 0'

Lines are numbered beside a number or an id only; what is missing ends the run, after what is there.

  $ hg annotate -lu f
  abort: at least one of -n/-c is required for -l
  [255]
  $ hg annotate -lnu f nope
  test 2:1: uno
  test 0:2: two
  test 1:3: three
  abort: nope: no such file in rev f70ea0406201
  [255]

Filesets are about the changeset that is shown.

  $ chmod +x x
  $ hg annotate 'set:exec()'
  $ hg cat 'set:exec()'
  [1]
  $ hg status --change 0 'set:added()'
  A f
  A x
  $ chmod -x x

--prune takes names, no expressions.

  $ hg log -P 1 -P 2 -T '{rev}\n'
  3
  $ hg log -P 'merge()'
  abort: unknown revision 'merge()'
  [255]

grep follows first parents.

  $ hg grep -f uno
  f:3:uno
  $ hg grep --diff --all-files uno
  abort: cannot specify both --all-files and --diff
  [255]

The working directory compared with itself.

  $ echo new > new && hg add new && echo u > u && echo x >> x && rm f
  $ hg status -A --rev 'wdir()'
  ! f
  ? u
  C new
  C x
  $ hg update -qC . && rm new u

Only an explicit --rev contradicts --bookmark.

  $ hg bookmark -r 2 mark
  $ hg export -B mark 1
  abort: export requires at least one changeset
  [255]
  $ hg export -B mark -r 1
  abort: cannot specify both --rev and --bookmark
  [255]

Machine-readable forms: fields by name, tuples over several lines.

  $ hg annotate -d -T debug x
  annotate = [
      {
          'lines': [
              {
                  'date': (
                      0.0,
                      0
                  ),
                  'line': 'x\n'
              }
          ],
          'path': 'x'
      },
  ]
  $ hg annotate -T cbor x | od -An -c | head -2
   237 242   E   l   i   n   e   s 201 242   D   l   i   n   e   B
     x  \n   C   r   e   v  \0   D   p   a   t   h   A   x 377

Bisection forgets what is outside of its range.

  $ hg bisect -b 1 -U && hg bisect -g 0 -U
  The first bad revision is:
  changeset:   1:* (glob)
  user:        test
  date:        Thu Jan 01 00:00:01 1970 +0000
  summary:     one
  
  $ hg bisect -g 2 -U | head -1
  The first bad revision is:
  $ hg log -r 'bisect(good)' -T '{rev}\n'
  0
  $ hg update -q 3 && hg bisect -b > out && hg log -r 'bisect(bad)' -T '{rev}\n' && rm out
  1
  3
  $ hg bisect -r && hg bisect -U -g 0 && hg bisect -U -b 3 -q && hg update -q 1
  Testing changeset 1:* (glob)
  $ hg bisect -c true | head -1 && grep -c current .hg/bisect.state && hg log -r 'bisect(current)' -T '{rev}\n'
  changeset 1:* (glob)
  1
  1
  $ hg bisect -g 1 -b 2
  abort: incompatible arguments
  [255]
  $ hg update -q 1 && hg merge -q 2 && hg merge --abort
  abort: cannot abort merge with bisect in progress
  (use 'hg bisect --reset')
  [255]
  $ hg bisect --reset && hg update -qC 3

Others see neither secret changesets nor names of them.

  $ hg commit -qm secret -d '4 0' --secret --config ui.allowemptycommit=1
  $ hg bookmark private
  $ cd ..
  $ hg identify repo -r tip -n
  3
  $ hg identify repo -r default -n
  3
  $ hg identify repo -r private
  abort: unknown revision 'private'
  [255]
  $ hg identify repo -r 4
  abort: filtered revision '4' (not in 'served' subset)
  [255]
  $ hg -R repo update -q 4 && hg identify repo -r .
  abort: empty revision set
  [255]

Descriptions in patches are in the user's character set.

  $ hg init latin && cd latin
  $ printf 'caf\351\n\n--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+a\n' > ../patch
  $ HGENCODING=latin-1 hg import -q ../patch -d '0 0' --config phases.publish=0
  $ HGENCODING=utf-8 hg log -T '{desc}\n'
  caf\xc3\xa9 (esc)
  $ HGENCODING=utf-8 hg import --bypass -q -p1 -d '0 0' - <<EOP 2>&1 | grep decoding
  > $(printf 'th\351')
  > 
  > --- /dev/null
  > +++ b/b
  > @@ -0,0 +1,1 @@
  > +b
  > EOP
  abort: decoding near 'th\xe9': 'utf-8' codec can't decode byte 0xe9 in position 2: unexpected end of data! (esc)

A bad date is refused before anything is touched; authors have no space around them; what was patched
before a failure stays known when nothing is committed.

  $ cat > ../patch <<'EOP'
  > # HG changeset patch
  > # User  some one  
  > # Date 0 0
  > spaced
  > 
  > diff --git a/c b/c
  > new file mode 100644
  > --- /dev/null
  > +++ b/c
  > @@ -0,0 +1,1 @@
  > +c
  > diff --git a/missing b/moved
  > rename from missing
  > rename to moved
  > EOP
  $ hg import -d nope ../patch
  hg: parse error: invalid date: 'nope'
  [255]
  $ hg import --no-commit ../patch
  applying ../patch
  missing not tracked!
  abort: source file 'missing' does not exist
  [255]
  $ hg status
  A c
  $ hg forget -q c && rm c
  $ sed '/^diff --git a.missing/,$d' ../patch | hg import -q - && hg log -r tip -T '[{user}]\n'
  [some one]

Directories in the way of files stop an import, applied in part or not; a program that fails to patch says so itself;
patches are told of before a bad prefix is.

  $ mkdir dir && echo x > dir/x
  $ printf -- '--- /dev/null\n+++ b/dir\n@@ -0,0 +1,1 @@\n+x\n' > ../dir.patch
  $ hg import --partial ../dir.patch
  applying ../dir.patch
  abort: Is a directory: '*latin/dir' (glob)
  [255]
  $ hg import --config ui.patch='echo no >&2; false' ../dir.patch
  no
  applying ../dir.patch
  abort: patch command failed: exited with status 1
  [255]
  $ hg import --prefix ../x ../dir.patch
  applying ../dir.patch
  abort: ../x not under root '*latin' (glob)
  [255]
