//! A section's program at work: started with a request, listened to until it ends.

use std::io::{self, BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use crate::messages::Request;

/// A program that has been started. While this lives, the program's standard input is open and it knows that somebody
/// listens; when the process that holds it ends, however it ends, the program stops after its next checkpoint.
#[derive(Debug)]
pub struct Program {
    child: Child,
    listening: Arc<Mutex<Option<ChildStdin>>>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts a program with its words and, unless it only describes itself, a request.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(program: &Path, words: &[&str], request: Option<&Request>) -> io::Result<Self> {
        let mut child =
            Command::new(program).args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut listening = child.stdin.take();
        if let (Some(stdin), Some(request)) = (&mut listening, request) {
            let mut line = serde_json::to_vec(request)?;
            line.push(b'\n');
            // A program that has died closes its side; its exit code tells more than the failed write.
            let _ = stdin.write_all(&line);
        }
        let stdout = child.stdout.take().expect("the standard output is piped");
        let listening = Arc::new(Mutex::new(listening));
        Ok(Self { child, listening, lines: BufReader::new(stdout).lines() })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line that it says; none at its end.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn line(&mut self) -> io::Result<Option<String>> {
        self.lines.next().transpose()
    }

    /// What stops listening when it is called, from any thread.
    pub fn leaving(&self) -> impl Fn() + Send + 'static {
        let listening = self.listening.clone();
        move || drop(listening.lock().unwrap_or_else(PoisonError::into_inner).take())
    }

    /// Kills it at once.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// Waits for its end; none where a signal ended it.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn code(&mut self) -> io::Result<Option<i32>> {
        Ok(self.child.wait()?.code())
    }

    /// Listens to the end: everything that it said, and its exit code.
    ///
    /// # Errors
    /// When it cannot be read or waited for.
    pub fn finish(mut self) -> io::Result<(String, Option<i32>)> {
        let mut said = String::new();
        while let Some(line) = self.line()? {
            said.push_str(&line);
            said.push('\n');
        }
        Ok((said, self.code()?))
    }
}
