//! From run results to what the reader sees: pure functions, one after the other.

use flow::Profile;
use ledger::{Entry, Measurement, Register};

use crate::figure::{Figure, FigureError};
use crate::{Context, Device, Failure, Section, TableError, Tables};

/// Everything a section hands over.
#[derive(Debug)]
pub struct Produced {
    /// Its tables.
    pub tables: Tables,
    /// Its figures, drawn: name and SVG.
    pub figures: Vec<(String, String)>,
    /// Its measurements, as the section made them.
    pub measurements: Vec<Measurement>,
    /// Its rows of the ledger, judged.
    pub entries: Vec<Entry>,
}

/// Results that cannot be turned into tables, figures or measurements.
#[derive(Debug, thiserror::Error)]
pub enum ProduceError {
    /// A table or figure.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A figure that cannot be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// A measurement of something nobody claims.
    #[error("Section {section} measures `{claim}`, which the register of claims does not have")]
    UnknownClaim {
        /// The measuring section.
        section: &'static str,
        /// The claim's id.
        claim: String,
    },
    /// A claim measured twice by the same section.
    #[error("Section {section} measures `{claim}` twice")]
    MeasuredTwice {
        /// The measuring section.
        section: &'static str,
        /// The claim's id.
        claim: String,
    },
}

/// Makes tables, figures and judged measurements from a section's run results.
///
/// # Errors
/// [`ProduceError`].
pub fn produce<S: Section>(
    params: &S::Params,
    outcomes: &[(S::Run, S::Outcome)],
    register: &Register,
) -> Result<Produced, ProduceError> {
    let tables = S::tables(params, outcomes)?;
    let figures = drawn(&S::figures(&tables)?)?;
    let measurements = S::claims(&tables)?;
    let mut entries: Vec<Entry> = Vec::with_capacity(measurements.len());
    for measurement in &measurements {
        let claim = measurement.claim.clone();
        if entries.iter().any(|entry| entry.id == claim) {
            return Err(ProduceError::MeasuredTwice { section: S::NUMBER, claim });
        }
        match register.claim(&claim) {
            Some(stated) => entries.push(Entry::measured(stated, measurement, S::NUMBER)),
            None => return Err(ProduceError::UnknownClaim { section: S::NUMBER, claim }),
        }
    }
    Ok(Produced { tables, figures, measurements, entries })
}

fn drawn(figures: &[Figure]) -> Result<Vec<(String, String)>, ProduceError> {
    let mut drawings: Vec<(String, String)> = Vec::with_capacity(figures.len());
    for figure in figures {
        if drawings.iter().any(|(name, _)| name == figure.name()) {
            return Err(TableError::Twice { what: "figure", name: figure.name().to_owned() }.into());
        }
        drawings.push((figure.name().to_owned(), figure.draw()?));
    }
    Ok(drawings)
}

/// A section's parameters with each of its runs and what it gave.
pub type Computed<S> = (<S as Section>::Params, Vec<(<S as Section>::Run, <S as Section>::Outcome)>);

/// Computes all runs of a profile here and now, without a cache: for tests.
///
/// # Errors
/// The first run that fails.
pub fn compute<S: Section>(profile: Profile, seed: u64) -> Result<Computed<S>, Failure> {
    let params = S::params(profile);
    S::check(&params)?;
    let context = Context { device: S::device(Device::Cpu), ..Context::bare(seed) };
    let execute = |run: S::Run| S::execute(&run, &context, &|_, _| {}).map(|outcome| (run, outcome));
    let all = |runs: Vec<S::Run>| runs.into_iter().map(execute).collect::<Result<Vec<_>, Failure>>();
    let mut outcomes = all(S::runs(&params))?;
    outcomes.extend(all(S::further(&params, &outcomes))?);
    Ok((params, outcomes))
}
