/* SPDX-License-Identifier: MIT */
#ifndef DYN_DECIMAL_H
#define DYN_DECIMAL_H

#include "slice.h"

#include <stdint.h>

/* DynamoDB's number: at most 38 significant digits, zero or a magnitude from 1E-130 to
 * 9.9999999999999999999999999999999999999E+125.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
enum { DYN_DECIMAL_MAX_DIGITS = 38, DYN_DECIMAL_TEXT_MAX = 192 /* bytes, canonical text */ };

enum dyn_decimal_status {
  DYN_DECIMAL_OK = 0,
  DYN_DECIMAL_SYNTAX,    /* not a decimal number */
  DYN_DECIMAL_PRECISION, /* more than 38 significant digits */
  DYN_DECIMAL_RANGE      /* magnitude outside 1E-130 .. 9.99...E+125, or NaN or an infinity */
};

/* value = (-1)^negative * digits * 10^exponent, normalised: no leading and no trailing zero digit;
 * zero has digit_count 0, exponent 0 and is not negative. So equal values are equal field by field.
 */
struct dyn_decimal {
  bool negative;
  int digit_count;                     /* 0 to 38 */
  int exponent;                        /* power of ten of the last digit */
  char digits[DYN_DECIMAL_MAX_DIGITS]; /* 0 to 9, not ASCII; most significant first */
};

/* Reads `[+-] digits [. digits] [(e|E) [+-] digits]`, at least one digit before the exponent, the
 * whole of `text`. Leading and trailing zeros do not count as significant. */
enum dyn_decimal_status dyn_decimal_parse(struct dyn_slice text, struct dyn_decimal *out);

/* Reads `[-] digits`, at most 15 of them, which every runtime holds exactly; false if the text is
 * anything else. For speed: it says what the way over a struct dyn_decimal says. */
bool dyn_decimal_short_integer(struct dyn_slice text, int64_t *out);

/* Writes the canonical text, never with an exponent ("1230", "0.0123", "-5"), and returns its
 * length in bytes; no terminator. */
size_t dyn_decimal_format(const struct dyn_decimal *value, char out[DYN_DECIMAL_TEXT_MAX]);

/* Writes the canonical text of a double that is no whole number right before `end` and returns
 * where it begins; DYN_DECIMAL_FRACTION_MAX bytes suffice. NULL, with nothing written, where it
 * takes more than 15 digits or 22 places. For speed: it says what the way over a struct dyn_decimal
 * says. */
enum { DYN_DECIMAL_FRACTION_MAX = 25 /* "-0." and 22 places */ };
char *dyn_decimal_format_fraction(double number, char *end);

void dyn_decimal_from_int64(int64_t number, struct dyn_decimal *out);

/* The decimal of fewest digits that reads back as the same double, in any locale. -0.0 is 0. */
enum dyn_decimal_status dyn_decimal_from_double(double number, struct dyn_decimal *out);

/* Returns whether the value is a whole number of int64's range, stored in `out` if so. */
bool dyn_decimal_to_int64(const struct dyn_decimal *value, int64_t *out);

/* The nearest double, ties to even. Never overflows or underflows: the range forbids it. The
 * largest decimals round up to 1E+126, which dyn_decimal_from_double refuses. */
double dyn_decimal_to_double(const struct dyn_decimal *value);

/* Sets `out` to `count` digits (0 to 9, most significant first) times 10^exponent, normalised. */
enum dyn_decimal_status dyn_decimal_from_digits(bool negative, const char *digits, int count,
                                                int exponent, struct dyn_decimal *out);

/* Orders two values: negative, zero or positive. */
int dyn_decimal_compare(const struct dyn_decimal *a, const struct dyn_decimal *b);

void dyn_decimal_negate(const struct dyn_decimal *a, struct dyn_decimal *out);

/* The exact sum, difference or product; DYN_DECIMAL_PRECISION or DYN_DECIMAL_RANGE, with `out`
 * undefined, where DynamoDB has no such number: nothing is rounded. `out` may be an operand. */
enum dyn_decimal_status dyn_decimal_add(const struct dyn_decimal *a, const struct dyn_decimal *b,
                                        struct dyn_decimal *out);
enum dyn_decimal_status dyn_decimal_subtract(const struct dyn_decimal *a,
                                             const struct dyn_decimal *b, struct dyn_decimal *out);
enum dyn_decimal_status dyn_decimal_multiply(const struct dyn_decimal *a,
                                             const struct dyn_decimal *b, struct dyn_decimal *out);

/* Bytes DynamoDB bills for the value: one per two significant digits (rounded up, counted from an
 * even power of ten), one more, and one more if negative, but never above 21; zero is 1.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
size_t dyn_decimal_billed_bytes(const struct dyn_decimal *value);

#endif
