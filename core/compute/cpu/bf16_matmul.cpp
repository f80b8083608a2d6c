// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/bf16_matmul.h"

#include <mutex>

#include <omp.h>
#include <dnnl.hpp>

#include "core/base/instruction_sets.h"
#include "core/linear/aligned.h"
#include "core/linear/dense.h"

namespace dlrm::cpu {
namespace {

using dnnl::memory;

const dnnl::engine& cpuEngine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

memory::desc matrix(std::int64_t rows, std::int64_t columns, memory::data_type type, std::int64_t stride) {
    return {{rows, columns}, type, memory::dims{stride, 1}};
}

// oneDNN numbers its instruction sets so that one that includes another has all of its bits.
bool has(dnnl::cpu_isa isa) {
    const auto bits = static_cast<unsigned>(isa);
    return instructionSetsLimited() && (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & bits) == bits;
}

// The layer's product; the calls of oneDNN 3 are not those of oneDNN 2.
dnnl::matmul::primitive_desc describe(const memory::desc& x, const memory::desc& weights, const memory::desc& bias,
                                      const memory::desc& y) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
#if DNNL_VERSION_MAJOR >= 3
    return {cpuEngine(), x, weights, bias, y, attributes};
#else
    return {dnnl::matmul::desc(x, weights, bias, y), attributes, cpuEngine()};
#endif
}

}  // namespace

bool hasBfloat16Product() { return has(dnnl::cpu_isa::avx512_core); }
bool hasBfloat16Arithmetic() { return has(dnnl::cpu_isa::avx512_core_bf16); }
const char* bfloat16Instructions() { return has(dnnl::cpu_isa::avx512_core_amx) ? "AMX" : "AVX512-BF16"; }

struct Bf16Matmul::State {
    std::int64_t inputs = 0, outputs = 0;
    AlignedArray<std::uint16_t> kernel;  // (inputs, outputs), until it is packed
    AlignedArray<float> bias;

    std::once_flag once;  // what follows is made by the first call of run()
    memory::desc x, y, biasRow, scratchpad;
    memory weights;  // the kernel in the layout that the primitive asked for
    dnnl::matmul matmul;

    void make(std::int64_t xStride, std::int64_t yStride) {
        x = matrix(kBlockRows, inputs, memory::data_type::bf16, xStride);
        y = matrix(kBlockRows, outputs, memory::data_type::f32, yStride);
        biasRow = memory::desc({1, outputs}, memory::data_type::f32, memory::format_tag::ab);
        const memory::desc any({inputs, outputs}, memory::data_type::bf16, memory::format_tag::any);
        const dnnl::matmul::primitive_desc desc = describe(x, any, biasRow, y);
        memory plain(matrix(inputs, outputs, memory::data_type::bf16, outputs), cpuEngine(), kernel.data());
        weights = memory(desc.weights_desc(), cpuEngine());
        dnnl::stream stream(cpuEngine());
        dnnl::reorder(plain, weights).execute(stream, plain, weights);
        stream.wait();
        scratchpad = desc.scratchpad_desc();
        matmul = dnnl::matmul(desc);
        kernel = {};
    }
};

Bf16Matmul::Bf16Matmul(const DenseWeights& weights) : m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.inputs = weights.inputs;
    s.outputs = weights.outputs;
    s.kernel = AlignedArray<std::uint16_t>(s.inputs * s.outputs);
    convertToBfloat16(weights.kernel.data(), s.inputs * s.outputs, s.kernel.data());
    s.bias = AlignedArray<float>(s.outputs);
    std::copy(weights.bias.begin(), weights.bias.end(), s.bias.data());
}

Bf16Matmul::~Bf16Matmul() = default;
Bf16Matmul::Bf16Matmul(Bf16Matmul&&) noexcept = default;

void Bf16Matmul::run(const std::uint16_t* x, std::int64_t xStride, std::int64_t rows, float* y, std::int64_t yStride,
                     std::vector<std::byte>& scratchpad) const {
    // OpenMP's threads would spin beside ours; the setting is per thread.
    if (omp_get_max_threads() != 1) omp_set_num_threads(1);
    State& s = *m_state;
    std::call_once(s.once, [&] { s.make(xStride, yStride); });
    if (scratchpad.size() < s.scratchpad.get_size() + kCacheLine)
        scratchpad.resize(s.scratchpad.get_size() + kCacheLine);
    const memory bias(s.biasRow, cpuEngine(), s.bias.data()), spare(s.scratchpad, cpuEngine(), scratchpad.data());
    dnnl::stream stream(cpuEngine());
    for (std::int64_t r = 0; r < rows; r += kBlockRows)
        s.matmul.execute(stream, {{DNNL_ARG_SRC, memory(s.x, cpuEngine(), const_cast<std::uint16_t*>(x + r * xStride))},
                                  {DNNL_ARG_WEIGHTS, s.weights},
                                  {DNNL_ARG_BIAS, bias},
                                  {DNNL_ARG_DST, memory(s.y, cpuEngine(), y + r * yStride)},
                                  {DNNL_ARG_SCRATCHPAD, spare}});
    stream.wait();
}

}  // namespace dlrm::cpu
