/* SPDX-License-Identifier: MIT */
#include "message.h"
#include "check.h"

#include <stdlib.h>

enum { MAX_BODY_BYTES = 1000 };

#define OK_LINE "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK_LINE "Transfer-Encoding: chunked\r\n\r\n"
#define COUNTED OK_LINE "Content-Length: 4\r\n\r\n"

/* A response and what is made of it. */
struct row {
  const char *name;
  struct dyn_slice text;
  int status;
  const char *kind, *code; /* NULL: it is whole */
  const char *body;
  bool is_reusable;
};

/* Responses after which the server closes the connection. */
static const struct row rows[] = {
    {"a length", CHECK_BYTES(COUNTED "body"), 200, NULL, NULL, "body", true},
    {"no body", CHECK_BYTES(OK_LINE "Content-Length: 0\r\n\r\n"), 200, NULL, NULL, "", true},
    {"line feeds alone", CHECK_BYTES("HTTP/1.1 200 OK\nContent-Length: 1\n\nb"), 200, NULL, NULL,
     "b", true},
    {"a length with zeros", CHECK_BYTES(OK_LINE "Content-Length: 00000000000000000001\r\n\r\nb"),
     200, NULL, NULL, "b", true},
    {"chunks", CHECK_BYTES(CHUNKED "2\r\nbo\r\n02 ;a=\"b\"\r\ndy\r\n0\r\nX-Trailer: 1\r\n\r\n"),
     200, NULL, NULL, "body", true},
    {"chunks of line feeds", CHECK_BYTES(CHUNKED "2\nbo\nA\t\n0123456789\n0\n\n"), 200, NULL, NULL,
     "bo0123456789", true},
    {"no chunk", CHECK_BYTES(CHUNKED "0\r\n\r\n"), 200, NULL, NULL, "", true},
    {"1xx before it",
     CHECK_BYTES("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nA: b\r\n\r\n" COUNTED "body"), 200, NULL,
     NULL, "body", true},
    {"the close ends it", CHECK_BYTES(OK_LINE "\r\nabc"), 200, NULL, NULL, "abc", false},
    {"the close ends nothing", CHECK_BYTES(OK_LINE "\r\n"), 200, NULL, NULL, "", false},
    {"204", CHECK_BYTES("HTTP/1.1 204 No\r\n\r\n"), 204, NULL, NULL, "", true},
    {"204 and a body", CHECK_BYTES("HTTP/1.1 204 No\r\nContent-Length: 1\r\n\r\nb"), 204, NULL,
     NULL, "", false},
    {"304", CHECK_BYTES("HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n"), 304, NULL, NULL, "", true},
    {"HTTP/1.0", CHECK_BYTES("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nb"), 200, NULL, NULL, "b",
     false},
    {"Connection: close", CHECK_BYTES(OK_LINE "CONNECTION: x, Close\r\nContent-Length: 0\r\n\r\n"),
     200, NULL, NULL, "", false},
    {"Connection: keep-alive",
     CHECK_BYTES(OK_LINE "Connection: keep-alive\r\nContent-Length: 0\r\n\r\n"), 200, NULL, NULL,
     "", true},
    {"bytes behind a length", CHECK_BYTES(COUNTED "bodyx"), 200, NULL, NULL, "body", false},
    {"bytes behind chunks", CHECK_BYTES(CHUNKED "1\r\nb\r\n0\r\n\r\nx"), 200, NULL, NULL, "b",
     false},
    {"a body at the limit", CHECK_BYTES(CHUNKED "1;\r\nb\r\n0;\r\n\r\n"), 200, NULL, NULL, "b",
     true},
    {"a NUL in the body", CHECK_BYTES(OK_LINE "Content-Length: 1\r\n\r\n\n"), 200, NULL, NULL, "\n",
     true},

    {"nothing", CHECK_BYTES(""), 0, "transport", "EmptyAnswer", "", false},
    {"part of a status line", CHECK_BYTES("HTTP/1.1 20"), 0, "transport", "EmptyAnswer", "", false},
    {"1xx alone", CHECK_BYTES("HTTP/1.1 100 C\r\n\r\n"), 0, "transport", "EmptyAnswer", "", false},
    {"part of the headers", CHECK_BYTES(OK_LINE "Content-Le"), 0, "integrity", "PartialAnswer", "",
     false},
    {"a short body", CHECK_BYTES(COUNTED "bod"), 200, "integrity", "PartialAnswer", "", false},
    {"HTTP/0.9", CHECK_BYTES("hello"), 0, "transport", "BadAnswer", "", false},
    {"TLS", CHECK_BYTES("\x15\x03\x01"), 0, "transport", "BadAnswer", "", false},
    {"HTTP/2", CHECK_BYTES("HTTP/2 200\r\n\r\n"), 0, "transport", "BadAnswer", "", false},
    {"HTTP/1.2", CHECK_BYTES("HTTP/1.2 200 OK\r\n\r\n"), 0, "transport", "BadAnswer", "", false},
    {"no number", CHECK_BYTES("HTTP/1.1 what\r\n\r\n"), 0, "transport", "BadAnswer", "", false},
    {"a blank line first", CHECK_BYTES("\r\n" COUNTED "body"), 0, "transport", "BadAnswer", "",
     false},
    {"101", CHECK_BYTES("HTTP/1.1 101 S\r\n\r\n" COUNTED "body"), 0, "transport", "BadAnswer", "",
     false},
    {"a bad 1xx", CHECK_BYTES("HTTP/1.1 103 E\r\nno\r\n\r\n" COUNTED "body"), 0, "integrity",
     "BadAnswer", "", false},
    {"two lengths", CHECK_BYTES(OK_LINE "Content-Length: 1\r\nContent-Length: 1\r\n\r\nb"), 200,
     "integrity", "BadAnswer", "", false},
    {"a length and chunks",
     CHECK_BYTES(OK_LINE "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 200,
     "integrity", "BadAnswer", "", false},
    {"a folded line", CHECK_BYTES(OK_LINE "A: b\r\n c\r\n\r\n"), 200, "integrity", "BadAnswer", "",
     false},
    {"a body over the limit", CHECK_BYTES(OK_LINE "Content-Length: 1001\r\n\r\n"), 200, "integrity",
     "ResponseTooLarge", "", false},
    {"a length beyond numbers", CHECK_BYTES(OK_LINE "Content-Length: 18446744073709551618\r\n\r\n"),
     200, "integrity", "BadAnswer", "", false},
    {"a chunk over the limit", CHECK_BYTES(CHUNKED "3e9\r\n"), 200, "integrity", "ResponseTooLarge",
     "", false},
    {"chunks over the limit", CHECK_BYTES(CHUNKED "1\r\nb\r\n3e8\r\n"), 200, "integrity",
     "ResponseTooLarge", "", false},
    {"a chunk size that is none", CHECK_BYTES(CHUNKED "zz\r\nhello\r\n"), 200, "integrity",
     "PartialAnswer", "", false},
    {"an empty chunk size", CHECK_BYTES(CHUNKED "\r\nb\r\n"), 200, "integrity", "PartialAnswer", "",
     false},
    {"a chunk size with a sign", CHECK_BYTES(CHUNKED "-1\r\n"), 200, "integrity", "PartialAnswer",
     "", false},
    {"a chunk size of nine digits", CHECK_BYTES(CHUNKED "000000001\r\nb\r\n0\r\n\r\n"), 200,
     "integrity", "PartialAnswer", "", false},
    {"a chunk longer than its size", CHECK_BYTES(CHUNKED "1\r\nbc\r\n0\r\n\r\n"), 200, "integrity",
     "PartialAnswer", "", false},
    {"chunks without an end", CHECK_BYTES(CHUNKED "1\r\nb\r\n"), 200, "integrity", "PartialAnswer",
     "", false},
    {"chunks without their blank line", CHECK_BYTES(CHUNKED "0\r\n"), 200, "integrity",
     "PartialAnswer", "", false},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* Feeds an exact heap copy, so that a read past its end shows under a checker. */
static enum dyn_message_state feed(struct dyn_message *message, const char *data, size_t length) {
  char *copy = malloc(length > 0 ? length : 1);
  if (!copy) abort();
  memcpy(copy, data, length);
  enum dyn_message_state state = dyn_message_feed(message, dyn_slice_of(copy, length));
  free(copy);
  return state;
}

static bool same(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static void check_row(const struct row *row, const struct dyn_message *message) {
  struct dyn_slice body = dyn_slice_of(row->body, strlen(row->body));
  CHECK_CASE(row->name);
  CHECK_EQ_INT(message->state, row->code ? DYN_MESSAGE_FAILED : DYN_MESSAGE_DONE);
  CHECK(same(message->failure.kind, row->kind));
  CHECK(same(message->failure.code, row->code));
  CHECK((message->failure.text == NULL) == (row->code == NULL));
  CHECK_EQ_INT(message->head.status, row->status);
  CHECK_EQ_BYTES(dyn_message_body(message), body);
  CHECK_EQ_INT(dyn_message_is_reusable(message), row->is_reusable);
}

static void test_answers_in_two_pieces(void) {
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  for (size_t i = 0; i < ROW_COUNT; i++) {
    struct dyn_slice text = rows[i].text;
    for (size_t cut = 0; cut <= text.length; cut++) {
      dyn_message_expect(&message, false);
      feed(&message, text.data, cut);
      feed(&message, text.data + cut, text.length - cut);
      dyn_message_lose(&message, DYN_LOSS_CLOSED);
      check_row(&rows[i], &message);
    }
  }
  dyn_message_clean_up(&message);
}

static void test_answers_byte_by_byte(void) {
  for (size_t i = 0; i < ROW_COUNT; i++) {
    struct dyn_message message;
    dyn_message_init(&message, MAX_BODY_BYTES);
    for (size_t at = 0; at < rows[i].text.length; at++) {
      feed(&message, rows[i].text.data + at, 1);
    }
    dyn_message_lose(&message, DYN_LOSS_CLOSED);
    check_row(&rows[i], &message);
    dyn_message_clean_up(&message);
  }
}

/* No response that says where it ends is whole when it was cut, however the connection ended. */
static void test_answers_that_were_cut(void) {
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  for (size_t i = 0; i < ROW_COUNT; i++) {
    struct dyn_slice text = rows[i].text;
    CHECK_CASE(rows[i].name);
    for (size_t cut = 0; rows[i].is_reusable && cut < text.length; cut++) {
      for (int loss = DYN_LOSS_CLOSED; loss <= DYN_LOSS_TIMEOUT; loss++) {
        dyn_message_expect(&message, false);
        CHECK_EQ_INT(feed(&message, text.data, cut), DYN_MESSAGE_MORE);
        CHECK_EQ_INT(dyn_message_lose(&message, (enum dyn_message_loss)loss), DYN_MESSAGE_FAILED);
        CHECK_EQ_SIZE(dyn_message_body(&message).length, 0);
      }
    }
  }
  dyn_message_clean_up(&message);
}

static void test_how_a_connection_ends(void) {
  static const struct {
    const char *text;
    bool is_kept;
    enum dyn_message_loss loss;
    const char *kind, *code;
    int status;
  } losses[] = {
      {"", false, DYN_LOSS_CLOSED, "transport", "EmptyAnswer", 0},
      {"", true, DYN_LOSS_CLOSED, "transport", "ConnectionLost", 0},
      {"HTTP/1.1 100 C\r\n\r\n", true, DYN_LOSS_CLOSED, "transport", "ConnectionLost", 0},
      {OK_LINE, true, DYN_LOSS_CLOSED, "integrity", "PartialAnswer", 0},
      {"", false, DYN_LOSS_BROKEN, "transport", "ConnectionLost", 0},
      {OK_LINE, false, DYN_LOSS_BROKEN, "transport", "ConnectionLost", 0},
      {"", false, DYN_LOSS_TIMEOUT, "timeout", "AttemptTimeout", 0},
      {OK_LINE, false, DYN_LOSS_TIMEOUT, "timeout", "AttemptTimeout", 0},
      {COUNTED, false, DYN_LOSS_TIMEOUT, "timeout", "AttemptTimeout", 200},
      {COUNTED, false, DYN_LOSS_BROKEN, "integrity", "PartialAnswer", 200},
      {CHUNKED "0\r\n", false, DYN_LOSS_TIMEOUT, "timeout", "AttemptTimeout", 200},
      {OK_LINE "\r\na", false, DYN_LOSS_TIMEOUT, "timeout", "AttemptTimeout", 200},
      {OK_LINE "\r\na", false, DYN_LOSS_BROKEN, "integrity", "PartialAnswer", 200},
  };
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
    CHECK_CASE(losses[i].text);
    dyn_message_expect(&message, losses[i].is_kept);
    feed(&message, losses[i].text, strlen(losses[i].text));
    CHECK_EQ_INT(dyn_message_lose(&message, losses[i].loss), DYN_MESSAGE_FAILED);
    CHECK(same(message.failure.kind, losses[i].kind));
    CHECK(same(message.failure.code, losses[i].code));
    CHECK_EQ_INT(message.head.status, losses[i].status);
    CHECK_EQ_INT(dyn_message_lose(&message, DYN_LOSS_TIMEOUT), DYN_MESSAGE_FAILED);
    CHECK(same(message.failure.code, losses[i].code)); /* what came first stays */
  }
  dyn_message_clean_up(&message);
}

/* A text: `before`, then `piece` over and over up to a total of bytes, then `after`. */
struct limit {
  const char *name, *before, *piece;
  size_t total;
  const char *after, *code; /* NULL: whole */
};

#define FILLER "X-Filler: 0123456789012345678901234567890123456789\r\n"

static const struct limit limits[] = {
    {"headers at the limit", OK_LINE "X: ", "x", 65536 - 23, "\r\nContent-Length: 0\r\n\r\n", NULL},
    {"headers over it", OK_LINE "X: ", "x", 65537 - 23, "\r\nContent-Length: 0\r\n\r\n",
     "HeadersTooLarge"},
    {"one header", OK_LINE "X: ", "x", 300000, "\r\n\r\n", "HeadersTooLarge"},
    {"a status line", "HTTP/1.1 200 ", "x", 300000, "\r\n\r\n", "HeadersTooLarge"},
    {"many headers", OK_LINE, FILLER, 300000, "\r\n", "HeadersTooLarge"},
    {"1xx", "", "HTTP/1.1 103 E\r\n\r\n", 65536 - 38, COUNTED "body", NULL},
    {"too many 1xx", "", "HTTP/1.1 103 E\r\n\r\n", 65560, COUNTED "body", "HeadersTooLarge"},
    {"a body without length", OK_LINE "\r\n", "x", MAX_BODY_BYTES + 19, "", NULL},
    {"too large a one", OK_LINE "\r\n", "x", MAX_BODY_BYTES + 20, "", "ResponseTooLarge"},
    {"a chunk's line", CHUNKED "0;", "x", 47 + 1022, "\r\n\r\n", NULL},
    {"too long a one", CHUNKED "0;", "x", 47 + 1023, "\r\n\r\n", "PartialAnswer"},
    {"an endless size", CHUNKED, "0", 5000, "", "PartialAnswer"},
    {"trailers", CHUNKED "0\r\n", FILLER, 66000, "\r\n", NULL},
    {"too many trailers", CHUNKED "0\r\n", FILLER, 80000, "\r\n", "PartialAnswer"},
    {"chunks of one byte", CHUNKED, "1\r\nb\r\n", 6 * MAX_BODY_BYTES + 47, "0\r\n\r\n", NULL},
    {"too many chunks", CHUNKED, "1\r\nb\r\n", 6 * MAX_BODY_BYTES + 53, "0\r\n\r\n",
     "ResponseTooLarge"},
};

/* Appends `piece` until there are more than `total` bytes but for one piece. */
static void repeat(struct dyn_buf *text, const char *piece, size_t total) {
  size_t length = strlen(piece);
  while (text->length + length <= total) dyn_buf_append(text, piece, length);
}

static void check_limit(const struct limit *limit, struct dyn_slice text, size_t step) {
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  CHECK_CASE(limit->name);
  for (size_t at = 0; at < text.length; at += step) {
    feed(&message, text.data + at, text.length - at < step ? text.length - at : step);
  }
  dyn_message_lose(&message, DYN_LOSS_CLOSED);
  CHECK(same(message.failure.code, limit->code));
  CHECK_EQ_INT(message.state, limit->code ? DYN_MESSAGE_FAILED : DYN_MESSAGE_DONE);
  CHECK(message.in.length <= DYN_MESSAGE_MAX_HEAD_BYTES + DYN_MESSAGE_MAX_READ_BYTES);
  dyn_message_clean_up(&message);
}

static void test_limits(void) {
  static const size_t steps[] = {1, 7, 1000, 1 << 20};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    const struct limit *limit = &limits[i];
    struct dyn_buf text;
    dyn_buf_init(&text, 1 << 20);
    dyn_buf_append(&text, limit->before, strlen(limit->before));
    repeat(&text, limit->piece, limit->total);
    dyn_buf_append(&text, limit->after, strlen(limit->after));
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++) {
      check_limit(limit, dyn_buf_slice(&text), steps[step]);
    }
    dyn_buf_clean_up(&text);
  }
}

