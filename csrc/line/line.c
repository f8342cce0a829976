/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L

#include "arguments.h"
#include "buf.h"
#include "stay.h"
#include "type.h"

#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

/* The Lua module dynamo.line: lines edited at a terminal, by libedit. It knows nothing of DynamoDB:
 * the words that Tab completes are given to it. Private to lua/dynamo/prompt/. See editline(3). */

#define TYPE_NAME "dynamo.line.editor"

enum { MAX_PROMPT_BYTES = 4096, MAX_WORDS_BYTES = 16 << 20, HISTORY_LINES = 2000 };

/* 1. line.open makes it; what libedit could not make is NULL.
 * 2. While a line is read libedit calls back into this file alone, never into Lua.
 * 3. __gc, or editor:close, ends it; closing twice is harmless. */
struct editor {
  EditLine *edit;
  History *history;
  struct dyn_buf prompt; /* NUL-terminated */
  struct dyn_buf words;  /* place NUL word NUL, again and again */
  bool is_dropped;       /* by Ctrl-C */
};

/* --- what libedit calls --------------------------------------------------------------------- */

static struct editor *editor_of(EditLine *edit) {
  void *editor = NULL;
  (void)el_get(edit, EL_CLIENTDATA, &editor);
  return editor;
}

static char *show_prompt(EditLine *edit) {
  static char nothing[] = "";
  struct editor *editor = editor_of(edit);
  return editor && editor->prompt.data ? editor->prompt.data : nothing;
}

static unsigned char drop_line(EditLine *edit, int character) {
  (void)character;
  editor_of(edit)->is_dropped = true;
  (void)fputs("^C\r\n", stdout);
  return CC_NEWLINE;
}

static unsigned char insert_newline(EditLine *edit, int character) {
  (void)character;
  return el_winsertstr(edit, L"\n") == 0 ? CC_REFRESH : CC_ERROR;
}

/* Inserts what a terminal sends as pasted, up to its end, ESC [ 201 ~, as it is: neither a tab nor
 * the end of a line has a meaning there. */
static unsigned char paste(EditLine *edit, int character) {
  static const wchar_t END[] = L"\033[201~";
  size_t matched = 0;
  wchar_t next[2] = {0, 0};
  (void)character;
  while (matched < wcslen(END) && el_wgetc(edit, next) == 1) {
    if (next[0] == END[matched]) {
      matched++;
      continue;
    }
    matched = next[0] == END[0] ? 1 : 0; /* no escape sequence begun in vain is worth keeping */
    if (next[0] == L'\r') next[0] = L'\n';
    if (next[0] == L'\t') next[0] = L' ';
    if (matched == 0 && el_winsertstr(edit, next) != 0) break;
  }
  return CC_REFRESH;
}

/* --- completion ------------------------------------------------------------------------------- */

#define BREAKS " \t\n(){}[],=:;\"'"

/* What is completed: the word before the cursor, and the place where it stands: "" for the first
 * word of the line, else that first word. */
struct spot {
  struct dyn_slice place, word;
};

static struct spot spot_of(const LineInfo *line) {
  const char *start = line->buffer, *word = line->cursor, *end;
  while (start < line->cursor && strchr(" \t", *start)) start++;
  while (word > start && !strchr(BREAKS, word[-1])) word--;
  for (end = start; end < line->cursor && !strchr(BREAKS, *end);) end++;
  struct spot spot = {{start, word > start ? (size_t)(end - start) : 0},
                      {word, (size_t)(line->cursor - word)}};
  return spot;
}

/* Whether a word may stand at a place: one for it, or one for all places but the first, "*". */
static bool is_for(const char *place, struct dyn_slice wanted) {
  if (wanted.length > 0 && strcmp(place, "*") == 0) return true;
  return strlen(place) == wanted.length && memcmp(place, wanted.data, wanted.length) == 0;
}

/* The words that fit: how many, and what they have in common. With `out`, they are listed there. */
struct matches {
  size_t count, common;
  const char *first;
};

static struct matches find_matches(const struct editor *editor, struct spot spot, FILE *out) {
  struct matches found = {0, 0, NULL};
  const char *at = editor->words.data, *past = at ? at + editor->words.length : NULL;
  while (at < past) {
    const char *place = at, *word = place + strlen(place) + 1;
    at = word + strlen(word) + 1;
    if (!is_for(place, spot.place) || strncmp(word, spot.word.data, spot.word.length) != 0)
      continue;
    if (out) (void)fprintf(out, "%s%s", found.count ? "  " : "", word);
    if (found.count++ == 0) {
      found.first = word;
      found.common = strlen(word);
    }
    size_t same = 0;
    while (same < found.common && word[same] == found.first[same]) same++;
    found.common = same;
  }
  return found;
}

