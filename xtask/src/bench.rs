//! In the making.
#[derive(clap::Args, Debug)]
pub struct Args {}
pub fn bench(_: &Args) -> crate::Outcome { Ok(0) }
