/* SPDX-License-Identifier: MIT */
#ifndef DYN_SHAPE_H
#define DYN_SHAPE_H

#include "compat.h"
#include "slice.h"

/* The API model, compiled: what each place of a request or a response may hold. It directs the
 * encoder and the decoder, and it is where bad parameters are caught. */
enum dyn_shape_kind {
  DYN_SHAPE_STRUCTURE,
  DYN_SHAPE_LIST,
  DYN_SHAPE_MAP,
  DYN_SHAPE_STRING,
  DYN_SHAPE_INTEGER, /* 32 bits */
  DYN_SHAPE_LONG,    /* 64 bits */
  DYN_SHAPE_FLOAT,
  DYN_SHAPE_BOOLEAN,
  DYN_SHAPE_TIMESTAMP, /* epoch seconds */
  DYN_SHAPE_BLOB,
  DYN_SHAPE_ATTRIBUTE_VALUE
};

/* What a string must look like beyond its length. */
enum dyn_string_format {
  DYN_FORMAT_ANY,
  DYN_FORMAT_TABLE_NAME, /* 3 to 255 of a-z A-Z 0-9 _ - . */
  DYN_FORMAT_TABLE_ARN,  /* a table name, or an ARN */
  DYN_FORMAT_EXPRESSION  /* at most 4096 bytes, no NUL */
};

struct dyn_shape;

struct dyn_member {
  struct dyn_slice name;
  struct dyn_slice quoted; /* `"name":` */
  const struct dyn_shape *shape;
};

struct dyn_shape {
  struct dyn_slice name;
  enum dyn_shape_kind kind;
  struct dyn_member *members; /* structure: sorted by name */
  size_t member_count;
  uint64_t required; /* structure: of members, those that are, a bit for each */
  uint64_t expressions, replaced, tokens; /* those that are an expression, what expressions have
                                             replaced, names or values of their tokens */
  const struct dyn_shape *element;        /* list: of its items; map: of its values */
  struct dyn_slice *words;                /* string: the enum, if any */
  size_t word_count;
  bool has_min, has_max;
  double min, max; /* characters of a string, elements of a list or map, value of a number */
  enum dyn_string_format format;
  char key_prefix; /* map: '#' or ':' where every key must begin with it, else '\0' */
  bool is_key;     /* map: a primary key */
};

/* core.model(shapes, roles) -> model; raises on a definition that makes no sense. `roles`, which
 * may be nil, says which members are an "expression", "replaced" by those, or "tokens": name ->
 * word. */
int l_model(lua_State *L);

/* Returns the shape that the arguments `model` and `name` at `index` and `index + 1` say; raises if
 * there is none. The model must stay on the stack while the shape is used. */
const struct dyn_shape *dyn_shape_check(lua_State *L, int index);

/* Returns the index of the member called `name`, or member_count. */
size_t dyn_shape_member(const struct dyn_shape *shape, struct dyn_slice name);

/* Returns the first of the members that have their bit; there is one. */
const struct dyn_member *dyn_shape_first(const struct dyn_shape *shape, uint64_t members);

/* Returns how many pairs the table at `index` (absolute) has, read raw. */
size_t dyn_shape_count_pairs(lua_State *L, int index);

/* The most members a structure may have. */
enum { DYN_SHAPE_MAX_MEMBERS = 64 };

#endif
