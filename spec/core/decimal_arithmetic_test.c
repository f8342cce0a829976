/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "decimal.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define NINES        "99999999999999999999999999999999999999" /* 38 */

typedef enum dyn_decimal_status operation(const struct dyn_decimal *a, const struct dyn_decimal *b,
                                          struct dyn_decimal *out);

/* Parses text known to be good. */
static struct dyn_decimal decimal_of(const char *text) {
  struct dyn_decimal value;
  CHECK_EQ_INT(dyn_decimal_parse(dyn_slice_of(text, strlen(text)), &value), DYN_DECIMAL_OK);
  return value;
}

/* `expected` is the result's text; or NULL, then `status` is the refusal. */
struct row {
  const char *a, *b, *expected;
  enum dyn_decimal_status status;
};

static void check_rows(const struct row *rows, size_t count, operation *compute) {
  for (size_t i = 0; i < count; i++) {
    struct dyn_decimal a = decimal_of(rows[i].a), b = decimal_of(rows[i].b), result;
    enum dyn_decimal_status status = compute(&a, &b, &result);
    CHECK_CASE(rows[i].a);
    if (!CHECK_EQ_INT(status, rows[i].status) || rows[i].expected == NULL) continue;
    struct dyn_decimal expected = decimal_of(rows[i].expected);
    CHECK_EQ_INT(dyn_decimal_compare(&result, &expected), 0);
    CHECK(result.digit_count == expected.digit_count && result.negative == expected.negative);
  }
}

static void test_add(void) {
  static const struct row rows[] = {
      {"1", "2", "3", DYN_DECIMAL_OK},
      {"0.1", "0.2", "0.3", DYN_DECIMAL_OK},
      {"0", "-5", "-5", DYN_DECIMAL_OK},
      {"5", "0", "5", DYN_DECIMAL_OK},
      {"5", "-5", "0", DYN_DECIMAL_OK},
      {"-5", "3", "-2", DYN_DECIMAL_OK},
      {"999", "1", "1000", DYN_DECIMAL_OK},
      {"1000", "-1", "999", DYN_DECIMAL_OK},
      {"-1000", "0.001", "-999.999", DYN_DECIMAL_OK},
      {"1E38", "-1", NINES, DYN_DECIMAL_OK},
      {NINES, "1", "1E38", DYN_DECIMAL_OK},
      {"1E38", "-" NINES, "1", DYN_DECIMAL_OK},
      {"1E38", "1", NULL, DYN_DECIMAL_PRECISION},
      {"1E39", "-1", NULL, DYN_DECIMAL_PRECISION},
      {"1E125", "1E-130", NULL, DYN_DECIMAL_PRECISION},
      {"1E-130", "-1E125", NULL, DYN_DECIMAL_PRECISION},
      {"9E125", "1E125", NULL, DYN_DECIMAL_RANGE},
      {NINES "E88", "1E88", NULL, DYN_DECIMAL_RANGE},
      {"1.1E-130", "-1E-130", NULL, DYN_DECIMAL_RANGE},
      {"2E-130", "-1E-130", "1E-130", DYN_DECIMAL_OK},
  };
  check_rows(rows, COUNT(rows), dyn_decimal_add);
}

static void test_subtract(void) {
  static const struct row rows[] = {
      {"0.3", "0.1", "0.2", DYN_DECIMAL_OK},
      {"0", "5", "-5", DYN_DECIMAL_OK},
      {"0", "0", "0", DYN_DECIMAL_OK},
      {"-" NINES, "1", "-1E38", DYN_DECIMAL_OK},
      {"-9E125", "1E125", NULL, DYN_DECIMAL_RANGE},
  };
  check_rows(rows, COUNT(rows), dyn_decimal_subtract);
}

