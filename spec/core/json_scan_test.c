/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "json_scan.h"
#include "check.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

enum { CEILING = 1 << 20, DEPTH = 64 };

static const char rich_text[] =
    " {\"Items\":[{\"id\":{\"S\":\"user#1\"},\"n\":{\"N\":\"-12.5e+3\"},\"ok\":{\"BOOL\":true},\r\n"
    "\"no\":{\"BOOL\":false},\"none\":{\"NULL\":null},\"e\":{\"S\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"},"
    "\"u\":{\"S\":\"\\u00e9\\uD83D\\uDE00\\u0000 caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"},"
    "\"empty\":[{},[],\"\", 0,-0 , 1.25E-7,[[[\t\"deep\"]]]]}],\"Count\":1 }";
#define RICH dyn_slice_of(rich_text, sizeof rich_text - 1)

/* A heap block of exactly the text, so that a read past its end shows under a checker. */
static char *copy_of(struct dyn_slice text) {
  char *copy = malloc(text.length > 0 ? text.length : 1);
  if (!copy) abort();
  if (text.length > 0) memcpy(copy, text.data, text.length);
  return copy;
}

struct outcome {
  enum dyn_json_error error;
  size_t offset; /* of `at` */
};

/* Skips `text` as a whole document. */
static struct outcome skip_all(struct dyn_slice text, int max_depth) {
  char *copy = copy_of(text);
  struct dyn_buf scratch;
  struct dyn_json_scan scan;
  dyn_buf_init(&scratch, CEILING);
  dyn_json_scan_init(&scan, dyn_slice_of(copy, text.length), &scratch);
  bool passed = dyn_json_skip(&scan, max_depth);
  passed = dyn_json_finish(&scan) && passed;
  struct outcome outcome = {scan.error, (size_t)(scan.at - scan.start)};
  CHECK(passed == (scan.error == DYN_JSON_OK));
  CHECK(outcome.offset <= text.length);
  dyn_buf_clean_up(&scratch);
  free(copy);
  return outcome;
}

static void test_documents(void) {
  static const struct {
    const char *text;
    enum dyn_json_error error;
    size_t offset;
  } rows[] = {
      {"{}", DYN_JSON_OK, 2},
      {" [ ] ", DYN_JSON_OK, 5},
      {"\"x\"", DYN_JSON_OK, 3},
      {"null", DYN_JSON_OK, 4},
      {"{\"a\":1,\"a\":2}", DYN_JSON_OK, 13}, /* repeated names are the caller's affair */
      {"[1,[2,{\"a\":[]}],{\"b\":{}}]", DYN_JSON_OK, 25},
      {"", DYN_JSON_TRUNCATED, 0},
      {"  ", DYN_JSON_TRUNCATED, 2},
      {"[", DYN_JSON_TRUNCATED, 1},
      {"{\"a\"", DYN_JSON_TRUNCATED, 4},
      {"tru", DYN_JSON_TRUNCATED, 3},
      {"trie", DYN_JSON_SYNTAX, 2},
      {"True", DYN_JSON_SYNTAX, 0},
      {"nullx", DYN_JSON_TRAILING, 4},
      {"[1,]", DYN_JSON_SYNTAX, 3},
      {"[,1]", DYN_JSON_SYNTAX, 1},
      {"[1 2]", DYN_JSON_SYNTAX, 3},
      {"[1}", DYN_JSON_SYNTAX, 2},
      {"{\"a\":1]", DYN_JSON_SYNTAX, 6},
      {"{\"a\":1,}", DYN_JSON_SYNTAX, 7},
      {"{\"a\" 1}", DYN_JSON_SYNTAX, 5},
      {"{\"a\":}", DYN_JSON_SYNTAX, 5},
      {"{a:1}", DYN_JSON_SYNTAX, 1},
      {"{1:1}", DYN_JSON_SYNTAX, 1},
      {"{\"a\"}", DYN_JSON_SYNTAX, 4},
      {"[1]]", DYN_JSON_TRAILING, 3},
      {"{} {}", DYN_JSON_TRAILING, 3},
      {"[1] // no", DYN_JSON_TRAILING, 4},
      {"/**/1", DYN_JSON_SYNTAX, 0},
      {"\f1", DYN_JSON_SYNTAX, 0},
      {"\v[]", DYN_JSON_SYNTAX, 0},
      {"\xEF\xBB\xBF{}", DYN_JSON_SYNTAX, 0},
      {"NaN", DYN_JSON_SYNTAX, 0},
      {"'a'", DYN_JSON_SYNTAX, 0},
      {"[01]", DYN_JSON_NUMBER, 2},
      {"[-]", DYN_JSON_NUMBER, 2},
      {"[1.]", DYN_JSON_NUMBER, 3},
      {"[\"a\xFF\"]", DYN_JSON_UTF8, 3},
      {"[\"\x01\"]", DYN_JSON_STRING, 2},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_CASE(rows[i].text);
    struct outcome outcome = skip_all(dyn_slice_of(rows[i].text, strlen(rows[i].text)), DEPTH);
    CHECK_EQ_INT(outcome.error, rows[i].error);
    CHECK_EQ_SIZE(outcome.offset, rows[i].offset);
  }
}

