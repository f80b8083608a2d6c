// SPDX-License-Identifier: Apache-2.0
// A model in a backend module without a GPU: numbers, parts, budgets, and every fault at every call.
#include <QElapsedTimer>
#include <QTest>

#include <dlfcn.h>

#include <cmath>
#include <cstring>
#include <thread>

#include "core/compute/cpu/cpu_backend.h"
#include "core/compute/module/backend.h"
#include "fake_module/fake_module.h"
#include "tests/core/compute/naive_forward.h"
#include "tests/core/compute/synthetic_model.h"
#include "tests/support/test_program.h"

namespace tst_module_backend {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// The fake computes in double and rounds every layer to float32; relative to the largest value where that exceeds 1.
constexpr double kFakeTolerance = 1e-5;
// The CPU backend in float32 against the fake: both within 1e-5 of double.
constexpr double kBothTolerance = 2e-5;

const std::string kModule = DLRM_FAKE_MODULES "/good";

LoadedModule fakeModule() {
    auto loaded = loadModule({{}, "dlrm_cuda.so", {kModule}, 0});
    if (!loaded) qFatal("%s", loaded.error().text().c_str());
    return *std::move(loaded);
}

FakeControls& controls() {
    void* const handle = ::dlopen((kModule + "/dlrm_cuda.so").c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (!handle) qFatal("the fake is not loaded");
    return *reinterpret_cast<dlrm_fake_controls_fn>(::dlsym(handle, DLRM_FAKE_CONTROLS_SYMBOL))();
}

FakeControls::Function& function(FakeFunction f) { return controls().functions[static_cast<int>(f)]; }

Result<std::unique_ptr<Backend>> makeCpu() { return makeCpuBackend({1, Precision::Fp32}); }

struct Loaded {
    LoadedModule module;
    std::unique_ptr<Backend> backend;
    std::unique_ptr<DeviceModel> model;
};

ModuleOptions withoutPinning() {
    ModuleOptions options;
    options.pinnedBytes = 0;
    return options;
}

Result<Loaded> tryLoad(const SyntheticModel& model, const ModuleOptions& options = withoutPinning(),
                       std::stop_token stop = {}) {
    Loaded out{fakeModule(), nullptr, nullptr};
    DLRM_TRY(auto backend, makeModuleBackend(out.module, options, makeCpu));
    out.backend = std::move(backend);
    DLRM_TRY(auto loaded, out.backend->load(model.weights(), {.stop = std::move(stop)}));
    out.model = std::move(loaded);
    return out;
}

Loaded load(const SyntheticModel& model, const ModuleOptions& options = withoutPinning()) {
    auto loaded = tryLoad(model, options);
    if (!loaded) qFatal("%s", loaded.error().text().c_str());
    return *std::move(loaded);
}

double difference(const std::vector<float>& a, const std::vector<float>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return worst;
}

std::vector<float> onCpu(const SyntheticModel& model, const Batch& batch) {
    auto loaded = (*makeCpu())->load(model.weights(), {});
    std::vector<float> logits(static_cast<std::size_t>(batch.rows));
    if (!(*loaded)->forward(batch.view(), logits, {}, nullptr, {})) qFatal("the CPU does not compute");
    return logits;
}

}  // namespace

class ModuleBackendTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { static_cast<void>(fakeModule()); }
    void init() { controls() = FakeControls(); }
    // Whatever happened: nothing of the module is left behind.
    void cleanup() {
        QCOMPARE(controls().models, 0);
        QCOMPARE(controls().devices, 0);
    }

