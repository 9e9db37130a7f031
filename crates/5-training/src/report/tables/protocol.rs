//! The settings that ran, and those that the original does not state.

use datasets::augment::{Deformation, Warp};
use dfdx::tensor::Cpu;
use networks::initialise::{MINIBATCHES, SCALE_EPSILON};
use networks::optimise::{Adam, Sgd};
use report::{NOT_RUN, Protocol, Table, TableError};

use crate::experiment::choices::{Optimiser, Part, Task};
use crate::experiment::curve::BINS;
use crate::experiment::minibatches::crop_padding;
use crate::experiment::params::Params;
use crate::experiment::runs::Run;
use crate::experiment::search::{Results, distinct, further};
use crate::experiment::trainer::EXPLODED;

/// The protocol of §5.2, read back from the runs.
pub(super) fn protocol(params: &Params, results: &Results) -> Result<Table, TableError> {
    let all = || results.outcomes.iter().map(|(run, _)| run);
    // What varies a choice on purpose is no part of the experiment, and neither is what is not trained.
    let varied = |run: &Run| matches!(run.part, Part::HalfBatch | Part::DoubleBatch | Part::Start);
    let runs = || all().filter(|run| !varied(run));
    let joined = |values: Vec<String>| if values.is_empty() { NOT_RUN.to_owned() } else { values.join(",") };
    let rates = |optimiser| {
        let here = runs().filter(|run| run.optimiser == optimiser);
        let mut rates = distinct(here.map(|run| run.rate));
        rates.sort_by(f64::total_cmp);
        joined(rates.iter().map(f64::to_string).collect())
    };
    let of_task = |task, value: &dyn Fn(&Run) -> String| {
        let here = runs().filter(|run| run.task == task);
        joined(distinct(here.map(value)))
    };
    let data = |task| {
        let here = results.outcomes.iter().filter(|(run, _)| run.task == task);
        joined(distinct(here.map(|(_, outcome)| outcome.source.to_string())))
    };
    let searched = |task| {
        let here = results.panels().into_iter().filter(|panel| panel.0 == task);
        let budgets =
            here.flat_map(|panel| results.searched(panel)).map(|series| series.runs[0].0.iterations);
        joined(distinct(budgets.map(|budget| budget.to_string())))
    };
    let curves = |task| {
        let here = runs().filter(|run| run.task == task && run.part == Part::Curve);
        joined(distinct(here.map(|run| run.iterations.to_string())))
    };
    let seeds = |task| distinct(runs().filter(|run| run.task == task).map(|run| run.seed)).len();
    let least_seeds = Task::ALL.map(seeds).into_iter().filter(|seeds| *seeds > 0).min().unwrap_or(0);
    let side = |run: &Run| format!("{0},{0}", run.image_size);
    let rows = [
        ("settings", joined(distinct(runs().map(|run| run.initialisation.to_string())))),
        ("init_minibatches", MINIBATCHES.to_string()),
        ("init_epsilon", SCALE_EPSILON.to_string()),
        ("sgd_momentum", Sgd::<f32, Cpu>::MOMENTUM.to_string()),
        ("sgd_rates", rates(Optimiser::Sgd)),
        ("adam_beta1", Adam::<f32, Cpu>::BETAS[0].to_string()),
        ("adam_beta2", Adam::<f32, Cpu>::BETAS[1].to_string()),
        ("adam_epsilon", Adam::<f32, Cpu>::EPSILON.to_string()),
        ("adam_rates", rates(Optimiser::Adam)),
        ("rate_choice", "fastest".to_owned()),
        ("seeds", least_seeds.to_string()),
        ("cifar_architecture", of_task(Task::Cifar, &|run| run.task.architecture().to_owned())),
        ("cifar_zero_padding", of_task(Task::Cifar, &|_| crop_padding().to_string())),
        ("cifar_crop", of_task(Task::Cifar, &side)),
        ("isbi_architecture", of_task(Task::Isbi, &|run| run.task.architecture().to_owned())),
        ("isbi_augmentation", of_task(Task::Isbi, &|run| augmentation(run).to_owned())),
    ];
    let mut rows = rows.map(|(setting, value)| (setting.to_owned(), value)).to_vec();
    for task in Task::ALL {
        let of_task = |value: &dyn Fn(&Run) -> String| of_task(task, value);
        let settings = [
            ("data", data(task)),
            ("width", of_task(&|run| run.width_multiplier.to_string())),
            ("side", of_task(&|run| run.image_size.to_string())),
            ("batch", of_task(&|run| run.batch.to_string())),
            ("iterations", curves(task)),
            ("search_iterations", searched(task)),
            ("seeds", seeds(task).to_string()),
        ];
        rows.extend(settings.map(|(setting, value)| (format!("{task}_{setting}"), value)));
    }
    let wanted = crate::experiment::runs::runs(params).len() + further(params, results.outcomes).len();
    let more = [
        ("runs", wanted.to_string()),
        ("missing_runs", wanted.saturating_sub(results.outcomes.len()).to_string()),
        ("optimisers", joined(params.optimisers.iter().map(ToString::to_string).collect())),
    ];
    rows.extend(more.map(|(setting, value)| (setting.to_owned(), value)));
    Protocol::table(&rows)
}

