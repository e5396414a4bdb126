A line of changesets is edited by a list.

  $ hg init repo
  $ cd repo
  $ printf '[extensions]\nhistedit =\nstrip =\n' > .hg/hgrc
  $ for i in a b c d e f; do echo $i > $i; hg commit -qAm "add $i" -d '0 0'; done
  $ hg bookmark -r 4 mark
  $ HGEDITOR=cat hg histedit 2 --config histedit.linelen=24
  pick 4538525df7e2 2 a...
  pick 47d2a3944de8 3 a...
  pick 9d206ffc875e 4 a...
  pick bbc3e4679176 5 a...
  
  # Edit history between 4538525df7e2 and bbc3e4679176
  #
  # Commits are listed from least to most recent
  #
  # You can reorder changesets by reordering the lines
  #
  # Commands:
  #
  #  e, edit = use commit, but allow edits before making new commit
  #  m, mess = edit commit message without changing commit content
  #  p, pick = use commit
  #  b, base = checkout changeset and apply further changesets from there
  #  d, drop = remove commit from history
  #  f, fold = use commit, but combine it with the one above
  #  r, roll = like fold, but discard this commit's description and date
  #
  $ cat > rules <<R
  > pick $(hg log -r 3 -T '{node|short}') d
  > mess $(hg log -r 2 -T '{node|short}') c
  > drop $(hg log -r 4 -T '{node|short}') e
  > fold $(hg log -r 5 -T '{node|short}') f
  > R
  $ mv rules ..
  $ HGEDITOR='echo more >>' hg histedit 2 --commands ../rules
  saved backup bundle to */repo/.hg/strip-backup/*-histedit.hg (glob)
  $ hg log -G -T '{rev} {desc} {bookmarks} {extras}\n'
  @  3 add c
  |
  |
  |  more
  |  ***
  |  add f
  |
  |
  |
  |  more  branch=defaulthistedit_source=63d97758d939bf4458b359257f4fbe0e0e480611,bbc3e467917630e7d77cd77298e1027030972893
  o  2 add d  branch=defaulthistedit_source=47d2a3944de8b013de3be9578e8e344ea2e6c097
  |
  o  1 add b mark branch=default
  |
  o  0 add a  branch=default
  
  $ hg status
  $ hg verify -q

Lists with mistakes change nothing.

  $ id() { hg log -r "desc('$1')" -T '{node|short}'; }
  $ echo "fold $(id 'add d')" | hg histedit 2 --commands -
  hg: parse error: first changeset cannot use verb "fold"
  [255]
  $ echo "pick $(id 'add a')" | hg histedit 2 --commands -
  hg: parse error: pick "1f0dee641bb7" changeset was not a candidate
  (only use listed changesets)
  [255]
  $ echo "pick $(id 'add d')" | hg histedit 2 --commands -
  hg: parse error: missing rules for changeset f7dadca06ea4
  (use "drop f7dadca06ea4" to discard, see also: 'hg help -e histedit.config')
  [255]
  $ echo "pock $(id 'add d')" | hg histedit 2 --commands -
  hg: parse error: unknown action "pock"
  [255]
  $ echo "pick xyz" | hg histedit 2 --commands -
  hg: parse error: invalid changeset xyz
  [255]
  $ echo "pick 012345678901" | hg histedit 2 --commands -
  hg: parse error: unknown changeset 012345678901 listed
  [255]
  $ echo "pick" | hg histedit 2 --commands -
  hg: parse error: malformed line "pick"
  [255]
  $ HGEDITOR='echo wrong >' hg histedit 2
  hg: parse error: malformed line "wrong"
  [255]
  $ hg histedit --continue
  abort: no histedit in progress
  [255]
  $ hg histedit --force
  abort: --force only allowed with --outgoing
  [255]
  $ hg histedit 1 2
  abort: histedit requires exactly one ancestor revision
  [255]
  $ echo x > x
  $ hg add x
  $ hg histedit 2
  abort: uncommitted changes
  [255]
  $ hg forget x
  $ rm x

An edit stops; the user splits the changeset and goes on.

  $ printf "edit $(id 'add d')\npick $(id 'add c')\n" > ../rules
  $ hg histedit 2 --commands ../rules
  0 files updated, 0 files merged, 3 files removed, 0 files unresolved
  Editing (2f2b6b36edea), commit as needed now to split the change
  (to edit 2f2b6b36edea, `hg histedit --continue` after making changes)
  [1]
  $ cat .hg/histedit-state
  v1
  7c3bad9141dcb46ff89abf5f61856facd56e476c
  f7dadca06ea481619baf867978bbbab49c3e0cbb
  False
  2
  edit
  2f2b6b36edea20fbd9ea993787d66443b6e709a8
  pick
  f7dadca06ea481619baf867978bbbab49c3e0cbb
  0
  strip-backup/2f2b6b36edea-d968ef0d-histedit.hg
  $ hg status
  A d
  $ hg commit -qm one -d '1 0'
  $ hg strip --no-backup tip~2
  abort: histedit in progress
  (use 'hg histedit --continue' or 'hg histedit --abort')
  [255]
  $ echo two > two
  $ hg commit -qAm two -d '2 0'
  $ hg continue
  saved backup bundle to */repo/.hg/strip-backup/*-histedit.hg (glob)
  $ hg log -G -T '{rev} {desc|firstline}\n'
  @  4 add c
  |
  o  3 two
  |
  o  2 one
  |
  o  1 add b
  |
  o  0 add a
  

A conflict stops, too; giving up goes back to where everything began.

  $ echo 1 > a
  $ hg commit -qm first -d '0 0'
  $ echo 2 > a
  $ hg commit -qm second -d '0 0'
  $ printf "pick $(id second)\npick $(id first)\n" > ../rules
  $ hg histedit tip^ --commands ../rules
  merging a
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  Fix up the change (pick ca8c781f0f4e)
  (hg histedit --continue to resume)
  [1]
  $ hg resolve --list
  U a
  $ hg histedit --continue
  abort: unresolved merge conflicts (see 'hg help resolve')
  [255]
  $ hg abort
  1 files updated, 0 files merged, 0 files removed, 0 files unresolved
  $ hg log -T '{rev} {desc|firstline}\n' -l 2
  6 second
  5 first
  $ cat a
  2
  $ rm a.orig
  $ hg histedit -q tip^ --commands ../rules
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  Fix up the change (pick ca8c781f0f4e)
  (hg histedit --continue to resume)
  [1]
  $ echo both > a
  $ hg resolve -qm a
  continue: hg histedit --continue
  $ hg histedit --continue -q
  warning: conflicts while merging a! (edit, then use 'hg resolve --mark')
  Fix up the change (pick 51223ce9bcfc)
  (hg histedit --continue to resume)
  [1]
  $ echo last > a
  $ hg resolve -qm a
  continue: hg histedit --continue
  $ hg histedit --continue
  saved backup bundle to */repo/.hg/strip-backup/*-histedit.hg (glob)
  $ hg log -T '{rev} {desc|firstline}\n' -l 2
  6 first
  5 second
  $ hg cat -r tip^ a
  both
  $ cat a
  last

With markers nothing is removed.

  $ printf "roll $(id first)\n" > ../rules
  $ printf "pick $(id second)\nroll $(id first)\n" > ../rules
  $ hg histedit tip^ --commands ../rules --config experimental.evolution=true
  $ hg log -G -T '{rev} {desc|firstline}\n' -r 'tip^::' --config experimental.evolution=true
  @  8 second
  |
  o  4 add c
  |
  ~
  $ hg debugobsolete --config experimental.evolution=true | sed 's/(.*)/DATE/'
  be00f941855ff3908bce46e6f0911af05a274972 65f5553e44ebca9b00602a7c83934c2d28925877 0 DATE {'ef1': '8', 'operation': 'histedit', 'user': 'test'}
  ea03099531a65230d21845ef6cb8e7e024b442b3 65f5553e44ebca9b00602a7c83934c2d28925877 0 DATE {'ef1': '13', 'operation': 'histedit', 'user': 'test'}
  10acf3c5b217b1137213b798ed047c776271b59a 0 {be00f941855ff3908bce46e6f0911af05a274972} DATE {'ef1': '0', 'operation': 'histedit', 'user': 'test'}
