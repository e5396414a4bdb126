A repository is served, asked, and written to, over HTTP.

  $ hg init served
  $ cd served
  $ echo a > a
  $ hg commit -qAm one -d '0 0'
  $ hg serve -p 0 -a 127.0.0.1 -d --pid-file ../pid -A ../access -E ../errors \
  >   --config web.push_ssl=no --config web.allow-push='*' > ../said
  $ url=$(sed 's/.*bound to \(.*\))/http:\/\/\1/' ../said)
  $ cd ..
  $ hg clone -q $url copy
  $ cd copy
  $ echo b > b
  $ hg commit -qAm two -d '1 0'
  $ hg outgoing -q
  1:b144c83c2da5
  $ hg push | sed 's/:[0-9][0-9]*/:PORT/'
  pushing to http://127.0.0.1:PORT/
  searching for changes
  remote: adding changesets
  remote: adding manifests
  remote: adding file changes
  remote: added 1 changesets with 1 changes to 1 files
  $ hg incoming -q
  [1]
  $ hg identify $url
  b144c83c2da5
  $ hg identify $url/elsewhere
  abort: HTTP Error 404: Not Found
  [255]
  $ hg debugpushkey $url bookmarks mark '' $(hg log -r 0 -T '{node}')
  True
  $ hg debugpushkey $url bookmarks mark nonsense $(hg log -r 1 -T '{node}')
  False
  [1]
  $ hg incoming -B
  comparing with http://*/ (glob)
  searching for changed bookmarks
     mark                      * (glob)
  $ cd ..

What goes on is noted.

  $ sed 's/.*"\(.*\)" \([0-9-]*\) .*/\1 \2/' access | grep -v listkeys | sort -u
  GET /?cmd=batch HTTP/1.1 200
  GET /?cmd=branchmap HTTP/1.1 200
  GET /?cmd=capabilities HTTP/1.1 200
  GET /?cmd=getbundle HTTP/1.1 200
  GET /?cmd=lookup HTTP/1.1 200
  GET /elsewhere?cmd=capabilities HTTP/1.1 404
  POST /?cmd=pushkey HTTP/1.1 200
  POST /?cmd=unbundle HTTP/1.1 200
  $ cat errors
  $ kill $(cat pid)
  $ hg -R served verify -q
  $ hg -R served log -T '{rev} {desc} {phase}\n'
  1 two public
  0 one public

Other ways to serve fail as they should.

  $ hg serve -R served -p nothing
  abort: no port number associated with service 'nothing'
  [255]
  $ hg serve
  abort: there is no Mercurial repository here (.hg not found)
  [255]
  $ hg identify http://127.0.0.1:1/
  abort: error: Connection refused
  [255]
  $ hg identify https://127.0.0.1:1/
  abort: error: Connection refused
  [255]
