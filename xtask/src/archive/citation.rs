//! Who is to be cited for what. The root manifest says it once; `CITATION.cff`, `.zenodo.json` and `codemeta.json` are written
//! from there.

use std::path::Path;

use runner::{CommandError, atomic};
use serde::Deserialize;
use serde_json::{Value, json};

/// How this reproduction is cited.
#[derive(Deserialize, Debug)]
pub struct Citation {
    /// Its title.
    pub title: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// The day of the version, `2026-11-26`.
    pub date: String,
    /// Its DOI, once a deposit has one.
    pub doi: Option<String>,
    /// What it is about.
    pub keywords: Vec<String>,
    /// Who made it.
    pub authors: Vec<Author>,
    /// The paper that it reproduces.
    pub original: Original,
    /// What all crates share.
    #[serde(skip)]
    pub package: Package,
}

/// The fields of `[workspace.package]` that a citation needs.
#[derive(Deserialize, Debug, Default)]
pub struct Package {
    /// The version.
    pub version: String,
    license: String,
    /// Where the sources are kept, if that is said.
    pub repository: Option<String>,
}

/// A person, or a group by its name.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub enum Author {
    /// A person.
    #[serde(rename_all = "kebab-case")]
    Person { family_names: String, given_names: String, orcid: Option<String> },
    /// A group.
    Group { name: String },
}

/// The paper that is reproduced.
#[derive(Deserialize, Debug)]
pub struct Original {
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// When.
    pub year: u32,
    arxiv: String,
}

#[derive(Deserialize)]
struct Manifest {
    workspace: Root,
}

#[derive(Deserialize)]
struct Root {
    package: Package,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    citation: Citation,
}

impl Author {
    /// As schema.org has it.
    pub fn described(&self) -> Value {
        match self {
            Self::Person { family_names, given_names, orcid } => {
                let name = format!("{given_names} {family_names}");
                json!({"@type": "Person", "@id": orcid, "name": name, "givenName": given_names, "familyName": family_names})
            }
            Self::Group { name } => json!({"@type": "Organization", "name": name}),
        }
    }

    fn cited(&self) -> Value {
        match self {
            Self::Person { family_names, given_names, orcid } => {
                json!({"family-names": family_names, "given-names": given_names, "orcid": orcid})
            }
            Self::Group { name } => json!({"name": name}),
        }
    }

    fn deposited(&self) -> Value {
        match self {
            Self::Person { family_names, given_names, orcid } => {
                let orcid = orcid.as_ref().map(|orcid| orcid.trim_start_matches("https://orcid.org/"));
                json!({"name": format!("{family_names}, {given_names}"), "orcid": orcid})
            }
            Self::Group { name } => json!({"name": name}),
        }
    }
}

impl Original {
    /// Its address.
    pub fn address(&self) -> String {
        format!("https://arxiv.org/abs/{}", self.arxiv)
    }

    /// Its identifier.
    pub fn identifier(&self) -> String {
        format!("arXiv:{}", self.arxiv)
    }
}

impl Citation {
    /// Reads the manifest at the root of a workspace.
    /// Fails when it says too little.
    pub fn read(root: &Path) -> Result<Self, CommandError> {
        let wrong = || CommandError::usage("Cargo.toml does not say how this is cited");
        let text = std::fs::read_to_string(root.join("Cargo.toml"))?;
        let Manifest { workspace: Root { package, metadata } } =
            toml::from_str(&text).map_err(|error| wrong().because(error))?;
        Ok(Self { package, ..metadata.citation })
    }

    /// The licences, of which a user chooses one.
    pub fn licences(&self) -> impl Iterator<Item = &str> {
        self.package.license.split(" OR ")
    }

    fn of_all<T>(&self, form: impl Fn(&Author) -> T) -> Vec<T> {
        self.authors.iter().map(form).collect()
    }

    /// The files that say how this is cited, by name.
    pub fn files(&self) -> [(&'static str, String); 3] {
        let pretty = |value: Value| format!("{:#}\n", told(value));
        let mut cff = "# Written by `cargo xtask archive --describe` from Cargo.toml.\n".to_owned();
        yaml(&told(self.cff()), 0, &mut cff);
        [
            ("CITATION.cff", cff),
            (".zenodo.json", pretty(self.zenodo())),
            ("codemeta.json", pretty(self.codemeta())),
        ]
    }

    /// Writes them below a root; says which were others before.
    pub fn write(&self, root: &Path) -> Result<Vec<&'static str>, CommandError> {
        let mut written = Vec::new();
        for (name, text) in self.files() {
            if atomic::write_if_changed(&root.join(name), text.as_bytes())? {
                written.push(name);
            }
        }
        Ok(written)
    }

