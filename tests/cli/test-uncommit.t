Uncommit takes changes out of the parent of the working directory; unamend takes the last amend back.

  $ hg init repo
  $ cd repo
  $ cat >> .hg/hgrc <<EOF
  > [extensions]
  > uncommit=
  > amend=
  > [experimental]
  > evolution=all
  > EOF
  $ echo a > a
  $ hg commit -q -A -m base -d '0 0'
  $ echo aa > a
  $ echo b > b
  $ hg commit -q -A -m both -d '0 0'

One of the files, which stays as it is on disk:

  $ hg uncommit a
  $ hg status
  M a
  $ hg status --change .
  A b

Not while that file has changes; nor a file that the changeset does not touch, or that is not there:

  $ hg uncommit a
  abort: uncommitted changes
  (requires --allow-dirty-working-copy to uncommit)
  [255]
  $ hg revert -q --no-backup a
  $ hg uncommit a
  abort: cannot uncommit "a"
  (file was not changed in working directory parent)
  [255]
  $ hg uncommit nowhere
  abort: cannot uncommit "nowhere"
  (file does not exist)
  [255]

The rest may be empty, which is only kept for named files, or when asked for:

  $ hg uncommit --keep
  note: keeping empty commit
  $ hg status
  A b
  $ hg uncommit --allow-dirty-working-copy
  nothing to uncommit
  [1]
  $ hg log -T '{rev} {desc}\n'
  3 both
  0 base

A rename that goes on in the working directory is one rename afterwards:

  $ hg revert -q --all
  $ rm b
  $ hg move a c
  $ hg commit -m move -d '0 0'
  $ hg move c d
  $ hg uncommit --allow-dirty-working-copy
  $ hg status --copies
  A d
    a
  R a
  $ hg revert -q --all
  $ rm d

Unamend:

  $ hg unamend
  abort: working copy parent was not created by 'hg amend' or 'hg unamend'
  [255]
  $ echo more >> a
  $ hg amend
  $ echo evenmore >> a
  $ hg unamend
  $ hg diff --config diff.nodates=yes | tail -4
  @@ -1,1 +1,3 @@
   a
  +more
  +evenmore
  $ hg debugobsolete -T '{get(metadata, "operation")}\n'
  uncommit
  uncommit
  uncommit
  amend
  unamend
