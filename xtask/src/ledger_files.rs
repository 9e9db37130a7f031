//! The ledger on disk: each section's `claims.json`, fresh or from its record, merged against the register.

use std::path::Path;

use experiment::told;
use ledger::{Entry, Register, merge};
use runner::results::{self, SectionResult, State};
use runner::{CommandError, Provenance, atomic};

use crate::sections::Workspace;

/// The register of claims; fails when it is malformed, and the message names line and field.
pub fn register(workspace: &Workspace) -> Result<Register, CommandError> {
    Register::read(&workspace.register()).map_err(|error| {
        CommandError::usage("paper/claims.toml").because(error).advise("its header explains the fields")
    })
}

/// The results that stand below a folder, records filling the gaps, by the number of their section.
pub struct Results(Vec<(String, SectionResult)>);

impl Results {
    /// Looks for them, and warns of folders that look like a result and are none.
    pub fn find(workspace: &Workspace, out: &Path) -> Self {
        let (found, passed_over) = Self::look(workspace, out);
        for folder in &passed_over {
            eprintln!("warning: {folder}");
        }
        if !passed_over.is_empty() {
            eprintln!(
                "  what to do: `cargo xtask reproduce` with the section's number makes its files again"
            );
        }
        found
    }

    /// Looks for them without a word; says what it would warn of.
    pub fn look(workspace: &Workspace, out: &Path) -> (Self, Vec<String>) {
        let (mut found, mut warnings) = (Vec::new(), Vec::new());
        for section in &workspace.sections {
            let number = &section.number;
            let (result, passed_over) =
                results::find(&section.slug(), &out.join("generated"), &workspace.records());
            found.extend(result.map(|result| (number.clone(), result)));
            let told = passed_over.iter().map(|why| format!("Section {number}: passed over: {}", told(why)));
            warnings.extend(told);
        }
        (Self(found), warnings)
    }

    /// That of a section, by its number.
    pub fn of(&self, number: &str) -> Option<&SectionResult> {
        self.0.iter().find(|(of, _)| of == number).map(|(_, result)| result)
    }

    /// The numbers of the sections that show the record, if others do not.
    pub fn recorded(&self) -> Vec<&str> {
        let is_recorded = |(_, result): &&(String, SectionResult)| result.state == State::Recorded;
        let numbers: Vec<&str> =
            self.0.iter().filter(is_recorded).map(|(number, _)| number.as_str()).collect();
        if numbers.len() < self.0.len() { numbers } else { Vec::new() }
    }

    /// The merged ledger; fails when the register or a section's claims are damaged.
    pub fn merged(&self, workspace: &Workspace) -> Result<Vec<Entry>, CommandError> {
        merged(workspace, self.0.iter().map(|(_, result)| &result.entries[..]))
    }

    /// Merges the ledger and writes it to `out/generated/claims.json` unless it stands there already.
    pub fn write_merged(&self, workspace: &Workspace, out: &Path) -> Result<Vec<Entry>, CommandError> {
        let rows = self.merged(workspace)?;
        let mut bytes = serde_json::to_vec_pretty(&rows)?;
        bytes.push(b'\n');
        atomic::write_if_changed(&out.join("generated/claims.json"), &bytes)?;
        Ok(rows)
    }
}

/// The merged ledger of the adopted results alone; fails when the register or a record is damaged.
pub fn adopted(workspace: &Workspace) -> Result<Vec<Entry>, CommandError> {
    let folders = workspace.sections.iter().map(|section| workspace.records().join(section.slug()));
    let there = folders.filter(|folder| folder.exists()).map(|folder| Ok(measured(&folder)?.1));
    merged(workspace, there.collect::<Result<Vec<_>, CommandError>>()?.iter().map(Vec::as_slice))
}

fn merged<'a>(
    workspace: &Workspace,
    measured: impl Iterator<Item = &'a [Entry]>,
) -> Result<Vec<Entry>, CommandError> {
    Ok(merge(register(workspace)?.claims(), &measured.collect::<Vec<_>>().concat()))
}

/// Reads a list of ledger rows; fails when the file is missing or damaged.
pub fn entries(path: &Path) -> Result<Vec<Entry>, CommandError> {
    let advice = "`cargo xtask reproduce` writes it again; nothing else is lost";
    ledger::read_entries(path).map_err(|error| CommandError::from(error).advise(advice))
}

/// The provenance of the result in a folder and its rows of the ledger; fails when it is no whole result.
pub fn measured(folder: &Path) -> Result<(Provenance, Vec<Entry>), CommandError> {
    results::measured(folder).map_err(|error| CommandError::from(error).advise("run the section again"))
}

/// The provenance alone; fails when the folder is no whole result.
pub fn provenance(folder: &Path) -> Result<Provenance, CommandError> {
    Ok(measured(folder)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_result_is_told() {
        let root = crate::sections::tests::workspace(&[("2", "background"), ("4", "batchnorm")]);
        let workspace = Workspace::at(root.path()).unwrap();
        let place = root.path().join("paper/generated/4-batchnorm/provenance.json");
        atomic::write(&place, b"{\"profile\": ").unwrap();
        let (found, warnings) = Results::look(&workspace, &root.path().join("paper"));
        assert!(found.of("4").is_none() && warnings.len() == 1, "{warnings:?}");
        assert!(found.recorded().is_empty());
        assert!(warnings[0].starts_with("Section 4: passed over: "), "{warnings:?}");
        assert!(warnings[0].contains("provenance.json is damaged: EOF"), "{warnings:?}");
    }
}
