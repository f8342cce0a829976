/* SPDX-License-Identifier: MIT */
/* canned_server ITEM.json [DELAY_MS [close]]: DynamoDB's answers without DynamoDB, for measuring
 * clients.
 *
 * A single-threaded epoll HTTP/1.1 responder with keep-alive on 127.0.0.1. It prints its port and
 * serves until its stdin closes. The answer is chosen by X-Amz-Target alone and goes out with a
 * correct Date, Content-Length and x-amz-crc32 and a unique x-amzn-RequestId. Signatures are not
 * looked at. A client sends its next request after the whole answer (no pipelining). With DELAY_MS
 * an answer begins that long after its request came, up to a millisecond later; with `close` each
 * connection serves one request. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum {
  PAGE_ITEMS = 100,
  MAX_ITEM_BYTES = 4096,
  MAX_REQUEST_BYTES = 65536,
  SEND_BUFFER_BYTES = 1 << 20, /* a page fits, so that one sendmsg takes it */
};

static const char UPDATED[] = "{\"Attributes\":{\"name\":{\"S\":\"Ann\"},\"visits\":{\"N\":\"7\"},"
                              "\"active\":{\"BOOL\":true},\"seenAt\":{\"N\":\"1718031907\"}}}";
static const char USERS[] =
    "{\"Table\":{\"TableName\":\"Users\",\"TableStatus\":\"ACTIVE\","
    "\"KeySchema\":[{\"AttributeName\":\"userId\",\"KeyType\":\"HASH\"}],"
    "\"AttributeDefinitions\":[{\"AttributeName\":\"userId\",\"AttributeType\":\"S\"}]}}";
static const char UNKNOWN[] = "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}";

struct answer {
  const char *operation; /* the end of X-Amz-Target */
  int status;
  char *body; /* owned */
  size_t length;
  unsigned long crc32;
};

enum { GET_ITEM, QUERY, UPDATE_ITEM, PUT_ITEM, BATCH_WRITE_ITEM, DESCRIBE_TABLE, REFUSAL, ANSWERS };

struct server {
  int listen_fd, epoll_fd;
  long delay_ms;
  bool closes;                             /* a connection after its answer */
  struct connection *first_due, *last_due; /* whose answers wait, in the order of their times */
  struct answer answers[ANSWERS];
  unsigned long long served;
  time_t date_at;
  char date[40]; /* the text of date_at */
};

/* 1. Made by accept, reading: `in` fills until it holds one whole request.
 * 2. With a delay, waiting: linked by `next_due` until `due_ms`.
 * 3. Answering: `answer` is set and `sent` counts up to head_length + answer->length.
 * 4. Back to 1, or freed when the peer closes or errs (after its wait, if it does so in one). */
struct connection {
  int fd;
  char in[MAX_REQUEST_BYTES + 1];
  size_t in_length;
  char head[512];
  size_t head_length;
  const struct answer *answer;
  size_t sent;
  bool blocked; /* waits for EPOLLOUT */
  bool waiting, gone;
  long long due_ms;
  struct connection *next_due;
};

/* Ends the process with `what` and errno's text. */
static void fail(const char *what) {
  perror(what);
  exit(EXIT_FAILURE);
}

/* Never returns NULL. */
static void *allocate(size_t bytes) {
  void *memory = calloc(1, bytes);
  if (memory == NULL) fail("calloc");
  return memory;
}

/* ---- the answers --------------------------------------------------------------------------- */

/* Takes ownership of `body`. */
static struct answer make_answer(const char *operation, int status, char *body) {
  struct answer answer = {operation, status, body, strlen(body), 0};
  answer.crc32 = crc32(0, (const unsigned char *)body, (unsigned)answer.length);
  return answer;
}

/* The one line of `path`, without its newline, in the caller's storage of MAX_ITEM_BYTES. */
static void read_item(const char *path, char *out) {
  FILE *file = fopen(path, "r");
  if (file == NULL || fgets(out, MAX_ITEM_BYTES, file) == NULL) fail(path);
  out[strcspn(out, "\n")] = '\0';
  fclose(file);
}

/* `{"Item":...}`; the caller owns it. */
static char *get_item_body(const char *item) {
  size_t bytes = strlen(item) + sizeof "{\"Item\":}";
  char *body = allocate(bytes);
  snprintf(body, bytes, "{\"Item\":%s}", item);
  return body;
}

/* A page of PAGE_ITEMS items, whose key `user-000` becomes `user-001` and so on; the caller owns
 * it. */
