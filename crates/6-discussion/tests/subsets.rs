//! The section is whole with any of its settings.

use discussion::SECTION;
use discussion::experiment::Discussion;
use experiment::Profile;

#[test]
fn all_settings_decide_and_one_alone_draws_but_decides_nothing() {
    for (settings, claims) in
        [("[kaiming]", 0), ("[scale_bias]", 0), ("[batch_norm]", 0), ("[kaiming, scale_bias, batch_norm]", 2)]
    {
        let params = snapshots::params::<Discussion>(Profile::Smoke, &[("settings", settings)]);
        let tables = snapshots::computed(&SECTION, &params.expect("accepted"));
        assert_eq!(snapshots::claimed(&SECTION, &tables).len(), claims, "{settings}");
    }
}
