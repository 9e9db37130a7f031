//! The program of Section 2; `cargo xtask reproduce 2` drives it.
fn main() -> std::process::ExitCode {
    report::main(&background::SECTION)
}
