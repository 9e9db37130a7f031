//! The program of Section 3.2; `cargo xtask reproduce 3.2` drives it.
fn main() -> std::process::ExitCode {
    report::main(&simulation::SECTION)
}
