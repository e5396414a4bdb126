Commands that describe what is there, for scripts and for people who look into a repository.

  $ hg init dag
  $ cd dag
  $ hg debugbuilddag '+2:f +3 @x <f+2 /3'

The graph, as debugbuilddag reads it.

  $ hg debugdag
  +5*4+1*/3
  $ hg debugdag -t -b -s
  +2 :f
  +3
  @x *f +1 */3 :tip
  $ hg debugdag --dots .hg/store/00changelog.i 2
  ...:r2
  ..
  *4.
  */3
  $ cd ..

Which tool would merge a file. What is configured for a pattern is trusted with binary files.

  $ hg init r
  $ cd r
  $ printf 'a\n' > a
  $ printf '\0' > bin
  $ hg add a bin
  $ hg commit -m first
  $ HGMERGE= hg debugpickmergetool
  a = :merge
  bin = :prompt
  $ HGMERGE= hg debugpickmergetool -v --config ui.merge=:other
  with HGMERGE=''
  with ui.merge=':other'
  a = :other
  bin = :prompt
  $ HGMERGE= hg debugpickmergetool --config ui.merge=:other --config merge.strict-capability-check=yes bin
  bin = :other
  $ HGMERGE= hg debugpickmergetool --config 'merge-patterns.**=:merge' --debug bin
  with HGMERGE=''
  warning: check merge-patterns configurations, if ':merge' for binary file 'bin' is unintentional
  (see 'hg help merge-tools' for binary files capability)
  bin = :merge

The dirstate and the manifest of its parent agree.

  $ hg debugcheckstate
  checking dirstate

What the revlogs of the store hold.

  $ hg debug-revlog-stats
  rev-count   data-size inl type      target 
          1          72 no  changelog 
          1          78 yes manifest  
          1           3 yes file      a
          1           1 yes file      bin
  $ hg debug-revlog-stats -f -T '{revlog_target}: {revlog_rev_count}\n'
  a: 1
  bin: 1

Backups that strip has made.

  $ hg debugbackupbundle
  no backup changesets found
  $ printf 'b\n' >> a
  $ hg commit -m second
  $ hg --config extensions.strip= strip -q tip
  $ hg debugbackupbundle -q
  * second (glob)
  $ hg debugbackupbundle -q --recover "$(hg debugbackupbundle -q | cut -c 1-12)"
  $ hg log -T '{desc}\n'
  second
  first

A password is asked for only where there is somebody to ask.

  $ hg debuguigetpass
  response: <default response>
  $ hg debugdownload a
  a

A lock is held until the user says so.

  $ printf 'x\ny\n' | hg debuglocks --set-lock --config ui.interactive=yes > /dev/null
  $ hg debuglocks
  lock:  free
  wlock: free
