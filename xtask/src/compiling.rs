//! Telling how far cargo is: its own bar is read, and told as a bar on a terminal and as a line now and then elsewhere, so that
//! a log says as much. What the compiler says goes through.

use std::io::BufRead;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use crate::progress::{self, Teller};

/// How often a plain line tells.
const PLAIN_EVERY: Duration = Duration::from_secs(20);
/// Seconds of a processor that a package takes, on the average of the first build of the workspace: some 1,400 for 560.
const USUAL: f64 = 2.5;
/// Packages from which on a build is a first one.
const MANY: u64 = 100;

/// Reads what cargo writes to its standard error, to the end, and tells it.
pub fn tell(what: &str, mut from: impl BufRead) {
    let teller = Teller::begin(PLAIN_EVERY, false);
    let mut telling = Telling { what, teller, started: Instant::now(), begin: None, announced: false };
    let mut text = Vec::new();
    while from.read_until(b'\r', &mut text).is_ok_and(|read| read > 0) {
        String::from_utf8_lossy(&text).split(['\r', '\n']).for_each(|line| telling.line(line));
        text.clear();
    }
    telling.teller.end();
}

struct Telling<'a> {
    what: &'a str,
    teller: Teller,
    started: Instant,
    /// Packages that were there when it began.
    begin: Option<u64>,
    /// Whether it was told how long it usually takes.
    announced: bool,
}

impl Telling<'_> {
    fn line(&mut self, line: &str) {
        match Said::of(line) {
            Said::Nothing => {}
            Said::Progress { done, all, now } => self.progress(done, all, now),
            Said::Else => progress::say(line),
        }
    }

    fn progress(&mut self, done: u64, all: u64, now: &str) {
        let (what, begin) = (self.what, *self.begin.get_or_insert(done));
        if !self.announced && all - done >= MANY {
            let threads = available_parallelism().map_or(1, usize::from);
            let minutes = (USUAL * (all - done) as f64 / threads as f64 / 60.0).ceil();
            self.teller.say(&format!(
                "compiling {what}: {} packages, usually some {minutes} min on {threads} threads; it is done once",
                all - done
            ));
            self.announced = true;
        }
        let spent = self.started.elapsed().as_secs_f64();
        let part = (done - begin.min(done)) as f64 / (all - begin.min(all)).max(1) as f64;
        let left = match part {
            0.1.. => format!(", about {} left", progress::words(spent / part - spent)),
            _ => String::new(),
        };
        let told = format!("compiling {what}: {done} of {all}{left}: {now}");
        self.teller.tell(done as f64 / all.max(1) as f64, told.clone(), || told);
    }
}

/// What a line of cargo's says.
#[derive(Debug, PartialEq)]
enum Said<'a> {
    /// What the bar says as well.
    Nothing,
    /// So many of all packages are there, and what is compiled now.
    Progress {
        done: u64,
        all: u64,
        now: &'a str,
    },
    Else,
}

impl<'a> Said<'a> {
    fn of(line: &'a str) -> Self {
        let mut plain = line.trim_start();
        while let Some((_, rest)) = plain.strip_prefix('\x1b').and_then(|rest| rest.split_once(['m', 'K'])) {
            plain = rest.trim_start();
        }
        let bar = || {
            let (counts, now) = plain.split_once("] ")?.1.split_once(':')?;
            let (done, all) = counts.split_once('/')?;
            Some(Self::Progress { done: done.parse().ok()?, all: all.parse().ok()?, now: now.trim() })
        };
        match plain.split(|c: char| !c.is_alphabetic()).next() {
            Some("Building") => bar().unwrap_or(Self::Nothing),
            Some("Compiling" | "Finished" | "Fresh") => Self::Nothing,
            _ if plain.is_empty() => Self::Nothing,
            _ => Self::Else,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_bar_is_read_and_what_the_compiler_says_goes_through() {
        let coloured =
            "\x1b[1m\x1b[36m    Building\x1b[0m [===>      ] 12/594: syn, polars-core(build)\x1b[K";
        for line in [coloured, "    Building [==> ] 12/594: syn, polars-core(build)"] {
            let Said::Progress { done: 12, all: 594, now } = Said::of(line) else { panic!("{line:?}") };
            assert!(now.starts_with("syn, polars-core"));
        }
        for line in [
            "",
            "\x1b[K",
            "   Compiling syn v2.0.1",
            "\x1b[1m\x1b[92m    Finished\x1b[0m `dev` profile",
            "    Building",
        ] {
            assert_eq!(Said::of(line), Said::Nothing, "{line:?}");
        }
        for line in
            ["warning: unused variable", "error[E0063]: missing field", "    Blocking waiting for file lock"]
        {
            assert_eq!(Said::of(line), Said::Else, "{line:?}");
        }
    }
}
