/* SPDX-License-Identifier: MIT */
#include "decimal.h"

#include "big.h"

#include <float.h>
#include <math.h>

/* The power of ten of the first digit, smallest and largest. */
enum { FIRST_PLACE_MIN = -130, FIRST_PLACE_MAX = 125 };

static int first_place(const struct dyn_decimal *value) {
  return value->exponent + value->digit_count - 1;
}

/* ---- reading and writing text ---- */

struct reader {
  struct dyn_slice text;
  size_t at;
  size_t significant; /* digits from the first to the last one that is not zero */
  size_t zeros;       /* zero digits read since then */
};

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool at_digit(const struct reader *in) {
  return in->at < in->text.length && is_digit(in->text.data[in->at]);
}

static bool accept(struct reader *in, char byte) {
  if (in->at == in->text.length || in->text.data[in->at] != byte) return false;
  in->at++;
  return true;
}

/* Returns whether the sign, which may be missing, is a minus. */
static bool accept_sign(struct reader *in) {
  if (accept(in, '-')) return true;
  accept(in, '+');
  return false;
}

/* Reads digits into `out`, which holds zeros so far, and returns how many there were. Counts in
 * locals: `in` would be read anew after each store of a char. */
static size_t read_digits(struct reader *in, struct dyn_decimal *out) {
  size_t start = in->at, at = start, significant = in->significant, zeros = in->zeros;
  for (; at < in->text.length && is_digit(in->text.data[at]); at++) {
    char digit = (char)(in->text.data[at] - '0');
    zeros++;
    if (digit == 0) continue;
    significant = significant == 0 ? 1 : significant + zeros;
    zeros = 0;
    if (significant <= DYN_DECIMAL_MAX_DIGITS) out->digits[significant - 1] = digit;
  }
  in->at = at;
  in->significant = significant;
  in->zeros = zeros;
  return at - start;
}

/* Reads what follows the `e`. Stops counting where no text could be long enough to make up for it.
 */
static bool read_exponent(struct reader *in, int64_t *exponent) {
  bool negative = accept_sign(in);
  if (!at_digit(in)) return false;
  for (; at_digit(in); in->at++) {
    if (*exponent < INT64_C(10000000000000000)) {
      *exponent = *exponent * 10 + (in->text.data[in->at] - '0');
    }
  }
  if (negative) *exponent = -*exponent;
  return true;
}

/* Checks the limits of what was read and completes `out`. */
static enum dyn_decimal_status settle(size_t significant, int64_t exponent,
                                      struct dyn_decimal *out) {
  if (significant == 0) {
    out->negative = false;
    return DYN_DECIMAL_OK;
  }
  if (significant > DYN_DECIMAL_MAX_DIGITS) return DYN_DECIMAL_PRECISION;
  int64_t first = exponent + (int64_t)significant - 1;
  if (first < FIRST_PLACE_MIN || first > FIRST_PLACE_MAX) return DYN_DECIMAL_RANGE;
  out->digit_count = (int)significant;
  out->exponent = (int)exponent;
  return DYN_DECIMAL_OK;
}

enum dyn_decimal_status dyn_decimal_parse(struct dyn_slice text, struct dyn_decimal *out) {
  struct reader in = {.text = text};
  int64_t exponent = 0;
  *out = (struct dyn_decimal){.negative = accept_sign(&in)};
  size_t whole = read_digits(&in, out);
  size_t fraction = accept(&in, '.') ? read_digits(&in, out) : 0;
  if (whole == 0 && fraction == 0) return DYN_DECIMAL_SYNTAX;
  if ((accept(&in, 'e') || accept(&in, 'E')) && !read_exponent(&in, &exponent)) {
    return DYN_DECIMAL_SYNTAX;
  }
  if (in.at != text.length) return DYN_DECIMAL_SYNTAX;
  return settle(in.significant, exponent + (int64_t)in.zeros - (int64_t)fraction, out);
}

bool dyn_decimal_short_integer(struct dyn_slice text, int64_t *out) {
  size_t at = text.length > 0 && text.data[0] == '-' ? 1 : 0;
  bool negative = at > 0;
  int64_t magnitude = 0;
  if (at == text.length || text.length - at > DBL_DIG) return false;
  for (; at < text.length && is_digit(text.data[at]); at++) {
    magnitude = magnitude * 10 + (text.data[at] - '0');
  }
  *out = negative ? -magnitude : magnitude;
  return at == text.length;
}

