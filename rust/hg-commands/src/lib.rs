//! Commands, dispatch, help, user interface: everything between argv and the library.

pub mod spec;
