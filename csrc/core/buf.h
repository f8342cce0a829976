/* SPDX-License-Identifier: MIT */
#ifndef DYN_BUF_H
#define DYN_BUF_H

#include "slice.h"
#include "status.h"

/* A growing byte buffer with a ceiling and a sticky error.
 * 1. dyn_buf_init gives an empty buffer that owns nothing.
 * 2. Appends grow it. After the first failure `error` stays set and every append does nothing, so
 *    a writer may make many appends and look at `error` once.
 * 3. dyn_buf_clean_up frees it and leaves it empty again; calling it twice is harmless. */
struct dyn_buf {
  char *data; /* NULL while nothing was written */
  size_t length, capacity, max_bytes;
  enum dyn_status error;
};

/* Makes `buf` empty with a ceiling of `max_bytes`. Cannot fail. */
void dyn_buf_init(struct dyn_buf *buf, size_t max_bytes);

/* Frees the memory. The buffer is empty and usable again, with the same ceiling. */
void dyn_buf_clean_up(struct dyn_buf *buf);

/* Forgets the content and the error, keeps the memory for the next use. */
void dyn_buf_reset(struct dyn_buf *buf);

/* As dyn_buf_reserve, where there may not be room yet. */
char *dyn_buf_make_room(struct dyn_buf *buf, size_t length);

/* Returns room for `length` more bytes, or NULL after setting `error`. What is written there counts
 * only after dyn_buf_commit; the pointer is valid until the next call on `buf`. */
static inline char *dyn_buf_reserve(struct dyn_buf *buf, size_t length) {
  bool fits = !buf->error && buf->data && length <= buf->capacity - buf->length;
  return fits ? buf->data + buf->length : dyn_buf_make_room(buf, length);
}

/* Appends bytes; `data` may be NULL when `length` is 0. */
static inline void dyn_buf_append(struct dyn_buf *buf, const char *data, size_t length) {
  if (length == 0) return;
  char *room = dyn_buf_reserve(buf, length);
  if (!room) return;
  memcpy(room, data, length);
  buf->length += length;
}

static inline void dyn_buf_append_slice(struct dyn_buf *buf, struct dyn_slice slice) {
  dyn_buf_append(buf, slice.data, slice.length);
}

static inline void dyn_buf_append_char(struct dyn_buf *buf, char byte) {
  dyn_buf_append(buf, &byte, 1);
}

/* Adds `length` bytes, written into the last reservation, to the content. */
static inline void dyn_buf_commit(struct dyn_buf *buf, size_t length) {
  buf->length += length;
}

/* Drops everything after the first `length` bytes. */
void dyn_buf_truncate(struct dyn_buf *buf, size_t length);

static inline struct dyn_slice dyn_buf_slice(const struct dyn_buf *buf) {
  return dyn_slice_of(buf->data, buf->length);
}

#endif
