//! Downloading an archive: what came is kept, and the next attempt asks for the rest.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use ureq::http::{HeaderMap, header};

use crate::catalogue::Archive;
use crate::error::{GOES_ON, by_hand, part_unwritable};
use crate::meter::Meter;
use runner::{CommandError, FileError, told};

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

/// Why an attempt did not complete the archive.
enum Failed {
    /// No answer came.
    NoAnswer(String),
    /// It broke off: the next one may get further.
    Broken(String),
    /// No further attempt at this address will do.
    Hopeless(String),
    /// What comes cannot be written.
    Writing(io::Error),
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
    /// Fails when no address has it, with what each of them answered; what came so far stays in `part`.
    pub fn complete(&self, archive: &Archive, part: &Path) -> Result<(), CommandError> {
        let mut meter = Meter::begin(&archive.file);
        let mut reasons = Vec::new();
        for address in &archive.addresses {
            let ended = self.from(address, archive.bytes, part, &mut meter);
            match ended.map_err(FileError::of("write", part)).map_err(part_unwritable)? {
                None => return Ok(()),
                Some(reason) => reasons.push(reason),
            }
        }
        let goes_on = if size(part) > 0 { GOES_ON } else { "" };
        let advice = by_hand(&archive.addresses[0]) + goes_on;
        Err(CommandError::failed(reasons.join("; ")).advise(advice))
    }

    /// Completes `part` from this address, going on where an attempt broke off, or says why it cannot.
    fn from(
        &self,
        address: &str,
        bytes: Option<u64>,
        part: &Path,
        meter: &mut Meter,
    ) -> io::Result<Option<String>> {
        let (mut farthest, mut fruitless, mut came) = (size(part), 0, false);
        loop {
            let reason = match self.attempt(address, bytes, part, meter) {
                Ok(()) => return Ok(None),
                Err(Failed::Writing(error)) => return Err(error),
                Err(Failed::Hopeless(reason)) => return Ok(Some(reason)),
                Err(Failed::NoAnswer(why)) if !came => {
                    return Ok(Some(format!("cannot reach {address}: {why}")));
                }
                Err(Failed::NoAnswer(why)) => format!("no answer: {why}"),
                Err(Failed::Broken(reason)) => reason,
            };
            let now = size(part);
            (came, fruitless) = if now > farthest { (true, 0) } else { (came, fruitless + 1) };
            farthest = farthest.max(now);
            if fruitless == FRUITLESS {
                let how = format!("broke off {fruitless} times without getting further: {reason}");
                return Ok(Some(format!("{address} {how}")));
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
    ) -> Result<(), Failed> {
        let have = size(part);
        if bytes == Some(have) {
            return Ok(());
        }
        let mut request = self.agent.get(address);
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
        }
        let response = request.call().map_err(|error| Failed::NoAnswer(told(&error)))?;
        let (from, total) = match (response.status().as_u16(), content_range(response.headers())) {
            (200, _) => (0, response.body().content_length()),
            (206, Some((Some(from), total))) if from == have => (from, total),
            (416, Some((None, Some(total)))) if total == have => return Ok(()),
            (206 | 416, _) => {
                fs::remove_file(part).map_err(Failed::Writing)?;
                return Err(Failed::Broken(format!("the server cannot go on after {have} bytes")));
            }
            (status, _) => return Err(Failed::Hopeless(format!("{address} answers with status {status}"))),
        };
        if let (Some(official), Some(found)) = (bytes, total)
            && official != found
        {
            let what = format!("{address} has {found} bytes where {official} belong: another file");
            return Err(Failed::Hopeless(what));
        }
        let mut file = File::options().create(true).append(true).open(part).map_err(Failed::Writing)?;
        if from == 0 {
            file.set_len(0).map_err(Failed::Writing)?;
        }
        receive(&mut response.into_body().into_reader(), &mut file, from, total.or(bytes), meter)
    }
}

/// Appends what comes to the file.
fn receive(
    from: &mut impl Read,
    file: &mut File,
    mut have: u64,
    total: Option<u64>,
    meter: &mut Meter,
) -> Result<(), Failed> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        meter.at(have, total);
        let broken = |error| Failed::Broken(format!("the transfer broke off: {error}"));
        match from.read(&mut buffer).map_err(broken)? {
            0 => break,
            count => {
                file.write_all(&buffer[..count]).map_err(Failed::Writing)?;
                have += count as u64;
            }
        }
        if total.is_some_and(|total| have > total) {
            file.set_len(0).map_err(Failed::Writing)?;
            return Err(Failed::Broken("more came than was announced".to_owned()));
        }
    }
    match total {
        Some(total) if have < total => Err(Failed::Broken("the transfer ended early".to_owned())),
        _ => Ok(()),
    }
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
