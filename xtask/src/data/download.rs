//! Downloading an archive: what came is kept, and the next attempt asks for the rest.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use ureq::http::{HeaderMap, header};

use super::catalogue::Archive;
use super::meter::Meter;
use crate::error::CommandError;

/// Connecting may take so long.
const CONNECT: Duration = Duration::from_secs(20);
/// Nothing may come for so long before the transfer counts as broken off.
const SILENCE: Duration = Duration::from_secs(60);
/// So many attempts in a row may add nothing.
const FRUITLESS: u32 = 3;

/// Downloads, and how patiently.
pub struct Downloader {
    agent: ureq::Agent,
    pause: Duration,
}

/// How an attempt ended.
enum End {
    /// All is there.
    Complete,
    /// No answer came.
    Unreachable(String),
    /// The transfer broke off.
    Broken(String),
    /// The server does not have what is wanted.
    Refused(String),
}

impl Downloader {
    /// Waits for `pause` before it goes on with a transfer that broke off.
    pub fn new(pause: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .http_status_as_error(false);
        Self { agent: config.build().into(), pause }
    }

    /// Completes `part` from the first address that has the archive. Its checksum is for the caller to see to.
    ///
    /// # Errors
    /// When no address has it, with what each of them answered; what came so far stays in `part`.
    pub fn complete(&self, archive: &Archive, part: &Path) -> Result<(), CommandError> {
        let mut meter = Meter::begin(archive.file.as_str());
        let mut reasons = Vec::new();
        for address in &archive.addresses {
            match self.from(address, archive.bytes, part, &mut meter)? {
                None => return Ok(()),
                Some(reason) => reasons.push(reason),
            }
        }
        let kept = if size(part) > 0 {
            "; what came so far is kept, and fetching again goes on from there"
        } else {
            ""
        };
        Err(CommandError::failed(reasons.join("; ")).advise(format!(
            "download it by hand from {} and run cargo xtask data import DIR with the folder it is in{kept}",
            archive.addresses[0]
        )))
    }

    /// Completes `part` from this address, or says why not.
    fn from(
        &self,
        address: &str,
        bytes: Option<u64>,
        part: &Path,
        meter: &mut Meter,
    ) -> Result<Option<String>, CommandError> {
        let (mut farthest, mut fruitless, mut came) = (size(part), 0, false);
        loop {
            let reason = match self.attempt(address, bytes, part, meter)? {
                End::Complete => return Ok(None),
                End::Refused(reason) => return Ok(Some(reason)),
                End::Unreachable(reason) if !came => {
                    return Ok(Some(format!("cannot reach {address}: {reason}")));
                }
                End::Unreachable(reason) | End::Broken(reason) => reason,
            };
            let now = size(part);
            (came, fruitless) = if now > farthest { (true, 0) } else { (came, fruitless + 1) };
            farthest = farthest.max(now);
            if fruitless == FRUITLESS {
                return Ok(Some(format!(
                    "{address} broke off {fruitless} times without getting further: {reason}"
                )));
            }
            meter.say(&format!("{reason}: going on after {now} bytes"));
            thread::sleep(self.pause);
        }
    }

    fn attempt(
        &self,
        address: &str,
        bytes: Option<u64>,
        part: &Path,
        meter: &mut Meter,
    ) -> Result<End, CommandError> {
        let have = size(part);
        if bytes == Some(have) {
            return Ok(End::Complete);
        }
        let mut request = self.agent.get(address);
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
        }
        let response = match request.call() {
            Ok(response) => response,
            Err(error) => return Ok(End::Unreachable(error.to_string())),
        };
        let (from, total) = match (response.status().as_u16(), content_range(response.headers())) {
            (200, _) => (0, response.body().content_length()),
            (206, Some((Some(from), total))) if from == have => (from, total),
            (416, Some((None, Some(total)))) if total == have => return Ok(End::Complete),
            (206 | 416, _) => {
                fs::remove_file(part)?;
                return Ok(End::Broken(format!("{address} cannot go on after {have} bytes")));
            }
            (status, _) => return Ok(End::Refused(format!("{address} answers with status {status}"))),
        };
        if let (Some(bytes), Some(total)) = (bytes, total)
            && bytes != total
        {
            return Ok(End::Refused(format!(
                "{address} has {total} bytes where {bytes} belong: another file"
            )));
        }
        let total = total.or(bytes);
        let mut body = response.into_body().into_reader();
        let written = File::options().create(true).append(true).open(part).and_then(|mut file| {
            if from == 0 {
                file.set_len(0)?;
            }
            receive(&mut body, &mut file, from, total, meter)
        });
        written.map_err(|error| {
            CommandError::failed(format!("cannot write {}: {error}", part.display()))
                .advise("make room there; what came so far is kept, and fetching again goes on from there")
        })
    }
}

/// Appends what comes to the file. An error is one of writing: a transfer that breaks off is an [`End`].
fn receive(
    from: &mut impl Read,
    file: &mut File,
    mut have: u64,
    total: Option<u64>,
    meter: &mut Meter,
) -> io::Result<End> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        meter.at(have, total);
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                file.write_all(&buffer[..count])?;
                have += count as u64;
            }
            Err(error) => return Ok(End::Broken(format!("the transfer broke off: {error}"))),
        }
        if total.is_some_and(|total| have > total) {
            file.set_len(0)?;
            return Ok(End::Broken("more came than was announced".to_owned()));
        }
    }
    let ended_early = total.is_some_and(|total| have < total);
    Ok(if ended_early { End::Broken("the transfer ended early".to_owned()) } else { End::Complete })
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// First byte and size of the whole, from `Content-Range: bytes 5-9/10` or `bytes */10`.
fn content_range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let (range, total) =
        headers.get(header::CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    let first = range.split_once('-').and_then(|(first, _)| first.parse().ok());
    Some((first, total.parse().ok()))
}
