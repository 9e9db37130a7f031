//! Parameters of Section {{number}}.

use experiment::Count;
use serde::{Deserialize, Serialize};

/// What is computed, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Layers followed.
    pub depth: Count<2, 100_000>,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[("depth", "layers followed, 2 to 100000")];

/// Full size.
pub const FULL: Params = Params { depth: Count::of(50) };

/// For tests.
pub const SMOKE: Params = Params { depth: Count::of(20) };
