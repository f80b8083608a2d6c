// SPDX-License-Identifier: Apache-2.0
// Lock rules as clang checks them (-Wthread-safety, presets fuzz and lint): a member says which mutex guards it, and an
// access without the lock does not compile there. Elsewhere these are the standard mutexes and nothing more. Standard
// headers only, so that the CUDA module may include it.
#pragma once

#include <chrono>
#include <mutex>
#include <shared_mutex>

#if defined(__clang__) && !defined(__CUDACC__)
#define DLRM_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define DLRM_THREAD_SAFETY(attribute)
#endif

// Of a member: the mutex that is held where it is read or written; for a shared mutex, held by one alone where it is
// written.
#define DLRM_GUARDED_BY(mutex) DLRM_THREAD_SAFETY(guarded_by(mutex))
// Of a function, or of a lambda behind its parameters: the caller holds the mutex, or holds it with others.
#define DLRM_REQUIRES(mutex) DLRM_THREAD_SAFETY(requires_capability(mutex))
#define DLRM_REQUIRES_SHARED(mutex) DLRM_THREAD_SAFETY(requires_shared_capability(mutex))
// Of a function that keeps to the rule in a way clang cannot see; a comment says how.
#define DLRM_UNCHECKED_LOCKS DLRM_THREAD_SAFETY(no_thread_safety_analysis)

namespace dlrm {

class DLRM_THREAD_SAFETY(capability("mutex")) Mutex {
public:
    void lock() DLRM_THREAD_SAFETY(acquire_capability()) { m_mutex.lock(); }
    void unlock() DLRM_THREAD_SAFETY(release_capability()) { m_mutex.unlock(); }

private:
    friend class MutexLock;
    std::mutex m_mutex;
};

class DLRM_THREAD_SAFETY(capability("mutex")) TimedMutex {
public:
    bool tryLockFor(std::chrono::milliseconds time) DLRM_THREAD_SAFETY(try_acquire_capability(true)) {
        return m_mutex.try_lock_for(time);
    }
    void unlock() DLRM_THREAD_SAFETY(release_capability()) { m_mutex.unlock(); }

private:
    std::timed_mutex m_mutex;
};

class DLRM_THREAD_SAFETY(capability("shared mutex")) SharedMutex {
public:
    void lock() DLRM_THREAD_SAFETY(acquire_capability()) { m_mutex.lock(); }
    void unlock() DLRM_THREAD_SAFETY(release_capability()) { m_mutex.unlock(); }
    void lockShared() DLRM_THREAD_SAFETY(acquire_shared_capability()) { m_mutex.lock_shared(); }
    void unlockShared() DLRM_THREAD_SAFETY(release_shared_capability()) { m_mutex.unlock_shared(); }

private:
    std::shared_mutex m_mutex;
};

// Holds a Mutex until the end of its block; may be unlocked and locked again. std::condition_variable waits with
// native(), condition_variable_any with the lock itself.
class DLRM_THREAD_SAFETY(scoped_lockable) MutexLock {
public:
    explicit MutexLock(Mutex& mutex) DLRM_THREAD_SAFETY(acquire_capability(mutex)) : m_lock(mutex.m_mutex) {}
    ~MutexLock() DLRM_THREAD_SAFETY(release_capability()) {}
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;
    void lock() DLRM_THREAD_SAFETY(acquire_capability()) { m_lock.lock(); }
    void unlock() DLRM_THREAD_SAFETY(release_capability()) { m_lock.unlock(); }
    std::unique_lock<std::mutex>& native() { return m_lock; }

private:
    std::unique_lock<std::mutex> m_lock;
};

// Takes over a TimedMutex that is held.
class DLRM_THREAD_SAFETY(scoped_lockable) TimedMutexLock {
public:
    TimedMutexLock(TimedMutex& mutex, std::adopt_lock_t) DLRM_REQUIRES(mutex) : m_mutex(mutex) {}
    ~TimedMutexLock() DLRM_THREAD_SAFETY(release_capability()) { m_mutex.unlock(); }
    TimedMutexLock(const TimedMutexLock&) = delete;
    TimedMutexLock& operator=(const TimedMutexLock&) = delete;

private:
    TimedMutex& m_mutex;
};

// Holds a SharedMutex with others that only read.
class DLRM_THREAD_SAFETY(scoped_lockable) SharedLock {
public:
    explicit SharedLock(SharedMutex& mutex) DLRM_THREAD_SAFETY(acquire_shared_capability(mutex)) : m_mutex(mutex) {
        m_mutex.lockShared();
    }
    ~SharedLock() DLRM_THREAD_SAFETY(release_generic_capability()) { m_mutex.unlockShared(); }
    SharedLock(const SharedLock&) = delete;
    SharedLock& operator=(const SharedLock&) = delete;

private:
    SharedMutex& m_mutex;
};

// Holds a SharedMutex alone.
class DLRM_THREAD_SAFETY(scoped_lockable) ExclusiveLock {
public:
    explicit ExclusiveLock(SharedMutex& mutex) DLRM_THREAD_SAFETY(acquire_capability(mutex)) : m_mutex(mutex) {
        m_mutex.lock();
    }
    ~ExclusiveLock() DLRM_THREAD_SAFETY(release_capability()) { m_mutex.unlock(); }
    ExclusiveLock(const ExclusiveLock&) = delete;
    ExclusiveLock& operator=(const ExclusiveLock&) = delete;

private:
    SharedMutex& m_mutex;
};

}  // namespace dlrm
