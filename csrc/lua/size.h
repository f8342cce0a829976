/* SPDX-License-Identifier: MIT */
#ifndef DYN_SIZE_H
#define DYN_SIZE_H

#include "compat.h"

/* core.size(json) -> bytes DynamoDB bills for the item map of attribute values in `json`
 * | nil, message
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
int l_size(lua_State *L);

#endif
