// SPDX-License-Identifier: Apache-2.0
// The module's one exported symbol: the table of core/compute/backend_abi.h. Exceptions end here.
#include <algorithm>
#include <cstring>
#include <new>

#include "gpu/model.h"

struct dlrm_device {
    explicit dlrm_device(const dlrm_options& options) : device(dlrm::cuda::systemCalls(), options) {}
    dlrm::cuda::Device device;
};

struct dlrm_model {
    dlrm_model(dlrm_device& d, const dlrm_model_description& description, const dlrm_control* control)
        : model(d.device, description, control) {}
    dlrm::cuda::Model model;
};

namespace dlrm::cuda {
namespace {

template <class Work>
std::int32_t guarded(dlrm_error* error, Work work) noexcept {
    try {
        work();
        return DLRM_OK;
    } catch (const Cancelled&) {
        return DLRM_CANCELLED;
    } catch (const Failure& f) {
        fill(error, f);
    } catch (const std::bad_alloc&) {
        fill(error, hostMemoryFailure());
    } catch (const std::exception& e) {
        fill(error, internalFailure(e.what()));
    } catch (...) {
        fill(error, internalFailure("an exception of no known type"));
    }
    return DLRM_FAILED;
}

std::int32_t probe(const dlrm_options* options, dlrm_device_info* info, dlrm_error* error) {
    return guarded(error, [&] {
        const Calls& calls = systemCalls();
        const DeviceTraits t = readTraits(calls, options->device);
        CUDA_TRY(calls, setDevice(options->device), "choosing the GPU");
        std::size_t free = 0, total = 0;
        CUDA_TRY(calls, memoryInfo(&free, &total), "asking for free memory");
        *info = dlrm_device_info{};
        std::memcpy(info->name, t.name.data(), std::min(t.name.size(), sizeof info->name - 1));
        info->compute_major = t.major;
        info->compute_minor = t.minor;
        info->driver_version = t.driver;
        info->runtime_version = t.runtime;
        info->multiprocessors = t.multiprocessors;
        info->memory_total_bytes = static_cast<std::int64_t>(total);
        info->memory_free_bytes = static_cast<std::int64_t>(free);
    });
}

std::int32_t openDevice(const dlrm_options* options, dlrm_device** device, dlrm_error* error) {
    return guarded(error, [&] { *device = new dlrm_device(*options); });
}

void closeDevice(dlrm_device* device) { delete device; }

std::int32_t workingMemory(dlrm_device* device, const dlrm_model_description* description, std::int64_t* bytes,
                           dlrm_error* error) {
    return guarded(error, [&] { *bytes = NetworkShape(*description, device->device).workingBytes(); });
}

std::int32_t loadModel(dlrm_device* device, const dlrm_model_description* description, const dlrm_control* control,
                       dlrm_model** model, dlrm_error* error) {
    return guarded(error, [&] {
        device->device.use();
        *model = new dlrm_model(*device, *description, control);
    });
}

void freeModel(dlrm_model* model) {
    if (!model) return;
    guarded(nullptr, [&] { model->model.device().use(); });  // whatever it says, the memory goes
    delete model;
}

std::int32_t waitLoaded(dlrm_model* model, const dlrm_control* control, dlrm_error* error) {
    return guarded(error, [&] { model->model.tables().waitLoaded(control); });
}

std::int32_t placement(dlrm_model* model, std::int64_t table, dlrm_placement* placement) {
    if (table < 0 || table >= model->model.tables().count()) return DLRM_FAILED;
    *placement = model->model.tables().placement(table);
    return DLRM_OK;
}

std::int64_t preferredBatch(dlrm_model* model) { return model->model.preferredBatch(); }

std::int32_t forwardRows(dlrm_model* model, const dlrm_batch* batch, float* logits, const dlrm_outputs* outputs,
                         const dlrm_control* control, dlrm_error* error) {
    return guarded(error, [&] {
        model->model.device().use();  // this thread may be new to it
        model->model.forward(*batch, logits, outputs, control);
    });
}

constexpr dlrm_backend_table kTable{DLRM_BACKEND_ABI, probe,      openDevice, closeDevice,    workingMemory, loadModel,
                                    freeModel,        waitLoaded, placement,  preferredBatch, forwardRows};

}  // namespace
}  // namespace dlrm::cuda

extern "C" __attribute__((visibility("default"))) const dlrm_backend_table* dlrm_backend_module(void) {
    return &dlrm::cuda::kTable;
}
