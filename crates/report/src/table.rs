//! Tables: named, kept in polars data frames and written as CSV.
//!
//! A row is not a struct, neither where it is made nor where it is read. A type that serde or a macro writes and reads costs
//! a line a column for its fields and often another to fill them, beside the one that says what the column holds, and most
//! of some 490 columns in 89 tables are made for the page and the reader of the CSV; where they are read, it is as a value
//! with its error ([`Table::estimate`]) in rows found by their words ([`Table::only`]), which a struct makes no shorter.
//! Written out for the table with the most to gain, `each` of Section 3.3, it took 47 lines in place of 39. What it would
//! guard against is guarded against otherwise: all columns of a table are made from the same rows ([`Table::of`]), a reader
//! takes them apart row by row ([`Table::each`]) and not column by column in step, one value of rows that differ is an
//! error, and so is a column that is not there or holds words, which the tests of every section meet at once.

use std::io::Cursor;

use polars::prelude::*;

/// A table with a name; the name is its file's.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) name: String,
    pub(crate) frame: DataFrame,
}

/// A table is not what its reader expects.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A name is used twice.
    #[error("the {what} `{name}` is made twice")]
    Twice {
        /// `table`, `column` or `figure`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// No table has this name.
    #[error("no table `{0}`")]
    NoTable(String),
    /// Columns do not fit together, are missing or of another type.
    #[error("table `{table}`")]
    Frame {
        /// The table.
        table: String,
        /// What polars says.
        source: PolarsError,
    },
    /// A row that must be there is not.
    #[error("table `{table}` has no row with {column} = {value}")]
    NoRow {
        /// The table.
        table: String,
        /// The column looked at.
        column: String,
        /// The value looked for.
        value: String,
    },
    /// One number was asked for where rows differ.
    #[error("table `{table}` has {rows} rows that differ in {column} where one number was asked for")]
    Several {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Rows.
        rows: usize,
    },
    /// Results that do not make a table.
    #[error("{0}")]
    Content(String),
}

impl TableError {
    /// Results that do not make a table, for a reason of their own.
    pub fn content(why: impl ToString) -> Self {
        Self::Content(why.to_string())
    }
}

impl Table {
    pub(crate) fn failed(&self, source: PolarsError) -> TableError {
        TableError::Frame { table: self.name.clone(), source }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.frame.height()
    }

    /// The data frame itself.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// A column as numbers.
    ///
    /// # Errors
    /// When there is no such column or it holds words.
    pub fn column(&self, name: &str) -> Result<Vec<f64>, TableError> {
        let read = || {
            let column = self.frame.column(name)?.strict_cast(&DataType::Float64)?;
            Ok(column.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        };
        read().map_err(|error| self.failed(error))
    }

    /// A column as words; numbers as they are written.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn column_words(&self, name: &str) -> Result<Vec<String>, TableError> {
        let read = || {
            let column = self.frame.column(name)?.cast(&DataType::String)?;
            Ok(column.str()?.iter().map(|value| value.unwrap_or_default().to_owned()).collect())
        };
        read().map_err(|error| self.failed(error))
    }

    /// The table that was written as CSV. What is a column of numbers throughout becomes one.
    ///
    /// # Errors
    /// When it is no such table.
    pub fn from_csv(name: &str, csv: Vec<u8>) -> Result<Self, TableError> {
        let all_rows = CsvReadOptions::default().with_infer_schema_length(None);
        let frame = all_rows.into_reader_with_file_handle(Cursor::new(csv)).finish();
        let name = name.to_owned();
        match frame {
            Ok(frame) => Ok(Self { name, frame }),
            Err(source) => Err(TableError::Frame { table: name, source }),
        }
    }

    /// The table as CSV: comma separated, with a header line, numbers in the shortest form that reads back the same.
    ///
    /// # Errors
    /// When polars cannot write it.
    pub fn csv(&self) -> Result<Vec<u8>, TableError> {
        let mut bytes = Vec::new();
        CsvWriter::new(&mut bytes).finish(&mut self.frame.clone()).map_err(|error| self.failed(error))?;
        Ok(bytes)
    }
}

/// The tables of a section, in order.
#[derive(Debug, Clone, Default)]
pub struct Tables(Vec<Table>);

impl Tables {
    /// The tables in this order.
    ///
    /// # Errors
    /// When two have the same name.
    pub fn of(tables: impl IntoIterator<Item = Table>) -> Result<Self, TableError> {
        let tables: Vec<Table> = tables.into_iter().collect();
        for (index, table) in tables.iter().enumerate() {
            if tables[..index].iter().any(|earlier| earlier.name == table.name) {
                return Err(TableError::Twice { what: "table", name: table.name.clone() });
            }
        }
        Ok(Self(tables))
    }

    /// These and one more, made from them.
    ///
    /// # Errors
    /// When another has its name.
    pub fn and(self, table: Table) -> Result<Self, TableError> {
        Self::of(self.0.into_iter().chain([table]))
    }

    /// The table with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Table, TableError> {
        self.0.iter().find(|table| table.name == name).ok_or_else(|| TableError::NoTable(name.to_owned()))
    }

    /// The number of a table in the rows in which columns read these words; none where there is no such row.
    pub fn cell(&self, table: &str, rows: &[(&str, &str)], column: &str) -> Option<f64> {
        let table = self.get(table).ok()?.clone();
        let rows = rows.iter().try_fold(table, |table, (column, word)| table.only(column, word));
        rows.ok()?.number(column).ok()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Table> {
        self.0.iter()
    }
}
