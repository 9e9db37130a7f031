// What kernels share that touch every number of their maps a few times. Gradients are added to what is there. Sums are
// accumulated in double precision by one block each, in a fixed order.

struct Pass {
    const real *x, *gradient; // what goes in, or came out; the gradient with respect to what comes out
    real *to;                 // what comes out, or the gradient with respect to what goes in
    long long images, channels, height, width; // of the maps
};

const int SUMMANDS = 512; // threads of a block that sums

__device__ long long place() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ long long plane(const Pass &m) { return m.height * m.width; }
__device__ long long count(const Pass &m) { return m.images * m.channels * plane(m); }

// The sum of what the threads of the block bring, known to all of them.
__device__ double sum_of_block(double value) {
    __shared__ double sums[SUMMANDS];
    __syncthreads();
    sums[threadIdx.x] = value;
    for (int half = SUMMANDS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    __syncthreads();
    return sums[0];
}

// The numbers of channel blockIdx.x that this thread takes, image after image. They are found by adding alone.
struct Walk {
    long long at, position, left, images, positions; // where it is; how many are left; how far it goes each time
    const Pass &m;

    __device__ Walk(const Pass &m) : m(m) {
        images = SUMMANDS / plane(m), positions = SUMMANDS % plane(m);
        position = threadIdx.x % plane(m), left = m.images * plane(m) - threadIdx.x;
        at = (threadIdx.x / plane(m) * m.channels + blockIdx.x) * plane(m) + position;
    }
    __device__ bool more() const { return left > 0; }
    __device__ void step() {
        left -= SUMMANDS, position += positions;
        at += images * m.channels * plane(m) + positions;
        if (position >= plane(m)) position -= plane(m), at += (m.channels - 1) * plane(m);
    }
};

// The gradient with respect to a number that is added to all of a channel; a block sums one channel.
extern "C" __global__ void channel_sums(Pass m) {
    double sum = 0;
    for (Walk walk(m); walk.more(); walk.step()) sum += m.gradient[walk.at];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[blockIdx.x] += (real)sum;
}
