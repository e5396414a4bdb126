What strip does to obsolescence markers, and what bundles carry of them.

  $ hg init r
  $ cd r
  $ cat >> .hg/hgrc <<EOF
  > [experimental]
  > evolution=all
  > evolution.bundle-obsmarker=yes
  > [extensions]
  > strip=
  > EOF
  $ for f in a b c; do echo $f > $f; hg ci -qAm $f -d '0 0'; hg up -q null; done
  $ id() { hg log --hidden -r "$1" -T '{node}'; }
  $ shortly() { sed 's/\([0-9a-f]\{6\}\)[0-9a-f]\{34\}/\1/g; s/ (.*//'; }
  $ hg debugobsolete 1111111111111111111111111111111111111111 $(id 0)
  1 new obsolescence markers
  $ hg debugobsolete $(id 0) 2222222222222222222222222222222222222222
  1 new obsolescence markers
  obsoleted 1 changesets
  $ hg debugobsolete 2222222222222222222222222222222222222222 $(id 1)
  1 new obsolescence markers

Only what leads nowhere else is exclusive.

  $ hg debugobsolete --hidden --rev 0 --exclusive | shortly
  $ hg debugobsolete --rev 1 --exclusive | shortly
  222222 6563da 0
  cb9a9f 222222 0
  $ hg debugobsolete --hidden --rev 0+1 --exclusive | shortly
  111111 cb9a9f 0
  222222 6563da 0
  cb9a9f 222222 0
  $ hg debugobsolete --rev 1 | shortly
  111111 cb9a9f 0
  222222 6563da 0
  cb9a9f 222222 0

Strip takes those along; the bundle brings them back.

  $ hg bundle -r 1 --base null ../b.hg
  1 changesets found
  $ hg strip -q 1
  $ hg debugobsolete | shortly
  111111 cb9a9f 0
  $ hg unbundle ../b.hg
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files (+1 heads)
  2 new obsolescence markers
  obsoleted 1 changesets
  new changesets 6563da9dcf87 (1 drafts)
  (run 'hg heads' to see heads, 'hg merge' to merge)

A changeset that is obsolete when it comes is told apart.

  $ hg bundle --hidden -r 0 --base null ../a.hg
  1 changesets found
  $ hg strip --hidden -q 0
  $ hg unbundle ../a.hg
  adding changesets
  adding manifests
  adding file changes
  added 1 changesets with 1 changes to 1 files (+1 heads)
  (1 other changesets obsolete on arrival)
  (run 'hg heads' to see heads, 'hg merge' to merge)

The working directory has a phase.

  $ hg log -r 'wdir() and draft()' -T '{phase}\n'
  draft
  $ hg log -r 'wdir() and secret()' -T '{phase}\n' --config phases.new-commit=secret
  secret
