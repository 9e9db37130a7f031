// Maps stacked along channels.

struct Concatenation {
    Pass maps;            // one of the parts
    long long first, all; // channels before these and in all, in the maps that these are joined into
};

// Where number `i` of these maps lies in the joined maps.
__device__ long long joined(const Concatenation &c, long long i) {
    const Pass &m = c.maps;
    long long size = m.channels * plane(m), image = i / size;
    return (image * c.all + c.first) * plane(m) + i % size;
}

extern "C" __global__ void concatenate(Concatenation c) {
    const Pass &m = c.maps;
    long long i = place();
    if (i < count(m)) m.to[joined(c, i)] = m.x[i];
}

extern "C" __global__ void concatenate_back(Concatenation c) {
    const Pass &m = c.maps;
    long long i = place();
    if (i < count(m)) m.to[i] += m.gradient[joined(c, i)];
}
