//! Tables in the making: a column is a name and what each row has there, so that all columns have the same rows.

use std::borrow::Borrow;

use ledger::Estimate;
use polars::prelude::*;

use crate::{Table, TableError};

/// A table in the making, from rows of any type.
pub struct Columns<'a, R> {
    name: String,
    rows: &'a [R],
    columns: Vec<Column>,
}

impl Table {
    /// Begins a table with these rows. Its columns are added one after the other.
    pub fn of<'a, R>(name: &str, rows: &'a [R]) -> Columns<'a, R> {
        Columns { name: name.to_owned(), rows, columns: Vec::new() }
    }

    /// A table of one row, a column for each number; what is not known is NaN.
    ///
    /// # Errors
    /// When a name is used twice.
    pub fn of_numbers(
        name: &str,
        numbers: impl IntoIterator<Item = (impl AsRef<str>, impl Into<Option<f64>>)>,
    ) -> Result<Self, TableError> {
        let mut table = Self::of(name, &[()]);
        for (name, number) in numbers {
            let number = number.into().unwrap_or(f64::NAN);
            table = table.number(name.as_ref(), |()| number);
        }
        table.table()
    }
}

impl<'a, R> Columns<'a, R> {
    fn with(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Adds a column of numbers.
    pub fn number(self, name: &str, of: impl FnMut(&'a R) -> f64) -> Self {
        let values = self.rows.iter().map(of);
        self.numbers(name, values)
    }

    /// Adds a column of whole numbers.
    pub fn count<N: Count>(self, name: &str, mut of: impl FnMut(&'a R) -> N) -> Self {
        let values = self.rows.iter().map(|row| of(row).count()).collect::<Vec<u64>>();
        self.with(Column::new(name.into(), values))
    }

    /// Adds a column of words.
    pub fn word<W: ToString>(self, name: &str, mut of: impl FnMut(&'a R) -> W) -> Self {
        let values = self.rows.iter().map(|row| of(row).to_string()).collect::<Vec<String>>();
        self.with(Column::new(name.into(), values))
    }

    /// Adds two columns, of values and of their standard errors.
    pub fn estimate<E: Borrow<Estimate>>(self, names: [&str; 2], of: impl FnMut(&'a R) -> E) -> Self {
        let found: Vec<E> = self.rows.iter().map(of).collect();
        let (values, errors): (Vec<f64>, Vec<f64>) =
            found.iter().map(Borrow::borrow).map(|found| (found.value, found.standard_error)).unzip();
        self.numbers(names[0], values).numbers(names[1], errors)
    }

    /// Adds two columns, of values and of their standard errors, which are called the same with `_error` behind it.
    pub fn measured<E: Borrow<Estimate>>(self, name: &str, of: impl FnMut(&'a R) -> E) -> Self {
        self.estimate([name, &format!("{name}_error")], of)
    }

    /// Adds a column of numbers that are there already, one for each row.
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let values = values.into_iter().collect::<Vec<f64>>();
        self.with(Column::new(name.into(), values))
    }

    /// The table.
    ///
    /// # Errors
    /// When a name is used twice, or there are not as many numbers as rows.
    pub fn table(self) -> Result<Table, TableError> {
        let mut table = Table { name: self.name, frame: DataFrame::empty() };
        for column in self.columns {
            let name = column.name().to_string();
            // Polars stretches columns of length one and replaces those of the same name; both are mistakes here.
            if column.len() != self.rows.len() {
                let (have, want) = (column.len(), self.rows.len());
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
