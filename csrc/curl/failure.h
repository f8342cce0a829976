/* SPDX-License-Identifier: MIT */
#ifndef DYN_FAILURE_H
#define DYN_FAILURE_H

#include <stdbool.h>
#include <stddef.h>

/* What a libcurl error means to the caller. The codes are documented with the transport's send. */
struct dyn_failure {
  const char *kind, *code;
  const char *text; /* NULL: libcurl's own words */
};

/* What is known when an exchange has failed. */
struct dyn_failure_facts {
  int curl_code;          /* a CURLcode */
  long system_error;      /* errno of the failed connection, 0 if none */
  bool in_answer;         /* something of the answer had come */
  bool in_headers;        /* a status line had come, and the headers had not ended */
  const char *error_text; /* libcurl's own words */
};

/* The connection went away while an answer was due. */
extern const struct dyn_failure dyn_failure_lost;

/* Whether libcurl ends with this CURLcode for a header line that it refuses. */
bool dyn_failure_is_bad_header(int curl_code);

/* A failure before the request was begun: name, connection, proxy, TLS. */
struct dyn_failure dyn_failure_before_request(const struct dyn_failure_facts *facts);

/* A failure once the request was begun, before the final header block was whole. */
struct dyn_failure dyn_failure_before_answer(const struct dyn_failure_facts *facts);

/* A failure within the body. */
struct dyn_failure dyn_failure_in_body(const struct dyn_failure_facts *facts);

/* Writes what happened, for people, on one line: the host and port of `url` and the failure's text,
 * or libcurl's own words. Never a user or a password. */
void dyn_failure_write(const struct dyn_failure *failure, const struct dyn_failure_facts *facts,
                       const char *url, char *message, size_t max_bytes);

#endif
