//! Writing a section's files: tables, figures, `claims.json` and, last, `provenance.json`.
//!
//! The stamp in the provenance hashes all that the files are made from: run keys, parameters, the sources of the section's
//! program, the lock file, whose versions draw and round, the register of claims. While it stands and every file still has its checksum, nothing is made again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path};
use std::time::Duration;

use ledger::Register;
use runner::messages::Request;
use runner::{CommandError, Header, Level, Origin, Provenance, RunRecord, atomic, results};
use serde_json::Value;

use super::events::{failed, usage};
use crate::Produced;
use crate::program::About;
use experiment::{Device, Inputs, Throughput};

/// What is known of a run that is done.
pub(super) struct Done {
    pub(super) header: Header,
    /// Where it was found, if it was not computed now.
    pub(super) found: Option<Level>,
    pub(super) throughput: Option<Throughput>,
}

/// Writes the files of a request, unless they stand.
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

impl<'a> Writer<'a> {
    pub(super) fn new(
        section: &About,
        request: &'a Request,
        params: Value,
        device: Device,
        runs: &[String],
    ) -> Result<Self, CommandError> {
        let register = fs::read(&request.register)
            .map_err(|error| usage("paper/claims.toml", "is it there?").because(error))?;
        let mut hasher = blake3::Hasher::new();
        for bytes in [
            section.sources.as_bytes(),
            &register,
            params.to_string().as_bytes(),
            request.profile.as_str().as_bytes(),
            request.checkout.lock_hash.as_bytes(),
        ] {
            hasher.update(blake3::hash(bytes).as_bytes());
        }
        runs.iter().for_each(|run| {
            hasher.update(run.as_bytes());
        });
        let provenance = fs::read(request.out.join("provenance.json")).ok();
        let present = provenance.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let stamp = hasher.finalize().to_hex().to_string();
        let section = section.number;
        Ok(Self { request, section, device, params, register, stamp, present })
    }

    /// Whether the files are those that would be written now.
    pub(super) fn is_current(&self) -> bool {
        results::read(&self.request.out).is_ok_and(|present| present.stamp == self.stamp)
    }

    /// The register of claims.
    pub(super) fn register(&self) -> Result<Register, CommandError> {
        let wrong = |error| usage("paper/claims.toml", "its header explains the fields").because(error);
        let text = std::str::from_utf8(&self.register)
            .map_err(|error| wrong(Box::<dyn std::error::Error + Send + Sync>::from(error)))?;
        Register::parse(text).map_err(|error| wrong(error.into()))
    }

    /// Number of files that stand.
    pub(super) fn outputs(&self) -> usize {
        self.present.as_ref().map_or(0, |present| present.outputs.len())
    }

    /// How files came about that are made here of these runs; the files themselves are not named yet.
    pub(super) fn provenance(
        &self,
        done: Vec<Done>,
        here: &Origin,
        missing: Vec<String>,
        inputs: &Inputs,
        elapsed: Duration,
    ) -> Provenance {
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
        let runs: Vec<RunRecord> = runs.collect();
        let peaks = runs.iter().filter_map(|run| run.peak_memory_bytes).chain(runner::peak_memory_bytes());
        Provenance {
            section: self.section.to_owned(),
            profile: self.request.profile,
            seed: self.request.seed,
            params: self.params.clone(),
            device: self.device,
            made: here.with(here.threads, None),
            origins,
            wall_seconds: elapsed.as_secs_f64(),
            peak_memory_bytes: peaks.max(),
            runs,
            missing,
            data_hashes: inputs.clone(),
            outputs: BTreeMap::new(),
            stamp: self.stamp.clone(),
        }
    }

    /// Writes everything that differs from what is there, removes files that are no longer made, and says what it wrote.
    pub(super) fn write(
        &self,
        produced: &Produced,
        made: Provenance,
    ) -> Result<(Vec<String>, usize), CommandError> {
        let files = files(produced)?;
        let out = &self.request.out;
        // Without its provenance a folder is no result: whoever looks while files are changing sees none, not a mixture.
        let provenance = out.join("provenance.json");
        if self.present.is_some() {
            fs::remove_file(&provenance).map_err(unwritable)?;
        }
        let mut written = Vec::new();
        for (name, bytes) in &files {
            if atomic::write_if_changed(&out.join(name), bytes).map_err(unwritable)? {
                written.push(name.clone());
            }
        }
        let unchanged = files.len() - written.len();
        self.remove_what_is_no_longer_made(&files).map_err(unwritable)?;
        let hash = |bytes: &Vec<u8>| blake3::hash(bytes).to_hex().to_string();
        let outputs = files.iter().map(|(name, bytes)| (name.clone(), hash(bytes))).collect();
        atomic::write(&provenance, &json(&Provenance { outputs, ..made })?).map_err(unwritable)?;
        Ok((written, unchanged))
    }

    /// Removes the files that the last provenance lists and that are made no more, and what a killed process left
    /// unfinished. Nothing else in the folder is ours.
    fn remove_what_is_no_longer_made(&self, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
        for folder in ["", "tables", "figures"].map(|name| self.request.out.join(name)) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let is_left = entry.file_name().to_string_lossy().starts_with(atomic::UNFINISHED);
                if is_left && entry.path().is_file() {
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

fn unwritable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommandError {
    let advice =
        "check that the folder is writable and the disk has room, then run it again: finished runs are kept";
    failed("the section's files cannot be written", advice).because(error)
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, CommandError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| {
        failed("a result cannot be written as JSON", "a fault of the section").because(error)
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every file of the section but its provenance, by name.
fn files(produced: &Produced) -> Result<BTreeMap<String, Vec<u8>>, CommandError> {
    let mut files = BTreeMap::new();
    for table in produced.tables.iter() {
        let csv =
            table.csv().map_err(|error| failed(table.name(), "a fault of the section").because(error))?;
        files.insert(format!("tables/{}.csv", table.name()), csv);
    }
    for (name, svg) in &produced.figures {
        files.insert(format!("figures/{name}.svg"), svg.clone().into_bytes());
    }
    files.insert("claims.json".to_owned(), json(&produced.entries)?);
    Ok(files)
}
