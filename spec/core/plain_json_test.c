/* SPDX-License-Identifier: MIT */
#include "plain_json.h"
#include "check.h"

enum { CEILING = 1 << 16 };

typedef bool rewrite(struct dyn_json_scan *scan, struct dyn_buf *out);

/* Rewrites `text` into `out`; returns whether all of it was taken, and the scan's error. */
static bool run(rewrite *one, struct dyn_slice text, struct dyn_buf *out,
                enum dyn_json_error *error) {
  struct dyn_json_scan scan;
  struct dyn_buf scratch;
  dyn_buf_init(&scratch, CEILING);
  dyn_buf_reset(out);
  dyn_json_scan_init(&scan, text, &scratch);
  bool done = one(&scan, out) && dyn_json_finish(&scan) && out->error == DYN_OK;
  *error = scan.error;
  dyn_buf_clean_up(&scratch);
  return done;
}

/* Texts that lead to each other; where `back` is set, plain to typed gives that instead. */
static const struct {
  struct dyn_slice typed, plain, back;
} rows[] = {
    {CHECK_BYTES("{\"S\":\"\"}"), CHECK_BYTES("\"\""), {NULL, 0}},
    {CHECK_BYTES("{\"S\":\"a\\u0000\\\"\xC3\xA9\"}"),
     CHECK_BYTES("\"a\\u0000\\\"\xC3\xA9\""),
     {NULL, 0}},
    {CHECK_BYTES("{\"N\":\"3.14159265358979323846264338327950288\"}"),
     CHECK_BYTES("3.14159265358979323846264338327950288"),
     {NULL, 0}},
    {CHECK_BYTES("{\"N\":\"-5\"}"), CHECK_BYTES("-5"), {NULL, 0}},
    {CHECK_BYTES("{\"BOOL\":true}"), CHECK_BYTES("true"), {NULL, 0}},
    {CHECK_BYTES("{\"BOOL\":false}"), CHECK_BYTES("false"), {NULL, 0}},
    {CHECK_BYTES("{\"NULL\":true}"), CHECK_BYTES("null"), {NULL, 0}},
    {CHECK_BYTES("{\"L\":[]}"), CHECK_BYTES("[]"), {NULL, 0}},
    {CHECK_BYTES("{\"M\":{}}"), CHECK_BYTES("{}"), {NULL, 0}},
    {CHECK_BYTES("{\"L\":[{\"N\":\"1\"},{\"L\":[{\"S\":\"x\"}]}]}"),
     CHECK_BYTES("[1,[\"x\"]]"),
     {NULL, 0}},
    {CHECK_BYTES("{\"M\":{\"a\":{\"N\":\"1\"},\"\\n\":{\"M\":{\"S\":{\"NULL\":true}}}}}"),
     CHECK_BYTES("{\"a\":1,\"\\n\":{\"S\":null}}"),
     {NULL, 0}},
    {CHECK_BYTES("{\"B\":\"AAE=\"}"), CHECK_BYTES("\"AAE=\""), CHECK_BYTES("{\"S\":\"AAE=\"}")},
    {CHECK_BYTES("{\"SS\":[\"a\",\"b\"]}"), CHECK_BYTES("[\"a\",\"b\"]"),
     CHECK_BYTES("{\"L\":[{\"S\":\"a\"},{\"S\":\"b\"}]}")},
    {CHECK_BYTES("{\"BS\":[\"AA==\"]}"), CHECK_BYTES("[\"AA==\"]"),
     CHECK_BYTES("{\"L\":[{\"S\":\"AA==\"}]}")},
    {CHECK_BYTES("{\"NS\":[\"1\",\"2.5\"]}"), CHECK_BYTES("[1,2.5]"),
     CHECK_BYTES("{\"L\":[{\"N\":\"1\"},{\"N\":\"2.5\"}]}")},
};

static void test_every_type(void) {
  struct dyn_buf out;
  enum dyn_json_error error;
  dyn_buf_init(&out, CEILING);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_CASE(rows[i].typed.data);
    CHECK(run(dyn_plain_json_from_typed, rows[i].typed, &out, &error));
    CHECK_EQ_BYTES(dyn_buf_slice(&out), rows[i].plain);
    CHECK(run(dyn_plain_json_to_typed, rows[i].plain, &out, &error));
    CHECK_EQ_BYTES(dyn_buf_slice(&out), rows[i].back.data ? rows[i].back : rows[i].typed);
  }
  dyn_buf_clean_up(&out);
}

