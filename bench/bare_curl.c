/* SPDX-License-Identifier: MIT */
/* bare_curl URL REQUEST N: the floor: what libcurl alone costs.
 *
 * One easy handle, reused, sends the constant request in the file REQUEST (header lines, an empty
 * line, the body; bench/capture.lua writes it) N times and throws the answers away. Nothing is
 * encoded, signed, verified or parsed. It prints CPU (user + system, of the process) and wall time
 * in microseconds an operation, after a tenth of N as warm-up. */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_REQUEST_BYTES = 65536 };

/* `headers` is owned; `body` points into `text`. */
struct request {
  char text[MAX_REQUEST_BYTES + 1];
  struct curl_slist *headers;
  const char *body;
  size_t body_length;
};

/* Ends the process with a message. */
static void fail(const char *what) {
  fprintf(stderr, "bare_curl: %s\n", what);
  exit(EXIT_FAILURE);
}

static void add_header(struct request *request, const char *line) {
  struct curl_slist *longer = curl_slist_append(request->headers, line);
  if (longer == NULL) fail("out of memory");
  request->headers = longer;
}

/* Fills `request` from the file at `path`. libcurl's own Accept and Expect are switched off. */
static void read_request(const char *path, struct request *request) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail(path);
  size_t length = fread(request->text, 1, MAX_REQUEST_BYTES, file);
  fclose(file);
  char *line = request->text, *end;
  while ((end = strchr(line, '\n')) != NULL && end != line) {
    *end = '\0';
    add_header(request, line);
    line = end + 1;
  }
  if (end == NULL) fail("the request has no empty line");
  add_header(request, "Accept:");
  add_header(request, "Expect:");
  request->body = end + 1;
  request->body_length = length - (size_t)(request->body - request->text);
}

/* Counts an answer's bytes in *(size_t *)counter and drops them. */
static size_t count_bytes(char *data, size_t size, size_t count, void *counter) {
  (void)data;
  *(size_t *)counter += size * count;
  return size * count;
}

/* A handle set up to send `request`; the caller owns it. */
static CURL *open_handle(const char *url, const struct request *request, size_t *received) {
  CURL *handle = curl_easy_init();
  if (handle == NULL) fail("curl_easy_init");
  curl_easy_setopt(handle, CURLOPT_URL, url);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, request->headers);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)request->body_length);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, count_bytes);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, received);
  return handle;
}

/* Sends the request `count` times; anything but HTTP 200 ends the process. */
static void send_requests(CURL *handle, long count) {
  for (long i = 0; i < count; i++) {
    long status = 0;
    CURLcode code = curl_easy_perform(handle);
    if (code != CURLE_OK) fail(curl_easy_strerror(code));
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) fail("the answer is not HTTP 200");
  }
}

static double cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return 1e6 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double wall_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e6 * (double)now.tv_sec + (double)now.tv_nsec / 1e3;
}

/* Warms up, measures `count` requests and prints the two times. */
static void measure(CURL *handle, long count) {
  send_requests(handle, count / 10);
  double cpu = cpu_us(), wall = wall_us();
  send_requests(handle, count);
  printf("%.2f %.2f\n", (cpu_us() - cpu) / (double)count, (wall_us() - wall) / (double)count);
}

int main(int argc, char **argv) {
  static struct request request;
  size_t received = 0;
  long count = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
  if (count <= 0) fail("usage: bare_curl URL REQUEST N");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  read_request(argv[2], &request);
  CURL *handle = open_handle(argv[1], &request, &received);
  measure(handle, count);
  if (received == 0) fail("the answers had no body");
  curl_easy_cleanup(handle);
  curl_slist_free_all(request.headers);
  curl_global_cleanup();
  return EXIT_SUCCESS;
}
