// Operations that touch every number of their maps a few times: rectification, pooling, joining, averages, batch
// normalisation and cross entropy, with their gradients. Gradients are added to what is there. Sums are accumulated in
// double precision by one block each, in a fixed order.

struct Pass {
    const real *x, *gradient; // what goes in, or came out; the gradient with respect to what comes out
    real *to;                 // what comes out, or the gradient with respect to what goes in
    real *mean, *variance;    // of each channel
    const real *gain, *shift; // of each channel
    double *losses;           // at each position
    const unsigned long long *labels;
    long long images, channels, height, width; // of the maps
    long long first, all; // channels before these and in all, in the maps that these are joined into
    double epsilon;
};

const int SUMMANDS = 512; // threads of a block that sums

__device__ long long place() { return (long long)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ long long plane(const Pass &m) { return m.height * m.width; }
__device__ long long count(const Pass &m) { return m.images * m.channels * plane(m); }

extern "C" __global__ void rectify(Pass m) {
    long long i = place();
    if (i < count(m)) m.to[i] = m.x[i] <= 0 ? 0 : m.x[i]; // what is not a number stays so
}

// Here x is what came out.
extern "C" __global__ void rectify_back(Pass m) {
    long long i = place();
    if (i < count(m) && m.x[i] > 0) m.to[i] += m.gradient[i];
}

// Where the window of pooled position `i` begins: windows are 2 × 2, height and width even.
__device__ long long window(const Pass &m, long long i) {
    long long columns = m.width / 2;
    return i / columns * 2 * m.width + i % columns * 2;
}
__device__ long long windows(const Pass &m) { return count(m) / 4; }

// The place of the largest value of a window, the first if there are several. What is not a number counts as largest.
__device__ long long largest(const Pass &m, long long at) {
    const long long others[3] = {at + 1, at + m.width, at + m.width + 1};
    for (int k = 0; k < 3; ++k)
        if (m.x[others[k]] > m.x[at] || (m.x[others[k]] != m.x[others[k]] && m.x[at] == m.x[at])) at = others[k];
    return at;
}

extern "C" __global__ void max_pool(Pass m) {
    long long i = place();
    if (i < windows(m)) m.to[i] = m.x[largest(m, window(m, i))];
}

extern "C" __global__ void max_pool_back(Pass m) {
    long long i = place();
    if (i < windows(m)) m.to[largest(m, window(m, i))] += m.gradient[i];
}

extern "C" __global__ void subsample(Pass m) {
    long long i = place();
    if (i < windows(m)) m.to[i] = m.x[window(m, i)];
}

extern "C" __global__ void subsample_back(Pass m) {
    long long i = place();
    if (i < windows(m)) m.to[window(m, i)] += m.gradient[i];
}

// Where number `i` of these maps lies in the joined maps.
__device__ long long joined(const Pass &m, long long i) {
    long long size = m.channels * plane(m), image = i / size;
    return (image * m.all + m.first) * plane(m) + i % size;
}

extern "C" __global__ void join(Pass m) {
    long long i = place();
    if (i < count(m)) m.to[joined(m, i)] = m.x[i];
}

extern "C" __global__ void join_back(Pass m) {
    long long i = place();
    if (i < count(m)) m.to[i] += m.gradient[joined(m, i)];
}

extern "C" __global__ void one_position(Pass m) {
    long long i = place();
    if (i < m.images * m.channels) m.to[i] = m.x[i * plane(m) + m.height / 2 * m.width + m.width / 2];
}

extern "C" __global__ void one_position_back(Pass m) {
    long long i = place();
    if (i < m.images * m.channels) m.to[i * plane(m) + m.height / 2 * m.width + m.width / 2] += m.gradient[i];
}

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

// A block averages one map.
extern "C" __global__ void average(Pass m) {
    double sum = 0;
    for (long long i = threadIdx.x; i < plane(m); i += SUMMANDS) sum += m.x[blockIdx.x * plane(m) + i];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[blockIdx.x] = (real)(sum / plane(m));
}

extern "C" __global__ void average_back(Pass m) {
    long long i = place();
    if (i < count(m)) m.to[i] += m.gradient[i / plane(m)] / (real)plane(m);
}

// The gradient with respect to a number that is added to all of a channel; a block sums one channel.
extern "C" __global__ void channel_sums(Pass m) {
    double sum = 0;
    for (Walk walk(m); walk.more(); walk.step()) sum += m.gradient[walk.at];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[blockIdx.x] += (real)sum;
}

// Mean and (biased) variance of each channel over images and positions.
extern "C" __global__ void moments(Pass m) {
    long long number = m.images * plane(m);
    double sum = 0, squares = 0;
    for (Walk walk(m); walk.more(); walk.step()) sum += m.x[walk.at];
    double mean = sum_of_block(sum) / number;
    for (Walk walk(m); walk.more(); walk.step()) {
        double from_mean = m.x[walk.at] - mean;
        squares += from_mean * from_mean;
    }
    squares = sum_of_block(squares);
    if (threadIdx.x == 0) m.mean[blockIdx.x] = (real)mean, m.variance[blockIdx.x] = (real)(squares / number);
}

extern "C" __global__ void normalise(Pass m) {
    long long i = place();
    if (i >= count(m)) return;
    long long channel = i / plane(m) % m.channels;
    m.to[i] = (m.x[i] - m.mean[channel]) * (real)(1 / sqrt(m.variance[channel] + m.epsilon));
}

// Through the mean and the variance as well, which are those of the channel itself. Here x is what came out.
extern "C" __global__ void batch_normalise_back(Pass m) {
    long long number = m.images * plane(m);
    double gradients = 0, products = 0;
    for (Walk walk(m); walk.more(); walk.step()) {
        gradients += m.gradient[walk.at];
        products += (double)m.gradient[walk.at] * m.x[walk.at];
    }
    gradients = sum_of_block(gradients) / number;
    products = sum_of_block(products) / number;
    double scale = 1 / sqrt(m.variance[blockIdx.x] + m.epsilon);
    for (Walk walk(m); walk.more(); walk.step())
        m.to[walk.at] += (real)(scale * (m.gradient[walk.at] - gradients - m.x[walk.at] * products));
}

// Through a mean and a variance that are given.
extern "C" __global__ void normalise_back(Pass m) {
    long long i = place();
    if (i >= count(m)) return;
    m.to[i] += m.gradient[i] * (real)(1 / sqrt(m.variance[i / plane(m) % m.channels] + m.epsilon));
}

extern "C" __global__ void stretch(Pass m) {
    long long i = place(), channel = i / plane(m) % m.channels;
    if (i < count(m)) m.to[i] = m.gain[channel] * m.x[i] + m.shift[channel];
}

extern "C" __global__ void stretch_back(Pass m) {
    long long i = place();
    if (i < count(m)) m.to[i] += m.gain[i / plane(m) % m.channels] * m.gradient[i];
}

// The gradient with respect to a factor of all of a channel; a block sums one channel.
extern "C" __global__ void channel_products(Pass m) {
    double sum = 0;
    for (Walk walk(m); walk.more(); walk.step()) sum += (double)m.gradient[walk.at] * m.x[walk.at];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[blockIdx.x] += (real)sum;
}

// The logarithm of the sum of exponentials over the channels at position `at`; channels lie `plane` apart.
__device__ double log_sum(const Pass &m, const real *at) {
    double largest = at[0], sum = 0;
    for (int c = 1; c < m.channels; ++c) largest = at[c * plane(m)] > largest ? at[c * plane(m)] : largest;
    for (int c = 0; c < m.channels; ++c) sum += exp(at[c * plane(m)] - largest);
    return largest + log(sum);
}

extern "C" __global__ void losses(Pass m) {
    long long i = place();
    if (i >= m.images * plane(m)) return;
    const real *at = m.x + i / plane(m) * m.channels * plane(m) + i % plane(m);
    m.losses[i] = log_sum(m, at) - at[m.labels[i] * plane(m)];
}

// One block takes the mean of all losses.
extern "C" __global__ void mean_loss(Pass m) {
    long long number = m.images * plane(m);
    double sum = 0;
    for (long long i = threadIdx.x; i < number; i += SUMMANDS) sum += m.losses[i];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[0] = (real)(sum / number);
}

extern "C" __global__ void losses_back(Pass m) {
    long long i = place();
    if (i >= m.images * plane(m)) return;
    long long first = i / plane(m) * m.channels * plane(m) + i % plane(m);
    double sum = log_sum(m, m.x + first), each = m.gradient[0] / (double)(m.images * plane(m));
    for (int c = 0; c < m.channels; ++c) {
        long long at = first + c * plane(m);
        double share = exp(m.x[at] - sum) - (c == m.labels[i]);
        m.to[at] += (real)(share * each);
    }
}
