//! The commands as they are called: `… | head`, a full device, a cluster whose commands are not there.

#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::process::{Command, Output, Stdio};

/// Runs a command with both its outputs going into pipes that are closed already.
fn unread(words: &[&str]) -> Output {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
    program.args(words).stdout(closed()).stderr(closed()).output().unwrap()
}

/// Output that nobody reads to its end is no failure; output that is lost is one.
#[test]
fn a_closed_pipe_changes_no_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().to_str().unwrap();
    for (words, code) in [
        (["claims", "--format", "json"], 0),
        (["claims", "explain", "no-such-claim"], 2),
        (["reproduce", "no-such-section", "--dry-run"], 2),
        (["diff", "records", empty], 2),
    ] {
        assert_eq!(unread(&words).status.code(), Some(code), "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let ended = program.arg("claims").stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("error: part of the output is lost: No space left"), "{told}");
}

/// What is wrong with a command's words is told before anything is begun: exit code 2, and what to do.
#[test]
fn wrong_words_are_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("foreign")).unwrap();
    std::fs::write(folder.path().join("foreign/paper.pdf"), "the user's").unwrap();
    let [store, file, foreign] =
        ["store", "a/b.store", "foreign"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let [store, file, foreign] = [&*store, &*file, &*foreign];
    for (words, told) in [
        (&["claims", "--check", "explain", "4.slope-theory"][..], "--check is of all claims"),
        (&["claims", "explain", "no-such-claim"], "no claim `no-such-claim`"),
        (&["claims", "--out", store, "explain", "4.slope-theory"], "no results in "),
        (&["claims", "--out", foreign], "no results in "),
        (&["paper", "--out", store], "no results in "),
        (&["adopt", "--out", store], "no section has a finished result"),
        (&["reproduce", "--out", foreign], "foreign/paper.pdf would be overwritten"),
        (&["cache", "import", file], "there is no file"),
        (&["--cache", store, "cache", "export", file], "there is no store"),
        (&["cache", "export", file], "there is no "),
    ] {
        let ended = Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.code() == Some(2) && said.contains(told), "{words:?}: {said}");
        assert!(said.contains("what to do:"), "{words:?}: {said}");
    }
    let left = std::fs::read_dir(folder.path()).unwrap().chain(std::fs::read_dir(foreign).unwrap());
    assert_eq!(left.count(), 2, "something was begun");
}

