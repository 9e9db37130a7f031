//! The program of Section {{number}}; `cargo xtask reproduce {{number}}` drives it.
fn main() -> std::process::ExitCode {
    manuscript::main::<{{crate}}::{{type}}>()
}
