//! A checked ensemble, and running it.

use crate::check;
use crate::direct::{OnDevice, WeightDevice, card};
use crate::forward::Pass;
use crate::parallel::Threads;
use crate::plan::{BLOCK_ROWS, CHUNK_ROWS, Plan};
use crate::scratch::{Pool, Workspace};
use crate::weights::{ByLibrary, Multiply};
use crate::{Config, ConfigError, Engine, EnsembleError, Network, Observables, Record};
use dfdx::tensor::Cpu;
use experiment::Device;
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

    /// Runs every network on the processor. The result is the same, bit by bit, for any number of rayon's threads.
    ///
    /// # Errors
    /// [`EnsembleError`] if numbers leave the range of single precision.
    pub fn run(&self) -> Result<Record, EnsembleError> {
        self.run_on(Device::Cpu, |_, _| {})
    }

    /// Runs every network on the device that its engine uses of the one given ([`Engine::device`]), and tells `progress`
    /// after each how many are done, and how many there are.
    ///
    /// # Errors
    /// As [`Ensemble::run`], or if the device is not there or fails.
    pub fn run_on(
        &self,
        device: Device,
        progress: impl Fn(u64, u64) + Sync,
    ) -> Result<Record, EnsembleError> {
        match (self.plan.config.engine, device) {
            (Engine::Exact, _) => self.networks(&ByLibrary::default(), self.exact_threads(), &progress),
            (Engine::Direct, Device::Cpu) => self.directly(Cpu::default(), &progress),
            (Engine::Direct, Device::Cuda) => self.directly(card()?, &progress),
        }
    }

    /// Runs every network with the direct engine on a device of dfdx.
    fn directly<D: WeightDevice>(
        &self,
        device: D,
        progress: &(impl Fn(u64, u64) + Sync),
    ) -> Result<Record, EnsembleError> {
        let config = &self.plan.config;
        let widest = config.width.max(config.input_width());
        let product = widest * config.width.min(D::BLOCKS * BLOCK_ROWS) * self.plan.columns.total();
        let networks = if product < SMALL_PRODUCT { Threads::All } else { Threads::One };
        self.networks(&OnDevice::new(device)?, networks, progress)
    }

    /// Where the exact engine's threads go: over networks if there are enough of them, or if a layer is too narrow to
    /// divide, and if that many networks fit into the memory allowed.
    fn exact_threads(&self) -> Threads {
        let config = &self.plan.config;
        let threads = rayon::current_num_threads();
        let side_by_side = config.networks.min(threads);
        let chunks = config.width.div_ceil(CHUNK_ROWS).min(threads);
        let needed = check::bytes_for_a_network(config, &self.plan.observables) * side_by_side as u64;
        if side_by_side >= chunks && needed <= config.memory { Threads::All } else { Threads::One }
    }

    /// Runs the networks, spread over `threads`.
    fn networks<M: Multiply>(
        &self,
        multiply: &M,
        threads: Threads,
        progress: &(impl Fn(u64, u64) + Sync),
    ) -> Result<Record, EnsembleError> {
        let config = &self.plan.config;
        let (scratch, workspaces, done) = (Pool::default(), Pool::default(), AtomicU64::new(0));
        let each = |multiply: &M, network: usize| {
            let pass = Pass { plan: &self.plan, network, threads: threads.within(), scratch: &scratch };
            let result = workspaces.lend(|workspace| pass.run(multiply, workspace));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, config.networks as u64);
            result
        };
        let mut networks = Vec::with_capacity(config.networks);
        multiply.fold(threads, 0..config.networks, each, |network| networks.push(network))?;
        Ok(Record { config: config.clone(), networks })
    }
}

impl Pass<'_> {
    /// Runs one network, forwards and, if the gradient is observed, backwards.
    pub(crate) fn run(
        &self,
        multiply: &impl Multiply,
        workspace: &mut Workspace,
    ) -> Result<Network, EnsembleError> {
        workspace.prepare(self.plan);
        let mut layers = self.forward(multiply, &mut workspace.tape)?;
        if let Some(through) = self.plan.observables.gradient {
            self.backward(multiply, workspace, through, &mut layers)?;
        }
        Ok(Network { layers })
    }
}
