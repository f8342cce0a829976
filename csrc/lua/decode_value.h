/* SPDX-License-Identifier: MIT */
#ifndef DYN_DECODE_VALUE_H
#define DYN_DECODE_VALUE_H

#include "decode_scalar.h"

/* An attribute value as the native Lua value, or wire-typed. */
bool dyn_decode_attribute_value(struct dyn_decoder *d, const struct dyn_step *at);

#endif
