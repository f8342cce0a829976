/* SPDX-License-Identifier: MIT */
#include "shape.h"

#include "arguments.h"
#include "box.h"
#include "context.h"
#include "type.h"

#include <stdlib.h>

/* The arguments of l_model. */
enum { SHAPES = 1, ROLES };

#define TYPE_NAME "dynamo.model"
#define GONE      "dynamo is gone: this Lua state is being closed"

/* One allocation of a model; all are freed together. */
struct block {
  struct block *next;
};

/* 1. l_model pushes an empty model, which its __gc accepts.
 * 2. First every shape's name is read, so that shapes can refer to each other, and gets a slot.
 * 3. Then each definition is read. From there on nothing changes.
 * Shapes, members and names live in `blocks` until the collector frees the model. */
struct model {
  struct dyn_shape *shapes;
  size_t count;
  struct dyn_shape **slots; /* by the hash of their names, in the next free slot; a power of two */
  size_t slot_count;        /* more than count */
  struct block *blocks;
};

static int l_model_gc(lua_State *L) {
  struct model *model = luaL_checkudata(L, 1, TYPE_NAME);
  while (model->blocks != NULL) {
    struct block *block = model->blocks;
    model->blocks = block->next;
    free(block);
  }
  model->count = 0;
  model->shapes = NULL;
  return 0;
}

static const luaL_Reg metamethods[] = {{"__gc", l_model_gc}, {NULL, NULL}};

static const struct dyn_type type = {TYPE_NAME, metamethods, NULL, TYPE_NAME};

/* Returns `count` zeroed elements of `size` bytes owned by the model; raises out of memory. */
static void *allocate(lua_State *L, struct model *model, size_t count, size_t size) {
  if (count > (SIZE_MAX / 2) / size) luaL_error(L, "model too large");
  struct block *block = calloc(1, sizeof *block + count * size);
  if (block == NULL) luaL_error(L, "out of memory");
  block->next = model->blocks;
  model->blocks = block;
  return block + 1;
}

/* Copies the string at `index` into the model. */
static struct dyn_slice copy_string(lua_State *L, struct model *model, int index) {
  struct dyn_slice text = dyn_argument_text(L, index);
  char *copy = allocate(L, model, text.length + 1, 1);
  memcpy(copy, text.data, text.length);
  return dyn_slice_of(copy, text.length);
}

size_t dyn_shape_count_pairs(lua_State *L, int index) {
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) count++;
  return count;
}

static int compare_members(const void *a, const void *b) {
  const struct dyn_member *left = a, *right = b;
  return dyn_slice_compare(left->name, right->name);
}

/* Returns the slot of the shape called `name`, or the free one where it would stand. */
static struct dyn_shape **find_slot(const struct model *model, struct dyn_slice name) {
  size_t hash = name.length, mask = model->slot_count - 1;
  for (size_t i = 0; i < name.length; i++) hash = hash * 31 + (unsigned char)name.data[i];
  while (model->slots[hash & mask] != NULL) {
    if (dyn_slice_equals(model->slots[hash & mask]->name, name)) break;
    hash++;
  }
  return &model->slots[hash & mask];
}

/* Returns the shape named by the string at `index`; raises if the model has none. A finaliser that
 * runs when the state is closed may come after the model's. */
static struct dyn_shape *check_shape_name(lua_State *L, const struct model *model, int index) {
  if (model->shapes == NULL) luaL_error(L, GONE);
  struct dyn_slice name = dyn_argument_text(L, index);
  struct dyn_shape *shape = *find_slot(model, name);
  if (shape == NULL) luaL_error(L, "the model has no shape '%s'", name.data);
  return shape;
}

/* Reads the names of all shapes of the table at `index`. */
static void read_names(lua_State *L, struct model *model, int index) {
  size_t count = dyn_shape_count_pairs(L, index), slot_count = 2;
  while (slot_count < 2 * count) slot_count *= 2;
  model->slots = allocate(L, model, slot_count, sizeof *model->slots);
  model->slot_count = slot_count;
  model->shapes = allocate(L, model, count, sizeof *model->shapes);
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
    struct dyn_shape *shape = &model->shapes[model->count++];
    shape->name = copy_string(L, model, -2);
    *find_slot(model, shape->name) = shape;
  }
}

