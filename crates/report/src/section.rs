//! What a section of the paper is: its experiments, and three pure functions from their outcomes to what a reader sees.

use experiment::{Device, Experiment};
use ledger::{Claim, Measurement, Register};

use crate::figure::Figure;
use crate::{TableError, Tables};

/// The runs of an experiment with what each gave.
pub type Outcomes<E> = [(<E as Experiment>::Run, <E as Experiment>::Outcome)];

/// A section of the paper. Every section crate declares one, from the same rooms: `experiment/` and `report/`.
pub struct Section<E: Experiment> {
    /// Number in the paper, such as `3.1`.
    pub number: &'static str,
    /// Package name, such as `theory`.
    pub name: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Hashes of the sources it was built from, as `workspace::Sources::line` writes them.
    pub sources: &'static str,
    /// The compiler it was built with, `rustc --version`, and behind `with` the flags it was given, if any.
    pub rustc: &'static str,
    /// The device that a run uses of the one asked for, which is part of its key: [`same_for_all`] where runs do not differ.
    pub device: fn(&E::Run, Device) -> Device,
    /// Tables from outcomes.
    pub tables: fn(&E::Params, &Outcomes<E>) -> Result<Tables, TableError>,
    /// Figures from tables.
    pub figures: fn(&Tables) -> Result<Vec<Figure>, TableError>,
    /// Measurements from tables; what other claims state is in the register.
    pub claims: fn(&Tables, &Register) -> Result<Vec<Measurement>, TableError>,
}

impl<E: Experiment> Section<E> {
    /// Name of the folder that holds its files, `<number>-<name>`.
    pub fn folder(&self) -> String {
        crate::program::folder(self.number, self.name)
    }
}

/// The device that every run of a section uses of the one asked for.
pub fn same_for_all<E: Experiment>(_: &E::Run, asked: Device) -> Device {
    E::device(asked)
}

/// What the register has of a claim, for a measurement that refers to the digits of another.
///
/// # Errors
/// When there is no such claim.
pub fn stated<'a>(register: &'a Register, id: &str) -> Result<&'a Claim, TableError> {
    register.claim(id).ok_or_else(|| TableError::content(format!("the register has no claim `{id}`")))
}
