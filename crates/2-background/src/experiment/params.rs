//! Parameters of Section 2.

use ensemble::{Engine, InputLaw};
use experiment::Count;
use serde::{Deserialize, Serialize};

use crate::experiment::groups;

/// Which networks are drawn, and how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Laws of the independent input elements, each of mean square 1.
    pub laws: Vec<InputLaw>,
    /// Units per layer (n).
    pub widths: Vec<Count<4, 1_000_000>>,
    /// Layers of the deepest networks (L). Narrow networks are followed only as far as their average over networks
    /// decides anything: see [`decisive_depth`](crate::experiment::runs::decisive_depth).
    pub depth: Count<1, 10_000>,
    /// Networks of the width that spreads least, for each law. Of the others as many more are drawn as they spread
    /// more.
    pub networks: Count<3, 10_000_000>,
    /// Input vectors of each network (T).
    pub samples: Count<{ groups::FEWEST }, 10_000>,
    /// How the weights are sampled.
    pub engine: Engine,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("laws", "laws of the inputs: a list of normal, uniform, sign, half_normal"),
    ("widths", "units per layer: a list of numbers from 4 to 1000000"),
    ("depth", "layers of the deepest networks, 1 to 10000"),
    ("networks", "networks of the widest kind for each law, 3 to 10000000; more of narrower ones"),
    ("samples", "input vectors per network, 5 to 10000: three groups, for the three terms of Eq. 5"),
    ("engine", "how weights are sampled: exact or direct"),
];

/// The sizes that share all laws and the exact engine.
fn of(widths: &[Count<4, 1_000_000>], depth: Count<1, 10_000>, networks: Count<3, 10_000_000>) -> Params {
    Params {
        laws: InputLaw::ALL.to_vec(),
        widths: widths.to_vec(),
        depth,
        networks,
        // Eight samples fill the vector registers: fewer cost as much.
        samples: Count::of(8),
        engine: Engine::Exact,
    }
}

/// A first look: as deep as the paper's Fig. 1, with as many networks as the claims need to be decided.
pub fn quick() -> Params {
    of(&[Count::of(100), Count::of(300), Count::of(1000)], Count::of(50), Count::of(700))
}

/// The same with one width more and smaller errors.
pub fn paper() -> Params {
    of(&[Count::of(100), Count::of(300), Count::of(1000), Count::of(3000)], Count::of(50), Count::of(2000))
}

/// For tests.
pub fn smoke() -> Params {
    of(&[Count::of(30), Count::of(100)], Count::of(5), Count::of(400))
}

/// What no single parameter can check: lists that are empty or name something twice.
///
/// # Errors
/// What is wrong, naming the parameter.
pub fn check(params: &Params) -> Result<(), String> {
    distinct("laws", &params.laws)?;
    distinct("widths", &params.widths)
}

fn distinct<T: PartialEq + std::fmt::Display>(name: &str, list: &[T]) -> Result<(), String> {
    if list.is_empty() {
        return Err(format!("`{name}` is empty: it needs at least one entry"));
    }
    match list.iter().enumerate().find(|(index, entry)| list[..*index].contains(entry)) {
        Some((_, entry)) => Err(format!("`{name}` has {entry} twice")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_repeated_lists_are_refused() {
        assert_eq!(check(&quick()), Ok(()));
        let none = Params { laws: Vec::new(), ..quick() };
        assert!(check(&none).unwrap_err().contains("`laws` is empty"));
        let twice = Params { widths: vec![Count::of(100), Count::of(100)], ..quick() };
        assert_eq!(check(&twice), Err("`widths` has 100 twice".to_owned()));
    }
}
