/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "transfer.h"

#include "buf.h"
#include "failure.h"
#include "sockets.h"

#include <curl/curl.h>

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

/* 7.80.0 */
#define MIN_VERSION 0x075000

#if LIBCURL_VERSION_NUM < MIN_VERSION
#error "libcurl 7.80 or newer is needed: CURLOPT_PREREQFUNCTION keeps it from resending a write"
#endif

enum {
  OWN_HEADERS = 3, /* see link_headers */
  FIRST_FINAL_STATUS = 200,
  KEPT_BYTES = 1 << 18, /* a larger buffer is freed after use instead of kept */
  MAX_IDLE_S = 60,      /* the service drops idle connections at about that age */
  MAX_LIFETIME_S = 300  /* so that connections follow changes of DNS */
};

static const uint32_t MAGIC = 0x64796e43u;

/* Why a callback ended the transfer. */
enum refusal {
  REFUSED_NOT = 0,
  REFUSED_RESEND,
  REFUSED_HEAD_SIZE,
  REFUSED_HEAD,
  REFUSED_BODY_SIZE,
  REFUSED_MEMORY
};

/* Everything libcurl's callbacks touch lies in here. */
struct dyn_transfer {
  uint32_t magic;
  pid_t process; /* that opened the sockets */
  CURL *easy;    /* NULL while empty or closed */
  size_t max_header_bytes;

  struct dyn_buf lines; /* the request's headers: NUL-terminated lines */
  size_t header_count;  /* lines in `lines` */
  struct curl_slist nodes[OWN_HEADERS + DYN_HEADER_MAX_COUNT];

  struct dyn_sockets sockets; /* that libcurl has open */

  int requests_begun;             /* in this exchange; one is all it may have */
  enum refusal refusal;           /* of this exchange */
  struct dyn_header_head verdict; /* on the last whole head */
  size_t header_bytes;            /* read so far, in all blocks */
  bool head_complete;             /* the final block, not a 1xx one */
  struct dyn_buf head, body;      /* of the answer */
  char error_text[CURL_ERROR_SIZE];
};

/* --- callbacks ---------------------------------------------------------------------------- */

static size_t refuse(struct dyn_transfer *transfer, enum refusal refusal) {
  transfer->refusal = refusal;
  return 0; /* not what was offered: libcurl ends the transfer and drops the connection */
}

/* Called before each request libcurl is about to write. A second one in an exchange is a resend
 * after the first may have been read and applied (lib/transfer.c, Curl_retry_request). */
