/* SPDX-License-Identifier: MIT */
/* bare_curl URL REQUEST N [IN_FLIGHT]: the floor: what libcurl alone costs.
 *
 * An easy handle, reused, sends the constant request in the file REQUEST (header lines, an empty
 * line, the body; bench/capture.lua writes it) N times and throws the answers away. With IN_FLIGHT
 * of more than 1, so many handles do that side by side in a multi handle. Nothing is encoded,
 * signed or parsed; a server of https:// is verified by the certificate that bench/servers.lua
 * made. It prints CPU (user + system, of the process) and wall time in microseconds an operation,
 * after a tenth of N as warm-up. */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_REQUEST_BYTES = 65536, MAX_IN_FLIGHT = 1000, POLL_MS = 1000 };

static const char CA_FILE[] = "build/bench/certificate.pem";

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
  curl_easy_setopt(handle, CURLOPT_CAINFO, CA_FILE);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, request->headers);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, (long)request->body_length);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, count_bytes);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, received);
  return handle;
}

/* Anything but HTTP 200 ends the process. */
static void check_answer(CURL *handle, CURLcode code) {
  long status = 0;
  if (code != CURLE_OK) fail(curl_easy_strerror(code));
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) fail("the answer is not HTTP 200");
}

/* ---- one at a time ------------------------------------------------------------------------- */

static void send_in_turn(CURL *handle, long count) {
  for (long i = 0; i < count; i++) check_answer(handle, curl_easy_perform(handle));
}

/* ---- side by side -------------------------------------------------------------------------- */

/* Takes the answers that are there. Each handle sends again while `*left`, the requests that were
 * not sent yet, lasts. Returns how many answers there were. */
static long take_answers(CURLM *multi, long *left) {
  long taken = 0;
  int queued;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &queued)) != NULL) {
    CURL *handle = message->easy_handle;
    check_answer(handle, message->data.result);
    curl_multi_remove_handle(multi, handle);
    taken++;
    if (*left > 0) {
      curl_multi_add_handle(multi, handle);
      (*left)--;
    }
  }
  return taken;
}

static void send_side_by_side(CURLM *multi, CURL **handles, long in_flight, long count) {
  long left = count, done = 0;
  int running;
  for (long i = 0; i < in_flight && left > 0; i++, left--) curl_multi_add_handle(multi, handles[i]);
  while (done < count) {
    if (curl_multi_perform(multi, &running) != CURLM_OK) fail("curl_multi_perform");
    done += take_answers(multi, &left);
    if (done < count) curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
  }
}

/* ---- measuring ----------------------------------------------------------------------------- */

/* Sends the request `count` times. */
static void send_requests(CURLM *multi, CURL **handles, long in_flight, long count) {
  if (in_flight == 1)
    send_in_turn(handles[0], count);
  else
    send_side_by_side(multi, handles, in_flight, count);
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
static void measure(CURLM *multi, CURL **handles, long in_flight, long count) {
  send_requests(multi, handles, in_flight, count / 10);
  double cpu = cpu_us(), wall = wall_us();
  send_requests(multi, handles, in_flight, count);
  printf("%.2f %.2f\n", (cpu_us() - cpu) / (double)count, (wall_us() - wall) / (double)count);
}

int main(int argc, char **argv) {
  static struct request request;
  static CURL *handles[MAX_IN_FLIGHT];
  size_t received = 0;
  long count = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
  long in_flight = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
  if (count <= 0 || in_flight <= 0 || in_flight > MAX_IN_FLIGHT)
    fail("usage: bare_curl URL REQUEST N [IN_FLIGHT]");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  read_request(argv[2], &request);
  CURLM *multi = curl_multi_init();
  if (multi == NULL) fail("curl_multi_init");
  for (long i = 0; i < in_flight; i++) handles[i] = open_handle(argv[1], &request, &received);
  measure(multi, handles, in_flight, count);
  if (received == 0) fail("the answers had no body");
  for (long i = 0; i < in_flight; i++) curl_easy_cleanup(handles[i]);
  curl_multi_cleanup(multi);
  curl_slist_free_all(request.headers);
  curl_global_cleanup();
  return EXIT_SUCCESS;
}