/* Inserts what all words that fit have in common beyond what is there; a whole word with a blank.
 */
static int insert_common(EditLine *edit, struct matches found, size_t typed) {
  char text[256];
  size_t length = found.common - typed;
  if (length > sizeof text - 2) length = sizeof text - 2;
  memcpy(text, found.first + typed, length);
  if (found.count == 1) text[length++] = ' ';
  text[length] = '\0';
  return el_insertstr(edit, text);
}

static unsigned char complete(EditLine *edit, int character) {
  struct editor *editor = editor_of(edit);
  struct spot spot = spot_of(el_line(edit));
  struct matches found = find_matches(editor, spot, NULL);
  (void)character;
  if (found.count == 0) return CC_ERROR;
  if (found.count == 1 || found.common > spot.word.length) {
    return insert_common(edit, found, spot.word.length) == 0 ? CC_REFRESH : CC_ERROR;
  }
  (void)fputs("\r\n", stdout);
  (void)find_matches(editor, spot, stdout);
  (void)fputs("\r\n", stdout);
  (void)fflush(stdout);
  return CC_REDISPLAY;
}

/* --- an editor -------------------------------------------------------------------------------- */

/* Functions by el_wset: el_set copies their names, and frees no copy. */
static void set_keys(EditLine *edit) {
  (void)el_set(edit, EL_EDITOR, "emacs");
  (void)el_set(edit, EL_SIGNAL, 1);
  (void)el_wset(edit, EL_ADDFN, L"drop-line", L"drop the line", drop_line);
  (void)el_wset(edit, EL_ADDFN, L"insert-newline", L"begin a line", insert_newline);
  (void)el_wset(edit, EL_ADDFN, L"paste", L"take what is pasted", paste);
  (void)el_wset(edit, EL_ADDFN, L"complete", L"complete the word", complete);
  (void)el_set(edit, EL_SETTY, "-d", "-isig", NULL); /* Ctrl-C is a key */
  (void)el_set(edit, EL_BIND, "^C", "drop-line", NULL);
  (void)el_set(edit, EL_BIND, "^I", "complete", NULL);
  (void)el_set(edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  (void)el_set(edit, EL_BIND, "\033^M", "insert-newline", NULL);
  (void)el_set(edit, EL_BIND, "\033^J", "insert-newline", NULL);
  (void)el_set(edit, EL_BIND, "\033[200~", "paste", NULL);
}

static void set_history(struct editor *editor, const char *path) {
  HistEvent event;
  (void)history(editor->history, &event, H_SETSIZE, HISTORY_LINES);
  (void)history(editor->history, &event, H_SETUNIQUE, 1);
  if (path) (void)history(editor->history, &event, H_LOAD, path);
  (void)el_set(editor->edit, EL_HIST, history, editor->history);
}

static struct editor *check_editor(lua_State *L) {
  return luaL_checkudata(L, 1, TYPE_NAME);
}

static struct editor *check_open(lua_State *L) {
  struct editor *editor = check_editor(L);
  luaL_argcheck(L, editor->edit, 1, "the editor is closed");
  return editor;
}

/* editor:close(): twice does no harm. */
static int l_editor_close(lua_State *L) {
  struct editor *editor = check_editor(L);
  if (editor->edit) el_end(editor->edit);
  if (editor->history) history_end(editor->history);
  editor->edit = NULL;
  editor->history = NULL;
  dyn_buf_clean_up(&editor->prompt);
  dyn_buf_clean_up(&editor->words);
  return 0;
}

/* Reads a line between the escape sequences that switch bracketed paste on and off. */
static const char *read_line(struct editor *editor, int *length) {
  (void)fputs("\033[?2004h", stdout);
  (void)fflush(stdout);
  editor->is_dropped = false;
  (void)el_set(editor->edit, EL_PREP_TERM,
               1); /* before the prompt: no key is for the terminal then */
  const char *text = el_gets(editor->edit, length);
  (void)fputs("\033[?2004l", stdout);
  (void)fflush(stdout);
  return text;
}

/* editor:read(prompt) -> a line, without its end; false where Ctrl-C dropped it; nil at the end
 * A line that was begun by Alt-Enter, or pasted, may have several within. */
static int l_editor_read(lua_State *L) {
  struct editor *editor = check_open(L);
  struct dyn_slice prompt = dyn_argument_text(L, 2);
  int length = 0;
  dyn_argument_end(L, 2, "read");
  dyn_buf_reset(&editor->prompt);
  dyn_buf_append_slice(&editor->prompt, prompt);
  dyn_buf_append_char(&editor->prompt, '\0');
  const char *text = read_line(editor, &length);
  if (editor->is_dropped) {
    lua_pushboolean(L, false);
    return 1;
  }
  if (!text || length <= 0) return 0;
  if (text[length - 1] == '\n') length--;
  lua_pushlstring(L, text, (size_t)length);
  return 1;
}

/* editor:words(list): what Tab completes from now on. The list has a place and a word by turns; a
 * place is "" (the first word of a line), a first word, or "*" (behind any first word). */
static int l_editor_words(lua_State *L) {
  struct editor *editor = check_open(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  dyn_argument_end(L, 2, "words");
  dyn_buf_reset(&editor->words);
  for (int i = 1;; i++) {
    size_t length = 0;
    lua_rawgeti(L, 2, i);
    if (lua_isnil(L, -1)) break;
    const char *text = luaL_checklstring(L, -1, &length);
    if (strlen(text) != length) text = "", length = 0;
    dyn_buf_append(&editor->words, text, length + 1);
    lua_pop(L, 1);
  }
  if (editor->words.error) dyn_buf_reset(&editor->words);
  return 0;
}

/* editor:add(text): puts a text into the history. */
static int l_editor_add(lua_State *L) {
  struct editor *editor = check_open(L);
  const char *text = luaL_checkstring(L, 2);
  HistEvent event;
  dyn_argument_end(L, 2, "add");
  (void)history(editor->history, &event, H_ENTER, text);
  return 0;
}

/* editor:save(path) -> whether the history could be written: into a file for its owner alone. */
static int l_editor_save(lua_State *L) {
  struct editor *editor = check_open(L);
  const char *path = luaL_checkstring(L, 2);
  HistEvent event;
  dyn_argument_end(L, 2, "save");
  int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
  if (!file && descriptor >= 0) (void)close(descriptor);
  bool is_saved = file && fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 &&
                  history(editor->history, &event, H_SAVE_FP, file) >= 0;
  if (file) is_saved = fclose(file) == 0 && is_saved;
  lua_pushboolean(L, is_saved);
  return 1;
}

static const luaL_Reg editor_metamethods[] = {{"__gc", l_editor_close}, {NULL, NULL}};
static const luaL_Reg editor_methods[] = {{"read", l_editor_read},   {"words", l_editor_words},
                                          {"add", l_editor_add},     {"save", l_editor_save},
                                          {"close", l_editor_close}, {NULL, NULL}};
static const struct dyn_type editor_type = {TYPE_NAME, editor_metamethods, editor_methods,
                                            "editor"};

/* line.open(path of the history or nil) -> an editor of the terminal at standard input and output;
 * nil where libedit cannot make one Characters are those of the locale; where that has none but
 * ASCII, of UTF-8. */
static int l_line_open(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  dyn_argument_end(L, 1, "open");
  struct editor *editor = lua_newuserdata(L, sizeof *editor);
  memset(editor, 0, sizeof *editor);
  dyn_buf_init(&editor->prompt, MAX_PROMPT_BYTES);
  dyn_buf_init(&editor->words, MAX_WORDS_BYTES);
  dyn_type_set(L, &editor_type);
  (void)setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) (void)setlocale(LC_CTYPE, "C.UTF-8");
  editor->history = history_init();
  editor->edit = editor->history ? el_init("dynamo", stdin, stdout, stderr) : NULL;
  if (!editor->edit) return 0;
  (void)el_set(editor->edit, EL_CLIENTDATA, editor);
  (void)el_set(editor->edit, EL_PROMPT, show_prompt);
  set_keys(editor->edit);
  set_history(editor, path);
  return 1;
}

/* line.rearm(): lets the interpreter's own handler of SIGINT have the next one, too. Those of lua.c
 * and luajit.c give the signal back to the system when they are called, so that a second one ends
 * the program. A read that waits ends by it, where LuaJIT's would go on. */
static int l_line_rearm(lua_State *L) {
  static struct sigaction host; /* of this process, as the signal is */
  static bool is_known = false;
  struct sigaction found;
  dyn_argument_end(L, 0, "rearm");
  if (sigaction(SIGINT, NULL, &found) != 0 || (found.sa_flags & SA_SIGINFO)) return 0;
  if (found.sa_handler == SIG_IGN || (found.sa_handler == SIG_DFL && !is_known)) return 0;
  if (found.sa_handler != SIG_DFL) host = found;
  is_known = true;
  host.sa_flags = 0;
  (void)sigaction(SIGINT, &host, NULL);
  return 0;
}

static const luaL_Reg functions[] = {{"open", l_line_open}, {"rearm", l_line_rearm}, {NULL, NULL}};

__attribute__((visibility("default"))) int luaopen_dynamo_line(lua_State *L);

int luaopen_dynamo_line(lua_State *L) {
  dyn_stay_loaded();
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
