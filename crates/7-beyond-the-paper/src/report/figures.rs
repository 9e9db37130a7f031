//! PLACEHOLDER
use report::figure::Figure;
use report::{TableError, Tables};
/// none
pub fn figures(_: &Tables) -> Result<Vec<Figure>, TableError> {
    Ok(vec![])
}
