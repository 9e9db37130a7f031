//! Names of choices, spelled the same in tables, in configuration files and on the command line.

/// Declares an enum whose choices have one name each, in `Display` and serde alike.
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
    };
}

pub(crate) use named;

#[cfg(test)]
mod tests {
    use crate::{Engine, InputLaw, Normalisation, Through};
    use std::fmt::{Debug, Display};

    /// The names of all choices, which are the same in a configuration, and read back from there.
    fn names<T>(all: &[T]) -> Vec<String>
    where
        T: Copy + Debug + Display + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
    {
        let name = |choice: &T| {
            let name = choice.to_string();
            let written = serde_json::to_string(choice).unwrap();
            assert_eq!(written, format!("{name:?}"));
            assert_eq!(serde_json::from_str::<T>(&written).unwrap(), *choice);
            name
        };
        all.iter().map(name).collect()
    }

    #[test]
    fn names_are_those_of_the_tables_and_read_back() {
        assert_eq!(names(Normalisation::ALL), ["kaiming", "scale_bias", "batch_norm"]);
        assert_eq!(names(Engine::ALL), ["exact", "direct"]);
        assert_eq!((names(InputLaw::ALL).len(), names(Through::ALL).len()), (4, 3));
        assert!(serde_json::from_str::<Normalisation>("\"batchnorm\"").is_err());
    }
}
