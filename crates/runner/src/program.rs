//! Telling one build of a program from another.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// A text that changes whenever a program is built anew: its size and the time it was written.
///
/// Programs are tens of megabytes and asked for on every warm start, so their bytes are not hashed; a build that changes
/// nothing costs at most one redrawing of the files made with it.
pub fn program_stamp(program: &Path) -> String {
    let Ok(metadata) = fs::metadata(program) else { return "no program".to_owned() };
    let written = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {}", metadata.len(), written.map_or(0, |time| time.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::program_stamp;

    #[test]
    fn a_program_written_again_has_another_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        let mut stamps = vec![program_stamp(&path)];
        for text in ["one", "other"] {
            std::fs::write(&path, text).unwrap();
            stamps.push(program_stamp(&path));
        }
        stamps.dedup();
        assert_eq!(stamps.len(), 3);
        assert_eq!(stamps[2], program_stamp(&path));
    }
}
