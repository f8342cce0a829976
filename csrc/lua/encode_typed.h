/* SPDX-License-Identifier: MIT */
#ifndef DYN_ENCODE_TYPED_H
#define DYN_ENCODE_TYPED_H

#include "encode_scalar.h"

/* A wire-typed value ({ S = "a" }) as an attribute value; `context` is of no use. */
bool dyn_encode_typed(struct dyn_encoder *e, int index, const struct dyn_step *at,
                      const void *context);

#endif