enum dyn_decimal_status dyn_decimal_from_digits(bool negative, const char *digits, int count,
                                                int exponent, struct dyn_decimal *out) {
  for (; count > 0 && digits[0] == 0; digits++) count--;
  for (; count > 0 && digits[count - 1] == 0; exponent++) count--;
  *out = (struct dyn_decimal){.negative = negative};
  if (count <= DYN_DECIMAL_MAX_DIGITS) memcpy(out->digits, digits, (size_t)count);
  return settle((size_t)count, exponent, out);
}

static char *put_zeros(char *out, int count) {
  memset(out, '0', (size_t)count);
  return out + count;
}

static char *put_digits(char *out, const char *digits, int count) {
  for (int i = 0; i < count; i++) *out++ = (char)('0' + digits[i]);
  return out;
}

size_t dyn_decimal_format(const struct dyn_decimal *value, char out[DYN_DECIMAL_TEXT_MAX]) {
  char *end = out;
  int count = value->digit_count, whole = count + value->exponent; /* digits before the point */
  if (value->negative) *end++ = '-';
  if (whole <= 0) *end++ = '0';
  if (value->exponent >= 0) {
    end = put_zeros(put_digits(end, value->digits, count), value->exponent);
  } else if (whole <= 0) {
    *end++ = '.';
    end = put_digits(put_zeros(end, -whole), value->digits, count);
  } else {
    end = put_digits(end, value->digits, whole);
    *end++ = '.';
    end = put_digits(end, value->digits + whole, -value->exponent);
  }
  return (size_t)(end - out);
}

/* ---- integers ---- */

/* Sets a magnitude other than zero, times a power of ten. */
static void set_magnitude(uint64_t magnitude, int exponent, struct dyn_decimal *out) {
  char reversed[20]; /* the digits of 2^64 */
  int count = 0;
  for (; magnitude % 10 == 0; magnitude /= 10) exponent++;
  for (; magnitude > 0; magnitude /= 10) reversed[count++] = (char)(magnitude % 10);
  for (int i = 0; i < count; i++) out->digits[i] = reversed[count - 1 - i];
  out->digit_count = count;
  out->exponent = exponent;
}

/* The whole number that the first `count` digits spell; 19 of them always fit. */
static uint64_t leading_digits(const struct dyn_decimal *value, int count) {
  uint64_t number = 0;
  for (int i = 0; i < count; i++) number = number * 10 + (uint64_t)value->digits[i];
  return number;
}

void dyn_decimal_from_int64(int64_t number, struct dyn_decimal *out) {
  *out = (struct dyn_decimal){.negative = number < 0};
  if (number != 0) set_magnitude(number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 0, out);
}

bool dyn_decimal_to_int64(const struct dyn_decimal *value, int64_t *out) {
  if (value->exponent < 0 || first_place(value) >= 19) return false;
  uint64_t magnitude = leading_digits(value, value->digit_count);
  for (int i = 0; i < value->exponent; i++) magnitude *= 10;
  if (magnitude > (uint64_t)INT64_MAX + value->negative) return false;
  *out = value->negative ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
  return true;
}

/* ---- doubles ---- */

enum { EXACT_POWERS = 23 };
static const double powers_of_10[EXACT_POWERS] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

/* Shifts both so that 1 <= a/b < 2 and b's top bit is set. Returns by how many bits the quotient
 * grew. */
static int align(struct dyn_big *a, struct dyn_big *b) {
  int bits_a = dyn_big_bits(a), bits_b = dyn_big_bits(b);
  int bits = bits_a > bits_b ? bits_a : bits_b;
  bits += dyn_big_bits_to_fill_limb(bits);
  dyn_big_shift_left(a, bits - bits_a);
  dyn_big_shift_left(b, bits - bits_b);
  if (dyn_big_compare(a, b) >= 0) return bits_b - bits_a;
  dyn_big_shift_left(a, 1);
  return bits_b - bits_a + 1;
}

/* Rounds a/b * 2^power to the nearest double, ties to even: 53 bits of quotient, one more to round
 * by, and whether anything is left after that. */
static double round_quotient(struct dyn_big *a, struct dyn_big *b, int power) {
  power -= align(a, b);
  uint64_t quotient = dyn_big_divide(a, b);
  dyn_big_shift_left(a, 26);
  quotient = quotient << 26 | dyn_big_divide(a, b);
  dyn_big_shift_left(a, 27);
  quotient = quotient << 27 | dyn_big_divide(a, b);
  bool half = quotient & 1, more = a->count > 0;
  quotient >>= 1;
  if (half && (more || (quotient & 1))) quotient++;
  return ldexp((double)quotient, power - 52);
}

