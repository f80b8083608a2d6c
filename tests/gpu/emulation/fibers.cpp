// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/emulation/fibers.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <setjmp.h>
#include <ucontext.h>

namespace dlrm::emulation {
namespace {

constexpr std::size_t kStackBytes = 128 << 10;
constexpr std::size_t kWarp = 32, kSlotBytes = 16;

std::atomic<bool> g_reversed{false};

enum class State { Ready, AtBarrier, Done };

struct Copy {
    void* to;
    const void* from;
    std::size_t bytes;
};

// A fiber lives as long as its OS thread and runs one kernel thread after the other.
struct Fiber {
    std::unique_ptr<char[]> stack{new char[kStackBytes]};
    jmp_buf here;
    bool started = false;
    State state = State::Done;
    std::vector<Copy> copies;
};

// One per OS thread that launches kernels.
struct Engine {
    jmp_buf scheduler;
    std::vector<std::unique_ptr<Fiber>> fibers;
    std::vector<char> exchange;  // kSlotBytes per thread of the block
    std::vector<std::uint64_t> shared;
    std::size_t count = 0, running = 0;
    ThreadPlace place{};
    const std::function<void()>* kernel = nullptr;
};

Engine& engine() {
    static thread_local Engine e;
    return e;
}

// Without swapcontext: it asks the kernel for the signal mask each time.
[[gnu::noinline]] void switchTo(jmp_buf& from, jmp_buf& to) {
    if (_setjmp(from) == 0) _longjmp(to, 1);
}

void fiberMain() {
    for (;;) {
        (*engine().kernel)();
        Fiber& me = *engine().fibers[engine().running];
        me.state = State::Done;
        switchTo(me.here, engine().scheduler);
    }
}

// From the scheduler into a fiber, until it waits or is done.
[[gnu::noinline]] void resume(Engine& e, Fiber& f) {
    if (f.started) {
        switchTo(e.scheduler, f.here);
        return;
    }
    f.started = true;
    if (_setjmp(e.scheduler) != 0) return;
    ucontext_t context;
    getcontext(&context);
    context.uc_stack.ss_sp = f.stack.get();
    context.uc_stack.ss_size = kStackBytes;
    context.uc_link = nullptr;
    makecontext(&context, fiberMain, 0);
    setcontext(&context);
}

void waitAtBarrier() {
    Engine& e = engine();
    Fiber& me = *e.fibers[e.running];
    me.state = State::AtBarrier;
    switchTo(me.here, e.scheduler);
}

void setThread(Engine& e, std::size_t k) {
    e.running = k;
    const auto index = static_cast<unsigned>(k);
    e.place.thread = {index % e.place.blockDim.x, index / e.place.blockDim.x % e.place.blockDim.y,
                      index / e.place.blockDim.x / e.place.blockDim.y};
}

// Lets the waiting fibers of a warp, [first, last), go on when all that are not done wait.
bool release(Engine& e, std::size_t first, std::size_t last) {
    bool any = false;
    for (std::size_t k = first; k < last; ++k) {
        if (e.fibers[k]->state == State::Ready) return false;
        any = any || e.fibers[k]->state == State::AtBarrier;
    }
    for (std::size_t k = first; k < last; ++k)
        if (e.fibers[k]->state == State::AtBarrier) e.fibers[k]->state = State::Ready;
    return any;
}

void runBlock(Engine& e) {
    for (std::size_t k = 0; k < e.count; ++k) {
        e.fibers[k]->copies.clear();
        e.fibers[k]->state = State::Ready;
    }
    const bool reversed = g_reversed;
    for (;;) {
        bool ran = false, alive = false;
        for (std::size_t i = 0; i < e.count; ++i) {
            const std::size_t k = reversed ? e.count - 1 - i : i;
            if (e.fibers[k]->state == State::Ready) {
                setThread(e, k);
                resume(e, *e.fibers[k]);
                ran = true;
            }
            alive = alive || e.fibers[k]->state != State::Done;
        }
        if (!alive) return;
        bool released = false;
        for (std::size_t first = 0; first < e.count; first += kWarp)
            released = release(e, first, std::min(first + kWarp, e.count)) || released;
        if (ran || released) continue;
        std::fprintf(stderr, "emulated kernel: some threads wait at a barrier that the others never reach\n");
        std::abort();
    }
}

}  // namespace

void setReversedOrder(bool reversed) { g_reversed = reversed; }

void runGrid(dim3 grid, dim3 block, std::size_t sharedBytes, const std::function<void()>& kernel) {
    Engine& e = engine();
    e.count = static_cast<std::size_t>(block.x) * block.y * block.z;
    while (e.fibers.size() < e.count) e.fibers.push_back(std::make_unique<Fiber>());
    e.exchange.resize(e.count * kSlotBytes);
    e.shared.assign(sharedBytes / 8 + 17, ~std::uint64_t{0});  // NaN until written; room to align to 128 bytes
    e.kernel = &kernel;
    e.place.blockDim = block;
    e.place.gridDim = grid;
    for (unsigned z = 0; z < grid.z; ++z)
        for (unsigned y = 0; y < grid.y; ++y)
            for (unsigned x = 0; x < grid.x; ++x) {
                e.place.block = {x, y, z};
                runBlock(e);
            }
}

const ThreadPlace& place() { return engine().place; }

void* dynamicShared() {
    return reinterpret_cast<void*>((reinterpret_cast<std::uintptr_t>(engine().shared.data()) + 127) &
                                   ~std::uintptr_t{127});
}

void warpBarrier() { waitAtBarrier(); }

void warpExchange(const void* mine, std::size_t bytes, int from, void* theirs) {
    Engine& e = engine();
    const std::size_t me = e.running, other = me / kWarp * kWarp + static_cast<std::size_t>(from);
    std::memcpy(e.exchange.data() + me * kSlotBytes, mine, bytes);
    warpBarrier();
    std::memcpy(theirs, e.exchange.data() + other * kSlotBytes, bytes);
    warpBarrier();
}

std::uint32_t warpBallot(bool mine) {
    Engine& e = engine();
    const std::size_t first = e.running / kWarp * kWarp;
    e.exchange[e.running * kSlotBytes] = mine;
    warpBarrier();
    std::uint32_t bits = 0;
    for (std::size_t lane = 0; lane < kWarp && first + lane < e.count; ++lane)
        bits |= static_cast<std::uint32_t>(e.exchange[(first + lane) * kSlotBytes] != 0) << lane;
    warpBarrier();
    return bits;
}

void deferCopy(void* to, const void* from, std::size_t bytes) {
    Engine& e = engine();
    e.fibers[e.running]->copies.push_back({to, from, bytes});
}

void waitCopies() {
    Engine& e = engine();
    for (const Copy& c : e.fibers[e.running]->copies) std::memcpy(c.to, c.from, c.bytes);
    e.fibers[e.running]->copies.clear();
}

}  // namespace dlrm::emulation
