Numbers beyond 64 bits, numbers that are named twice, and revisions by number.

  $ hg init r
  $ cd r
  $ for n in 0 1 2; do echo $n > a; hg commit -qAm "c$n" -d '0 0'; done
  $ hg debugrevspec 'expectsize(1, 99999999999999999999)'
  abort: revset size mismatch. expected 99999999999999999999, got 1
  [255]
  $ hg debugrevspec -s 'limit(0:1, 99999999999999999999, 1)'
  * set:
  <spanset+ 1:2>
  1
  $ hg debugrevspec '_rev(7)'
  abort: unknown revision '7'
  [255]
  $ hg log -r 0 -T "{revset('%ld', splitlines('1\n2\n1'))}|{revset('%d', 1)}\n"
  1 2 1|1
  $ hg log -r 0 -T "{revset('%z', 1, 2)}\n"
  hg: parse error: unexpected revspec format character z
  [255]

Filtered queries keep their order to themselves; lists that are turned are plain.

  $ hg log -r 2 -T "{filter(revset('0:1'))|reverse}\n"
  hg: parse error: not reversible
  (incompatible use of template filter 'reverse')
  [255]
  $ hg log -r 2 -T "{dict(a=filter(revset('0:1')))}\n"
  a=<filteredset <spanset+ 0:2>>
  $ hg log -r 2 -T "{filter(revset('0:1'), rev.x)|count}\n"
  hg: parse error: 0 is not a dictionary
  (incompatible use of template filter 'count')
  [255]
  $ hg log -r 2 -T "{subsetparents(revset=revset('0+2'), rev=2)}\n"
  0

Markers are sequences without names.

  $ cat >> .hg/hgrc <<END
  > [experimental]
  > evolution = all
  > END
  $ hg update -q 0
  $ hg debugobsolete -d '5 0' $(hg log -r 2 -T '{node}')
  1 new obsolescence markers
  obsoleted 1 changesets
  $ hg log --hidden -r 2 -T "{succsandmarkers % '{markers|count} {min(obsfatedate(markers))} {obsfatedate(markers)}'}\n"
  1 (5.0, 0) 5 0
  $ hg log --hidden -r 2 -T "{succsandmarkers % '{markers.x}'}\n"
  hg: parse error: [(b'*', (), 0, ((b'user', b'test'),), (5.0, 0), None)] is not a dictionary (glob)
  (keyword 'markers' does not support member operation)
  [255]
  $ hg log -r null -T '{manifest.p1}\n'
  -1:000000000000

A revset that is a call of revset() is taken strictly: names with dashes are no names there

  $ hg init strict
  $ cd strict
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ hg tag --local foo-bar
  $ hg log -r 'foo-bar' -T '{rev}\n'
  0
  $ hg log -r '(revset(foo-bar))' -T '{rev}\n'
  0
  $ hg log -r 'revset(foo-bar)'
  abort: unknown revision 'foo'
  [255]
  $ cd ..

Ids of hidden changesets are not taken from programs either

  $ hg init hidden
  $ cd hidden
  $ cat > .hg/hgrc <<EOF
  > [experimental]
  > evolution = all
  > EOF
  $ echo a > a
  $ hg commit -qAm a -d '0 0'
  $ id=$(hg log -r 0 -T '{node}')
  $ hg update -q null
  $ hg debugobsolete -q -d '0 0' $id
  $ hg log -r "_hexlist('$id')" -T '{rev}\n'
  abort: 00changelog@cb9a9f314b8b07ba71012fcdbc544b5a4d82ff5b: filtered node
  [255]
  $ hg log --hidden -r "_hexlist('$id')" -T '{rev}\n'
  0

The end of a range without a start is not looked for

  $ hg log --hidden -r "none():followlines('a', 5:99, startrev=0)"