    void computesWhatTheDefinitionSays_data() {
        QTest::addColumn<int>("shape");
        for (int i = 0; i < 4; ++i) QTest::addRow("shape %d", i) << i;
    }
    void computesWhatTheDefinitionSays() {
        QFETCH(int, shape);
        ModelShape s;
        if (shape == 1) {
            s.order = InteractionOrder::Tensorflow;
            s.dim = 8;
            s.cardinalities = {5, 9};
            s.topPadding = 0;
            s.bottomHidden = {};
        }
        if (shape == 2) {
            s.permuteTables = true;
            s.cardinalities.assign(12, 30);
            s.rowsPerPart = 16;
        }
        if (shape == 3) {
            s.tableType = DType::Float16;
            s.cardinalities = {300, 17, 4, 90, 1};
            s.rowsPerPart = 16;
            s.permuteTables = true;
        }
        const SyntheticModel model(s, 3);
        const Batch batch = model.rows(150, 4);
        const Loaded loaded = load(model);
        std::vector<float> logits(150);
        Intermediates out;
        const auto done = loaded.model->forward(batch.view(), logits, {true, true, true}, &out, {});
        QVERIFY2(done, done ? "" : done.error().text().c_str());
        // In parts of at most what the module prefers.
        QCOMPARE(function(FakeFunction::Forward).calls, 3);
        QCOMPARE(controls().mostRows, std::int64_t{64});
        QCOMPARE(controls().usedBottomInputs, s.numericals);
        QCOMPARE(controls().usedTopInputs, model.spec().interactionWidth());
        const auto at = [](const std::vector<float>& values, std::int64_t row, const std::vector<double>& expected) {
            double worst = 0, largest = 1;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                worst = std::max(worst,
                                 std::fabs(values[static_cast<std::size_t>(row) * expected.size() + i] - expected[i]));
                largest = std::max(largest, std::fabs(expected[i]));
            }
            return worst / largest;
        };
        for (std::int64_t r = 0; r < 150; ++r) {
            const NaiveRow naive = naiveForward(model, batch, r, false);
            QVERIFY(std::fabs(logits[static_cast<std::size_t>(r)] - naive.logit) < kFakeTolerance);
            QVERIFY(at(out.vectors, r, naive.vectors) < kFakeTolerance);
            QVERIFY(at(out.interaction, r, naive.interaction) < kFakeTolerance);
            QVERIFY(at(out.topInput, r, naive.topInput) < kFakeTolerance);
            for (std::size_t i = 0; i < naive.bottomActivations.size(); ++i)
                QVERIFY(at(out.bottomActivations[i], r, naive.bottomActivations[i]) < kFakeTolerance);
            for (std::size_t i = 0; i < naive.topActivations.size(); ++i)
                QVERIFY(at(out.topActivations[i], r, naive.topActivations[i]) < kFakeTolerance);
        }
        const BackendInfo info = loaded.backend->info();
        QCOMPARE(info.name, std::string("cuda"));
        QCOMPARE(info.device, std::string("Fake GPU, 8.0 GiB, compute capability 9.0"));
        QVERIFY(info.reason.empty());
    }

    // Every fault at every call of loading and predicting: the result is right, from the module or the CPU, or there is
    // a clear error.
    void everyFaultAtEveryCall_data() {
        QTest::addColumn<int>("function");
        QTest::addColumn<int>("call");
        QTest::addColumn<FakeFault>("fault");
        QTest::addColumn<bool>("everyCallAfter");
        for (int f = 0; f <= static_cast<int>(FakeFunction::Forward); ++f)
            for (int call = 1; call <= 3; ++call)
                for (const FakeFault fault : {FakeFault::Plain, FakeFault::OutOfMemory, FakeFault::Fatal,
                                              FakeFault::Cancelled, FakeFault::Wordless})
                    for (const bool after : {false, true})
                        QTest::addRow("%s call %d %s%s", kFakeFunctions[f], call, kFakeFaults[static_cast<int>(fault)],
                                      after ? " and after" : "")
                            << f << call << fault << after;
    }
    void everyFaultAtEveryCall() {
        QFETCH(int, function);
        QFETCH(int, call);
        QFETCH(FakeFault, fault);
        QFETCH(bool, everyCallAfter);
        const SyntheticModel model({}, 5);
        const Batch batch = model.rows(150, 6);
        const std::vector<float> expected = onCpu(model, batch);
        const LoadedModule module = fakeModule();  // its probe is not one of the calls counted
        controls().functions[function] = {call, fault, everyCallAfter, 0};
        const auto check = [&]() -> Result<std::string> {
            DLRM_TRY(auto backend, makeModuleBackend(module, withoutPinning(), makeCpu));
            DLRM_TRY(auto loaded, backend->load(model.weights(), {}));
            for (int round = 0; round < 2; ++round) {
                std::vector<float> logits(150, -1e30F);
                DLRM_TRY(loaded->forward(batch.view(), logits, {}, nullptr, {}));
                if (difference(logits, expected) > kBothTolerance) return fail(Error("E-TEST-001", "wrong numbers"));
            }
            return backend->info().name + ": " + backend->info().reason;
        };
        const auto answer = check();
        if (answer) {
            const bool onTheCpu = answer->starts_with("cpu: ");
            QCOMPARE(onTheCpu, answer->find("computed on the CPU") != std::string::npos);
            if (fault == FakeFault::Fatal && controls().functions[function].calls >= call) {
                // Lost while tables were loading is seen by the next prediction.
                QVERIFY(!module.health->lost().empty());
                if (function != static_cast<int>(FakeFunction::WaitLoaded)) QVERIFY2(onTheCpu, answer->c_str());
            }
        } else {
            const std::string& code = answer.error().code;
            QVERIFY2(fault != FakeFault::Fatal || function == static_cast<int>(FakeFunction::OpenDevice), code.c_str());
            QVERIFY2(code == (fault == FakeFault::Plain         ? "E-CUDA-900"
                              : fault == FakeFault::OutOfMemory ? "E-CUDA-002"
                              : fault == FakeFault::Fatal       ? "E-CUDA-700"
                              : fault == FakeFault::Cancelled   ? "E-CANCELLED"
                                                                : "E-MODULE-009") ||
                         (fault == FakeFault::Cancelled && code == "E-MODULE-009"),
                     answer.error().text().c_str());
        }
    }

    void aLostDeviceStaysLost() {
        const SyntheticModel model({}, 5);
        const Batch batch = model.rows(10, 6);
        Loaded loaded = load(model);
        const auto predict = [&] {
            std::vector<float> logits(10);
            const auto done = loaded.model->forward(batch.view(), logits, {}, nullptr, {});
            if (!done) qFatal("%s", done.error().text().c_str());
            return logits;
        };
        QCOMPARE(loaded.model->rowsBeside(), std::int64_t{0});
        function(FakeFunction::Forward) = {2, FakeFault::Fatal, false, 0};
        const auto before = predict(), after = predict();
        QVERIFY(difference(before, after) < kBothTolerance);
        QCOMPARE(after, onCpu(model, batch));  // the same bits: all of the request is computed there
        const BackendInfo info = loaded.backend->info();
        QCOMPARE(info.name, std::string("cpu"));
        QCOMPARE(info.reason, std::string("the GPU was lost (The fake accessed memory it should not): computed on the "
                                          "CPU until the program is started again"));
        QVERIFY(loaded.model->placement().empty());
        QVERIFY(loaded.model->rowsBeside() > 0);
        QCOMPARE(controls().models, 0);
        predict();
        QCOMPARE(function(FakeFunction::Forward).calls, 2);  // never asked again
        const auto again = makeModuleBackend(loaded.module, {}, makeCpu);
        QVERIFY(!again);
        QCOMPARE(again.error().code, std::string("E-MODULE-008"));
        QCOMPARE(again.error().found, std::string("The fake accessed memory it should not."));
    }

    // What is free is less than the module says: loading tries less and less, and says so by what is placed.
    void memoryThatDoesNotSuffice_data() {
        QTest::addColumn<int>("percent");
        for (int percent = 0; percent <= 100; percent += 5) QTest::addRow("%d %%", percent) << percent;
    }
    void memoryThatDoesNotSuffice() {
        QFETCH(int, percent);
        const SyntheticModel model({}, 5);
        const Batch batch = model.rows(20, 6);
        const std::int64_t tables = (40 + 7 + 300) * 16 * 4, all = controls().workingBytes + tables;
        controls().memoryBytes = all / 100 * percent;
        Loaded loaded = load(model);
        std::vector<float> logits(20);
        QVERIFY(loaded.model->forward(batch.view(), logits, {}, nullptr, {}));
        QVERIFY(difference(logits, onCpu(model, batch)) < kBothTolerance);
        const bool weightsFit = controls().memoryBytes >= controls().workingBytes;
        QCOMPARE(loaded.backend->info().name, std::string(weightsFit ? "cuda" : "cpu"));
        if (!weightsFit) QVERIFY(loaded.backend->info().reason.starts_with("the GPU cannot hold this model"));
    }

    void aBudgetIsKept() {
        const SyntheticModel model({}, 5);
        ModuleOptions options = withoutPinning();
        options.memoryBytes = controls().workingBytes + 100 * 64;
        options.pinnedBytes = 50 * 64;
        Loaded loaded = load(model, options);
        QCOMPARE(controls().gpuRows, std::int64_t{100});
        QCOMPARE(controls().pinnedRows, std::int64_t{50});
        std::int64_t resident = 0, file = 0;
        const auto planned = loaded.backend->plan(model.weights());
        QVERIFY(planned);
        const auto places = loaded.model->placement();
        QCOMPARE(places.size(), std::size_t{3});
        for (std::size_t t = 0; t < 3; ++t) {
            QCOMPARE(places[t].gpuRowsPlanned, (*planned)[t].gpuRowsPlanned);
            QCOMPARE(places[t].gpuRows, places[t].gpuRowsPlanned);
            QCOMPARE(places[t].gpuBytes, places[t].gpuRows * 64);
            resident += places[t].gpuRows + places[t].pinnedRows;
            file += places[t].fileRows;
        }
        QCOMPARE(resident, std::int64_t{150});
        QCOMPARE(file, std::int64_t{347 - 150});
        controls().tablesArrive = false;
        QCOMPARE(loaded.model->placement()[0].gpuRows, std::int64_t{0});
        // More than there is: what is free, less a tenth.
        controls().freeBytes = (controls().workingBytes + 100 * 64) / 9 * 10 + 10;
        options.memoryBytes = std::int64_t{1} << 40;
        load(model, options);
        QVERIFY2(std::abs(controls().gpuRows - 100) <= 1, qPrintable(QString::number(controls().gpuRows)));
        controls().freeBytes = 0;
        load(model, options);
        QCOMPARE(controls().gpuRows, std::int64_t{0});
        // Other storage, other sizes; the options reach the module.
        options.storage = TableStorage::Int8;
        options.precision = Precision::Tf32;
        options.memoryBytes = controls().workingBytes + 100 * 20;
        controls().freeBytes = std::int64_t{8} << 30;
        const Loaded int8 = load(model, options);
        QCOMPARE(controls().gpuRows, std::int64_t{100});
        QCOMPARE(controls().storage, std::int32_t{DLRM_TABLES_INT8});
        QCOMPARE(controls().precision, std::int32_t{DLRM_TF32});
        QVERIFY(int8.backend->info().device.ends_with("tables in int8"));
    }

    void tablesThatDoNotArriveAreReported() {
        const SyntheticModel model({}, 5);
        function(FakeFunction::WaitLoaded) = {1, FakeFault::OutOfMemory, false, 0};
        Loaded loaded = load(model);
        QTRY_COMPARE(QString::fromStdString(loaded.backend->info().reason),
                     QStringLiteral("not every table is where it was planned: The fake has no memory left."));
        std::vector<float> logits(3);
        QVERIFY(loaded.model->forward(model.rows(3, 1).view(), logits, {}, nullptr, {}));
        QCOMPARE(loaded.backend->info().name, std::string("cuda"));
    }

    void stoppingIsQuick_data() {
        QTest::addColumn<int>("function");
        QTest::newRow("load_model") << static_cast<int>(FakeFunction::LoadModel);
        QTest::newRow("forward") << static_cast<int>(FakeFunction::Forward);
    }
    void stoppingIsQuick() {
        QFETCH(int, function);
        const SyntheticModel model({}, 5);
        const Batch batch = model.rows(10, 6);
        controls().functions[function] = {1, FakeFault::Hangs, false, 0};
        std::stop_source source;
        std::jthread stopper([&](std::stop_token) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            source.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        auto loaded = tryLoad(model, withoutPinning(), source.get_token());
        if (function == static_cast<int>(FakeFunction::Forward)) {
            QVERIFY(loaded);
            std::vector<float> logits(10);
            const auto done = loaded->model->forward(batch.view(), logits, {}, nullptr, source.get_token());
            QVERIFY(!done);
            QVERIFY(done.error().isCancelled());
        } else {
            QVERIFY(!loaded);
            QVERIFY(loaded.error().isCancelled());
        }
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    }

    // Closing while tables still load does not wait for them.
    void closingWhileTablesLoad() {
        const SyntheticModel model({}, 5);
        function(FakeFunction::WaitLoaded) = {1, FakeFault::Hangs, false, 0};
        QElapsedTimer timer;
        {
            Loaded loaded = load(model);
            QTRY_COMPARE(function(FakeFunction::WaitLoaded).calls, 1);
            timer.start();
        }
        QVERIFY(timer.elapsed() < 1000);  // what hangs does so for ever
    }

    // The modules' interface has one id per feature: the CPU computes rows with several, and says so.
    void multiHotRowsAreComputedOnTheCpu() {
        ModelShape shape;
        shape.combiner = Combiner::Mean;
        const SyntheticModel model(shape, 5);
        Batch batch = model.rows(10, 6);
        const std::size_t tables = shape.cardinalities.size();
        batch.bags.resize(tables);
        for (std::size_t t = 0; t < tables; ++t)
            for (std::size_t r = 0; r <= 10; ++r) {
                batch.bags[t].starts.push_back(static_cast<std::int64_t>(2 * r));
                if (r < 10) batch.bags[t].ids.insert(batch.bags[t].ids.end(), 2, batch.ids[t * 10 + r]);
            }
        std::vector<float> logits(10), single(10);
        const std::vector<float> expected = onCpu(model, batch);
        Loaded loaded = load(model);
        QVERIFY(loaded.model->forward(batch.view(), logits, {}, nullptr, {}));
        QCOMPARE(logits, expected);
        QCOMPARE(function(FakeFunction::Forward).calls, 0);
        QCOMPARE(loaded.backend->info().name, std::string("cpu"));
        QVERIFY2(loaded.backend->info().reason.starts_with("E-MODULE-012"), loaded.backend->info().reason.c_str());
        // The mean of two equal rows is the row.
        batch.bags.clear();
        QVERIFY(loaded.model->forward(batch.view(), single, {}, nullptr, {}));
        QCOMPARE(single, expected);
    }

    void rowsOfAnotherShapeAreRefused() {
        const SyntheticModel model({}, 5);
        const Batch batch = model.rows(10, 6);
        Loaded loaded = load(model);
        std::vector<float> logits(10);
        BatchView view = batch.view();
        view.tables = 2;
        QCOMPARE(loaded.model->forward(view, logits, {}, nullptr, {}).error().code, std::string("E-MODULE-011"));
        logits.resize(3);
        QCOMPARE(loaded.model->forward(batch.view(), logits, {}, nullptr, {}).error().code,
                 std::string("E-MODULE-011"));
        QCOMPARE(function(FakeFunction::Forward).calls, 0);
        SyntheticModel broken({}, 5);
        broken.top[0].inputs += 1;
        QCOMPARE(loaded.backend->load(broken.weights(), {}).error().code, std::string("E-CPU-002"));
        QCOMPARE(loaded.backend->plan(broken.weights()).error().code, std::string("E-CPU-002"));
    }
};

DLRM_TEST(ModuleBackendTest);

}  // namespace tst_module_backend

#include "tst_module_backend.moc"
