//! What a section hands over is checked: names used twice, unknown claims, empty figures.

#![allow(clippy::unwrap_used)]

use experiment::{Context, Experiment, ExperimentError, Parameters, Profile};
use ledger::Register;
use report::figure::{Axis, Colour, Figure, Panel};
use report::{
    Check, Estimate, Measurement, Outcomes, ProduceError, Section, Table, TableError, Tables, produce,
};

const CLAIMS: &str =
    "[[claim]]\nid = \"known\"\nsection = \"1\"\nlocator = \"Eq. 1\"\nkind = \"order\"\nstatement = \"s\"\n";

/// A section that hands over the figures and claims named in its parameters; the value of the figures is the run's.
struct Tiny;

#[derive(serde::Serialize, serde::Deserialize)]
struct Params {
    figures: Vec<String>,
    claims: Vec<String>,
    value: f64,
}

impl Parameters for Params {
    fn of(_: Profile) -> Self {
        Self { figures: vec!["a".into()], claims: vec!["known".into()], value: 1.0 }
    }

    fn described() -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

impl Experiment for Tiny {
    type Params = Params;
    type Run = f64;
    type Outcome = (Vec<String>, Vec<String>, f64);

    fn runs(params: &Params) -> Vec<f64> {
        vec![params.value]
    }

    fn name(_: &f64) -> String {
        "run".into()
    }

    fn execute(
        run: &f64,
        _: &Context,
        _: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Self::Outcome, ExperimentError> {
        Ok((Vec::new(), Vec::new(), *run))
    }
}

const SECTION: Section<Tiny> = Section {
    number: "1",
    name: "tiny",
    title: "nothing",
    sources: "",
    rustc: "",
    device: report::same_for_all::<Tiny>,
    tables,
    figures,
    claims,
};

fn tables(params: &Params, outcomes: &Outcomes<Tiny>) -> Result<Tables, TableError> {
    let table =
        Table::of("t", &params.figures).word("figure", |name| name).number("value", |_| outcomes[0].0);
    Tables::of([table.table()?, Table::of("c", &params.claims).word("claim", |name| name).table()?])
}

fn figures(tables: &Tables) -> Result<Vec<Figure>, TableError> {
    let table = tables.get("t")?;
    let value = table.number("value")?;
    let panel = || {
        Panel::new(Axis::linear("x"), Axis::logarithmic("y")).line(
            "y",
            Colour::Ink,
            vec![(0.0, value), (1.0, value)],
        )
    };
    Ok(table.column_words("figure")?.iter().map(|name| Figure::new(name, [panel()])).collect())
}

fn claims(tables: &Tables, _: &Register) -> Result<Vec<Measurement>, TableError> {
    let check = || vec![Check::positive("a - b", Estimate::computed(1.0, 0.1), 0.5)];
    let names = tables.get("c")?.column_words("claim")?;
    Ok(names.into_iter().map(|name| Measurement::new(name, check())).collect())
}

fn produced(figures: &[&str], claims: &[&str], value: f64) -> Result<usize, ProduceError> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    let params = Params { figures: words(figures), claims: words(claims), value };
    let outcomes = [(value, (Vec::new(), Vec::new(), value))];
    produce(&SECTION, &params, &outcomes, &Register::parse(CLAIMS).unwrap())
        .map(|produced| produced.figures.len())
}

#[test]
fn a_sound_section_is_handed_over() {
    assert_eq!(produced(&["a", "b"], &["known"], 1.0).unwrap(), 2);
}

#[test]
fn a_figure_name_used_twice_is_an_error() {
    let message = produced(&["a", "a"], &["known"], 1.0).unwrap_err().to_string();
    assert_eq!(message, "the figure `a` is made twice");
}

#[test]
fn a_claim_that_nobody_states_or_that_is_measured_twice_is_an_error() {
    let message = produced(&["a"], &["unknown"], 1.0).unwrap_err().to_string();
    assert!(message.contains("`unknown`"), "{message}");
    let message = produced(&["a"], &["known", "known"], 1.0).unwrap_err().to_string();
    assert_eq!(message, "Section 1 measures `known` twice");
}

#[test]
fn a_figure_without_finite_data_is_an_error() {
    let message = produced(&["a"], &["known"], -1.0).unwrap_err().to_string();
    assert_eq!(message, "figure `a`, panel 1: nothing finite to show");
}

#[test]
fn a_drawing_holds_its_labels_and_reproduces_bit_for_bit() {
    let draw = || {
        let points = vec![(1.0, 2.0), (2.0, 1.0), (3.0, f64::NAN), (4.0, 1.5)];
        let panel = Panel::new(Axis::linear("layer l"), Axis::linear("rˡ")).line(
            "measured <b>",
            Colour::Kind(0),
            points,
        );
        Figure::new("f", [panel.band(Colour::Kind(0), vec![(1.0, 0.5, 2.5), (4.0, 1.0, 2.0)])])
            .draw()
            .unwrap()
    };
    let svg = draw();
    for label in ["layer l", "rˡ", "measured &lt;b&gt;"] {
        assert!(svg.contains(label), "{label}");
    }
    assert!(svg.starts_with("<svg width=\"239\""), "{}", &svg[..80]);
    assert_eq!(svg, draw());
}
