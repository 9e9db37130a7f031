//! A step of training ALL-CNN-C with a minibatch of 128 images of 32×32 on an NVIDIA card, against PyTorch on
//! the same card in single precision (TF32 off), in images per second. Prints one line of JSON.

#[cfg(feature = "cuda")]
mod peer;
#[cfg(feature = "cuda")]
#[path = "peer/step.rs"]
mod step;

const NAME: &str = "networks/allcnn-step-cuda";

#[cfg(feature = "cuda")]
fn main() {
    match networks::cuda::set_up(0, 0) {
        Ok(card) => {
            step::bench(NAME, "allcnn-step-cuda", 128, false).compare(|| step::training_step(card, 128))
        }
        Err(failure) => println!("{}", serde_json::json!({ "name": NAME, "skipped": failure.to_string() })),
    }
}

#[cfg(not(feature = "cuda"))]
fn main() {
    let command = "cargo bench --profile dev -p networks --features cuda --bench allcnn_step_cuda";
    let reason = format!("built without a card; on a machine that has one: {command}");
    println!("{}", serde_json::json!({ "name": NAME, "skipped": reason }));
}
