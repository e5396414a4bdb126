//! `followlines()`.

use hg_types::{Result, Revision};

use crate::revset::args::{integer, keyword_arguments, parse_error, range, string};

use super::predicates::Call;
use super::smartset::SmartSet;

/// `followlines(file, fromline:toline[, startrev=., descend=False])`
pub(super) fn follow_lines<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let declaration = "file *lines startrev descend";
    let arguments = keyword_arguments(call.arguments, "followlines", declaration)?;
    let [lines] = &arguments.rest[..] else {
        return Err(parse_error("followlines requires a line range"));
    };
    let (first, last) = range(lines, "followlines expects a line number or a range")?;
    let number = |tree| integer(tree, "line range bounds must be integers");
    let (Some(first), Some(last)) = (first.map(number).transpose()?, last.map(number).transpose()?)
    else {
        return Err(parse_error("line range bounds must be integers"));
    };
    let file = arguments.get("file").map(|tree| string(tree, "followlines requires a pattern"));
    let _ = (first, last, file, Revision::NULL);
    Err(hg_types::Error::abort("followlines() is not supported"))
}
