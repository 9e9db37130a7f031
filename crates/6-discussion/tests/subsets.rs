//! The section is whole with any of its settings.

use discussion::experiment::params::Params;
use discussion::experiment::{Discussion, runs};
use discussion::report::{claims, figures, tables};
use ensemble::Normalisation;
use experiment::{Experiment, List, Parameters, Profile, Seeds};

fn claimed(settings: &[Normalisation]) -> usize {
    let params = Params { settings: List::of(settings), ..Params::of(Profile::Smoke) };
    Discussion::check(&params).expect("smoke parameters fit together");
    let outcome = |run: runs::Run| {
        let outcome = runs::execute(&run, &Seeds::new("test", 7), &|_, _| {}).expect("a smoke run succeeds");
        (run, outcome)
    };
    let outcomes: Vec<_> = runs::runs(&params).into_iter().map(outcome).collect();
    let tables = tables::tables(&params, &outcomes).expect("outcomes make tables");
    for figure in figures::figures(&tables).expect("tables make figures") {
        figure.draw().expect("figures can be drawn");
    }
    claims::claims(&tables).expect("tables make claims").len()
}

#[test]
fn one_setting_alone_draws_but_decides_nothing() {
    for setting in Normalisation::ALL {
        assert_eq!(claimed(&[*setting]), 0, "{setting}");
    }
}

#[test]
fn all_settings_decide() {
    assert_eq!(claimed(Normalisation::ALL), 2);
}
