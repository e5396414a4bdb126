The text in the editor is the user's template, the most special one first.

  $ hg init r
  $ cd r
  $ cat >> .hg/hgrc <<'EOF'
  > [committemplate]
  > changeset = {desc}\n\nHG: {extramsg}\n{files_of}
  > changeset.commit.normal = {if(desc, "{desc}\n")}HG: {author} on {branch}\n{files_of}HG: {count(splitlines(diff()))} lines\n
  > changeset.commit.normal.normal =
  > changeset.tag = HG: tagging\n{desc}\n
  > files_of = {file_adds % "HG: A {file}\n"}{file_mods % "HG: M {file}\n"}{file_dels % "HG: R {file}\n"}
  > EOF
  $ echo a > a
  $ echo b > b
  $ hg add a b
  $ HGEDITOR=cat hg commit -d '0 0' -m first -e a
  first
  HG: test on default
  HG: A a
  HG: 5 lines
  $ HGEDITOR=cat hg commit -q -d '0 0' --amend -e
  first
  
  HG: Leave message empty to abort commit.
  HG: A a
  HG: A b
  $ HGEDITOR=cat hg tag -d '0 0' -e v1
  HG: tagging
  Added tag v1 for changeset 3f1a5b54d40a

What nobody has written is no message.

  $ echo c > c
  $ hg add c
  $ HGEDITOR=true hg commit --config committemplate.changeset.commit='something\n'
  abort: empty commit message
  [255]
  $ HGEDITOR=true hg commit --config committemplate.changeset.commit.normal='something\n'
  abort: commit message unchanged
  [255]

Everything below the line with the scissors is cut off, if it stands alone.

  $ cat > cut.sh <<'EOF'
  > printf 'x\nHG: ------------------------ >8 ------------------------ no\ny\nHG: ------------------------ >8 ------------------------\nz\n' > $1
  > EOF
  $ HGEDITOR='sh cut.sh' hg commit
  $ hg log -r . -T '{desc}\n'
  x
  y
