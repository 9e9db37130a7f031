// Batch normalisation without gain and shift. Statistics are the means of all channels, then their variances.

struct Normalisation {
    Pass maps;
    const real *statistics;
    double epsilon;
};

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
    if (threadIdx.x == 0) m.to[blockIdx.x] = (real)mean, m.to[m.channels + blockIdx.x] = (real)(squares / number);
}

extern "C" __global__ void normalise(Normalisation n) {
    const Pass &m = n.maps;
    long long i = place();
    if (i >= count(m)) return;
    long long channel = i / plane(m) % m.channels;
    real scale = (real)(1 / sqrt(n.statistics[m.channels + channel] + n.epsilon));
    m.to[i] = (m.x[i] - n.statistics[channel]) * scale;
}

// Through the mean and the variance as well, which are those of the channel itself. Here x is what came out.
extern "C" __global__ void normalise_back(Normalisation n) {
    const Pass &m = n.maps;
    long long number = m.images * plane(m);
    double gradients = 0, products = 0;
    for (Walk walk(m); walk.more(); walk.step()) {
        gradients += m.gradient[walk.at];
        products += (double)m.gradient[walk.at] * m.x[walk.at];
    }
    gradients = sum_of_block(gradients) / number;
    products = sum_of_block(products) / number;
    double scale = 1 / sqrt(n.statistics[m.channels + blockIdx.x] + n.epsilon);
    for (Walk walk(m); walk.more(); walk.step())
        m.to[walk.at] += (real)(scale * (m.gradient[walk.at] - gradients - m.x[walk.at] * products));
}
