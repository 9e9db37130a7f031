//! Buffers that grow when they must and are never cleared.

/// The first `length` elements of a buffer, which grows if it must; what they hold is left over.
pub(crate) fn sized<T: Clone + Default>(buffer: &mut Vec<T>, length: usize) -> &mut [T] {
    if buffer.len() < length {
        buffer.resize(length, T::default());
    }
    &mut buffer[..length]
}

/// A buffer of exactly `length` elements; what they hold is left over.
pub(crate) fn resized<T: Clone + Default>(buffer: &mut Vec<T>, length: usize) -> &mut Vec<T> {
    buffer.resize(length, T::default());
    buffer
}
