//! How much work there is in compiling what is still to be compiled: some packages take a hundred times as long as others, so
//! that their number says little of the time that is left.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

/// Seconds of a processor for the packages that take longest, one a line, measured on the first build of the workspace. Only
/// how they compare with each other matters once something is compiled.
const LONG: &str = include_str!("costs.txt");
/// The same for any other package.
const SHORT: f64 = 1.0;
/// For a program: what is instantiated for it, and the linker.
const PROGRAM: f64 = 8.0;
/// For a build script.
const SCRIPT: f64 = 0.3;
/// The part of a package that counts as done at most while it is being compiled.
const BEGUN: f64 = 0.9;
/// So much work has to be done before its speed is believed.
const BELIEVED: f64 = 30.0;

/// Something that cargo builds, as it says it beforehand and afterwards.
#[derive(Deserialize)]
struct Unit {
    #[serde(alias = "pkg_id")]
    package_id: String,
    target: Target,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    fresh: bool,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Graph {
    units: Vec<Unit>,
}

impl Unit {
    fn cost(&self) -> f64 {
        match self.target.kind.first().map_or("", String::as_str) {
            _ if self.mode == "run-custom-build" => 0.0,
            "custom-build" => SCRIPT,
            "bin" => PROGRAM,
            _ => of_package(&crate::built::name_and_version(&self.package_id).0),
        }
    }
}

fn of_package(name: &str) -> f64 {
    let long = LONG.lines().filter_map(|line| line.split_once(' '));
    let mut seconds = long.filter(|(package, _)| *package == name).map(|(_, seconds)| seconds);
    seconds.find_map(|seconds| seconds.parse().ok()).unwrap_or(SHORT)
}

/// The work of builds that follow each other, as far as it is known.
#[derive(Debug, Default)]
pub struct Costs(Mutex<Work>);

#[derive(Debug, Default)]
struct Work {
    all: Option<f64>,
    /// Of what is built after this as well.
    whole: Option<f64>,
    /// Of what was there before.
    fresh: f64,
    compiled: f64,
    /// The seconds that it took.
    spent: f64,
    /// What the builds before this one compiled, and their seconds: sections compute beside the beginning of a build, so that
    /// its own speed says too little.
    before: (f64, f64),
}

fn of_graph(graph: &[u8]) -> Option<f64> {
    Some(serde_json::from_slice::<Graph>(graph).ok()?.units.iter().map(Unit::cost).sum())
}

impl Costs {
    /// A build begins. If another follows it, the graph is of all that is built.
    pub fn begin(&self, graph: &[u8]) {
        let mut work = self.work();
        let before = (work.before.0 + work.compiled, work.before.1 + work.spent);
        *work = Work { whole: of_graph(graph), before, ..Work::default() };
    }

    /// Takes note of the graph of all that is going to be built; none is known where that is not in the expected words.
    pub fn plan(&self, graph: &[u8]) {
        self.work().all = of_graph(graph);
    }

    /// Seconds that what is built after this takes, if there is such.
    pub fn beyond(&self, threads: usize) -> Option<f64> {
        let Work { all, whole, .. } = *self.work();
        Some(whole? - all?).filter(|more| *more > 0.0).map(|more| more / threads as f64)
    }

    /// Takes note of a line in which cargo says that something is built.
    pub fn add(&self, line: &str) {
        let Ok(unit) = serde_json::from_str::<Unit>(line) else { return };
        let mut work = self.work();
        if unit.fresh { work.fresh += unit.cost() } else { work.compiled += unit.cost() }
    }

    /// The part that is done of what had to be compiled, and the seconds that are left after so many; `begun` are packages that
    /// are being compiled, with the seconds since then.
    pub fn left<'a>(
        &self,
        spent: f64,
        threads: usize,
        begun: impl Iterator<Item = (&'a str, f64)>,
    ) -> Option<(f64, f64)> {
        let mut work = self.work();
        work.spent = spent;
        let Work { all, fresh, compiled, before, .. } = *work;
        let wanted = (all? - fresh).max(compiled);
        let rate = |done: f64| (before.1 + spent + BELIEVED / threads as f64) / (before.0 + done + BELIEVED);
        let each = rate(compiled) * threads as f64;
        let of_begun = begun.map(|(package, since)| (since / each).min(BEGUN * of_package(package)));
        let done = (compiled + of_begun.sum::<f64>()).min(wanted);
        (wanted > 0.0).then(|| (done / wanted, (wanted - done) * rate(done)))
    }

