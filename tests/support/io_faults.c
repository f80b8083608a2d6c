// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program: the n-th call that touches files fails. DLRM_IO_FAULT is "N:ERRNO" for that call alone, "N:ERRNO:forever" for it and all
// later ones, or "N:0" for a read or write cut short to one byte. The number of calls is written to the file named by DLRM_IO_COUNT at exit.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;
static long chosen;
static int error, forever;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
    const char* text = getenv("DLRM_IO_FAULT");
    if (!text) return;
    char* end;
    chosen = strtol(text, &end, 10);
    if (*end == ':') error = (int)strtol(end + 1, &end, 10);
    forever = strcmp(end, ":forever") == 0;
}

__attribute__((destructor)) static void finish(void) {
    const char* path = getenv("DLRM_IO_COUNT");
    if (!path) return;
    char text[32];
    const int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
    const int fd = REAL(open)(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || REAL(write)(fd, text, (size_t)length) != length) abort();
    close(fd);
}

// Whether this call is one to fail; errno is set.
static int fails(void) {
    const long n = atomic_fetch_add(&calls, 1) + 1;
    if (!chosen || !error || (forever ? n < chosen : n != chosen)) return 0;
    errno = error;
    return 1;
}

static size_t cut(size_t bytes) { return chosen && !error && atomic_load(&calls) == chosen && bytes > 1 ? 1 : bytes; }

int open(const char* path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return fails() ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(list, mode_t) : 0;
    va_end(list);
    return fails() ? -1 : REAL(open64)(path, flags, mode);
}
long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a[6];
    for (int i = 0; i < 6; ++i) a[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_openat2 && fails()) return -1;
    return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
ssize_t read(int fd, void* out, size_t bytes) { return fails() ? -1 : REAL(read)(fd, out, cut(bytes)); }
ssize_t pread(int fd, void* out, size_t bytes, off_t at) { return fails() ? -1 : REAL(pread)(fd, out, cut(bytes), at); }
ssize_t pread64(int fd, void* out, size_t bytes, off64_t at) { return fails() ? -1 : REAL(pread64)(fd, out, cut(bytes), at); }
ssize_t write(int fd, const void* in, size_t bytes) { return fails() ? -1 : REAL(write)(fd, in, cut(bytes)); }
ssize_t pwrite64(int fd, const void* in, size_t bytes, off64_t at) { return fails() ? -1 : REAL(pwrite64)(fd, in, cut(bytes), at); }
int fstat(int fd, struct stat* out) { return fails() ? -1 : REAL(fstat)(fd, out); }
int fstat64(int fd, struct stat64* out) { return fails() ? -1 : REAL(fstat64)(fd, out); }
int stat(const char* path, struct stat* out) { return fails() ? -1 : REAL(stat)(path, out); }
int stat64(const char* path, struct stat64* out) { return fails() ? -1 : REAL(stat64)(path, out); }
int fsync(int fd) { return fails() ? -1 : REAL(fsync)(fd); }
int rename(const char* from, const char* to) { return fails() ? -1 : REAL(rename)(from, to); }
int ftruncate64(int fd, off64_t size) { return fails() ? -1 : REAL(ftruncate64)(fd, size); }
DIR* opendir(const char* path) { return fails() ? NULL : REAL(opendir)(path); }
struct dirent* readdir(DIR* directory) { return fails() ? NULL : REAL(readdir)(directory); }
struct dirent64* readdir64(DIR* directory) { return fails() ? NULL : REAL(readdir64)(directory); }
// Of files only: the allocator's own mappings are another test's business.
void* mmap(void* at, size_t bytes, int protection, int flags, int fd, off_t offset) {
    return fd >= 0 && fails() ? MAP_FAILED : REAL(mmap)(at, bytes, protection, flags, fd, offset);
}
void* mmap64(void* at, size_t bytes, int protection, int flags, int fd, off64_t offset) {
    return fd >= 0 && fails() ? MAP_FAILED : REAL(mmap64)(at, bytes, protection, flags, fd, offset);
}
