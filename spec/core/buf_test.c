/* SPDX-License-Identifier: MIT */
#include "buf.h"
#include "check.h"

#include <stdint.h>

/* Lets the sanitizer's malloc fail as malloc does, instead of ending the program. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "allocator_may_return_null=1";
}

static void fill(struct dyn_buf *buf, size_t count) {
  for (size_t i = 0; i < count; i++) dyn_buf_append_char(buf, (char)(i % 251));
}

static void test_starts_empty(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 100);
  CHECK(buf.data == NULL);
  CHECK_EQ_SIZE(buf.length, 0);
  CHECK_EQ_SIZE(buf.capacity, 0);
  CHECK_EQ_INT(buf.error, DYN_OK);
  dyn_buf_append(&buf, NULL, 0);
  dyn_buf_append_slice(&buf, dyn_slice_of(NULL, 0));
  CHECK(buf.data == NULL);
  CHECK_EQ_INT(buf.error, DYN_OK);
  dyn_buf_clean_up(&buf);
}

static void test_appends_bytes_of_every_kind(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 100);
  dyn_buf_append(&buf, "a\0b", 3);
  dyn_buf_append_char(&buf, '\0');
  dyn_buf_append_slice(&buf, DYN_SLICE("\xFF\x80"));
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "a\0b\0\xFF\x80");
  dyn_buf_clean_up(&buf);
}

static void test_doubles_from_256_bytes(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, SIZE_MAX);
  fill(&buf, 1);
  CHECK_EQ_SIZE(buf.capacity, 256);
  fill(&buf, 256);
  CHECK_EQ_SIZE(buf.capacity, 512);
  CHECK(dyn_buf_reserve(&buf, 5000) != NULL);
  CHECK_EQ_SIZE(buf.capacity, 8192);
  CHECK_EQ_SIZE(buf.length, 257);
  dyn_buf_clean_up(&buf);
}

static void test_keeps_content_while_growing(void) {
  struct dyn_buf buf;
  size_t wrong = 0;
  dyn_buf_init(&buf, SIZE_MAX);
  fill(&buf, 100000);
  for (size_t i = 0; i < buf.length; i++) wrong += buf.data[i] != (char)(i % 251);
  CHECK_EQ_SIZE(buf.length, 100000);
  CHECK_EQ_SIZE(wrong, 0);
  dyn_buf_clean_up(&buf);
}

static void test_ceiling_is_reached_and_not_passed(void) {
  static const size_t ceilings[] = {0, 1, 2, 255, 256, 257, 300, 512, 1000};
  for (size_t i = 0; i < sizeof ceilings / sizeof *ceilings; i++) {
    struct dyn_buf buf;
    dyn_buf_init(&buf, ceilings[i]);
    fill(&buf, ceilings[i]);
    CHECK_EQ_INT(buf.error, DYN_OK);
    CHECK_EQ_SIZE(buf.length, ceilings[i]);
    dyn_buf_append_char(&buf, 'x');
    CHECK_EQ_INT(buf.error, DYN_ERR_TOO_LARGE);
    CHECK_EQ_SIZE(buf.length, ceilings[i]);
    CHECK(buf.capacity <= ceilings[i]);
    dyn_buf_clean_up(&buf);
  }
}

static void test_error_sticks_until_reset(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 4);
  dyn_buf_append(&buf, "abc", 3);
  dyn_buf_append(&buf, "de", 2);
  CHECK_EQ_INT(buf.error, DYN_ERR_TOO_LARGE);
  dyn_buf_append_char(&buf, 'd'); /* would fit */
  CHECK(dyn_buf_reserve(&buf, 0) == NULL);
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "abc");
  const char *kept = buf.data;
  dyn_buf_reset(&buf);
  CHECK_EQ_INT(buf.error, DYN_OK);
  CHECK_EQ_SIZE(buf.length, 0);
  dyn_buf_append(&buf, "wxyz", 4);
  CHECK(buf.data == kept);
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "wxyz");
  dyn_buf_clean_up(&buf);
}

