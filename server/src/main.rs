//! The binary `alidade`.
fn main() {}