static char *query_body(const char *item) {
  size_t length = 0, item_length = strlen(item);
  const char *key = strstr(item, "user-000");
  size_t bytes = PAGE_ITEMS * (item_length + 1) + 64;
  char *body = allocate(bytes);
  if (key == NULL) fail("no user-000 in the item");
  length += (size_t)snprintf(body, bytes, "{\"Count\":%d,\"Items\":[", PAGE_ITEMS);
  for (int i = 0; i < PAGE_ITEMS; i++)
    length += (size_t)snprintf(body + length, bytes - length, "%s%.*suser-%03d%s", i ? "," : "",
                               (int)(key - item), item, i, key + strlen("user-000"));
  snprintf(body + length, bytes - length, "],\"ScannedCount\":%d}", PAGE_ITEMS);
  return body;
}

static void make_answers(struct server *server, const char *item_path) {
  char item[MAX_ITEM_BYTES];
  read_item(item_path, item);
  server->answers[GET_ITEM] = make_answer("GetItem", 200, get_item_body(item));
  server->answers[QUERY] = make_answer("Query", 200, query_body(item));
  server->answers[UPDATE_ITEM] = make_answer("UpdateItem", 200, strdup(UPDATED));
  server->answers[PUT_ITEM] = make_answer("PutItem", 200, strdup("{}"));
  server->answers[BATCH_WRITE_ITEM] =
      make_answer("BatchWriteItem", 200, strdup("{\"UnprocessedItems\":{}}"));
  server->answers[DESCRIBE_TABLE] = make_answer("DescribeTable", 200, strdup(USERS));
  server->answers[REFUSAL] = make_answer("", 400, strdup(UNKNOWN));
}

/* ---- one request --------------------------------------------------------------------------- */

/* Where the value of header `name` (given as "\nname:") starts, or NULL when it is not before
 * `end`. */
static const char *header_value(const char *head, const char *end, const char *name) {
  const char *at = strcasestr(head, name);
  if (at == NULL || at >= end) return NULL;
  at += strlen(name);
  return at + strspn(at, " ");
}

/* The length of the whole request at the start of `in`, or 0 while its head is incomplete. */
static size_t request_length(const struct connection *c) {
  const char *end = strstr(c->in, "\r\n\r\n");
  if (end == NULL) return 0;
  const char *body_length = header_value(c->in, end, "\ncontent-length:");
  size_t head_length = (size_t)(end - c->in) + strlen("\r\n\r\n");
  return head_length + (body_length ? strtoul(body_length, NULL, 10) : 0);
}

static const struct answer *choose_answer(const struct server *server, const struct connection *c) {
  const char *target = header_value(c->in, c->in + c->in_length, "\nx-amz-target:");
  size_t length = target ? strcspn(target, "\r\n") : 0;
  for (int i = 0; i < REFUSAL; i++) {
    const struct answer *answer = &server->answers[i];
    size_t name = strlen(answer->operation);
    if (length > name && target[length - name - 1] == '.' &&
        memcmp(target + length - name, answer->operation, name) == 0)
      return answer;
  }
  return &server->answers[REFUSAL];
}

