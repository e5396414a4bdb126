What is in the caches of node ids and manifests

  $ export HGUSER=test
  $ hg init repo
  $ cd repo
  $ for i in 1 2 3 4 5; do
  >   echo $i > f$i
  >   hg commit -qAm "add $i" -d '0 0'
  > done

The shape of the tree of node ids

  $ hg debugindexstats | grep -v 'lookups\|misses'
  node trie capacity: 2
  node trie count: 2
  node trie depth: 1
  node trie last rev scanned: -1
  node trie splits: 1
  revs in memory: 5
  $ hg debugindexstats more
  hg debugindexstats: invalid arguments
  hg debugindexstats
  
  show stats related to the changelog index
  
  (use 'hg debugindexstats -h' to show more help)
  [255]
  $ hg init ../empty
  $ hg debugindexstats -R ../empty | grep -v 'lookups\|misses'
  node trie capacity: 4
  node trie count: 1
  node trie depth: 0
  node trie last rev scanned: 0
  node trie splits: 0
  revs in memory: 0

Manifests go to the front when they are added; four stay

  $ hg debugmanifestfulltextcache --clear
  $ hg debugmanifestfulltextcache
  cache empty
  $ hg debugmanifestfulltextcache --add 0
  $ hg debugmanifestfulltextcache -a 1 -a 2 --add 3
  $ hg debugmanifestfulltextcache -a -1 -a 000000000000
  $ hg debugmanifestfulltextcache
  cache contains 4 manifest entries, in order of most to least recent:
  id: 397927433f18f16a5a22ad710c84cfe981b0f06a, size 220 bytes
  id: 91df9e4574ca140efbcb4359961e7a1ca0d66654, size 176 bytes
  id: de15c33ebe3f0d09c6a9f3f59a35dfa5f2e37fd1, size 132 bytes
  id: abea233454aa3a3946ebf92b277255dc3ab01185, size 88 bytes
  total cache data size 712 bytes, on-disk 712 bytes
  $ hg debugmanifestfulltextcache -a 2
  $ hg debugmanifestfulltextcache
  cache contains 4 manifest entries, in order of most to least recent:
  id: de15c33ebe3f0d09c6a9f3f59a35dfa5f2e37fd1, size 132 bytes
  id: 397927433f18f16a5a22ad710c84cfe981b0f06a, size 220 bytes
  id: 91df9e4574ca140efbcb4359961e7a1ca0d66654, size 176 bytes
  id: abea233454aa3a3946ebf92b277255dc3ab01185, size 88 bytes
  total cache data size 712 bytes, on-disk 712 bytes

What is behind the last whole one is not read

  $ printf 'short' >> .hg/wcache/manifestfulltextcache
  $ hg debugmanifestfulltextcache | tail -n 1
  total cache data size 712 bytes, on-disk 717 bytes

Names of manifests

  $ hg debugmanifestfulltextcache -a 77
  abort: 00manifest@77: no match found
  (Check your manifest node id)
  [255]
  $ hg debugmanifestfulltextcache -a ''
  abort: 00manifest@: ambiguous identifier
  (Check your manifest node id)
  [255]
  $ hg debugmanifestfulltextcache -a tip
  abort: 00manifest@tip: no match found
  (Check your manifest node id)
  [255]
  $ hg debugmanifestfulltextcache 1 2> /dev/null > /dev/null
  [255]
