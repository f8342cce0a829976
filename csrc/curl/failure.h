/* SPDX-License-Identifier: MIT */
#ifndef DYN_FAILURE_H
#define DYN_FAILURE_H

#include "message.h"

/* What is known when libcurl has failed to connect. */
struct dyn_failure_facts {
  int curl_code;          /* a CURLcode */
  long system_error;      /* errno of the failed connection, 0 if none */
  const char *error_text; /* libcurl's own words */
};

/* What that means to the caller: name, connection, proxy, TLS. The codes are documented with the
 * transport's send. The text may be the facts' own. Never a user or a password is in it. */
struct dyn_failure dyn_failure_to_connect(const struct dyn_failure_facts *facts);

#endif
