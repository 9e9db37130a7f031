//! What the paper states, what was measured, and the verdict between them.
//!
//! The paper's side is a [`Register`] of [`Claim`]s, read from `paper/claims.toml`. Ours is a [`Measurement`]: a list of
//! [`Check`]s, each an [`Estimate`] with its own error. [`judge()`] holds one against the other by one rule per
//! [`Kind`] and gives a [`Judgement`]; an [`Entry`] is a row of the ledger that the reader sees.
//!
//! ```
//! use ledger::{Check, Estimate, Measurement, Register, Verdict, judge};
//!
//! let register = Register::parse(r#"
//! [[claim]]
//! id = "4.sigma-s"
//! section = "3.1"
//! locator = "§4"
//! kind = "printed"
//! statement = "standard deviation that one layer leaves"
//! printed = "0.826"
//! wrong = "0.584"
//! wrong_because = "the standard deviation of a rectified unit Gaussian"
//! "#).unwrap();
//! let claim = register.claim("4.sigma-s").unwrap();
//! let sigma_s = (1.0 - std::f64::consts::FRAC_1_PI).sqrt();
//! let measurement = Measurement::new("4.sigma-s", vec![Check::value("σ_s", Estimate::computed(sigma_s, 1e-15))]);
//! assert_eq!(judge(claim, &measurement).verdict, Verdict::Reproduced);
//! ```

mod check;
mod claim;
mod difference;
mod digits;
mod entry;
mod homogeneity;
mod judge;
mod measurement;
mod register;
mod rules;
mod share;
mod snapshot;
mod times;
mod totals;
mod verdict;

pub use check::{Check, Comparison};
pub use claim::{Claim, Kind, Origin};
pub use difference::{Difference, Rows, Shift, Turn, rows};
pub use digits::{Digits, DigitsError, warranted, warranted_bound};
pub use entry::{CheckRow, EntriesError, Entry, merge, read_entries};
pub use homogeneity::Homogeneity;
pub use judge::{
    CENSORED_LEVEL, CONFIDENCE, CheckOutcome, Judged, Judgement, REFUTED_AT_REDUCED_SCALE, judge,
};
pub use measurement::{Data, Measurement, Scale};
pub use register::{Register, RegisterError};
pub use rules::NOT_RUN;
pub use share::Share;
pub use snapshot::{Snapshot, SnapshotError};
pub use statistics::Estimate;
pub use times::{LogRatios, Time};
pub use totals::Totals;
pub use verdict::Verdict;
