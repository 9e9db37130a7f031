//! Talking to section programs: one request in, events out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use runner::messages::{Description, Event, Plan, Rechecked, Request, exit};
use runner::{CommandError, FileError, Program};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::built::Built;
use crate::sections::Section;

/// Asks a section what it would do.
/// Fails with what the section answers, or that it does not.
pub fn plan(built: &Built, section: &Section, request: &Request) -> Result<Plan, CommandError> {
    let plan = |event| if let Event::Plan(plan) = event { Some(plan) } else { None };
    answer(built, section, "plan", Some(request), plan)
}

/// Asks a section to describe itself.
/// Fails with what the section answers, or that it does not.
pub fn describe(built: &Built, section: &Section) -> Result<Description, CommandError> {
    let described = |event| if let Event::Description(said) = event { Some(said) } else { None };
    answer(built, section, "describe", None, described)
}

/// Has a section hold the files of a record against each other.
/// Fails with what the section answers, or that it does not.
pub fn recheck(built: &Built, section: &Section, request: &Request) -> Result<Rechecked, CommandError> {
    let rechecked = |event| if let Event::Rechecked(found) = event { Some(found) } else { None };
    answer(built, section, "recheck", Some(request), rechecked)
}

/// Has a section do its work, handing on its events.
/// Fails with what the section answers, or that it does not.
pub fn run(
    built: &Built,
    section: &Section,
    request: &Request,
    on_event: impl FnMut(Event),
) -> Result<(), CommandError> {
    ask(built, section, "run", Some(request), on_event)
}

/// The last of a section's events that is the wanted answer to a word.
fn answer<T>(
    built: &Built,
    section: &Section,
    word: &str,
    request: Option<&Request>,
    wanted: impl Fn(Event) -> Option<T>,
) -> Result<T, CommandError> {
    let mut answer = None;
    ask(built, section, word, request, |event| answer = wanted(event).or(answer.take()))?;
    let silent = || CommandError::failed(format!("Section {} does not answer `{word}`", section.number));
    answer.ok_or_else(silent)
}

/// Starts a section's program with a word, writes the request, and hands on each event of its answer.
fn ask(
    built: &Built,
    section: &Section,
    word: &str,
    request: Option<&Request>,
    mut on_event: impl FnMut(Event),
) -> Result<(), CommandError> {
    let path = built.program(&section.name)?;
    let failed = || FileError::of("run", path);
    let mut program = Program::start(path, &[word], request).map_err(failed())?;
    let _watch = Watch::over(program.leaving());
    let mut error = None;
    while let Some(line) = program.line().map_err(failed())? {
        match serde_json::from_str(&line) {
            Ok(Event::Error { message, advice }) => error = Some((message, advice)),
            Ok(event) => on_event(event),
            Err(_) => eprintln!("{line}"),
        }
    }
    let code = program.code().map_err(failed())?.map(|code| u8::try_from(code).unwrap_or(exit::FAILED));
    let (message, advice, code) = match (error, code) {
        (None, Some(exit::OK)) => return Ok(()),
        (Some((message, advice)), code) => (message, advice, code.unwrap_or(exit::FAILED).max(exit::FAILED)),
        (None, Some(exit::INTERRUPTED)) => {
            let what = format!("Section {} was interrupted", section.number);
            (what, "the same command continues it".to_owned(), exit::INTERRUPTED)
        }
        (None, code) => {
            let how = code.map_or("was killed".to_owned(), |code| format!("ended with exit code {code}"));
            let advice =
                "its finished runs are kept: the same command continues; messages above may say more";
            let what = format!("the program of Section {} {how}", section.number);
            (what, advice.to_owned(), exit::FAILED)
        }
    };
    Err(CommandError::failed(message).advise(advice).code(code))
}

/// Whether this process was sent SIGINT, SIGTERM or SIGHUP while it watched for them.
pub fn interrupted() -> bool {
    signals().told.load(Ordering::SeqCst)
}

/// What this process makes of signals: told while it watches for them, and else what the system does.
struct Signals {
    told: Arc<AtomicBool>,
    unwatched: Arc<AtomicBool>,
    watches: Mutex<usize>,
}

impl Signals {
    fn watch(&self, change: impl FnOnce(&mut usize)) {
        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut watches);
        self.unwatched.store(*watches == 0, Ordering::SeqCst);
    }
}

fn signals() -> &'static Signals {
    static SIGNALS: LazyLock<Signals> = LazyLock::new(|| {
        let (told, unwatched) = (Arc::<AtomicBool>::default(), Arc::new(AtomicBool::new(true)));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // Where a handler cannot be set, the signal ends this process, and the program notices.
            let _ = signal_hook::flag::register_conditional_default(signal, unwatched.clone());
            let _ = signal_hook::flag::register(signal, told.clone());
        }
        Signals { told, unwatched, watches: Mutex::default() }
    });
    &SIGNALS
}

/// On SIGINT, SIGTERM or SIGHUP a program is left to itself: it writes its checkpoints and ends, and its exit code is ours.
pub struct Watch(Arc<AtomicBool>);

impl Watch {
    /// Watches until this is dropped, and says once when a program is to be left.
    pub fn over(leave: impl FnOnce() + Send + 'static) -> Self {
        signals().watch(|watches| *watches += 1);
        let over = Arc::new(AtomicBool::new(false));
        let (told, ended) = (signals().told.clone(), over.clone());
        std::thread::spawn(move || {
            while !ended.load(Ordering::SeqCst) {
                if told.load(Ordering::SeqCst) {
                    return leave();
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        Self(over)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
        signals().watch(|watches| *watches -= 1);
    }
}
