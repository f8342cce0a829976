/* SPDX-License-Identifier: MIT */
#include "failure.h"

#include "slice.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct dyn_failure dyn_failure_lost = {"transport", "ConnectionLost",
                                             "the connection was lost before an answer came"};

/* Whether a failed TLS handshake was the peer going away rather than a matter of trust. libcurl has
 * one code for both; the words are OpenSSL's and libcurl 7.88's. */
static bool peer_left_handshake(const struct dyn_failure_facts *facts) {
  static const char *const WORDS[] = {"SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof"};
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    if (strstr(facts->error_text, WORDS[i])) return true;
  }
  return false;
}

struct dyn_failure dyn_failure_before_request(const struct dyn_failure_facts *facts) {
  switch ((CURLcode)facts->curl_code) {
  case CURLE_OPERATION_TIMEDOUT:
    return (struct dyn_failure){"timeout", "ConnectTimeout", "no connection within the timeout"};
  case CURLE_COULDNT_RESOLVE_HOST:
    return (struct dyn_failure){"transport", "HostNotFound", NULL};
  case CURLE_COULDNT_CONNECT:
    if (facts->system_error == ECONNREFUSED) {
      return (struct dyn_failure){"transport", "ConnectionRefused", NULL};
    }
    return (struct dyn_failure){"transport", "ConnectFailed", NULL};
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_PROXY:
  case CURLE_SEND_ERROR: /* only a proxy is spoken to before the request */
  case CURLE_RECV_ERROR:
  case CURLE_GOT_NOTHING:
    return (struct dyn_failure){"transport", "ProxyFailed", NULL};
  case CURLE_URL_MALFORMAT:
  case CURLE_LOGIN_DENIED: /* a user in the URL */
  case CURLE_UNSUPPORTED_PROTOCOL:
    return (struct dyn_failure){"validation", "BadUrl", NULL};
  case CURLE_SSL_CONNECT_ERROR:
    if (peer_left_handshake(facts)) return (struct dyn_failure){"transport", "ConnectFailed", NULL};
    return (struct dyn_failure){"tls", "TlsFailed", NULL};
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_INVALIDCERTSTATUS:
    return (struct dyn_failure){"tls", "TlsFailed", NULL};
  case CURLE_OUT_OF_MEMORY:
    return (struct dyn_failure){"transport", "OutOfMemory", NULL};
  default:
    return (struct dyn_failure){"transport", "TransportFailed", NULL};
  }
}

bool dyn_failure_is_bad_header(int curl_code) {
  return curl_code == CURLE_WEIRD_SERVER_REPLY || curl_code == CURLE_BAD_FUNCTION_ARGUMENT;
}

struct dyn_failure dyn_failure_before_answer(const struct dyn_failure_facts *facts) {
  if (facts->in_headers && dyn_failure_is_bad_header(facts->curl_code)) {
    return (struct dyn_failure){"integrity", "BadAnswer", "a malformed header line in the answer"};
  }
  switch ((CURLcode)facts->curl_code) {
  case CURLE_OPERATION_TIMEDOUT:
    return (struct dyn_failure){"timeout", "AttemptTimeout", "no answer within the timeout"};
  case CURLE_OK: /* libcurl takes a connection closed within the headers for an answer */
    return (struct dyn_failure){"integrity", "PartialAnswer",
                                "the answer ended within its headers"};
  case CURLE_GOT_NOTHING:
    return (struct dyn_failure){"transport", "EmptyAnswer", NULL};
  case CURLE_UNSUPPORTED_PROTOCOL: /* "Received HTTP/0.9 when not allowed" */
  case CURLE_WEIRD_SERVER_REPLY:
    return (struct dyn_failure){"transport", "BadAnswer", NULL};
  case CURLE_OUT_OF_MEMORY: /* also libcurl 7.88's code for a header line above 100 KB */
    if (!facts->in_answer) return (struct dyn_failure){"transport", "OutOfMemory", NULL};
    return (struct dyn_failure){"transport", "HeadersTooLarge", NULL};
  default: /* among others failures to connect: libcurl was about to resend */
    return dyn_failure_lost;
  }
}

struct dyn_failure dyn_failure_in_body(const struct dyn_failure_facts *facts) {
  CURLcode code = (CURLcode)facts->curl_code;
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return (struct dyn_failure){"timeout", "AttemptTimeout", "the answer did not end in time"};
  }
  if (code == CURLE_OUT_OF_MEMORY) return (struct dyn_failure){"transport", "OutOfMemory", NULL};
  return (struct dyn_failure){"integrity", "PartialAnswer", NULL};
}

/* The host and port of a URL, without a user before them. */
static struct dyn_slice authority(const char *url) {
  const char *start = strstr(url, "://");
  start = start ? start + 3 : url;
  const char *at = memchr(start, '@', strcspn(start, "/?#"));
  if (at) start = at + 1;
  return dyn_slice_of(start, strcspn(start, "/?#"));
}

/* libcurl's words. Its texts about proxies quote their URL with the password, so one with an "@"
 * gives way to the fixed text of the code. */
static const char *words_of_libcurl(const struct dyn_failure_facts *facts) {
  const char *text = facts->error_text;
  bool usable = text[0] != '\0' && strchr(text, '@') == NULL;
  return usable ? text : curl_easy_strerror((CURLcode)facts->curl_code);
}

void dyn_failure_write(const struct dyn_failure *failure, const struct dyn_failure_facts *facts,
                       const char *url, char *message, size_t max_bytes) {
  struct dyn_slice where = authority(url);
  snprintf(message, max_bytes, "%.*s: %s", (int)(where.length < 256 ? where.length : 256),
           where.data, failure->text ? failure->text : words_of_libcurl(facts));
  for (char *byte = message; *byte; byte++) {
    if ((unsigned char)*byte < 0x20 || (unsigned char)*byte >= 0x7F) *byte = '?';
  }
}