static int on_request(void *context, char *remote_ip, char *local_ip, int remote_port,
                      int local_port) {
  struct dyn_transfer *transfer = context;
  (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
  if (transfer->requests_begun > 0) transfer->refusal = REFUSED_RESEND;
  transfer->requests_begun++;
  return transfer->refusal ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Opens a socket and notes it, for the severing below. A connection wanted after the request went
 * out is the beginning of a resend. */
static curl_socket_t on_open_socket(void *context, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
  struct dyn_transfer *transfer = context;
  (void)purpose;
  if (transfer->requests_begun > 0) {
    transfer->refusal = REFUSED_RESEND;
    return CURL_SOCKET_BAD;
  }
  int opened =
      dyn_sockets_open(&transfer->sockets, address->family, address->socktype, address->protocol);
  return opened >= 0 ? opened : CURL_SOCKET_BAD;
}

static int on_close_socket(void *context, curl_socket_t socket) {
  struct dyn_transfer *transfer = context;
  return dyn_sockets_close(&transfer->sockets, socket);
}

/* The blank line came. Returns what the header callback is to return for it. */
static size_t end_head(struct dyn_transfer *transfer, size_t length) {
  transfer->verdict = dyn_header_read_head(transfer->head.data, transfer->head.length);
  if (transfer->verdict.problem) return refuse(transfer, REFUSED_HEAD);
  transfer->head_complete = transfer->verdict.status >= FIRST_FINAL_STATUS;
  if (!transfer->head_complete) dyn_buf_reset(&transfer->head);
  return length;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  struct dyn_transfer *transfer = context;
  size_t length = size * count;
  transfer->header_bytes += length;
  if (transfer->header_bytes > transfer->max_header_bytes) {
    return refuse(transfer, REFUSED_HEAD_SIZE);
  }
  if (transfer->head_complete) return length; /* a trailer */
  dyn_buf_append(&transfer->head, line, length);
  if (transfer->head.error) return refuse(transfer, REFUSED_MEMORY);
  bool blank = length > 0 && (line[0] == '\r' || line[0] == '\n');
  return blank ? end_head(transfer, length) : length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct dyn_transfer *transfer = context;
  size_t length = size * count;
  dyn_buf_append(&transfer->body, bytes, length);
  if (transfer->body.error == DYN_ERR_TOO_LARGE) return refuse(transfer, REFUSED_BODY_SIZE);
  return transfer->body.error ? refuse(transfer, REFUSED_MEMORY) : length;
}

/* --- the handle --------------------------------------------------------------------------- */

static CURLcode global_init_result = CURLE_FAILED_INIT;

static void global_init(void) {
  global_init_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool dyn_transfer_global_init(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, global_init);
  return global_init_result == CURLE_OK;
}

unsigned dyn_transfer_version_number(void) {
  return curl_version_info(CURLVERSION_NOW)->version_num;
}

unsigned dyn_transfer_min_version(void) {
  return MIN_VERSION;
}

const char *dyn_transfer_version(void) {
  return curl_version();
}

size_t dyn_transfer_size(void) {
  return sizeof(struct dyn_transfer);
}

struct dyn_transfer *dyn_transfer_from(void *block, size_t length) {
  struct dyn_transfer *transfer = block;
  if (!block || length != sizeof *transfer || transfer->magic != MAGIC) return NULL;
  return transfer;
}

void dyn_transfer_init(struct dyn_transfer *transfer) {
  memset(transfer, 0, sizeof *transfer);
  transfer->magic = MAGIC;
  dyn_sockets_init(&transfer->sockets);
  dyn_buf_init(&transfer->lines, DYN_HEADER_MAX_BYTES);
  dyn_buf_init(&transfer->head, 0);
  dyn_buf_init(&transfer->body, 0);
}

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
                     {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
                     {CURLOPT_HTTP09_ALLOWED, 0},
                     {CURLOPT_HTTP_CONTENT_DECODING, 0},
                     {CURLOPT_FOLLOWLOCATION, 0},
                     {CURLOPT_PATH_AS_IS, 1},
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
                     {CURLOPT_DNS_CACHE_TIMEOUT, 0}, /* connections are kept, dead addresses not */
                     {CURLOPT_MAXAGE_CONN, MAX_IDLE_S},
                     {CURLOPT_MAXLIFETIME_CONN, MAX_LIFETIME_S}};

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

static CURLcode set_callbacks(CURL *easy, struct dyn_transfer *transfer) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, transfer);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error_text);
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

static CURLcode set_chosen(CURL *easy, const struct dyn_transfer_options *options) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, options->connect_timeout_ms);
  if (!code && options->ca_file) code = set_ca_file(easy, options->ca_file);
  if (!code && options->proxy) code = curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy);
  return code;
}

bool dyn_transfer_open(struct dyn_transfer *transfer, const struct dyn_transfer_options *options) {
  transfer->head.max_bytes = transfer->max_header_bytes = options->max_header_bytes;
  transfer->body.max_bytes = options->max_body_bytes;
  transfer->process = getpid();
  transfer->easy = curl_easy_init();
  if (!transfer->easy) return false;
  CURLcode code = set_fixed(transfer->easy);
  if (!code) code = set_callbacks(transfer->easy, transfer);
  if (!code) code = set_chosen(transfer->easy, options);
  if (code) dyn_transfer_close(transfer);
  return code == CURLE_OK;
}

bool dyn_transfer_is_open(const struct dyn_transfer *transfer) {
  return transfer->easy != NULL;
}

