/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_NATIVE_H
#define DYN_ENCODE_NATIVE_H

#include "encode_scalar.h"

/* A native Lua value as an attribute value; `context` is of no use. */
bool dyn_encode_native(struct dyn_encoder *e, int index, const struct dyn_step *at,
                       const void *context);

#endif
