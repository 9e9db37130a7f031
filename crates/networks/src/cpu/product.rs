//! Products of matrices on one thread; parallelism is over images and blocks of positions.

use super::real::Real;
use super::rows::{Rows, Weights};
use gemm::{Parallelism, gemm};
use std::marker::PhantomData;

/// A matrix within a slice.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, E> {
    data: &'a [E],
    rows: usize,
    columns: usize,
    strides: [usize; 2],
}

impl<'a, E> Matrix<'a, E> {
    /// A matrix whose rows are contiguous and start every `stride` elements.
    pub(crate) fn new(data: &'a [E], [rows, columns]: [usize; 2], stride: usize) -> Self {
        assert!(rows > 0 && columns > 0 && columns <= stride && (rows - 1) * stride + columns <= data.len());
        Self { data, rows, columns, strides: [stride, 1] }
    }

    /// Its transpose.
    pub(crate) fn transposed(self) -> Self {
        let [row, column] = self.strides;
        Self { rows: self.columns, columns: self.rows, strides: [column, row], ..self }
    }

    /// As the left factor of [`combine`](super::rows::combine).
    pub(crate) fn weights(self) -> Weights<'a, E> {
        let places = (0..self.columns).map(|column| column * self.strides[1]).collect();
        Weights { numbers: self.data, pitch: self.strides[0], places }
    }

    /// As the right factor, where rows are contiguous.
    pub(crate) fn rows(self) -> Rows<'a, E> {
        assert_eq!(self.strides[1], 1, "the numbers of a row are side by side");
        Rows { numbers: self.data, starts: (0..self.rows).map(|row| row * self.strides[0]).collect() }
    }
}

/// A matrix to write to, with contiguous rows.
pub(crate) struct MatrixMut<'a, E> {
    first: *mut E,
    rows: usize,
    columns: usize,
    stride: usize,
    borrowed: PhantomData<&'a mut [E]>,
}

impl<'a, E: Real> MatrixMut<'a, E> {
    /// A matrix whose rows are contiguous and start every `stride` elements.
    pub(crate) fn new(data: &'a mut [E], [rows, columns]: [usize; 2], stride: usize) -> Self {
        assert!(rows > 0 && columns > 0 && columns <= stride && (rows - 1) * stride + columns <= data.len());
        Self { first: data.as_mut_ptr(), rows, columns, stride, borrowed: PhantomData }
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// One row.
    pub(crate) fn row(&mut self, row: usize) -> &mut [E] {
        assert!(row < self.rows);
        // SAFETY: the row lies within the elements that this matrix borrows, and nothing else refers to them.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(row * self.stride), self.columns) }
    }

    /// Becomes left · right, or gains it.
    pub(crate) fn multiply(&mut self, left: Matrix<'_, E>, right: Matrix<'_, E>, add: bool) {
        assert_eq!((self.rows, self.columns, left.columns), (left.rows, right.columns, right.rows));
        let stride = |stride: usize| stride as isize;
        // SAFETY: all three matrices lie within what they borrow (checked when they were made), sizes agree (checked
        // above), and the output, which is borrowed mutably, overlaps neither factor.
        unsafe {
            gemm(
                self.rows,
                self.columns,
                left.columns,
                self.first,
                1,
                stride(self.stride),
                add,
                left.data.as_ptr(),
                stride(left.strides[1]),
                stride(left.strides[0]),
                right.data.as_ptr(),
                stride(right.strides[1]),
                stride(right.strides[0]),
                E::one(),
                E::one(),
                false,
                false,
                false,
                Parallelism::None,
            );
        }
    }
}

/// A slice that several threads write to, each its own block of columns.
pub(crate) struct Shared<'a, E> {
    first: *mut E,
    length: usize,
    borrowed: PhantomData<&'a mut [E]>,
}

// SAFETY: elements are reached only through `block`, whose callers promise that no two blocks overlap.
unsafe impl<E: Send> Sync for Shared<'_, E> {}

impl<'a, E: Real> Shared<'a, E> {
    pub(crate) fn new(data: &'a mut [E]) -> Self {
        Self { first: data.as_mut_ptr(), length: data.len(), borrowed: PhantomData }
    }

    /// The matrix that starts at `first` and whose rows start every `stride` elements.
    ///
    /// # Safety
    /// Blocks that exist at the same time must not overlap.
    pub(crate) unsafe fn block(
        &self,
        first: usize,
        [rows, columns]: [usize; 2],
        stride: usize,
    ) -> MatrixMut<'_, E> {
        assert!(rows > 0 && columns > 0 && columns <= stride);
        assert!(first + (rows - 1) * stride + columns <= self.length);
        // SAFETY: `first` lies within the slice, by the line above.
        let first = unsafe { self.first.add(first) };
        MatrixMut { first, rows, columns, stride, borrowed: PhantomData }
    }
}
