/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <stdlib.h>

/* libFuzzer's target for the reader of responses: make fuzz-message. The first byte of an input
 * says how the connection ends and what came before, the second how large the pieces are that the
 * rest comes in. However it comes, the outcome is the same, and no limit is passed. */

enum { MAX_BODY_BYTES = 4096, CONTROL_BYTES = 2 };

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Feeds an exact heap copy, so that a read past its end is seen. */
static void feed(struct dyn_message *message, const unsigned char *data, size_t length) {
  char *copy = malloc(length);
  if (!copy) abort();
  memcpy(copy, data, length);
  dyn_message_feed(message, dyn_slice_of(copy, length));
  free(copy);
}

static void read_in_pieces(struct dyn_message *message, const unsigned char *data, size_t size,
                           size_t piece) {
  unsigned control = data[0];
  dyn_message_init(message, MAX_BODY_BYTES);
  message->is_connect = control & 8;
  dyn_message_expect(message, control & 4);
  for (size_t at = CONTROL_BYTES; at < size; at += piece) {
    feed(message, data + at, size - at < piece ? size - at : piece);
  }
  dyn_message_lose(message, (enum dyn_message_loss)((control & 3) % 3));
}

static void require(bool holds) {
  if (!holds) abort();
}

static void require_sound(const struct dyn_message *message) {
  bool failed = message->state == DYN_MESSAGE_FAILED;
  require(failed || message->state == DYN_MESSAGE_DONE);
  require(failed == (message->failure.code != NULL && message->failure.kind != NULL));
  require(dyn_message_body(message).length <= MAX_BODY_BYTES);
  require(dyn_message_head(message).length <= DYN_MESSAGE_MAX_HEAD_BYTES);
  require(failed || message->head.status >= 200);
  require(!failed || !dyn_message_is_reusable(message));
}

static void require_same(const struct dyn_message *a, const struct dyn_message *b) {
  require(a->state == b->state && a->failure.code == b->failure.code);
  require(a->failure.text == b->failure.text && a->head.status == b->head.status);
  require(dyn_slice_equals(dyn_message_head(a), dyn_message_head(b)));
  require(dyn_slice_equals(dyn_message_body(a), dyn_message_body(b)));
  require(dyn_message_is_reusable(a) == dyn_message_is_reusable(b));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  struct dyn_message whole, pieces;
  if (size < CONTROL_BYTES) return 0;
  read_in_pieces(&whole, data, size, size);
  read_in_pieces(&pieces, data, size, (size_t)data[1] + 1);
  require_sound(&whole);
  require_sound(&pieces);
  require_same(&whole, &pieces);
  dyn_message_clean_up(&whole);
  dyn_message_clean_up(&pieces);
  return 0;
}