static double exact_magnitude(const struct dyn_decimal *value) {
  struct dyn_big numerator, denominator;
  int leading = value->digit_count < 19 ? value->digit_count : 19;
  dyn_big_set(&numerator, leading_digits(value, leading));
  for (int i = leading; i < value->digit_count; i++) {
    dyn_big_multiply_add(&numerator, 10, (uint32_t)value->digits[i]);
  }
  dyn_big_set(&denominator, 1);
  if (value->exponent < 0)
    dyn_big_multiply_power_of_5(&denominator, -value->exponent);
  else
    dyn_big_multiply_power_of_5(&numerator, value->exponent);
  return round_quotient(&numerator, &denominator, value->exponent);
}

/* Where the digits and the power of ten are doubles, IEEE 754 rounds their product or quotient
 * once, hence correctly (Clinger, "How to read floating point numbers accurately", 1990); but not
 * arithmetic of extended precision, like the x87's. */
double dyn_decimal_to_double(const struct dyn_decimal *value) {
  double magnitude;
  int exponent = value->exponent;
  if (value->digit_count > DBL_DIG || exponent <= -EXACT_POWERS || exponent >= EXACT_POWERS ||
      FLT_EVAL_METHOD != 0) {
    magnitude = value->digit_count == 0 ? 0 : exact_magnitude(value);
  } else {
    magnitude = (double)leading_digits(value, value->digit_count);
    if (exponent < 0)
      magnitude /= powers_of_10[-exponent];
    else
      magnitude *= powers_of_10[exponent];
  }
  return value->negative ? -magnitude : magnitude;
}

/* Finds 15 digits or fewer over a power of ten, the least. No other decimal that short can read
 * back as the same double. */
static bool find_fraction(double magnitude, uint64_t *digits, int *places) {
  for (int i = 1; i < EXACT_POWERS; i++) {
    double scaled = magnitude * powers_of_10[i] + 0.5;
    if (!(scaled < 1e15)) return false;
    *digits = (uint64_t)scaled;
    *places = i;
    if ((double)*digits / powers_of_10[i] == magnitude) return true;
  }
  return false;
}

/* Finds a whole number below 2^53, or a short fraction. */
static bool find_short(double magnitude, struct dyn_decimal *out) {
  bool whole = magnitude < 0x1p53 && (double)(uint64_t)magnitude == magnitude;
  uint64_t digits = whole ? (uint64_t)magnitude : 0;
  int places = 0;
  if (!whole && !find_fraction(magnitude, &digits, &places)) return false;
  set_magnitude(digits, -places, out);
  return true;
}

char *dyn_decimal_format_fraction(double number, char *end) {
  uint64_t digits = 0;
  int places = 0;
  if (!find_fraction(number < 0 ? -number : number, &digits, &places) || digits % 10 == 0) {
    return NULL;
  }
  for (; places >= 0 || digits > 0; digits /= 10) {
    *--end = (char)('0' + digits % 10);
    if (--places == 0) *--end = '.';
  }
  if (number < 0) *--end = '-';
  return end;
}

/* A double on its way to decimal: value/unit is the rest still to be written, in units of the digit
 * to come, and any decimal between value - below and value + above reads back as the double. */
struct expansion {
  struct dyn_big value, unit, below, above;
  bool inclusive; /* those two ends read back as well: ties go to an even significand */
};

static void shift_expansion(struct expansion *x, int bits) {
  dyn_big_shift_left(&x->value, bits);
  dyn_big_shift_left(&x->below, bits);
  dyn_big_shift_left(&x->above, bits);
}

/* Starts with significand * 2^power and a first digit of 10^place. All is scaled by 4, so that a
 * quarter of the distance to the next double is whole: below a power of two doubles lie closer. */
static void start_expansion(uint64_t significand, int power, int place, struct expansion *x) {
  bool power_of_two = significand == UINT64_C(1) << (DBL_MANT_DIG - 1);
  int shift = power - place;
  x->inclusive = significand % 2 == 0;
  dyn_big_set(&x->value, significand * 4);
  dyn_big_set(&x->below, power_of_two ? 1 : 2);
  dyn_big_set(&x->above, 2);
  dyn_big_set(&x->unit, 4);
  dyn_big_multiply_power_of_5(place < 0 ? &x->value : &x->unit, place < 0 ? -place : place);
  if (place < 0) {
    dyn_big_multiply_power_of_5(&x->below, -place);
    dyn_big_multiply_power_of_5(&x->above, -place);
  }
  if (shift < 0) dyn_big_shift_left(&x->unit, -shift);
  int fill = dyn_big_bits_to_fill_limb(dyn_big_bits(&x->unit));
  dyn_big_shift_left(&x->unit, fill);
  shift_expansion(x, fill + (shift > 0 ? shift : 0));
}