/* Pushes a raw field of the table at `index` and returns whether there is one. */
static bool push_field(lua_State *L, int index, const char *name) {
  lua_pushstring(L, name);
  lua_rawget(L, index);
  return !lua_isnil(L, -1);
}

static enum dyn_shape_kind check_kind(lua_State *L, int index) {
  static const char *const words[] = {
      "structure", "list",    "map",       "string", "integer",         "long", "double",
      "float",     "boolean", "timestamp", "blob",   "attribute_value", NULL};
  static const enum dyn_shape_kind kinds[] = {
      DYN_SHAPE_STRUCTURE, DYN_SHAPE_LIST,      DYN_SHAPE_MAP,   DYN_SHAPE_STRING,
      DYN_SHAPE_INTEGER,   DYN_SHAPE_LONG,      DYN_SHAPE_FLOAT, DYN_SHAPE_FLOAT,
      DYN_SHAPE_BOOLEAN,   DYN_SHAPE_TIMESTAMP, DYN_SHAPE_BLOB,  DYN_SHAPE_ATTRIBUTE_VALUE};
  return kinds[luaL_checkoption(L, index, NULL, words)];
}

static enum dyn_string_format check_format(lua_State *L, int index) {
  static const char *const words[] = {"any", "table_name", "table_arn", "expression", NULL};
  static const enum dyn_string_format formats[] = {DYN_FORMAT_ANY, DYN_FORMAT_TABLE_NAME,
                                                   DYN_FORMAT_TABLE_ARN, DYN_FORMAT_EXPRESSION};
  return formats[luaL_checkoption(L, index, NULL, words)];
}

/* Returns `"name":`. */
static struct dyn_slice quote(lua_State *L, struct model *model, struct dyn_slice name) {
  char *copy = allocate(L, model, name.length + 3, 1);
  copy[0] = copy[name.length + 1] = '"';
  copy[name.length + 2] = ':';
  memcpy(copy + 1, name.data, name.length);
  return dyn_slice_of(copy, name.length + 3);
}

/* Returns where the role that `roles`, the table at `index` or nil, gives a member is noted; or
 * NULL for none. */
static uint64_t *role_of(lua_State *L, int index, struct dyn_shape *shape, struct dyn_slice name) {
  static const char *const words[] = {"expression", "replaced", "tokens", NULL};
  uint64_t *const roles[] = {&shape->expressions, &shape->replaced, &shape->tokens};
  if (!lua_istable(L, index) || !push_field(L, index, name.data)) return NULL;
  return roles[luaL_checkoption(L, -1, NULL, words)];
}

/* Notes what roles the members play. */
static void note_roles(lua_State *L, int roles, struct dyn_shape *shape) {
  int top = lua_gettop(L);
  for (size_t i = 0; i < shape->member_count; i++) {
    uint64_t *role = role_of(L, roles, shape, shape->members[i].name);
    if (role != NULL) *role |= UINT64_C(1) << i;
    lua_settop(L, top);
  }
}

/* Reads `members = { Name = "Shape" }` at the top of the stack. */
static void read_members(lua_State *L, struct model *model, struct dyn_shape *shape) {
  int members = lua_gettop(L);
  size_t count = dyn_shape_count_pairs(L, members);
  if (count > DYN_SHAPE_MAX_MEMBERS) luaL_error(L, "a structure has more than 64 members");
  shape->members = allocate(L, model, count, sizeof *shape->members);
  for (lua_pushnil(L); lua_next(L, members) != 0; lua_pop(L, 1)) {
    struct dyn_member *member = &shape->members[shape->member_count++];
    member->name = copy_string(L, model, -2);
    member->quoted = quote(L, model, member->name);
    member->shape = check_shape_name(L, model, -1);
  }
  qsort(shape->members, shape->member_count, sizeof *shape->members, compare_members);
  note_roles(L, ROLES, shape);
}

