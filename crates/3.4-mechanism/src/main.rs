//! The program of Section 3.4; `cargo xtask reproduce 3.4` drives it.
fn main() -> std::process::ExitCode {
    report::main(&mechanism::SECTION)
}
