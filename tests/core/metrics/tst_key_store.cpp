// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include <tbb/task_arena.h>

#include "core/metrics/key_store.h"
#include "tests/support/test_program.h"

namespace tst_key_store {

using namespace dlrm;

namespace {

void append(KeyStore& store, std::span<const ScoreKey> keys) {
    for (std::size_t i = 0; i < keys.size(); i += 1000) {
        const auto n = static_cast<std::int64_t>(std::min<std::size_t>(1000, keys.size() - i));
        std::copy_n(keys.data() + i, n, store.room(n));
        store.appended(n);
    }
}

std::vector<ScoreKey> randomKeys(std::size_t n, unsigned seed, unsigned bits) {
    std::mt19937 random(seed);
    std::vector<ScoreKey> keys(n);
    for (ScoreKey& key : keys) key = static_cast<ScoreKey>(random()) >> (32 - bits);
    return keys;
}

}  // namespace

class TestKeyStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysSortLikeTheirFloats();
    void negativeZeroIsZero();
    void sortedKeysAreThoseOfStdSort_data();
    void sortedKeysAreThoseOfStdSort();
    void manyThreadsSortLikeOne();
    void keysAddedAfterSortingAreSortedToo();
    void takenKeysMove();
    void stoppedSortKeepsItsKeys();
};

void TestKeyStore::keysSortLikeTheirFloats() {
    constexpr float max = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
    const std::vector<float> rising{-max, -1e4f, -1.0f, -tiny, 0.0f, tiny, 1e-3f, 1.0f, std::nextafter(1.0f, 2.0f),
                                    max};
    for (std::size_t i = 0; i + 1 < rising.size(); ++i) QVERIFY(keyOf(rising[i]) < keyOf(rising[i + 1]));
    for (const float f : rising) QCOMPARE(logitOf(keyOf(f)), f);
}

void TestKeyStore::negativeZeroIsZero() { QCOMPARE(keyOf(-0.0f), keyOf(0.0f)); }

void TestKeyStore::sortedKeysAreThoseOfStdSort_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<unsigned>("bits");
    for (const int n : {0, 1, 2, 999, 5000, 300000, 700001})
        for (const unsigned bits : {1u, 11u, 32u}) QTest::addRow("%d keys of %u bits", n, bits) << n << bits;
}

void TestKeyStore::sortedKeysAreThoseOfStdSort() {
    QFETCH(int, n);
    QFETCH(unsigned, bits);
    std::vector<ScoreKey> keys = randomKeys(static_cast<std::size_t>(n), 7, bits);
    KeyStore store;
    append(store, keys);
    const auto sorted = store.sorted();
    std::sort(keys.begin(), keys.end());
    QVERIFY(std::equal(sorted.begin(), sorted.end(), keys.begin(), keys.end()));
}

void TestKeyStore::manyThreadsSortLikeOne() {
    std::vector<ScoreKey> keys = randomKeys(900000, 3, 32);
    const auto sortedBy = [&](int threads) {
        KeyStore store;
        append(store, keys);
        tbb::task_arena arena(threads);
        return arena.execute([&] {
            const auto sorted = store.sorted();
            return std::vector<ScoreKey>(sorted.begin(), sorted.end());
        });
    };
    const auto one = sortedBy(1), five = sortedBy(5);
    QVERIFY(one == five);
    QVERIFY(std::is_sorted(one.begin(), one.end()));
}

void TestKeyStore::keysAddedAfterSortingAreSortedToo() {
    std::vector<ScoreKey> first = randomKeys(10000, 1, 32), second = randomKeys(3000, 2, 32);
    KeyStore store;
    append(store, first);
    QCOMPARE(store.sorted().size(), std::size_t{10000});
    append(store, second);
    first.insert(first.end(), second.begin(), second.end());
    std::sort(first.begin(), first.end());
    const auto sorted = store.sorted();
    QVERIFY(std::equal(sorted.begin(), sorted.end(), first.begin(), first.end()));
}

void TestKeyStore::takenKeysMove() {
    KeyStore a, b;
    append(a, std::vector<ScoreKey>{5, 1});
    append(b, std::vector<ScoreKey>{3});
    a.take(std::move(b));
    QCOMPARE(b.size(), std::int64_t{0});
    const auto sorted = a.sorted();
    QCOMPARE(std::vector<ScoreKey>(sorted.begin(), sorted.end()), (std::vector<ScoreKey>{1, 3, 5}));
    a.take(KeyStore());
    QCOMPARE(a.size(), std::int64_t{3});
}

// Stopped at several moments of a sort, so that some lie in each of its passes.
void TestKeyStore::stoppedSortKeepsItsKeys() {
    constexpr int kMoments = 12;
    std::vector<ScoreKey> keys = randomKeys(3'000'000, 9, 32);
    KeyStore whole;
    append(whole, keys);
    const auto start = std::chrono::steady_clock::now();
    QVERIFY(whole.sort());
    const auto duration = std::chrono::steady_clock::now() - start;
    const auto expected = whole.sorted();
    int stopped = 0;
    for (int moment = 0; moment < kMoments; ++moment) {
        KeyStore store;
        append(store, keys);
        std::stop_source source;
        if (moment == 0) source.request_stop();
        std::jthread later([&] {
            std::this_thread::sleep_for(duration * moment / kMoments);
            source.request_stop();
        });
        stopped += !store.sort(source.get_token());
        later.join();
        QCOMPARE(store.size(), std::int64_t(keys.size()));
        const auto sorted = store.sorted();
        QVERIFY(std::equal(sorted.begin(), sorted.end(), expected.begin(), expected.end()));
    }
    QVERIFY(stopped > 0);
}

DLRM_TEST(TestKeyStore);

}  // namespace tst_key_store

#include "tst_key_store.moc"
