// What CUDA provides, for a compiler that knows nothing of it: the kernels' source follows after "KERNELS" below. The
// threads of a block take turns on one processor, each until it waits for the others; in which order changes from turn
// to turn, so that a kernel which waits too rarely gives something else.

#define _XOPEN_SOURCE 700
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <ucontext.h>
#include <vector>

#define __device__ inline
#define __global__
#define __shared__ static
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(threads)

using std::exp;
using std::log;
using std::sqrt;

struct Place {
    unsigned int x, y, z;
};
static Place blockIdx, blockDim, threadIdx;

struct Thread {
    ucontext_t context;
    std::vector<char> stack;
    bool done;
};
static std::vector<Thread> threads;
static ucontext_t scheduler;
static const std::function<void()> *kernel;
static int vote, result;

static void __syncthreads() {
    unsigned int self = threadIdx.x;
    swapcontext(&threads[self].context, &scheduler);
    threadIdx.x = self;
}

static int __syncthreads_or(int mine) {
    vote |= mine != 0;
    __syncthreads();
    return result;
}

static void run_thread() {
    unsigned int self = threadIdx.x;
    (*kernel)();
    threads[self].done = true;
}

static void run_block() {
    unsigned int count = blockDim.x, done = 0;
    for (unsigned int i = 0; i < count; ++i) {
        Thread &thread = threads[i];
        getcontext(&thread.context);
        thread.context.uc_stack.ss_sp = thread.stack.data();
        thread.context.uc_stack.ss_size = thread.stack.size();
        thread.context.uc_link = &scheduler;
        thread.done = false;
        makecontext(&thread.context, run_thread, 0);
    }
    for (int turn = 0; done < count; ++turn) {
        done = vote = 0;
        for (unsigned int i = 0; i < count; ++i) {
            unsigned int self = turn % 2 ? count - 1 - i : i;
            threadIdx.x = self;
            swapcontext(&scheduler, &threads[self].context);
            done += threads[self].done;
        }
        if (done && done < count) {
            std::fprintf(stderr, "some threads of a block wait for others that have ended\n");
            std::abort();
        }
        result = vote;
    }
}

static void run_grid(const unsigned int *blocks, unsigned int count, const std::function<void()> &body) {
    kernel = &body;
    blockDim = {count, 1, 1};
    threads.resize(count);
    for (Thread &thread : threads) thread.stack.resize(1 << 16);
    for (blockIdx.z = 0; blockIdx.z < blocks[2]; ++blockIdx.z)
        for (blockIdx.y = 0; blockIdx.y < blocks[1]; ++blockIdx.y)
            for (blockIdx.x = 0; blockIdx.x < blocks[0]; ++blockIdx.x) run_block();
}

KERNELS

// Runs the kernel of that name; returns whether there is one. All else is hidden: this is loaded more than once.
extern "C" __attribute__((visibility("default"))) int run(const char *name, const unsigned int *blocks, unsigned int count, const void *parameters) {
#define KERNEL(NAME, PARAMETERS)                                                                                     \
    if (!std::strcmp(name, #NAME)) {                                                                                 \
        run_grid(blocks, count, [&] { NAME(*(const PARAMETERS *)parameters); });                                     \
        return 1;                                                                                                    \
    }
    NAMES
    return 0;
}
