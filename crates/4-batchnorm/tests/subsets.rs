//! The section is whole with any of its settings, and its tables keep the columns that others read.

use batchnorm::experiment::params::Params;
use batchnorm::experiment::{BatchNorm, runs};
use batchnorm::report::{claims, figures, tables};
use ensemble::Normalisation;
use experiment::{Experiment, List, Parameters, Profile, Seeds};
use report::Tables;

fn computed(settings: &[Normalisation]) -> Tables {
    let params = Params { settings: List::of(settings), ..Params::of(Profile::Smoke) };
    BatchNorm::check(&params).expect("smoke parameters fit together");
    let outcome = |run: runs::Run| {
        let outcome = runs::execute(&run, &Seeds::new("test", 7), &|_, _| {}).expect("a smoke run succeeds");
        (run, outcome)
    };
    let outcomes: Vec<_> = runs::runs(&params).into_iter().map(outcome).collect();
    tables::tables(&params, &outcomes).expect("outcomes make tables")
}

fn claimed(tables: &Tables) -> Vec<String> {
    for figure in figures::figures(tables).expect("tables make figures") {
        figure.draw().expect("figures can be drawn");
    }
    claims::claims(tables)
        .expect("tables make claims")
        .into_iter()
        .map(|measurement| measurement.claim)
        .collect()
}

#[test]
fn kaiming_alone_measures_what_it_can() {
    assert_eq!(claimed(&computed(&[Normalisation::Kaiming])), ["4.kaiming-flat", "4.protocol"]);
}

#[test]
fn scale_bias_alone_measures_what_it_can() {
    assert_eq!(claimed(&computed(&[Normalisation::ScaleBias])), ["4.slope-scale-bias", "4.protocol"]);
}

#[test]
fn batch_normalisation_alone_measures_what_it_can() {
    let found = claimed(&computed(&[Normalisation::BatchNorm]));
    for claim in ["4.bn-moments", "4.sigma-s", "4.amplification", "4.slope-batchnorm", "4.sigma-detached"] {
        assert!(found.iter().any(|other| other == claim), "{claim} in {found:?}");
    }
}

#[test]
fn gradient_and_slopes_keep_their_columns() {
    let tables = computed(&[Normalisation::Kaiming]);
    let header = |table: &str| {
        let csv = String::from_utf8(tables.get(table).unwrap().csv().unwrap()).unwrap();
        csv.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(header("gradient"), "setting,width,samples,layer,log_mean_square,standard_error");
    assert_eq!(header("slopes"), "setting,width,samples,first_layer,last_layer,slope,standard_error");
    // 0 is the inputs, 12 the output.
    let layers = tables.get("gradient").unwrap().column("layer").unwrap();
    assert_eq!((layers.first(), layers.last(), layers.len()), (Some(&0.0), Some(&12.0), 13));
}
