// Operations that keep fewer positions.

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

extern "C" __global__ void one_position(Pass m) {
    long long i = place();
    if (i < m.images * m.channels) m.to[i] = m.x[i * plane(m) + m.height / 2 * m.width + m.width / 2];
}

extern "C" __global__ void one_position_back(Pass m) {
    long long i = place();
    if (i < m.images * m.channels) m.to[i * plane(m) + m.height / 2 * m.width + m.width / 2] += m.gradient[i];
}

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