/* The framing of chunks takes no memory. */
static void test_chunks_take_what_their_data_takes(void) {
  enum { DATA_BYTES = 1 << 18 };
  struct dyn_message message;
  dyn_message_init(&message, DATA_BYTES);
  feed(&message, CHUNKED, strlen(CHUNKED));
  for (size_t i = 0; i < DATA_BYTES; i++) feed(&message, "1;xxxxxxxx\r\nb\r\n0", 15);
  feed(&message, "0\r\n\r\n", 5);
  CHECK_EQ_INT(message.state, DYN_MESSAGE_DONE);
  CHECK_EQ_SIZE(dyn_message_body(&message).length, DATA_BYTES);
  CHECK(message.in.capacity <= 2 * DATA_BYTES);
  dyn_message_clean_up(&message);
}

/* A large response is read into its place. */
static void test_reading_without_a_copy(void) {
  enum { BODY_BYTES = 1 << 20 };
  static const char head[] = OK_LINE "Content-Length: 1048576\r\n\r\n";
  struct dyn_message message;
  size_t size, left = BODY_BYTES;
  dyn_message_init(&message, BODY_BYTES);
  char *room = dyn_message_room(&message, &size);
  if (!CHECK(room != NULL && size >= sizeof head)) return;
  memcpy(room, head, sizeof head - 1);
  CHECK_EQ_INT(dyn_message_read(&message, sizeof head - 1), DYN_MESSAGE_MORE);
  while (message.state == DYN_MESSAGE_MORE && (room = dyn_message_room(&message, &size))) {
    if (!CHECK(size > 0 && size <= left)) break;
    memset(room, 'b', size);
    left -= size;
    dyn_message_read(&message, size);
  }
  CHECK_EQ_INT(message.state, DYN_MESSAGE_DONE);
  CHECK_EQ_SIZE(left, 0);
  CHECK(dyn_message_is_reusable(&message));
  CHECK(message.in.capacity <= 2 * BODY_BYTES);
  dyn_message_reset(&message);
  CHECK_EQ_SIZE(message.in.capacity, 0); /* what was large is given back */
  dyn_message_clean_up(&message);
}

