//! The program of Section 4; `cargo xtask reproduce 4` drives it.
fn main() -> std::process::ExitCode {
    report::main(&batchnorm::SECTION)
}
