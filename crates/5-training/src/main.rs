//! The program of Section 5; `cargo xtask reproduce 5` drives it.
fn main() -> std::process::ExitCode {
    report::main(&training::SECTION)
}
