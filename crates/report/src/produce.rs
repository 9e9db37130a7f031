//! From run results to what the reader sees: pure functions, one after the other.

use experiment::{Context, Device, Experiment, ExperimentError, Parameters, Profile, Seeds};
use ledger::{Entry, Measurement, Register};

use crate::figure::{Figure, FigureError};
use crate::{Section, TableError, Tables};

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
    /// A section, by its number, that measures a claim, by its id, which nobody states or which it has measured already.
    #[error("Section {0} measures `{1}`{2}")]
    Claim(&'static str, String, &'static str),
}

/// Makes tables, figures and judged measurements from a section's run results.
///
/// # Errors
/// [`ProduceError`].
pub fn produce<E: Experiment>(
    section: &Section<E>,
    params: &E::Params,
    outcomes: &[(E::Run, E::Outcome)],
    register: &Register,
) -> Result<Produced, ProduceError> {
    let tables = (section.tables)(params, outcomes)?;
    let figures = drawn(&(section.figures)(&tables)?)?;
    let (measurements, entries) = judged(section, &tables, register)?;
    Ok(Produced { tables, figures, measurements, entries })
}

/// What a section's tables, made now or read from a record, say of the claims: its measurements, and its rows of the
/// ledger.
///
/// # Errors
/// [`ProduceError`].
pub fn judged<E: Experiment>(
    section: &Section<E>,
    tables: &Tables,
    register: &Register,
) -> Result<(Vec<Measurement>, Vec<Entry>), ProduceError> {
    let measurements = (section.claims)(tables, register)?;
    let entries = rows(section.number, &measurements, register)?;
    Ok((measurements, entries))
}

/// The rows of the ledger that measurements make.
fn rows(
    section: &'static str,
    measurements: &[Measurement],
    register: &Register,
) -> Result<Vec<Entry>, ProduceError> {
    let mut entries: Vec<Entry> = Vec::with_capacity(measurements.len());
    for measurement in measurements {
        let claim = measurement.claim.clone();
        if entries.iter().any(|entry| entry.id == claim) {
            return Err(ProduceError::Claim(section, claim, " twice"));
        }
        match register.claim(&claim) {
            Some(stated) => entries.push(Entry::measured(stated, measurement, section)),
            None => {
                let why = ", which the register of claims does not have";
                return Err(ProduceError::Claim(section, claim, why));
            }
        }
    }
    Ok(entries)
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
pub type Computed<E> = (<E as Experiment>::Params, Vec<(<E as Experiment>::Run, <E as Experiment>::Outcome)>);

/// Computes all runs of a profile here and now, as the section's program would, and stores none: for tests.
///
/// # Errors
/// The first run that fails.
pub fn compute<E: Experiment>(
    section: &Section<E>,
    profile: Profile,
    seed: u64,
) -> Result<Computed<E>, ExperimentError> {
    let params = E::Params::of(profile);
    E::check(&params)?;
    let seeds = Seeds::new(section.name, seed);
    let context = Context { device: E::device(Device::Cpu), seeds, ..Context::bare(seed) };
    let execute = |run: E::Run| E::execute(&run, &context, &|_, _| {}).map(|outcome| (run, outcome));
    let all = |runs: Vec<E::Run>| runs.into_iter().map(execute).collect::<Result<Vec<_>, ExperimentError>>();
    let mut outcomes = all(E::runs(&params))?;
    outcomes.extend(all(E::further(&params, &outcomes))?);
    Ok((params, outcomes))
}
