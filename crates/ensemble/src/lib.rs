#![doc = include_str!("../derivation.md")]

mod backward;
mod check;
mod description;
mod direct;
mod ensemble;
mod exact;
mod failure;
mod forward;
mod layout;
mod linear;
mod name;
mod observe;
mod observed;
mod parallel;
mod plan;
mod random;
mod record;
mod scratch;
mod setting;
mod sums;
mod tape;
#[cfg(test)]
mod tests;
mod units;
mod weights;

pub use description::{Description, Engine, InputLaw, SCALE_EPSILON, Setting};
pub use direct::WeightDevice;
pub use ensemble::Ensemble;
pub use failure::{Bytes, Failure, Refused};
pub use name::UnknownName;
pub use observe::{Observe, Through, Watch};
pub use record::{Layer, Network, Pairs, Record, Totals};