/* Reads `required = { "A", "B" }` at the top of the stack. */
static void read_required(lua_State *L, struct dyn_shape *shape) {
  int names = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, names) != 0; lua_pop(L, 1)) {
    struct dyn_slice name = dyn_argument_text(L, -1);
    size_t at = dyn_shape_member(shape, name);
    if (at == shape->member_count) luaL_error(L, "required '%s' is not a member", name.data);
    shape->required |= UINT64_C(1) << at;
  }
}

/* Reads `enum = { "A", "B" }` at the top of the stack. */
static void read_words(lua_State *L, struct model *model, struct dyn_shape *shape) {
  size_t count = lua_rawlen(L, -1);
  shape->words = allocate(L, model, count, sizeof *shape->words);
  for (; shape->word_count < count; shape->word_count++) {
    lua_rawgeti(L, -1, (int)shape->word_count + 1);
    shape->words[shape->word_count] = copy_string(L, model, -1);
    lua_pop(L, 1);
  }
}

/* Reads the definition at the top of the stack into `shape`; leaves the stack as it was. */
static void read_definition(lua_State *L, struct model *model, struct dyn_shape *shape) {
  int definition = lua_gettop(L);
  luaL_checktype(L, definition, LUA_TTABLE);
  push_field(L, definition, "type");
  shape->kind = check_kind(L, -1);
  if (push_field(L, definition, "members")) read_members(L, model, shape);
  if (push_field(L, definition, "required")) read_required(L, shape);
  if (push_field(L, definition, "enum")) read_words(L, model, shape);
  if (push_field(L, definition, "member")) shape->element = check_shape_name(L, model, -1);
  if (push_field(L, definition, "value")) shape->element = check_shape_name(L, model, -1);
  shape->has_min = push_field(L, definition, "min");
  if (shape->has_min) shape->min = luaL_checknumber(L, -1);
  shape->has_max = push_field(L, definition, "max");
  if (shape->has_max) shape->max = luaL_checknumber(L, -1);
  if (push_field(L, definition, "format")) shape->format = check_format(L, -1);
  if (push_field(L, definition, "prefix")) shape->key_prefix = dyn_argument_text(L, -1).data[0];
  push_field(L, definition, "is_key");
  shape->is_key = lua_toboolean(L, -1);
  lua_settop(L, definition);
  bool container = shape->kind == DYN_SHAPE_LIST || shape->kind == DYN_SHAPE_MAP;
  if (container && shape->element == NULL)
    luaL_error(L, "'%s' lacks its element", shape->name.data);
}

int l_model(lua_State *L) {
  luaL_checktype(L, SHAPES, LUA_TTABLE);
  lua_settop(L, ROLES);
  const struct dyn_box *box = lua_touserdata(L, DYN_UP_BOX);
  if (box->finalised) luaL_error(L, GONE);
  struct model *model = lua_newuserdatauv(L, sizeof *model, 0);
  memset(model, 0, sizeof *model);
  dyn_type_set(L, &type);
  read_names(L, model, SHAPES);
  for (size_t i = 0; i < model->count; i++) {
    struct dyn_shape *shape = &model->shapes[i];
    lua_pushlstring(L, shape->name.data, shape->name.length);
    lua_rawget(L, SHAPES);
    read_definition(L, model, shape);
    lua_pop(L, 1);
  }
  return 1;
}

const struct dyn_shape *dyn_shape_check(lua_State *L, int index) {
  const struct model *model = luaL_checkudata(L, index, TYPE_NAME);
  return check_shape_name(L, model, index + 1);
}

size_t dyn_shape_member(const struct dyn_shape *shape, struct dyn_slice name) {
  size_t at = 0;
  while (at < shape->member_count && !dyn_slice_equals(shape->members[at].name, name)) at++;
  return at;
}

const struct dyn_member *dyn_shape_first(const struct dyn_shape *shape, uint64_t members) {
  size_t at = 0;
  while ((members >> at & 1) == 0) at++;
  return &shape->members[at];
}
