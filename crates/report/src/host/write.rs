//! Writing a section's files: tables, figures, `claims.json` and, last, `provenance.json`.
//!
//! The stamp in the provenance hashes all that the files are made from: run keys, parameters, the sources of the section's
//! program, the register of claims. While it stands and every file still has its checksum, nothing is made again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};
use std::time::Duration;

use ledger::Register;
use runner::messages::Request;
use runner::{Origin, Provenance, RunRecord, atomic};
use serde_json::Value;

use super::events::SectionError;
use super::one_run::Done;
use crate::{Produced, Section};
use experiment::{Device, Experiment, Inputs};

pub(super) struct Writer<'a> {
    request: &'a Request,
    section: &'static str,
    device: Device,
    params: Value,
    /// The register of claims, as it is hashed and judged by.
    register: Vec<u8>,
    stamp: String,
    present: Option<Provenance>,
}

/// How what is written came about.
pub(super) struct Made {
    /// The runs behind it.
    pub(super) runs: Vec<RunRecord>,
    /// Where and with what they were computed.
    pub(super) origins: Vec<Origin>,
    /// Where and with what the files are made of them.
    pub(super) here: Origin,
    /// Names of runs that belong to it and were not done.
    pub(super) missing: Vec<String>,
    /// The data sets that were read.
    pub(super) inputs: Inputs,
    /// How long it took.
    pub(super) elapsed: Duration,
}

impl Made {
    /// Of these runs, here.
    pub(super) fn of(
        done: Vec<Done>,
        here: Origin,
        missing: Vec<String>,
        inputs: Inputs,
        elapsed: Duration,
    ) -> Self {
        let mut origins: Vec<Origin> = Vec::new();
        let runs = done.into_iter().map(|Done { header, found, throughput }| {
            let known = origins.iter().position(|origin| origin.is_same_place(&header.origin));
            let origin = known.unwrap_or_else(|| {
                origins.push(header.origin.clone());
                origins.len() - 1
            });
            RunRecord {
                name: header.run,
                key: header.key.hash().to_owned(),
                found,
                seconds: header.seconds,
                peak_memory_bytes: header.peak_memory_bytes,
                origin,
                throughput,
            }
        });
        Self { runs: runs.collect(), origins, here, missing, inputs, elapsed }
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new<E: Experiment>(
        section: &Section<E>,
        request: &'a Request,
        params: &E::Params,
        runs: &[String],
    ) -> Result<Self, SectionError> {
        let params = serde_json::to_value(params)
            .map_err(|error| SectionError::failed("parameters", "a fault of the section").because(error))?;
        let register = fs::read(&request.register)
            .map_err(|error| SectionError::usage("paper/claims.toml", "is it there?").because(error))?;
        let mut hasher = blake3::Hasher::new();
        for bytes in [
            section.sources.as_bytes(),
            &register,
            params.to_string().as_bytes(),
            request.profile.as_str().as_bytes(),
        ] {
            hasher.update(blake3::hash(bytes).as_bytes());
        }
        runs.iter().for_each(|run| {
            hasher.update(run.as_bytes());
        });
        let provenance = fs::read(request.out.join("provenance.json")).ok();
        let present = provenance.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let stamp = hasher.finalize().to_hex().to_string();
        let (section, device) = (section.number, E::device(request.device));
        Ok(Self { request, section, device, params, register, stamp, present })
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

    /// The register of claims.
    pub(super) fn register(&self) -> Result<Register, SectionError> {
        let wrong =
            |error| SectionError::usage("paper/claims.toml", "its header explains the fields").because(error);
        let text = std::str::from_utf8(&self.register)
            .map_err(|error| wrong(Box::<dyn std::error::Error + Send + Sync>::from(error)))?;
        Register::parse(text).map_err(|error| wrong(error.into()))
    }

    /// Number of files that stand.
    pub(super) fn outputs(&self) -> usize {
        self.present.as_ref().map_or(0, |present| present.outputs.len())
    }

    /// Writes everything that differs from what is there, removes files that are no longer made, and says what it wrote.
    pub(super) fn write(
        &self,
        produced: &Produced,
        made: Made,
    ) -> Result<(Vec<String>, usize), SectionError> {
        let Made { runs, origins, here, missing, inputs, elapsed } = made;
        let files = files(produced)?;
        let out = &self.request.out;
        let failed = |error: std::io::Error| {
            let advice = "check that the folder is writable and the disk has room, then run it again: finished runs are kept";
            SectionError::failed("the section's files cannot be written", advice).because(error)
        };
        // Without its provenance a folder is no result: whoever looks while files are changing sees none, not a mixture.
        let provenance = out.join("provenance.json");
        if self.present.is_some() {
            fs::remove_file(&provenance).map_err(failed)?;
        }
        let mut written = Vec::new();
        for (name, bytes) in &files {
            if atomic::write_if_changed(&out.join(name), bytes).map_err(failed)? {
                written.push(name.clone());
            }
        }
        let unchanged = files.len() - written.len();
        self.remove_what_is_no_longer_made(&files).map_err(failed)?;
        let peaks = runs.iter().filter_map(|run| run.peak_memory_bytes).chain(runner::peak_memory_bytes());
        let text = Provenance {
            section: self.section.to_owned(),
            profile: self.request.profile,
            seed: self.request.seed,
            params: self.params.clone(),
            device: self.device,
            made: here,
            origins,
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
        atomic::write(&provenance, &json(&text)?).map_err(failed)?;
        Ok((written, unchanged))
    }

    /// Removes the files that the last provenance lists and that are made no more, and what a killed process left
    /// unfinished. Nothing else in the folder is ours.
    fn remove_what_is_no_longer_made(&self, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
        for folder in ["", "tables", "figures"].map(|name| self.request.out.join(name)) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with(atomic::UNFINISHED) {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        let listed = self.present.iter().flat_map(|present| present.outputs.keys());
        for name in listed.filter(|name| !files.contains_key(*name)) {
            let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            match if is_inside { fs::remove_file(self.request.out.join(name)) } else { Ok(()) } {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, SectionError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| {
        SectionError::failed("a result cannot be written as JSON", "a fault of the section").because(error)
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every file of the section but its provenance, by name.
fn files(produced: &Produced) -> Result<BTreeMap<String, Vec<u8>>, SectionError> {
    let mut files = BTreeMap::new();
    for table in produced.tables.iter() {
        let csv = table
            .csv()
            .map_err(|error| SectionError::failed(table.name(), "a fault of the section").because(error))?;
        files.insert(format!("tables/{}.csv", table.name()), csv);
    }
    for (name, svg) in &produced.figures {
        files.insert(format!("figures/{name}.svg"), svg.clone().into_bytes());
    }
    files.insert("claims.json".to_owned(), json(&produced.entries)?);
    Ok(files)
}
