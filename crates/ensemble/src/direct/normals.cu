// Normal numbers on a graphics card: the same generator, the same polynomials and the same order of operations as
// random/threefry.rs and random/normal.rs, so that both draw the same numbers bit by bit. To be compiled without fusing
// other multiplications and additions than those written so (--fmad=false), and with exact square roots. Each thread takes one value of
// the counter, which makes four numbers; sixteen neighbouring threads write a chunk of 64.

typedef unsigned int word;

__device__ word rotate(word x, int by) { return (x << by) | (x >> (32 - by)); }

__device__ void mix(word &a, word &b, word &c, word &d, int first, int second) {
    a += b;
    c += d;
    b = rotate(b, first) ^ a;
    d = rotate(d, second) ^ c;
}

__device__ void encrypt(const word key[5], word x[4]) {
    const int rotations[8][2] = {{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}};
    for (int i = 0; i < 4; ++i) x[i] += key[i];
    for (int group = 0; group < 5; ++group) {
        for (int round = 0; round < 4; ++round) {
            const int *by = rotations[(4 * group + round) % 8];
            if (round % 2 == 0) mix(x[0], x[1], x[2], x[3], by[0], by[1]);
            else mix(x[0], x[3], x[2], x[1], by[0], by[1]);
        }
        for (int i = 0; i < 4; ++i) x[i] += key[(group + 1 + i) % 5];
        x[3] += group + 1;
    }
}

__device__ float polynomial(const float *coefficients, int last, float x) {
    float sum = coefficients[last];
    for (int i = last - 1; i >= 0; --i) sum = fmaf(sum, x, coefficients[i]);
    return sum;
}

__device__ float as_float(word bits) { return __uint_as_float(bits); }
__device__ word as_bits(float x) { return __float_as_uint(x); }

__device__ float radius(word bits) {
    const float logarithm[9] = {1.0f, -0.49999988f, 0.33334184f, -0.25002155f, 0.19956978f, -0.16560696f, 0.14949095f,
                                -0.1437733f, 0.087439455f};
    word shifted = as_bits((float)bits + 0.5f);
    int exponent = (int)(shifted - 0x3f3504f3u) >> 23;
    float t = as_float(shifted - ((word)exponent << 23)) - 1.0f;
    float value = fmaf((float)(exponent - 32), 0.693147182f, polynomial(logarithm, 8, t) * t);
    return sqrtf(fmaxf(-2.0f * value, 0.0f));
}

__device__ void direction(word bits, float &first, float &second) {
    const float sines[4] = {0.7853982f, -0.080745436f, 0.0024900069f, -3.59544e-5f};
    const float cosines[4] = {1.0f, -0.30842426f, 0.015849913f, -0.000318879f};
    float x = ((float)(int)(bits >> 3) + 0.5f) * (1.0f / 536870912.0f);
    float square = x * x;
    float sine = polynomial(sines, 3, square) * x;
    float cosine = polynomial(cosines, 3, square);
    bool swap = bits & 1;
    first = as_float(as_bits(swap ? sine : cosine) ^ ((bits & 2) << 30));
    second = as_float(as_bits(swap ? cosine : sine) ^ ((bits & 4) << 29));
}

// Fills out[0 .. count) with scale times the numbers of the stream (k0, k1, k2, k3) from `counter` times four on.
extern "C" __global__ void fill_normals(float *out, unsigned long long count, unsigned long long counter, float scale,
                                        word k0, word k1, word k2, word k3) {
    unsigned long long index = (unsigned long long)blockIdx.x * blockDim.x + threadIdx.x;
    unsigned long long start = index / 16 * 64 + index % 16;
    if (start >= count) return;
    const word key[5] = {k0, k1, k2, k3, 0x1BD11BDAu ^ k0 ^ k1 ^ k2 ^ k3};
    word x[4] = {(word)(counter + index), (word)((counter + index) >> 32), 0, 0};
    encrypt(key, x);
    for (int pair = 0; pair < 2; ++pair) {
        float first, second, length = radius(x[2 * pair]);
        direction(x[2 * pair + 1], first, second);
        unsigned long long place = start + 32 * pair;
        if (place < count) out[place] = scale * (length * first);
        if (place + 16 < count) out[place + 16] = scale * (length * second);
    }
}
