//! A checked ensemble, and running it.

use crate::check;
use crate::direct::{OnDevice, WeightDevice};
use crate::forward::Pass;
use crate::parallel::Threads;
use crate::plan::{BLOCK_ROWS, CHUNK_ROWS, Plan};
use crate::scratch::{Pool, Workspace};
use crate::weights::{Multiply, OneThread};
use crate::{Config, ConfigError, Engine, EnsembleError, Network, Observables, Record};
use dfdx::tensor::{Cpu, Tensor};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// An ensemble of random networks that has been checked and can be run.
///
/// ```
/// use ensemble::{Config, Ensemble, Observables};
/// let config = Config { width: 100, depth: 5, samples: 20, networks: 4, ..Config::default() };
/// let record = Ensemble::new(config, Observables::none().moments())?.run()?;
/// let first = record.networks[0].layers[1].moments.expect("asked for");
/// assert!((first.mean_square - 2.0).abs() < 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ensemble {
    plan: Plan,
}

/// Multiplications below this many multiply-adds are left on one thread by dfdx; networks then run side by side.
const SMALL_PRODUCT: usize = 48 * 48 * 256;

impl Ensemble {
    /// Checks a configuration against what is to be observed.
    ///
    /// # Errors
    /// [`ConfigError`] names the parameter and its limit. Nothing has been computed.
    pub fn new(config: Config, observables: Observables) -> Result<Self, ConfigError> {
        check::check(&config, &observables)?;
        Ok(Self { plan: Plan::new(&config, &observables) })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.plan.config
    }

    /// Runs every network. The result is the same, bit by bit, for any number of rayon's threads.
    ///
    /// # Errors
    /// [`EnsembleError`] if numbers leave the range of single precision or the device fails.
    pub fn run(&self) -> Result<Record, EnsembleError> {
        self.run_with_progress(|_, _| {})
    }

    /// Runs every network and tells `progress` after each how many are done, and how many there are.
    ///
    /// # Errors
    /// As [`Ensemble::run`].
    pub fn run_with_progress(&self, progress: impl Fn(u64, u64) + Sync) -> Result<Record, EnsembleError> {
        match self.plan.config.engine {
            Engine::Exact => self.run_networks(&OneThread, self.exact_threads(), &progress),
            Engine::Direct => self.run_on(&Cpu::default(), progress),
        }
    }

    /// Runs every network with the direct engine on a device of dfdx, whatever engine the configuration names.
    ///
    /// # Errors
    /// As [`Ensemble::run`].
    pub fn run_on<D>(&self, device: &D, progress: impl Fn(u64, u64) + Sync) -> Result<Record, EnsembleError>
    where
        D: WeightDevice + Sync,
        Tensor<(usize, usize), f32, D>: Send + Sync,
    {
        let config = Config { engine: Engine::Direct, ..self.plan.config.clone() };
        let direct = Self { plan: Plan::new(&config, &self.plan.observables) };
        let widest = config.width.max(config.input_width());
        let product = widest * config.width.min(D::BLOCKS * BLOCK_ROWS) * self.plan.columns.total();
        let small = D::SIDE_BY_SIDE && product < SMALL_PRODUCT;
        let within = if D::SIDE_BY_SIDE && !small { Threads::Chunks } else { Threads::Device };
        let multiply = OnDevice { device, threads: within };
        let threads = if small { Threads::Networks } else { Threads::Device };
        direct.run_networks(&multiply, threads, &progress)
    }

    /// Where the exact engine's threads go: over networks if there are enough of them, or if a layer is too narrow to
    /// divide, and if that many networks fit into the memory allowed.
    fn exact_threads(&self) -> Threads {
        let config = &self.plan.config;
        let threads = rayon::current_num_threads();
        let side_by_side = config.networks.min(threads);
        let chunks = config.width.div_ceil(CHUNK_ROWS).min(threads);
        let needed = check::bytes_for_a_network(config, &self.plan.observables) * side_by_side as u64;
        if side_by_side >= chunks && needed <= config.memory { Threads::Networks } else { Threads::Chunks }
    }

    /// Runs the networks.
    fn run_networks<M: Multiply>(
        &self,
        multiply: &M,
        threads: Threads,
        progress: &(impl Fn(u64, u64) + Sync),
    ) -> Result<Record, EnsembleError> {
        let (scratch, workspaces, done) = (Pool::default(), Pool::default(), AtomicU64::new(0));
        let each = |network: usize| {
            let pass = Pass { plan: &self.plan, network, multiply, threads, scratch: &scratch };
            let result = workspaces.lend(|workspace| pass.run(workspace));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, self.plan.config.networks as u64);
            result
        };
        let indices = 0..self.plan.config.networks;
        let networks = match threads {
            Threads::Networks => indices.into_par_iter().map(each).collect::<Result<_, _>>()?,
            Threads::Chunks | Threads::Device => indices.map(each).collect::<Result<_, _>>()?,
        };
        Ok(Record { config: self.plan.config.clone(), observables: self.plan.observables.clone(), networks })
    }
}

impl<M: Multiply> Pass<'_, M> {
    /// Runs one network, forwards and, if the gradient is observed, backwards.
    pub(crate) fn run(&self, workspace: &mut Workspace) -> Result<Network, EnsembleError> {
        workspace.prepare(self.plan);
        let mut layers = self.forward(&mut workspace.tape)?;
        if let Some(through) = self.plan.observables.gradient {
            self.backward(workspace, through, &mut layers)?;
        }
        Ok(Network { layers })
    }
}
