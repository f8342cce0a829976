/* SPDX-License-Identifier: MIT */
#ifndef DYN_STAY_H
#define DYN_STAY_H

/* Keeps the module that calls it in the process when a Lua state that loaded it is closed: a
 * finaliser that runs after Lua has unloaded its modules may still call in, and a library such as
 * libcurl does not bear to be unloaded (curl_global_cleanup(3)). The linker's `-z nodelete` would
 * do the same, but builds by LuaRocks cannot pass it. */
void dyn_stay_loaded(void);

#endif
