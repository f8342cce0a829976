/* SPDX-License-Identifier: MIT */
/* What is signed from a head is what all stages of dyn_sigv4_sign make of the same request. */
#include "check.h"
#include "signed_head.h"

enum { MAX_BODY_BYTES = 1000 };

static struct dyn_sigv4_config example_config(void) {
  struct dyn_sigv4_config config = {
      DYN_SLICE("AKIDEXAMPLE"), DYN_SLICE("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
      DYN_SLICE("us-east-1"), DYN_SLICE("dynamodb"), DYN_SLICE("20150830T123600Z")};
  return config;
}

enum { SIGNED = 4, VARYING = 5, HEADERS = 7 };

static const struct dyn_header headers[HEADERS] = {
    {CHECK_BYTES("content-type"), CHECK_BYTES("application/x-amz-json-1.0")},
    {CHECK_BYTES("host"), CHECK_BYTES("db.example")},
    {CHECK_BYTES("x-amz-date"), CHECK_BYTES("20150830T123600Z")},
    {CHECK_BYTES("x-amz-security-token"), CHECK_BYTES("a token of more than a block of the digest, "
                                                      "which is in the head alone")},
    {CHECK_BYTES("user-agent"), CHECK_BYTES("me")},
    {CHECK_BYTES("id"), CHECK_BYTES("--------")},
    {CHECK_BYTES("attempt"), CHECK_BYTES("1")},
};

static struct dyn_head_request example_request(void) {
  struct dyn_head_request request = {DYN_SLICE("/a/../b"), headers, HEADERS, SIGNED, VARYING};
  return request;
}

/* A signer, a message and an empty head. */
struct fixture {
  struct dyn_digest *digest;
  struct dyn_sigv4 *signer;
  struct dyn_message message;
  struct dyn_signed_head head;
};

static bool set_up(struct fixture *fixture) {
  fixture->digest = dyn_digest_new();
  fixture->signer = fixture->digest ? dyn_sigv4_new(fixture->digest) : NULL;
  dyn_message_init(&fixture->message, MAX_BODY_BYTES);
  dyn_signed_head_init(&fixture->head);
  return CHECK(fixture->signer != NULL);
}

static void tear_down(struct fixture *fixture) {
  dyn_signed_head_clean_up(&fixture->head);
  dyn_signed_head_clean_up(&fixture->head);
  dyn_message_clean_up(&fixture->message);
  dyn_sigv4_destroy(fixture->signer);
  dyn_digest_destroy(fixture->digest);
}

static const char *make(struct fixture *fixture, const struct dyn_head_request *request,
                        const struct dyn_sigv4_config *config, const char **unsendable) {
  return dyn_signed_head_make(&fixture->head, fixture->signer, request, config, unsendable);
}

/* Checks that the request of the message is what the parts say, one header at a time. */
static void check_request(struct fixture *fixture, struct dyn_slice id, struct dyn_slice body) {
  struct dyn_sigv4_config config = example_config();
  struct dyn_request request = {.method = DYN_SLICE("POST"),
                                .path = DYN_SLICE("/a/../b"),
                                .headers = headers,
                                .header_count = SIGNED,
                                .body = body,
                                .normalize_path = true};
  struct dyn_sigv4_signed made;
  struct dyn_message expected;
  dyn_message_init(&expected, MAX_BODY_BYTES);
  CHECK_EQ_INT(dyn_sigv4_sign(fixture->signer, &request, &config, &made), DYN_OK);
  CHECK(!dyn_message_begin(&expected, request.method, request.path));
  for (size_t i = 0; i < HEADERS; i++) {
    struct dyn_header header = headers[i];
    if (i == VARYING) header.value = id;
    CHECK(!dyn_message_add_header(&expected, header));
  }
  struct dyn_header last = {DYN_SLICE("authorization"), made.authorization};
  CHECK(!dyn_message_add_header(&expected, last));
  CHECK(!dyn_message_end(&expected, body));
  CHECK_EQ_BYTES(dyn_message_unsent(&fixture->message), dyn_message_unsent(&expected));
  CHECK_EQ_SIZE(fixture->message.header_count, HEADERS + 1);
  dyn_message_clean_up(&expected);
}

static void test_requests(void) {
  struct dyn_head_request request = example_request();
  struct dyn_sigv4_config config = example_config();
  const char *unsendable;
  struct fixture fixture;
  static const struct dyn_slice bodies[] = {CHECK_BYTES("{}"), CHECK_BYTES(""),
                                            CHECK_BYTES("{\"a\":{\"S\":\"\\u0000\"}}")};
  static const struct dyn_slice ids[] = {CHECK_BYTES("ab0000ff"), CHECK_BYTES("ab000100"),
                                         CHECK_BYTES("ab000101")};
  if (!set_up(&fixture)) return;
  CHECK(!make(&fixture, &request, &config, &unsendable));
  CHECK(!unsendable);
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    struct dyn_head_value value = {DYN_SLICE("ab"), 0xFF + i};
    CHECK(!dyn_signed_head_write(&fixture.head, fixture.signer, value, bodies[i], &fixture.message,
                                 &unsendable));
    CHECK(!unsendable);
    check_request(&fixture, ids[i], bodies[i]);
  }
  tear_down(&fixture);
}

/* A number that is too long loses its first digits, a text that fills the value leaves it no room.
 */
static void test_values(void) {
  struct dyn_head_request request = example_request();
  struct dyn_sigv4_config config = example_config();
  const char *unsendable;
  struct fixture fixture;
  if (!set_up(&fixture)) return;
  CHECK(!make(&fixture, &request, &config, &unsendable));
  struct dyn_head_value large = {DYN_SLICE(""), UINT64_C(0x123456789ABCDEF)};
  CHECK(!dyn_signed_head_write(&fixture.head, fixture.signer, large, DYN_SLICE(""),
                               &fixture.message, &unsendable));
  check_request(&fixture, DYN_SLICE("89abcdef"), DYN_SLICE(""));
  struct dyn_head_value whole = {DYN_SLICE("12345678"), 9};
  CHECK(!dyn_signed_head_write(&fixture.head, fixture.signer, whole, DYN_SLICE(""),
                               &fixture.message, &unsendable));
  check_request(&fixture, DYN_SLICE("12345678"), DYN_SLICE(""));
  tear_down(&fixture);
}

static void test_what_cannot_be_signed(void) {
  struct dyn_head_request request = example_request();
  struct dyn_sigv4_config config = example_config();
  const char *unsendable;
  struct fixture fixture;
  if (!set_up(&fixture)) return;
  config.region = DYN_SLICE("");
  CHECK(make(&fixture, &request, &config, &unsendable) != NULL);
  tear_down(&fixture);
}

static void test_what_cannot_be_sent(void) {
  struct dyn_head_request request = example_request();
  struct dyn_sigv4_config config = example_config();
  const char *unsendable;
  struct fixture fixture;
  if (!set_up(&fixture)) return;
  request.path = DYN_SLICE("/a b");
  CHECK(!make(&fixture, &request, &config, &unsendable));
  CHECK(unsendable != NULL);
  tear_down(&fixture);
}

int main(void) {
  CHECK_RUN(test_requests);
  CHECK_RUN(test_values);
  CHECK_RUN(test_what_cannot_be_signed);
  CHECK_RUN(test_what_cannot_be_sent);
  return check_finish();
}
