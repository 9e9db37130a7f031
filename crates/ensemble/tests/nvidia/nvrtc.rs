//! What `cudarc::nvrtc` is to the host, as far as it is used: a compiler that takes note.

use crate::driver::CARD;

#[derive(Default)]
pub(crate) struct CompileOptions {
    pub(crate) ftz: Option<bool>,
    pub(crate) prec_sqrt: Option<bool>,
    pub(crate) fmad: Option<bool>,
}

#[derive(Debug)]
pub(crate) struct CompileError;

pub(crate) struct Ptx;

pub(crate) fn compile_ptx_with_opts(source: &str, options: CompileOptions) -> Result<Ptx, CompileError> {
    let options = [("ftz", options.ftz), ("prec-sqrt", options.prec_sqrt), ("fmad", options.fmad)];
    let options = options.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?)));
    CARD.with_borrow_mut(|card| {
        card.source = source.to_owned();
        card.options = options.collect();
    });
    Ok(Ptx)
}