/// Slurm's commands without a controller that answers them.
#[cfg(unix)]
#[test]
fn a_scheduler_that_does_not_answer_is_told_before_anything_is_begun() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for program in ["sbatch", "squeue"] {
        let place = folder.path().join(program);
        std::fs::write(&place, "#!/bin/sh\necho 'cannot contact slurm controller' >&2; exit 1\n").unwrap();
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.args(["reproduce", "5", "--on", "slurm", "--out"]).arg(folder.path().join("out"));
    let ended = xtask.env("PATH", folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{told}");
    assert!(
        told.contains("squeue: cannot contact slurm controller") && told.contains("SLURM_CONF"),
        "{told}"
    );
    assert!(!folder.path().join("out").exists(), "something was begun");
}

/// A card asked for where nothing can be built for one.
#[test]
fn a_missing_toolkit_is_told_before_anything_is_begun() {
    let empty = tempfile::tempdir().unwrap();
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.args(["reproduce", "5", "--device", "cuda", "--out"]).arg(empty.path().join("out"));
    let ended = xtask.env("PATH", empty.path()).env("CUDA_PATH", empty.path()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{told}");
    assert!(
        told.contains("needs the CUDA toolkit: no ") && told.contains("what to do: set CUDA_PATH"),
        "{told}"
    );
    assert!(!empty.path().join("out").exists(), "something was begun");
}

/// What is queued of a section is taken back by its jobs, and nothing else is.
#[cfg(unix)]
#[test]
fn what_is_queued_of_a_section_is_taken_back() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let ids = ["slurm-5-training-9-abababab", "slurm-3.1-theory-9-cdcdcdcd"];
    for id in ids {
        let job = folder.path().join("store/jobs").join(id);
        std::fs::create_dir_all(&job).unwrap();
        std::fs::write(job.join("tasks.txt"), "run@key\n").unwrap();
    }
    // It is asked for submission, task and state, and then for job, submission and state.
    let [first, second] = ids;
    let squeue = format!(
        "#!/bin/sh\ncase \"$*\" in\n*'%k|%K'*) echo '{first}|1|PENDING||now|None'; echo '{second}|1|PENDING||now|None' ;;\n\
         *) echo '7 {first} PENDING'; echo '8 {second} PENDING' ;;\nesac\n"
    );
    let called = folder.path().join("called");
    let scancel = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", called.display());
    for (program, text) in [("sbatch", "#!/bin/sh\n"), ("squeue", &*squeue), ("scancel", &*scancel)] {
        let place = folder.path().join(program);
        std::fs::write(&place, text).unwrap();
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.arg("--cache").arg(folder.path().join("store")).args(["cancel", "5"]);
    let ended = xtask.env("PATH", folder.path()).output().unwrap();
    let [printed, told] =
        [&ended.stdout, &ended.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert_eq!((ended.status.code(), printed.trim()), (Some(0), first), "{told}");
    assert!(told.contains("submissions taken back: 1"), "{told}");
    assert_eq!(std::fs::read_to_string(called).unwrap(), "7\n");
}

/// A message that names the program, exit code 2.
#[test]
fn the_missing_program_is_named_before_anything_is_begun() {
    let empty = tempfile::tempdir().unwrap();
    for (executor, program) in [("slurm", "`sbatch`"), ("hyperqueue", "`hq`")] {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask.args(["reproduce", "5", "--on", executor, "--out"]).arg(empty.path().join("out"));
        let ended = xtask.env("PATH", empty.path()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{told}");
        assert!(told.contains(program) && told.contains("what to do:"), "{told}");
        assert!(!empty.path().join("out").exists(), "something was begun");
    }
}

/// The first build: a cargo that does not go on with the second section before the first one's program was called.
#[cfg(unix)]
#[test]
fn the_lightest_section_works_while_the_others_are_compiled() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let place = folder.path().display();
    let cargo = format!(
        r#"#!/bin/sh
cd '{place}'
artifact() {{
    echo '{{"package_id":"p#'$1'@0.1.0","target":{{"name":"'$1'","kind":["bin"]}},"profile":{{}},"features":[],"executable":"{place}/'$1'"}}'
}}
case "$*" in
    *--unit-graph*) echo '{{"version":1,"units":[]}}' ;;
    *"--bin typeset"*) echo all >> builds; exit 1 ;;
    *"--bin theory"*) echo theory >> builds; artifact theory ;;
    *"--bin background"*)
        for wait in $(seq 600); do [ -e called ] || sleep 0.1; done
        cat called >> builds; artifact background ;;
esac
"#
    );
    for (program, text) in
        [("cargo", &*cargo), ("theory", &format!("#!/bin/sh\necho called > '{place}/called'\n"))]
    {
        let path = folder.path().join(program);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    // No section's program lies beside this one.
    let xtask = folder.path().join("bin/xtask");
    std::fs::create_dir(folder.path().join("bin")).unwrap();
    std::fs::hard_link(env!("CARGO_BIN_EXE_xtask"), &xtask).unwrap();
    let mut command = Command::new(xtask);
    command.arg("--cache").arg(folder.path().join("store")).args(["reproduce", "2", "3.1", "--out"]);
    let ended =
        command.arg(folder.path().join("out")).env("CARGO", folder.path().join("cargo")).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(
        ended.status.code() == Some(1)
            && told.contains("the build of the sections and what typesets them failed"),
        "{told}"
    );
    let builds = std::fs::read_to_string(folder.path().join("builds")).unwrap();
    assert_eq!(builds, "theory\ncalled\nall\n", "{told}");
}
