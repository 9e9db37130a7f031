//! How far a download is: a bar with the time left on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

/// How often a plain line is written.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
const KNOWN_SIZE: &str = "{prefix} {bar:28.cyan/dim} {bytes} of {total_bytes}, {bytes_per_sec}, eta {eta}";
const UNKNOWN_SIZE: &str = "{prefix} {spinner} {bytes}, {bytes_per_sec}";

/// The progress of one download.
pub struct Meter {
    name: String,
    /// Hidden where there is no terminal.
    bar: ProgressBar,
    total: Option<u64>,
    /// Bytes that were there when the clock started.
    first: Option<u64>,
    started: Instant,
    told: Instant,
}

impl Meter {
    /// Begins; nothing is shown before the first byte.
    pub fn begin(name: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        let bar = bar.with_prefix(name.to_owned()).with_finish(ProgressFinish::AndClear);
        let now = Instant::now();
        Self { name: name.to_owned(), bar, total: None, first: None, started: now, told: now }
    }

    /// So many bytes are there, of so many in all if that is known.
    pub fn at(&mut self, bytes: u64, total: Option<u64>) {
        if self.first.is_none_or(|first| bytes < first) {
            (self.first, self.started, self.told) = (Some(bytes), Instant::now(), Instant::now());
            self.total = total;
            self.shape();
        }
        self.bar.set_position(bytes);
        if self.bar.is_hidden() && self.told.elapsed() >= PLAIN_EVERY {
            self.told = Instant::now();
            let came = bytes - self.first.unwrap_or(bytes);
            eprintln!("{}", plain(&self.name, bytes, self.total, came, self.started.elapsed()));
        }
    }

    fn shape(&self) {
        let template = if self.total.is_some() { KNOWN_SIZE } else { UNKNOWN_SIZE };
        let style = ProgressStyle::with_template(template).expect("the template is well-formed");
        self.bar.set_style(style.progress_chars("━━╌"));
        self.total.iter().for_each(|total| self.bar.set_length(*total));
        self.bar.set_position(self.first.unwrap_or(0));
        self.bar.reset_eta();
    }

    /// Says something without disturbing the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }
}

/// One line: `came` of the `bytes` that are there came within this time.
fn plain(name: &str, bytes: u64, total: Option<u64>, came: u64, within: Duration) -> String {
    let rate = came as f64 / within.as_secs_f64().max(1e-3);
    let of = total.map_or(String::new(), |total| format!(" of {}", HumanBytes(total)));
    let left = total.filter(|_| rate > 0.0).map_or(String::new(), |total| {
        format!(", about {:.0} s left", total.saturating_sub(bytes) as f64 / rate)
    });
    format!("{name}: {}{of}, {}/s{left}", HumanBytes(bytes), HumanBytes(rate as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_tells_rate_and_time_left() {
        let mib = 1 << 20;
        let line = plain("a.zip", 30 * mib, Some(50 * mib), 10 * mib, Duration::from_secs(10));
        assert_eq!(line, "a.zip: 30.00 MiB of 50.00 MiB, 1.00 MiB/s, about 20 s left");
        assert_eq!(plain("a.zip", mib, None, mib, Duration::from_secs(1)), "a.zip: 1.00 MiB, 1.00 MiB/s");
    }
}
