//! The log of a task: what its program said, line by line, between the lines of the job script that tell the node and the
//! exit code.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::messages::{Event, exit};

/// How much of a long log is read, from its begin, which names the node, and from its end.
const HEAD: u64 = 1 << 9;
const TAIL: u64 = 1 << 14;
/// How many of its last lines are told of a failure.
const LINES: usize = 5;

/// What schedulers write into the log of a task that they end, and what it means.
const ENDS: [(&str, &str); 6] = [
    ("exceeded memory limit", MEMORY),
    ("oom-kill", MEMORY),
    ("oom_kill", MEMORY),
    ("DUE TO TIME LIMIT", TIME),
    ("DUE TO NODE FAILURE", NODE),
    ("DUE TO PREEMPTION", "it had to make room for others"),
];
const MEMORY: &str = "out of memory, for which `memory` asks";
const TIME: &str = "over its time limit, for which `time` asks";
const NODE: &str = "its node failed";

/// What a log says of one run.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Account {
    /// The node that the task was on last.
    pub(super) node: Option<String>,
    /// Since when, as the node's clock has it.
    pub(super) since: String,
    /// Whether the run is over, of the task's own will, with a result.
    pub(super) finished: bool,
    /// How far it is, as it was told last.
    pub(super) progress: Option<Event>,
    /// What the run gave up for.
    pub(super) error: Option<String>,
    /// The exit code of the task.
    pub(super) code: Option<i32>,
    /// What the scheduler wrote of the task's end.
    pub(super) end: Option<&'static str>,
    /// The last lines.
    pub(super) lines: Vec<String>,
}

impl Account {
    /// Reads what a log says of a run. A log that is not there says nothing.
    pub(super) fn read(log: &Path, run: &str) -> Self {
        let mut bytes = Vec::new();
        let read = File::open(log).and_then(|mut file| {
            let length = file.metadata()?.len();
            if length > HEAD + TAIL {
                file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
                file.seek(SeekFrom::Start(length - TAIL))?;
            }
            file.read_to_end(&mut bytes)
        });
        if read.is_ok() { Self::of(&String::from_utf8_lossy(&bytes), run) } else { Self::default() }
    }

    fn of(text: &str, run: &str) -> Self {
        let mut account = Self::default();
        let is_of_run = |message: &str| {
            let rest = message.strip_prefix("run ").and_then(|rest| rest.strip_prefix(run));
            rest.is_some_and(|rest| rest.starts_with([' ', ':'])) || !message.starts_with("run ")
        };
        for line in text.lines() {
            match serde_json::from_str::<Event>(line) {
                Ok(event @ Event::Progress { .. }) if matches!(&event, Event::Progress { run: of, .. } if of == run) =>
                {
                    account.progress = Some(event);
                }
                Ok(Event::Finished { run: of, .. }) if of == run => account.finished = true,
                Ok(Event::Error { message, .. }) if is_of_run(&message) => account.error = Some(message),
                Ok(Event::Progress { .. } | Event::Finished { .. }) => continue,
                _ => {}
            }
            let begun = line.strip_prefix("task on ").and_then(|rest| rest.split_once(" since "));
            if let Some((node, since)) = begun {
                account = Self {
                    node: Some(node.to_owned()),
                    since: since.to_owned(),
                    lines: std::mem::take(&mut account.lines),
                    ..Self::default()
                };
            }
            if let Some((_, end)) = ENDS.iter().find(|(words, _)| line.contains(words)) {
                account.end = Some(end);
            }
            if let Some(code) = line.strip_prefix("exit code ") {
                account.code = code.parse().ok();
            }
            account.lines.push(line.to_owned());
        }
        account.lines.drain(..account.lines.len().saturating_sub(LINES));
        account
    }

