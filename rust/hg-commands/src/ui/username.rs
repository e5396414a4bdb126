//! Who the user is.
