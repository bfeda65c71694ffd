//! The `ganjiang` command.
fn main() {}
