// Convolutions as matrix products whose right-hand matrix is gathered on the way ("implicit GEMM"): no unfolded copy of
// the maps is written. A block of 128 threads makes a tile of 8 R rows (channels) and 128 columns (positions); a thread
// keeps R × 8 sums. Every sum runs in a fixed order.
//
// `Product` describes one convolution of x (images × in × height × width) to y (images × out × rows × columns). The
// same description serves its forward pass, the gradient with respect to x and that with respect to the kernel. The
// up-convolution of a network is the second of these, read as a forward pass.

struct Product {
    const real *from;   // the maps gathered: x, or the gradient with respect to y
    const real *packed; // the kernel as `pack_kernel` lays it out, or the gradient with respect to y
    const real *bias;   // one number for each row of the product, or null
    real *to;           // the maps written, or the parts of the kernel's gradient
    int images, in, height, width, out, rows, columns;
    int kernel_rows, kernel_columns, stride, padding, reflect;
    int depth, high;    // of `packed`: rows and columns, filled up with zeros
    int accumulate;     // whether to add to what `to` holds
    int part;           // positions that one part of the kernel's gradient sums over
};

const int DEPTH = 8, WIDE = 128, THREADS = 128, PAD = 4;

// Four numbers that are loaded together.
struct __align__(16) Four { real at[4]; };

// The threads of a tile: two by two warps, of four by eight threads, each with groups of four rows and four columns.
__device__ int row_of_group(int group, int groups) {
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    return (warp / 2 * groups + group) * 16 + lane / 8 * 4;
}
__device__ int column_of_group(int group) {
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    return (warp % 2 * 2 + group) * 32 + lane % 8 * 4;
}

// Adds to `sum` the product of the two matrices that `tiles` fetches, eight columns of the left and eight rows of the
// right one at a time: while one pair is multiplied, the next is on its way.
template <int R, class Tiles> __device__ void multiply(Tiles &tiles, real (&sum)[R][8]) {
    const int high = 8 * R + PAD, wide = WIDE + PAD;
    __shared__ __align__(16) real left[2][DEPTH * high];
    __shared__ __align__(16) real right[2][DEPTH * wide];
    bool more = tiles.fetch();
    for (int side = 0; more; side ^= 1) {
        tiles.put(left[side], high, right[side], wide);
        __syncthreads();
        more = tiles.fetch();
#pragma unroll
        for (int k = 0; k < DEPTH; ++k) {
            Four l[R / 4], r[2];
            for (int i = 0; i < R / 4; ++i) l[i] = *(const Four *)&left[side][k * high + row_of_group(i, R / 4)];
            for (int j = 0; j < 2; ++j) r[j] = *(const Four *)&right[side][k * wide + column_of_group(j)];
#pragma unroll
            for (int i = 0; i < R; ++i)
#pragma unroll
                for (int j = 0; j < 8; ++j) sum[i][j] += l[i / 4].at[i % 4] * r[j / 4].at[j % 4];
        }
    }
}

// Where padded coordinate `at` takes its value from, or -1 where it is zero.
__device__ int source(int at, int size, int reflect) {
    if (at >= 0 && at < size) return at;
    if (!reflect) return -1;
    return at < 0 ? -at : 2 * (size - 1) - at;
}

// The outputs whose window shows coordinate `at` at kernel position `tap`, itself or mirrored; returns how many.
__device__ int shown_by(int at, int tap, int size, int outputs, const Product &c, int found[3]) {
    int images[3] = {at, -at, 2 * (size - 1) - at}, count = 0;
    bool there[3] = {true, c.reflect && at > 0, c.reflect && at < size - 1};
    for (int i = 0; i < 3; ++i) {
        int start = images[i] + c.padding - tap, output = start / c.stride;
        if (there[i] && start >= 0 && output * c.stride == start && output < outputs) found[count++] = output;
    }
    return count;
}

// A position of the maps that a product writes.
struct Position {
    int image, row, column;
    bool there;
};

