/* SPDX-License-Identifier: MIT */
#include "failure.h"

#include <curl/curl.h>

#include <errno.h>

/* Whether a failed TLS handshake was the peer going away rather than a matter of trust. libcurl has
 * one code for both; the words are OpenSSL's and those of libcurl 7.88 and 8.14. */
static bool peer_left_handshake(const struct dyn_failure_facts *facts) {
  static const char *const WORDS[] = {"SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof",
                                      "Broken pipe"};
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    if (strstr(facts->error_text, WORDS[i])) return true;
  }
  return false;
}

/* What a code means: the kind and the stable word. */
static struct dyn_failure meaning_of(const struct dyn_failure_facts *facts) {
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

/* libcurl's words. Its texts about proxies quote their URL with the password, so one with an "@"
 * gives way to the fixed text of the code. */
static const char *words_of_libcurl(const struct dyn_failure_facts *facts) {
  const char *text = facts->error_text;
  bool usable = text[0] != '\0' && strchr(text, '@') == NULL;
  return usable ? text : curl_easy_strerror((CURLcode)facts->curl_code);
}

struct dyn_failure dyn_failure_to_connect(const struct dyn_failure_facts *facts) {
  struct dyn_failure failure = meaning_of(facts);
  if (!failure.text) failure.text = words_of_libcurl(facts);
  return failure;
}
