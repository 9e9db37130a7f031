//! Tables in the making: a column is a name and what each row has there, so that all columns have the same rows.

use std::borrow::Borrow;

use ledger::Estimate;
use polars::prelude::*;

use crate::{Table, TableError};

/// A table in the making, from rows of any type. Whatever does not depend on that type is done by its part `Made`, which is
/// compiled once and not for every column of every section.
pub struct Columns<'a, R> {
    rows: &'a [R],
    made: Made,
}

/// The columns that are there.
struct Made {
    name: String,
    rows: usize,
    columns: Vec<Column>,
}

impl Table {
    /// Begins a table with these rows. Its columns are added one after the other.
    pub fn of<'a, R>(name: &str, rows: &'a [R]) -> Columns<'a, R> {
        Columns { rows, made: Made::new(name, rows.len()) }
    }

    /// A table of one row, a column for each number; what is not known is NaN.
    ///
    /// # Errors
    /// When a name is used twice.
    pub fn of_numbers(
        name: &str,
        numbers: impl IntoIterator<Item = (impl AsRef<str>, impl Into<Option<f64>>)>,
    ) -> Result<Self, TableError> {
        let mut made = Made::new(name, 1);
        for (name, number) in numbers {
            made.numbers(name.as_ref(), vec![number.into().unwrap_or(f64::NAN)]);
        }
        made.table()
    }
}

impl<'a, R> Columns<'a, R> {
    /// Adds a column of numbers.
    pub fn number(mut self, name: &str, mut of: impl FnMut(&'a R) -> f64) -> Self {
        self.made.numbers(name, gathered(self.rows, &mut of));
        self
    }

    /// Adds a column of whole numbers.
    pub fn count<N: Count>(mut self, name: &str, mut of: impl FnMut(&'a R) -> N) -> Self {
        self.made.counts(name, gathered(self.rows, &mut |row| of(row).count()));
        self
    }

    /// Adds a column of words.
    pub fn word<W: ToString>(mut self, name: &str, mut of: impl FnMut(&'a R) -> W) -> Self {
        self.made.words(name, gathered(self.rows, &mut |row| of(row).to_string()));
        self
    }

    /// Adds two columns, of values and of their standard errors.
    pub fn estimate<E: Borrow<Estimate>>(mut self, names: [&str; 2], mut of: impl FnMut(&'a R) -> E) -> Self {
        self.made.estimates(names, gathered(self.rows, &mut |row| *of(row).borrow()));
        self
    }

    /// Adds two columns, of values and of their standard errors, which are called the same with `_error` behind it.
    pub fn measured<E: Borrow<Estimate>>(self, name: &str, of: impl FnMut(&'a R) -> E) -> Self {
        self.estimate([name, &format!("{name}_error")], of)
    }

    /// Adds a column of numbers that are there already, one for each row.
    pub fn numbers(mut self, name: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let mut numbers = Vec::new();
        for value in values {
            numbers.push(value);
        }
        self.made.numbers(name, numbers);
        self
    }

    /// The table.
    ///
    /// # Errors
    /// When a name is used twice, or there are not as many numbers as rows.
    pub fn table(self) -> Result<Table, TableError> {
        self.made.table()
    }
}

/// What each row has. Through a reference, so that this is compiled once for each type of rows and not for each column.
fn gathered<'a, R, T>(rows: &'a [R], of: &mut dyn FnMut(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

impl Made {
    fn new(name: &str, rows: usize) -> Self {
        Self { name: name.to_owned(), rows, columns: Vec::new() }
    }

    fn numbers(&mut self, name: &str, values: Vec<f64>) {
        self.columns.push(Column::new(name.into(), values));
    }

    fn counts(&mut self, name: &str, values: Vec<u64>) {
        self.columns.push(Column::new(name.into(), values));
    }

    fn words(&mut self, name: &str, values: Vec<String>) {
        self.columns.push(Column::new(name.into(), values));
    }

    fn estimates(&mut self, names: [&str; 2], found: Vec<Estimate>) {
        self.numbers(names[0], found.iter().map(|found| found.value).collect());
        self.numbers(names[1], found.iter().map(|found| found.standard_error).collect());
    }

    fn table(self) -> Result<Table, TableError> {
        let mut table = Table { name: self.name, frame: DataFrame::empty() };
        for column in self.columns {
            let name = column.name().to_string();
            // Polars stretches columns of length one and replaces those of the same name; both are mistakes here.
            if column.len() != self.rows {
                let (have, want) = (column.len(), self.rows);
                let why = format!("table `{}`: column {name} has {have} rows of {want}", table.name);
                return Err(TableError::Content(why));
            }
            if table.frame.column(&name).is_ok() {
                return Err(TableError::Twice { what: "column", name });
            }
            if let Err(source) = table.frame.with_column(column) {
                return Err(TableError::Frame { table: table.name, source });
            }
        }
        Ok(table)
    }
}

/// What can stand in a column of whole numbers.
pub trait Count {
    /// As it is written.
    fn count(self) -> u64;
}

impl Count for u64 {
    fn count(self) -> u64 {
        self
    }
}

impl Count for u32 {
    fn count(self) -> u64 {
        self.into()
    }
}

impl Count for usize {
    fn count(self) -> u64 {
        self as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unequal_columns_and_double_names_are_errors() {
        let table = || Table::of("slopes", &[1u64, 2]).count("layer", |layer| *layer);
        assert!(table().numbers("short", [1.0]).table().is_err());
        let twice = table().number("layer", |layer| *layer as f64).table().unwrap_err().to_string();
        assert_eq!(twice, "the column `layer` is made twice");
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let none: [(u64, Estimate); 0] = [];
        let table =
            Table::of("none", &none).count("layer", |row| row.0).estimate(["r", "error"], |row| row.1);
        assert_eq!(table.table().unwrap().csv().unwrap(), b"layer,r,error\n");
        let one = Table::of_numbers("one", [("a", Some(2.0)), ("b", None)]).unwrap();
        assert_eq!(one.csv().unwrap(), b"a,b\n2.0,NaN\n");
    }
}