// The forward pass: positions are those of y.
struct ToOutput {
    static __device__ Position position(const Product &c, int n) {
        int plane = c.rows * c.columns;
        return {n / plane, n % plane / c.columns, n % c.columns, n < c.images * plane};
    }
    static __device__ int planes_from(const Product &c) { return c.in; }
    static __device__ int plane_from(const Product &c) { return c.height * c.width; }
    static __device__ int planes_to(const Product &c) { return c.out; }
    static __device__ int plane_to(const Product &c) { return c.rows * c.columns; }
    static __device__ int columns_to(const Product &c) { return c.columns; }
    static const int SOURCES = 1;
    static __device__ int sources(const Product &c, const Position &at, int tap, int found[SOURCES]) {
        int y = source(at.row * c.stride + tap / c.kernel_columns - c.padding, c.height, c.reflect);
        int x = source(at.column * c.stride + tap % c.kernel_columns - c.padding, c.width, c.reflect);
        found[0] = y * c.width + x;
        return y >= 0 && x >= 0;
    }
};

// The gradient with respect to x: positions are those of x, ordered by their remainder modulo the stride, because
// positions of one remainder meet the same few positions of the kernel and a block can leave out the others.
struct ToInput {
    static __device__ Position position(const Product &c, int n) {
        int rows = (c.height + c.stride - 1) / c.stride, columns = (c.width + c.stride - 1) / c.stride;
        int plane = rows * columns, remainder = n / (c.images * plane);
        n %= c.images * plane;
        int row = n % plane / columns * c.stride + remainder / c.stride;
        int column = n % columns * c.stride + remainder % c.stride;
        return {n / plane, row, column, remainder < c.stride * c.stride && row < c.height && column < c.width};
    }
    static __device__ int planes_from(const Product &c) { return c.out; }
    static __device__ int plane_from(const Product &c) { return c.rows * c.columns; }
    static __device__ int planes_to(const Product &c) { return c.in; }
    static __device__ int plane_to(const Product &c) { return c.height * c.width; }
    static __device__ int columns_to(const Product &c) { return c.width; }
    static const int SOURCES = 9;
    static __device__ int sources(const Product &c, const Position &at, int tap, int found[SOURCES]) {
        int y[3], x[3], count = 0;
        int high = shown_by(at.row, tap / c.kernel_columns, c.height, c.rows, c, y);
        int wide = shown_by(at.column, tap % c.kernel_columns, c.width, c.columns, c, x);
        for (int i = 0; i < high; ++i)
            for (int j = 0; j < wide; ++j) found[count++] = y[i] * c.columns + x[j];
        return count;
    }
};

// Tiles of the packed kernel and of the gathered maps. The right-hand matrix has a row for each kernel position and
// channel, the channel running fastest; each thread gathers one of its columns, as a rule from one source. Where there
// are more (the gradient at a mirrored edge), the others wait in shared memory: what is indexed by a variable would
// take the whole structure out of the registers.
template <int R, class Direction> struct Gathered {
    const Product &c;
    const real *image;
    Position at;
    int *others;
    int tap, channel, count, first;
    real left[R / 2], right[DEPTH];

    __device__ Gathered(const Product &c, int *others)
        : c(c), others(others), tap(-1), channel(Direction::planes_from(c)), count(0) {
        at = Direction::position(c, blockIdx.x * WIDE + threadIdx.x);
        long long size = (long long)Direction::planes_from(c) * Direction::plane_from(c);
        image = c.from + (at.there ? at.image * size : 0);
    }

    // Goes on to the next kernel position that any thread of the block needs.
    __device__ bool next_tap() {
        channel = 0;
        do {
            if (++tap == c.kernel_rows * c.kernel_columns) return false;
            int found[Direction::SOURCES] = {};
            count = at.there ? Direction::sources(c, at, tap, found) : 0;
            first = found[0];
            for (int i = 1; i < Direction::SOURCES && i < count; ++i) others[i * THREADS + threadIdx.x] = found[i];
        } while (!__syncthreads_or(count > 0));
        return true;
    }

    // Whether this thread's column has a number in row k of the next tile.
    __device__ bool inside(int k) const { return count > 0 && channel + k < Direction::planes_from(c); }

    __device__ bool fetch() {
        if (channel >= Direction::planes_from(c) && !next_tap()) return false;
        const real *packed = c.packed + ((long long)tap * c.depth + channel) * c.high + blockIdx.y * 8 * R;
#pragma unroll
        for (int i = 0; i < R / 2; ++i) {
            int place = threadIdx.x + i * THREADS;
            left[i] = packed[place / (8 * R) * c.high + place % (8 * R)];
        }
        long long plane = Direction::plane_from(c);
        const real *planes = image + channel * plane;
#pragma unroll
        for (int k = 0; k < DEPTH; ++k) right[k] = inside(k) ? planes[k * plane + first] : 0;
        for (int i = 1; i < Direction::SOURCES && i < count; ++i) {
            int other = others[i * THREADS + threadIdx.x];
#pragma unroll
            for (int k = 0; k < DEPTH; ++k)
                if (inside(k)) right[k] += planes[k * plane + other];
        }
        channel += DEPTH;
        return true;
    }

    __device__ void put(real *l, int high, real *r, int wide) const {
#pragma unroll
        for (int i = 0; i < R / 2; ++i) {
            int place = threadIdx.x + i * THREADS;
            l[place / (8 * R) * high + place % (8 * R)] = left[i];
        }
#pragma unroll
        for (int k = 0; k < DEPTH; ++k) r[k * wide + threadIdx.x] = right[k];
    }
};