static void test_headers_are_found_in_any_case(void) {
  struct dyn_message message;
  struct dyn_slice rest, value;
  dyn_message_init(&message, MAX_BODY_BYTES);
  CHECK_EQ_SIZE(dyn_message_head(&message).length, 0);
  const char *text = "HTTP/1.1 100 C\r\nX-A: early\r\n\r\n" OK_LINE
                     "X-A:  one \r\nx-b:\r\nX-a: two\r\nContent-Length: 0\r\n\r\n";
  feed(&message, text, strlen(text));
  rest = dyn_message_head(&message);
  CHECK(dyn_header_find(&rest, DYN_SLICE("x-a"), &value));
  CHECK_EQ_TEXT(value, "one");
  CHECK(dyn_header_find(&rest, DYN_SLICE("x-a"), &value));
  CHECK_EQ_TEXT(value, "two");
  CHECK(!dyn_header_find(&rest, DYN_SLICE("x-a"), &value));
  rest = dyn_message_head(&message);
  CHECK(dyn_header_find(&rest, DYN_SLICE("x-b"), &value));
  CHECK_EQ_TEXT(value, "");
  dyn_message_clean_up(&message);
}

static void test_requests(void) {
  static const struct {
    const char *method, *body, *text;
  } requests[] = {
      {"POST", "{}", "POST /?a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"},
      {"POST", "", "POST /?a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"},
      {"PUT", "", "PUT /?a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"},
      {"GET", "", "GET /?a HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"GET", "b", "GET /?a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nb"},
      {"CONNECT", "", "CONNECT /?a HTTP/1.1\r\nHost: h\r\n\r\n"},
  };
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
    struct dyn_slice method = dyn_slice_of(requests[i].method, strlen(requests[i].method));
    struct dyn_slice body = dyn_slice_of(requests[i].body, strlen(requests[i].body));
    struct dyn_header host = {DYN_SLICE("Host"), DYN_SLICE("h")};
    CHECK(dyn_message_begin(&message, method, DYN_SLICE("/?a")) == NULL);
    CHECK(dyn_message_add_header(&message, host) == NULL);
    CHECK(dyn_message_end(&message, body) == NULL);
    CHECK_EQ_BYTES(dyn_message_unsent(&message),
                   dyn_slice_of(requests[i].text, strlen(requests[i].text)));
  }
  dyn_message_clean_up(&message);
}