static void test_nul_bytes_in_the_text(void) {
  CHECK_EQ_INT(skip_all(DYN_SLICE("\0"), DEPTH).error, DYN_JSON_SYNTAX);
  CHECK_EQ_INT(skip_all(DYN_SLICE("[1\0]"), DEPTH).error, DYN_JSON_SYNTAX);
  CHECK_EQ_INT(skip_all(DYN_SLICE("{}\0"), DEPTH).error, DYN_JSON_TRAILING);
  CHECK_EQ_INT(skip_all(DYN_SLICE("\"a\0b\""), DEPTH).error, DYN_JSON_STRING);
  CHECK_EQ_INT(skip_all(DYN_SLICE("\"\\\0\""), DEPTH).error, DYN_JSON_STRING);
  CHECK_EQ_INT(skip_all(DYN_SLICE("\"\\u00\0\0\""), DEPTH).error, DYN_JSON_STRING);
  CHECK_EQ_INT(skip_all(dyn_slice_of(NULL, 0), DEPTH).error, DYN_JSON_TRUNCATED);
}

/* Reads `json` as one string that is the whole document. */
static enum dyn_json_error read_string(struct dyn_slice json, struct dyn_slice expected) {
  char *copy = copy_of(json);
  struct dyn_buf scratch;
  struct dyn_json_scan scan;
  struct dyn_slice value = {NULL, 0};
  dyn_buf_init(&scratch, CEILING);
  dyn_json_scan_init(&scan, dyn_slice_of(copy, json.length), &scratch);
  if (dyn_json_string(&scan, &value) && dyn_json_finish(&scan)) CHECK_EQ_BYTES(value, expected);
  dyn_buf_clean_up(&scratch);
  free(copy);
  return scan.error;
}

static void test_good_strings(void) {
  static const struct {
    struct dyn_slice json, value;
  } rows[] = {
      {CHECK_BYTES("\"\""), CHECK_BYTES("")},
      {CHECK_BYTES("\"plain\""), CHECK_BYTES("plain")},
      {CHECK_BYTES("\"\\\"\""), CHECK_BYTES("\"")},
      {CHECK_BYTES("\"\\\\\""), CHECK_BYTES("\\")},
      {CHECK_BYTES("\"\\/\""), CHECK_BYTES("/")},
      {CHECK_BYTES("\"\\b\\f\\n\\r\\t\""), CHECK_BYTES("\b\f\n\r\t")},
      {CHECK_BYTES("\"a\\u0000b\""), CHECK_BYTES("a\0b")},
      {CHECK_BYTES("\"\\u0041\\u00e9\\u20AC\""), CHECK_BYTES("A\xC3\xA9\xE2\x82\xAC")},
      {CHECK_BYTES("\"\\uD83D\\uDE00\""), CHECK_BYTES("\xF0\x9F\x98\x80")},
      {CHECK_BYTES("\"\\ud800\\udc00\""), CHECK_BYTES("\xF0\x90\x80\x80")},
      {CHECK_BYTES("\"\\uDBFF\\uDFFF\""), CHECK_BYTES("\xF4\x8F\xBF\xBF")},
      {CHECK_BYTES("\"\\uD7FF\\uE000\\uFFFF\""),
       CHECK_BYTES("\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF")},
      {CHECK_BYTES("\"\x7F \xC2\x80\""), CHECK_BYTES("\x7F \xC2\x80")},
      {CHECK_BYTES("\"caf\xC3\xA9 \\n \xF0\x9F\x98\x80\""),
       CHECK_BYTES("caf\xC3\xA9 \n \xF0\x9F\x98\x80")},
      {CHECK_BYTES("\"text of many words \\\" and as many again\""),
       CHECK_BYTES("text of many words \" and as many again")},
      {CHECK_BYTES("\"\\\\\\\\\\\"\\\"\""), CHECK_BYTES("\\\\\"\"")},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_EQ_INT(read_string(rows[i].json, rows[i].value), DYN_JSON_OK);
  }
}

