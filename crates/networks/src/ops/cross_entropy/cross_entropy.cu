// The loss of a classifier.

struct CrossEntropy {
    Pass maps;
    double *losses; // at each position
    const unsigned long long *labels;
};

// The logarithm of the sum of exponentials over the channels at position `at`; channels lie `plane` apart.
__device__ double log_sum(const Pass &m, const real *at) {
    double largest = at[0], sum = 0;
    for (int c = 1; c < m.channels; ++c) largest = at[c * plane(m)] > largest ? at[c * plane(m)] : largest;
    for (int c = 0; c < m.channels; ++c) sum += exp(at[c * plane(m)] - largest);
    return largest + log(sum);
}

extern "C" __global__ void losses(CrossEntropy e) {
    const Pass &m = e.maps;
    long long i = place();
    if (i >= m.images * plane(m)) return;
    const real *at = m.x + i / plane(m) * m.channels * plane(m) + i % plane(m);
    e.losses[i] = log_sum(m, at) - at[e.labels[i] * plane(m)];
}

// One block takes the mean of all losses.
extern "C" __global__ void mean_loss(CrossEntropy e) {
    const Pass &m = e.maps;
    long long number = m.images * plane(m);
    double sum = 0;
    for (long long i = threadIdx.x; i < number; i += SUMMANDS) sum += e.losses[i];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[0] = (real)(sum / number);
}

extern "C" __global__ void losses_back(CrossEntropy e) {
    const Pass &m = e.maps;
    long long i = place();
    if (i >= m.images * plane(m)) return;
    long long first = i / plane(m) * m.channels * plane(m) + i % plane(m);
    double sum = log_sum(m, m.x + first), each = m.gradient[0] / (double)(m.images * plane(m));
    for (int c = 0; c < m.channels; ++c) {
        long long at = first + c * plane(m);
        double share = exp(m.x[at] - sum) - (c == e.labels[i]);
        m.to[at] += (real)(share * each);
    }
}
