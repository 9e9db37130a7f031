//! Printing that survives its reader: a closed pipe (`… | head`) is no failure, and no reason to stop amid the work or to end
//! with another exit code. The macros of this crate take the places of the standard library's, which panic.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::CommandError;

/// What the system said when text was lost for another reason than a closed pipe, as its error number.
static LOST: AtomicI32 = AtomicI32::new(0);

/// Writes to one of the two standard places.
#[doc(hidden)]
pub fn put(mut to: impl Write, text: Arguments) {
    match to.write_fmt(text).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            LOST.store(error.raw_os_error().unwrap_or(-1), Ordering::Relaxed);
        }
        _ => {}
    }
}

/// Why something that was printed is not where it should be, such as a full disk; none where all is or nobody reads it.
fn lost() -> Option<io::Error> {
    match LOST.load(Ordering::Relaxed) {
        0 => None,
        -1 => Some(io::Error::other("the output cannot be written")),
        code => Some(io::Error::from_raw_os_error(code)),
    }
}

/// The end of a program: what it returns or why it stopped, which is told, unless part of what it printed is lost.
pub fn end(outcome: Result<u8, CommandError>) -> ExitCode {
    let code = outcome.unwrap_or_else(|error| error.report());
    match lost() {
        Some(error) => CommandError::failed("part of the output is lost").because(error).report().into(),
        None => code.into(),
    }
}

/// The standard library's `print!`, but that it never panics.
#[macro_export]
macro_rules! print {
    ($($text:tt)*) => { $crate::output::put(::std::io::stdout().lock(), ::std::format_args!($($text)*)) };
}

/// The standard library's `println!`, but that it never panics.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($text:tt)*) => { $crate::print!("{}\n", ::std::format_args!($($text)*)) };
}

/// The standard library's `eprintln!`, but that it never panics.
#[macro_export]
macro_rules! eprintln {
    ($($text:tt)*) => {
        $crate::output::put(::std::io::stderr().lock(), ::std::format_args!("{}\n", ::std::format_args!($($text)*)))
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Refuses(ErrorKind);

    impl Write for Refuses {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is_told() {
        put(Refuses(ErrorKind::BrokenPipe), format_args!("nobody reads this"));
        assert!(lost().is_none());
        put(Refuses(ErrorKind::StorageFull), format_args!("no room for this"));
        assert!(lost().is_some());
    }
}