/* Today's text for the Date header (RFC 9110, 5.6.7), made once a second. */
static const char *date_text(struct server *server) {
  time_t now = time(NULL);
  struct tm utc;
  if (now != server->date_at && gmtime_r(&now, &utc) != NULL) {
    strftime(server->date, sizeof server->date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    server->date_at = now;
  }
  return server->date;
}

static void start_answer(struct server *server, struct connection *c) {
  const struct answer *answer = choose_answer(server, c);
  c->answer = answer;
  c->sent = 0;
  c->head_length = (size_t)snprintf(
      c->head, sizeof c->head,
      "HTTP/1.1 %d %s\r\nServer: Server\r\nDate: %s\r\nContent-Type: application/x-amz-json-1.0\r\n"
      "Content-Length: %zu\r\nConnection: %s\r\nx-amzn-RequestId: CANNED%046llu\r\n"
      "x-amz-crc32: %lu\r\n\r\n",
      answer->status, answer->status == 200 ? "OK" : "Bad Request", date_text(server),
      answer->length, server->closes ? "close" : "keep-alive", ++server->served, answer->crc32);
}

/* ---- sockets ------------------------------------------------------------------------------- */

/* Adds `fd` to the epoll set, or with EPOLL_CTL_MOD changes what is awaited on it. */
static void watch(const struct server *server, int verb, int fd, uint32_t events, void *owner) {
  struct epoll_event event = {.events = events, .data.ptr = owner};
  if (epoll_ctl(server->epoll_fd, verb, fd, &event) != 0) fail("epoll_ctl");
}

/* Awaits EPOLLOUT instead of EPOLLIN, or the other way round; does nothing when it already does. */
static void set_blocked(const struct server *server, struct connection *c, bool blocked) {
  if (blocked == c->blocked) return;
  c->blocked = blocked;
  watch(server, EPOLL_CTL_MOD, c->fd, blocked ? EPOLLOUT : EPOLLIN, c);
}

/* One sendmsg of what is left of head and body; its result. */
static ssize_t send_some(struct connection *c) {
  size_t head_sent = c->sent < c->head_length ? c->sent : c->head_length;
  size_t body_sent = c->sent - head_sent;
  struct iovec parts[2] = {
      {c->head + head_sent, c->head_length - head_sent},
      {c->answer->body + body_sent, c->answer->length - body_sent},
  };
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  return sendmsg(c->fd, &message, MSG_NOSIGNAL);
}

/* Sends until the answer is out or the socket is full. False: the connection is dead, or done. */
static bool send_answer(const struct server *server, struct connection *c) {
  while (c->sent < c->head_length + c->answer->length) {
    ssize_t n = send_some(c);
    if (n < 0 && errno != EAGAIN) return false;
    set_blocked(server, c, n < 0);
    if (n < 0) return true;
    c->sent += (size_t)n;
  }
  set_blocked(server, c, false);
  return !server->closes;
}

/* Milliseconds since some moment. */
static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Puts a connection behind those whose answers wait; the delay is one for all. */
static void postpone(struct server *server, struct connection *c) {
  c->waiting = true;
  c->due_ms = now_ms() + server->delay_ms + 1;
  c->next_due = NULL;
  if (server->last_due)
    server->last_due->next_due = c;
  else
    server->first_due = c;
  server->last_due = c;
}

/* Reads what there is and answers a request that is whole. False: the connection is dead. */
static bool receive(struct server *server, struct connection *c) {
  ssize_t n = recv(c->fd, c->in + c->in_length, MAX_REQUEST_BYTES - c->in_length, 0);
  if (n <= 0) return n < 0 && errno == EAGAIN;
  c->in_length += (size_t)n;
  c->in[c->in_length] = '\0';
  size_t length = request_length(c);
  if (length > MAX_REQUEST_BYTES) return false;
  if (length == 0 || length > c->in_length) return c->in_length < MAX_REQUEST_BYTES;
  start_answer(server, c);
  c->in_length = 0;
  if (server->delay_ms == 0) return send_answer(server, c);
  postpone(server, c);
  return true;
}

/* Closes a connection, and frees it unless it is among those that wait. */
static void drop(struct connection *c) {
  close(c->fd);
  c->gone = true;
  if (!c->waiting) free(c);
}

static void serve(struct server *server, struct connection *c) {
  bool alive = c->blocked ? send_answer(server, c) : receive(server, c);
  if (!alive) drop(c);
}

/* Begins the answers whose time has come. Returns the milliseconds until the next, -1 for none. */
static int serve_due(struct server *server) {
  while (server->first_due) {
    struct connection *c = server->first_due;
    long long left = c->due_ms - now_ms();
    if (left > 0) return (int)left;
    server->first_due = c->next_due;
    if (!server->first_due) server->last_due = NULL;
    c->waiting = false;
    if (c->gone)
      free(c);
    else if (!send_answer(server, c))
      drop(c);
  }
  return -1;
}

static void accept_connection(const struct server *server) {
  int on = 1, bytes = SEND_BUFFER_BYTES;
  int fd = accept4(server->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  struct connection *c = allocate(sizeof *c);
  c->fd = fd;
  watch(server, EPOLL_CTL_ADD, fd, EPOLLIN, c);
}

/* Listens on a free port of 127.0.0.1 and prints its number. */
static void open_door(struct server *server) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (bind(server->listen_fd, (struct sockaddr *)&address, size) != 0) fail("bind");
  if (listen(server->listen_fd, SOMAXCONN) != 0) fail("listen");
  getsockname(server->listen_fd, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
}

/* True while stdin is open; what arrives there is thrown away. */
static bool stdin_open(void) {
  char scrap[64];
  return read(STDIN_FILENO, scrap, sizeof scrap) > 0;
}

/* Serves until stdin closes. The owner of an event is a connection, NULL for the listening socket,
 * or the server itself for stdin. */
static void run(struct server *server) {
  struct epoll_event events[64];
  watch(server, EPOLL_CTL_ADD, server->listen_fd, EPOLLIN, NULL);
  watch(server, EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, server);
  for (;;) {
    int count = epoll_wait(server->epoll_fd, events, 64, serve_due(server));
    for (int i = 0; i < count; i++) {
      void *owner = events[i].data.ptr;
      if (owner == NULL)
        accept_connection(server);
      else if (owner != server)
        serve(server, owner);
      else if (!stdin_open())
        return;
    }
  }
}

int main(int argc, char **argv) {
  struct server server = {0};
  if (argc < 2 || argc > 4) {
    fprintf(stderr, "usage: canned_server ITEM.json [DELAY_MS [close]]\n");
    return EXIT_FAILURE;
  }
  if (argc > 2) server.delay_ms = strtol(argv[2], NULL, 10);
  server.closes = argc > 3 && strcmp(argv[3], "close") == 0;
  make_answers(&server, argv[1]);
  open_door(&server);
  run(&server);
  for (int i = 0; i < ANSWERS; i++) free(server.answers[i].body);
  return EXIT_SUCCESS;
}
