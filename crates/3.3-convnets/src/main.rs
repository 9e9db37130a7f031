//! The program of Section 3.3; `cargo xtask reproduce 3.3` drives it.
fn main() -> std::process::ExitCode {
    report::main(&convnets::SECTION)
}
