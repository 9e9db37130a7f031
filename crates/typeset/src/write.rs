//! Writing the paper: a reader of `paper.pdf` sees the old file or the new one, never half of one.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::PressError;

/// Writes `bytes` to a temporary file beside `path`, brings it to the disk and renames it over `path`.
pub(crate) fn atomically(path: &Path, bytes: &[u8]) -> Result<(), PressError> {
    let failed = |source| PressError::Write { path: path.into(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(".press-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    readable_by_all(file.as_file()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are private to their owner; a paper is not.
#[cfg(unix)]
fn readable_by_all(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &fs::File) -> std::io::Result<()> {
    Ok(())
}