    /// The Citation File Format takes one licence by its name, or a list, which Zenodo does not take: the first is named.
    fn cff(&self) -> Value {
        let Package { version, repository, .. } = &self.package;
        let original = json!({
            "type": "article",
            "title": self.original.title,
            "authors": self.original.authors.iter().map(Author::cited).collect::<Vec<_>>(),
            "year": self.original.year,
            "url": self.original.address(),
            "identifiers": [{"type": "other", "value": self.original.identifier(), "description": "arXiv preprint"}],
        });
        let preferred = json!({
            "type": "software",
            "title": self.title,
            "authors": self.of_all(Author::cited),
            "version": version,
            "year": self.date.split('-').next().and_then(|year| year.parse::<u32>().ok()),
            "doi": self.doi,
            "repository-code": repository,
            "notes": format!("Reproduces {}.", self.original.identifier()),
        });
        json!({
            "cff-version": "1.2.0",
            "message": "If you use this reproduction, please cite it together with the original paper.",
            "type": "software",
            "title": self.title,
            "abstract": self.description,
            "authors": self.of_all(Author::cited),
            "version": version,
            "date-released": self.date,
            "license": self.licences().next(),
            "doi": self.doi,
            "repository-code": repository,
            "keywords": self.keywords,
            "preferred-citation": preferred,
            "references": [original],
        })
    }

    fn zenodo(&self) -> Value {
        let related = |relation: &str| json!({"identifier": self.original.identifier(), "relation": relation, "resource_type": "publication-preprint"});
        let repository = self.package.repository.as_ref();
        let repository =
            repository.map(|address| json!({"identifier": address, "relation": "isSupplementTo"}));
        let related: Vec<Value> =
            ["isDerivedFrom", "reviews"].map(related).into_iter().chain(repository).collect();
        json!({
            "title": self.title,
            "upload_type": "software",
            "description": self.description,
            "creators": self.of_all(Author::deposited),
            "version": self.package.version,
            "publication_date": self.date,
            "access_right": "open",
            "license": self.licences().next(),
            "keywords": self.keywords,
            "related_identifiers": related,
        })
    }

    fn codemeta(&self) -> Value {
        let licences: Vec<String> = self.licences().map(spdx).collect();
        let mut original = json!({
            "@type": "ScholarlyArticle",
            "@id": self.original.address(),
            "name": self.original.title,
            "datePublished": self.original.year.to_string(),
        });
        original["author"] = self.original.authors.iter().map(Author::described).collect();
        json!({
            "@context": "https://w3id.org/codemeta/3.0",
            "@type": "SoftwareSourceCode",
            "identifier": self.doi,
            "name": self.title,
            "description": self.description,
            "version": self.package.version,
            "datePublished": self.date,
            "license": licences,
            "author": self.of_all(Author::described),
            "keywords": self.keywords,
            "programmingLanguage": "Rust",
            "codeRepository": self.package.repository,
            "referencePublication": original,
        })
    }
}

/// The address of a licence in the SPDX list.
pub fn spdx(licence: &str) -> String {
    format!("https://spdx.org/licenses/{licence}")
}

/// A value without the fields of which nothing is known.
pub fn told(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(known.map(|(name, value)| (name, told(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(told).collect(),
        other => other,
    }
}

/// Writes a value as YAML, strings in quotes: these are read alike in JSON and YAML.
fn yaml(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                text.push_str(&format!("{indent}{name}:"));
                inner(value, depth, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                let mut block = String::new();
                inner(item, depth, &mut block);
                text.push_str(&format!("{indent}- {}", block.trim_start()));
            }
        }
        plain => text.push_str(&format!("{indent}{plain}\n")),
    }
}

fn inner(value: &Value, depth: usize, text: &mut String) {
    if value.is_object() || value.is_array() {
        text.push('\n');
        yaml(value, depth + 1, text);
    } else {
        text.push_str(&format!(" {value}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn every_file_says_what_the_manifest_says() {
        for (name, text) in Citation::read(root()).unwrap().files() {
            let there = std::fs::read_to_string(root().join(name)).unwrap_or_default();
            assert_eq!(there, text, "{name}: `cargo xtask archive --describe` writes it anew");
        }
    }

    #[test]
    fn every_licence_that_may_be_chosen_is_here() {
        for licence in Citation::read(root()).unwrap().licences() {
            let file = format!("LICENSE-{}", licence.split('-').next().unwrap().to_uppercase());
            assert!(root().join(&file).is_file(), "{file} is missing");
        }
    }

    #[test]
    fn what_a_releaser_fills_in_comes_out_everywhere() {
        let mut citation = Citation::read(root()).unwrap();
        let orcid = Some("https://orcid.org/0000-0000-0000-0000".to_owned());
        let (family_names, given_names) = ("Ng: \"X\"".to_owned(), "A.".to_owned());
        citation.authors = vec![Author::Person { family_names, given_names, orcid }];
        citation.doi = Some("10.0/test".to_owned());
        citation.package.repository = Some("https://example.org/code".to_owned());
        let [cff, zenodo, codemeta] = citation.files().map(|(_, text)| text);
        assert!(cff.contains("\n  - family-names: \"Ng: \\\"X\\\"\"\n    given-names: \"A.\"\n"), "{cff}");
        assert!(
            cff.contains("\ndoi: \"10.0/test\"\nrepository-code: \"https://example.org/code\"\n"),
            "{cff}"
        );
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&zenodo)["creators"][0]["orcid"], "0000-0000-0000-0000");
        assert_eq!(read(&codemeta)["codeRepository"], "https://example.org/code");
        assert_eq!(read(&codemeta)["identifier"], "10.0/test");
    }
}
