//! Interrupted transactions, undone by the oracle.

