/* SPDX-License-Identifier: Apache-2.0
 * What libhdf5's archive takes for libc's streams inside a module (linked with --wrap, see hdf5_library.cmake): compiled for programs, it expects them at
 * a fixed distance, where only variables of the module's own can lie. */
#include <stdio.h>

__attribute__((visibility("hidden"))) FILE *__wrap_stdin, *__wrap_stdout, *__wrap_stderr;
extern FILE *__real_stdin, *__real_stdout, *__real_stderr;

__attribute__((constructor)) static void take_streams(void) {
    __wrap_stdin = __real_stdin;
    __wrap_stdout = __real_stdout;
    __wrap_stderr = __real_stderr;
}
