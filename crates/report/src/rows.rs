//! Tables as their readers take them apart: rows are found by what they read, a row is a table of one row, and one value
//! is asked only of rows that agree in it.

use ledger::Estimate;
use polars::prelude::*;

use crate::{Table, TableError};

impl Table {
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

    /// The different whole numbers of a column, ascending.
    ///
    /// # Errors
    /// When there is no such column or it holds words.
    pub fn counts(&self, name: &str) -> Result<Vec<u64>, TableError> {
        let mut values: Vec<u64> = self.column(name)?.into_iter().map(|value| value as u64).collect();
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    /// The largest number of a column, 0 of none.
    ///
    /// # Errors
    /// When there is no such column or it holds words.
    pub fn largest(&self, name: &str) -> Result<f64, TableError> {
        Ok(self.column(name)?.into_iter().fold(0.0, f64::max))
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

    /// The rows of each word of a column, in order of first appearance.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn by(&self, column: &str) -> Result<Vec<(String, Self)>, TableError> {
        let of = |word: String| Ok((word.clone(), self.only(column, word)?));
        self.distinct(column)?.into_iter().map(of).collect()
    }

    /// The rows, each as a table of one.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        let row = |row| Self { name: self.name.clone(), frame: self.frame.slice(row as i64, 1) };
        (0..self.rows()).map(row)
    }

    /// The number in which all rows agree.
    ///
    /// # Errors
    /// When there is no such column, no row, or rows of different numbers.
    pub fn number(&self, column: &str) -> Result<f64, TableError> {
        self.one(column, self.column(column)?, |one, other| one.to_bits() == other.to_bits())
    }

    /// The word in which all rows agree; numbers as they are written.
    ///
    /// # Errors
    /// When there is no such column, no row, or rows of different words.
    pub fn word(&self, column: &str) -> Result<String, TableError> {
        self.one(column, self.column_words(column)?, |one, other| one == other)
    }

    fn one<T>(&self, column: &str, mut values: Vec<T>, same: fn(&T, &T) -> bool) -> Result<T, TableError> {
        let (table, column, rows) = (self.name.clone(), column.to_owned(), values.len());
        match values.pop() {
            None => Err(TableError::NoRow { table, column, value: "any".to_owned() }),
            Some(last) if values.iter().all(|value| same(value, &last)) => Ok(last),
            Some(_) => Err(TableError::Several { table, column, rows }),
        }
    }

    /// Values with their standard errors and the replicates behind them, from columns of these names.
    ///
    /// # Errors
    /// When there is no such column or it holds words.
    pub fn estimates(&self, [value, error, replicates]: [&str; 3]) -> Result<Vec<Estimate>, TableError> {
        let (values, errors) = (self.column(value)?, self.column(error)?);
        let of = |((value, error), many): ((f64, f64), f64)| Estimate::sampled(value, error, many as u32);
        Ok(values.into_iter().zip(errors).zip(self.column(replicates)?).map(of).collect())
    }

    /// The value in which all rows agree with its standard error and the replicates behind it.
    ///
    /// # Errors
    /// When there is no such column, no row, or rows of different numbers.
    pub fn estimate(&self, [value, error, replicates]: [&str; 3]) -> Result<Estimate, TableError> {
        self.estimate_over([value, error], self.number(replicates)? as u32)
    }

    /// The value in which all rows agree with its standard error over as many replicates.
    ///
    /// # Errors
    /// When there is no such column, no row, or rows of different numbers.
    pub fn estimate_over(&self, [value, error]: [&str; 2], replicates: u32) -> Result<Estimate, TableError> {
        Ok(Estimate::sampled(self.number(value)?, self.number(error)?, replicates))
    }

    /// Two columns as points.
    ///
    /// # Errors
    /// When one of them is missing or holds words.
    pub fn points(&self, x: &str, y: &str) -> Result<Vec<(f64, f64)>, TableError> {
        Ok(self.column(x)?.into_iter().zip(self.column(y)?).collect())
    }

    /// Values less and plus their errors, as a band against x.
    ///
    /// # Errors
    /// When a column is missing or holds words.
    pub fn band(&self, x: &str, [y, error]: [&str; 2]) -> Result<Vec<(f64, f64, f64)>, TableError> {
        let points = self.points(x, y)?.into_iter().zip(self.column(error)?);
        Ok(points.map(|((x, y), error)| (x, y - error, y + error)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let rows = [("kaiming", 1u64, 0.1), ("batch_norm", 1, -0.381), ("kaiming", 2, 1e-17)];
        let table = Table::of("slopes", &rows).word("setting", |row| row.0).count("layer", |row| row.1);
        table.number("slope", |row| row.2).table().unwrap()
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
        let rows = [("30", f64::NAN), ("30,100", f64::INFINITY), ("no", 2.0)];
        let written = Table::of("odd", &rows).word("value", |row| row.0).number("odd", |row| row.1);
        let csv = written.count("row", |_| 1u64).table().unwrap().csv().unwrap();
        let read = Table::from_csv("odd", csv.clone()).unwrap();
        assert_eq!(read.csv().unwrap(), csv);
        assert_eq!(read.only("value", 30).unwrap().column_words("row").unwrap(), ["1"]);
        assert!(read.column("odd").unwrap()[0].is_nan());
        assert!(Table::from_csv("nothing", Vec::new()).is_err());
    }

    #[test]
    fn rows_are_found_by_words_and_numbers() {
        assert_eq!(table().only("setting", "kaiming").unwrap().column("layer").unwrap(), [1.0, 2.0]);
        assert_eq!(table().only("layer", 2).unwrap().number("slope").unwrap(), 1e-17);
        assert_eq!(table().distinct("setting").unwrap(), ["kaiming", "batch_norm"]);
        assert_eq!(table().counts("layer").unwrap(), [1, 2]);
        let error = table().only("setting", "scale").unwrap_err().to_string();
        assert_eq!(error, "table `slopes` has no row with setting = scale");
        let groups = table().by("setting").unwrap();
        assert_eq!(groups[1].0, "batch_norm");
        assert_eq!(groups[0].1.each().map(|row| row.word("layer").unwrap()).collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn one_value_of_rows_that_differ_and_missing_columns_are_errors() {
        assert!(table().column("nothing").unwrap_err().to_string().contains("slopes"));
        assert!(table().column("setting").is_err(), "words are no numbers");
        let several = table().number("slope").unwrap_err().to_string();
        assert_eq!(several, "table `slopes` has 3 rows that differ in slope where one number was asked for");
        assert!(table().word("setting").is_err() && table().only("layer", 1).unwrap().word("layer").is_ok());
        let twice = crate::Tables::of([table(), table()]).unwrap_err().to_string();
        assert_eq!(twice, "the table `slopes` is made twice");
    }
}
