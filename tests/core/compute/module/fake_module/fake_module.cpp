// SPDX-License-Identifier: Apache-2.0
// A backend module without a GPU: the forward pass by its definition in double with rounded operands, on the host, and
// faults on request. Built several times over: FAKE_ABI, FAKE_SYMBOL, FAKE_COMPLETE, FAKE_MAJOR and FAKE_NO_DEVICE make
// modules that cannot be used.
#include "fake_module.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/compute/backend_abi.h"

#ifdef FAKE_NEEDS_LIBRARY
extern "C" int dlrm_fake_library();
int fakeNeedsIt() { return dlrm_fake_library(); }
#endif
#ifndef FAKE_ABI
#define FAKE_ABI DLRM_BACKEND_ABI
#endif
#ifndef FAKE_SYMBOL
#define FAKE_SYMBOL dlrm_backend_module
#endif
#ifndef FAKE_COMPLETE
#define FAKE_COMPLETE true
#endif
#ifndef FAKE_MAJOR
#define FAKE_MAJOR 9
#endif

using namespace dlrm::test;

struct dlrm_device {
    dlrm_options options;
};

struct Layer {
    std::int64_t inputs, outputs;
    bool relu;
    std::vector<float> kernel, bias;
};

struct dlrm_model {
    dlrm_device* device;
    std::vector<dlrm_table> tables;
    std::vector<std::int32_t> order;
    std::vector<Layer> bottom, top;
    std::int64_t dim, order_kind;
};

namespace {

FakeControls* controls() {
    static FakeControls* const shared = [] {
        auto* c = new FakeControls;
        const char* faults = std::getenv("DLRM_FAKE_FAULTS");
        std::string text = faults ? faults : "";
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            char function[32] = "", fault[32] = "";
            int call = 0;
            if (std::sscanf(text.substr(at, end - at).c_str(), "%31[^:]:%d:%31s", function, &call, fault) == 3)
                for (int f = 0; f < static_cast<int>(FakeFunction::Count); ++f)
                    for (int k = 0; k < 7; ++k)
                        if (std::strcmp(kFakeFunctions[f], function) == 0 && std::strcmp(kFakeFaults[k], fault) == 0)
                            c->functions[f] = {call, static_cast<FakeFault>(k), false, 0};
            at = end + 1;
        }
        return c;
    }();
    return shared;
}

int32_t failed(dlrm_error* e, const char* code, const char* message, bool oom, bool fatal) {
    std::snprintf(e->code, sizeof(e->code), "%s", code);
    std::snprintf(e->message, sizeof(e->message), "%s", message);
    std::snprintf(e->found, sizeof(e->found), "a fault asked for");
    std::snprintf(e->remedy, sizeof(e->remedy), "ask for none");
    e->out_of_memory = oom;
    e->fatal = fatal;
    return DLRM_FAILED;
}

// DLRM_OK, or the answer of the fault this call has.
int32_t fault(FakeFunction f, dlrm_error* e, const dlrm_control* control = nullptr) {
    static std::mutex mutex;
    FakeFault kind = FakeFault::None;
    {
        const std::lock_guard lock(mutex);
        FakeControls::Function& state = controls()->functions[static_cast<int>(f)];
        ++state.calls;
        if (state.faultyCall > 0 &&
            (state.calls == state.faultyCall || (state.everyCallAfter && state.calls > state.faultyCall)))
            kind = state.fault;
    }
    switch (kind) {
        case FakeFault::None:
            return DLRM_OK;
        case FakeFault::Plain:
            return failed(e, "E-CUDA-900", "The fake refuses.", false, false);
        case FakeFault::OutOfMemory:
            return failed(e, "E-CUDA-002", "The fake has no memory left.", true, false);
        case FakeFault::Fatal:
            return failed(e, "E-CUDA-700", "The fake accessed memory it should not.", false, true);
        case FakeFault::Cancelled:
            return DLRM_CANCELLED;
        case FakeFault::Wordless:
            return DLRM_FAILED;
        case FakeFault::Hangs:
            while (!control || !control->stopped(control->context))
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return DLRM_CANCELLED;
    }
    return DLRM_OK;
}

int32_t probe(const dlrm_options*, dlrm_device_info* info, dlrm_error* e) {
#ifdef FAKE_NO_DEVICE
    return failed(e, "E-CUDA-100", "no CUDA-capable device is detected", false, false);
#endif
    if (const int32_t answer = fault(FakeFunction::Probe, e); answer != DLRM_OK) return answer;
    std::snprintf(info->name, sizeof(info->name), "Fake GPU");
    info->compute_major = FAKE_MAJOR;
    info->compute_minor = 0;
    info->memory_total_bytes = std::int64_t{8} << 30;
    info->memory_free_bytes = controls()->freeBytes;
    return DLRM_OK;
}

