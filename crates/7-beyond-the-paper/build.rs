//! Compiles the hashes of the section's sources into its program.
fn main() {
    workspace::embed();
}
