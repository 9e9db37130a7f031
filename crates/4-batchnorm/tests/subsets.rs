//! The section is whole with any of its settings, and its tables keep the columns that others read.

use batchnorm::SECTION;
use batchnorm::experiment::BatchNorm;
use experiment::Profile;
use report::Tables;

fn computed(settings: &str) -> Tables {
    let params = snapshots::params::<BatchNorm>(Profile::Smoke, &[("settings", settings)]);
    snapshots::computed(&SECTION, &params.expect("accepted"))
}

#[test]
fn a_setting_alone_measures_what_it_can() {
    let all = ["4.bn-moments", "4.sigma-s", "4.amplification", "4.slope-batchnorm", "4.sigma-detached"];
    for (settings, least, exactly) in [
        ("[kaiming]", &["4.kaiming-flat", "4.protocol"][..], true),
        ("[scale_bias]", &["4.slope-scale-bias", "4.exponential-scale-bias", "4.protocol"], true),
        ("[batch_norm]", &all, false),
    ] {
        let found = snapshots::claimed(&SECTION, &computed(settings));
        assert!(least.iter().all(|claim| found.iter().any(|other| other == claim)), "{settings}: {found:?}");
        assert!(!exactly || found.len() == least.len(), "{settings}: {found:?}");
    }
}

#[test]
fn gradient_and_slopes_keep_their_columns() {
    let tables = computed("[kaiming]");
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

#[test]
fn what_does_not_fit_together_is_refused_by_name_and_limit() {
    snapshots::refuses::<BatchNorm>(
        Profile::Smoke,
        &[
            (&[("batches", "[60]")], "batch size 60 twice"),
            (&[("fit_margin", "6")], "fewer than 3 of the layers 0 to 12"),
            (&[("width", "1000000"), ("samples", "10000")], "limit is 16.0 GiB"),
        ],
    );
}