    /// Whether the task has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.node.is_some()
    }

    /// Whether the task stopped after a checkpoint because it was told to.
    pub(super) fn is_interrupted(&self) -> bool {
        self.code == Some(exit::INTERRUPTED.into())
    }

    /// Why there is no result, given how the scheduler says that the task ended, where it says so.
    pub(super) fn reason(&self, over: Option<&str>) -> String {
        let scheduler = match over {
            _ if self.end.is_some() => self.end,
            Some("OUT_OF_MEMORY") => Some(MEMORY),
            Some("TIMEOUT") => Some(TIME),
            Some("NODE_FAIL" | "BOOT_FAIL") => Some(NODE),
            Some("CANCELLED" | "canceled") => Some("cancelled"),
            Some("COMPLETED" | "FAILED" | "finished" | "failed") | None => None,
            other => other,
        };
        if let Some(error) = self.error.as_ref().filter(|_| !self.is_interrupted()) {
            return error.clone();
        }
        match (scheduler, self.code) {
            (Some(why), _) => why.to_owned(),
            (None, Some(0)) => "its task ended well and left no result".to_owned(),
            (None, Some(code)) if code == i32::from(exit::INTERRUPTED) => "it was interrupted".to_owned(),
            (None, Some(137)) => "killed by signal 9, as for want of memory, or by hand".to_owned(),
            (None, Some(code)) if code > 128 => format!("killed by signal {}", code - 128),
            (None, Some(code)) => format!("its task ended with exit code {code}"),
            (None, None) if self.has_begun() => {
                "its task ended without a word: killed, or its node was lost".to_owned()
            }
            (None, None) => "its task never began, or could not write its log".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: &str = r#"task on n1 since now
{"event":"progress","run":"a","done":3,"total":9}
{"event":"finished","run":"a","stored":false,"seconds":1.0}
{"event":"error","message":"run b failed: no room","advice":""}
exit code 1
"#;

    #[test]
    fn each_run_of_a_task_has_its_own_account() {
        let [a, b, c] = ["a", "b", "c"].map(|run| Account::of(FAILED, run));
        assert!(a.finished && a.error.is_none());
        assert!(matches!(a.progress, Some(Event::Progress { done: 3, total: 9, .. })));
        assert_eq!((b.finished, b.reason(Some("FAILED"))), (false, "run b failed: no room".to_owned()));
        assert_eq!(c.reason(Some("FAILED")), "its task ended with exit code 1");
        assert_eq!(
            b.lines,
            [
                "task on n1 since now",
                r#"{"event":"error","message":"run b failed: no room","advice":""}"#,
                "exit code 1"
            ]
        );
        // A second instance of the task begins anew.
        let again = Account::of(&format!("{FAILED}task on n2 since later\n"), "b");
        assert_eq!((again.node.as_deref(), again.error, again.code), (Some("n2"), None, None));
    }

    #[test]
    fn of_a_long_log_begin_and_end_are_read() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let progress = "{\"event\":\"progress\",\"run\":\"a\",\"done\":3,\"total\":9}\n".repeat(10_000);
        std::fs::write(log.path(), format!("task on n1 since now\n{progress}exit code 137\n")).unwrap();
        let account = Account::read(log.path(), "a");
        assert_eq!((account.node.as_deref(), account.code), (Some("n1"), Some(137)));
        assert!(account.has_begun() && account.progress.is_some());
    }

    #[test]
    fn reasons_are_named_by_the_task_by_the_scheduler_or_by_the_exit_code() {
        let reason =
            |end: &str, over| Account::of(&format!("task on n1 since now\n{end}\n"), "a").reason(over);
        for (end, over, told) in [
            ("exit code 137", None, "killed by signal 9"),
            ("exit code 137", Some("OUT_OF_MEMORY"), MEMORY),
            ("slurmstepd: error: Detected 1 oom-kill event(s)", Some("FAILED"), MEMORY),
            ("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT now DUE TO TIME LIMIT ***", None, TIME),
            ("", Some("NODE_FAIL"), NODE),
            ("", Some("CANCELLED"), "cancelled"),
            ("", None, "its task ended without a word"),
            ("exit code 3", Some("FAILED"), "it was interrupted"),
            ("exit code 0", Some("COMPLETED"), "left no result"),
        ] {
            assert!(reason(end, over).contains(told), "{end} {over:?}: {}", reason(end, over));
        }
        assert!(Account::default().reason(None).contains("never began"));
    }
}
