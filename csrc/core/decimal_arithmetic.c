/* SPDX-License-Identifier: MIT */
#include "decimal.h"

/* Sums and products, digit by digit as on paper: exact, or refused. */

/* A product has the digits of both factors. A sum of more than 39 places never fits (below), and
 * one more takes the carry. */
enum { MAX_PLACES = 2 * DYN_DECIMAL_MAX_DIGITS };

/* value = sum of places[i] * 10^(lowest + i), before any carry. */
struct columns {
  int lowest, count;
  int places[MAX_PLACES];
};

/* Carries; the value must not be negative, and have a place for the last carry. */
static enum dyn_decimal_status carry(const struct columns *sum, bool negative,
                                     struct dyn_decimal *out) {
  char digits[MAX_PLACES];
  int carried = 0;
  for (int i = 0; i < sum->count; i++) {
    int total = sum->places[i] + carried, digit = total % 10;
    if (digit < 0) digit += 10;
    carried = (total - digit) / 10;
    digits[sum->count - 1 - i] = (char)digit;
  }
  return dyn_decimal_from_digits(negative, digits, sum->count, sum->lowest, out);
}

static void add_digits(const struct dyn_decimal *value, int factor, struct columns *sum) {
  int *last = sum->places + (value->exponent - sum->lowest);
  for (int i = 0; i < value->digit_count; i++) {
    last[value->digit_count - 1 - i] += factor * value->digits[i];
  }
}

void dyn_decimal_negate(const struct dyn_decimal *a, struct dyn_decimal *out) {
  *out = *a;
  out->negative = a->digit_count > 0 && !a->negative;
}

/* Where the places from the first to the last are more than 39, the last digit is one operand's
 * alone, and the other cannot take away more than the first place: too many digits are left. */
enum dyn_decimal_status dyn_decimal_add(const struct dyn_decimal *a, const struct dyn_decimal *b,
                                        struct dyn_decimal *out) {
  struct columns sum = {.lowest = a->exponent < b->exponent ? a->exponent : b->exponent};
  struct dyn_decimal minus_b;
  int end_a = a->exponent + a->digit_count, end_b = b->exponent + b->digit_count;
  if (a->digit_count == 0 || b->digit_count == 0) {
    *out = a->digit_count == 0 ? *b : *a;
    return DYN_DECIMAL_OK;
  }
  sum.count = (end_a > end_b ? end_a : end_b) - sum.lowest + 1;
  if (sum.count > DYN_DECIMAL_MAX_DIGITS + 2) return DYN_DECIMAL_PRECISION;
  dyn_decimal_negate(b, &minus_b);
  bool negative = dyn_decimal_compare(a, &minus_b) < 0;
  add_digits(a, a->negative == negative ? 1 : -1, &sum);
  add_digits(b, b->negative == negative ? 1 : -1, &sum);
  return carry(&sum, negative, out);
}

enum dyn_decimal_status dyn_decimal_subtract(const struct dyn_decimal *a,
                                             const struct dyn_decimal *b, struct dyn_decimal *out) {
  struct dyn_decimal minus_b;
  dyn_decimal_negate(b, &minus_b);
  return dyn_decimal_add(a, &minus_b, out);
}

enum dyn_decimal_status dyn_decimal_multiply(const struct dyn_decimal *a,
                                             const struct dyn_decimal *b, struct dyn_decimal *out) {
  struct columns product = {.lowest = a->exponent + b->exponent,
                            .count = a->digit_count + b->digit_count};
  for (int i = 0; i < a->digit_count; i++) {
    for (int j = 0; j < b->digit_count; j++) {
      product.places[product.count - 2 - i - j] += a->digits[i] * b->digits[j];
    }
  }
  return carry(&product, a->negative != b->negative, out);
}
