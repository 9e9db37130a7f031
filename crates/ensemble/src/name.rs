//! Names of choices, spelled the same in tables, in configuration files and on the command line.

use thiserror::Error;

/// A name that stands for none of the choices.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{given:?} is not one of {}", known.join(", "))]
pub struct NameError {
    /// What was written.
    pub given: String,
    /// What could have been.
    pub known: &'static [&'static str],
}

/// Declares an enum whose choices have one name each, in `Display`, `FromStr` and serde alike.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $name:ident { $( $(#[$doc:meta])* $choice:ident = $text:literal, )+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( $(#[$doc])* #[serde(rename = $text)] $choice, )+
        }

        impl $name {
            /// Every choice, in the order of the paper.
            pub const ALL: &[Self] = &[$( Self::$choice ),+];

            /// The name in tables and on the command line.
            pub fn name(self) -> &'static str {
                match self { $( Self::$choice => $text, )+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = || $crate::NameError { given: text.to_owned(), known: &[$( $text ),+] };
                Self::ALL.iter().copied().find(|choice| choice.name() == text).ok_or_else(known)
            }
        }
    };
}

pub(crate) use named;

#[cfg(test)]
mod tests {
    use crate::{Engine, InputLaw, NameError, Normalisation, Through};
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    /// The names of all choices, each of which is read back, and is the same in a configuration.
    fn names<T>(all: &[T]) -> Vec<String>
    where
        T: Copy + Debug + Display + PartialEq + FromStr<Err = NameError> + serde::Serialize,
    {
        let name = |choice: &T| {
            let name = choice.to_string();
            assert_eq!(name.parse(), Ok(*choice));
            assert_eq!(serde_json::to_string(choice).unwrap(), format!("{name:?}"));
            name
        };
        all.iter().map(name).collect()
    }

    #[test]
    fn names_are_those_of_the_tables_and_read_back() {
        assert_eq!(names(Normalisation::ALL), ["kaiming", "scale_bias", "batch_norm"]);
        assert_eq!(names(Engine::ALL), ["exact", "direct"]);
        assert_eq!((names(InputLaw::ALL).len(), names(Through::ALL).len()), (4, 3));
        let refused = "batchnorm".parse::<Normalisation>().unwrap_err();
        assert_eq!(refused.to_string(), "\"batchnorm\" is not one of kaiming, scale_bias, batch_norm");
    }
}