static void test_bad_strings(void) {
  static const struct {
    const char *json;
    enum dyn_json_error error;
  } rows[] = {
      {"x", DYN_JSON_SYNTAX},
      {"\"", DYN_JSON_TRUNCATED},
      {"\"abc", DYN_JSON_TRUNCATED},
      {"\"abcdefghijklmnop", DYN_JSON_TRUNCATED},
      {"\"\\", DYN_JSON_TRUNCATED},
      {"\"\\u", DYN_JSON_TRUNCATED},
      {"\"\\u00e", DYN_JSON_TRUNCATED},
      {"\"\\u00e9", DYN_JSON_TRUNCATED},
      {"\"\\uD83D", DYN_JSON_TRUNCATED},
      {"\"\\uD83D\\", DYN_JSON_TRUNCATED},
      {"\"\\uD83D\\uDE0", DYN_JSON_TRUNCATED},
      {"\"\\n", DYN_JSON_TRUNCATED},
      {"\"\\x41\"", DYN_JSON_STRING},
      {"\"\\a\"", DYN_JSON_STRING},
      {"\"\\N\"", DYN_JSON_STRING},
      {"\"\\U0041\"", DYN_JSON_STRING},
      {"\"\\u004\"", DYN_JSON_STRING},
      {"\"\\u004g\"", DYN_JSON_STRING},
      {"\"\\u+041\"", DYN_JSON_STRING},
      {"\"\\u 041\"", DYN_JSON_STRING},
      {"\"\\uD800\"", DYN_JSON_STRING},
      {"\"\\uDFFF\"", DYN_JSON_STRING},
      {"\"\\uD83Dx\"", DYN_JSON_STRING},
      {"\"\\uD83D\\n\"", DYN_JSON_STRING},
      {"\"\\uD83D\\u0041\"", DYN_JSON_STRING},
      {"\"\\uD83D\\uD83D\"", DYN_JSON_STRING},
      {"\"\\uDE00\\uD83D\"", DYN_JSON_STRING},
      {"\"a\nb\"", DYN_JSON_STRING},
      {"\"a\tb\"", DYN_JSON_STRING},
      {"\"\\n\x1F\"", DYN_JSON_STRING},
      {"\"\xC3\"", DYN_JSON_UTF8},
      {"\"\xC3\\n\xA9\"", DYN_JSON_UTF8},
      {"\"\\n\x80\"", DYN_JSON_UTF8},
      {"\"\xC0\x80\"", DYN_JSON_UTF8},
      {"\"\xE0\x80\xAF\"", DYN_JSON_UTF8},
      {"\"\xED\xA0\x80\"", DYN_JSON_UTF8},
      {"\"\xF4\x90\x80\x80\"", DYN_JSON_UTF8},
      {"\"12345678901234567\xFF\"", DYN_JSON_UTF8},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_CASE(rows[i].json);
    struct dyn_slice json = {rows[i].json, strlen(rows[i].json)};
    CHECK_EQ_INT(read_string(json, DYN_SLICE("")), rows[i].error);
  }
}

