/* SPDX-License-Identifier: MIT */
#ifndef DYN_CHECK_H
#define DYN_CHECK_H

/* A test program is one C file: static functions without arguments, and
 *
 *   int main(void) {
 *     CHECK_RUN(test_empty_input);
 *     CHECK_RUN(test_ceiling);
 *     return check_finish();
 *   }
 *
 * which prints one TAP line a test, the failed checks above it as comments, and the plan last.
 * A failed check does not leave the function; every check returns whether it passed, so a test may
 * say `if (!CHECK(p != NULL)) return;`. In a table-driven test CHECK_CASE(row->name) names the row
 * for the comments of the checks that follow. CHECK_SKIP("reason") returns from the test. */

#include "slice.h"

#include <stdio.h>

#define CHECK(expression) check_that((expression), __FILE__, __LINE__, #expression)
#define CHECK_EQ_SIZE(actual, expected)                                                            \
  check_eq_size((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_EQ_INT(actual, expected)                                                             \
  check_eq_int((actual), (expected), __FILE__, __LINE__, #actual)
/* Compares two slices; CHECK_EQ_TEXT takes a string literal as the second. */
#define CHECK_EQ_BYTES(actual, expected)                                                           \
  check_eq_bytes((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_EQ_TEXT(actual, literal) CHECK_EQ_BYTES((actual), DYN_SLICE(literal))

/* The initialiser of a slice in a static table. */
#define CHECK_BYTES(literal)                                                                       \
  { (literal), sizeof(literal) - 1 }

#define CHECK_CASE(name) ((void)(check_state.label = (name)))
#define CHECK_SKIP(reason)                                                                         \
  do {                                                                                             \
    check_state.skip = (reason);                                                                   \
    return;                                                                                        \
  } while (0)
#define CHECK_RUN(test) check_run((test), #test)

enum { CHECK_MAX_COMMENTS = 20 /* a test, then silence */, CHECK_MAX_SHOWN_BYTES = 60 };

/* Totals of the program, then what belongs to the test that is running. */
static struct {
  int tests, failed_tests, checks;
  int failures;
  const char *label, *skip;
} check_state;

/* Counts one check; returns whether a failure should be explained. */
static inline bool check_count(bool passed) {
  check_state.checks++;
  if (passed) return false;
  return ++check_state.failures <= CHECK_MAX_COMMENTS;
}

static inline void check_where(const char *file, int line, const char *what) {
  printf("# %s:%d: ", file, line);
  if (check_state.label) printf("[%s] ", check_state.label);
  printf("%s", what);
}

static inline bool check_that(bool passed, const char *file, int line, const char *what) {
  if (check_count(passed)) {
    check_where(file, line, what);
    printf(" is false\n");
  }
  return passed;
}

static inline bool check_eq_size(size_t actual, size_t expected, const char *file, int line,
                                 const char *what) {
  if (check_count(actual == expected)) {
    check_where(file, line, what);
    printf(" is %zu, expected %zu\n", actual, expected);
  }
  return actual == expected;
}

static inline bool check_eq_int(long long actual, long long expected, const char *file, int line,
                                const char *what) {
  if (check_count(actual == expected)) {
    check_where(file, line, what);
    printf(" is %lld, expected %lld\n", actual, expected);
  }
  return actual == expected;
}

/* Prints a slice with everything but printable ASCII as \xNN, cut when long. */
static inline void check_show(struct dyn_slice bytes) {
  putchar('"');
  for (size_t i = 0; i < bytes.length && i < CHECK_MAX_SHOWN_BYTES; i++) {
    unsigned char byte = (unsigned char)bytes.data[i];
    printf(byte >= 0x20 && byte < 0x7F && byte != '\\' ? "%c" : "\\x%02X", byte);
  }
  printf("\"%s (%zu bytes)", bytes.length > CHECK_MAX_SHOWN_BYTES ? "..." : "", bytes.length);
}

static inline bool check_eq_bytes(struct dyn_slice actual, struct dyn_slice expected,
                                  const char *file, int line, const char *what) {
  bool passed = dyn_slice_equals(actual, expected);
  if (check_count(passed)) {
    check_where(file, line, what);
    printf(" is ");
    check_show(actual);
    printf(", expected ");
    check_show(expected);
    putchar('\n');
  }
  return passed;
}

static inline void check_run(void (*test)(void), const char *name) {
  check_state.failures = 0;
  check_state.label = check_state.skip = NULL;
  test();
  check_state.tests++;
  if (check_state.failures > 0) check_state.failed_tests++;
  printf("%sok %d - %s", check_state.failures > 0 ? "not " : "", check_state.tests, name);
  if (check_state.skip && check_state.failures == 0) printf(" # SKIP %s", check_state.skip);
  putchar('\n');
  fflush(stdout);
}

/* Prints the plan and the totals; returns the exit status of the program. */
static inline int check_finish(void) {
  printf("1..%d\n# %d checks, %d of %d tests failed\n", check_state.tests, check_state.checks,
         check_state.failed_tests, check_state.tests);
  return check_state.failed_tests > 0 ? 1 : 0;
}

#endif