static void test_an_answer_to_connect_has_no_body(void) {
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  CHECK(dyn_message_begin(&message, DYN_SLICE("CONNECT"), DYN_SLICE("h:1")) == NULL);
  CHECK(dyn_message_end(&message, DYN_SLICE("")) == NULL);
  CHECK_EQ_INT(feed(&message, COUNTED, strlen(COUNTED)), DYN_MESSAGE_DONE);
  CHECK(dyn_message_is_reusable(&message));
  feed(&message, "x", 1);
  CHECK(!dyn_message_is_reusable(&message));
  dyn_message_expect(&message, false);
  feed(&message, "HTTP/1.0 200 Connected\r\n\r\n", 26);
  CHECK(dyn_message_is_reusable(&message));
  dyn_message_clean_up(&message);
}

static void test_what_a_request_refuses(void) {
  struct dyn_header header = {DYN_SLICE("A"), DYN_SLICE("b")};
  struct dyn_header large = {DYN_SLICE("A"), {NULL, DYN_HEADER_MAX_BYTES}};
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  CHECK(dyn_message_begin(&message, DYN_SLICE("PO ST"), DYN_SLICE("/")) != NULL);
  CHECK(dyn_message_begin(&message, DYN_SLICE(""), DYN_SLICE("/")) != NULL);
  CHECK(dyn_message_begin(&message, DYN_SLICE("GET"), DYN_SLICE("")) != NULL);
  CHECK(dyn_message_begin(&message, DYN_SLICE("GET"), DYN_SLICE("/ x")) != NULL);
  CHECK(dyn_message_begin(&message, DYN_SLICE("GET"), DYN_SLICE("/\r\nA: b")) != NULL);
  CHECK(dyn_message_begin(&message, DYN_SLICE("GET"), DYN_SLICE("/")) == NULL);
  for (int i = 0; i < DYN_HEADER_MAX_COUNT; i++) {
    CHECK(dyn_message_add_header(&message, header) == NULL);
  }
  CHECK(dyn_message_add_header(&message, header) != NULL);
  header.value = DYN_SLICE("b\r\nX: y");
  CHECK(dyn_message_begin(&message, DYN_SLICE("GET"), DYN_SLICE("/")) == NULL);
  CHECK(dyn_message_add_header(&message, header) != NULL);
  char *value = malloc(DYN_HEADER_MAX_BYTES);
  if (!value) abort();
  memset(value, 'x', DYN_HEADER_MAX_BYTES);
  large.value.data = value;
  CHECK(dyn_message_add_header(&message, large) != NULL);
  free(value);
  dyn_message_clean_up(&message);
}

