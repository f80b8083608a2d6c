// SPDX-License-Identifier: Apache-2.0
// The CUDA module when the GPU fails: every call of a whole session fails in turn with every code that matters, memory
// is short, the host's memory is short, loading is stopped. Nothing aborts, every failure has its code, nothing stays
// allocated, and what succeeds is right.
#include <QElapsedTimer>
#include <QTest>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/gpu/emulation/emulated_device.h"
#include "tests/gpu/emulation/fibers.h"
#include "tests/gpu/support/checks.h"
#include "tests/gpu/support/random_model.h"
#include "tests/support/test_program.h"

extern "C" const dlrm_backend_table* dlrm_backend_module(void);

namespace {

// Allocation number g_failNew of this thread fails; negative: none.
thread_local std::int64_t g_failNew = -1;

}  // namespace

void* operator new(std::size_t bytes) {
    if (g_failNew >= 0 && g_failNew-- == 0) throw std::bad_alloc();
    if (void* p = std::malloc(bytes > 0 ? bytes : 1)) return p;
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace tst_cuda_faults {

using namespace dlrm;
using namespace dlrm::test;

namespace {

const dlrm_backend_table& module() { return *dlrm_backend_module(); }

ModelOptions smallModel() {
    ModelOptions o;
    o.tableRows = {300, 20};
    o.dim = 8;
    o.bottom = {8};
    o.top = {8, 1};
    o.gpuShare = 0.5;
    o.pinnedShare = 0.25;
    return o;
}

// What one session computed.
struct Session {
    std::vector<float> logits, vectors;
};

// Opens, loads, predicts, with and without intermediates; false at the first call that fails, with its error.
// `afterwards`: predict once more without faults.
bool runSession(const RandomModel& model, const RandomModel::Batch& batch, Session& s, dlrm_error& error,
                std::vector<float>* afterwards = nullptr) {
    const dlrm_options options{};
    dlrm_device_info info{};
    OpenModel open(module());
    const auto rows = static_cast<std::size_t>(batch.rows);
    const dlrm_batch view = batch.view(model.options().numericals);
    s.logits.assign(rows, 0);
    s.vectors.assign(rows * (model.options().tableRows.size() + 1) * static_cast<std::size_t>(model.options().dim), 0);
    dlrm_outputs outputs{};
    outputs.vectors = s.vectors.data();
    const bool ok = [&] {
        const dlrm_backend_table& m = module();
        if (m.probe(&options, &info, &error) != DLRM_OK) return false;
        if (m.open_device(&options, &open.device, &error) != DLRM_OK) return false;
        if (m.load_model(open.device, &model.description(), nullptr, &open.model, &error) != DLRM_OK) return false;
        if (m.wait_loaded(open.model, nullptr, &error) != DLRM_OK) return false;
        for (int k = 0; k < 7; ++k)  // directly, captured, and from a graph, in every slot
            if (m.forward(open.model, &view, s.logits.data(), nullptr, nullptr, &error) != DLRM_OK) return false;
        return m.forward(open.model, &view, s.logits.data(), &outputs, nullptr, &error) == DLRM_OK;
    }();
    if (!ok && afterwards && open.model) {
        emulation::disarmFault();
        afterwards->assign(rows, 0);
        dlrm_error second{};
        if (module().forward(open.model, &view, afterwards->data(), nullptr, nullptr, &second) != DLRM_OK)
            afterwards->clear();
    }
    return ok;
}

bool same(const Session& a, const Session& b) {
    const auto bytes = [](const auto& x, const auto& y) {
        return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof x[0]) == 0;
    };
    return bytes(a.logits, b.logits) && bytes(a.vectors, b.vectors);
}

QString codeOf(const dlrm_error& e) { return QString::fromLatin1(e.code); }

}  // namespace

class CudaFaultsTest : public QObject {
    Q_OBJECT

    const RandomModel m_model{smallModel()};
    const RandomModel::Batch m_batch = m_model.batch(9, 7);
    Session m_expected;
    std::int64_t m_calls = 0;

private Q_SLOTS:
    void initTestCase() {
        emulation::armFault(-1, 0, false);
        dlrm_error error{};
        QVERIFY2(runSession(m_model, m_batch, m_expected, error), text(error).c_str());
        m_calls = emulation::callsSinceArming();
        QVERIFY2(m_calls > 150, qPrintable(QString::number(m_calls)));
        for (std::size_t r = 0; r < m_expected.logits.size(); ++r)
            QVERIFY(std::abs(m_expected.logits[r] -
                             m_model.twin(m_batch, static_cast<std::int64_t>(r), DLRM_TABLES_AS_STORED).logit) <= 1e-5);
        QCOMPARE(emulation::deviceBytesInUse(), std::int64_t{0});
    }
    void cleanup() {
        emulation::disarmFault();
        emulation::gpu() = {};
        emulation::setReversedOrder(false);
        QCOMPARE(emulation::deviceBytesInUse(), std::int64_t{0});
        QCOMPARE(emulation::overruns(), std::int64_t{0});
    }

    void everyCallFailsInTurn_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<QStringList>("expected");  // of a CUDA call, of a cuBLAS call
        QTest::addColumn<bool>("fatal");
        QTest::newRow("out of memory") << 2 << QStringList{QStringLiteral("E-CUDA-104"), QStringLiteral("E-CUDA-104")}
                                       << false;
        QTest::newRow("devices unavailable")
            << 46 << QStringList{QStringLiteral("E-CUDA-106"), QStringLiteral("E-CUDA-109")} << false;
        QTest::newRow("no device") << 100 << QStringList{QStringLiteral("E-CUDA-102"), QStringLiteral("E-CUDA-109")}
                                   << false;
        QTest::newRow("memory error") << 214 << QStringList{QStringLiteral("E-CUDA-107"), QStringLiteral("E-CUDA-109")}
                                      << true;
        QTest::newRow("illegal address") << 700
                                         << QStringList{QStringLiteral("E-CUDA-105"), QStringLiteral("E-CUDA-109")}
                                         << true;
        QTest::newRow("launch timeout") << 702
                                        << QStringList{QStringLiteral("E-CUDA-105"), QStringLiteral("E-CUDA-109")}
                                        << true;
        QTest::newRow("launch failure") << 719
                                        << QStringList{QStringLiteral("E-CUDA-105"), QStringLiteral("E-CUDA-109")}
                                        << true;
        QTest::newRow("unknown") << 999 << QStringList{QStringLiteral("E-CUDA-108"), QStringLiteral("E-CUDA-109")}
                                 << false;
        QTest::newRow("old driver") << 35 << QStringList{QStringLiteral("E-CUDA-101"), QStringLiteral("E-CUDA-109")}
                                    << false;
    }
    void everyCallFailsInTurn() {
        QFETCH(int, code);
        QFETCH(QStringList, expected);
        QFETCH(bool, fatal);
        // Every call where the module goes on afterwards; where it does not, or every later call fails too, a sample of
        // them.
        int failed = 0, sessions = 0;
        for (const bool lasting : {false, true})
            for (std::int64_t n = 0; n < m_calls; n += code == 2 && !lasting ? 1 : 13) {
                ++sessions;
                Session s;
                dlrm_error error{};
                std::vector<float> again;
                emulation::armFault(n, code, lasting);
                const bool ok = runSession(m_model, m_batch, s, error, lasting ? nullptr : &again);
                if (ok) {
                    // The loading thread shares the count, so the last calls may not be reached; what was computed is
                    // right.
                    QVERIFY2(same(s, m_expected), qPrintable(QStringLiteral("call %1").arg(n)));
                } else {
                    ++failed;
                    QVERIFY2(expected.contains(codeOf(error)),
                             qPrintable(QStringLiteral("call %1: %2").arg(n).arg(QString::fromStdString(text(error)))));
                    if (codeOf(error) == expected[0]) QCOMPARE(error.fatal != 0, fatal);
                    QCOMPARE(error.out_of_memory != 0, codeOf(error) == QLatin1String("E-CUDA-104"));
                    QVERIFY(std::strlen(error.message) > 0 && std::strlen(error.remedy) > 0);
                    if (!lasting)
                        QCOMPARE(emulation::pendingError(), 0);  // cleared: the next call does not report it again
                    if (!again.empty())
                        QVERIFY(std::memcmp(again.data(), m_expected.logits.data(), again.size() * 4) == 0);
                }
                emulation::disarmFault();
                QCOMPARE(emulation::deviceBytesInUse(), std::int64_t{0});
            }
        qInfo("%d of %d sessions failed; one makes %lld calls", failed, sessions, static_cast<long long>(m_calls));
        QVERIFY(failed > sessions * 3 / 4);
    }

    void theLimitOnMemoryIsKept() {
        std::int64_t needed = 0;
        {
            OpenModel open(module());
            QVERIFY(open.open({}, m_model.description()));
            needed = emulation::deviceBytesInUse();
            std::int64_t working = 0;
            QCOMPARE(module().working_memory(open.device, &m_model.description(), &working, &open.error), DLRM_OK);
            std::int64_t tables = 0;
            for (std::int64_t t = 0; t < m_model.description().table_count; ++t) {
                dlrm_placement p{};
                QCOMPARE(module().placement(open.model, t, &p), DLRM_OK);
                tables += p.gpu_bytes;
            }
            QVERIFY2(needed <= working + tables, "a model takes no more than it says");
        }
        for (int percent = 0; percent <= 100; percent += 5) {
            OpenModel open(module());
            const dlrm_options options{0, DLRM_FP32, DLRM_TABLES_AS_STORED,
                                       std::max<std::int64_t>(1, needed * percent / 100)};
            const bool ok = open.open(options, m_model.description());
            QCOMPARE(ok, percent == 100);
            QVERIFY(emulation::deviceBytesInUse() <= options.memory_bytes);
            if (!ok)
                QVERIFY(codeOf(open.error) == QLatin1String("E-CUDA-104") && open.error.out_of_memory &&
                        !open.error.fatal);
        }
        emulation::gpu().memoryBytes = needed / 2;  // what is free is less than what is wanted
        OpenModel open(module());
        QVERIFY(!open.open({}, m_model.description()));
        QCOMPARE(codeOf(open.error), QStringLiteral("E-CUDA-104"));
    }

    void theHostsMemoryMayEnd() {
        int failed = 0;
        for (std::int64_t n = 0;; ++n) {
            OpenModel open(module());
            dlrm_device* device = nullptr;
            dlrm_model* model = nullptr;
            dlrm_error error{};
            const dlrm_options options{};
            QCOMPARE(module().open_device(&options, &device, &error), DLRM_OK);
            open.device = device;
            g_failNew = n;
            const std::int32_t answer = module().load_model(device, &m_model.description(), nullptr, &model, &error);
            const bool reached = g_failNew < 0;
            g_failNew = -1;
            open.model = model;
            if (answer != DLRM_OK) {
                ++failed;
                QCOMPARE(codeOf(error), QStringLiteral("E-CUDA-113"));
            }
            if (!reached) break;
        }
        QVERIFY(failed > 20);
    }

    void devicesThatCannotBeUsedAreNamed() {
        const auto probe = [](const dlrm_options& options) {
            dlrm_device_info info{};
            dlrm_error error{};
            return module().probe(&options, &info, &error) == DLRM_OK ? QStringLiteral("ok") : codeOf(error);
        };
        QCOMPARE(probe({}), QStringLiteral("ok"));
        QCOMPARE(probe({3, 0, 0, 0}), QStringLiteral("E-CUDA-102"));
        emulation::gpu().devices = 0;
        QCOMPARE(probe({}), QStringLiteral("E-CUDA-102"));
        emulation::gpu() = {};
        emulation::gpu().major = 7;
        QCOMPARE(probe({}), QStringLiteral("E-CUDA-103"));
        emulation::gpu().minor = 5;
        QCOMPARE(probe({}), QStringLiteral("ok"));
        dlrm_device* device = nullptr;
        dlrm_error error{};
        const dlrm_options bf16{0, DLRM_BF16, 0, 0};
        QCOMPARE(module().open_device(&bf16, &device, &error), DLRM_FAILED);
        QCOMPARE(codeOf(error), QStringLiteral("E-CUDA-112"));
        OpenModel open(module());  // TF32 is computed in fp32 where there are no units for it
        QVERIFY2(open.open({0, DLRM_TF32, 0, 0}, m_model.description()), text(open.error).c_str());
        std::vector<float> logits(static_cast<std::size_t>(m_batch.rows));
        const dlrm_batch view = m_batch.view(13);
        QCOMPARE(module().forward(open.model, &view, logits.data(), nullptr, nullptr, &open.error), DLRM_OK);
        for (std::size_t r = 0; r < logits.size(); ++r) QVERIFY(std::abs(logits[r] - m_expected.logits[r]) <= 1e-5f);
    }

    void fp32GoesOnWhereItDoesNotGoWithEpilogues() {
        emulation::gpu().pedanticEpilogues = false;
        Session s;
        dlrm_error error{};
        QVERIFY2(runSession(m_model, m_batch, s, error), text(error).c_str());
        QVERIFY(same(s, m_expected));
    }

    // A barrier that is missing shows when threads run in another order.
    void theOrderOfThreadsDoesNotMatter() {
        ModelOptions wide = smallModel();
        wide.tableRows.assign(20, 40);
        wide.dim = 20;
        wide.bottom = {20};
        const RandomModel model(wide);
        const RandomModel::Batch batch = model.batch(40, 3);
        const dlrm_batch view = batch.view(13);
        for (const std::int32_t precision : {DLRM_FP32, DLRM_TF32, DLRM_BF16, DLRM_FP16}) {
            std::vector<float> logits[2];
            for (const bool reversed : {false, true}) {
                emulation::setReversedOrder(reversed);
                OpenModel open(module());
                QVERIFY(open.open({0, precision, DLRM_TABLES_INT8, 0}, model.description()));
                QCOMPARE(module().wait_loaded(open.model, nullptr, &open.error), DLRM_OK);
                logits[reversed].assign(40, 0);
                QCOMPARE(module().forward(open.model, &view, logits[reversed].data(), nullptr, nullptr, &open.error),
                         DLRM_OK);
            }
            QVERIFY(std::memcmp(logits[0].data(), logits[1].data(), 40 * sizeof(float)) == 0);
        }
        emulation::setReversedOrder(true);
        Session s;
        dlrm_error error{};
        QVERIFY2(runSession(m_model, m_batch, s, error), text(error).c_str());
        QVERIFY(same(s, m_expected));
    }

    // 200 copies of 20 ms would take 4 s.
    void loadingIsStoppedAndWatched() {
        ModelOptions big = smallModel();
        big.tableRows = {200'000, 20};
        big.dim = 64;
        big.bottom = {64};
        big.gpuShare = 1;
        big.pinnedShare = 0;
        const RandomModel model(big);
        const RandomModel::Batch batch = model.batch(9, 3);
        const dlrm_batch view = batch.view(13);
        emulation::gpu().copyDelayMilliseconds = 40;
        OpenModel open(module());
        QVERIFY2(open.open({}, model.description()), text(open.error).c_str());
        std::vector<float> early(9), late(9);
        QCOMPARE(module().forward(open.model, &view, early.data(), nullptr, nullptr, &open.error), DLRM_OK);
        dlrm_placement p{};
        QCOMPARE(module().placement(open.model, 0, &p), DLRM_OK);
        QVERIFY2(p.gpu_rows < 200'000, "the table was still loading");
        dlrm_control stop{nullptr, [](void*) -> std::int32_t { return 1; }, nullptr};
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(module().wait_loaded(open.model, &stop, &open.error), DLRM_CANCELLED);
        QVERIFY(timer.elapsed() < 1000);
        struct Seen {
            std::int64_t calls = 0, done = 0, total = 0;
            bool back = false;
        } seen;
        dlrm_control watch{&seen, nullptr, [](void* context, std::int64_t done, std::int64_t total) {
                               auto& s = *static_cast<Seen*>(context);
                               ++s.calls;
                               s.back = s.back || done < s.done;
                               s.done = done;
                               s.total = total;
                           }};
        QCOMPARE(module().wait_loaded(open.model, &watch, &open.error), DLRM_OK);
        QVERIFY(seen.calls > 0 && !seen.back && seen.done == seen.total && seen.total == 200'020 * 64 * 4);
        QCOMPARE(module().forward(open.model, &view, late.data(), nullptr, nullptr, &open.error), DLRM_OK);
        QVERIFY(std::memcmp(early.data(), late.data(), 9 * sizeof(float)) == 0);

        OpenModel second(module());
        QVERIFY(second.open({}, model.description()));
        timer.start();
        module().free_model(second.model);
        second.model = nullptr;
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));  // and the copies under way
    }

    void modelsThatCannotBeComputedAreRefused() {
        const auto refused = [this](auto change) {
            dlrm_model_description d = m_model.description();
            std::vector<dlrm_table> tables(d.tables, d.tables + d.table_count);
            std::vector<std::int32_t> order(d.interaction_table_order, d.interaction_table_order + d.table_count);
            std::vector<dlrm_dense> top(d.top, d.top + d.top_count);
            d.tables = tables.data();
            d.interaction_table_order = order.data();
            d.top = top.data();
            change(d, tables, order, top);
            OpenModel open(module());
            return !open.open({}, d) && codeOf(open.error) == QLatin1String("E-CUDA-110");
        };
        QVERIFY(refused([](auto& d, auto&, auto&, auto&) { d.table_count = 0; }));
        QVERIFY(refused([](auto& d, auto&, auto&, auto&) { d.embedding_dim = std::int64_t{1} << 60; }));
        QVERIFY(refused([](auto& d, auto&, auto&, auto&) { d.bottom_count = 0; }));
        QVERIFY(refused([](auto& d, auto&, auto&, auto&) { d.top_count = 0; }));
        QVERIFY(refused([](auto&, auto& tables, auto&, auto&) { tables[0].dim = 9; }));
        QVERIFY(refused([](auto&, auto& tables, auto&, auto&) { tables[0].rows = std::int64_t{1} << 40; }));
        QVERIFY(refused([](auto&, auto& tables, auto&, auto&) { tables[0].gpu_rows = 301; }));
        QVERIFY(refused([](auto&, auto& tables, auto&, auto&) { tables[0].pinned_rows = -1; }));
        QVERIFY(refused([](auto&, auto& tables, auto&, auto&) { tables[0].part_count = 0; }));
        QVERIFY(refused([](auto&, auto& tables, auto&, auto&) { tables[0].type = 9; }));
        QVERIFY(refused([](auto&, auto&, auto& order, auto&) { order[0] = order[1]; }));
        QVERIFY(refused([](auto&, auto&, auto& order, auto&) { order[0] = 7; }));
        QVERIFY(refused([](auto&, auto&, auto&, auto& top) { top.back().outputs = 2; }));
        QVERIFY(refused([](auto&, auto&, auto&, auto& top) { top.front().used_inputs = 1000; }));
    }
};

DLRM_TEST(CudaFaultsTest);

}  // namespace tst_cuda_faults

#include "tst_cuda_faults.moc"
