Values that an alias puts in stay whole words.

  $ hg init r && cd r && echo a > a && hg commit -qAm 'a change' -d '0 0'
  $ printf '[alias]\nshow = log -r $1 -T $2\nnear = log -r $1 -T "<$2>\\n"\n' >> .hg/hgrc
  $ hg show 0 '{rev}\n'
  0
  $ hg show '0 or 0' 'x y "{rev}"\n'
  x y "0"
  $ hg near 0 '{desc} {rev}'
  <a change 0>
  $ hg show 0
  abort: too few arguments for command alias
  [255]
