//! Telling how far cargo is: its own bar is read, and told as a bar on a terminal and as a line now and then elsewhere, so that
//! a log says as much. What the compiler says goes through.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

use crate::costs::Costs;
use crate::progress::{self, Teller};

/// How often a plain line tells.
const PLAIN_EVERY: Duration = Duration::from_secs(20);
/// Packages from which on a build is a first one.
const MANY: u64 = 100;

/// Reads what cargo writes to its standard error, to the end, and tells it. `graph` asks cargo what it is going to build.
pub fn tell(what: &str, mut from: impl BufRead + Send, costs: &Costs, graph: impl Fn() -> Option<Vec<u8>>) {
    let (send, receive) = channel();
    let teller = Teller::begin(PLAIN_EVERY, false);
    let mut telling =
        Telling { what, teller, costs, started: Instant::now(), last: None, begun: BTreeMap::new() };
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut text = Vec::new();
            while from.read_until(b'\r', &mut text).is_ok_and(|read| read > 0) {
                for line in String::from_utf8_lossy(&text).split(['\r', '\n']) {
                    let _ = send.send(line.to_owned());
                }
                text.clear();
            }
        });
        loop {
            match receive.recv_timeout(PLAIN_EVERY) {
                Ok(line) => telling.line(&line, &graph),
                // Cargo says nothing while a package takes long.
                Err(RecvTimeoutError::Timeout) => telling.again(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    telling.teller.end();
}

struct Telling<'a> {
    what: &'a str,
    teller: Teller,
    costs: &'a Costs,
    started: Instant,
    /// What cargo said last: packages done, of how many, and those being compiled.
    last: Option<(u64, u64, String)>,
    /// When those being compiled were first seen.
    begun: BTreeMap<String, Instant>,
}

impl Telling<'_> {
    fn line(&mut self, line: &str, graph: impl Fn() -> Option<Vec<u8>>) {
        match Said::of(line) {
            Said::Nothing => {}
            Said::Progress { done, all, now } => {
                if self.last.is_none() {
                    self.begin(all - done.min(all), graph);
                }
                let names: Vec<&str> = now.split(", ").collect();
                self.begun.retain(|name, _| names.contains(&name.as_str()));
                for name in names {
                    self.begun.entry(name.to_owned()).or_insert_with(Instant::now);
                }
                self.last = Some((done, all, now.to_owned()));
                self.again();
            }
            Said::Else => progress::say(line),
        }
    }

    /// Asks how much work there is and, where it is much, says so.
    fn begin(&mut self, packages: u64, graph: impl Fn() -> Option<Vec<u8>>) {
        graph().iter().for_each(|graph| self.costs.plan(graph));
        if let (MANY.., Some((_, left))) = (packages, self.left()) {
            let (minutes, threads) = ((left / 60.0).ceil(), threads());
            let beyond = self.costs.beyond(threads).map_or(String::new(), |seconds| {
                format!(", and what is compiled after that some {} min more", (seconds / 60.0).ceil())
            });
            self.teller.say(&format!(
                "compiling {}: {packages} packages, usually some {minutes} min on {threads} threads{beyond}; it is done once",
                self.what
            ));
        }
    }

    fn left(&self) -> Option<(f64, f64)> {
        let begun = self.begun.iter().map(|(name, since)| (name.as_str(), since.elapsed().as_secs_f64()));
        self.costs.left(self.started.elapsed().as_secs_f64(), threads(), begun)
    }

    /// Tells how far it is.
    fn again(&mut self) {
        let Some((done, all, now)) = &self.last else { return };
        let (part, told) = match self.left() {
            Some((part, left)) => {
                let (percent, left) = ((100.0 * part).floor(), progress::words(left));
                (part, format!("compiling {}: {percent} %, about {left} left: {now}", self.what))
            }
            None => {
                let part = *done as f64 / (*all).max(1) as f64;
                (part, format!("compiling {}: {done} of {all}: {now}", self.what))
            }
        };
        self.teller.tell(part, told.clone(), || told);
    }
}

fn threads() -> usize {
    available_parallelism().map_or(1, usize::from)
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
