//! The small files of a repository.
#![no_main]

use hg_format::{
    bookmarks, branch_cache, filelog, fncache, journal, mergestate, percent, phase_roots,
    rebase_state, requirements, rev_branch_cache, substate, tags,
};
use hg_types::Node;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (marks, _) = bookmarks::decode(data);
    assert_eq!(bookmarks::decode(&bookmarks::encode(&marks)).0, marks, "bookmarks round-trip");
    let _ = (branch_cache::decode(data), branch_cache::decode_key(data));
    let _ = (phase_roots::decode(data), requirements::decode(data));
    let _ = (journal::decode(data), journal::decode_backups(data));
    let _ = (mergestate::decode_records(data), mergestate::MergeStateRecords::decode(data));
    let _ = mergestate::MergeStateRecords::decode_v1(data);
    if let Ok(names) = fncache::decode(data) {
        assert_eq!(fncache::encode(&names), data, "name caches round-trip");
    }
    if let Some(state) = rebase_state::RebaseState::decode(data) {
        let again = rebase_state::RebaseState::decode(&state.encode());
        assert_eq!(again.as_ref(), Some(&state), "rebase states round-trip");
    }
    if let Ok(states) = substate::decode(data) {
        let pairs = states.iter().map(|(path, revision)| (path.as_bytes(), &revision[..]));
        let again = substate::decode(&substate::encode(pairs));
        assert_eq!(again.as_ref(), Ok(&states), "states of subrepositories round-trip");
    }
    assert_eq!(percent::unquote(&percent::quote(data, b"")), data, "quoting round-trips");
    let _ = percent::unquote(data);
    let at = data.len();
    let _ =
        (rev_branch_cache::decode(data, at / 9, &Node::NULL), rev_branch_cache::decode_names(data));
    let _ = (tags::decode_lines(data).count(), tags::decode_cache(data));
    let _ = tags::decode_fnode(data, at / 25, &Node::NULL);
    let text = filelog::FileText::decode(data);
    let _ = (text.pairs().count(), text.copy(), text.is_censored());
});