// Writes maps: the channels of blockIdx.y at the positions of blockIdx.x.
template <int R, class Direction> __device__ void write_maps(const Product &c) {
    real sum[R][8] = {};
    __shared__ int others[Direction::SOURCES * THREADS];
    Gathered<R, Direction> tiles(c, others);
    multiply(tiles, sum);
#pragma unroll
    for (int j = 0; j < 8; ++j) {
        Position at = Direction::position(c, blockIdx.x * WIDE + column_of_group(j / 4) + j % 4);
        if (!at.there) continue;
        long long plane = Direction::plane_to(c);
        real *to = c.to + at.image * plane * Direction::planes_to(c) + at.row * Direction::columns_to(c) + at.column;
#pragma unroll
        for (int i = 0; i < R; ++i) {
            int channel = blockIdx.y * 8 * R + row_of_group(i / 4, R / 4) + i % 4;
            if (channel >= Direction::planes_to(c)) continue;
            real value = sum[i][j] + (c.bias ? c.bias[channel] : 0);
            to[channel * plane] = c.accumulate ? to[channel * plane] + value : value;
        }
    }
}

// Tiles for the kernel's gradient: rows are channels of y, columns are channel and kernel position of x, and the sum
// runs over images and positions of y, from `begin` to `end`. Eight neighbouring threads load eight positions in a row.
template <int R> struct Windows {
    const Product &c;
    int step, end, image, row, column;
    int plane_of[8], y_of[8], x_of[8]; // of the eight columns that this thread loads
    real left[R / 2], right[8];

    __device__ Windows(const Product &c) : c(c) {
        int begin = blockIdx.z * c.part, all = c.images * c.rows * c.columns;
        step = begin + threadIdx.x % DEPTH;
        end = all - begin < c.part ? all : begin + c.part;
        image = step / (c.rows * c.columns), row = step / c.columns % c.rows, column = step % c.columns;
        int taps = c.kernel_rows * c.kernel_columns;
        for (int j = 0; j < 8; ++j) {
            int n = blockIdx.x * WIDE + threadIdx.x / DEPTH + j * 16;
            plane_of[j] = n < c.in * taps ? n / taps : -1;
            y_of[j] = n % taps / c.kernel_columns - c.padding;
            x_of[j] = n % c.kernel_columns - c.padding;
        }
    }

    __device__ bool fetch() {
        if (step - (int)(threadIdx.x % DEPTH) >= end) return false;
        bool there = step < end;
        long long plane = (long long)c.rows * c.columns;
        const real *y = c.packed + image * c.out * plane + row * c.columns + column;
#pragma unroll
        for (int i = 0; i < R / 2; ++i) {
            int channel = blockIdx.y * 8 * R + threadIdx.x / DEPTH + i * 16;
            left[i] = there && channel < c.out ? y[channel * plane] : 0;
        }
        const real *x = c.from + (long long)image * c.in * c.height * c.width;
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            int at_y = source(row * c.stride + y_of[j], c.height, c.reflect);
            int at_x = source(column * c.stride + x_of[j], c.width, c.reflect);
            bool inside = there && plane_of[j] >= 0 && at_y >= 0 && at_x >= 0;
            right[j] = inside ? x[((long long)plane_of[j] * c.height + at_y) * c.width + at_x] : 0;
        }
        step += DEPTH;
        for (column += DEPTH; column >= c.columns; column -= c.columns)
            if (++row == c.rows) row = 0, ++image;
        return true;
    }

    __device__ void put(real *l, int high, real *r, int wide) const {
        int k = threadIdx.x % DEPTH, first = threadIdx.x / DEPTH;
#pragma unroll
        for (int i = 0; i < R / 2; ++i) l[k * high + first + i * 16] = left[i];
#pragma unroll
        for (int j = 0; j < 8; ++j) r[k * wide + first + j * 16] = right[j];
    }
};

