//! Tests of the store against the oracle; skipped where there is none.

#[path = "runner/hostile.rs"]
mod hostile;
#[path = "runner/layout.rs"]
mod layout;
#[path = "runner/oracle.rs"]
mod oracle;
#[path = "runner/paths.rs"]
mod paths;
#[path = "runner/transactions.rs"]
mod transactions;
#[path = "runner/views.rs"]
mod views;