static void test_how_much_was_sent(void) {
  struct dyn_message message;
  dyn_message_init(&message, MAX_BODY_BYTES);
  CHECK(dyn_message_begin(&message, DYN_SLICE("GET"), DYN_SLICE("/")) == NULL);
  CHECK(dyn_message_end(&message, DYN_SLICE("")) == NULL);
  size_t length = message.out.length;
  CHECK(same(dyn_message_sent(&message), "none"));
  dyn_message_count_sent(&message, 4);
  CHECK(same(dyn_message_sent(&message), "partial"));
  CHECK_EQ_TEXT(dyn_message_unsent(&message), "/ HTTP/1.1\r\n\r\n");
  dyn_message_count_sent(&message, length);
  CHECK(same(dyn_message_sent(&message), "complete"));
  CHECK_EQ_SIZE(dyn_message_unsent(&message).length, 0);
  dyn_message_expect(&message, true);
  CHECK(same(dyn_message_sent(&message), "none"));
  CHECK_EQ_SIZE(dyn_message_unsent(&message).length, length);
  dyn_message_clean_up(&message);
  dyn_message_clean_up(&message);
}

int main(void) {
  CHECK_RUN(test_answers_in_two_pieces);
  CHECK_RUN(test_answers_byte_by_byte);
  CHECK_RUN(test_answers_that_were_cut);
  CHECK_RUN(test_how_a_connection_ends);
  CHECK_RUN(test_limits);
  CHECK_RUN(test_chunks_take_what_their_data_takes);
  CHECK_RUN(test_reading_without_a_copy);
  CHECK_RUN(test_headers_are_found_in_any_case);
  CHECK_RUN(test_requests);
  CHECK_RUN(test_an_answer_to_connect_has_no_body);
  CHECK_RUN(test_what_a_request_refuses);
  CHECK_RUN(test_how_much_was_sent);
  return check_finish();
}