int32_t openDevice(const dlrm_options* options, dlrm_device** out, dlrm_error* e) {
    if (const int32_t answer = fault(FakeFunction::OpenDevice, e); answer != DLRM_OK) return answer;
    controls()->precision = options->precision;
    controls()->storage = options->table_storage;
    ++controls()->devices;
    *out = new dlrm_device{*options};
    return DLRM_OK;
}

void closeDevice(dlrm_device* device) {
    --controls()->devices;
    delete device;
}

int32_t workingMemory(dlrm_device*, const dlrm_model_description*, int64_t* bytes, dlrm_error* e) {
    *bytes = controls()->workingBytes;
    return fault(FakeFunction::WorkingMemory, e);
}

std::vector<Layer> copied(const dlrm_dense* layers, int64_t count) {
    std::vector<Layer> out;
    for (int64_t i = 0; i < count; ++i) {
        const dlrm_dense& d = layers[i];
        out.push_back({d.inputs,
                       d.outputs,
                       d.relu != 0,
                       {d.kernel, d.kernel + d.inputs * d.outputs},
                       {d.bias, d.bias + d.outputs}});
    }
    return out;
}

int32_t loadModel(dlrm_device* device, const dlrm_model_description* m, const dlrm_control* control, dlrm_model** out,
                  dlrm_error* e) {
    if (const int32_t answer = fault(FakeFunction::LoadModel, e, control); answer != DLRM_OK) return answer;
    FakeControls& c = *controls();
    std::int64_t bytes = c.workingBytes;
    c.gpuRows = c.pinnedRows = 0;
    for (int64_t t = 0; t < m->table_count; ++t) {
        bytes += m->tables[t].gpu_rows * m->tables[t].dim * (m->tables[t].type == DLRM_TYPE_F32 ? 4 : 2);
        c.gpuRows += m->tables[t].gpu_rows;
        c.pinnedRows += m->tables[t].pinned_rows;
    }
    if (bytes > c.memoryBytes) return failed(e, "E-CUDA-002", "The fake has no memory left.", true, false);
    c.usedBottomInputs = m->bottom[0].used_inputs;
    c.usedTopInputs = m->top[0].used_inputs;
    ++c.models;
    *out = new dlrm_model{device,
                          {m->tables, m->tables + m->table_count},
                          {m->interaction_table_order, m->interaction_table_order + m->table_count},
                          copied(m->bottom, m->bottom_count),
                          copied(m->top, m->top_count),
                          m->embedding_dim,
                          m->interaction_order};
    return DLRM_OK;
}

void freeModel(dlrm_model* model) {
    --controls()->models;
    delete model;
}

int32_t waitLoaded(dlrm_model*, const dlrm_control* control, dlrm_error* e) {
    return fault(FakeFunction::WaitLoaded, e, control);
}

int32_t placement(dlrm_model* model, int64_t table, dlrm_placement* out) {
    const dlrm_table& t = model->tables[static_cast<std::size_t>(table)];
    if (controls()->tablesArrive) *out = {t.gpu_rows, t.pinned_rows, t.gpu_rows * t.dim * 4, t.pinned_rows * t.dim * 4};
    return DLRM_OK;
}

int64_t preferredBatch(dlrm_model*) { return controls()->preferredBatch; }

float halfValue(std::uint16_t h) {
    const int exponent = h >> 10 & 31, mantissa = h & 1023;
    const float magnitude = exponent ? std::ldexp(1024.0F + static_cast<float>(mantissa), exponent - 25)
                                     : std::ldexp(static_cast<float>(mantissa), -24);
    return h >> 15 ? -magnitude : magnitude;
}

double tableValue(const dlrm_table& t, int64_t row, int64_t column) {
    for (int64_t p = 0; p < t.part_count; ++p) {
        const dlrm_table_part& part = t.parts[p];
        if (row < part.first_row || row >= part.first_row + part.rows || column < part.first_column ||
            column >= part.first_column + part.columns)
            continue;
        const std::size_t size = t.type == DLRM_TYPE_F64 ? 8 : t.type == DLRM_TYPE_F32 ? 4 : 2;
        unsigned char bytes[8];
        std::memcpy(bytes,
                    static_cast<const char*>(part.data) + (row - part.first_row) * part.row_stride_bytes +
                        (column - part.first_column) * part.column_stride_bytes,
                    size);
        if (part.byte_swapped) std::reverse(bytes, bytes + size);
        if (t.type == DLRM_TYPE_F64) {
            double v;
            std::memcpy(&v, bytes, 8);
            return v;
        }
        if (t.type == DLRM_TYPE_F16) {
            std::uint16_t v;
            std::memcpy(&v, bytes, 2);
            return halfValue(v);
        }
        unsigned char wide[4] = {};
        std::memcpy(wide + 4 - size, bytes, size);  // bfloat16 is the upper half of float32
        float v;
        std::memcpy(&v, wide, 4);
        return v;
    }
    return NAN;
}

