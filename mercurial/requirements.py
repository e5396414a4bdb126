"""Names of the features that a repository needs.

Public: everything.
"""

from __future__ import annotations

GENERALDELTA_REQUIREMENT = b"generaldelta"
DOTENCODE_REQUIREMENT = b"dotencode"
STORE_REQUIREMENT = b"store"
FNCACHE_REQUIREMENT = b"fncache"
DIRSTATE_V2_REQUIREMENT = b"dirstate-v2"
TREEMANIFEST_REQUIREMENT = b"treemanifest"
NARROW_REQUIREMENT = b"narrowhg-experimental"
SPARSE_REQUIREMENT = b"exp-sparse"
INTERNAL_PHASE_REQUIREMENT = b"internal-phase"
ARCHIVED_PHASE_REQUIREMENT = b"exp-archived-phase"
SHARED_REQUIREMENT = b"shared"
RELATIVE_SHARED_REQUIREMENT = b"relshared"
SHARESAFE_REQUIREMENT = b"share-safe"
REVLOGV1_REQUIREMENT = b"revlogv1"
REVLOGV2_REQUIREMENT = b"exp-revlogv2.2"
CHANGELOGV2_REQUIREMENT = b"exp-changelog-v2"
SPARSEREVLOG_REQUIREMENT = b"sparserevlog"
NODEMAP_REQUIREMENT = b"persistent-nodemap"
BOOKMARKS_IN_STORE_REQUIREMENT = b"bookmarksinstore"
COPIESSDC_REQUIREMENT = b"exp-copies-sidedata-changeset"