static bool may_round_down(const struct expansion *x) {
  return dyn_big_compare(&x->value, &x->below) < (x->inclusive ? 1 : 0);
}

static bool may_round_up(const struct expansion *x) {
  struct dyn_big sum = x->value;
  dyn_big_add(&sum, &x->above);
  return dyn_big_compare(&sum, &x->unit) > (x->inclusive ? -1 : 0);
}

/* Whether `digit` is nearer to the rest's value when rounded up; halfway, whether that makes it
 * even. */
static bool nearer_above(const struct expansion *x, int digit) {
  struct dyn_big twice = x->value;
  dyn_big_shift_left(&twice, 1);
  return dyn_big_compare(&twice, &x->unit) > (digit % 2 == 0 ? 0 : -1);
}

/* Writes digits until what is left may be dropped or rounded up (Steele and White, "How to print
 * floating-point numbers accurately", 1990). The first place is never too low; where it is too high
 * its digit is 0. So no digit has to be rounded up from 9. */
static void find_shortest(double magnitude, struct dyn_decimal *out) {
  struct expansion x;
  int power;
  double fraction = frexp(magnitude, &power);
  int place = (int)(power * 0.30102999566398120); /* log10(2); magnitude < 2^power */
  bool down, up;
  start_expansion((uint64_t)ldexp(fraction, DBL_MANT_DIG), power - DBL_MANT_DIG, place, &x);
  for (;;) {
    char digit = (char)dyn_big_divide(&x.value, &x.unit);
    down = may_round_down(&x);
    up = may_round_up(&x);
    if (up && (!down || nearer_above(&x, digit))) digit++;
    if (digit > 0 || out->digit_count > 0) out->digits[out->digit_count++] = digit;
    if (down || up) break;
    dyn_big_multiply_add(&x.value, 10, 0);
    dyn_big_multiply_add(&x.below, 10, 0);
    dyn_big_multiply_add(&x.above, 10, 0);
    place--;
  }
  out->exponent = place;
}

/* The range may be checked on the double: 1e-130 and 1e126 are the shortest texts of the doubles
 * that they read as, and order is kept. */
enum dyn_decimal_status dyn_decimal_from_double(double number, struct dyn_decimal *out) {
  double magnitude = number < 0 ? -number : number;
  *out = (struct dyn_decimal){.negative = number < 0};
  if (magnitude == 0) return DYN_DECIMAL_OK;
  if (!(magnitude >= 1e-130 && magnitude < 1e126)) return DYN_DECIMAL_RANGE;
  if (!find_short(magnitude, out)) find_shortest(magnitude, out);
  return DYN_DECIMAL_OK;
}

/* ---- order and size ---- */

static int sign(const struct dyn_decimal *value) {
  if (value->digit_count == 0) return 0;
  return value->negative ? -1 : 1;
}

static int compare_magnitudes(const struct dyn_decimal *a, const struct dyn_decimal *b) {
  if (first_place(a) != first_place(b)) return first_place(a) - first_place(b);
  struct dyn_slice digits_a = {a->digits, (size_t)a->digit_count};
  struct dyn_slice digits_b = {b->digits, (size_t)b->digit_count};
  return dyn_slice_compare(digits_a, digits_b);
}

int dyn_decimal_compare(const struct dyn_decimal *a, const struct dyn_decimal *b) {
  if (sign(a) != sign(b)) return sign(a) - sign(b);
  return a->negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

/* Not in the guide; where published measurements of DynamoDB's own count stop. */
enum { BILLED_BYTES_MAX = 21 };

/* The pair that holds the digit of 10^place: 0 for 10^0 and 10^1, -1 for 10^-1 and 10^-2. */
static int pair_of(int place) {
  return (place >= 0 ? place : place - 1) / 2;
}

size_t dyn_decimal_billed_bytes(const struct dyn_decimal *value) {
  if (value->digit_count == 0) return 1;
  int pairs = pair_of(first_place(value)) - pair_of(value->exponent) + 1;
  int bytes = pairs + 1 + value->negative;
  return (size_t)(bytes < BILLED_BYTES_MAX ? bytes : BILLED_BYTES_MAX);
}
