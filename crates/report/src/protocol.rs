//! The settings that an experiment ran with, as the table `protocol`: claims read them from there, never from the
//! parameters, so that what is judged is what ran.

use ledger::{Check, Scale};

use crate::{Table, TableError, Tables};

/// The table `protocol` of a section: a row a setting.
#[derive(Debug, Clone, Copy)]
pub struct Protocol<'a>(&'a Table);

impl<'a> Protocol<'a> {
    /// Makes the table, in columns `setting` and `value`.
    ///
    /// # Errors
    /// Never with rows as they come here; tables are made with errors.
    pub fn table(rows: &[(impl AsRef<str>, String)]) -> Result<Table, TableError> {
        Table::of("protocol", rows)
            .word("setting", |row| row.0.as_ref().to_owned())
            .word("value", |row| &row.1)
            .table()
    }

    /// A setting in which runs may differ: its different values in order, with commas between them.
    pub fn list(values: impl IntoIterator<Item = impl ToString>) -> String {
        let mut list: Vec<String> = Vec::new();
        for value in values.into_iter().map(|value| value.to_string()) {
            if !list.contains(&value) {
                list.push(value);
            }
        }
        list.join(",")
    }

    /// The protocol among a section's tables.
    ///
    /// # Errors
    /// When the section has no such table.
    pub fn of(tables: &'a Tables) -> Result<Self, TableError> {
        tables.get("protocol").map(Self)
    }

    /// The value of a setting as it is written.
    ///
    /// # Errors
    /// When there is no such setting, or it stands there twice.
    pub fn word(self, setting: &str) -> Result<String, TableError> {
        self.0.only("setting", setting)?.word("value")
    }

    /// The value of a setting that is a number.
    ///
    /// # Errors
    /// When there is no such setting, or several runs differed in it.
    pub fn number<T: std::str::FromStr>(self, setting: &str) -> Result<T, TableError> {
        let word = self.word(setting)?;
        let refused = || TableError::Content(format!("protocol: {setting} is `{word}`, not one number"));
        word.parse().map_err(|_| refused())
    }

    /// Full when every one of these settings is at least as large as the paper's.
    ///
    /// # Errors
    /// When a setting is missing.
    pub fn scale(self, paper: &[(&str, f64)]) -> Result<Scale, TableError> {
        let mut full = true;
        for (setting, least) in paper {
            full &= self.word(setting)?.parse::<f64>().is_ok_and(|value| value >= *least);
        }
        Ok(Scale::full_if(full))
    }

    /// A setting as a check against what the paper states.
    ///
    /// # Errors
    /// When there is no such setting.
    pub fn check(self, setting: &str) -> Result<Check, TableError> {
        Ok(Check::setting(setting, self.word(setting)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Tables {
        let rows = [("width", "3000".to_owned()), ("depth", "10,50".to_owned())];
        Tables::of([Protocol::table(&rows).unwrap()]).unwrap()
    }

    #[test]
    fn settings_are_read_back() {
        let tables = tables();
        let protocol = Protocol::of(&tables).unwrap();
        assert_eq!(protocol.word("depth").unwrap(), "10,50");
        assert_eq!(protocol.number::<u32>("width").unwrap(), 3000);
        assert!(protocol.number::<u32>("depth").unwrap_err().to_string().contains("depth is `10,50`"));
        assert!(protocol.word("samples").unwrap_err().to_string().contains("samples"));
    }

    #[test]
    fn one_smaller_setting_reduces_the_scale() {
        let tables = tables();
        let protocol = Protocol::of(&tables).unwrap();
        assert_eq!(protocol.scale(&[("width", 3000.0)]).unwrap(), Scale::Full);
        assert_eq!(protocol.scale(&[("width", 3001.0)]).unwrap(), Scale::Reduced);
        assert_eq!(protocol.scale(&[("depth", 10.0)]).unwrap(), Scale::Reduced);
    }
}
