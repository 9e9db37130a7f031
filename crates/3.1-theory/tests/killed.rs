//! The section's program, killed while it writes its files over those of another result: whoever looks at them, as the page does,
//! sees the record or the whole new result, never a mixture.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use experiment::Profile;
use runner::messages::Request;
use runner::results::{self, State};
use runner::{Program, told};
use snapshots::files;
use theory::SECTION;

fn request(folder: &Path, above: &str, grid: &str) -> Request {
    let out = folder.join(above).join(SECTION.folder());
    Request { out, ..snapshots::request(&SECTION, Profile::Smoke, &[("grid", grid)], folder) }
}

fn start(request: &Request) -> Program {
    Program::start(Path::new(env!("CARGO_BIN_EXE_theory")), &["run"], Some(request)).unwrap()
}

fn complete(request: &Request) {
    let (said, code) = start(request).finish().unwrap();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn files_that_were_being_written_are_shown_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let below = |above: &str| files(&folder.path().join(above).join(SECTION.folder()));
    for (above, grid) in [("records", "401"), ("generated", "501"), ("undisturbed", "601")] {
        complete(&request(folder.path(), above, grid));
    }
    let (old, new) = (below("generated"), below("undisturbed"));
    let changed: Vec<_> = new.iter().filter(|(name, bytes)| old.get(*name) != Some(bytes)).collect();
    assert!(changed.len() > 2, "{} files differ", changed.len());
    let mut torn = 0;
    for (name, bytes) in &changed {
        complete(&request(folder.path(), "generated", "501"));
        let disturbed = request(folder.path(), "generated", "601");
        let (mut program, started) = (start(&disturbed), Instant::now());
        // As soon as this file is the new one, others are still the old ones.
        while fs::read(disturbed.out.join(name)).ok().as_ref() != Some(*bytes) {
            assert!(started.elapsed() < Duration::from_secs(100), "{} stays as it was", name.display());
        }
        program.kill().unwrap();
        program.code().unwrap();
        let (generated, records) = (folder.path().join("generated"), folder.path().join("records"));
        let (found, passed_over) = results::find(&SECTION.folder(), &generated, &records);
        match found.unwrap().state {
            State::Recorded => assert!(told(&passed_over[0]).contains("provenance.json"), "{passed_over:?}"),
            State::Fresh => assert_eq!(below("generated"), new),
        }
        torn += passed_over.len();
        complete(&disturbed);
        assert_eq!(below("generated"), new);
    }
    assert!(torn > 0, "every kill came too late");
}
