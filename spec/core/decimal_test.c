/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "decimal.h"

#include <locale.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* 38 nines, and zeros by the ten. */
#define NINES   "99999999999999999999999999999999999999"
#define ZEROS10 "0000000000"
#define ZEROS120                                                                                   \
  ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10

static struct dyn_slice text_of(const char *text) {
  return dyn_slice_of(text, strlen(text));
}

/* Parses text known to be good. */
static struct dyn_decimal decimal_of(const char *text) {
  struct dyn_decimal value;
  CHECK_EQ_INT(dyn_decimal_parse(text_of(text), &value), DYN_DECIMAL_OK);
  return value;
}

static bool check_text(const struct dyn_decimal *value, const char *expected) {
  char out[DYN_DECIMAL_TEXT_MAX];
  size_t length = dyn_decimal_format(value, out);
  return CHECK_EQ_BYTES(dyn_slice_of(out, length), text_of(expected));
}

/* Numbers that are the same on every run (xorshift64*; Vigna, 2016). */
static uint64_t next_random(void) {
  static uint64_t state = UINT64_C(0x9E3779B97F4A7C15);
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * UINT64_C(0x2545F4914F6CDD1D);
}

static int random_below(int limit) {
  return (int)(next_random() % (uint64_t)limit);
}

static uint64_t bits_of(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

/* Any double of DynamoDB's range, every exponent as likely as another. */
static double random_double(void) {
  uint64_t low = bits_of(1e-130), high = bits_of(1e126);
  uint64_t bits = low + next_random() % (high - low);
  double number;
  memcpy(&number, &bits, sizeof number);
  return next_random() % 2 == 0 ? number : -number;
}

/* Writes a sign, `digits` digits with a point somewhere or nowhere, and an exponent that keeps it
 * in range. */
static void random_text(int digits, char *out) {
  int point = random_below(2 * digits);
  if (next_random() % 2 == 0) *out++ = '-';
  for (int i = 0; i < digits; i++) {
    if (i == point) *out++ = '.';
    *out++ = (char)('0' + random_below(10));
  }
  sprintf(out, "e%d", random_below(170) - 84);
}

static void test_parse_gives_normal_form(void) {
  static const struct {
    const char *text;
    bool negative;
    const char *digits;
    int exponent;
  } rows[] = {
      {"0", false, "", 0},
      {"-0", false, "", 0},
      {"+0.00", false, "", 0},
      {"0e999", false, "", 0},
      {"-0E-99999999999999999999999", false, "", 0},
      {"0e99999999999999999999999", false, "", 0},
      {"7", false, "7", 0},
      {"-7", true, "7", 0},
      {"+5", false, "5", 0},
      {"007", false, "7", 0},
      {"5.", false, "5", 0},
      {".5", false, "5", -1},
      {"12345", false, "12345", 0},
      {"1230", false, "123", 1},
      {"1000000", false, "1", 6},
      {"0.0123", false, "123", -4},
      {"100.0010", false, "100001", -3},
      {"10.20", false, "102", -1},
      {"1e3", false, "1", 3},
      {"1E+3", false, "1", 3},
      {"1200e-2", false, "12", 0},
      {"-1.50e-10", true, "15", -11},
      {"1e00000000000000000000000000000000005", false, "1", 5},
      {"000000000000000000000000000000000000000000000000000000000001", false, "1", 0},
      {"1.00000000000000000000000000000000000000000000000000000000000", false, "1", 0},
      {"0.5" ZEROS120 "e1", false, "5", 0},
      {NINES, false, NINES, 0},
      {"0" NINES "000", false, NINES, 3},
      {"1E-130", false, "1", -130},
      {"1E125", false, "1", 125},
      {"0." NINES "E126", false, NINES, 88},
      {"9.9999999999999999999999999999999999999E-130", false, NINES, -167},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char digits[DYN_DECIMAL_MAX_DIGITS];
    CHECK_CASE(rows[i].text);
    struct dyn_decimal value = decimal_of(rows[i].text);
    for (int at = 0; at < value.digit_count; at++) digits[at] = (char)('0' + value.digits[at]);
    CHECK_EQ_BYTES(dyn_slice_of(digits, (size_t)value.digit_count), text_of(rows[i].digits));
    CHECK_EQ_INT(value.exponent, rows[i].exponent);
    CHECK_EQ_INT(value.negative, rows[i].negative);
  }
}

static void test_parse_refuses_what_is_no_number(void) {
  static const char *const texts[] = {
      "",    "+",     "-",        ".",     "e",     "e5",           ".e5",      "-.",        "+-1",
      "--1", " 5",    "5 ",       "5\n",   "1_000", "1,5",          "1.2.3",    "1e",        "1e+",
      "1e-", "1e1.5", "1e+-1",    "1ee1",  "0x10",  "0x1p3",        "1f",       "nan",       "NaN",
      "inf", "-inf",  "Infinity", "1e5e5", "1 2",   "\xEF\xBC\x95", "\xD9\xA5", "1\xC2\xA0", "1-",
      "1+1", "..1",   "1..",      "$1",
  };
  struct dyn_decimal value;
  for (size_t i = 0; i < COUNT(texts); i++) {
    CHECK_CASE(texts[i]);
    CHECK_EQ_INT(dyn_decimal_parse(text_of(texts[i]), &value), DYN_DECIMAL_SYNTAX);
  }
  CHECK_CASE("bytes behind a NUL count");
  CHECK_EQ_INT(dyn_decimal_parse(DYN_SLICE("1\0"), &value), DYN_DECIMAL_SYNTAX);
  CHECK_EQ_INT(dyn_decimal_parse(DYN_SLICE("\0"), &value), DYN_DECIMAL_SYNTAX);
  CHECK_CASE("no bytes at all");
  CHECK_EQ_INT(dyn_decimal_parse(dyn_slice_of(NULL, 0), &value), DYN_DECIMAL_SYNTAX);
  CHECK_CASE("never reads past the length");
  CHECK_EQ_INT(dyn_decimal_parse(dyn_slice_of("12345", 2), &value), DYN_DECIMAL_OK);
  check_text(&value, "12");
  CHECK_EQ_INT(dyn_decimal_parse(dyn_slice_of("1e5", 2), &value), DYN_DECIMAL_SYNTAX);
}

static void test_parse_keeps_the_limits(void) {
  static const struct {
    const char *text;
    enum dyn_decimal_status status;
  } rows[] = {
      {NINES "9", DYN_DECIMAL_PRECISION},
      {NINES "09", DYN_DECIMAL_PRECISION},
      {"-0.1" NINES, DYN_DECIMAL_PRECISION},
      {"1" ZEROS120 "1", DYN_DECIMAL_PRECISION},
      {"1." ZEROS120 "1", DYN_DECIMAL_PRECISION},
      {NINES "9e999", DYN_DECIMAL_PRECISION},
      {"1E126", DYN_DECIMAL_RANGE},
      {"-1E126", DYN_DECIMAL_RANGE},
      {"10E125", DYN_DECIMAL_RANGE},
      {NINES "E89", DYN_DECIMAL_RANGE},
      {"1E400", DYN_DECIMAL_RANGE},
      {"1E-131", DYN_DECIMAL_RANGE},
      {"0.1E-130", DYN_DECIMAL_RANGE},
      {"9.99E-131", DYN_DECIMAL_RANGE},
      {"1e2147483648", DYN_DECIMAL_RANGE},
      {"1e-2147483649", DYN_DECIMAL_RANGE},
      {"1e4294967296", DYN_DECIMAL_RANGE},
      {"1e9223372036854775808", DYN_DECIMAL_RANGE},
      {"1e18446744073709551616", DYN_DECIMAL_RANGE},
      {"1e-99999999999999999999999999999999", DYN_DECIMAL_RANGE},
      {NINES "9x", DYN_DECIMAL_SYNTAX},
      {"1E400 ", DYN_DECIMAL_SYNTAX},
      {"1e99999999999999999999x", DYN_DECIMAL_SYNTAX},
      {"0." ZEROS120 "0000000001", DYN_DECIMAL_OK},
      {"0." ZEROS120 "00000000001", DYN_DECIMAL_RANGE},
      {"1" ZEROS120 "00000", DYN_DECIMAL_OK},
      {"1" ZEROS120 "000000", DYN_DECIMAL_RANGE},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct dyn_decimal value;
    CHECK_CASE(rows[i].text);
    CHECK_EQ_INT(dyn_decimal_parse(text_of(rows[i].text), &value), rows[i].status);
  }
}

static void test_parse_weighs_long_zeros_against_the_exponent(void) {
  enum { ZEROS = 100000 };
  static char text[ZEROS + 32];
  struct dyn_decimal value;
  memset(text, '0', sizeof text);
  text[1] = '.';
  memcpy(text + 2 + ZEROS, "25e100001", 10);
  CHECK_EQ_INT(dyn_decimal_parse(text_of(text), &value), DYN_DECIMAL_OK);
  check_text(&value, "2.5");
  memset(text, '0', sizeof text);
  text[0] = '4';
  memcpy(text + 1 + ZEROS, "e-100001", 9);
  CHECK_EQ_INT(dyn_decimal_parse(text_of(text), &value), DYN_DECIMAL_OK);
  check_text(&value, "0.4");
}

static void test_format_is_plain(void) {
  static const struct {
    const char *text, *expected;
  } rows[] = {
      {"-0.0", "0"},
      {"5", "5"},
      {"-5", "-5"},
      {"1230", "1230"},
      {"123e1", "1230"},
      {"0.0123", "0.0123"},
      {"-1.5", "-1.5"},
      {"1e0", "1"},
      {"1e-1", "0.1"},
      {"12.5e1", "125"},
      {"12.5e2", "1250"},
      {"12.5e-2", "0.125"},
      {"-125e-3", "-0.125"},
      {"3.14159265358979323846", "3.14159265358979323846"},
      {"1E125", "1" ZEROS120 "00000"},
      {"1E-130", "0." ZEROS120 "0000000001"},
      {"-" NINES "E-167", "-0." ZEROS120 "000000000" NINES},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    CHECK_CASE(rows[i].text);
    struct dyn_decimal value = decimal_of(rows[i].text);
    check_text(&value, rows[i].expected);
  }
}

static void test_canonical_text_is_a_fixed_point(void) {
  for (int i = 0; i < 20000; i++) {
    char text[96], first[DYN_DECIMAL_TEXT_MAX], second[DYN_DECIMAL_TEXT_MAX];
    struct dyn_decimal value, again;
    random_text(1 + random_below(DYN_DECIMAL_MAX_DIGITS), text);
    CHECK_CASE(text);
    if (!CHECK_EQ_INT(dyn_decimal_parse(text_of(text), &value), DYN_DECIMAL_OK)) continue;
    struct dyn_slice canonical = {first, dyn_decimal_format(&value, first)};
    if (!CHECK_EQ_INT(dyn_decimal_parse(canonical, &again), DYN_DECIMAL_OK)) continue;
    CHECK_EQ_INT(dyn_decimal_compare(&value, &again), 0);
    CHECK_EQ_BYTES(dyn_slice_of(second, dyn_decimal_format(&again, second)), canonical);
  }
}

static void test_int64_both_ways(void) {
  static const struct {
    int64_t number;
    const char *text;
  } rows[] = {
      {0, "0"},
      {7, "7"},
      {-7, "-7"},
      {10, "10"},
      {-1000000, "-1000000"},
      {INT64_C(9007199254740993), "9007199254740993"},
      {INT64_C(1000000000000000000), "1000000000000000000"},
      {INT64_MAX, "9223372036854775807"},
      {INT64_MIN, "-9223372036854775808"},
      {-INT64_MAX, "-9223372036854775807"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct dyn_decimal value, parsed = decimal_of(rows[i].text);
    int64_t number = 42;
    CHECK_CASE(rows[i].text);
    dyn_decimal_from_int64(rows[i].number, &value);
    check_text(&value, rows[i].text);
    CHECK_EQ_INT(dyn_decimal_compare(&value, &parsed), 0);
    CHECK(dyn_decimal_to_int64(&value, &number));
    CHECK_EQ_INT(number, rows[i].number);
  }
  for (int i = 0; i < 10000; i++) {
    struct dyn_decimal value;
    uint64_t magnitude = next_random() >> (1 + random_below(63));
    int64_t number = next_random() % 2 == 0 ? (int64_t)magnitude : -(int64_t)magnitude, back = 0;
    dyn_decimal_from_int64(number, &value);
    CHECK(dyn_decimal_to_int64(&value, &back));
    CHECK_EQ_INT(back, number);
  }
}

/* The short way says what the long one says, or nothing. */
static void test_short_integers(void) {
  static const char *const taken[] = {
      "0", "-0", "7", "-7", "007", "999999999999999", "-999999999999999"};
  static const char *const left[] = {"",
                                     "-",
                                     "+1",
                                     "--1",
                                     "1-",
                                     "1.0",
                                     "1e2",
                                     " 1",
                                     "1 ",
                                     "a",
                                     "1000000000000000",
                                     "0000000000000001"};
  struct dyn_decimal value;
  int64_t number, expected;
  for (size_t i = 0; i < COUNT(taken); i++) {
    struct dyn_slice text = dyn_slice_of(taken[i], strlen(taken[i]));
    CHECK_CASE(taken[i]);
    CHECK(dyn_decimal_short_integer(text, &number));
    CHECK_EQ_INT(dyn_decimal_parse(text, &value), DYN_DECIMAL_OK);
    CHECK(dyn_decimal_to_int64(&value, &expected) && number == expected);
  }
  for (size_t i = 0; i < COUNT(left); i++) {
    CHECK_CASE(left[i]);
    CHECK(!dyn_decimal_short_integer(dyn_slice_of(left[i], strlen(left[i])), &number));
  }
  CHECK(!dyn_decimal_short_integer(dyn_slice_of("1\0", 2), &number));
}

static void test_to_int64_refuses_the_rest(void) {
  static const char *const texts[] = {
      "0.5",
      "-1.5",
      "1e-130",
      "9223372036854775808",
      "-9223372036854775809",
      "9.3e18",
      "1e19",
      "-1e19",
      "2e19",
      "1e125",
      "18446744073709551616e0",
      NINES,
      "1e37",
  };
  for (size_t i = 0; i < COUNT(texts); i++) {
    struct dyn_decimal value = decimal_of(texts[i]);
    int64_t number = 42;
    CHECK_CASE(texts[i]);
    CHECK(!dyn_decimal_to_int64(&value, &number));
    CHECK_EQ_INT(number, 42);
  }
}

/* Among them ties, texts a hair from a tie, and both ends of the quick path. */
static void test_to_double_rounds_correctly(void) {
  static const struct {
    const char *text;
    double expected;
  } rows[] = {
      {"0", 0x0p+0},
      {"-1", -0x1p+0},
      {"0.1", 0x1.999999999999ap-4},
      {"1e22", 0x1.0f0cf064dd592p+73},
      {"1e23", 0x1.52d02c7e14af6p+76},
      {"1e-22", 0x1.e392010175ee6p-74},
      {"1e-23", 0x1.82db34012b251p-77},
      {"123456789012345e22", 0x1.db89cafccd3a9p+119},
      {"999999999999999e-22", 0x1.ad7f29abcaf41p-24},
      {"8.41e21", 0x1.c7e83209e90b2p+72},
      {"9007199254740991.5", 0x1p+53},
      {"9007199254740993", 0x1p+53},
      {"9007199254740993.0000000000000000000001", 0x1.0000000000001p+53},
      {"9007199254740992.9999999999999999999999", 0x1p+53},
      {"4503599627370496.5", 0x1p+52},
      {"4503599627370497.5", 0x1.0000000000002p+52},
      {"100000000000000016777215", 0x1.52d02c7e14af7p+76},
      {"100000000000000016777216", 0x1.52d02c7e14af8p+76},
      {"0.500000000000000166533453693773481063", 0x1.0000000000001p-1},
      {"1.50000000000000011102230246251565404", 0x1.8p+0},
      {"62.5364939768271845828", 0x1.f44abd5aa7ca4p+5},
      {"104110013277974872254e-125", 0x1.31a22d035b5a5p-349},
      {"5708990770823838890407843763683279797E88", 0x1.59725db272f7fp+414},
      {"123456789012345678901234567890123456.78", 0x1.7c6e3bfd70fdfp+116},
      {"1E-130", 0x1.1bebdf578b2f4p-432},
      {NINES "E-167", 0x1.62e6d72d6dfbp-429},
      {NINES "E88", 0x1.7a2ecc414a03fp+418},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct dyn_decimal value = decimal_of(rows[i].text);
    CHECK_CASE(rows[i].text);
    CHECK(bits_of(dyn_decimal_to_double(&value)) == bits_of(rows[i].expected));
  }
}

static void test_to_double_agrees_with_strtod(void) {
  for (int i = 0; i < 50000; i++) {
    char text[96];
    random_text(1 + random_below(DYN_DECIMAL_MAX_DIGITS), text);
    struct dyn_decimal value = decimal_of(text);
    CHECK_CASE(text);
    CHECK(dyn_decimal_to_double(&value) == strtod(text, NULL));
  }
}

/* The point halfway between a double and the next: an odd number of 54 bits, over 2^shift. It has
 * 38 digits at most. */
static void test_to_double_agrees_with_strtod_on_ties(void) {
  for (int i = 0; i < 20000; i++) {
    char text[96];
    uint64_t halves = (next_random() >> 10) | (UINT64_C(1) << 53) | 1; /* 54 bits */
    int shift = random_below(22), length;
    uint64_t mask = (UINT64_C(1) << shift) - 1, rest = halves & mask;
    length = sprintf(text, "%llu.", (unsigned long long)(halves >> shift));
    for (; rest != 0; rest = rest * 10 & mask) {
      text[length++] = (char)('0' + (rest * 10 >> shift));
    }
    text[length] = '\0';
    struct dyn_decimal value = decimal_of(text);
    CHECK_CASE(text);
    CHECK(dyn_decimal_to_double(&value) == strtod(text, NULL));
  }
}

/* The powers of two are those whose shortest text rounding to nearest would miss by one. */
static void test_from_double_is_shortest(void) {
  static const struct {
    double number;
    const char *expected;
  } rows[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {1.0, "1"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {0.3, "0.3"},
      {0.1 + 0.2, "0.30000000000000004"},
      {3.14159, "3.14159"},
      {1234.5, "1234.5"},
      {1.0 / 3, "0.3333333333333333"},
      {2.0 / 3, "0.6666666666666666"},
      {100.0, "100"},
      {1e15, "1000000000000000"},
      {1700000000123456.0, "1700000000123456"},
      {9007199254740991.0, "9007199254740991"},
      {9007199254740992.0, "9007199254740992"},
      {9007199254740994.0, "9007199254740994"},
      {123456789012345.67, "123456789012345.67"},
      {1366141512559499.75, "1366141512559499.8"}, /* a tie, to even */
      {1193233309488601.25, "1193233309488601.2"},
      {9223372036854775808.0, "9223372036854776000"},
      {1e21, "1000000000000000000000"},
      {1e22, "10000000000000000000000"},
      {1e23, "100000000000000000000000"},
      {5e-7, "0.0000005"},
      {0x1p-24, "0.00000005960464477539063"},
      {0x1p-44, "0.00000000000005684341886080802"},
      {0x1p-77, "0.000000000000000000000006617444900424222"},
      {0x1p+89, "618970019642690200000000000"},
      {0x1p+122, "5316911983139664000000000000000000000"},
      {1e-130, "0." ZEROS120 "0000000001"},
      {1e125, "1" ZEROS120 "00000"},
      {0x1.7a2ecc414a03ep+418, "9999999999999998" ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10
                                   ZEROS10 ZEROS10 ZEROS10 ZEROS10 ZEROS10},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct dyn_decimal value;
    CHECK_CASE(rows[i].expected);
    CHECK_EQ_INT(dyn_decimal_from_double(rows[i].number, &value), DYN_DECIMAL_OK);
    check_text(&value, rows[i].expected);
  }
}

static void test_from_double_keeps_the_range(void) {
  static const struct {
    const char *name;
    double number;
  } rows[] = {
      {"1e126", 1e126},
      {"-1e126", -1e126},
      {"DBL_MAX", 0x1.fffffffffffffp+1023},
      {"1e-131", 1e-131},
      {"just below 1e-130", 0x1.1bebdf578b2f3p-432},
      {"-1e-131", -1e-131},
      {"the least subnormal", 0x1p-1074},
  };
  struct dyn_decimal value;
  for (size_t i = 0; i < COUNT(rows); i++) {
    CHECK_CASE(rows[i].name);
    CHECK_EQ_INT(dyn_decimal_from_double(rows[i].number, &value), DYN_DECIMAL_RANGE);
  }
  volatile double zero = 0;
  CHECK_CASE("infinities and NaN");
  CHECK_EQ_INT(dyn_decimal_from_double(1 / zero, &value), DYN_DECIMAL_RANGE);
  CHECK_EQ_INT(dyn_decimal_from_double(-1 / zero, &value), DYN_DECIMAL_RANGE);
  CHECK_EQ_INT(dyn_decimal_from_double(zero / zero, &value), DYN_DECIMAL_RANGE);
}

/* The fewest digits for which printf's rounding reads back; never fewer than the shortest. */
static int digits_printf_needs(double number) {
  char text[64];
  for (int digits = 1; digits < 17; digits++) {
    sprintf(text, "%.*e", digits - 1, number);
    if (strtod(text, NULL) == number) return digits;
  }
  return 17;
}

/* What is written of a fraction is what the way over a decimal writes. */
static void check_fraction(double number, bool is_short) {
  char text[DYN_DECIMAL_FRACTION_MAX], expected[DYN_DECIMAL_TEXT_MAX];
  char *end = text + sizeof text, *start = dyn_decimal_format_fraction(number, end);
  struct dyn_decimal value;
  if (!CHECK((start != NULL) == is_short) || start == NULL) return;
  CHECK_EQ_INT(dyn_decimal_from_double(number, &value), DYN_DECIMAL_OK);
  CHECK_EQ_BYTES(dyn_slice_of(start, (size_t)(end - start)),
                 dyn_slice_of(expected, dyn_decimal_format(&value, expected)));
}

static void test_fractions(void) {
  static const double more[] = {0.1 + 0.2, 1.0 / 3, 0x1p-24, 5e-23, 1e-130, 1e15 + 0.5, 1e300, 0};
  double nan = strtod("nan", NULL), infinity = strtod("inf", NULL);
  for (int places = 1; places < 23; places++) {
    for (int digits = 1; digits < 16; digits++) {
      char text[40];
      int most = snprintf(text, sizeof text, "%.*se-%d", digits, "987654321234567", places);
      CHECK(most > 0);
      if (digits <= places) check_fraction(strtod(text, NULL), true);
      if (digits <= places) check_fraction(-strtod(text, NULL), true);
      snprintf(text, sizeof text, "%.*s.%.*s1", digits, "987654321234567", places, ZEROS10 ZEROS10);
      if (digits + places + 1 < 16) check_fraction(strtod(text, NULL), true);
    }
  }
  for (size_t i = 0; i < COUNT(more); i++) check_fraction(more[i], false);
  check_fraction(nan, false);
  check_fraction(infinity, false);
  check_fraction(-infinity, false);
}

static void test_doubles_round_trip(void) {
  for (int i = 0; i < 200000; i++) {
    struct dyn_decimal value;
    double number = random_double();
    if (!CHECK_EQ_INT(dyn_decimal_from_double(number, &value), DYN_DECIMAL_OK)) continue;
    CHECK(bits_of(dyn_decimal_to_double(&value)) == bits_of(number));
    CHECK(value.digit_count > 0 && value.digit_count <= 17);
    CHECK(value.digits[0] != 0 && value.digits[value.digit_count - 1] != 0);
    if (i % 20 == 0) CHECK(value.digit_count <= digits_printf_needs(number));
  }
}

static void test_short_decimals_come_back(void) {
  for (int i = 0; i < 50000; i++) {
    char text[64];
    unsigned long long digits = next_random() % 1000000000000000;
    for (int cut = random_below(15); cut > 0; cut--) digits /= 10;
    sprintf(text, "%llue%d", digits, random_below(220) - 110);
    struct dyn_decimal value = decimal_of(text), back;
    CHECK_CASE(text);
    CHECK_EQ_INT(dyn_decimal_from_double(dyn_decimal_to_double(&value), &back), DYN_DECIMAL_OK);
    CHECK_EQ_INT(dyn_decimal_compare(&value, &back), 0);
  }
}

static int sign_of(int order) {
  return (order > 0) - (order < 0);
}

static void test_compare_is_a_total_order(void) {
  static const char *const ascending[] = {
      "-1e125",   "-99e36",
      "-11",      "-10.5",
      "-10",      "-9.99",
      "-2",       "-1.01",
      "-1",       "-0.5",
      "-1e-9",    "-1e-130",
      "0",        "1e-130",
      "1.1e-130", "2e-130",
      "0.09",     "0.1",
      "0.11",     "0.9",
      "1",        "1.0000000000000000000000000000000000001",
      "1.1",      "2",
      "9.99",     "10",
      "10.5",     "11",
      "99",       "100",
      "101",      "1e37",
      "99e36",    NINES,
      "1e38",     "1e125",
  };
  for (size_t i = 0; i < COUNT(ascending); i++) {
    for (size_t j = 0; j < COUNT(ascending); j++) {
      struct dyn_decimal a = decimal_of(ascending[i]), b = decimal_of(ascending[j]);
      CHECK_CASE(ascending[i]);
      CHECK_EQ_INT(sign_of(dyn_decimal_compare(&a, &b)), (i > j) - (i < j));
    }
  }
}

static void test_compare_agrees_with_integers(void) {
  for (int i = 0; i < 20000; i++) {
    int64_t x = random_below(4000) - 2000, y = random_below(4000) - 2000;
    int scale_x = random_below(5), scale_y = random_below(5);
    char text[32];
    sprintf(text, "%llde-%d", (long long)x, scale_x);
    struct dyn_decimal a = decimal_of(text);
    sprintf(text, "%llde-%d", (long long)y, scale_y);
    struct dyn_decimal b = decimal_of(text);
    for (; scale_x < 4; scale_x++) x *= 10;
    for (; scale_y < 4; scale_y++) y *= 10;
    CHECK_EQ_INT(sign_of(dyn_decimal_compare(&a, &b)), (x > y) - (x < y));
  }
}

static void test_billed_bytes(void) {
  static const struct {
    const char *text;
    size_t bytes;
  } rows[] = {
      {"0", 1},
      {"-0.0", 1},
      {"1", 2},
      {"-1", 3},
      {"10", 2},
      {"99", 2},
      {"100", 2},
      {"123", 3},
      {"1230", 3},
      {"1234", 3},
      {"12300", 3}, /* 1|23|00 */
      {"123000", 3},
      {"0.1", 2},
      {"0.01", 2},
      {"0.012", 3}, /* 01|2. */
      {"0.12", 2},
      {"1.5", 3},
      {"12.34", 3},
      {"1.234", 4}, /* 1 . 23|4. */
      {"-12.34", 4},
      {"1e125", 2},
      {"1e-130", 2},
      {"-1E-130", 3},
      {NINES, 20},
      {"-" NINES, 21},
      {NINES "e1", 21},
      {"-" NINES "e1", 21},
      {"-" NINES "e-1", 21},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct dyn_decimal value = decimal_of(rows[i].text);
    CHECK_CASE(rows[i].text);
    CHECK_EQ_SIZE(dyn_decimal_billed_bytes(&value), rows[i].bytes);
  }
}

static bool set_locale_with_comma(void) {
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE",       "fr_FR.UTF-8",
                                      "fr_FR.utf8",  "fr_FR",      "nl_NL.UTF-8", "ps_AF.UTF-8"};
  for (size_t i = 0; i < COUNT(names); i++) {
    if (setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ".") != 0) return true;
  }
  return false;
}

static void test_locale_changes_nothing(void) {
  if (!set_locale_with_comma()) CHECK_SKIP("no locale with a decimal comma is installed");
  struct dyn_decimal value;
  CHECK_EQ_INT(dyn_decimal_from_double(0.1 + 0.2, &value), DYN_DECIMAL_OK);
  check_text(&value, "0.30000000000000004");
  CHECK(dyn_decimal_to_double(&value) == 0.1 + 0.2);
  CHECK_EQ_INT(dyn_decimal_parse(DYN_SLICE("1,5"), &value), DYN_DECIMAL_SYNTAX);
  CHECK_EQ_INT(dyn_decimal_parse(DYN_SLICE("1.5"), &value), DYN_DECIMAL_OK);
  check_text(&value, "1.5");
  setlocale(LC_ALL, "C");
}

int main(void) {
  CHECK_RUN(test_parse_gives_normal_form);
  CHECK_RUN(test_parse_refuses_what_is_no_number);
  CHECK_RUN(test_parse_keeps_the_limits);
  CHECK_RUN(test_parse_weighs_long_zeros_against_the_exponent);
  CHECK_RUN(test_format_is_plain);
  CHECK_RUN(test_canonical_text_is_a_fixed_point);
  CHECK_RUN(test_int64_both_ways);
  CHECK_RUN(test_short_integers);
  CHECK_RUN(test_to_int64_refuses_the_rest);
  CHECK_RUN(test_to_double_rounds_correctly);
  CHECK_RUN(test_to_double_agrees_with_strtod);
  CHECK_RUN(test_to_double_agrees_with_strtod_on_ties);
  CHECK_RUN(test_from_double_is_shortest);
  CHECK_RUN(test_from_double_keeps_the_range);
  CHECK_RUN(test_fractions);
  CHECK_RUN(test_doubles_round_trip);
  CHECK_RUN(test_short_decimals_come_back);
  CHECK_RUN(test_compare_is_a_total_order);
  CHECK_RUN(test_compare_agrees_with_integers);
  CHECK_RUN(test_billed_bytes);
  CHECK_RUN(test_locale_changes_nothing);
  return check_finish();
}
