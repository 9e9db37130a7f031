//! A record's files against each other: do its verdicts follow from its tables, and its tables from its runs? Nothing is
//! computed and nothing is asked of the keys, so that a record can be checked on any machine, without the data.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use experiment::{Experiment, fields_of};
use flate2::read::GzDecoder;
use ledger::{Register, Snapshot};
use runner::messages::Rechecked;
use runner::{CommandError, FileError, Provenance, RunRecord, Store, results};

use crate::program::{Given, Program};
use crate::{Produced, Section, Table, Tables};

/// A table of a record has fewer bytes.
const LARGEST: u64 = 1 << 30;

/// The tables of a record, large ones compressed.
///
/// # Errors
/// When one cannot be read, or is no table.
pub fn recorded_tables(record: &Path) -> Result<Tables, CommandError> {
    let folder = record.join("tables");
    let listing = fs::read_dir(&folder).map_err(FileError::of("read", &folder))?;
    let mut paths = listing.map(|file| Ok(file?.path())).collect::<Result<Vec<_>, CommandError>>()?;
    paths.sort();
    let table = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('.').next().unwrap_or_default();
        Table::from_csv(name, unpacked(path)?).map_err(CommandError::from)
    };
    Ok(Tables::of(paths.iter().map(table).collect::<Result<Vec<_>, _>>()?)?)
}

/// The content of a file, inflated where its name says that it is compressed.
fn unpacked(path: &Path) -> Result<Vec<u8>, FileError> {
    let read = || {
        let file = fs::File::open(path)?;
        let mut bytes = Vec::new();
        match path.extension().is_some_and(|end| end == "gz") {
            true => GzDecoder::new(file).take(LARGEST).read_to_end(&mut bytes)?,
            false => file.take(LARGEST).read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    };
    read().map_err(FileError::of("read", path))
}

/// Judges a record's tables anew by a register of claims and, where all the runs behind them are kept, makes tables and
/// figures anew from those.
///
/// # Errors
/// When a file cannot be read, or nothing can be made of it.
pub fn recheck<E: Experiment + 'static>(
    section: &Section<E>,
    record: &Path,
    register: &Path,
) -> Result<Rechecked, CommandError> {
    recheck_of(section, record, register)
}

/// The same for a section of any types.
pub(crate) fn recheck_of(
    section: &dyn Program,
    record: &Path,
    register: &Path,
) -> Result<Rechecked, CommandError> {
    let (provenance, register) = (results::read(record)?, Register::read(register)?);
    let entries = section.judged(&recorded_tables(record)?, &register)?;
    let mut found = Rechecked { runs: provenance.runs.len(), ..Rechecked::default() };
    let recorded = ledger::read_entries(&record.join("claims.json"))?;
    for entry in &entries {
        let (id, verdict) = (&entry.id, entry.verdict);
        let told = recorded.iter().find(|told| told.id == *id);
        match told {
            Some(told) if !Snapshot::of(told).agrees_with(&Snapshot::of(entry)) => {
                let what =
                    format!("claims.json says {} of {id}, measured as {:?}", told.verdict, told.measured);
                found.faults.push(format!("{what}; its tables say {verdict}, {:?}", entry.measured));
            }
            Some(told) if !agree(&serde_json::to_vec(told)?, &serde_json::to_vec(entry)?) => {
                found.stale.push(format!("claims.json on {id}"));
            }
            Some(_) => {}
            None => found.faults.push(format!("claims.json has no row of {id}; its tables say {verdict}")),
        }
    }
    let is_judged = |id: &String| entries.iter().any(|entry| entry.id == *id);
    let more = recorded.iter().map(|entry| &entry.id).filter(|id| !is_judged(id));
    found
        .faults
        .extend(more.map(|id| format!("claims.json has a row of {id}; its tables say nothing of that")));
    found.kept = provenance.runs.iter().filter(|run| file_of(record, &run.key).is_file()).count();
    if found.kept == found.runs && found.runs > 0 {
        let sets: Vec<_> =
            fields_of(&provenance.params).into_iter().map(|(name, to)| (name, to.to_string())).collect();
        let wrong = |error| CommandError::failed("the parameters in provenance.json").because(error);
        let experiments = section.experiments(provenance.profile, &sets).map_err(wrong)?;
        let given = given(record, &provenance)?;
        let fault = |error| CommandError::failed("nothing can be made of the record's runs").because(error);
        remade(record, &experiments.produce(&given, &register).map_err(fault)?, &mut found)?;
    }
    Ok(found)
}

