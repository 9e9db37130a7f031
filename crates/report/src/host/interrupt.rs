//! Ending when nobody listens any more, or when the system says so: runs that keep checkpoints stop at the next one, and the
//! program does not outlive the patience of whoever sent the signal.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use experiment::Interruption;
use runner::messages::exit;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// How often it is looked for.
const EVERY: Duration = Duration::from_millis(20);
/// How long runs have for their last checkpoint.
const PATIENCE: Duration = Duration::from_secs(120);

/// Watches signals and, where `listener` says so, the standard input. What is returned is set when runs are to stop; the
/// program ends with [`exit::INTERRUPTED`] once none is left that stops by itself.
pub(super) fn watched(listener: bool) -> Interruption {
    let (interruption, told) = (Interruption::default(), Arc::new(AtomicBool::new(false)));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        // Where a handler cannot be set, the signal ends the program as it always did: work since the last checkpoint is lost.
        let _ = signal_hook::flag::register(signal, told.clone());
    }
    if listener {
        let gone = told.clone();
        std::thread::spawn(move || {
            let mut rest = [0; 64];
            while std::io::stdin().read(&mut rest).is_ok_and(|read| read > 0) {}
            gone.store(true, Ordering::SeqCst);
        });
    }
    let seen = interruption.clone();
    std::thread::spawn(move || {
        while !told.load(Ordering::SeqCst) {
            std::thread::sleep(EVERY);
        }
        seen.request();
        let since = Instant::now();
        while seen.is_waited_for() && since.elapsed() < PATIENCE {
            std::thread::sleep(EVERY);
        }
        // Runs that have just stopped report it themselves, and the program ends by their word.
        std::thread::sleep(5 * EVERY);
        std::process::exit(exit::INTERRUPTED.into());
    });
    interruption
}
