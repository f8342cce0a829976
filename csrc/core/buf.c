/* SPDX-License-Identifier: MIT */
#include "buf.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 256 /* bytes */ };

/* No object is larger, so a size above it is a sum that went wrong. */
#define MAX_CAPACITY (SIZE_MAX / 2)

void dyn_buf_init(struct dyn_buf *buf, size_t max_bytes) {
  struct dyn_buf empty = {NULL, 0, 0, max_bytes, DYN_OK};
  *buf = empty;
}

void dyn_buf_clean_up(struct dyn_buf *buf) {
  free(buf->data);
  dyn_buf_init(buf, buf->max_bytes);
}

void dyn_buf_reset(struct dyn_buf *buf) {
  buf->length = 0;
  buf->error = DYN_OK;
}

/* Sets the error and returns NULL, for dyn_buf_reserve to return. */
static char *fail(struct dyn_buf *buf, enum dyn_status error) {
  buf->error = error;
  return NULL;
}

/* Returns the capacity to have for `needed` bytes: doubled until it suffices, within the ceiling.
 */
static size_t next_capacity(const struct dyn_buf *buf, size_t needed) {
  size_t ceiling = buf->max_bytes < MAX_CAPACITY ? buf->max_bytes : MAX_CAPACITY;
  size_t capacity = buf->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buf->capacity * 2;
  while (capacity < needed) capacity *= 2;
  return capacity < ceiling ? capacity : ceiling;
}

/* Makes room for `length` more bytes, moving the content; returns where they go or NULL. */
static char *grow(struct dyn_buf *buf, size_t length) {
  size_t room = buf->max_bytes < MAX_CAPACITY ? buf->max_bytes : MAX_CAPACITY;
  if (length > room - buf->length) return fail(buf, DYN_ERR_TOO_LARGE);
  size_t capacity = next_capacity(buf, buf->length + length);
  char *data = realloc(buf->data, capacity > 0 ? capacity : 1);
  if (!data) return fail(buf, DYN_ERR_MEMORY);
  buf->data = data;
  buf->capacity = capacity;
  return data + buf->length;
}

char *dyn_buf_make_room(struct dyn_buf *buf, size_t length) {
  if (buf->error) return NULL;
  if (!buf->data || length > buf->capacity - buf->length) return grow(buf, length);
  return buf->data + buf->length;
}

void dyn_buf_truncate(struct dyn_buf *buf, size_t length) {
  if (length < buf->length) buf->length = length;
}
