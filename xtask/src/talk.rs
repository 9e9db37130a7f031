//! Talking to section programs: one request in, events out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use runner::messages::{Description, Event, Plan, Rechecked, Request, exit};
use runner::{CommandError, FileError, Program};
use serde::de::DeserializeOwned;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::built::Built;
use crate::sections::Section;

/// Asks a section what it would do.
/// Fails with what the section answers, or that it does not.
pub fn plan(built: &Built, section: &Section, request: &Request) -> Result<Plan, CommandError> {
    let mut plan = None;
    ask(built, section, "plan", request, |event| {
        if let Event::Plan(made) = event {
            plan = Some(made);
        }
    })?;
    plan.ok_or_else(|| CommandError::failed(format!("Section {} made no plan", section.number)))
}

/// Asks a section to describe itself.
/// Fails when it does not answer, or not in the expected words.
pub fn describe(built: &Built, section: &Section) -> Result<Description, CommandError> {
    let mut answer = None;
    lines(built, section, "describe", None, |description| answer = Some(description))?;
    answer.ok_or_else(|| CommandError::failed(format!("Section {} does not describe itself", section.number)))
}

/// Has a section hold the files of a record against each other.
/// Fails with what the section answers, or that it does not.
pub fn recheck(built: &Built, section: &Section, request: &Request) -> Result<Rechecked, CommandError> {
    let mut answer = None;
    ask(built, section, "recheck", request, |event| {
        if let Event::Rechecked(rechecked) = event {
            answer = Some(rechecked);
        }
    })?;
    answer.ok_or_else(|| CommandError::failed(format!("Section {} rechecked nothing", section.number)))
}

/// Has a section do what a word asks, `plan` or `run`, handing on its events.
/// Fails with what the section answers, or that it does not.
pub fn ask(
    built: &Built,
    section: &Section,
    word: &str,
    request: &Request,
    mut on_event: impl FnMut(Event),
) -> Result<(), CommandError> {
    let mut error = None;
    let code = lines(built, section, word, Some(request), |event| match event {
        Event::Error { message, advice } => error = Some((message, advice)),
        event => on_event(event),
    })?;
    match (error, code) {
        (None, Some(0)) => Ok(()),
        (Some((message, advice)), code) => {
            let code = u8::try_from(code.unwrap_or(1)).unwrap_or(1).max(1);
            Err(CommandError::failed(message).advise(advice).code(code))
        }
        (None, Some(code)) if code == i32::from(exit::INTERRUPTED) => {
            let what = format!("Section {} was interrupted", section.number);
            Err(CommandError::failed(what).advise("the same command continues it").code(exit::INTERRUPTED))
        }
        (None, code) => {
            let how = code.map_or("was killed".to_owned(), |code| format!("ended with exit code {code}"));
            let advice =
                "its finished runs are kept: the same command continues; messages above may say more";
            Err(CommandError::failed(format!("the program of Section {} {how}", section.number))
                .advise(advice))
        }
    }
}

/// Starts a section's program, writes the request, hands on each line of its answer, and returns its exit code.
fn lines<T: DeserializeOwned>(
    built: &Built,
    section: &Section,
    word: &str,
    request: Option<&Request>,
    mut on_line: impl FnMut(T),
) -> Result<Option<i32>, CommandError> {
    let path = built.program(&section.name)?;
    let failed = || FileError::of("run", path);
    let mut program = Program::start(path, &[word], request).map_err(failed())?;
    let _watch = Watch::over(program.leaving());
    while let Some(line) = program.line().map_err(failed())? {
        match serde_json::from_str(&line) {
            Ok(said) => on_line(said),
            Err(_) => eprintln!("{line}"),
        }
    }
    Ok(program.code().map_err(failed())?)
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
