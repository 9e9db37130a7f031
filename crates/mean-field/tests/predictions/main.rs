//! The predictions of `mean-field` against values computed elsewhere (`tests/oracle`), closed forms of special cases,
//! and the properties that the paper states.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its input has failed")]

mod beyond;
mod cosine_map;
mod gradients;
mod iterates;
mod oracle;
mod quadratures;
mod samples;
mod signs;
mod single_units;
