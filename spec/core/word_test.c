/* SPDX-License-Identifier: MIT */
#include "word.h"
#include "check.h"
#include "slice.h"

static int sign(int order) {
  return (order > 0) - (order < 0);
}

/* Where prefixes differ, they differ as the texts do; texts of up to a word differ where they do.
 */
static void test_prefix_has_the_order_of_texts(void) {
  static const char *const texts[] = {"",          "a",         "aa",       "ab",       "b",
                                      "\x7f",      "\xc3\xa9",  "aaaaaaa",  "aaaaaaab", "aaaaaaaa",
                                      "aaaaaaaaa", "aaaaaaaab", "\xff\xff", "a\x01",    "abcdefgh"};
  enum { COUNT = sizeof texts / sizeof *texts };
  for (size_t i = 0; i < COUNT; i++) {
    for (size_t j = 0; j < COUNT; j++) {
      struct dyn_slice a = {texts[i], strlen(texts[i])}, b = {texts[j], strlen(texts[j])};
      uint64_t one = dyn_word_prefix(a.data, a.length), other = dyn_word_prefix(b.data, b.length);
      int order = (one > other) - (one < other), expected = sign(dyn_slice_compare(a, b));
      if (a.length <= DYN_WORD_BYTES && b.length <= DYN_WORD_BYTES) CHECK_EQ_INT(order, expected);
      CHECK(order == 0 || order == expected);
    }
  }
}

static void test_few_bytes_have_zeros_or_spaces_behind(void) {
  char text[DYN_WORD_BYTES] = {'1', '2', '3', '4', '5', '6', '7', '8'};
  for (size_t length = 0; length < DYN_WORD_BYTES; length++) {
    char padded[DYN_WORD_BYTES];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, text, length);
    CHECK(dyn_word_load_spaced(text, length) == dyn_word_load(padded));
    memset(padded + length, 0, sizeof padded - length);
    CHECK(dyn_word_load_few(text, length) == dyn_word_load(padded));
  }
}

/* A run ends before the first byte that is not plain, wherever that stands. */
static void test_plain_runs(void) {
  static const char others[] = {'"', '\\', '\n', '\0', '\x1f', '\x80', '\xff'};
  char text[20];
  for (size_t length = 0; length <= sizeof text; length++) {
    memset(text, 'x', sizeof text);
    CHECK_EQ_SIZE(dyn_word_plain_run(text, length), length);
    for (size_t place = 0; place < length; place++) {
      memset(text, '!', sizeof text);
      for (size_t i = 0; i < sizeof others; i++) {
        text[place] = others[i];
        CHECK_EQ_SIZE(dyn_word_plain_run(text, length), place);
      }
    }
  }
}

int main(void) {
  CHECK_RUN(test_prefix_has_the_order_of_texts);
  CHECK_RUN(test_few_bytes_have_zeros_or_spaces_behind);
  CHECK_RUN(test_plain_runs);
  return check_finish();
}
