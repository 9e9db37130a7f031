//! PLACEHOLDER
use report::{Measurement, TableError, Tables};
/// none
pub fn claims(_: &Tables) -> Result<Vec<Measurement>, TableError> {
    Ok(vec![])
}
