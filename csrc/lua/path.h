/* SPDX-License-Identifier: MIT */
#ifndef DYN_PATH_H
#define DYN_PATH_H

#include "buf.h"
#include "compat.h"

/* One step of the way from the root of a document to the place being worked on. Steps live in the C
 * frames of the walk and link upwards, so naming a place costs nothing until something is wrong. */
struct dyn_step {
  const struct dyn_step *parent; /* NULL at the root */
  struct dyn_slice name;         /* a member or key; data is NULL for a list index */
  size_t index;                  /* of a list, from 1 */
  const void *table;             /* the Lua table walked here, to tell a cycle; may be NULL */
  int depth;                     /* containers of attribute values around this place */
};

/* Appends the path, such as `Item.tags[3].name` or `Item["first name"]`. */
void dyn_path_write(const struct dyn_step *step, struct dyn_buf *out);

/* Pushes a problem: { code, path, detail }. `text` serves to build the path; its content is lost.
 */
void dyn_problem_push(lua_State *L, struct dyn_buf *text, const struct dyn_step *step,
                      const char *code, const char *detail);

#endif
