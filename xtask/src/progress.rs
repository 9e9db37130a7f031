//! Showing progress: a bar with the time left on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use runner::messages::{Event, Plan};

use crate::sections::Section;

/// How often a plain line tells of a long run.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// Units of a bar.
const FINE: u64 = 100_000;
/// Short enough for any terminal; what is said beside it is cut to the room that is left.
const TEMPLATE: &str = "{bar:10.cyan/dim} {wide_msg}";

/// All bars of this process: it has one terminal, whoever draws on it.
pub fn bars() -> &'static MultiProgress {
    static BARS: LazyLock<MultiProgress> =
        LazyLock::new(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8)));
    &BARS
}

/// A bar with a message; hidden where there is no terminal, or none is wanted.
fn bar(quiet: bool) -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE).expect("the template is well-formed");
    let bar = ProgressBar::with_draw_target(Some(FINE), ProgressDrawTarget::hidden())
        .with_style(style.progress_chars("━━╌"))
        .with_finish(ProgressFinish::AndClear);
    if quiet { bar } else { bars().add(bar) }
}

/// A time in words, as coarse as an estimate is.
pub fn words(seconds: f64) -> String {
    if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}

/// Tells how far something is: a bar with a message on a terminal, a line now and then elsewhere.
pub struct Teller {
    bar: ProgressBar,
    every: Duration,
    told: Instant,
}

impl Teller {
    /// Tells of a part that is done, on a terminal in a message that begins with the words, elsewhere in a line of its own.
    pub fn tell(&mut self, part: f64, message: String, line: impl FnOnce() -> String) {
        self.bar.set_position((part * FINE as f64) as u64);
        self.bar.set_message(message);
        if self.bar.is_hidden() && self.told.elapsed() >= self.every {
            eprintln!("{}", line());
            self.told = Instant::now();
        }
    }

    /// Begins; a log gets a line so often.
    pub fn begin(every: Duration, quiet: bool) -> Self {
        Self { bar: bar(quiet), every, told: Instant::now() }
    }

