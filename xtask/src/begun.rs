//! What was begun and is not finished: the request of a section's work, kept until that work is done, so that what is
//! there of a sweep can be adopted.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use runner::atomic;
use runner::messages::Request;

use crate::error::CommandError;

/// Where the request of a section with results in `out` is kept.
fn file(store: &Path, out: &Path) -> PathBuf {
    let place = blake3::hash(out.to_string_lossy().as_bytes()).to_hex();
    store.join("begun").join(format!("{}.json", &place[..16]))
}

/// Takes note of work that begins.
///
/// # Errors
/// When the note cannot be written.
pub fn note(request: &Request) -> Result<(), CommandError> {
    atomic::write(&file(&request.store, &request.out), &serde_json::to_vec(request)?)?;
    Ok(())
}

/// Takes note of its end.
///
/// # Errors
/// When the note is there and stays.
pub fn finished(request: &Request) -> Result<(), CommandError> {
    match fs::remove_file(file(&request.store, &request.out)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The request of work on a section that was begun and is not finished, by the folder of its results. A note that cannot
/// be read, such as one of an older version, is none.
pub fn unfinished(store: &Path, out: &Path) -> Option<Request> {
    let text = fs::read(file(store, out)).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Device, Profile};
    use runner::Checkout;

    fn request(cache: &Path, out: &Path) -> Request {
        Request {
            profile: Profile::Paper,
            seed: 3,
            device: Device::Cpu,
            sets: vec![("iterations".to_owned(), "500".to_owned())],
            code: Vec::new(),
            sources: String::new(),
            store: cache.to_path_buf(),
            record: None,
            same_arithmetic: false,
            register: PathBuf::new(),
            out: out.to_path_buf(),
            data: None,
            force: false,
            gather: false,
            checkout: Checkout::default(),
        }
    }

    #[test]
    fn a_request_stands_from_begin_to_end() {
        let cache = tempfile::tempdir().unwrap();
        let (here, there) = (Path::new("/out/5-training"), Path::new("/out/4-batchnorm"));
        let begun = request(cache.path(), here);
        assert_eq!(unfinished(cache.path(), here), None);
        note(&begun).unwrap();
        assert_eq!(unfinished(cache.path(), here), Some(begun.clone()));
        assert_eq!(unfinished(cache.path(), there), None);
        finished(&begun).unwrap();
        assert_eq!(unfinished(cache.path(), here), None);
        finished(&begun).unwrap();
    }
}
