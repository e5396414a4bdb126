What is said of tracked files when something else is in the place of their directory, or of them.

  $ hg init repo
  $ cd repo
  $ mkdir dir ign
  $ echo f > dir/f
  $ echo g > dir/g
  $ echo i > ign/i
  $ echo a > a
  $ printf 'syntax: glob\nign\n' > .hgignore
  $ hg add -q
  $ hg add -q ign/i
  $ hg commit -qm 0 -d '0 0'
  $ touch -t 202001010000 dir/* ign/i a
  $ hg status

A file in the place of a directory hides what was below when it is named itself, together with
other files only; a directory among the names has everything looked for.

  $ mv dir gone
  $ echo x > dir
  $ hg status dir
  ? dir
  $ hg status dir a
  ? dir
  $ hg status dir ign
  ! dir/f
  ! dir/g
  ? dir
  $ hg remove dir
  not removing dir: file is untracked
  [1]
  $ hg remove dir/f
  abort: Not a directory: '*/repo/dir/f' (glob)
  [255]
  $ hg revert dir/f
  abort: Not a directory: '*/repo/dir/f' (glob)
  [255]
  $ hg files -v dir
  abort: Not a directory: '*/repo/dir/f' (glob)
  [255]

Behind a link, files are missing for whoever lists what is unknown; others look through it.

  $ rm dir
  $ ln -s gone dir
  $ hg status
  ! dir/f
  ! dir/g
  ? dir
  ? gone/f
  ? gone/g
  $ hg status -mard
  $ hg commit -m x
  nothing changed
  [1]
  $ rm dir
  $ mv gone dir

In an ignored directory whatever is in the place of a file counts as the file, changed.

  $ rm ign/i a
  $ mkdir ign/i a
  $ hg status
  M ign/i
  ! a
  $ hg status -d
  ! a
  ! ign/i
  $ hg revert a
  abort: Is a directory: '*/repo/a' (glob)
  [255]

Names are relative to the current directory when patterns are arguments, not with -I and -X.

  $ cd dir
  $ rm f
  $ hg status -d f
  ! f
  $ hg status -d -I f
  ! dir/f

A copy whose file is missing still tells its source.

  $ cd ..
  $ hg copy dir/g c
  $ rm c
  $ hg status -C c
  ! c
    dir/g

Templates know the size of each file.

  $ hg status -C -T '{status} {path} {size}\n' .hgignore -A
  C .hgignore 17
  $ hg manifest -T '{path} {size}\n' -r 0
  .hgignore 17
  a 2
  dir/f 2
  dir/g 2
  ign/i 2

Against another revision, what a file took the place of is as in the parent, whatever was to be done with it.

  $ hg init ../other
  $ cd ../other
  $ mkdir y f
  $ echo 1 | tee y/old y/gone x f/A > y/same
  $ hg commit -qAm 0 -d '0 0'
  $ echo 2 > y/old
  $ hg commit -qm 1 -d '0 0'
  $ echo n > y/new
  $ hg add -q y/new
  $ hg remove y/gone
  $ rm -r y
  $ echo z > y
  $ hg status --rev 0 path:y
  M y/old
  ? y
  $ hg status -A --rev 0 path:y path:x
  M y/old
  ? y
  C x
  C y/gone
  C y/same

A directory in the place of a file in a directory that is no name counts as the file where unknown files are
listed only.

  $ rm x
  $ mkdir x
  $ hg status -id path:f/A rootfilesin:.
  ! x
  $ hg status -id --rev 0 path:f/A rootfilesin:.
  ! x
  $ hg status -ud --rev 0 path:f/A rootfilesin:.

A directory that is named with path: is looked into behind a link and in another repository, but nothing is
removed there.

  $ cd ..
  $ hg init third
  $ cd third
  $ mkdir -p d/e
  $ echo 1 | tee d/e/x > d/y
  $ hg commit -qAm 0 -d '0 0'
  $ touch -t 202001010000 d/e/x d/y
  $ hg status
  $ echo u > d/e/u
  $ mv d q
  $ ln -s q d
  $ hg status -A path:d/e
  ? d/e/u
  C d/e/x
  $ hg status path:d
  ? d
  $ hg status d/e
  abort: path 'd/e' traverses symbolic link 'd'
  [255]
  $ rm d
  $ mv q d
  $ hg init d
  $ hg status path:d/e
  ? d/e/u
  $ rm d/e/x
  $ hg purge -q path:d/e
  $ ls d/e
  u

Behind a link that leads to itself, nothing is there.

  $ hg init ../fourth
  $ cd ../fourth
  $ mkdir d
  $ echo 1 > d/x
  $ hg commit -qAm 0 -d '0 0'
  $ rm -r d
  $ ln -s d d
  $ hg status -A path:d/x
  ! d/x
  $ hg status path:d/x/y
  d/x/y: Too many levels of symbolic links
  $ hg forget path:d/x
  $ hg status
  R d/x
  ? d

Below a file that was added in a directory's place, there is nothing of another revision either.

  $ hg init ../fifth
  $ cd ../fifth
  $ echo 0 > a
  $ hg commit -qAm 0 -d '0 0'
  $ mkdir y
  $ echo 1 > y/d
  $ hg commit -qAm 1 -d '1 0'
  $ hg remove y/d
  $ echo z > y
  $ hg add y
  $ hg status -A --rev 0 path:y
  A y