/* --- connections not to be used again ----------------------------------------------------- */

static void close_handle(struct dyn_transfer *transfer, CURL *easy) {
  if (!easy) return;
  if (transfer->process != getpid()) dyn_sockets_sever_all(&transfer->sockets);
  curl_easy_cleanup(easy);
}

/* In a child process: the same options on a handle without connections. */
static void renew_after_fork(struct dyn_transfer *transfer) {
  if (transfer->process == getpid()) return;
  CURL *inherited = transfer->easy;
  transfer->easy = curl_easy_duphandle(inherited);
  close_handle(transfer, inherited);
  transfer->process = getpid();
}

void dyn_transfer_close(struct dyn_transfer *transfer) {
  close_handle(transfer, transfer->easy);
  transfer->easy = NULL;
  dyn_buf_clean_up(&transfer->lines);
  dyn_buf_clean_up(&transfer->head);
  dyn_buf_clean_up(&transfer->body);
}

/* --- the request -------------------------------------------------------------------------- */

static void release(struct dyn_buf *buf) {
  if (buf->capacity > KEPT_BYTES) dyn_buf_clean_up(buf);
  dyn_buf_reset(buf);
}

void dyn_transfer_release_answer(struct dyn_transfer *transfer) {
  release(&transfer->head);
  release(&transfer->body);
}

void dyn_transfer_start(struct dyn_transfer *transfer) {
  dyn_transfer_release_answer(transfer);
  dyn_buf_reset(&transfer->lines);
  transfer->header_count = 0;
  transfer->requests_begun = 0;
  transfer->refusal = REFUSED_NOT;
  transfer->header_bytes = 0;
  transfer->head_complete = false;
  transfer->verdict = (struct dyn_header_head){0};
  transfer->error_text[0] = '\0';
}

const char *dyn_transfer_add_header(struct dyn_transfer *transfer, struct dyn_header header) {
  struct dyn_buf *lines = &transfer->lines;
  const char *problem = dyn_header_problem(header);
  if (problem) return problem;
  if (transfer->header_count == DYN_HEADER_MAX_COUNT) return "there are more than 32";
  dyn_buf_append_slice(lines, header.name);
  /* libcurl takes "name;" for an empty value; "name:" would drop the header */
  dyn_buf_append_slice(lines, header.value.length > 0 ? DYN_SLICE(": ") : DYN_SLICE(";"));
  dyn_buf_append_slice(lines, header.value);
  dyn_buf_append_char(lines, '\0');
  transfer->header_count++;
  return lines->error ? "the headers are larger than 64 KiB" : NULL;
}

/* Links the lines into libcurl's list, behind three that keep libcurl from adding its own. The
 * nodes and the text stay ours. */
static struct curl_slist *link_headers(struct dyn_transfer *transfer) {
  static char no_expect[] = "Expect:", no_accept[] = "Accept:", no_type[] = "Content-Type:";
  struct curl_slist *nodes = transfer->nodes;
  size_t count = OWN_HEADERS;
  nodes[0].data = no_expect;
  nodes[1].data = no_accept;
  nodes[2].data = no_type;
  char *line = transfer->lines.data;
  for (size_t i = 0; i < transfer->header_count; i++, line += strlen(line) + 1) {
    nodes[count++].data = line;
  }
  for (size_t i = 0; i < count; i++) nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
  return nodes;
}

static CURLcode set_method(CURL *easy, const struct dyn_transfer_request *request) {
  bool get = strcmp(request->method, "GET") == 0 && request->body.length == 0;
  bool post = strcmp(request->method, "POST") == 0;
  curl_off_t length = (curl_off_t)request->body.length;
  const char *body = length > 0 ? request->body.data : "";
  CURLcode code =
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, get || post ? NULL : request->method);
  if (!code && get) return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, length);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
  return code;
}

