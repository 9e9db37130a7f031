//! In the making.
#[derive(clap::Args, Debug)]
pub struct Args {}
pub fn new_section(_: &Args) -> crate::Outcome { Ok(0) }
