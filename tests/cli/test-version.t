The version line is the one that scripts and extensions parse.

  $ hg version -q
  Mercurial Distributed SCM (version *) (glob)
