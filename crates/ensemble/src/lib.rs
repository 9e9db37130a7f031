#![doc = include_str!("../derivation.md")]

mod backward;
mod check;
mod config;
mod direct;
mod ensemble;
mod error;
mod exact;
mod forward;
mod layout;
mod linear;
mod name;
mod normalisation;
mod observables;
mod observation;
mod parallel;
mod plan;
mod random;
mod record;
mod scratch;
mod sums;
mod tape;
#[cfg(test)]
mod tests;
mod units;
mod weight_law;
mod weights;

pub use config::{Config, Engine, InputLaw, Normalisation, SCALE_EPSILON};
pub use ensemble::Ensemble;
pub use error::{Bytes, ConfigError, EnsembleError};
pub use observables::{Observables, Through, Watch};
pub use record::{Layer, Network, Pairs, Record, Totals};
pub use weight_law::WeightLaw;