// Writes part blockIdx.z of the kernel's gradient.
template <int R> __device__ void write_kernel(const Product &c) {
    real sum[R][8] = {};
    Windows<R> tiles(c);
    multiply(tiles, sum);
    int wide = c.in * c.kernel_rows * c.kernel_columns;
#pragma unroll
    for (int i = 0; i < R; ++i) {
        int channel = blockIdx.y * 8 * R + row_of_group(i / 4, R / 4) + i % 4;
        real *to = c.to + ((long long)blockIdx.z * c.out + channel) * wide;
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            int n = blockIdx.x * WIDE + column_of_group(j / 4) + j % 4;
            if (channel < c.out && n < wide) to[n] = sum[i][j];
        }
    }
}

extern "C" __global__ void __launch_bounds__(128) convolve_8(Product c) { write_maps<8, ToOutput>(c); }
extern "C" __global__ void __launch_bounds__(128) convolve_12(Product c) { write_maps<12, ToOutput>(c); }
extern "C" __global__ void __launch_bounds__(128) convolve_16(Product c) { write_maps<16, ToOutput>(c); }
extern "C" __global__ void __launch_bounds__(128) to_input_8(Product c) { write_maps<8, ToInput>(c); }
extern "C" __global__ void __launch_bounds__(128) to_input_12(Product c) { write_maps<12, ToInput>(c); }
extern "C" __global__ void __launch_bounds__(128) to_input_16(Product c) { write_maps<16, ToInput>(c); }
extern "C" __global__ void __launch_bounds__(128) to_kernel_8(Product c) { write_kernel<8>(c); }
extern "C" __global__ void __launch_bounds__(128) to_kernel_12(Product c) { write_kernel<12>(c); }
extern "C" __global__ void __launch_bounds__(128) to_kernel_16(Product c) { write_kernel<16>(c); }

// Lays out a kernel (rows of the product × columns × taps, with any strides) as taps × depth × high, zeros beyond.
struct Packing {
    const real *kernel;
    real *packed;
    int taps, count, depth, channels, high; // `count` and `channels` are filled up to `depth` and `high`
    int step, channel_step;
};

extern "C" __global__ void pack_kernel(Packing p) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.taps * p.depth * p.high) return;
    int channel = i % p.high, k = i / p.high % p.depth, tap = i / p.high / p.depth;
    bool there = channel < p.channels && k < p.count;
    p.packed[i] = there ? p.kernel[(long long)channel * p.channel_step + (long long)k * p.step + tap] : 0;
}

// Adds up the parts of a kernel's gradient in their order, onto what is there.
struct Parts {
    const real *parts;
    real *sum;
    int count, size;
};

extern "C" __global__ void add_parts(Parts p) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.size) return;
    real sum = 0;
    for (int part = 0; part < p.count; ++part) sum += p.parts[(long long)part * p.size + i];
    p.sum[i] += sum;
}