static void test_reserve_and_commit(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 10);
  char *room = dyn_buf_reserve(&buf, 0);
  CHECK(room != NULL);
  room = dyn_buf_reserve(&buf, 10);
  if (!CHECK(room != NULL)) return;
  memcpy(room, "0123456789", 10);
  CHECK_EQ_SIZE(buf.length, 0);
  dyn_buf_commit(&buf, 3);
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "012");
  CHECK(dyn_buf_reserve(&buf, 7) == buf.data + 3);
  CHECK(dyn_buf_reserve(&buf, 8) == NULL);
  CHECK_EQ_INT(buf.error, DYN_ERR_TOO_LARGE);
  dyn_buf_clean_up(&buf);
}

static void test_reserve_nothing_with_no_room(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 0);
  CHECK(dyn_buf_reserve(&buf, 0) != NULL);
  CHECK_EQ_INT(buf.error, DYN_OK);
  CHECK(dyn_buf_reserve(&buf, 1) == NULL);
  dyn_buf_clean_up(&buf);
}

static void test_sizes_that_overflow_are_too_large(void) {
  static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 256, SIZE_MAX / 2 + 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct dyn_buf buf;
    dyn_buf_init(&buf, SIZE_MAX);
    CHECK(dyn_buf_reserve(&buf, sizes[i]) == NULL);
    CHECK_EQ_INT(buf.error, DYN_ERR_TOO_LARGE);
    dyn_buf_reset(&buf);
    fill(&buf, 300);
    dyn_buf_append(&buf, "", sizes[i]);
    CHECK_EQ_INT(buf.error, DYN_ERR_TOO_LARGE);
    CHECK_EQ_SIZE(buf.length, 300);
    dyn_buf_clean_up(&buf);
  }
}

static void test_memory_that_is_not_there(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, SIZE_MAX);
  fill(&buf, 10);
  CHECK(dyn_buf_reserve(&buf, SIZE_MAX / 4) == NULL);
  CHECK_EQ_INT(buf.error, DYN_ERR_MEMORY);
  CHECK_EQ_SIZE(buf.length, 10);
  dyn_buf_clean_up(&buf);
}

static void test_truncate_drops_the_end_only(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 100);
  dyn_buf_append(&buf, "abcdef", 6);
  dyn_buf_truncate(&buf, 9);
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "abcdef");
  dyn_buf_truncate(&buf, 2);
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "ab");
  dyn_buf_truncate(&buf, 0);
  CHECK_EQ_SIZE(buf.length, 0);
  dyn_buf_clean_up(&buf);
}

static void test_clean_up_twice_and_use_again(void) {
  struct dyn_buf buf;
  dyn_buf_init(&buf, 3);
  dyn_buf_append(&buf, "abcd", 4);
  dyn_buf_clean_up(&buf);
  dyn_buf_clean_up(&buf);
  CHECK(buf.data == NULL);
  CHECK_EQ_SIZE(buf.max_bytes, 3);
  dyn_buf_append(&buf, "abc", 3);
  CHECK_EQ_TEXT(dyn_buf_slice(&buf), "abc");
  dyn_buf_clean_up(&buf);
}

int main(void) {
  CHECK_RUN(test_starts_empty);
  CHECK_RUN(test_appends_bytes_of_every_kind);
  CHECK_RUN(test_doubles_from_256_bytes);
  CHECK_RUN(test_keeps_content_while_growing);
  CHECK_RUN(test_ceiling_is_reached_and_not_passed);
  CHECK_RUN(test_error_sticks_until_reset);
  CHECK_RUN(test_reserve_and_commit);
  CHECK_RUN(test_reserve_nothing_with_no_room);
  CHECK_RUN(test_sizes_that_overflow_are_too_large);
  CHECK_RUN(test_memory_that_is_not_there);
  CHECK_RUN(test_truncate_drops_the_end_only);
  CHECK_RUN(test_clean_up_twice_and_use_again);
  return check_finish();
}
