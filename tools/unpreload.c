/* SPDX-License-Identifier: MIT */
/* Preloaded behind a sanitizer's runtime (make asan). It takes LD_PRELOAD out of the environment
 * once the runtime is in, so that the shells and the Python that a spec starts run without it; and
 * it keeps C modules mapped after lua_close, so that the leak report at exit can name their
 * functions. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

int dlclose(void *library);

static void __attribute__((constructor)) forget_preload(void) {
  unsetenv("LD_PRELOAD");
}

int dlclose(void *library) {
  (void)library;
  return 0;
}
