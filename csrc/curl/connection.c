/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "connection.h"

#include "failure.h"
#include "interrupt.h"

#include <curl/curl.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

/* 7.72.0: an older one may send over another's connection (CVE-2020-8231). */
#define MIN_VERSION 0x074800

#if LIBCURL_VERSION_NUM < MIN_VERSION
#error "libcurl 7.72 or newer is needed, which keeps connections apart"
#endif

/* --- libcurl as a whole ------------------------------------------------------------------- */

static CURLcode global_init_result = CURLE_FAILED_INIT;

static void global_init(void) {
  global_init_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool dyn_connection_global_init(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, global_init);
  return global_init_result == CURLE_OK;
}

unsigned dyn_connection_version_number(void) {
  return curl_version_info(CURLVERSION_NOW)->version_num;
}

unsigned dyn_connection_min_version(void) {
  return MIN_VERSION;
}

const char *dyn_connection_version(void) {
  return curl_version();
}

/* --- callbacks ---------------------------------------------------------------------------- */

static struct dyn_connection *connection_of(CURL *easy) {
  char *connection = NULL;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &connection);
  return (struct dyn_connection *)(void *)connection;
}

/* Notes a new socket, and keeps it from other programs. */
static int on_socket(void *context, curl_socket_t socket, curlsocktype purpose) {
  struct dyn_connection *connection = context;
  (void)purpose;
  connection->tried[1] = connection->tried[0];
  connection->tried[0] = socket;
  (void)fcntl(socket, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

/* --- the dialler -------------------------------------------------------------------------- */

void dyn_dialler_init(struct dyn_dialler *dialler) {
  dialler->multi = dialler->share = NULL;
  dialler->ca_file = NULL;
}

static char *copy_of(const char *text) {
  size_t length = strlen(text) + 1;
  char *copy = malloc(length);
  if (copy) memcpy(copy, text, length);
  return copy;
}

static bool acquire(struct dyn_dialler *dialler) {
  dialler->multi = curl_multi_init();
  dialler->share = curl_share_init();
  return dialler->multi && dialler->share &&
         !curl_share_setopt(dialler->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

bool dyn_dialler_open(struct dyn_dialler *dialler, const char *ca_file) {
  dialler->ca_file = ca_file ? copy_of(ca_file) : NULL;
  if (acquire(dialler) && (dialler->ca_file || !ca_file)) return true;
  dyn_dialler_close(dialler);
  return false;
}

void dyn_dialler_close(struct dyn_dialler *dialler) {
  if (dialler->multi) curl_multi_cleanup(dialler->multi);
  if (dialler->share) curl_share_cleanup(dialler->share);
  free(dialler->ca_file);
  dyn_dialler_init(dialler);
}

/* The sockets that libcurl waits for while it connects; those from FD_SETSIZE on are left out. */
struct waiting {
  fd_set readable, writable;
  int last;
};

static void look_at_waiting(CURLM *multi, struct waiting *out) {
  fd_set faulty;
  FD_ZERO(&out->readable);
  FD_ZERO(&out->writable);
  FD_ZERO(&faulty);
  out->last = -1;
  curl_multi_fdset(multi, &out->readable, &out->writable, &faulty, &out->last);
}

/* Closes the sockets of connections that are not made yet. */
static void close_unready(CURLM *multi) {
  struct waiting waiting;
  look_at_waiting(multi, &waiting);
  for (int i = 0; i <= waiting.last; i++) {
    if (FD_ISSET(i, &waiting.readable) || FD_ISSET(i, &waiting.writable)) close(i);
  }
}

bool dyn_dialler_renew(struct dyn_dialler *dialler) {
  close_unready(dialler->multi);
  if (acquire(dialler)) return true;
  dyn_dialler_close(dialler);
  return false;
}

/* --- connecting --------------------------------------------------------------------------- */

/* What no user may change. The first four are libcurl's defaults, written down because they are
 * what TLS is for. */
static const struct {
  CURLoption option;
  long value;
} FIXED_OPTIONS[] = {{CURLOPT_SSL_VERIFYPEER, 1},
                     {CURLOPT_SSL_VERIFYHOST, 2},
                     {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
                     {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
                     {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
                     {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
                     {CURLOPT_CONNECT_ONLY, 1},
                     {CURLOPT_FRESH_CONNECT, 1},
                     {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1}, /* what TLS offers */
                     {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
                     {CURLOPT_NETRC, CURL_NETRC_IGNORED},
                     {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
                     {CURLOPT_NOSIGNAL, 1},
                     {CURLOPT_NOPROGRESS, 1},
                     {CURLOPT_TCP_NODELAY, 1},
                     {CURLOPT_TCP_KEEPALIVE, 1},
#if LIBCURL_VERSION_NUM >= 0x075700
                     {CURLOPT_QUICK_EXIT, 1}, /* else a timeout waits for a silent name server */
#endif
                     {CURLOPT_DNS_CACHE_TIMEOUT, 0}}; /* connections are kept, dead addresses not */

static CURLcode set_fixed(CURL *easy) {
  CURLcode code = CURLE_OK;
  for (size_t i = 0; !code && i < sizeof FIXED_OPTIONS / sizeof FIXED_OPTIONS[0]; i++) {
    code = curl_easy_setopt(easy, FIXED_OPTIONS[i].option, FIXED_OPTIONS[i].value);
  }
#if LIBCURL_VERSION_NUM >= 0x075500
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
  return code;
}

/* With a CA file the system's directory of authorities is left out, or it would still be trusted.*/
static CURLcode set_ca_file(CURL *easy, const char *ca_file) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca_file);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
  return code;
}

/* The proxy is the caller's choice alone: what the environment says is not looked at again. */
static CURLcode set_target(CURL *easy, struct dyn_connection *connection, long timeout_ms) {
  const char *url = connection->target, *proxy = url + connection->url_length + 1;
  CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  if (!code) code = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, connection);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, connection->error_text);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_SHARE, connection->dialler->share);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PRIVATE, connection);
  return code;
}

static bool begin(struct dyn_connection *connection, long timeout_ms) {
  struct dyn_dialler *dialler = connection->dialler;
  CURL *easy = connection->easy = curl_easy_init();
  if (!easy) return false;
  CURLcode code = set_fixed(easy);
  if (!code && dialler->ca_file) code = set_ca_file(easy, dialler->ca_file);
  if (!code) code = set_target(easy, connection, timeout_ms);
  return !code && !curl_multi_add_handle(dialler->multi, easy);
}

struct dyn_connection *dyn_connection_new(struct dyn_dialler *dialler,
                                          const struct dyn_target *target, long timeout_ms) {
  size_t url = target->url.length, proxy = target->proxy.length;
  struct dyn_connection *connection = calloc(1, sizeof *connection + url + 1 + proxy + 1);
  if (!connection) return NULL;
  connection->dialler = dialler;
  connection->tried[0] = connection->tried[1] = -1;
  connection->url_length = url;
  connection->proxy_length = proxy;
  memcpy(connection->target, target->url.data, url);
  memcpy(connection->target + url + 1, target->proxy.data, proxy);
  if (begin(connection, timeout_ms)) return connection;
  dyn_connection_destroy(connection);
  return NULL;
}

void dyn_connection_destroy(struct dyn_connection *connection) {
  if (connection->easy) {
    curl_easy_setopt(connection->easy, CURLOPT_PRIVATE, NULL);
    curl_multi_remove_handle(connection->dialler->multi, connection->easy);
    curl_easy_cleanup(connection->easy);
  }
  free(connection);
}

bool dyn_connection_leads_to(const struct dyn_connection *connection,
                             const struct dyn_target *target) {
  const char *url = connection->target, *proxy = url + connection->url_length + 1;
  return dyn_slice_equals(dyn_slice_of(url, connection->url_length), target->url) &&
         dyn_slice_equals(dyn_slice_of(proxy, connection->proxy_length), target->proxy);
}

static void note_result(struct dyn_connection *connection, CURLcode code) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (!code) curl_easy_getinfo(connection->easy, CURLINFO_ACTIVESOCKET, &socket);
  connection->socket = socket;
  connection->curl_code = (int)code;
  connection->state = code ? DYN_CONNECTION_FAILED : DYN_CONNECTION_READY;
}

/* Notes what became of the connections that libcurl has done with, of all of the dialler. */
static void note_results(struct dyn_dialler *dialler) {
  int left = 0;
  CURLMsg *news;
  while ((news = curl_multi_info_read(dialler->multi, &left)) != NULL) {
    struct dyn_connection *connection = connection_of(news->easy_handle);
    if (news->msg == CURLMSG_DONE && connection) note_result(connection, news->data.result);
  }
}

void dyn_connection_advance(struct dyn_connection *connection) {
  int running = 0;
  curl_multi_perform(connection->dialler->multi, &running);
  note_results(connection->dialler);
}

enum {
  LONGEST_MS = 200, /* libcurl 7.88 has no timer for going on to the next address */
  BLIND_MS = 10     /* while there is no socket of its own: a name is looked up */
};

static int shorter(int a, long b) {
  return b >= 0 && b < a ? (int)b : a;
}

struct dyn_wait dyn_connection_next(const struct dyn_connection *connection, int most_ms) {
  struct dyn_wait wait = {-1, false, shorter(most_ms, BLIND_MS)};
  struct waiting waiting;
  long timeout_ms = -1;
  look_at_waiting(connection->dialler->multi, &waiting);
  curl_multi_timeout(connection->dialler->multi, &timeout_ms);
  for (int i = 0; i < 2; i++) {
    int fd = connection->tried[i];
    if (fd < 0 || fd > waiting.last) continue;
    wait.to_write = FD_ISSET(fd, &waiting.writable);
    if (!wait.to_write && !FD_ISSET(fd, &waiting.readable)) continue;
    wait.fd = fd;
    wait.most_ms = shorter(shorter(most_ms, LONGEST_MS), timeout_ms);
    break;
  }
  return wait;
}

/* Not by curl_multi_poll: a signal that comes just before it would be lost. */
bool dyn_connection_wait(const struct dyn_connection *connection, int most_ms, bool hand_on) {
  enum { MAX_FILES = 1 + 16 };
  struct pollfd files[MAX_FILES];
  struct waiting waiting;
  nfds_t count = 1; /* the first is dyn_interrupt_poll's */
  long timeout_ms = -1;
  look_at_waiting(connection->dialler->multi, &waiting);
  curl_multi_timeout(connection->dialler->multi, &timeout_ms);
  for (int i = 0; i <= waiting.last && count < MAX_FILES; i++) {
    int events = FD_ISSET(i, &waiting.readable) ? POLLIN : 0;
    if (FD_ISSET(i, &waiting.writable)) events |= POLLOUT;
    if (events) files[count++] = (struct pollfd){i, (short)events, 0};
  }
  int wait_ms = shorter(shorter(most_ms, count > 1 ? LONGEST_MS : BLIND_MS), timeout_ms);
  return dyn_interrupt_poll(files, count, wait_ms, hand_on);
}

struct dyn_failure dyn_connection_failure(const struct dyn_connection *connection) {
  struct dyn_failure_facts facts = {connection->curl_code, 0, connection->error_text};
  curl_easy_getinfo(connection->easy, CURLINFO_OS_ERRNO, &facts.system_error);
  return dyn_failure_to_connect(&facts);
}

/* --- carrying bytes ----------------------------------------------------------------------- */

static enum dyn_transfer transfer_of(CURLcode code, size_t length) {
  if (code == CURLE_AGAIN) return DYN_TRANSFER_WAITS;
  if (code) return DYN_TRANSFER_BROKEN;
  return length > 0 ? DYN_TRANSFER_DONE : DYN_TRANSFER_CLOSED;
}

enum dyn_transfer dyn_connection_send(struct dyn_connection *connection, struct dyn_slice bytes,
                                      size_t *sent) {
  *sent = 0;
  CURLcode code = curl_easy_send(connection->easy, bytes.data, bytes.length, sent);
  if (!code && *sent == 0) return DYN_TRANSFER_WAITS;
  return transfer_of(code, *sent);
}

enum dyn_transfer dyn_connection_receive(struct dyn_connection *connection, char *room, size_t size,
                                         size_t *received) {
  *received = 0;
  CURLcode code = curl_easy_recv(connection->easy, room, size, received);
  return transfer_of(code, *received);
}

/* --- after a fork ------------------------------------------------------------------------- */

/* libcurl's part stays as it is, and nothing looks at it again: closing it in order would write to
 * the parent's connections. Its memory is the parent's, too, until somebody writes to it. */
void dyn_connection_abandon(struct dyn_connection *connection) {
  if (connection->state == DYN_CONNECTION_READY) close(connection->socket);
  free(connection);
}
