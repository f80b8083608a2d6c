// SPDX-License-Identifier: Apache-2.0
#include "core/base/sigbus_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace dlrm {

struct GuardedMapping {
    // Readers see begin last: while begin is 0 the slot is free.
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<bool> damaged{false};
    GuardedMapping* next = nullptr;  // constant once the slot is linked
};

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free &&
              std::atomic<GuardedMapping*>::is_always_lock_free);

namespace {

std::atomic<GuardedMapping*> g_slots{nullptr};
std::mutex g_mutex;  // writers only
struct sigaction g_previous {};
std::uintptr_t g_pageSize = 4096;

GuardedMapping* findSlot(std::uintptr_t address) {
    for (GuardedMapping* slot = g_slots.load(std::memory_order_acquire); slot; slot = slot->next) {
        const std::uintptr_t begin = slot->begin.load(std::memory_order_acquire);
        if (begin != 0 && address >= begin && address < slot->end.load(std::memory_order_relaxed)) return slot;
    }
    return nullptr;
}

void passOn(int signal, siginfo_t* info, void* context) {
    if (g_previous.sa_flags & SA_SIGINFO) {
        g_previous.sa_sigaction(signal, info, context);
    } else if (g_previous.sa_handler != SIG_DFL && g_previous.sa_handler != SIG_IGN) {
        g_previous.sa_handler(signal);
    } else {
        // The faulting instruction runs again and ends the process as it would have without this guard.
        struct sigaction original {};
        original.sa_handler = SIG_DFL;
        sigaction(signal, &original, nullptr);
        if (info->si_code <= 0) raise(signal);
    }
}

void onSigbus(int signal, siginfo_t* info, void* context) {
    const int savedErrno = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    GuardedMapping* slot = info->si_code > 0 ? findSlot(address) : nullptr;  // si_code <= 0: sent by kill()
    if (slot) {
        const std::uintptr_t page = address & ~(g_pageSize - 1);
        const std::size_t rest = slot->end.load(std::memory_order_relaxed) - page;
        constexpr int kZeros = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
        if (mmap(reinterpret_cast<void*>(page), rest, PROT_READ, kZeros, -1, 0) == MAP_FAILED) slot = nullptr;
        else slot->damaged.store(true, std::memory_order_release);
    }
    if (!slot) passOn(signal, info, context);
    errno = savedErrno;
}

void install() {
    g_pageSize = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = onSigbus;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, nullptr, &g_previous);  // known before our handler can run
    sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

GuardedMapping* guardMapping(const std::byte* begin, std::size_t bytes) {
    const std::lock_guard lock(g_mutex);
    static const bool installed = (install(), true);
    (void)installed;
    GuardedMapping* slot = g_slots.load(std::memory_order_relaxed);
    while (slot && slot->begin.load(std::memory_order_relaxed) != 0) slot = slot->next;
    const bool isNew = slot == nullptr;
    if (isNew) slot = new GuardedMapping;
    slot->damaged.store(false, std::memory_order_relaxed);
    slot->end.store(reinterpret_cast<std::uintptr_t>(begin) + bytes, std::memory_order_relaxed);
    slot->begin.store(reinterpret_cast<std::uintptr_t>(begin), std::memory_order_release);
    if (isNew) {
        slot->next = g_slots.load(std::memory_order_relaxed);
        g_slots.store(slot, std::memory_order_release);
    }
    return slot;
}

void releaseMapping(GuardedMapping* mapping) { mapping->begin.store(0, std::memory_order_release); }

bool isDamaged(const GuardedMapping* mapping) { return mapping->damaged.load(std::memory_order_acquire); }

}  // namespace dlrm