// Rounded to the mantissa of the precision.
double rounded(double value, int32_t precision) {
    const int bits = precision == DLRM_FP32 ? 24 : precision == DLRM_BF16 ? 8 : 11;
    int exponent;
    const double mantissa = std::frexp(value, &exponent);
    return std::ldexp(std::nearbyint(std::ldexp(mantissa, bits)), exponent - bits);
}

std::vector<double> dense(const std::vector<double>& x, const Layer& l, int32_t precision) {
    std::vector<double> y(l.bias.begin(), l.bias.end());
    for (int64_t i = 0; i < l.inputs; ++i) {
        const double v = rounded(x[static_cast<std::size_t>(i)], precision);
        for (int64_t o = 0; o < l.outputs; ++o)
            y[static_cast<std::size_t>(o)] +=
                v * rounded(l.kernel[static_cast<std::size_t>(i * l.outputs + o)], precision);
    }
    for (double& v : y) v = static_cast<float>(l.relu ? std::max(v, 0.0) : v);
    return y;
}

void put(float* to, int64_t row, const std::vector<double>& values) {
    if (to)
        std::transform(values.begin(), values.end(), to + row * static_cast<int64_t>(values.size()),
                       [](double v) { return static_cast<float>(v); });
}

double forwardRow(const dlrm_model& m, const dlrm_batch& b, int64_t row, const dlrm_outputs& out) {
    const int32_t precision = m.device->options.precision;
    std::vector<double> x(b.numerical + row * b.numericals, b.numerical + (row + 1) * b.numericals);
    x.resize(static_cast<std::size_t>(m.bottom[0].inputs));
    for (std::size_t i = 0; i < m.bottom.size(); ++i) {
        x = dense(x, m.bottom[i], precision);
        if (out.bottom_activations) put(out.bottom_activations[i], row, x);
    }
    std::vector<double> vectors = x, matrix, dots;
    for (const std::int32_t t : m.order)
        for (int64_t c = 0; c < m.dim; ++c)
            vectors.push_back(tableValue(m.tables[static_cast<std::size_t>(t)], b.ids[t * b.id_stride + row], c));
    const auto dim = static_cast<std::size_t>(m.dim), count = m.tables.size() + 1;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j) {
            double dot = 0;
            for (std::size_t c = 0; c < dim; ++c) dot += vectors[i * dim + c] * vectors[j * dim + c];
            matrix.push_back(static_cast<float>(dot));
            if (j < i) dots.push_back(static_cast<float>(dot));
        }
    put(out.vectors, row, vectors);
    put(out.interaction, row, matrix);
    std::vector<double> input = m.order_kind == DLRM_BOTTOM_FIRST ? x : dots;
    const std::vector<double>& rest = m.order_kind == DLRM_BOTTOM_FIRST ? dots : x;
    input.insert(input.end(), rest.begin(), rest.end());
    input.resize(static_cast<std::size_t>(m.top[0].inputs));
    put(out.top_input, row, input);
    for (std::size_t i = 0; i < m.top.size(); ++i) {
        input = dense(input, m.top[i], precision);
        if (out.top_activations) put(out.top_activations[i], row, input);
    }
    return input[0];
}

int32_t forward(dlrm_model* model, const dlrm_batch* batch, float* logits, const dlrm_outputs* outputs,
                const dlrm_control* control, dlrm_error* e) {
    if (const int32_t answer = fault(FakeFunction::Forward, e, control); answer != DLRM_OK) return answer;
    controls()->mostRows = std::max(controls()->mostRows, batch->rows);
    for (int64_t r = 0; r < batch->rows; ++r) {
        if (control->stopped(control->context)) return DLRM_CANCELLED;
        logits[r] = static_cast<float>(forwardRow(*model, *batch, r, outputs ? *outputs : dlrm_outputs{}));
    }
    return DLRM_OK;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) const dlrm_backend_table* FAKE_SYMBOL() {
    static const dlrm_backend_table table{FAKE_ABI,
                                          probe,
                                          openDevice,
                                          closeDevice,
                                          workingMemory,
                                          loadModel,
                                          freeModel,
                                          waitLoaded,
                                          placement,
                                          preferredBatch,
                                          FAKE_COMPLETE ? forward : nullptr};
    return &table;
}

__attribute__((visibility("default"))) FakeControls* dlrm_fake_controls() { return controls(); }
}
