Resolving: which files are meant, what is said of them, what a merge remembers.

  $ hg init repo
  $ cd repo
  $ mkdir dir
  $ echo base > a
  $ echo base > dir/b
  $ hg commit -qAm base -d '0 0'
  $ echo ours | tee a > dir/b
  $ hg commit -qm ours -d '0 0'
  $ hg update -q 0
  $ echo theirs | tee a > dir/b
  $ hg commit -qm theirs -d '0 0'
  $ hg merge -q
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  warning: conflicts while merging dir/b! (edit, then use 'hg resolve --mark')
  [1]
  $ cd dir

Names that fit from the root only are worth a hint.

  $ hg resolve -m a
  arguments do not match paths that need resolving
  (try: hg resolve -m path:a)
  $ hg resolve --unmark a glob:x
  arguments do not match paths that need resolving
  $ hg resolve --list
  U a
  U dir/b

What is settled stays so.

  $ hg resolve -m b
  $ hg resolve --re-merge b
  $ hg resolve --list
  U a
  R dir/b
  $ hg resolve --config commands.resolve.explicit-re-merge=true ../a
  abort: no action specified
  (use --mark, --unmark, --list or --re-merge)
  [255]
  $ hg resolve --config commands.resolve.mark-check=abort --mark
  warning: the following files still have conflict markers:
    a
  abort: conflict markers detected
  (use --all to mark anyway)
  [255]
  $ hg resolve --config commands.resolve.confirm=true --mark
  mark all unresolved files as resolved (yn)? y
  (no more unresolved files)
  $ hg resolve --all --mark ../a
  abort: can't specify --all and patterns
  [255]
  $ hg debugmergestate -T '{commits % "{name} {label}\n"}{files % "{path} {state}\n"}'
  local working copy
  other merge rev
  a r
  dir/b r

A conflict that an update left has no second parent; the graph shows where it came from.

  $ hg commit -m merged -d '0 0'
  $ hg update -q 1
  $ echo more >> ../a
  $ hg update 0
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  1 files updated, 0 files merged, 0 files removed, 1 files unresolved
  use 'hg resolve' to retry unresolved file merges
  [1]
  $ hg status -v
  M a
  ? a.orig
  ? dir/b.orig
  # Unresolved merge conflicts:
  # 
  #     ../a
  # 
  # To mark files as resolved:  hg resolve --mark FILE
  
  $ hg log -G -T '{rev}\n'
  o    3
  |\
  | o  2
  | |
  % |  1
  |/
  @  0
  