static CURLcode run(struct dyn_transfer *transfer, const struct dyn_transfer_request *request) {
  CURL *easy = transfer->easy;
  CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, request->url);
  if (!code) code = set_method(easy, request);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, request->timeout_ms);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_NOPROXY, request->direct ? "*" : NULL);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, link_headers(transfer));
  return code ? code : curl_easy_perform(easy);
}

/* --- what became of it -------------------------------------------------------------------- */

static struct dyn_failure failure_of_refusal(const struct dyn_transfer *transfer) {
  switch (transfer->refusal) {
  case REFUSED_RESEND:
    break;
  case REFUSED_HEAD_SIZE:
    if (transfer->head_complete) {
      return (struct dyn_failure){"integrity", "PartialAnswer",
                                  "the answer's trailers are too large"};
    }
    return (struct dyn_failure){"transport", "HeadersTooLarge",
                                "the answer's headers are too large"};
  case REFUSED_HEAD:
    return (struct dyn_failure){transfer->verdict.kind, "BadAnswer", transfer->verdict.problem};
  case REFUSED_BODY_SIZE:
    return (struct dyn_failure){"integrity", "ResponseTooLarge", "the answer's body is too large"};
  case REFUSED_NOT:
  case REFUSED_MEMORY:
    return (struct dyn_failure){"transport", "OutOfMemory", "out of memory"};
  }
  return dyn_failure_lost;
}

static struct dyn_failure_facts facts_of(struct dyn_transfer *transfer, CURLcode code) {
  struct dyn_failure_facts facts = {.curl_code = (int)code,
                                    .in_headers = transfer->head.length > 0,
                                    .error_text = transfer->error_text};
  curl_off_t first_byte_us = 0;
  curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &facts.system_error);
  curl_easy_getinfo(transfer->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
  facts.in_answer = facts.in_headers || first_byte_us > 0;
  return facts;
}

static struct dyn_failure failure_of(const struct dyn_transfer *transfer,
                                     const struct dyn_failure_facts *facts) {
  if (transfer->refusal) return failure_of_refusal(transfer);
  if (transfer->requests_begun == 0) return dyn_failure_before_request(facts);
  return transfer->head_complete ? dyn_failure_in_body(facts) : dyn_failure_before_answer(facts);
}

/* How far the request can have got. "partial" only if libcurl counted some of the body as written
 * and not all: a count of nothing may mean that it was reset for a resend. */
static const char *extent_sent(struct dyn_transfer *transfer, size_t body_length) {
  curl_off_t uploaded = 0;
  if (transfer->requests_begun == 0) return "none";
  curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
  return uploaded > 0 && (uint64_t)uploaded < body_length ? "partial" : "complete";
}

/* The status of the final head, if its status line was read; 0 if not. */
static long final_status(const struct dyn_transfer *transfer, CURLcode code) {
  long status = transfer->verdict.status;
  if (transfer->head.length > 0 && !transfer->head_complete &&
      dyn_failure_is_bad_header((int)code)) {
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  }
  return status >= FIRST_FINAL_STATUS ? status : 0;
}

void dyn_transfer_perform(struct dyn_transfer *transfer, const struct dyn_transfer_request *request,
                          struct dyn_transfer_outcome *out) {
  renew_after_fork(transfer);
  dyn_sockets_sever_unquiet(&transfer->sockets);
  CURLcode code = transfer->easy ? run(transfer, request) : CURLE_OUT_OF_MEMORY;
  memset(out, 0, offsetof(struct dyn_transfer_outcome, message));
  out->status = final_status(transfer, code);
  if (transfer->head_complete) out->head = dyn_buf_slice(&transfer->head);
  if (!code && !transfer->refusal && transfer->head_complete) {
    out->body = dyn_buf_slice(&transfer->body);
    return;
  }
  struct dyn_failure_facts facts = facts_of(transfer, code);
  struct dyn_failure failure = failure_of(transfer, &facts);
  out->kind = failure.kind;
  out->code = failure.code;
  out->sent = extent_sent(transfer, request->body.length);
  dyn_failure_write(&failure, &facts, request->url, out->message, sizeof out->message);
}
