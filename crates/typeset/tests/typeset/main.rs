//! Typesetting from end to end, on a small workspace in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod errors;
mod paper;
mod print;
mod workspace;
