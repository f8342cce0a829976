/* SPDX-License-Identifier: MIT */
#ifndef DYN_CONTEXT_H
#define DYN_CONTEXT_H

#include "compat.h"

/* The upvalues that every function of dynamo.core shares: the working memory, the metatables
 * that mark a table or userdata as one of DynamoDB's types, and the digest of the signers. */
enum {
  DYN_UP_BOX = lua_upvalueindex(1),
  DYN_UP_LIST = lua_upvalueindex(2),
  DYN_UP_MAP = lua_upvalueindex(3),
  DYN_UP_SET = lua_upvalueindex(4),
  DYN_UP_NUMBER = lua_upvalueindex(5),
  DYN_UP_BINARY = lua_upvalueindex(6),
  DYN_UP_DIGEST = lua_upvalueindex(7)
};
enum { DYN_UPVALUE_COUNT = 7 };

/* The registry field of the function that turns an FFI integer into decimal text (LuaJIT only). */
#define DYN_CDATA_READER "dynamo.cdata_reader"

#endif
