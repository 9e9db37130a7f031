//! The program of Section 6; `cargo xtask reproduce 6` drives it.
fn main() -> std::process::ExitCode {
    report::main(&discussion::SECTION)
}
