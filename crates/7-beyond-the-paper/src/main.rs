//! The program of Section 7; `cargo xtask reproduce 7` drives it.
fn main() -> std::process::ExitCode {
    report::main(&beyond_the_paper::SECTION)
}