/// What is done to the pages of a run.
fn augmentation(run: &Run) -> &'static str {
    let plain = Deformation::cropping(0, run.image_size);
    if Deformation::of_the_paper(0, run.image_size) == plain.turning().warping(Warp::RONNEBERGER) {
        "rotation-90,reflection,elastic-warp"
    } else {
        "another"
    }
}

/// What the original does not say, and what was taken in its place.
pub(super) fn choices(params: &Params) -> Result<Table, TableError> {
    let each = |value: &dyn Fn(Task) -> String| {
        let words = params.tasks.iter().map(|task| format!("{} {}", value(*task), short(*task)));
        words.collect::<Vec<_>>().join(", ")
    };
    let rows = [
        ("images in a minibatch", each(&|task| params.batch.of(task).to_string())),
        ("iterations", each(&|task| params.iterations.of(task).to_string())),
        ("schedule of the rate; weight decay; dropout", "constant; none; none".to_owned()),
        ("standardisation of images", "per channel, over the data set".to_owned()),
        ("zeros of the padding", "black pixels, before standardisation".to_owned()),
        ("loss", "mean cross entropy, no weights for classes or pixels".to_owned()),
        ("side of an image", each(&|task| params.image_size.of(task).to_string())),
        ("minibatches of the initialisation", format!("the run's first {MINIBATCHES}, augmented")),
        ("batch normalisation", "with gain and shift, in every layer but the last".to_owned()),
        ("iterations on which rates are compared", each(&|task| searched(params, task).to_string())),
        ("fastest rate", "least area under the log-loss, mean over seeds".to_owned()),
        ("same loss, for the time to it", "half-way from guessing to the end, in the logarithm".to_owned()),
        ("smoothing of the curves", format!("means over {BINS} bins")),
        ("diverged", format!("loss not finite, or above {EXPLODED} times the first")),
        ("images on which r is observed", "the first of the data set, not augmented".to_owned()),
        ("what seeds share", "weights, order and augmentation are of the seed alone".to_owned()),
    ];
    Table::of("choices", &rows).word("what", |row| row.0).word("taken", |row| &row.1).table()
}

/// Iterations on which learning rates are compared.
fn searched(params: &Params, task: Task) -> u64 {
    params.search_iterations.of(task).get().min(params.iterations.of(task).get())
}

/// The task in a few letters.
fn short(task: Task) -> &'static str {
    match task {
        Task::Cifar => "(CIFAR-10)",
        Task::Isbi => "(ISBI 2012)",
    }
}
