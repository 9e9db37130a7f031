//! What becomes of freed memory. A training step takes the same large blocks as the one before, and dfdx gives them back in
//! between. By default, glibc hands such blocks to the kernel, and every page comes back through a fault and is cleared: on
//! some machines a third of a step's time.

/// Has the C library keep what is freed, for the whole process, where it can be asked to; otherwise does nothing.
pub(crate) fn keep_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    glibc::keep_freed();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::ffi::c_int;
    use std::sync::Once;

    /// Freed bytes that are kept, at most, where they lie at the heap's end; and how large a block of the heap can be.
    const KEPT: c_int = 1 << 30;

    /// `M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of malloc.h.
    const THRESHOLDS: [c_int; 2] = [-1, -3];

    unsafe extern "C" {
        fn mallopt(parameter: c_int, value: c_int) -> c_int;
    }

    pub(crate) fn keep_freed() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            for threshold in THRESHOLDS {
                // SAFETY: mallopt takes two numbers, locks the allocator while it sets one, and refuses by its result what
                // it does not know; then everything stays as it was.
                unsafe { mallopt(threshold, KEPT) };
            }
        });
    }
}
