//! The smallest experiments that are accepted, and single networks, still give tables, figures and measurements; what
//! cannot be run is refused before any work.

use convnets::SECTION;
use convnets::experiment::ConvNets;
use experiment::Profile;
use report::Tables;

fn computed(sets: &[(&str, &str)]) -> Tables {
    let params = snapshots::params::<ConvNets>(Profile::Smoke, sets).expect("accepted");
    snapshots::computed(&SECTION, &params)
}

fn claimed(sets: &[(&str, &str)]) -> Vec<String> {
    snapshots::claimed(&SECTION, &computed(sets))
}

#[test]
fn one_network_alone_measures_what_it_can() {
    let found = claimed(&[("networks", "[allcnn]"), ("initialisations", "2")]);
    assert_eq!(found, ["3.3.architectures", "3.3.allcnn-increases", "3.3.allcnn-last-above"]);
    let found = claimed(&[("networks", "[unet]"), ("initialisations", "2")]);
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
    assert_eq!(claimed(&least).len(), 8);
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
    snapshots::refuses::<ConvNets>(
        Profile::Smoke,
        &[
            (&[("networks", "[resnet]")], "`allcnn`"),
            (&[("networks", "[]")], "needs at least 1"),
            (&[("initialisations", "1")], "1 is outside 2 to"),
            (&[("images", "1")], "1 is outside 2 to"),
            (&[("size", "40")], "multiple of 16"),
            (&[("size", "16")], "16 is outside 32 to 512"),
            (&[("size", "512"), ("images", "40"), ("unet_images", "40")], "at most that, not 40"),
            (&[("size", "512"), ("unet_width", "256")], "run unet-0:"),
            (&[("size", "512"), ("unet_width", "256")], "limit is 16.0 GiB"),
        ],
    );
}