static void test_multiply(void) {
  static const struct row rows[] = {
      {"3", "4", "12", DYN_DECIMAL_OK},
      {"-0.5", "0.5", "-0.25", DYN_DECIMAL_OK},
      {"-2", "-3", "6", DYN_DECIMAL_OK},
      {"0", "-7", "0", DYN_DECIMAL_OK},
      {NINES, "0", "0", DYN_DECIMAL_OK},
      {NINES, "1", NINES, DYN_DECIMAL_OK},
      {"9999999999999999999", "9999999999999999999", "99999999999999999980000000000000000001",
       DYN_DECIMAL_OK},
      {"12500000000000000000", "8E20", "1E40", DYN_DECIMAL_OK},
      {"19073486328125", "18014398509481984", "343597383680000000000000000000", DYN_DECIMAL_OK},
      {"1E-65", "1E-65", "1E-130", DYN_DECIMAL_OK},
      {"1E-65", "1E-66", NULL, DYN_DECIMAL_RANGE},
      {"1E63", "1E62", "1E125", DYN_DECIMAL_OK},
      {"1E63", "1E63", NULL, DYN_DECIMAL_RANGE},
      {NINES, NINES, NULL, DYN_DECIMAL_PRECISION},
      {"11111111111111111111", "11111111111111111111", NULL, DYN_DECIMAL_PRECISION},
  };
  check_rows(rows, COUNT(rows), dyn_decimal_multiply);
}

static void test_negate(void) {
  struct dyn_decimal value = decimal_of("5"), zero = decimal_of("0");
  dyn_decimal_negate(&value, &value);
  CHECK(value.negative);
  dyn_decimal_negate(&value, &value);
  CHECK(!value.negative);
  dyn_decimal_negate(&zero, &zero);
  CHECK(!zero.negative);
}

static void test_from_digits_is_normalised(void) {
  static const char digits[] = {0, 0, 1, 2, 0}, zeros[] = {0, 0};
  struct dyn_decimal value, expected = decimal_of("-0.12");
  CHECK_EQ_INT(dyn_decimal_from_digits(true, digits, 5, -3, &value), DYN_DECIMAL_OK);
  CHECK_EQ_INT(dyn_decimal_compare(&value, &expected), 0);
  CHECK_EQ_INT(value.digit_count, 2);
  CHECK_EQ_INT(dyn_decimal_from_digits(true, zeros, 2, 7, &value), DYN_DECIMAL_OK);
  CHECK(value.digit_count == 0 && value.exponent == 0 && !value.negative);
}

/* Numbers that are the same on every run (xorshift64*; Vigna, 2016). */
static int64_t random_small(void) {
  static uint64_t state = UINT64_C(0x9E3779B97F4A7C15);
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (int64_t)(state * UINT64_C(0x2545F4914F6CDD1D) >> 32) - INT64_C(2147483648);
}

static void test_agrees_with_integers(void) {
  for (int i = 0; i < 50000; i++) {
    int64_t x = random_small(), y = random_small(), whole;
    struct dyn_decimal a, b, result;
    dyn_decimal_from_int64(x, &a);
    dyn_decimal_from_int64(y, &b);
    CHECK_EQ_INT(dyn_decimal_add(&a, &b, &result), DYN_DECIMAL_OK);
    CHECK(dyn_decimal_to_int64(&result, &whole) && whole == x + y);
    CHECK_EQ_INT(dyn_decimal_subtract(&a, &b, &result), DYN_DECIMAL_OK);
    CHECK(dyn_decimal_to_int64(&result, &whole) && whole == x - y);
    CHECK_EQ_INT(dyn_decimal_multiply(&a, &b, &a), DYN_DECIMAL_OK); /* onto an operand */
    CHECK(dyn_decimal_to_int64(&a, &whole) && whole == x * y);
  }
}

int main(void) {
  CHECK_RUN(test_add);
  CHECK_RUN(test_subtract);
  CHECK_RUN(test_multiply);
  CHECK_RUN(test_negate);
  CHECK_RUN(test_from_digits_is_normalised);
  CHECK_RUN(test_agrees_with_integers);
  return check_finish();
}
