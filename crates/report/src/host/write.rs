//! Writing a section's files: tables, figures, `claims.json` and, last, `provenance.json`.
//!
//! The stamp in the provenance hashes all that the files are made from: run keys, parameters, the section's program, the
//! register of claims. While it stands and every file still has its checksum, nothing is made again.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use runner::protocol::Request;
use runner::{Provenance, RunRecord, atomic};
use serde_json::Value;

use super::report::Trouble;
use crate::{Produced, Section};
use experiment::{Device, Experiment, Inputs};

pub(super) struct Writer<'a> {
    request: &'a Request,
    section: &'static str,
    device: Device,
    params: Value,
    stamp: String,
    present: Option<Provenance>,
}

/// How what is written came about.
pub(super) struct Made {
    /// The runs behind it.
    pub(super) records: Vec<RunRecord>,
    /// Names of runs that belong to it and were not done.
    pub(super) missing: Vec<String>,
    /// The data sets that were read.
    pub(super) inputs: Inputs,
    /// How long it took.
    pub(super) elapsed: Duration,
}

impl<'a> Writer<'a> {
    pub(super) fn new<E: Experiment>(
        section: &Section<E>,
        request: &'a Request,
        params: &E::Params,
        keys: &[&str],
    ) -> Result<Self, Trouble> {
        let params =
            serde_json::to_value(params).map_err(|error| Trouble::failed(error, "a fault of the section"))?;
        let program =
            std::env::current_exe().map(|program| runner::program_stamp(&program)).unwrap_or_default();
        let register = fs::read(&request.register).unwrap_or_default();
        let mut hasher = blake3::Hasher::new();
        for bytes in [
            program.as_bytes(),
            &register,
            params.to_string().as_bytes(),
            request.profile.as_str().as_bytes(),
        ] {
            hasher.update(blake3::hash(bytes).as_bytes());
        }
        keys.iter().for_each(|key| {
            hasher.update(key.as_bytes());
        });
        let provenance = fs::read(request.out.join("provenance.json")).ok();
        let present = provenance.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let stamp = hasher.finalize().to_hex().to_string();
        Ok(Self {
            request,
            section: section.number,
            device: E::device(request.device),
            params,
            stamp,
            present,
        })
    }

    /// Whether the files are those that would be written now.
    pub(super) fn is_current(&self) -> bool {
        let Some(present) = self.present.as_ref().filter(|present| present.stamp == self.stamp) else {
            return false;
        };
        let sound = |(name, checksum): (&String, &String)| {
            fs::read(self.request.out.join(name))
                .is_ok_and(|bytes| blake3::hash(&bytes).to_hex().as_str() == checksum)
        };
        present.outputs.iter().all(sound)
    }

    /// Number of files that stand.
    pub(super) fn outputs(&self) -> usize {
        self.present.as_ref().map_or(0, |present| present.outputs.len())
    }

    /// Writes everything that differs from what is there, removes files that are no longer made, and says what it wrote.
    pub(super) fn write(&self, produced: &Produced, made: Made) -> Result<(Vec<String>, usize), Trouble> {
        let Made { records: runs, missing, inputs, elapsed } = made;
        let files = files(produced)?;
        let out = &self.request.out;
        let advice = "check that the folder is writable and the disk has room, then run it again: finished runs are kept";
        let failed = |error: std::io::Error| Trouble::failed(error, advice);
        let mut written = Vec::new();
        for (name, bytes) in &files {
            if atomic::write_if_changed(&out.join(name), bytes).map_err(failed)? {
                written.push(name.clone());
            }
        }
        let unchanged = files.len() - written.len();
        remove_strangers(out, &files).map_err(failed)?;
        let peaks = runs.iter().filter_map(|run| run.peak_memory_bytes).chain(runner::peak_memory_bytes());
        let provenance = Provenance {
            section: self.section.to_owned(),
            profile: self.request.profile,
            seed: self.request.seed,
            params: self.params.clone(),
            device: self.device,
            facts: self.request.facts.clone(),
            wall_seconds: elapsed.as_secs_f64(),
            peak_memory_bytes: peaks.max(),
            runs,
            missing,
            data_hashes: inputs,
            outputs: files
                .iter()
                .map(|(name, bytes)| (name.clone(), blake3::hash(bytes).to_hex().to_string()))
                .collect(),
            stamp: self.stamp.clone(),
        };
        atomic::write(&out.join("provenance.json"), &json(&provenance)?).map_err(failed)?;
        Ok((written, unchanged))
    }
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Trouble> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| {
        Trouble::failed(format!("a result cannot be written as JSON: {error}"), "a fault of the section")
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every file of the section but its provenance, by name.
fn files(produced: &Produced) -> Result<BTreeMap<String, Vec<u8>>, Trouble> {
    let mut files = BTreeMap::new();
    for table in produced.tables.iter() {
        let csv = table.csv().map_err(|error| Trouble::failed(error, "a fault of the section"))?;
        files.insert(format!("tables/{}.csv", table.name()), csv);
    }
    for (name, svg) in &produced.figures {
        files.insert(format!("figures/{name}.svg"), svg.clone().into_bytes());
    }
    files.insert("claims.json".to_owned(), json(&produced.entries)?);
    Ok(files)
}

/// Removes tables and figures that an earlier version of the section made.
fn remove_strangers(out: &Path, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    for folder in ["tables", "figures"] {
        let known: HashSet<&str> =
            files.keys().filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/')).collect();
        let Ok(listing) = fs::read_dir(out.join(folder)) else { continue };
        for entry in listing {
            let entry = entry?;
            if !known.contains(entry.file_name().to_string_lossy().as_ref()) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}
