// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/probe.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/probe.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm::bench {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using F32 = hn::ScalableTag<float>;

// Runs `steps` rounds of independent multiply-adds; returns the floating-point operations done. `sink` keeps them from
// being optimized away.
double multiplyAdds(std::int64_t steps, float* sink) {
    constexpr int kChains = HWY_TARGET == HWY_AVX3 ? 24 : 12;
    const F32 d;
    const auto factor = hn::Set(d, 0.999f + *sink * 1e-9f);
    const auto addend = hn::Set(d, 1e-3f + *sink * 1e-9f);
    hn::Vec<F32> acc[kChains];
    for (int i = 0; i < kChains; ++i) acc[i] = hn::Set(d, static_cast<float>(i));
    for (std::int64_t s = 0; s < steps; ++s) {
#pragma GCC unroll 24
        for (int i = 0; i < kChains; ++i) acc[i] = hn::MulAdd(acc[i], factor, addend);
    }
    auto sum = acc[0];
    for (int i = 1; i < kChains; ++i) sum = hn::Add(sum, acc[i]);
    *sink += hn::GetLane(sum);
    return 2.0 * static_cast<double>(steps) * kChains * static_cast<double>(hn::Lanes(d));
}

void readAll(const float* data, std::int64_t count, float* sink) {
    const F32 d;
    constexpr std::int64_t kStep = 128;  // floats: 8 cache lines
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    hn::Vec<F32> acc[8];
    for (auto& a : acc) a = hn::Zero(d);
    for (std::int64_t i = 0; i + kStep <= count; i += kStep) {
        for (std::int64_t line = 0; line < kStep; line += 16) __builtin_prefetch(data + i + line + 1024);
        for (std::int64_t j = 0; j < kStep; j += 8 * lanes)
            for (int a = 0; a < 8; ++a) acc[a] = hn::Add(acc[a], hn::Load(d, data + i + j + a * lanes));
    }
    auto sum = acc[0];
    for (int a = 1; a < 8; ++a) sum = hn::Add(sum, acc[a]);
    *sink += hn::GetLane(sum);
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dlrm::bench {
namespace {

HWY_EXPORT(multiplyAdds);
HWY_EXPORT(readAll);

// work(thread) on all threads at once, started together; operations of all threads per second from the first start to
// the last end.
double rate(int threads, const std::function<double(int)>& work) {
    using Clock = std::chrono::steady_clock;
    std::barrier start(threads);
    std::vector<Clock::time_point> begin(static_cast<std::size_t>(threads)), end(static_cast<std::size_t>(threads));
    std::vector<double> done(static_cast<std::size_t>(threads));
    {
        std::vector<std::thread> pool;
        for (int t = 0; t < threads; ++t)
            pool.emplace_back([&, t] {
                const auto i = static_cast<std::size_t>(t);
                start.arrive_and_wait();
                begin[i] = Clock::now();
                done[i] = work(t);
                end[i] = Clock::now();
            });
        for (std::thread& t : pool) t.join();
    }
    double operations = 0;
    for (const double d : done) operations += d;
    const auto elapsed = *std::max_element(end.begin(), end.end()) - *std::min_element(begin.begin(), begin.end());
    return operations / std::chrono::duration<double>(elapsed).count();
}

std::atomic<float> g_sink = 0;

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bf16"))) double bfloat16Dots(std::int64_t steps, float* sink) {
    constexpr int kChains = 24;
    const __m512bh x = (__m512bh)_mm512_set1_epi32(0x3c003c01 + static_cast<int>(*sink));
    __m512 acc[kChains];
    for (int i = 0; i < kChains; ++i) acc[i] = _mm512_set1_ps(static_cast<float>(i));
    for (std::int64_t s = 0; s < steps; ++s) {
#pragma GCC unroll 24
        for (int i = 0; i < kChains; ++i) acc[i] = _mm512_dpbf16_ps(acc[i], x, x);
    }
    __m512 sum = acc[0];
    for (int i = 1; i < kChains; ++i) sum = _mm512_add_ps(sum, acc[i]);
    *sink += _mm512_reduce_add_ps(sum);
    return 4.0 * 16 * kChains * static_cast<double>(steps);
}
#endif

}  // namespace

double fmaPeak(int threads) {
    return rate(threads,
                [](int) {
                    float sink = 0;
                    const double done = HWY_DYNAMIC_DISPATCH(multiplyAdds)(15'000'000, &sink);
                    g_sink = g_sink + sink;
                    return done;
                }) /
           1e9;
}

std::optional<double> bfloat16DotPeak(int threads) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx512bf16")) return std::nullopt;
    return rate(threads,
                [](int) {
                    float sink = 0;
                    const double done = bfloat16Dots(15'000'000, &sink);
                    g_sink = g_sink + sink;
                    return done;
                }) /
           1e9;
#else
    (void)threads;
    return std::nullopt;
#endif
}

double readBandwidth(int threads) {
    constexpr std::int64_t kFloats = std::int64_t{128} << 20;
    struct Free {
        void operator()(float* p) const { ::operator delete(p, std::align_val_t(64)); }
    };
    const std::unique_ptr<float, Free> data(
        static_cast<float*>(::operator new(kFloats * sizeof(float) + 4096, std::align_val_t(64))));
    std::fill_n(data.get(), kFloats, 1.0f);
    const std::int64_t share = kFloats / threads / 128 * 128;
    return rate(threads,
                [&](int t) {
                    float sink = 0;
                    HWY_DYNAMIC_DISPATCH(readAll)(data.get() + t * share, share, &sink);
                    g_sink = g_sink + sink;
                    return static_cast<double>(share) * sizeof(float);
                }) /
           1e9;
}

}  // namespace dlrm::bench
#endif
