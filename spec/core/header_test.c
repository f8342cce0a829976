/* SPDX-License-Identifier: MIT */
#include "header.h"
#include "check.h"

/* Every byte at every place, in texts short and long. */
static void test_every_byte_of_a_value(void) {
  char text[21];
  for (size_t at = 0; at < sizeof text; at++) {
    memset(text, 'v', sizeof text);
    for (int byte = 0; byte < 256; byte++) {
      text[at] = (char)(unsigned char)byte;
      bool expected = byte >= 0x20 && byte != 0x7F;
      CHECK_EQ_INT(dyn_header_value_valid(dyn_slice_of(text, sizeof text)), expected);
      CHECK_EQ_INT(dyn_header_value_valid(dyn_slice_of(text, at + 1)), expected);
      CHECK(dyn_header_value_valid(dyn_slice_of(text, at)));
    }
  }
}

static void test_every_byte_of_a_name(void) {
  static const char tokens[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  CHECK(!dyn_header_name_valid(dyn_slice_of(NULL, 0)));
  for (int byte = 0; byte < 256; byte++) {
    char name[] = {'x', (char)(unsigned char)byte};
    bool expected = byte != 0 && strchr(tokens, byte) != NULL;
    CHECK_EQ_INT(dyn_header_name_valid(dyn_slice_of(name, sizeof name)), expected);
  }
}

static void test_request_lines(void) {
  const struct dyn_slice post = DYN_SLICE("POST"), root = DYN_SLICE("/");
  CHECK(dyn_header_request_line_valid(post, root));
  CHECK(!dyn_header_request_line_valid(DYN_SLICE("PO ST"), root));
  CHECK(!dyn_header_request_line_valid(DYN_SLICE(""), root));
  CHECK(!dyn_header_request_line_valid(post, DYN_SLICE("")));
  CHECK(!dyn_header_request_line_valid(post, DYN_SLICE("/a b")));
  CHECK(!dyn_header_request_line_valid(post, DYN_SLICE("/\0")));
}

static void test_what_begins_no_answer(void) {
  const struct dyn_slice head = DYN_SLICE("HTTP/1.1 200 OK");
  for (size_t cut = 0; cut <= head.length; cut++) {
    CHECK(dyn_header_may_begin_response(dyn_slice_of(head.data, cut)));
  }
  CHECK(!dyn_header_may_begin_response(DYN_SLICE("h")));
  CHECK(!dyn_header_may_begin_response(DYN_SLICE("HTTP/2")));
  CHECK(!dyn_header_may_begin_response(DYN_SLICE("HTTX")));
  CHECK(!dyn_header_may_begin_response(DYN_SLICE("\x15\x03\x01")));
}

static void test_status_lines(void) {
  static const struct {
    struct dyn_slice line;
    int minor_version, status; /* status 0: refused */
  } rows[] = {
      {CHECK_BYTES("HTTP/1.1 200 OK"), 1, 200},   {CHECK_BYTES("HTTP/1.0 404 Not Found"), 0, 404},
      {CHECK_BYTES("HTTP/1.1 503"), 1, 503},      {CHECK_BYTES("HTTP/1.1 100 "), 1, 100},
      {CHECK_BYTES("HTTP/1.1 999 \xFF"), 1, 999}, {CHECK_BYTES("HTTP/1.1 2000"), 0, 0},
      {CHECK_BYTES("HTTP/1.1 20"), 0, 0},         {CHECK_BYTES("HTTP/1.1 2 0 OK"), 0, 0},
      {CHECK_BYTES("HTTP/1.1 099 No"), 0, 0},     {CHECK_BYTES("HTTP/1.1 20x OK"), 0, 0},
      {CHECK_BYTES("HTTP/1.1  200 OK"), 0, 0},    {CHECK_BYTES("HTTP/1.2 200 OK"), 0, 0},
      {CHECK_BYTES("HTTP/2.0 200 OK"), 0, 0},     {CHECK_BYTES("HTTP/1.1\t200 OK"), 0, 0},
      {CHECK_BYTES("http/1.1 200 OK"), 0, 0},     {CHECK_BYTES(""), 0, 0},
      {CHECK_BYTES("HTTP/1.1 200 O\0K"), 0, 0},   {CHECK_BYTES("HTTP/1.1 200 \x1B[0m"), 0, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int minor_version = 0, status = 0;
    bool read = dyn_header_read_status(rows[i].line, &minor_version, &status);
    CHECK_CASE(rows[i].line.data);
    CHECK_EQ_INT(read, rows[i].status != 0);
    CHECK_EQ_INT(status, rows[i].status);
    CHECK_EQ_INT(minor_version, rows[i].minor_version);
  }
}

/* dyn_header_read_head writes into the block, so each row is copied. */
static const char *problem_of(const char *fields) {
  static char block[512];
  int length = snprintf(block, sizeof block, "HTTP/1.1 200 OK\r\n%s\r\n", fields);
  return dyn_header_read_head(block, (size_t)length).problem;
}

static void test_blocks_whose_body_has_one_length(void) {
  static const char *const rows[] = {
      "",
      "Content-Length: 0\r\n",
      "CONTENT-LENGTH:10\r\nX-A: b\r\n",
      "Transfer-Encoding: chunked\r\n",
      "transfer-encoding: CHUNKED\r\n",
      "X-Empty:\r\nX-Colon: a:b\r\n",
      "Content-Length: 00000000000000000002\r\n",
      "X-Tab: a\tb\r\nX-Text: \xC3\xA4\r\n",
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_CASE(rows[i]);
    CHECK(problem_of(rows[i]) == NULL);
  }
}

static void test_blocks_whose_body_has_none(void) {
  static const char *const rows[] = {
      "Content-Length: 2\r\nContent-Length: 2\r\n",
      "Content-Length: 2, 2\r\n",
      "Content-Length: -1\r\n",
      "Content-Length: +1\r\n",
      "Content-Length: 0x10\r\n",
      "Content-Length:\r\n",
      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: gzip, chunked\r\n",
      "Transfer-Encoding: identity\r\n",
      "X-Folded: a\r\n b\r\n",
      "X Space: a\r\n",
      "X-Space : a\r\n",
      ": a\r\n",
      "no colon\r\n",
      "token\r\n",
      "X-Cr: a\rb\r\n",
      "X-Escape: \x1B[31m\r\n",
      "Content-Length: 18446744073709551618\r\n",
      "Content-Length: 9007199254740993\r\n",
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CHECK_CASE(rows[i]);
    CHECK(problem_of(rows[i]) != NULL);
  }
}

static void test_heads(void) {
  static const struct {
    const char *text;
    int status;
    const char *kind; /* NULL: usable */
  } rows[] = {
      {"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", 200, NULL},
      {"HTTP/1.1 103 Early\r\n\r\n", 103, NULL},
      {"HTTP/1.1 101 Switching\r\n\r\n", 0, "transport"},
      {"HTTP/2 200\r\n\r\n", 0, "transport"},
      {"HTTP/1.1 200 OK\r\nA\r\n\r\n", 200, "integrity"},
      {"HTTP/1.1 103 Early\r\nA\r\n\r\n", 103, "integrity"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char block[64];
    int length = snprintf(block, sizeof block, "%s", rows[i].text);
    struct dyn_header_head head = dyn_header_read_head(block, (size_t)length);
    CHECK_CASE(rows[i].text);
    CHECK(head.status == rows[i].status);
    CHECK((head.problem == NULL) == (rows[i].kind == NULL));
    CHECK(rows[i].kind ? strcmp(head.kind, rows[i].kind) == 0 : head.kind == NULL);
  }
}

static void test_names_become_lower_case(void) {
  char block[] = "HTTP/1.1 200 OK\r\nX-AmzN-RequestId:  ABC \r\n\r\n";
  struct dyn_slice rest = dyn_slice_of(block, sizeof block - 1);
  struct dyn_header header;
  CHECK(dyn_header_read_head(block, sizeof block - 1).problem == NULL);
  CHECK_EQ_TEXT(dyn_header_status_line(&rest), "HTTP/1.1 200 OK");
  if (!CHECK(dyn_header_next(&rest, &header))) return;
  CHECK_EQ_TEXT(header.name, "x-amzn-requestid");
  CHECK_EQ_TEXT(header.value, "ABC");
  CHECK(!dyn_header_next(&rest, &header));
}

static void test_what_a_request_may_carry(void) {
  const struct dyn_header good = {DYN_SLICE("X-Amz-Target"), DYN_SLICE("a b \xC3\xA9")};
  CHECK(dyn_header_problem(good) == NULL);
  for (int byte = 0; byte < 256; byte++) {
    char text[3] = {'a', (char)byte, 'b'};
    struct dyn_header header = {DYN_SLICE("A"), dyn_slice_of(text, 3)};
    CHECK_EQ_INT(dyn_header_problem(header) != NULL, byte < 0x20 || byte == 0x7F);
    header = (struct dyn_header){dyn_slice_of(text, 3), DYN_SLICE("")};
    bool token = byte > 0x20 && byte < 0x7F && !strchr("\"(),/:;<=>?@[\\]{}", byte);
    CHECK_EQ_INT(dyn_header_problem(header) == NULL, token);
  }
}

int main(void) {
  CHECK_RUN(test_every_byte_of_a_value);
  CHECK_RUN(test_every_byte_of_a_name);
  CHECK_RUN(test_request_lines);
  CHECK_RUN(test_what_begins_no_answer);
  CHECK_RUN(test_status_lines);
  CHECK_RUN(test_blocks_whose_body_has_one_length);
  CHECK_RUN(test_blocks_whose_body_has_none);
  CHECK_RUN(test_heads);
  CHECK_RUN(test_names_become_lower_case);
  CHECK_RUN(test_what_a_request_may_carry);
  return check_finish();
}
