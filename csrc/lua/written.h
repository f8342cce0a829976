/* SPDX-License-Identifier: MIT */
#ifndef DYN_WRITTEN_H
#define DYN_WRITTEN_H

#include "compat.h"
#include "slice.h"

/* JSON on its way to the wire, outside of Lua's strings: those are looked for among all others when
 * they are made, which LuaJIT does by a few of their bytes, so that it compares every two requests
 * that differ in the middle; and each is memory anew, where this one's serves again. `#` gives its
 * bytes, tostring the text. What is in it may be replaced: whoever keeps it for later has it alone.
 */

/* core.written() -> an empty one */
int l_written(lua_State *L);

/* core.join(list) -> a written of the list's strings and writtens, one behind the other */
int l_join(lua_State *L);

/* What core.encode writes stays below this, so that what is kept for the next call is small. */
enum { DYN_WRITTEN_MAX_BYTES = 64 * 1024 };

/* Raises unless a written is at `index`. */
void dyn_written_check(lua_State *L, int index);

/* Replaces what is in the written at `index`, which is one; false if there is no memory. */
bool dyn_written_put(lua_State *L, int index, struct dyn_slice text);

/* Returns the text of the string or the written at `index`, a view that lives as long as it is not
 * replaced; raises on anything else. */
struct dyn_slice dyn_written_text(lua_State *L, int index);

#endif
