//! The section is whole with any of its settings.

use discussion::SECTION;
use discussion::experiment::Discussion;
use experiment::Profile;

#[test]
fn all_settings_decide_and_one_alone_draws_but_decides_nothing() {
    for (settings, claims) in
        [("[kaiming]", 0), ("[scale_bias]", 0), ("[batch_norm]", 0), ("[kaiming, scale_bias, batch_norm]", 4)]
    {
        let params = snapshots::params::<Discussion>(Profile::Smoke, &[("settings", settings)]);
        let tables = snapshots::computed(&SECTION, &params.expect("accepted"));
        assert_eq!(snapshots::claimed(&SECTION, &tables).len(), claims, "{settings}");
    }
}

#[test]
fn what_does_not_fit_together_is_refused_by_name_and_limit() {
    snapshots::refuses::<Discussion>(
        Profile::Smoke,
        &[
            (&[("widths", "[150]")], "name 150 twice"),
            (&[("perturbed", "21")], "21 samples are to be perturbed"),
            (&[("width", "1000000"), ("regime_samples", "10000")], "limit is 16.0 GiB"),
        ],
    );
}
