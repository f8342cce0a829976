/* SPDX-License-Identifier: MIT */
#ifndef DYN_SLICE_H
#define DYN_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Keeps a function out of line, for the sake of the one that calls it: what that one does nearly
 * always shall not pay for the registers and the stack of what it does seldom. */
#ifdef __GNUC__
#define DYN_APART __attribute__((noinline))
#else
#define DYN_APART
#endif

/* A view of bytes owned by somebody else; NUL is a byte like any other. Passed by value. */
struct dyn_slice {
  const char *data;
  size_t length; /* bytes */
};

/* The slice of a string literal, without its terminator. */
#define DYN_SLICE(literal) ((struct dyn_slice){("" literal), sizeof(literal) - 1})

static inline struct dyn_slice dyn_slice_of(const char *data, size_t length) {
  struct dyn_slice slice = {data, length};
  return slice;
}

static inline bool dyn_slice_equals(struct dyn_slice a, struct dyn_slice b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* Orders by bytes (memcmp), the shorter first where one begins with the other. */
static inline int dyn_slice_compare(struct dyn_slice a, struct dyn_slice b) {
  size_t shared = a.length < b.length ? a.length : b.length;
  int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);
  if (order != 0) return order;
  return (a.length > b.length) - (a.length < b.length);
}

#endif
