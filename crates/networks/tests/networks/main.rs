//! Operations and networks on the processor: against definitions, differences, PyTorch, and what the paper says.
#![allow(clippy::unwrap_used, reason = "a test that cannot make its input has failed")]

mod gradients;
mod initialisations;
mod models;
mod numbers;
mod observation;
mod operations;
mod optimisers;
mod reference;
mod refusals;
mod setup;
mod training;
mod values;
mod variants;
