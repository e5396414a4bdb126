Small answers that scripts rely on.

  $ hg init r && cd r

What is added for a commit that fails is not added:

  $ echo a > a
  $ hg commit -Am x -u ' '
  adding a
  transaction abort!
  rollback completed
  abort: empty username
  [255]
  $ hg status
  ? a
  $ hg commit -Am x -u 'two
  > lines' 2>&1 | tail -1
  abort: username 'two\nlines' contains a newline

Without changes nobody asks who the user is:

  $ hg commit -qAm x -d '0 0'
  $ HGUSER= hg commit -m y --config ui.username= --config ui.askusername=1
  nothing changed
  [1]

A closed head can be closed again when there is something to commit:

  $ hg commit -m close --close-branch -d '1 0'
  $ hg commit -m again --close-branch
  abort: current revision is already a branch closing head
  [255]
  $ echo b >> a && hg commit -m again --close-branch -d '2 0'
  $ hg log -T '{rev}{if(closesbranch, " closed")}\n'
  2 closed
  1 closed
  0
  $ hg heads --active default
  no open branch heads found on branches default
  [1]

Templates see those variables that the user lets them see:

  $ SECRET=1 OPEN=2 hg log -r 0 -T "{envvars % '{key}={value}\n'}" --config experimental.exportableenviron=OPEN
  OPEN=2

Bookmarks: unknown ones, and one that is made active is so for hooks:

  $ hg log -B none
  abort: bookmark 'none' does not exist
  [255]
  $ hg bookmark x --config hooks.pretxnclose='hg bookmarks -T "{bookmark} {active}\n"'
  x True
  $ hg bookmark y --config hooks.pretxnclose=false
  abort: pretxnclose hook exited with status 1
  [255]
  $ hg bookmarks -T '{bookmark} {active}\n'
  x True

Aliases of shell commands get their full name, and no options that act early:

  $ hg --config 'alias.repeated=!echo $HG_ARGS' repeat --cwd .. -x
  repeated -x

Messages with the time they were written:

  $ hg update null --config ui.timestamp-output=1
  [[]....-..-..T..:..:..\.[0-9]{6}\] 0 files updated, 0 files merged, 1 files removed, 0 files unresolved (re)
  [[]....-..-..T..:..:..\.[0-9]{6}\] \(leaving bookmark x\) (re)

A graph of some revisions for graphviz:

  $ hg debugindexdot -c -r 0 -r 2
  digraph G {
  	0
  	2
  	0 -> 2 [style=dashed]
  }

Commands that need no repository say that one was named, not that they run in one:

  $ hg init within
  $ hg init --repository . beside
  warning: --repository ignored
