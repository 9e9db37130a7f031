// The rectified linear unit.

extern "C" __global__ void relu(Pass m) {
    long long i = place();
    if (i < count(m)) m.to[i] = m.x[i] <= 0 ? 0 : m.x[i]; // what is not a number stays so
}

// Here x is what came out.
extern "C" __global__ void relu_back(Pass m) {
    long long i = place();
    if (i < count(m) && m.x[i] > 0) m.to[i] += m.gradient[i];
}
