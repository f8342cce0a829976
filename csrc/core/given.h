/* SPDX-License-Identifier: MIT */
#ifndef DYN_GIVEN_H
#define DYN_GIVEN_H

#include "message.h"

/* A response that somebody else has read, put into a message as if it had been read there: names in
 * lower case, and no more lines than headers, whatever bytes they hold.
 * dyn_given_begin, dyn_given_add for each header, dyn_given_end. */

/* Forgets the last response. `status` has three digits. */
void dyn_given_begin(struct dyn_message *message, int status);

/* A name that HTTP does not know is left out; control bytes in a value become spaces. */
void dyn_given_add(struct dyn_message *message, struct dyn_header header);

/* DYN_MESSAGE_DONE, or DYN_MESSAGE_FAILED for a response that is too large. */
enum dyn_message_state dyn_given_end(struct dyn_message *message, struct dyn_slice body);

#endif
