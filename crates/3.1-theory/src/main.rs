//! The program of Section 3.1; `cargo xtask reproduce 3.1` drives it.
fn main() -> std::process::ExitCode {
    report::main(&theory::SECTION)
}
