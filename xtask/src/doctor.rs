//! In the making.
#[derive(clap::Args, Debug)]
pub struct Args {}
pub fn doctor(_: &Args) -> crate::Outcome { Ok(0) }