/// The file in which a record keeps the run of a key.
fn file_of(record: &Path, key: &str) -> PathBuf {
    record.join(format!("runs/{key}.run.gz"))
}

/// What the runs behind a record gave: by their names, whatever their keys would be today.
fn given(record: &Path, provenance: &Provenance) -> Result<Given, CommandError> {
    let gave = |kept: &RunRecord| {
        let (header, gave) = Store::recorded(&file_of(record, &kept.key))?;
        match header.run == kept.name {
            true => Ok((header.run, gave)),
            false => Err(CommandError::failed(format!("the run {} is kept as {}", header.run, kept.name))),
        }
    };
    provenance.runs.iter().map(gave).collect()
}

/// Holds the tables and figures of a record against those that its runs give.
fn remade(record: &Path, produced: &Produced, found: &mut Rechecked) -> Result<(), CommandError> {
    let differs = |name: &str, made: &[u8]| -> Result<Option<String>, CommandError> {
        let packed = record.join(format!("{name}.gz"));
        let path = if packed.is_file() { packed } else { record.join(name) };
        if !path.is_file() {
            return Ok(Some(format!("{name} is missing; its runs give one")));
        }
        let same = agree(&unpacked(&path)?, made);
        Ok((!same).then(|| format!("{name} is not what its runs give")))
    };
    for table in produced.tables.iter() {
        found.faults.extend(differs(&format!("tables/{}.csv", table.name()), &table.csv()?)?);
    }
    for (name, svg) in &produced.figures {
        found.stale.extend(differs(&format!("figures/{name}.svg"), svg.as_bytes())?);
    }
    let tables = fs::read_dir(record.join("tables"))?.count();
    if tables != produced.tables.iter().count() {
        found
            .faults
            .push(format!("it has {tables} tables; its runs give {}", produced.tables.iter().count()));
    }
    Ok(())
}

/// Whether two texts are the same but for what another processor rounds differently.
fn agree(one: &[u8], other: &[u8]) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12_f64.max(1e-9 * a.abs());
    let same = |a: &str, b: &str| {
        a == b || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if close(a, b))
    };
    let ends = |c: char| !(c.is_ascii_alphanumeric() || ".+-".contains(c));
    let split = |text: &'_ str| -> Vec<(String, String)> {
        let parts = text.split_inclusive(ends);
        parts
            .map(|part| part.split_at(part.trim_end_matches(ends).len()))
            .map(|(a, b)| (a.into(), b.into()))
            .collect()
    };
    let (Ok(a), Ok(b)) = (std::str::from_utf8(one), std::str::from_utf8(other)) else { return one == other };
    let (a, b) = (split(a), split(b));
    a.len() == b.len() && a.iter().zip(&b).all(|((a, end), (b, other))| end == other && same(a, b))
}

#[cfg(test)]
mod tests {
    use super::agree;

    #[test]
    fn only_rounding_may_differ() {
        let text = b"layer,mean\n1,0.25\n2,-1e-16\n";
        let with = |from: &str, to: &str| String::from_utf8_lossy(text).replace(from, to).into_bytes();
        assert!(agree(text, &with("0.25", "0.25000000000000006")) && agree(text, &with("-1e-16", "3e-17")));
        for (from, to) in
            [("0.25", "0.25001"), ("1,", "2,"), ("mean", "meant"), ("\n2", ",2"), ("0.25\n", "0.25\n\n")]
        {
            assert!(!agree(text, &with(from, to)), "{from} became {to}");
        }
    }
}