    fn work(&self) -> std::sync::MutexGuard<'_, Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::iter;

    fn unit(id: &str, kind: &str, fresh: bool) -> String {
        format!(r#"{{"package_id":"r#{id}","target":{{"kind":["{kind}"],"name":"x"}},"fresh":{fresh}}}"#)
    }

    #[test]
    fn time_left_goes_by_the_work_that_is_left() {
        let long = LONG.lines().next().unwrap().split_once(' ').unwrap();
        let (name, seconds) = (format!("{}@1.0.0", long.0), long.1.parse::<f64>().unwrap());
        let units =
            [unit("a@1.0.0", "lib", false), unit(&name, "lib", false), unit("b@1.0.0", "proc-macro", true)];
        let whole = [unit("c@1.0.0", "bin", false), units.join(",")].join(",");
        let costs = Costs::default();
        costs.begin(format!(r#"{{"units":[{whole}]}}"#).as_bytes());
        assert_eq!((costs.left(1.0, 2, iter::empty()), costs.beyond(2)), (None, None));
        costs.plan(format!(r#"{{"units":[{}]}}"#, units.join(",")).as_bytes());
        // Before anything is compiled: as on the machine where it was measured.
        let (part, left) = costs.left(0.0, 2, iter::empty()).unwrap();
        assert_eq!((part, left), (0.0, (seconds + 2.0) / 2.0));
        assert_eq!(costs.beyond(2), Some(PROGRAM / 2.0));
        // What was there already is no work, and says nothing of the speed.
        costs.add(&unit("b@1.0.0", "proc-macro", true));
        assert_eq!(costs.left(0.0, 2, iter::empty()).unwrap().1, (seconds + 1.0) / 2.0);
        costs.add(&unit("a@1.0.0", "lib", false));
        let (part, left) = costs.left(0.5, 2, iter::empty()).unwrap();
        assert!((part - 1.0 / (seconds + 1.0)).abs() < 1e-12 && (left - seconds / 2.0).abs() < 1e-9);
        // One that is under way counts by the time since it began, and not as done.
        let (part, _) = costs.left(0.5, 2, iter::once((long.0, seconds / 2.0))).unwrap();
        assert!((part - (1.0 + seconds / 2.0) / (seconds + 1.0)).abs() < 1e-9);
        let (part, _) = costs.left(0.5, 2, iter::once((long.0, 1e9))).unwrap();
        assert!((part - (1.0 + BEGUN * seconds) / (seconds + 1.0)).abs() < 1e-9);
        costs.add(&unit(&name, "lib", false));
        assert_eq!(costs.left(60.0, 2, iter::empty()).unwrap(), (1.0, 0.0));

        // The next build begins with the speed of this one.
        let done = seconds + 1.0;
        costs.begin(b"");
        costs.plan(format!(r#"{{"units":[{}]}}"#, unit("d@1.0.0", "lib", false)).as_bytes());
        let (part, left) = costs.left(0.0, 2, iter::empty()).unwrap();
        let speed = (60.0 + BELIEVED / 2.0) / (done + BELIEVED);
        assert!(part == 0.0 && (left - speed).abs() < 1e-12, "{left} {speed}");
    }

    #[test]
    fn what_is_in_other_words_is_passed_over() {
        let costs = Costs::default();
        costs.add("warning: unused");
        costs.plan(b"{}");
        assert_eq!(costs.left(1.0, 1, iter::empty()), None);
    }

    #[test]
    fn the_list_is_one_of_packages_and_seconds() {
        assert!(LONG.lines().count() > 20);
        for line in LONG.lines() {
            let (name, seconds) = line.split_once(' ').unwrap();
            assert!(!name.is_empty() && seconds.parse::<f64>().unwrap() > SHORT, "{line}");
        }
    }
}
