/* SPDX-License-Identifier: MIT */
#include "key_order.h"
#include "check.h"

#include <stdint.h>

static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525U + 1013904223U;
  return *state >> 8;
}

/* A number of a few digits, often with the exponent of the last one, so that neighbours are common.
 */
static struct dyn_decimal random_decimal(uint32_t *state) {
  struct dyn_decimal value;
  char digits[DYN_DECIMAL_MAX_DIGITS];
  int count = (int)(next_random(state) % (next_random(state) % 2 ? 38 : 3)) + 1;
  for (int i = 0; i < count; i++) {
    digits[i] =
        (char)(next_random(state) % 3 == 0 ? next_random(state) % 10 : 9U * (unsigned)(i % 2));
  }
  int most = next_random(state) % 4 == 0 ? 126 : 3;
  int exponent = (int)(next_random(state) % (unsigned)(2 * most)) - most - count;
  bool negative = next_random(state) % 2;
  if (dyn_decimal_from_digits(negative, digits, count, exponent, &value) != DYN_DECIMAL_OK) {
    dyn_decimal_from_int64((int64_t)(next_random(state) % 7) - 3, &value);
  }
  return value;
}

static int sign_of(int order) {
  return (order > 0) - (order < 0);
}

static struct dyn_slice bytes_of(const struct dyn_decimal *value, unsigned char *out) {
  return dyn_slice_of((const char *)out, dyn_key_order_number(value, out));
}

static void test_numbers_order_as_their_bytes(void) {
  uint32_t state = 7;
  size_t wrong = 0, begins = 0, too_long = 0;
  for (int i = 0; i < 300000; i++) {
    unsigned char first[DYN_KEY_ORDER_NUMBER_MAX], second[DYN_KEY_ORDER_NUMBER_MAX];
    struct dyn_decimal a = random_decimal(&state), b = random_decimal(&state);
    struct dyn_slice x = bytes_of(&a, first), y = bytes_of(&b, second);
    int order = sign_of(dyn_decimal_compare(&a, &b));
    wrong += sign_of(dyn_slice_compare(x, y)) != order;
    size_t shared = x.length < y.length ? x.length : y.length;
    begins += order != 0 && memcmp(x.data, y.data, shared) == 0;
    too_long += x.length > DYN_KEY_ORDER_NUMBER_MAX;
  }
  CHECK_EQ_SIZE(wrong, 0);
  CHECK_EQ_SIZE(begins, 0);
  CHECK_EQ_SIZE(too_long, 0);
}

static void test_the_ends_of_the_range(void) {
  static const char *const TEXTS[] = {"-9.9999999999999999999999999999999999999E125",
                                      "-1E125",
                                      "-10",
                                      "-9",
                                      "-1",
                                      "-0.9",
                                      "-1E-130",
                                      "0",
                                      "1E-130",
                                      "1.1E-130",
                                      "0.9",
                                      "1",
                                      "1.01",
                                      "9",
                                      "10",
                                      "99",
                                      "100",
                                      "1E125",
                                      "9.9999999999999999999999999999999999999E125"};
  unsigned char before[DYN_KEY_ORDER_NUMBER_MAX] = {0}, now[DYN_KEY_ORDER_NUMBER_MAX];
  struct dyn_slice last = dyn_slice_of((const char *)before, 0);
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
    struct dyn_decimal value;
    CHECK_EQ_INT(dyn_decimal_parse(dyn_slice_of(TEXTS[i], strlen(TEXTS[i])), &value), 0);
    struct dyn_slice bytes = bytes_of(&value, now);
    CHECK(dyn_slice_compare(last, bytes) < 0);
    memcpy(before, now, bytes.length);
    last.length = bytes.length;
  }
}

static void test_a_partition(void) {
  struct dyn_buf out;
  dyn_buf_init(&out, 4096);
  dyn_key_order_partition(DYN_SLICE("abc"), &out);
  CHECK_EQ_SIZE(out.length, 9);
  CHECK(memcmp(out.data + 4, "\0\3abc", 5) == 0);
  dyn_buf_clean_up(&out);
}

/* Of keys that count upwards, every sixteenth part of the hashes has its share. */
static void test_hashes_are_spread(void) {
  size_t counts[16] = {0}, uneven = 0;
  struct dyn_buf out;
  dyn_buf_init(&out, 4096);
  for (unsigned i = 0; i < 16000; i++) {
    const char key[] = {'u', (char)('0' + i / 1000 % 16), (char)('0' + i / 100 % 10),
                        (char)('0' + i / 10 % 10), (char)('0' + i % 10)};
    dyn_buf_reset(&out);
    dyn_key_order_partition(dyn_slice_of(key, sizeof key), &out);
    counts[(unsigned char)out.data[0] >> 4]++;
  }
  for (int i = 0; i < 16; i++) uneven += counts[i] < 800 || counts[i] > 1200;
  CHECK_EQ_SIZE(uneven, 0);
  dyn_buf_clean_up(&out);
}

int main(void) {
  CHECK_RUN(test_numbers_order_as_their_bytes);
  CHECK_RUN(test_the_ends_of_the_range);
  CHECK_RUN(test_a_partition);
  CHECK_RUN(test_hashes_are_spread);
  return check_finish();
}
