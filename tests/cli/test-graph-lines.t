Graphs with the lines of Unicode, where the terminal can show them.

  $ hg init r && cd r
  $ for i in 0 1; do echo $i > $i; hg commit -qAm $i -d "$i 0"; done
  $ hg update -q 0 && echo 2 > 2 && hg commit -qAm 2 -d '2 0'
  $ hg merge -q 1 && hg commit -m 3 -d '3 0'
  $ cat >> .hg/hgrc <<EOF2
  > [extensions]
  > beautifygraph =
  > EOF2
  $ HGENCODING=UTF-8 hg log -GT '{rev} {graphnode}\n'
  \xe2\x97\x89  3 \xe2\x97\x89 (esc)
  \xe2\x94\x82\xe2\x95\xb2 (esc)
  \xe2\x94\x82 \xe2\x97\x8b  2 \xe2\x97\x8b (esc)
  \xe2\x94\x82 \xe2\x94\x82 (esc)
  \xe2\x97\x8b \xe2\x94\x82  1 \xe2\x97\x8b (esc)
  \xe2\x94\x82\xe2\x95\xb1 (esc)
  \xe2\x97\x8b  0 \xe2\x97\x8b (esc)
  
  $ hg log -GT '{rev}\n' -r 0
  beautifygraph: unsupported encoding, UTF-8 required
  o  0
  
  $ HGPLAIN=1 HGENCODING=UTF-8 hg log -GT '{rev}\n' -r 0
  o  0
  
