//! The section is whole with any of its settings.

use discussion::SECTION;
use ensemble::Normalisation;

fn claimed(settings: &[Normalisation]) -> usize {
    let words: Vec<&str> = settings.iter().map(|setting| setting.name()).collect();
    report::show(&SECTION, &[("settings", &format!("[{}]", words.join(",")))], 7)
        .expect("a smoke run succeeds")
        .1
        .len()
}

#[test]
fn one_setting_alone_draws_but_decides_nothing() {
    for setting in Normalisation::ALL {
        assert_eq!(claimed(&[*setting]), 0, "{setting}");
    }
}

#[test]
fn all_settings_decide() {
    assert_eq!(claimed(Normalisation::ALL), 4);
}
