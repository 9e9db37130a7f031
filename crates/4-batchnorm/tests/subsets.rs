//! The section is whole with any of its settings, and its tables keep the columns that others read.

use batchnorm::SECTION;
use report::Tables;

fn shown(setting: &str) -> (Tables, Vec<String>) {
    let settings = format!("[{setting}]");
    let (tables, found) =
        report::show(&SECTION, &[("settings", &settings)], 7).expect("a smoke run succeeds");
    (tables, found.into_iter().map(|measurement| measurement.claim).collect())
}

#[test]
fn kaiming_alone_measures_what_it_can() {
    assert_eq!(shown("kaiming").1, ["4.kaiming-flat", "4.protocol"]);
}

#[test]
fn scale_bias_alone_measures_what_it_can() {
    assert_eq!(shown("scale_bias").1, ["4.slope-scale-bias", "4.exponential-scale-bias", "4.protocol"]);
}

#[test]
fn batch_normalisation_alone_measures_what_it_can() {
    let found = shown("batch_norm").1;
    for claim in ["4.bn-moments", "4.sigma-s", "4.amplification", "4.slope-batchnorm", "4.sigma-detached"] {
        assert!(found.iter().any(|other| other == claim), "{claim} in {found:?}");
    }
}

#[test]
fn gradient_and_slopes_keep_their_columns() {
    let (tables, _) = shown("kaiming");
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
