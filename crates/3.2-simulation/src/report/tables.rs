//! Tables of Section 3.2.

mod averaging;
mod finite_width;
mod limit;
mod others;

use report::{TableError, Tables};

use crate::experiment::params::Params;
use crate::experiment::runs::{Averaging, Distribution, FiniteWidth, Growth, InputCosines, Outcome, Run};

/// All tables from the run results.
pub fn tables(_: &Params, outcomes: &[(Run, Outcome)]) -> Result<Tables, TableError> {
    let found = Found::of(outcomes);
    Tables::of([
        finite_width::protocol(&found)?,
        finite_width::ratio(&found)?,
        finite_width::prediction(&found)?,
        finite_width::finite_width(&found)?,
        finite_width::moments(&found)?,
        limit::limit(&found)?,
        finite_width::inner_product(&found)?,
        finite_width::inner_product_average(&found)?,
        finite_width::engines(&found)?,
        averaging::self_averaging(&found)?,
        averaging::averaging_exponents(&found)?,
        averaging::input_cosine(&found)?,
        averaging::input_gap(&found)?,
        averaging::input_exponents(&found)?,
        others::gamma(&found)?,
        others::gamma_slopes(&found)?,
        others::distributions(&found)?,
        others::units(&found)?,
        others::pooled(&found)?,
    ])
}

/// The outcomes by kind, in the order of the runs.
#[derive(Default)]
struct Found<'a> {
    protocol: Vec<&'a FiniteWidth>,
    other_engine: Option<&'a FiniteWidth>,
    early: Vec<&'a FiniteWidth>,
    ladder: Vec<&'a FiniteWidth>,
    averaging: Vec<(u64, u64, &'a Averaging)>,
    inputs: Vec<(u64, u64, &'a InputCosines)>,
    gammas: Vec<(f64, u64, &'a Growth)>,
    distributions: Option<(u64, &'a [Distribution])>,
}

impl<'a> Found<'a> {
    fn of(outcomes: &'a [(Run, Outcome)]) -> Self {
        let mut found = Self::default();
        for pair in outcomes {
            match pair {
                (Run::Protocol { .. }, Outcome::FiniteWidth(of)) => found.protocol.push(of),
                (Run::OtherEngine { .. }, Outcome::FiniteWidth(of)) => found.other_engine = Some(of),
                (Run::Early(_), Outcome::FiniteWidth(of)) => found.early.push(of),
                (Run::Ladder(_), Outcome::FiniteWidth(of)) => found.ladder.push(of),
                (Run::Averaging(ran), Outcome::Averaging(of)) => {
                    found.averaging.push((ran.width as u64, ran.networks as u64, of));
                }
                (Run::Inputs { sets, .. }, Outcome::Inputs(of)) => {
                    found.inputs.push((sets.width as u64, sets.networks as u64, of));
                }
                (Run::Gamma(ran), Outcome::Gamma(of)) => {
                    found.gammas.push((ran.gamma, ran.networks as u64, of));
                }
                (Run::Distributions { pool, .. }, Outcome::Distributions(of)) => {
                    found.distributions = Some((pool.width as u64, of));
                }
                _ => {}
            }
        }
        found
    }
}
