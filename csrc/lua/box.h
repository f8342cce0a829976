/* SPDX-License-Identifier: MIT */
#ifndef DYN_BOX_H
#define DYN_BOX_H

#include "buf.h"
#include "compat.h"

/* How large the first tables of the call before were: how many keys the object that ended last had
 * at each depth, and how many elements the array; 0: not known. */
enum { DYN_BOX_HINT_DEPTHS = 8 };
struct dyn_box_hints {
  unsigned char keys[DYN_BOX_HINT_DEPTHS], elements[DYN_BOX_HINT_DEPTHS];
};

/* The working memory of one call from Lua: buffers owned by the collector, so that a raise anywhere
 * in a table walk leaks nothing.
 * 1. dyn_box_open lends the state's own box, or a fresh one while that is lent out (a finaliser or
 * a debug hook may call in while another call works). The box stays on the stack.
 * 2. The call fills the buffers. Nothing in them outlives the call; the hints do.
 * 3. dyn_box_close gives the box back and frees what grew large. A raise in between leaves the box
 *    marked as lent for ever: later calls then work in fresh boxes, slower and just as safe. */
struct dyn_box {
  struct dyn_buf out;     /* what the call builds */
  struct dyn_buf entries; /* a stack of records about parts of `out` */
  struct dyn_buf spare;   /* strings with escapes, parts being moved */
  struct dyn_box_hints hints;
  bool lent;
  bool finalised; /* the Lua state is being closed: nothing will free the buffers after a call */
};

/* A request or a decoded string may take this much. DynamoDB takes requests of up to 16 MB; escapes
 * and base64 make the text longer than what the service counts. */
enum { DYN_BOX_MAX_BYTES = 32 * 1024 * 1024 };

/* Pushes a new, empty box. */
struct dyn_box *dyn_box_push(lua_State *L);

/* Pushes a box to work in: the one at `shared_index`, or a fresh one if that is lent out. */
struct dyn_box *dyn_box_open(lua_State *L, int shared_index);

/* Ends the use of a box that dyn_box_open gave; its content is gone. */
void dyn_box_close(struct dyn_box *box);

#endif
