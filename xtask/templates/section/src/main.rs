//! The program of Section {{number}}; `cargo xtask reproduce {{number}}` drives it.
fn main() -> std::process::ExitCode {
    report::main(&{{crate}}::SECTION)
}
