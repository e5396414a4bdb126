//! Exchange: discovery, bundles, changegroups, peers.
