/* SPDX-License-Identifier: MIT */
#include "facts.h"
#include "check.h"

#include "given.h"

enum { MAX_BODY_BYTES = 1000 };

static const struct {
  struct dyn_slice text;
  bool is_one;
} ids[] = {
    {CHECK_BYTES("VNPCCTO5QSQ6SDE8DJ7M1BQ3TJVV4KQNSO5AEMVJF66Q9ASUAAJG"), true},
    {CHECK_BYTES("4442587f-b0f7-4d1b-a0c1-5f2e0c0d0e0f"), true},
    {CHECK_BYTES("A-BCDE-0123-4567-8"), true},
    {CHECK_BYTES("A"), true},
    {CHECK_BYTES(""), false},
    {CHECK_BYTES("a"), false},
    {CHECK_BYTES("A\0"), false},
    {CHECK_BYTES("VNPCCTO5QSQ6SDE8DJ7M1BQ3TJVV4KQNSO5AEMVJF66Q9ASUAAJG1"), false},
    {CHECK_BYTES("4442587f-b0f7-4d1b-a0c1"), false},
    {CHECK_BYTES("4442587f-b0f7-4d1b-a0c1-"), false},
    {CHECK_BYTES("4442587f-b0f7-4d1-a0c1-5f2e"), false},
    {CHECK_BYTES("4442587f-b0f7-4d1bb-a0c1-5f2e"), false},
    {CHECK_BYTES("-b0f7-4d1b-a0c1-5f2e"), false},
    {CHECK_BYTES("4442587f-b0f7-4d1b-a0c1-5f2e-"), false},
    {CHECK_BYTES("g442587f-b0f7-4d1b-a0c1-5f2e"), false},
};

static void test_request_ids(void) {
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    CHECK_CASE(ids[i].text.data);
    CHECK(dyn_facts_is_request_id(ids[i].text) == ids[i].is_one);
  }
}

/* Puts a response to be read into a message: a header, twice if it is said so, and a body. */
static void answer(struct dyn_message *message, struct dyn_header header, int times,
                   struct dyn_slice body) {
  dyn_message_init(message, MAX_BODY_BYTES);
  dyn_given_begin(message, 200);
  for (int i = 0; i < times; i++) dyn_given_add(message, header);
  CHECK_EQ_INT(dyn_given_end(message, body), DYN_MESSAGE_DONE);
}

static void test_headers(void) {
  static const struct dyn_header date = {CHECK_BYTES("Date"), CHECK_BYTES("now")};
  static const struct dyn_header id = {CHECK_BYTES("X-Amzn-RequestId"), CHECK_BYTES("A")};
  struct dyn_message message;
  answer(&message, date, 0, DYN_SLICE("{}"));
  CHECK(!dyn_facts_read(&message).date.data);
  CHECK(!dyn_facts_read(&message).request_id.data);
  dyn_message_clean_up(&message);
  answer(&message, date, 1, DYN_SLICE("{}"));
  CHECK_EQ_TEXT(dyn_facts_read(&message).date, "now");
  dyn_message_clean_up(&message);
  answer(&message, date, 2, DYN_SLICE("{}"));
  CHECK(dyn_facts_read(&message).date.data != NULL);
  CHECK_EQ_TEXT(dyn_facts_read(&message).date, "");
  dyn_message_clean_up(&message);
  answer(&message, id, 2, DYN_SLICE("{}"));
  CHECK_EQ_TEXT(dyn_facts_read(&message).request_id, "A");
  dyn_message_clean_up(&message);
}

/* The CRC-32 of "123456789" is the check value of its catalogues: 0xCBF43926. */
static const struct {
  struct dyn_header header;
  int times;
  const char *problem;
} payloads[] = {
    {{CHECK_BYTES("x"), CHECK_BYTES("y")}, 1, NULL},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("3421780262")}, 1, NULL},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("3421780263")}, 1, "crc32"},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("3421780262")}, 2, "crc32_header"},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("")}, 1, "crc32_header"},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("4294967296")}, 1, "crc32_header"},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("7716747558")}, 1, "crc32_header"},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("03421780262")}, 1, "crc32_header"},
    {{CHECK_BYTES("x-amz-crc32"), CHECK_BYTES("-1")}, 1, "crc32_header"},
    {{CHECK_BYTES("content-encoding"), CHECK_BYTES("identity")}, 1, NULL},
    {{CHECK_BYTES("content-encoding"), CHECK_BYTES("")}, 1, "content_encoding"},
    {{CHECK_BYTES("content-encoding"), CHECK_BYTES("br")}, 1, "content_encoding"},
    {{CHECK_BYTES("content-encoding"), CHECK_BYTES("gzip")}, 2, "content_encoding"},
    {{CHECK_BYTES("content-encoding"), CHECK_BYTES("GZip")}, 1, "damaged"},
};

static void test_payload(void) {
  for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
    struct dyn_message message;
    struct dyn_slice body;
    CHECK_CASE(payloads[i].header.value.data);
    answer(&message, payloads[i].header, payloads[i].times, DYN_SLICE("123456789"));
    struct dyn_facts facts = dyn_facts_read(&message);
    const char *problem = dyn_facts_payload(&message, &facts, &body);
    if (payloads[i].problem) {
      CHECK(problem && strcmp(problem, payloads[i].problem) == 0);
    } else {
      CHECK(!problem);
      CHECK_EQ_TEXT(body, "123456789");
    }
    dyn_message_clean_up(&message);
  }
}

static void test_gzip(void) {
  /* Python: gzip.compress(b"body", mtime=0) */
  static const unsigned char gzip[] = {0x1f, 0x8b, 0x08, 0,    0,    0,    0,    0,
                                       2,    3,    0x4b, 0xca, 0x4f, 0xa9, 0x04, 0,
                                       0xb2, 0x0b, 0xa8, 0xdb, 4,    0,    0,    0};
  static const struct dyn_header header = {CHECK_BYTES("content-encoding"), CHECK_BYTES("gzip")};
  struct dyn_slice whole = dyn_slice_of((const char *)gzip, sizeof gzip), body;
  struct dyn_message message;
  for (int round = 0; round < 2; round++) {
    answer(&message, header, 1, whole);
    struct dyn_facts facts = dyn_facts_read(&message);
    CHECK(!dyn_facts_payload(&message, &facts, &body));
    CHECK_EQ_TEXT(body, "body");
    dyn_message_clean_up(&message);
  }
  answer(&message, header, 1, dyn_slice_of(whole.data, whole.length - 1));
  struct dyn_facts facts = dyn_facts_read(&message);
  CHECK(strcmp(dyn_facts_payload(&message, &facts, &body), "truncated") == 0);
  dyn_message_clean_up(&message);
}

int main(void) {
  CHECK_RUN(test_request_ids);
  CHECK_RUN(test_headers);
  CHECK_RUN(test_payload);
  CHECK_RUN(test_gzip);
  return check_finish();
}
