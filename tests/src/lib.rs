//! The product from outside: what the tests share to start the real binary and to talk to it as its users do.
//!
//! - [`alidade`]: the binary as a child process with a data directory of its own;
//! - [`otlp`]: exports in protobuf, made by hand where a test needs to know every id;
//! - [`crash`]: a server that is ended again and again under load, and the account of what it acknowledged;
//! - [`damage`]: a data directory of which it is known which file has which rows, and damage to its files;
//! - [`dice`]: random numbers that depend on a seed alone;
//! - [`pressure`]: a load at full speed that is told to wait and comes again;
//! - [`s3`]: a server of S3;
//! - [`sdk`]: the official Python and Node SDKs, and delta-rs as a reader of the tables;
//! - [`webhook`]: a receiver that verifies signatures;
//! - [`browser`]: Chromium over its DevTools protocol;
//! - [`poll`]: waiting for something to become true, with a deadline.
#![expect(
    clippy::disallowed_methods,
    reason = "tests are programs of their own: they read the environment that `cargo xtask test` sets, and the clock"
)]

pub mod alidade;
pub mod browser;
pub mod crash;
pub mod damage;
pub mod dice;
pub mod otlp;
pub mod poll;
pub mod pressure;
pub mod s3;
pub mod sdk;
pub mod webhook;

pub use alidade::Alidade;
pub use poll::eventually;