/* Each control byte, and each byte that may follow a backslash, at each offset within a word. */
static void test_every_byte_in_a_string(void) {
  size_t wrong = 0;
  for (int byte = 0; byte < 0x80; byte++) {
    for (size_t place = 1; place < 18; place++) {
      char raw[20], escaped[20];
      memset(raw, 'x', sizeof raw);
      raw[0] = raw[19] = '"';
      memcpy(escaped, raw, sizeof raw);
      raw[place] = (char)byte;
      escaped[place] = '\\';
      escaped[place + 1] = (char)byte;
      bool raw_good = byte >= 0x20 && byte != '\\' && byte != '"';
      bool escape_good = byte != 0 && strchr("\"\\/bfnrt", byte) != NULL;
      wrong += (skip_all(dyn_slice_of(raw, 20), 1).error == DYN_JSON_OK) != raw_good;
      wrong += (skip_all(dyn_slice_of(escaped, 20), 1).error == DYN_JSON_OK) != escape_good;
    }
  }
  CHECK_EQ_SIZE(wrong, 0);
}

static void test_numbers(void) {
  static const struct {
    const char *text;
    enum dyn_json_error error;
    size_t length; /* of the number */
  } rows[] = {
      {"0", DYN_JSON_OK, 1},
      {"-0", DYN_JSON_OK, 2},
      {"10", DYN_JSON_OK, 2},
      {"-12.50e+10", DYN_JSON_OK, 10},
      {"1E5", DYN_JSON_OK, 3},
      {"1e-05", DYN_JSON_OK, 5},
      {"0.0", DYN_JSON_OK, 3},
      {"0e1", DYN_JSON_OK, 3},
      {"1,", DYN_JSON_OK, 1},
      {"0x10", DYN_JSON_OK, 1}, /* the caller meets the x */
      {"1e999999999", DYN_JSON_OK, 11},
      {"", DYN_JSON_TRUNCATED, 0},
      {"-", DYN_JSON_TRUNCATED, 0},
      {"1.", DYN_JSON_TRUNCATED, 0},
      {"1e", DYN_JSON_TRUNCATED, 0},
      {"1e+", DYN_JSON_TRUNCATED, 0},
      {"01", DYN_JSON_NUMBER, 0},
      {"-01", DYN_JSON_NUMBER, 0},
      {"-x", DYN_JSON_NUMBER, 0},
      {"1.e5", DYN_JSON_NUMBER, 0},
      {"1.x", DYN_JSON_NUMBER, 0},
      {"1ex", DYN_JSON_NUMBER, 0},
      {"1e+-1", DYN_JSON_NUMBER, 0},
      {"--1", DYN_JSON_NUMBER, 0},
      {"+1", DYN_JSON_SYNTAX, 0},
      {".5", DYN_JSON_SYNTAX, 0},
      {"\"1\"", DYN_JSON_SYNTAX, 0},
      {"Infinity", DYN_JSON_SYNTAX, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct dyn_slice text = {rows[i].text, strlen(rows[i].text)}, number = {NULL, 0};
    char *copy = copy_of(text);
    struct dyn_json_scan scan;
    CHECK_CASE(rows[i].text);
    dyn_json_scan_init(&scan, dyn_slice_of(copy, text.length), NULL);
    CHECK(dyn_json_number(&scan, &number) == (rows[i].error == DYN_JSON_OK));
    CHECK_EQ_INT(scan.error, rows[i].error);
    CHECK_EQ_SIZE(number.length, rows[i].length);
    free(copy);
  }
}

static void test_driving_by_hand(void) {
  struct dyn_buf scratch;
  struct dyn_json_scan scan;
  struct dyn_slice text = DYN_SLICE(" { \"a\" : [ true , 12 ] , \"b\\n\":null}\n"), out;
  dyn_buf_init(&scratch, CEILING);
  dyn_json_scan_init(&scan, text, &scratch);
  CHECK(dyn_json_peek(&scan) == '{');
  CHECK(!dyn_json_accept(&scan, '['));
  CHECK(dyn_json_expect(&scan, '{'));
  CHECK(dyn_json_string(&scan, &out));
  CHECK(out.data == text.data + 4); /* no escape: a view of the text */
  CHECK(dyn_json_expect(&scan, ':') && dyn_json_accept(&scan, '['));
  CHECK(dyn_json_word(&scan, DYN_SLICE("true")) && dyn_json_accept(&scan, ','));
  CHECK(dyn_json_number(&scan, &out));
  CHECK_EQ_TEXT(out, "12");
  CHECK(dyn_json_expect(&scan, ']') && dyn_json_expect(&scan, ','));
  CHECK(dyn_json_string(&scan, &out));
  CHECK(out.data == scratch.data);
  CHECK_EQ_TEXT(out, "b\n");
  CHECK(dyn_json_expect(&scan, ':') && dyn_json_skip(&scan, 0));
  CHECK(dyn_json_expect(&scan, '}'));
  CHECK(dyn_json_peek(&scan) == '\0' && dyn_json_finish(&scan));
  dyn_buf_clean_up(&scratch);
}

static void check_all_fail(struct dyn_json_scan *scan) {
  struct dyn_slice out;
  const char *at = scan->at;
  enum dyn_json_error error = scan->error;
  CHECK(dyn_json_peek(scan) == '\0');
  CHECK(!dyn_json_accept(scan, '1') && !dyn_json_accept(scan, '\0'));
  CHECK(!dyn_json_expect(scan, '1'));
  CHECK(!dyn_json_string(scan, &out));
  CHECK(!dyn_json_number(scan, &out));
  CHECK(!dyn_json_word(scan, DYN_SLICE("null")) && !dyn_json_word(scan, DYN_SLICE("")));
  CHECK(!dyn_json_skip(scan, DEPTH));
  CHECK(!dyn_json_finish(scan));
  CHECK(!dyn_json_fail(scan, DYN_JSON_DEPTH));
  CHECK_EQ_INT(scan->error, error);
  CHECK(scan->at == at);
}

static void test_errors_stick(void) {
  static const char *const texts[] = {"x1", "\"\\x\" 1", "\"\xFF\" 1", "01 1", "[[ 1", "[1", "1 1"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct dyn_buf scratch;
    struct dyn_json_scan scan;
    CHECK_CASE(texts[i]);
    dyn_buf_init(&scratch, CEILING);
    dyn_json_scan_init(&scan, dyn_slice_of(texts[i], strlen(texts[i])), &scratch);
    CHECK(!dyn_json_skip(&scan, 1) || !dyn_json_finish(&scan));
    CHECK(scan.error != DYN_JSON_OK);
    check_all_fail(&scan);
    dyn_buf_clean_up(&scratch);
  }
}

static void test_callers_own_error_sticks(void) {
  struct dyn_json_scan scan;
  dyn_json_scan_init(&scan, DYN_SLICE("1 2"), NULL);
  CHECK(!dyn_json_fail(&scan, DYN_JSON_SYNTAX));
  CHECK_EQ_INT(scan.error, DYN_JSON_SYNTAX);
  check_all_fail(&scan);
}

/* `levels` times [ (or {"a":), then as many closers. */
static struct outcome skip_nested(size_t levels, const char *opener, char closer, int max_depth) {
  struct dyn_buf text;
  dyn_buf_init(&text, SIZE_MAX);
  for (size_t i = 0; i < levels; i++) dyn_buf_append(&text, opener, strlen(opener));
  dyn_buf_append_char(&text, '1');
  for (size_t i = 0; i < levels; i++) dyn_buf_append_char(&text, closer);
  struct outcome outcome = skip_all(dyn_buf_slice(&text), max_depth);
  dyn_buf_clean_up(&text);
  return outcome;
}

static void test_depth(void) {
  static const struct {
    size_t levels;
    int max_depth;
    enum dyn_json_error error;
  } rows[] = {
      {0, 0, DYN_JSON_OK},
      {1, 0, DYN_JSON_DEPTH},
      {1, 1, DYN_JSON_OK},
      {32, 32, DYN_JSON_OK},
      {33, 32, DYN_JSON_DEPTH},
      {64, 64, DYN_JSON_OK},
      {65, 65, DYN_JSON_OK},
      {1, -1, DYN_JSON_DEPTH},
      {1024, 1024, DYN_JSON_OK},
      {1024, INT_MAX, DYN_JSON_OK},
      {1025, INT_MAX, DYN_JSON_DEPTH},
      {1025, 1025, DYN_JSON_DEPTH},
      {100000, INT_MAX, DYN_JSON_DEPTH},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int depth = rows[i].max_depth;
    CHECK_EQ_INT(skip_nested(rows[i].levels, "[", ']', depth).error, rows[i].error);
    CHECK_EQ_INT(skip_nested(rows[i].levels, "{\"a\":", '}', depth).error, rows[i].error);
  }
}

/* What is closed no longer counts, and the kinds of the levels do not mix. */
static void test_depth_counts_open_levels_only(void) {
  CHECK_EQ_INT(skip_all(DYN_SLICE("[[],[],{\"a\":[]},[[]]]"), 3).error, DYN_JSON_OK);
  CHECK_EQ_INT(skip_all(DYN_SLICE("[{\"a\":[{\"b\":[1,{}],\"c\":2}],\"d\":3},4]"), 6).error,
               DYN_JSON_OK);
  CHECK_EQ_INT(skip_all(DYN_SLICE("[{\"a\":[1,2}]]"), 6).error, DYN_JSON_SYNTAX);
}

static void test_scratch_ceiling(void) {
  struct dyn_buf scratch;
  struct dyn_json_scan scan;
  struct dyn_slice out;
  dyn_buf_init(&scratch, 4);
  dyn_json_scan_init(&scan, DYN_SLICE("[\"plain and long\",\"1\\n34\",\"1\\n345\"]"), &scratch);
  CHECK(dyn_json_expect(&scan, '['));
  CHECK(dyn_json_string(&scan, &out)); /* needs no scratch */
  CHECK(dyn_json_expect(&scan, ',') && dyn_json_string(&scan, &out));
  CHECK_EQ_TEXT(out, "1\n34");
  CHECK(dyn_json_expect(&scan, ',') && !dyn_json_string(&scan, &out));
  CHECK_EQ_INT(scan.error, DYN_JSON_MEMORY);
  check_all_fail(&scan);
  dyn_buf_clean_up(&scratch);
}

static void test_every_prefix_is_truncated(void) {
  CHECK_EQ_INT(skip_all(RICH, DEPTH).error, DYN_JSON_OK);
  for (size_t length = 0; length < RICH.length; length++) {
    struct outcome outcome = skip_all(dyn_slice_of(rich_text, length), DEPTH);
    CHECK_EQ_INT(outcome.error, DYN_JSON_TRUNCATED);
    CHECK_EQ_SIZE(outcome.offset, length);
  }
}

/* The oracle of the random tests: reads byte by byte and by recursion, each rule as RFC 8259 and
 * RFC 3629 print it. Every function returns what follows the thing, or NULL. */
static const char *plain_value(const char *at, const char *end, int depth);

static unsigned byte_at(const char *at, const char *end) {
  return at < end ? (unsigned char)*at : 0x100u;
}

static const char *plain_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

static const char *plain_digits(const char *at, const char *end) {
  const char *begin = at;
  while (at < end && *at >= '0' && *at <= '9') at++;
  return at > begin ? at : NULL;
}

static const char *plain_number(const char *at, const char *end) {
  if (byte_at(at, end) == '-') at++;
  at = byte_at(at, end) == '0' ? at + 1 : plain_digits(at, end);
  if (at && byte_at(at, end) == '.') at = plain_digits(at + 1, end);
  if (at && (byte_at(at, end) == 'e' || byte_at(at, end) == 'E')) {
    at++;
    if (byte_at(at, end) == '+' || byte_at(at, end) == '-') at++;
    at = plain_digits(at, end);
  }
  return at;
}

/* Reads "\uXXXX"; -1 if that is not what comes. */
static long plain_unit(const char *at, const char *end) {
  char digits[5] = {0};
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
  memcpy(digits, at + 2, 4);
  return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

static const char *plain_escape(const char *at, const char *end) {
  unsigned letter = byte_at(at + 1, end);
  if (letter != 'u') {
    return letter != 0 && letter < 0x80 && strchr("\"\\/bfnrt", (int)letter) ? at + 2 : NULL;
  }
  long unit = plain_unit(at, end);
  if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return NULL;
  if (unit < 0xD800 || unit > 0xDFFF) return at + 6;
  unit = plain_unit(at + 6, end);
  return unit >= 0xDC00 && unit <= 0xDFFF ? at + 12 : NULL;
}

static const char *plain_character(const char *at, const char *end) {
  static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
  unsigned lead = byte_at(at, end);
  if (lead == '\\') return plain_escape(at, end);
  if (lead < 0x80) return lead >= 0x20 && lead != '"' ? at + 1 : NULL;
  int length = lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
  if (length == 0) return NULL;
  unsigned long c = lead & (0xFFu >> (length + 1));
  for (int i = 1; i < length; i++) {
    unsigned next = byte_at(at + i, end);
    if (next >> 6 != 2) return NULL;
    c = c << 6 | (next & 0x3F);
  }
  bool good = c >= least[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
  return good ? at + length : NULL;
}

static const char *plain_string(const char *at, const char *end) {
  if (byte_at(at, end) != '"') return NULL;
  for (at++; at && byte_at(at, end) != '"';) at = plain_character(at, end);
  return at ? at + 1 : NULL;
}

static const char *plain_key(const char *at, const char *end) {
  at = plain_string(plain_space(at, end), end);
  if (!at) return NULL;
  at = plain_space(at, end);
  return byte_at(at, end) == ':' ? at + 1 : NULL;
}

static const char *plain_container(const char *at, const char *end, char closer, int depth) {
  if (depth == 0) return NULL;
  at = plain_space(at + 1, end);
  if (byte_at(at, end) == (unsigned)closer) return at + 1;
  for (;;) {
    if (closer == '}') at = plain_key(at, end);
    if (at) at = plain_value(at, end, depth - 1);
    if (!at) return NULL;
    at = plain_space(at, end);
    if (byte_at(at, end) == (unsigned)closer) return at + 1;
    if (byte_at(at, end) != ',') return NULL;
    at++;
  }
}

static const char *plain_word(const char *at, const char *end, const char *word) {
  size_t length = strlen(word);
  return (size_t)(end - at) >= length && memcmp(at, word, length) == 0 ? at + length : NULL;
}

static const char *plain_value(const char *at, const char *end, int depth) {
  at = plain_space(at, end);
  switch (byte_at(at, end)) {
  case '{':
    return plain_container(at, end, '}', depth);
  case '[':
    return plain_container(at, end, ']', depth);
  case '"':
    return plain_string(at, end);
  case 't':
    return plain_word(at, end, "true");
  case 'f':
    return plain_word(at, end, "false");
  case 'n':
    return plain_word(at, end, "null");
  default:
    return plain_number(at, end);
  }
}

static bool plain_accepts(struct dyn_slice text, int max_depth) {
  const char *end = text.data + text.length, *at = plain_value(text.data, end, max_depth);
  return at && plain_space(at, end) == end;
}

/* Returns whether both accept the text; a failed check shows a text on which they differ. */
static bool accepted_by_both(struct dyn_slice text, int max_depth) {
  bool accepted = skip_all(text, max_depth).error == DYN_JSON_OK;
  bool agreed = accepted == plain_accepts(text, max_depth);
  CHECK_EQ_BYTES(text, agreed ? text : DYN_SLICE("one that both judge alike"));
  return accepted && agreed;
}

static void test_every_bit_flip(void) {
  char text[sizeof rich_text - 1];
  memcpy(text, rich_text, sizeof text);
  for (size_t bit = 0; bit < sizeof text * 8; bit++) {
    text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
    accepted_by_both(dyn_slice_of(text, sizeof text), DEPTH);
    text[bit / 8] = rich_text[bit / 8];
  }
}

static uint64_t random_state = UINT64_C(0x9E3779B97F4A7C15);

static size_t random_below(size_t limit) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (size_t)(random_state >> 11) % limit;
}

enum { FUZZ_ROUNDS = 150000, FUZZ_MAX_BYTES = 600 };

struct fuzz_text {
  char bytes[FUZZ_MAX_BYTES];
  size_t length;
};

/* Puts `count` bytes in place of `removed` at `at`, if the result fits. */
static void splice(struct fuzz_text *text, size_t at, size_t removed, const char *bytes,
                   size_t count) {
  if (text->length - removed + count > FUZZ_MAX_BYTES) return;
  memmove(text->bytes + at + count, text->bytes + at + removed, text->length - at - removed);
  memcpy(text->bytes + at, bytes, count);
  text->length = text->length - removed + count;
}

/* Changes a byte or a few: a bit, a run removed or repeated, a token of the grammar put in. */
static void mutate(struct fuzz_text *text) {
  static const char *const tokens[] = {
      "{",       "}",    "[",    "]",    ",",    ":",        "\"",       "\\",
      "\\u",     "\\n",  "0",    "-",    ".",    "e",        "1",        "null",
      "true",    " ",    "\n",   "\x80", "\xC3", "\xED\xA0", "\xF0\x9F", "\\uD83D",
      "\\uDE00", "\x01", "\x7F", "{}",   "[]",   "\"\"",     "\"k\":",   "false"};
  char run[16];
  size_t at = random_below(text->length), most = text->length - at;
  size_t count = random_below(most < sizeof run ? most : sizeof run) + 1;
  const char *token = tokens[random_below(sizeof tokens / sizeof *tokens)];
  memcpy(run, text->bytes + at, count);
  switch (random_below(5)) {
  case 0:
    text->bytes[at] = (char)(text->bytes[at] ^ (1 << random_below(8)));
    break;
  case 1:
    splice(text, at, count < text->length ? count : 0, "", 0);
    break;
  case 2:
    splice(text, random_below(text->length), 0, run, count);
    break;
  case 3:
    splice(text, at, 0, token, strlen(token));
    break;
  default:
    splice(text, at, 1, token, strlen(token));
    break;
  }
}

static void test_random_mutations(void) {
  static const struct dyn_slice seeds[] = {
      {rich_text, sizeof rich_text - 1},
      CHECK_BYTES("{\"a\":[1,2,{\"b\":null}]}"),
      CHECK_BYTES("[\"\\uD83D\\uDE00 \xF0\x9F\x98\x80\",-0.5e-7,true]"),
      CHECK_BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""),
      CHECK_BYTES("[[[[[[]]]]],{\"k\":{\"k\":{}}}]"),
      CHECK_BYTES("-12.75E+10"),
  };
  size_t accepted = 0;
  for (size_t round = 0; round < FUZZ_ROUNDS; round++) {
    struct fuzz_text text;
    struct dyn_slice seed = seeds[random_below(sizeof seeds / sizeof *seeds)];
    memcpy(text.bytes, seed.data, seed.length);
    text.length = seed.length;
    for (size_t left = random_below(4) + 1; left > 0; left--) mutate(&text);
    accepted += accepted_by_both(dyn_slice_of(text.bytes, text.length), 7);
  }
  printf("# %zu of %d texts accepted\n", accepted, FUZZ_ROUNDS);
  CHECK(accepted > FUZZ_ROUNDS / 20 && accepted < FUZZ_ROUNDS / 2);
}

static void test_error_texts_differ(void) {
  for (int a = DYN_JSON_OK; a <= DYN_JSON_MEMORY; a++) {
    for (int b = DYN_JSON_OK; b < a; b++) {
      CHECK(strcmp(dyn_json_error_text((enum dyn_json_error)a),
                   dyn_json_error_text((enum dyn_json_error)b)) != 0);
    }
  }
}

int main(void) {
  CHECK_RUN(test_documents);
  CHECK_RUN(test_nul_bytes_in_the_text);
  CHECK_RUN(test_good_strings);
  CHECK_RUN(test_bad_strings);
  CHECK_RUN(test_every_byte_in_a_string);
  CHECK_RUN(test_numbers);
  CHECK_RUN(test_driving_by_hand);
  CHECK_RUN(test_errors_stick);
  CHECK_RUN(test_callers_own_error_sticks);
  CHECK_RUN(test_depth);
  CHECK_RUN(test_depth_counts_open_levels_only);
  CHECK_RUN(test_scratch_ceiling);
  CHECK_RUN(test_every_prefix_is_truncated);
  CHECK_RUN(test_every_bit_flip);
  CHECK_RUN(test_random_mutations);
  CHECK_RUN(test_error_texts_differ);
  return check_finish();
}
