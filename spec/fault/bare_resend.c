/* SPDX-License-Identifier: MIT */
/* Two POSTs over one libcurl easy handle as libcurl comes, without this client's guard: the control
 * of resend_spec.lua. Usage: bare_resend URL [CA_FILE]; exits with the second call's CURLcode. */
#include <curl/curl.h>

static size_t discard(char *bytes, size_t size, size_t count, void *context) {
  (void)bytes, (void)context;
  return size * count;
}

int main(int argc, char **argv) {
  CURL *easy = curl_easy_init();
  if (!easy || argc < 2) return 99;
  curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
  if (argc > 2) curl_easy_setopt(easy, CURLOPT_CAINFO, argv[2]);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}");
  if (curl_easy_perform(easy) != CURLE_OK) return 98;
  CURLcode code = curl_easy_perform(easy);
  curl_easy_cleanup(easy);
  return (int)code;
}
