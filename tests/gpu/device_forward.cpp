// SPDX-License-Identifier: Apache-2.0
// Predictions of random models in every precision, storage, order and placement against the double twin.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "tests/gpu/support/checks.h"
#include "tests/gpu/support/random_model.h"

namespace dlrm::test {
namespace {

struct Precision {
    const char* name;
    std::int32_t value;
    double
        logits;  // largest |Δlogit| against double: sums in another order, inputs rounded to the precision's mantissa
    double intermediates;  // the same, relative to max(1, |value|)
};
constexpr Precision kPrecisions[] = {{"fp32", DLRM_FP32, 1e-5, 2e-5},
                                     {"tf32", DLRM_TF32, 5e-3, 1e-2},
                                     {"bf16", DLRM_BF16, 4e-2, 8e-2},
                                     {"fp16", DLRM_FP16, 4e-3, 1e-2}};

struct Case {
    const char* name;
    ModelOptions options;
    std::int64_t rows;
    std::int32_t storage = DLRM_TABLES_AS_STORED;
};

double apart(const float* ours, const std::vector<double>& theirs, double scale = 0) {
    double worst = 0;
    for (std::size_t k = 0; k < theirs.size(); ++k) {
        const double d =
            std::abs(static_cast<double>(ours[k]) - theirs[k]) / (scale > 0 ? std::max(scale, std::abs(theirs[k])) : 1);
        if (!(d <= worst)) worst = d;  // NaN counts as worst
    }
    return worst;
}

std::vector<Case> cases() {
    const auto make = [](auto change) {
        ModelOptions o;
        change(o);
        return o;
    };
    std::vector<Case> all;
    all.push_back({"bottom first", make([](ModelOptions&) {}), 70});
    all.push_back({"dots first, padding", make([](ModelOptions& o) {
                       o.dotsFirst = true;
                       o.topPadding = 2;
                       o.bottomKernelRows = 16;
                       o.seed = 2;
                   }),
                   65});
    all.push_back({"26 tables of 128", make([](ModelOptions& o) {
                       o.tableRows.assign(26, 50);
                       o.dim = 128;
                       o.bottom = {64, 128};
                       o.top = {128, 64, 1};
                       o.topPadding = 1;
                       o.seed = 3;
                   }),
                   33});
    all.push_back({"40 tables of 4", make([](ModelOptions& o) {
                       o.tableRows.assign(40, 20);
                       o.dim = 4;
                       o.bottom = {4};
                       o.top = {8, 1};
                       o.seed = 4;
                   }),
                   17});
    all.push_back({"dim 7, one top layer", make([](ModelOptions& o) {
                       o.dim = 7;
                       o.bottom = {9, 7};
                       o.top = {1};
                       o.seed = 5;
                   }),
                   21});
    all.push_back({"9 tables of 1024, not fused", make([](ModelOptions& o) {
                       o.tableRows.assign(9, 9);
                       o.dim = 1024;
                       o.bottom = {1024};
                       o.top = {16, 1};
                       o.seed = 6;
                   }),
                   5});
    all.push_back({"float16 files, column parts", make([](ModelOptions& o) {
                       o.type = DLRM_TYPE_F16;
                       o.partRows = 100;
                       o.splitColumn = 6;
                       o.seed = 7;
                   }),
                   64});
    all.push_back({"bfloat16 files", make([](ModelOptions& o) {
                       o.type = DLRM_TYPE_BF16;
                       o.seed = 8;
                   }),
                   64});
    all.push_back({"big-endian float64 files", make([](ModelOptions& o) {
                       o.type = DLRM_TYPE_F64;
                       o.swapped = true;
                       o.partRows = 64;
                       o.seed = 9;
                   }),
                   64});
    all.push_back({"all in pinned memory", make([](ModelOptions& o) {
                       o.gpuShare = 0;
                       o.pinnedShare = 1;
                       o.seed = 10;
                   }),
                   64});
    all.push_back({"all from files", make([](ModelOptions& o) {
                       o.gpuShare = 0;
                       o.seed = 11;
                   }),
                   64});
    all.push_back({"a third each", make([](ModelOptions& o) {
                       o.gpuShare = 0.33;
                       o.pinnedShare = 0.33;
                       o.seed = 12;
                   }),
                   300});
    all.push_back({"fp16 tables", make([](ModelOptions& o) {
                       o.gpuShare = 0.5;
                       o.pinnedShare = 0.2;
                       o.seed = 13;
                   }),
                   64, DLRM_TABLES_FP16});
    all.push_back({"int8 tables", make([](ModelOptions& o) {
                       o.gpuShare = 0.5;
                       o.pinnedShare = 0.2;
                       o.seed = 14;
                   }),
                   64, DLRM_TABLES_INT8});
    all.push_back({"cross, low rank, unequal dims", make([](ModelOptions& o) {
                       o.dims = {8, 3, 16, 1, 5};
                       o.crossLayers = 3;
                       o.projection = 12;
                       o.gpuShare = 0.6;
                       o.seed = 15;
                   }),
                   40});
    all.push_back({"cross, full rank", make([](ModelOptions& o) {
                       o.crossLayers = 2;
                       o.seed = 16;
                   }),
                   40});
    all.push_back({"several chunks", make([](ModelOptions& o) {
                       o.bottom = {16};
                       o.top = {8, 1};
                       o.seed = 17;
                   }),
                   5000});
    return all;
}

// Intermediates of the first rows.
void checkIntermediates(Checks& checks, const dlrm_backend_table& module, OpenModel& open, const RandomModel& model,
                        const RandomModel::Batch& batch, const Case& c, const Precision& p,
                        const std::vector<float>& logits) {
    const dlrm_model_description& d = model.description();
    const auto rows = static_cast<std::size_t>(batch.rows);
    const TwinRow first = model.twin(batch, 0, c.storage);
    std::vector<float> vectors(rows * first.vectors.size()), interaction(rows * first.interaction.size()),
        topInput(rows * first.topInput.size());
    const auto layers = [&](const std::vector<std::vector<double>>& of, std::vector<std::vector<float>>& values,
                            std::vector<float*>& pointers) {
        for (const auto& layer : of) values.emplace_back(rows * layer.size());
        for (auto& v : values) pointers.push_back(v.data());
    };
    std::vector<std::vector<float>> bottom, top, cross;
    std::vector<float*> bottomAt, topAt, crossAt;
    layers(first.bottom, bottom, bottomAt);
    layers(first.top, top, topAt);
    layers(first.cross, cross, crossAt);
    const dlrm_outputs outputs{vectors.data(),  d.cross_count > 0 ? nullptr : interaction.data(),
                               topInput.data(), bottomAt.data(),
                               topAt.data(),    crossAt.data()};
    std::vector<float> again(rows);
    const dlrm_batch view = batch.view(model.options().numericals);
    const std::string name = std::string(c.name) + " " + p.name + ": ";
    if (!checks.that(module.forward(open.model, &view, again.data(), &outputs, nullptr, &open.error) == DLRM_OK,
                     name + text(open.error)))
        return;
    double worst = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        const TwinRow t = model.twin(batch, static_cast<std::int64_t>(r), c.storage);
        const auto look = [&](const std::vector<float>& ours, const std::vector<double>& theirs) {
            worst = std::max(worst, apart(ours.data() + r * theirs.size(), theirs, 1));
        };
        look(vectors, t.vectors);
        if (d.cross_count == 0) look(interaction, t.interaction);
        look(topInput, t.topInput);
        for (std::size_t k = 0; k < bottom.size(); ++k) look(bottom[k], t.bottom[k]);
        for (std::size_t k = 0; k < top.size(); ++k) look(top[k], t.top[k]);
        for (std::size_t k = 0; k < cross.size(); ++k) look(cross[k], t.cross[k]);
    }
    checks.that(worst <= p.intermediates, name + "intermediates " + std::to_string(worst));
    double difference = 0;
    for (std::size_t r = 0; r < rows; ++r)
        difference = std::max(difference, std::abs(static_cast<double>(again[r]) - logits[r]));
    checks.that(difference <= 2 * p.logits, name + "logits with intermediates " + std::to_string(difference));
}

void checkCase(Checks& checks, const dlrm_backend_table& module, const Case& c, const Precision& p) {
    const RandomModel model(c.options);
    const RandomModel::Batch batch = model.batch(c.rows, c.options.seed + 100);
    const dlrm_batch view = batch.view(c.options.numericals);
    const std::string name = std::string(c.name) + " " + p.name + ": ";
    const dlrm_options options{0, p.value, c.storage, 0};
    OpenModel open(module);
    if (!checks.that(open.open(options, model.description()), name + text(open.error))) return;
    const auto rows = static_cast<std::size_t>(c.rows);
    std::vector<float> early(rows), logits(rows), again(rows);
    bool ok = module.forward(open.model, &view, early.data(), nullptr, nullptr, &open.error) ==
              DLRM_OK;  // tables may still be loading
    ok = ok && module.wait_loaded(open.model, nullptr, &open.error) == DLRM_OK;
    ok = ok && module.forward(open.model, &view, logits.data(), nullptr, nullptr, &open.error) == DLRM_OK;
    ok = ok && module.forward(open.model, &view, again.data(), nullptr, nullptr, &open.error) ==
                   DLRM_OK;  // from a graph by now
    if (!checks.that(ok, name + text(open.error))) return;
    double worst = 0;
    const std::int64_t step = std::max<std::int64_t>(1, c.rows / 200);
    for (std::int64_t r = 0; r < c.rows; r += step)
        worst = std::max(worst, apart(&logits[static_cast<std::size_t>(r)], {model.twin(batch, r, c.storage).logit}));
    checks.that(worst <= p.logits, name + "max |Δlogit| " + std::to_string(worst));
    checks.that(std::memcmp(logits.data(), again.data(), rows * 4) == 0, name + "two runs differ");
    double early_ = 0;
    for (std::size_t r = 0; r < rows; ++r)
        early_ = std::max(early_, std::abs(static_cast<double>(early[r]) - logits[r]));
    checks.that(early_ <= 2 * p.logits, name + "while loading " + std::to_string(early_));
    for (std::int64_t t = 0; t < model.description().table_count; ++t) {
        dlrm_placement placed{};
        checks.that(module.placement(open.model, t, &placed) == DLRM_OK &&
                        placed.gpu_rows == model.description().tables[t].gpu_rows &&
                        placed.pinned_rows == model.description().tables[t].pinned_rows,
                    name + "placement of table " + std::to_string(t));
    }
    if (c.rows <= 300) checkIntermediates(checks, module, open, model, batch, c, p, logits);
    for (const std::int64_t few : {std::int64_t{1}, std::int64_t{3}}) {  // other sizes, other graphs
        const dlrm_batch part{std::min(few, c.rows), view.numericals, view.id_stride, view.numerical, view.ids};
        for (int k = 0; k < 3; ++k) {
            ok = module.forward(open.model, &part, again.data(), nullptr, nullptr, &open.error) == DLRM_OK;
            for (std::int64_t r = 0; ok && r < part.rows; ++r)
                ok = std::abs(static_cast<double>(again[static_cast<std::size_t>(r)]) -
                              logits[static_cast<std::size_t>(r)]) <= 2 * p.logits;
            checks.that(ok, name + std::to_string(few) + " rows");
        }
    }
    std::printf("ok    %s max |Δlogit| %.2e (allowed %.0e)\n", name.c_str(), worst, p.logits);
}

// A value that is not a number stays one; others stay untouched.
void checkNotANumber(Checks& checks, const dlrm_backend_table& module) {
    for (const std::int32_t storage : {DLRM_TABLES_AS_STORED, DLRM_TABLES_FP16, DLRM_TABLES_INT8}) {
        RandomModel model(ModelOptions{});
        model.setValue(0, 7, 3, std::nanf(""));
        RandomModel::Batch batch = model.batch(2, 5);
        batch.ids[0] = 7;
        batch.ids[1] = 8;
        const dlrm_batch view = batch.view(13);
        OpenModel open(module);
        float logits[2] = {};
        const bool ok = open.open({0, DLRM_FP32, storage, 0}, model.description()) &&
                        module.wait_loaded(open.model, nullptr, &open.error) == DLRM_OK &&
                        module.forward(open.model, &view, logits, nullptr, nullptr, &open.error) == DLRM_OK;
        checks.that(ok, "NaN: " + text(open.error));
        checks.that(std::isfinite(logits[1]), "a row without NaN is finite");
    }
}

void checkRefusals(Checks& checks, const dlrm_backend_table& module) {
    const RandomModel model(ModelOptions{});
    OpenModel open(module);
    checks.that(open.open({0, DLRM_FP32, DLRM_TABLES_AS_STORED, 0}, model.description()), text(open.error));
    const RandomModel::Batch batch = model.batch(9000, 1);
    dlrm_batch view = batch.view(13);
    std::vector<float> logits(9000);
    dlrm_control stop{nullptr, [](void*) -> std::int32_t { return 1; }, nullptr};
    checks.that(module.forward(open.model, &view, logits.data(), nullptr, &stop, &open.error) == DLRM_CANCELLED,
                "a stopped prediction says so");
    view.numericals = 14;
    checks.that(module.forward(open.model, &view, logits.data(), nullptr, nullptr, &open.error) == DLRM_FAILED &&
                    std::string(open.error.code) == "E-CUDA-111",
                "too many numerical features: " + text(open.error));
    dlrm_device* device = nullptr;
    const dlrm_options int8{0, DLRM_INT8, 0, 0};
    checks.that(
        module.open_device(&int8, &device, &open.error) == DLRM_FAILED && std::string(open.error.code) == "E-CUDA-112",
        "int8: " + text(open.error));
    dlrm_model_description wrong = model.description();
    wrong.embedding_dim = 17;
    dlrm_model* loaded = nullptr;
    checks.that(module.load_model(open.device, &wrong, nullptr, &loaded, &open.error) == DLRM_FAILED &&
                    std::string(open.error.code) == "E-CUDA-110",
                "a shape that does not fit: " + text(open.error));
    std::int64_t bytes = 0;
    checks.that(module.working_memory(open.device, &model.description(), &bytes, &open.error) == DLRM_OK && bytes > 0,
                "working memory");
    dlrm_placement placed{};
    checks.that(module.placement(open.model, 99, &placed) == DLRM_FAILED, "no table 99");
}

}  // namespace

void checkForward(Checks& checks, const dlrm_backend_table& module, bool bf16) {
    for (const Case& c : cases())
        for (const Precision& p : kPrecisions)
            if (p.value != DLRM_BF16 || bf16) checkCase(checks, module, c, p);
    checkNotANumber(checks, module);
    checkRefusals(checks, module);
}

}  // namespace dlrm::test
