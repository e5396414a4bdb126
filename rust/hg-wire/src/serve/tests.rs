use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_store::{InitOptions, OpenOptions};

use super::*;

/// What the server of an empty repository answers to `request`.
fn answer(request: &[u8]) -> (Vec<u8>, Result<()>) {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path().join("repo");
    let repo = Repo::init(&root, OpenOptions::default(), &InitOptions::default()).expect("made");
    let lookup: Lookup = Arc::new(crate::lookup::symbol);
    let server = Server {
        repo: &repo,
        lookup,
        client: Vec::new(),
        transport: Transport::Ssh,
        flush: &Vec::new,
    };
    let mut out = Vec::new();
    let result = server.run(&mut &request[..], &mut out);
    (out, result)
}

#[test]
fn unknown_commands_get_an_empty_answer_and_empty_ones_end_it() {
    let (out, result) = answer(b"nonsense\nheads\n\nheads\n");
    result.expect("a clean end");
    assert_eq!(out.as_bstr(), "0\n41\n0000000000000000000000000000000000000000\n");
}

#[test]
fn the_handshake_tells_what_the_server_can_do() {
    let null = "0".repeat(40);
    let request = format!("hello\nbetween\npairs 81\n{null}-{null}");
    let (out, result) = answer(request.as_bytes());
    result.expect("a clean end");
    assert!(out.contains_str("\ncapabilities: batch branchmap bundle2=HG20%0A"));
    assert!(out.ends_with_str(" unbundlehash\n1\n\n"));
}

#[test]
fn batches_answer_in_order() {
    let (out, result) = answer(b"batch\n* 0\ncmds 27\nlookup key=null;known nodes");
    assert!(result.is_err());
    assert!(out.is_empty());
    let (out, result) = answer(b"batch\n* 0\ncmds 28\nlookup key=x:cy;known nodes=");
    result.expect("a clean end");
    assert_eq!(out.as_bstr(), "27\n0 unknown revision 'x:cy'\n;");
}

#[test]
fn hostile_requests_end_the_connection() {
    for request in [
        &b"known\nnodes 99999999999\n"[..],
        b"known\nfoo 1\nx",
        b"lookup\nkey 10\nx",
        b"batch\n* 0\ncmds 10\nunbundle x",
        b"batch\n* 0\ncmds 6\nbatch ",
        b"getbundle\n* 99999999\n",
        b"branches\nnodes 3\nabc",
        b"between\npairs 3\na-b",
    ] {
        assert!(answer(request).1.is_err(), "{}", request.as_bstr());
    }
}

#[test]
fn payloads_that_are_no_bundles_are_refused() {
    let (out, result) = answer(b"unbundle\nheads 10\n666f7263655\nhello0\n");
    result.expect("a clean end");
    assert_eq!(out.as_bstr(), "0\n0\n1\n0");
    let (out, _) = answer(b"unbundle\nheads 40\n1111111111111111111111111111111111111111");
    assert!(out.ends_with_str("please try again"));
}
