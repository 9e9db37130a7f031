//! Parameters of Section 3.3.
//!
//! The paper states networks, data sets and initialisations. It does not state the number of images T behind a sample
//! mean, which is a parameter here; T enters the prediction as well, so that the two can be compared for any T.

use experiment::Count;
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

/// What is computed, and how far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The networks to run.
    pub networks: Vec<Architecture>,
    /// Initialisations of each network.
    pub initialisations: Initialisations,
    /// Images for each initialisation (T).
    pub images: Images,
    /// Side of U-Net's images.
    pub size: Count<32, 512>,
    /// U-Net runs for at most this many of the initialisations.
    pub unet_initialisations: Initialisations,
    /// U-Net sees at most this many images.
    pub unet_images: Images,
    /// More initialisations of ALL-CNN-C, whose last layers are so narrow that the paper's number decides little about
    /// them.
    pub further_initialisations: Count<0, 100_000>,
    /// Channels of ALL-CNN-C's first layer.
    pub allcnn_width: Count<1, 1024>,
    /// Channels of U-Net's first layer.
    pub unet_width: Count<1, 256>,
    /// Which images to take.
    pub data: Data,
}

/// Name, meaning and range of every parameter.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("networks", "a list of allcnn and unet"),
    ("initialisations", "initialisations of each network, 2 to 10000"),
    ("images", "images (T) for each initialisation, 2 to 10000"),
    ("size", "side of U-Net's images, a multiple of 16 from 32 to 512"),
    ("unet_initialisations", "U-Net runs for at most this many of the initialisations, 2 to 10000"),
    ("unet_images", "U-Net sees at most this many images, 2 to 10000"),
    (
        "further_initialisations",
        "more initialisations of ALL-CNN-C, for what the paper says of its layers, 0 to 100000",
    ),
    ("allcnn_width", "channels of ALL-CNN-C's first layer, 1 to 1024"),
    ("unet_width", "channels of U-Net's first layer, 1 to 256"),
    ("data", "found: real data where it is found; stand_in: never"),
];

impl Params {
    /// What no single parameter can check.
    ///
    /// # Errors
    /// What does not fit together, naming the parameters.
    pub fn check(&self) -> Result<(), String> {
        if self.networks.is_empty() {
            return Err("networks must name at least one of allcnn and unet".to_owned());
        }
        let repeated =
            self.networks.iter().enumerate().find(|(index, name)| self.networks[..*index].contains(name));
        if let Some((_, name)) = repeated {
            return Err(format!("networks names {name} twice"));
        }
        let size = self.size.get();
        if !size.is_multiple_of(HALVINGS) {
            return Err(format!("size must be a multiple of {HALVINGS}, which {size} is not"));
        }
        let images = self.images_of(Architecture::UNet);
        if size == PAGE && images > PAGES {
            return Err(format!(
                "at size {PAGE} an image is a whole page, and there are {PAGES}: set unet_images to at most that, not {images}"
            ));
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

/// The paper's networks, with U-Net on quarters of a page's sides and for as many initialisations as a minute allows.
pub fn quick() -> Params {
    Params {
        networks: vec![Architecture::AllCnn, Architecture::UNet],
        initialisations: Count::of(30),
        images: Count::of(20),
        size: Count::of(128),
        unet_initialisations: Count::of(9),
        unet_images: Count::of(5),
        further_initialisations: Count::of(50),
        allcnn_width: Count::of(96),
        unet_width: Count::of(64),
        data: Data::Found,
    }
}

/// The paper's sizes: every page of ISBI 2012 in full.
pub fn paper() -> Params {
    Params {
        images: Count::of(100),
        size: Count::of(PAGE),
        unet_initialisations: Count::of(30),
        unet_images: Count::of(PAGES),
        further_initialisations: Count::of(970),
        ..quick()
    }
}

/// For tests.
pub fn smoke() -> Params {
    Params {
        initialisations: Count::of(16),
        images: Count::of(16),
        size: Count::of(32),
        unet_initialisations: Count::of(16),
        unet_images: Count::of(8),
        further_initialisations: Count::of(4),
        allcnn_width: Count::of(24),
        unet_width: Count::of(8),
        data: Data::StandIn,
        ..quick()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Params)) -> String {
        let mut params = smoke();
        change(&mut params);
        params.check().unwrap_err()
    }

    #[test]
    fn every_profile_fits_together() {
        for params in [smoke(), quick(), paper()] {
            assert_eq!(params.check(), Ok(()));
        }
    }

    #[test]
    fn the_papers_profile_has_the_papers_sizes() {
        let params = paper();
        assert_eq!((params.allcnn_width.get(), params.unet_width.get(), params.size.get()), (96, 64, 512));
        for network in params.networks.clone() {
            assert_eq!(params.initialisations_of(network), 30);
        }
        assert_eq!(params.images_of(Architecture::UNet), 30);
    }

    #[test]
    fn what_does_not_fit_together_is_refused_by_name() {
        assert!(refused(|params| params.networks.clear()).contains("networks must name"));
        assert!(refused(|params| params.networks.push(Architecture::UNet)).contains("unet twice"));
        assert!(refused(|params| params.size = Count::of(72)).contains("multiple of 16"));
        let whole_pages = |params: &mut Params| {
            (params.size, params.images, params.unet_images) = (Count::of(512), Count::of(31), Count::of(31));
        };
        assert!(refused(whole_pages).contains("unet_images to at most that, not 31"));
    }

    #[test]
    fn general_limits_bound_those_of_u_net() {
        let params = Params { initialisations: Count::of(3), images: Count::of(4), ..paper() };
        assert_eq!(params.initialisations_of(Architecture::UNet), 3);
        assert_eq!(params.images_of(Architecture::UNet), 4);
    }
}