static void test_white_space_goes(void) {
  struct dyn_buf out;
  enum dyn_json_error error;
  dyn_buf_init(&out, CEILING);
  CHECK(run(dyn_plain_json_to_typed, DYN_SLICE(" { \"a\" : [ 1 , true ] } \n"), &out, &error));
  CHECK_EQ_TEXT(dyn_buf_slice(&out), "{\"M\":{\"a\":{\"L\":[{\"N\":\"1\"},{\"BOOL\":true}]}}}");
  dyn_buf_clean_up(&out);
}

static void check_refused(rewrite *one, struct dyn_slice text, enum dyn_json_error expected) {
  struct dyn_buf out;
  enum dyn_json_error error;
  dyn_buf_init(&out, CEILING);
  CHECK_CASE(text.data);
  CHECK(!run(one, text, &out, &error));
  CHECK_EQ_INT((int)error, (int)expected);
  dyn_buf_clean_up(&out);
}

static void test_what_is_no_json(void) {
  static const struct {
    struct dyn_slice text;
    enum dyn_json_error error;
  } bad[] = {
      {CHECK_BYTES(""), DYN_JSON_TRUNCATED},        {CHECK_BYTES("[1"), DYN_JSON_TRUNCATED},
      {CHECK_BYTES("[1,]"), DYN_JSON_SYNTAX},       {CHECK_BYTES("{\"a\"}"), DYN_JSON_SYNTAX},
      {CHECK_BYTES("{a:1}"), DYN_JSON_SYNTAX},      {CHECK_BYTES("nul"), DYN_JSON_TRUNCATED},
      {CHECK_BYTES("\"\xFF\""), DYN_JSON_UTF8},     {CHECK_BYTES("1 2"), DYN_JSON_TRAILING},
      {CHECK_BYTES("NaN"), DYN_JSON_SYNTAX},        {CHECK_BYTES("\"\n\""), DYN_JSON_STRING},
      {CHECK_BYTES("\"\\ud800\""), DYN_JSON_STRING}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_refused(dyn_plain_json_to_typed, bad[i].text, bad[i].error);
  }
}

static void test_what_is_no_attribute_value(void) {
  check_refused(dyn_plain_json_from_typed, DYN_SLICE("{\"Q\":\"a\"}"), DYN_JSON_SYNTAX);
  check_refused(dyn_plain_json_from_typed, DYN_SLICE("{\"NULL\":false}"), DYN_JSON_SYNTAX);
  check_refused(dyn_plain_json_from_typed, DYN_SLICE("{\"S\":\"a\",\"N\":\"1\"}"), DYN_JSON_SYNTAX);
  check_refused(dyn_plain_json_from_typed, DYN_SLICE("5"), DYN_JSON_SYNTAX);
}

/* Levels of nesting are bounded, and every shorter one is taken. */
static void test_depth(void) {
  struct dyn_buf out;
  enum dyn_json_error error;
  char text[2 * DYN_PLAIN_MAX_DEPTH + 2];
  dyn_buf_init(&out, CEILING);
  memset(text, '[', DYN_PLAIN_MAX_DEPTH + 1);
  memset(text + DYN_PLAIN_MAX_DEPTH + 1, ']', DYN_PLAIN_MAX_DEPTH + 1);
  CHECK(
      run(dyn_plain_json_to_typed, dyn_slice_of(text + 1, 2 * DYN_PLAIN_MAX_DEPTH), &out, &error));
  CHECK(!run(dyn_plain_json_to_typed, dyn_slice_of(text, sizeof text), &out, &error));
  CHECK_EQ_INT((int)error, DYN_JSON_DEPTH);
  dyn_buf_clean_up(&out);
}

static void test_ceiling(void) {
  struct dyn_buf out;
  enum dyn_json_error error;
  dyn_buf_init(&out, 8);
  CHECK(!run(dyn_plain_json_to_typed, DYN_SLICE("[1,2,3]"), &out, &error));
  CHECK_EQ_INT((int)out.error, DYN_ERR_TOO_LARGE);
  dyn_buf_clean_up(&out);
}

int main(void) {
  CHECK_RUN(test_every_type);
  CHECK_RUN(test_white_space_goes);
  CHECK_RUN(test_what_is_no_json);
  CHECK_RUN(test_what_is_no_attribute_value);
  CHECK_RUN(test_depth);
  CHECK_RUN(test_ceiling);
  return check_finish();
}
