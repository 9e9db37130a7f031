//! Tables: named, column by column, kept in polars data frames and written as CSV.

use std::io::Cursor;

use polars::prelude::*;

/// A table with a name; the name is its file's.
#[derive(Debug, Clone)]
pub struct Table {
    name: String,
    frame: DataFrame,
}

/// A table is not what its reader expects.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A name is used twice.
    #[error("the {what} `{name}` is made twice")]
    Twice {
        /// `table` or `figure`.
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

impl Table {
    /// A table without columns yet.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), frame: DataFrame::empty() }
    }

    fn failed(&self, source: PolarsError) -> TableError {
        TableError::Frame { table: self.name.clone(), source }
    }

    fn with(mut self, column: Column) -> Result<Self, TableError> {
        // Polars stretches columns of length one; a column that is too short is a mistake here.
        if self.frame.width() > 0 && column.len() != self.frame.height() {
            let (name, have, want) = (column.name(), column.len(), self.frame.height());
            return Err(TableError::Content(format!(
                "table `{}`: column {name} has {have} rows of {want}",
                self.name
            )));
        }
        match self.frame.with_column(column) {
            Ok(_) => Ok(self),
            Err(source) => Err(TableError::Frame { table: self.name, source }),
        }
    }

    /// Adds a column of numbers.
    ///
    /// # Errors
    /// When its length differs from the others'.
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = f64>) -> Result<Self, TableError> {
        self.with(Column::new(name.into(), values.into_iter().collect::<Vec<f64>>()))
    }

    /// Adds a column of whole numbers.
    ///
    /// # Errors
    /// When its length differs from the others'.
    pub fn counts(self, name: &str, values: impl IntoIterator<Item = u64>) -> Result<Self, TableError> {
        self.with(Column::new(name.into(), values.into_iter().collect::<Vec<u64>>()))
    }

    /// Adds a column of words.
    ///
    /// # Errors
    /// When its length differs from the others'.
    pub fn words(
        self,
        name: &str,
        values: impl IntoIterator<Item = impl ToString>,
    ) -> Result<Self, TableError> {
        let values: Vec<String> = values.into_iter().map(|word| word.to_string()).collect();
        self.with(Column::new(name.into(), values))
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

    /// The different words of a column, in order of first appearance.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn distinct(&self, name: &str) -> Result<Vec<String>, TableError> {
        let mut seen = Vec::new();
        for word in self.column_words(name)? {
            if !seen.contains(&word) {
                seen.push(word);
            }
        }
        Ok(seen)
    }

    /// The rows in which a column reads `value` (numbers as they are written), in order.
    ///
    /// # Errors
    /// When there is no such column or no such row.
    pub fn only(&self, column: &str, value: impl ToString) -> Result<Self, TableError> {
        let value = value.to_string();
        let mask: BooleanChunked =
            self.column_words(column)?.iter().map(|word| Some(*word == value)).collect();
        let frame = self.frame.filter(&mask).map_err(|error| self.failed(error))?;
        if frame.height() == 0 {
            return Err(TableError::NoRow { table: self.name.clone(), column: column.to_owned(), value });
        }
        Ok(Self { name: self.name.clone(), frame })
    }

    /// The number in which all rows agree.
    ///
    /// # Errors
    /// When there is no such column, no row, or rows of different numbers.
    pub fn number(&self, column: &str) -> Result<f64, TableError> {
        let values = self.column(column)?;
        let (table, column) = (self.name.clone(), column.to_owned());
        match values.first() {
            None => Err(TableError::NoRow { table, column, value: "any".to_owned() }),
            Some(first) if values.iter().all(|value| value.to_bits() == first.to_bits()) => Ok(*first),
            Some(_) => Err(TableError::Several { table, column, rows: values.len() }),
        }
    }

    /// Two columns as points.
    ///
    /// # Errors
    /// When one of them is missing or holds words.
    pub fn points(&self, x: &str, y: &str) -> Result<Vec<(f64, f64)>, TableError> {
        Ok(self.column(x)?.into_iter().zip(self.column(y)?).collect())
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

    /// The table with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Table, TableError> {
        self.0.iter().find(|table| table.name == name).ok_or_else(|| TableError::NoTable(name.to_owned()))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Table> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let table = Table::new("slopes").words("setting", ["kaiming", "batch_norm", "kaiming"]).unwrap();
        table.counts("layer", [1, 1, 2]).unwrap().numbers("slope", [0.1, -0.381, 1e-17]).unwrap()
    }

    #[test]
    fn csv_keeps_every_bit() {
        let csv = String::from_utf8(table().csv().unwrap()).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines[0], "setting,layer,slope");
        for (line, slope) in lines[1..].iter().zip([0.1f64, -0.381, 1e-17]) {
            let written: f64 = line.rsplit(',').next().unwrap().parse().unwrap();
            assert_eq!(written.to_bits(), slope.to_bits(), "{line}");
        }
    }

    #[test]
    fn csv_is_read_back_as_it_was() {
        let written = table()
            .words("value", ["30", "30,100", "no"])
            .unwrap()
            .numbers("odd", [f64::NAN, f64::INFINITY, 2.0]);
        let csv = written.unwrap().csv().unwrap();
        let read = Table::from_csv("slopes", csv.clone()).unwrap();
        assert_eq!(read.csv().unwrap(), csv);
        assert_eq!(read.only("value", 30).unwrap().column_words("layer").unwrap(), ["1"]);
        assert!(read.column("odd").unwrap()[0].is_nan());
        assert!(Table::from_csv("nothing", Vec::new()).is_err());
    }

    #[test]
    fn rows_are_found_by_words_and_numbers() {
        assert_eq!(table().only("setting", "kaiming").unwrap().column("layer").unwrap(), [1.0, 2.0]);
        assert_eq!(table().only("layer", 2).unwrap().number("slope").unwrap(), 1e-17);
        assert_eq!(table().distinct("setting").unwrap(), ["kaiming", "batch_norm"]);
        let error = table().only("setting", "scale").unwrap_err().to_string();
        assert_eq!(error, "table `slopes` has no row with setting = scale");
    }

    #[test]
    fn unequal_columns_missing_columns_and_double_names_are_errors() {
        assert!(table().numbers("short", [1.0]).is_err());
        assert!(table().column("nothing").unwrap_err().to_string().contains("slopes"));
        assert!(table().column("setting").is_err(), "words are no numbers");
        let several = table().number("slope").unwrap_err().to_string();
        assert_eq!(several, "table `slopes` has 3 rows that differ in slope where one number was asked for");
        let twice = Tables::of([table(), table()]).unwrap_err().to_string();
        assert_eq!(twice, "the table `slopes` is made twice");
    }
}