    /// Says a line of its own, without disturbing any bar; it counts as one that a log gets.
    pub fn say(&mut self, line: &str) {
        say(line);
        self.told = Instant::now();
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Says a line without disturbing any bar.
pub fn say(line: &str) {
    bars().suspend(|| eprintln!("{line}"));
}

/// The progress of one section.
pub struct Progress {
    title: String,
    teller: Teller,
    work: Work,
    stored: usize,
    computed: usize,
    started: Instant,
}

/// Work done and to be done, in the section's unit. Several runs may be on their way at a time, and how far one is it tells
/// in a unit of its own.
#[derive(Default)]
struct Work {
    /// Runs to be computed, and how much work each is.
    runs: BTreeMap<String, u64>,
    /// Work of runs that are not yet known.
    ahead: u64,
    done: u64,
    /// Runs on their way: the part that is done.
    begun: BTreeMap<String, f64>,
    /// Work that took no time here: what checkpoints had.
    given: BTreeMap<String, f64>,
}

impl Work {
    /// Takes runs that are not there into account.
    fn plan(&mut self, plan: &Plan) {
        let wanted = plan.runs.iter().filter(|run| !run.state.is_there());
        self.runs.extend(wanted.map(|run| (run.name.clone(), run.work)));
        self.ahead = plan.ahead;
    }

    fn advance(&mut self, run: &str, from: u64, done: u64, total: u64) {
        let part = |units: u64| if total > 0 { units.min(total) as f64 / total as f64 } else { 0.0 };
        self.begun.insert(run.to_owned(), part(done));
        let work = *self.runs.get(run).unwrap_or(&0) as f64;
        self.given.insert(run.to_owned(), part(from) * work);
    }

    /// A run is there; where another process computed it, it took no time here.
    fn finish(&mut self, run: &str, stored: bool) {
        self.begun.remove(run);
        let work = *self.runs.get(run).unwrap_or(&0);
        self.done += work;
        if stored {
            self.given.insert(run.to_owned(), work as f64);
        }
    }

    /// Seconds that are left when so many were spent, once something was computed in them.
    fn left(&self, spent: f64) -> Option<f64> {
        let all = (self.runs.values().sum::<u64>() + self.ahead) as f64;
        let given: f64 = self.given.values().sum();
        let computed = self.part() * all - given;
        (computed > 0.0).then(|| spent * (all - given - computed) / computed)
    }

    /// The part of all work that is done.
    fn part(&self) -> f64 {
        let all = self.runs.values().sum::<u64>() + self.ahead;
        let of = |run: &String| *self.runs.get(run).unwrap_or(&0) as f64;
        let begun = self.begun.iter().map(|(run, part)| part * of(run)).sum::<f64>();
        if all > 0 { (self.done as f64 + begun) / all as f64 } else { 0.0 }
    }
}

impl Progress {
    /// Begins a section with what it plans.
    pub fn begin(section: &Section, plan: &Plan, quiet: bool) -> Self {
        let title = format!("{:<4} {}", section.number, section.name);
        let mut work = Work::default();
        work.plan(plan);
        let teller = Teller::begin(PLAIN_EVERY, quiet);
        Self { title, teller, work, stored: 0, computed: 0, started: Instant::now() }
    }

    /// Takes note of an event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Progress { run, from, done, total, note } => {
                self.work.advance(run, *from, *done, *total);
                self.advance(run, *done, *total, note);
            }
            Event::Finished { run, stored, .. } => {
                self.work.finish(run, *stored);
                match stored {
                    true => self.stored += 1,
                    false => self.computed += 1,
                }
            }
            Event::Warning { message } => say(&format!("warning: {}: {message}", self.title.trim())),
            Event::Queue { queued, running, words } => self.queue(*queued, *running, words),
            Event::Done { written, unchanged } => self.end(written.len(), *unchanged),
            Event::Plan(plan) => self.work.plan(plan),
            Event::Error { .. } | Event::Description(_) | Event::Rechecked(_) => {}
        }
    }

    fn advance(&mut self, run: &str, done: u64, total: u64, note: &str) {
        let note = if note.is_empty() { String::new() } else { format!(", {note}") };
        let left = self.work.left(self.started.elapsed().as_secs_f64());
        let left = left.map_or(String::new(), |seconds| format!(", about {} left", words(seconds)));
        let (title, part) = (&self.title, self.work.part());
        let message = format!("{} {:.0} %{left}: {run}{note}", title.trim(), 100.0 * part);
        self.teller.tell(part, message, || format!("{title}: {run} {done}/{total}{note}{left}"));
    }

    fn queue(&mut self, queued: usize, running: usize, words: &str) {
        let words = if words.is_empty() { String::new() } else { format!("; {words}") };
        let (title, message) = (&self.title, format!("{queued} queued, {running} running{words}"));
        self.teller.tell(self.work.part(), message.clone(), || format!("{title}: {message}"));
    }

    fn end(&self, written: usize, unchanged: usize) {
        self.teller.end();
        let (stored, seconds) = (self.stored, self.started.elapsed().as_secs_f64());
        say(&format!(
            "{:<18} {:>7.2} s  {} runs computed, {stored} there; {written} files written, {unchanged} unchanged",
            self.title, seconds, self.computed
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use runner::messages::{PlannedRun, RunState};

    fn plan<const N: usize>(runs: [(&str, RunState, u64); N], ahead: u64) -> Plan {
        let runs = runs.map(|(name, state, work)| {
            let (name, key) = (name.to_owned(), String::new());
            PlannedRun { name, key, state, moved: Vec::new(), arithmetic: None, work }
        });
        Plan { runs: runs.into(), current: false, ahead }
    }

    #[test]
    fn progress_is_by_work_and_counts_what_is_ahead() {
        let mut work = Work::default();
        assert_eq!(work.part(), 0.0);
        let (short, long) = (("short", RunState::Missing, 10), ("long", RunState::Damaged, 70));
        work.plan(&plan([short, long, ("old", RunState::Stored, 1000)], 20));
        work.advance("long", 0, 1, 2);
        assert_eq!(work.part(), 0.35);
        work.advance("short", 0, 3, 1);
        work.finish("old", false);
        assert_eq!(work.part(), 0.45);
        work.finish("short", false);
        work.finish("long", false);
        assert_eq!(work.part(), 0.8);
        work.plan(&plan([("chosen", RunState::Missing, 80)], 0));
        assert_eq!(work.part(), 0.5);
    }

    #[test]
    fn the_time_left_counts_only_what_was_computed_here() {
        let mut work = Work::default();
        work.plan(&plan(["first", "second", "third"].map(|name| (name, RunState::Missing, 100)), 0));
        work.advance("first", 0, 0, 1);
        assert_eq!(work.left(5.0), None);
        // A checkpoint had 50 of its 100 steps; ten more took ten seconds.
        work.advance("first", 50, 60, 100);
        assert_eq!(work.left(10.0).map(f64::round), Some(240.0));
        // Meanwhile another process computed one.
        work.finish("second", true);
        assert_eq!(work.left(10.0).map(f64::round), Some(140.0));
    }

    /// A terminal of few columns, and what is written to it.
    #[derive(Debug, Clone, Default)]
    struct Narrow(std::sync::Arc<std::sync::Mutex<String>>);

    impl Narrow {
        const COLUMNS: u16 = 24;

        fn moved(&self) -> std::io::Result<()> {
            self.write_str("\r")
        }
    }

    macro_rules! moves {
        ($($name:ident)*) => {
            $(fn $name(&self, _: usize) -> std::io::Result<()> {
                self.moved()
            })*
        };
    }

    impl TermLike for Narrow {
        moves!(move_cursor_up move_cursor_down move_cursor_right move_cursor_left);
        fn width(&self) -> u16 {
            Self::COLUMNS
        }
        fn write_line(&self, text: &str) -> std::io::Result<()> {
            self.write_str(text)?;
            self.moved()
        }
        fn write_str(&self, text: &str) -> std::io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> std::io::Result<()> {
            self.moved()
        }
        fn flush(&self) -> std::io::Result<()> {
            self.moved()
        }
    }

    #[test]
    fn a_bar_keeps_to_one_line_of_a_narrow_terminal() {
        let terminal = Narrow::default();
        let bar = bar(true);
        bar.set_draw_target(ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255));
        bar.set_position(FINE / 2);
        bar.set_message("3.1 theory 50 %, about 12 s left: a-run-of-a-long-name, with a note of its own");
        bar.tick();
        let written = terminal.0.lock().unwrap().clone();
        let widest = written.split('\r').map(|line| line.trim_end().chars().count()).max().unwrap();
        assert!(written.contains("3.1") && widest <= usize::from(Narrow::COLUMNS), "{written:?}");
    }
}
