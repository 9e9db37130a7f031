//! Parameters of Section 3.3.
//!
//! The paper states networks, data sets and initialisations. It does not state the number of images T behind a sample
//! mean, which is a parameter here; T enters the prediction as well, so that the two can be compared for any T.

use experiment::{Count, ExperimentError, List};
use serde::{Deserialize, Serialize};

use crate::experiment::architecture::Architecture;

/// Initialisations: a standard error over them needs two.
pub type Initialisations = Count<2, 10_000>;
/// Images (T): a sample variance needs two.
pub type Images = Count<2, 10_000>;
/// Pages of ISBI 2012 and their side.
const PAGES: u64 = 30;
const PAGE: u64 = 512;
/// U-Net halves its images four times.
const HALVINGS: u64 = 16;

/// Which images to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// The real data set where it is found, else a stand-in.
    Found,
    /// A stand-in, whatever is found.
    StandIn,
}

experiment::parameters! {
    /// What is computed, and how far: the paper's networks, with U-Net on quarters of a page's sides and for as many
    /// initialisations as a minute allows; under `paper` every page of ISBI 2012 in full.
    pub struct Params {
        /// The networks to run.
        networks: List<Architecture> = { List::of([Architecture::AllCnn, Architecture::UNet]) };
        /// Initialisations of each network.
        initialisations: Initialisations = 16, 30, 30;
        /// Images for each initialisation (T).
        images: Images = 16, 20, 100;
        /// Side of U-Net's images, a multiple of 16.
        size: Count<32, PAGE> = 32, 128, 512;
        /// U-Net runs for at most this many of the initialisations.
        unet_initialisations: Initialisations = 16, 9, 30;
        /// U-Net sees at most this many images.
        unet_images: Images = 8, 5, 30;
        /// More initialisations of ALL-CNN-C, whose last layers are so narrow that the paper's number decides little about
        /// them.
        further_initialisations: Count<0, 100_000> = 4, 50, 970;
        /// Channels of ALL-CNN-C's first layer.
        allcnn_width: Count<1, 1024> = 24, 96, 96;
        /// Channels of U-Net's first layer.
        unet_width: Count<1, 256> = 8, 64, 64;
        /// Which images to take.
        data: Data = { Data::StandIn }, { Data::Found }, { Data::Found };
    }
}

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameters.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let size = self.size.get();
        if !size.is_multiple_of(HALVINGS) {
            return Err(format!("size must be a multiple of {HALVINGS}, which {size} is not").into());
        }
        let images = self.images_of(Architecture::UNet);
        if size == PAGE && images > PAGES {
            return Err(format!(
                "at size {PAGE} an image is a whole page, and there are {PAGES}: set unet_images to at most that, not {images}"
            )
            .into());
        }
        Ok(())
    }

    /// Images for each initialisation.
    pub fn images_of(&self, network: Architecture) -> u64 {
        match network {
            Architecture::AllCnn => self.images.get(),
            Architecture::UNet => self.images.min(self.unet_images).get(),
        }
    }

    /// Initialisations, without further ones.
    pub fn initialisations_of(&self, network: Architecture) -> u64 {
        match network {
            Architecture::AllCnn => self.initialisations.get(),
            Architecture::UNet => self.initialisations.min(self.unet_initialisations).get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::{Parameters, Profile};

    #[test]
    fn the_papers_profile_has_the_papers_sizes() {
        let params = Params::of(Profile::Paper);
        assert_eq!((params.allcnn_width.get(), params.unet_width.get(), params.size.get()), (96, 64, 512));
        for network in &params.networks {
            assert_eq!(params.initialisations_of(*network), 30);
        }
        assert_eq!(params.images_of(Architecture::UNet), 30);
    }

    #[test]
    fn general_limits_bound_those_of_u_net() {
        let params =
            Params { initialisations: Count::of(3), images: Count::of(4), ..Params::of(Profile::Paper) };
        assert_eq!(params.initialisations_of(Architecture::UNet), 3);
        assert_eq!(params.images_of(Architecture::UNet), 4);
    }
}
