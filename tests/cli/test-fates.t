What became of obsolete changesets, as templates tell it

  $ hg init fates
  $ cd fates
  $ cat >> .hg/hgrc <<EOF
  > [experimental]
  > evolution = createmarkers, allowunstable
  > EOF
  $ for i in 0 1 2 3 4 5 6 7; do
  >   hg update -q null
  >   echo $i > f$i
  >   hg commit -qAm "add $i" -d '0 0' -u test
  > done
  $ id() { hg log --hidden -r $1 -T '{node}'; }
  $ mark() { hg --hidden debugobsolete -q -d '1 0' -u "$@" 2> /dev/null; }
  $ hg update -q 0

Each pruning is a fate of its own

  $ mark one $(id 1)
  $ mark two $(id 1)
  $ hg log --hidden -r 1 -T '{obsfate % "{fate}\n"}' | sort
  pruned by one
  pruned by two
  $ hg log --hidden -r 1 -T '{succsandmarkers % "{obsfateusers(markers)}\n"}' | sort
  one
  two

Sets of successors

  $ mark one $(id 3) $(id 0)
  $ mark two $(id 3) $(id 2)
  $ hg log --hidden -r 3 -T '{successorssets}\n'
  2:7fedfc0551c6; 0:79906e4708a7

What was pruned later does not count

  $ mark one $(id 4) $(id 5)
  $ mark two $(id 5)
  $ hg --hidden bookmark -q -r 4 four 2> /dev/null
  $ hg log -r 4 -T '{obsfate}\n'
  pruned
  $ mark one $(id 6) $(id 7) $(id 2)
  $ mark two $(id 7)
  $ hg --hidden bookmark -q -r 6 six 2> /dev/null
  $ hg log -r 6 -T '{obsfate}\n'
  rewritten as 2:7fedfc0551c6 by one

The first and the last date

  $ hg --hidden debugobsolete -q -d '987654300 0' -u one $(id 2) $(id 0) 2> /dev/null
  $ hg --hidden debugobsolete -q -d '1234567890 0' -u two $(id 2) $(id 0) 2> /dev/null
  $ hg log --hidden -r 2 -T '{succsandmarkers % "{min(obsfatedate(markers))|shortdate} {max(obsfatedate(markers))|shortdate}\n"}'
  2001-04-19 2009-02-13
