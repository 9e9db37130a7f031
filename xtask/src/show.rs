//! How a command shows what it found: in columns for people, as JSON for programs.

use runner::CommandError;
use serde::Serialize;

/// How to show it.
#[derive(clap::ValueEnum, Debug, Clone, Copy)]
pub enum Format {
    Table,
    Json,
}

impl Format {
    /// Prints something, or the table of it.
    pub fn show(self, found: &impl Serialize, table: impl FnOnce() -> String) -> Result<(), CommandError> {
        match self {
            Self::Table => print!("{}", table()),
            Self::Json => println!("{}", serde_json::to_string_pretty(found)?),
        }
        Ok(())
    }
}

/// Rows with their cells padded to the widest of each column; the last column is left as it is.
pub fn columns<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().collect();
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        let line: String = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  ")).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "σ", "x"], ["long", "1", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(columns(rows), "a     σ  x\nlong  1\n");
    }
}
