//! The smallest experiments that are accepted, and single networks, still give tables, figures and measurements; what
//! cannot be run is refused before any work.

use convnets::SECTION;
use convnets::experiment::ConvNets;
use convnets::experiment::runs;
use experiment::{Experiment, Profile, Seeds, checked, told};
use report::Tables;

/// Parameters of the smoke profile with some set otherwise, or what the setting is answered with.
fn params(sets: &[(&str, &str)]) -> Result<convnets::experiment::params::Params, String> {
    let sets: Vec<(String, String)> =
        sets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    checked::<ConvNets>(Profile::Smoke, &sets).map_err(|error| told(error.as_ref()))
}

fn computed(sets: &[(&str, &str)]) -> Tables {
    let params = params(sets).expect("accepted");
    let outcome = |run| {
        let outcome =
            runs::execute(&run, &Seeds::new("test", 7), None, &|_, _| {}).expect("a run this small");
        (run, outcome)
    };
    let outcomes: Vec<_> = ConvNets::runs(&params).into_iter().map(outcome).collect();
    (SECTION.tables)(&params, &outcomes).expect("outcomes make tables")
}

fn claimed(tables: &Tables) -> Vec<String> {
    for figure in (SECTION.figures)(tables).expect("tables make figures") {
        figure.draw().expect("figures can be drawn");
    }
    let measurements = (SECTION.claims)(tables).expect("tables make claims");
    measurements.into_iter().map(|measurement| measurement.claim).collect()
}

#[test]
fn one_network_alone_measures_what_it_can() {
    let found = claimed(&computed(&[("networks", "[allcnn]"), ("initialisations", "2")]));
    assert_eq!(found, ["3.3.architectures", "3.3.allcnn-increases", "3.3.allcnn-last-above"]);
    let found = claimed(&computed(&[("networks", "[unet]"), ("initialisations", "2")]));
    assert_eq!(found, ["3.3.architectures", "3.3.unet-peak", "3.3.unet-above", "3.3.pooling-raises"]);
}

/// Networks so narrow that a layer may be zero for every image: such an initialisation has no ratio there.
#[test]
fn the_least_of_everything() {
    let least = [
        ("initialisations", "2"),
        ("images", "2"),
        ("allcnn_width", "1"),
        ("unet_width", "1"),
        ("networks", "[unet, allcnn]"),
    ];
    assert_eq!(claimed(&computed(&least)).len(), 6);
}

#[test]
fn further_initialisations_are_not_in_the_figure() {
    let tables =
        computed(&[("networks", "[allcnn]"), ("initialisations", "3"), ("further_initialisations", "4")]);
    let ratio = tables.get("ratio").expect("a table");
    assert!(ratio.column("initialisations").expect("a column").iter().all(|count| *count == 3.0));
    let each = tables.get("each").expect("a table").only("variant", "standard").expect("rows");
    assert_eq!(each.distinct("initialisation").expect("a column").len(), 7);
    // The first three are those of a run without further ones.
    let alone = computed(&[("networks", "[allcnn]"), ("initialisations", "3")]);
    let means = |tables: &Tables| tables.get("ratio").and_then(|table| table.column("ratio_mean"));
    assert_eq!(means(&tables).expect("a column"), means(&alone).expect("a column"));
}

#[test]
fn ratio_keeps_its_columns() {
    let tables = computed(&[("networks", "[unet]"), ("initialisations", "2"), ("unet_width", "1")]);
    let table = tables.get("ratio").expect("a table");
    let csv = String::from_utf8(table.csv().expect("a table")).expect("text");
    assert_eq!(
        csv.lines().next(),
        Some(
            "network,variant,layer,kind,ratio_mean,ratio_sd,ratio_channel_mean,ratio_theory,initialisations,images,data"
        )
    );
    assert_eq!(table.rows(), 3 * 23);
    assert_eq!(table.distinct("kind").expect("a column"), ["convolution", "up-convolution"]);
    assert_eq!(table.distinct("data").expect("a column"), ["stand-in"]);
}

#[test]
fn what_cannot_be_run_is_refused_with_the_limit() {
    let refused = |sets: &[(&str, &str)]| params(sets).expect_err("refused");
    assert!(refused(&[("networks", "[resnet]")]).contains("`allcnn`"));
    assert!(refused(&[("networks", "[]")]).contains("needs at least 1"));
    assert!(refused(&[("initialisations", "1")]).contains("1 is outside 2 to"));
    assert!(refused(&[("images", "1")]).contains("1 is outside 2 to"));
    assert!(refused(&[("size", "40")]).contains("multiple of 16"));
    assert!(refused(&[("size", "16")]).contains("16 is outside 32 to 512"));
    let whole = [("size", "512"), ("images", "40"), ("unet_images", "40")];
    assert!(refused(&whole).contains("at most that, not 40"));
    let wide = refused(&[("size", "512"), ("unet_width", "256")]);
    assert!(wide.contains("run unet-0:") && wide.contains("limit is 16.0 GiB"), "{wide}");
}
