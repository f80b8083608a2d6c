// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/bf16_matmul.h"

#include <list>
#include <map>
#include <mutex>
#include <tuple>

#include <dnnl.hpp>
#include <omp.h>

#include "core/compute/cpu/aligned.h"
#include "core/compute/cpu/dense.h"

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

}  // namespace

bool hasBfloat16Arithmetic() { return static_cast<unsigned>(dnnl::get_effective_cpu_isa()) >= static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16); }

const char* bfloat16Instructions() {
    return static_cast<unsigned>(dnnl::get_effective_cpu_isa()) >= static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx) ? "AMX" : "AVX512-BF16";
}

struct Bf16Matmul::State {
    struct Primitive {
        dnnl::matmul matmul;
        memory::desc x, y, scratchpad;
        const memory* weights = nullptr;
    };
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, Output>;  // rows, xStride, yStride

    std::int64_t inputs = 0, outputs = 0;
    bool relu = false;
    AlignedArray<std::uint16_t> kernel;  // (inputs, outputs)
    AlignedArray<float> bias;
    std::mutex mutex;                    // guards the two below; entries stay where they are
    std::map<Key, Primitive> primitives;
    std::list<memory> packed;            // the kernel in every layout that a primitive asked for

    const memory& weightsAs(const memory::desc& desc) {
        for (const memory& m : packed)
            if (m.get_desc() == desc) return m;
        const memory plain(matrix(inputs, outputs, memory::data_type::bf16, outputs), cpuEngine(), kernel.data());
        packed.emplace_back(desc, cpuEngine());
        dnnl::stream stream(cpuEngine());
        dnnl::reorder(plain, packed.back()).execute(stream, const_cast<memory&>(plain), packed.back());
        stream.wait();
        return packed.back();
    }

    const Primitive& primitiveFor(const Key& key) {
        const std::lock_guard lock(mutex);
        if (const auto found = primitives.find(key); found != primitives.end()) return found->second;
        const auto [rows, xStride, yStride, output] = key;
        dnnl::primitive_attr attributes;
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
        if (relu) {
            dnnl::post_ops post;
            post.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
            attributes.set_post_ops(post);
        }
        const auto x = matrix(rows, inputs, memory::data_type::bf16, xStride);
        const auto y = matrix(rows, outputs, output == Output::Float32 ? memory::data_type::f32 : memory::data_type::bf16, yStride);
        const memory::desc anyWeights({inputs, outputs}, memory::data_type::bf16, memory::format_tag::any);
        const memory::desc biasRow({1, outputs}, memory::data_type::f32, memory::format_tag::ab);
        const dnnl::matmul::primitive_desc desc(dnnl::matmul::desc(x, anyWeights, biasRow, y), attributes, cpuEngine());
        Primitive made{dnnl::matmul(desc), x, y, desc.scratchpad_desc(), &weightsAs(desc.weights_desc())};
        return primitives.emplace(key, std::move(made)).first->second;
    }
};

Bf16Matmul::Bf16Matmul(const DenseWeights& weights, bool relu) : m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.inputs = weights.inputs;
    s.outputs = weights.outputs;
    s.relu = relu;
    s.kernel = AlignedArray<std::uint16_t>(s.inputs * s.outputs);
    convertToBfloat16(weights.kernel.data(), s.inputs * s.outputs, s.kernel.data());
    s.bias = AlignedArray<float>(s.outputs);
    std::copy(weights.bias.begin(), weights.bias.end(), s.bias.data());
}

Bf16Matmul::~Bf16Matmul() = default;
Bf16Matmul::Bf16Matmul(Bf16Matmul&&) noexcept = default;

void Bf16Matmul::run(const std::uint16_t* x, std::int64_t xStride, std::int64_t rows, void* y, std::int64_t yStride, Output output,
                     std::vector<std::byte>& scratchpad) const {
    // OpenMP's threads would spin beside ours; the setting is per thread.
    if (omp_get_max_threads() != 1) omp_set_num_threads(1);
    State& s = *m_state;
    const State::Primitive& p = s.primitiveFor({roundUp(rows, kRowStep), xStride, yStride, output});
    if (scratchpad.size() < p.scratchpad.get_size() + kCacheLine) scratchpad.resize(p.scratchpad.get_size() + kCacheLine);
    const memory::desc biasRow({1, s.outputs}, memory::data_type::f32, memory::format_tag::ab);
    dnnl::stream stream(cpuEngine());
    p.matmul.execute(stream, {{DNNL_ARG_SRC, memory(p.x, cpuEngine(), const_cast<std::uint16_t*>(x))},
                              {DNNL_ARG_WEIGHTS, *p.weights},
                              {DNNL_ARG_BIAS, memory(biasRow, cpuEngine(), s.bias.data())},
                              {DNNL_ARG_DST, memory(p.y, cpuEngine(), y)},
                              {DNNL_ARG_SCRATCHPAD, memory(p.scratchpad, cpuEngine(), scratchpad.data())}});
    stream.wait();
}

}  // namespace dlrm::cpu
