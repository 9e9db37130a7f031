// Gain and shift of each channel.

struct Affine {
    Pass maps;
    const real *gain, *shift;
};

extern "C" __global__ void affine(Affine a) {
    const Pass &m = a.maps;
    long long i = place(), channel = i / plane(m) % m.channels;
    if (i < count(m)) m.to[i] = a.gain[channel] * m.x[i] + a.shift[channel];
}

extern "C" __global__ void affine_back(Affine a) {
    const Pass &m = a.maps;
    long long i = place();
    if (i < count(m)) m.to[i] += a.gain[i / plane(m) % m.channels] * m.gradient[i];
}

// The gradient with respect to a factor of all of a channel; a block sums one channel.
extern "C" __global__ void channel_products(Pass m) {
    double sum = 0;
    for (Walk walk(m); walk.more(); walk.step()) sum += (double)m.gradient[walk.at] * m.x[walk.at];
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) m.to[blockIdx.x] += (real)sum;
}
