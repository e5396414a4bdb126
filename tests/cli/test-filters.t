Programs between the working directory and the store.

  $ hg init r && cd r
  $ cat >> .hg/hgrc <<'EOF'
  > [encode]
  > off.txt = !
  > *.txt = tr a-z A-Z
  > *.bin = tempfile: rev < INFILE > OUTFILE
  > [decode]
  > *.txt = pipe: tr A-Z a-z
  > *.bin = tempfile: rev < INFILE > OUTFILE
  > EOF
  $ mkdir d
  $ for file in a.txt off.txt d/deep.txt b.bin; do echo abc > $file; done
  $ hg commit -qAm one -d '0 0'

Patterns are rooted, the first one that matches counts, unless its command is "!".

  $ hg debugdata a.txt 0
  ABC
  $ hg debugdata off.txt 0
  ABC
  $ hg debugdata d/deep.txt 0
  abc
  $ hg debugdata b.bin 0
  cba

What the working directory has stays as it is, and counts as clean.

  $ cat a.txt b.bin
  abc
  abc
  $ touch a.txt b.bin && hg status
  $ echo more >> a.txt && hg diff --nodates
  diff -r c43813004a1d a.txt
  --- a/a.txt
  +++ b/a.txt
  @@ -1,1 +1,2 @@
   ABC
  +MORE

Everything that writes files decodes them.

  $ hg revert --no-backup a.txt && cat a.txt
  abc
  $ hg update -q null && hg update -q 0 && cat a.txt b.bin d/deep.txt
  abc
  abc
  abc
  $ hg cat a.txt b.bin
  ABC
  cba
  $ hg cat --decode a.txt b.bin
  abc
  abc
  $ hg archive ../decoded && cat ../decoded/a.txt
  abc
  $ hg archive --no-decode ../stored && cat ../stored/a.txt
  ABC
  $ echo local >> a.txt && hg commit -qm two -d '0 0' && hg update -q 0
  $ sed 1itop a.txt > a.new && mv a.new a.txt && hg commit -qm three -d '0 0' && hg merge -q
  $ cat a.txt
  top
  abc
  local

What a pipe's program ends with does not matter; files are another thing.

  $ hg cat --decode b.bin --config 'decode.*.bin=cat; exit 3'
  cba
  $ hg cat --decode b.bin --config 'decode.*.bin=tempfile: exit 3'
  abort: command 'exit 3' failed: exited with status 3
  [255]
