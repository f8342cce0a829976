# SPDX-License-Identifier: MIT
#
# dynamo. `make help` lists the targets. A setting is changed on the command line or in the
# environment: make CC=clang WERROR=1

# ---- settings

# The C compiler (make's own default, cc, counts as not set).
ifeq ($(origin CC),default)
CC := gcc
endif

# What a packager may wish to change of the compiler's and the linker's flags.
CFLAGS ?= -O2 -g
LDFLAGS ?=

# 1: a warning is an error.
WERROR ?= 0

# The Lua headers to build for; 5.1 serves PUC Lua 5.1, LuaJIT and nginx.
LUA_VERSIONS ?= 5.4 5.3 5.1

# How to link a loadable module; on macOS: -bundle -undefined dynamic_lookup
LIBFLAG ?= -shared -Wl,-z,relro,-z,now

PKG_CONFIG ?= pkg-config

# The Python that the emulators' virtual environment is made with.
PYTHON ?= python3

# How long `make fuzz-message` looks for trouble, in seconds.
FUZZ_SECONDS ?= 60

# Where the AWS service models lie that `make model` reads: by default those that the emulators'
# botocore brings, unpacked.
DYNAMO_MODEL ?= build/emulators/model

# `make install`: for which Lua, and where to; DESTDIR is put before every path.
LUA_VERSION ?= 5.4
PREFIX ?= /usr/local
DESTDIR ?=
LUA_LIBDIR ?= $(PREFIX)/lib/lua/$(LUA_VERSION)
LUA_SHAREDIR ?= $(PREFIX)/share/lua/$(LUA_VERSION)
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
# What runs bin/dynamo there.
LUA ?= lua$(LUA_VERSION)

# A build of its own under build/$(VARIANT): asan and coverage bring their flags, any other name is
# a separate ordinary build.
VARIANT ?=

# ---- what follows from them

BUILD := build$(addprefix /,$(VARIANT))
EMULATORS := build/emulators
STYLUA := build/stylua/node_modules

ifeq ($(VARIANT),asan)
MODE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else ifeq ($(VARIANT),coverage)
MODE := -O0 -g --coverage
else
MODE := $(CFLAGS) -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong
endif

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
  $(if $(filter 1,$(WERROR)),-Werror)
COMPILE = $(CC) -std=c99 $(MODE) -fPIC -fvisibility=hidden $(WARNINGS) -MMD -MP \
  -Icsrc/core -Icsrc/lua -Icsrc/wait $(CPPFLAGS) $(shell $(PKG_CONFIG) --cflags libcrypto libcjson zlib libcurl)
LINK = $(CC) $(MODE) $(LDFLAGS)

# Only the interpreter runs with the sanitizer preloaded, not what it starts: tools/unpreload.c.
# Blocks that libraries allocate for a thread are not followed: LeakSanitizer takes glibc's for others
# and crashes as a process ends.
ASAN_SETTINGS := ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:intercept_tls_get_addr=0
ASAN = env $(ASAN_SETTINGS) \
  LD_PRELOAD=$(shell gcc -print-file-name=libasan.so):$(CURDIR)/build/asan/unpreload.so
MAKE_MODEL = LUA_PATH="?.lua;lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/5.4/?.so;;" \
  lua5.4 tools/make_model.lua "$(DYNAMO_MODEL)"
VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
  --keep-debuginfo=yes

# Lines edited at a terminal are optional: without libedit's header dynamo/line.so is left out.
HAS_LIBEDIT := $(shell $(CC) -include histedit.h -E -x c /dev/null >/dev/null 2>&1 && echo 1)

# So is the store inside the process: without SQLite's header dynamo/sqlite.so is left out.
HAS_SQLITE := $(shell $(CC) -include sqlite3.h -E -x c /dev/null >/dev/null 2>&1 && echo 1)

core_sources := $(wildcard csrc/core/*.c)
lua_sources := $(wildcard csrc/lua/*.c)
curl_sources := $(wildcard csrc/curl/*.c)
process_sources := $(wildcard csrc/process/*.c)
wait_sources := $(wildcard csrc/wait/*.c)
line_sources := $(wildcard csrc/line/*.c)
sqlite_sources := $(wildcard csrc/sqlite/*.c)
ctest_sources := $(wildcard spec/core/*_test.c)
ctest_helpers := $(filter-out $(ctest_sources),$(wildcard spec/core/*.c))

# The core includes no Lua header, so its objects serve every Lua and the C tests.
core_objects := $(core_sources:csrc/%.c=$(BUILD)/obj/%.o)
module_names := core.so curl.so process.so wait.so $(if $(HAS_LIBEDIT),line.so) \
  $(if $(HAS_SQLITE),sqlite.so)
modules := $(foreach v,$(LUA_VERSIONS),$(module_names:%=$(BUILD)/$(v)/dynamo/%))
ctests := $(ctest_sources:spec/core/%.c=$(BUILD)/spec/%)
spec_modules := $(foreach v,$(LUA_VERSIONS),$(BUILD)/$(v)/spec/failing_memory.so)
benches := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/*.c))

# The manual page and what completes the command in shells: who prints them, their folders.
PAGE = LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/$(LUA_VERSION)/?.so;;" $(LUA) bin/dynamo
pages := man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d

# What the formatters lay out: not what `make model` writes.
c_files := $(wildcard csrc/*/*.[ch] spec/*/*.[ch] bench/*.[ch] tools/*.c)
lua_files := $(shell find lua spec bench examples tools -name '*.lua' ! -name model.lua \
  ! -name rule_sets.lua ! -name partition_table.lua ! -name paginators.lua ! -name waiters.lua)

# Each is a target of its own: make check-format
CHECKS := gcc clang boundary floors format luacheck shellcheck model rockspec luarocks

.PHONY: all help setup demo test check asan valgrind bench peer-go bench-nginx endurance model coverage \
  fuzz-message install format clean ctests emulators moto dynoxide $(CHECKS:%=check-%)
.DELETE_ON_ERROR:
.SECONDARY:

# ---- targets

all: $(modules) ## build the C modules for every Lua of LUA_VERSIONS
ifeq ($(HAS_LIBEDIT),)
	@echo "no histedit.h (Debian: libedit-dev): dynamo/line.so is left out, the command edits no lines"
endif
ifeq ($(HAS_SQLITE),)
	@echo "no sqlite3.h (Debian: libsqlite3-dev): dynamo/sqlite.so is left out, and with it the embedded store"
endif

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

setup: ## install what the tests need: Debian packages and the emulators
	@tools/setup.sh test
	@$(MAKE) -s emulators

demo: ## upsert items into a DynamoDB inside the process: set-up included, no AWS account
	@tools/setup.sh demo
	@$(MAKE) -s LUA_VERSIONS=5.4 all
	@AWS_ENDPOINT_URL_DYNAMODB=memory: \
	  LUA_PATH="lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/5.4/?.so;;" \
	  lua5.4 examples/upsert.lua

test: setup ## build and run every spec and C test: set-up included
	@$(MAKE) -s all ctests
	@tools/run_specs.sh

check: ## warnings as errors, layer boundaries, formatting, linters, packaging
	@tools/setup.sh check
	@passed=0; failed=0; log=$$(mktemp); \
	for name in $(CHECKS); do \
	  if $(MAKE) -s check-$$name >$$log 2>&1; \
	  then passed=$$((passed + 1)); echo "ok      $$name"; \
	  else failed=$$((failed + 1)); echo "FAILED  $$name"; cat $$log; fi; \
	done; rm -f $$log; \
	echo "$$passed passed, $$failed failed"; [ $$failed -eq 0 ]

# Not inside nginx, which runs without the sanitizer, with ordinary modules.
asan: setup ## specs and C tests with AddressSanitizer and UBSan
	@$(MAKE) -s VARIANT=asan CC=gcc all ctests build/asan/unpreload.so
	@$(ASAN_SETTINGS) DYNAMO_SPEC_SCALE=0.1 \
	  DYNAMO_BUILD=build/asan SPEC_WRAPPER="$(ASAN)" tools/run_specs.sh c lua5.4 luajit \
	  $(filter-out spec/core spec/support spec/nginx spec/linear,$(wildcard spec/*))

# Not on LuaJIT, for the time it takes: the C code is the same, and make asan runs it there.
# Each file is a suite of its own, so that all processors have something to do.
valgrind: ## unit and vector specs on Lua 5.4 and the C tests, under valgrind
	@tools/setup.sh check
	@$(MAKE) -s all ctests
	@DYNAMO_SPEC_SCALE=0.02 SPEC_SECONDS=1200 SPEC_WRAPPER="$(VALGRIND)" C_WRAPPER="$(VALGRIND)" \
	  tools/run_specs.sh c lua5.4 $(wildcard spec/unit/*_spec.lua) spec/vectors

coverage: setup ## line coverage of csrc/core and csrc/lua by specs and C tests
	@$(MAKE) -s LUA_VERSIONS=5.1 all
	@$(MAKE) -s VARIANT=coverage CC=gcc all ctests
	@tools/coverage.sh

bench: setup ## measure against bare libcurl and peers: bench/README.md
	@$(MAKE) -s all $(benches) peer-go
	@lua5.4 bench/bench.lua

# Go's SDK comes from its module proxy, the versions from go.sum. The benchmark says if it is not there.
peer-go:
	@if command -v go >/dev/null; \
	then cd bench/go && go build -o ../../$(BUILD)/bench/peer_go . || echo "no peer of Go"; fi

endurance: setup ## 100,000 requests inside nginx, across a reload and expiries of credentials
	@$(MAKE) -s all
	@DYNAMO_NGINX_REQUESTS=100000 SPEC_SECONDS=1800 tools/run_specs.sh luajit \
	  spec/nginx/endurance_spec.lua

bench-nginx: setup ## measure inside nginx against a bare cosocket
	@command -v wrk >/dev/null || { echo "bench-nginx needs wrk: apt-get install wrk" >&2; exit 1; }
	@$(MAKE) -s all $(benches)
	@lua5.4 bench/nginx.lua

# What is found goes into build/fuzz; an input that breaks it, into a file that is named.
fuzz-message: ## feed the reader of HTTP answers what a fuzzer comes up with
	@tools/setup.sh fuzz
	@$(MAKE) -s build/fuzz/message_fuzz
	@mkdir -p build/fuzz/message
	@cd build/fuzz && ./message_fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	  -dict=$(CURDIR)/spec/fuzz/http.dict message $(CURDIR)/spec/fuzz/corpus/message

model: $(BUILD)/5.4/dynamo/core.so $(DYNAMO_MODEL)/partitions.json ## write the generated Lua files
	@$(MAKE_MODEL)

install: $(addprefix $(BUILD)/$(LUA_VERSION)/dynamo/,$(module_names)) ## install for LUA_VERSION
	@install -d "$(DESTDIR)$(LUA_LIBDIR)/dynamo"
	@install -m 755 $^ "$(DESTDIR)$(LUA_LIBDIR)/dynamo"
	@cd lua && find . -name '*.lua' -exec install -D -m 644 {} "$(DESTDIR)$(LUA_SHAREDIR)/{}" \;
	@install -d "$(DESTDIR)$(BINDIR)"
	@sed '1s|.*|#!/usr/bin/env $(LUA)|' bin/dynamo > "$(DESTDIR)$(BINDIR)/dynamo"
	@chmod 755 "$(DESTDIR)$(BINDIR)/dynamo"
	@install -d $(pages:%="$(DESTDIR)$(DATADIR)/%")
	@$(PAGE) --man >"$(DESTDIR)$(DATADIR)/man/man1/dynamo.1"
	@$(PAGE) --completion bash >"$(DESTDIR)$(DATADIR)/bash-completion/completions/dynamo"
	@$(PAGE) --completion zsh >"$(DESTDIR)$(DATADIR)/zsh/site-functions/_dynamo"
	@$(PAGE) --completion fish >"$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/dynamo.fish"
	@echo "installed C modules: $(DESTDIR)$(LUA_LIBDIR)/dynamo"
	@echo "installed Lua files: $(DESTDIR)$(LUA_SHAREDIR)/dynamo.lua, $(DESTDIR)$(LUA_SHAREDIR)/dynamo"
	@echo "installed command:   $(DESTDIR)$(BINDIR)/dynamo"
	@echo "installed manual:    $(DESTDIR)$(DATADIR)/man/man1/dynamo.1, and completion for bash, zsh, fish"

floors: ## draw the floors of the Lua files into docs/architecture.md
	@lua5.4 tools/floors.lua write

format: $(STYLUA)/.stamp ## lay out every C and Lua file as `make check` wants it
	@clang-format -i $(c_files)
	@node tools/stylua/format.js $(STYLUA) write $(lua_files)

clean: ## remove what was built; the installed emulators stay (rm -rf build takes them too)
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name emulators ! -name stylua \
	  -exec rm -rf {} +

# ---- checks, one target each

check-gcc:
	@$(MAKE) -s VARIANT=gcc CC=gcc WERROR=1 all ctests

check-clang:
	@$(MAKE) -s VARIANT=clang CC=clang WERROR=1 all ctests

check-boundary: all
	@tools/boundary.sh

check-floors:
	@lua5.4 tools/floors.lua check

check-format: $(STYLUA)/.stamp
	@clang-format --dry-run -Werror $(c_files)
	@node tools/stylua/format.js $(STYLUA) check $(lua_files)

check-luacheck:
	@luacheck --quiet --no-color bin/dynamo lua spec bench examples tools rockspec .luacheckrc

check-shellcheck:
	@shellcheck .ci/run tools/*.sh tools/emulators/*.sh

# The committed files are what the generator makes of the models.
check-model: $(BUILD)/5.4/dynamo/core.so $(DYNAMO_MODEL)/partitions.json
	@$(MAKE_MODEL) check

check-rockspec:
	@lua5.4 tools/rockspec_check.lua

check-luarocks: moto
	@tools/emulators.sh with moto tools/luarocks_check.sh

# ---- files

$(BUILD)/obj/core/%.o: csrc/core/%.c Makefile
	@mkdir -p $(@D)
	@echo "cc $<"
	@$(COMPILE) -c -o $@ $<

$(BUILD)/obj/spec/%.o: spec/core/%.c Makefile
	@mkdir -p $(@D)
	@echo "cc $<"
	@$(COMPILE) -Ispec/core -c -o $@ $<

ctest_objects := $(ctest_helpers:spec/core/%.c=$(BUILD)/obj/spec/%.o) $(core_objects)

$(BUILD)/spec/%: $(BUILD)/obj/spec/%.o $(ctest_objects)
	@mkdir -p $(@D)
	@$(LINK) -o $@ $^ -lcrypto -lz

$(BUILD)/bench/%: bench/%.c Makefile
	@mkdir -p $(@D)
	@echo "cc $<"
	@$(COMPILE) $(LDFLAGS) -o $@ $< -lcurl -lz

# The modules of one Lua, $(1). None links the Lua library: the interpreter that loads it has one.
define lua_rules
lua_objects_$(1) := $(lua_sources:csrc/%.c=$(BUILD)/$(1)/obj/%.o)
curl_objects_$(1) := $(curl_sources:csrc/%.c=$(BUILD)/$(1)/obj/%.o)
# What every module has of its own.
shared_objects_$(1) := $(addprefix $(BUILD)/$(1)/obj/lua/,arguments.o stay.o type.o)
process_objects_$(1) := $(process_sources:csrc/%.c=$(BUILD)/$(1)/obj/%.o)
wait_objects_$(1) := $(wait_sources:csrc/%.c=$(BUILD)/$(1)/obj/%.o)
line_objects_$(1) := $(line_sources:csrc/%.c=$(BUILD)/$(1)/obj/%.o)
sqlite_objects_$(1) := $(sqlite_sources:csrc/%.c=$(BUILD)/$(1)/obj/%.o)

$(BUILD)/$(1)/obj/%.o: csrc/%.c Makefile
	@mkdir -p $$(@D)
	@echo "cc $$< (Lua $(1))"
	@$$(COMPILE) $$(shell $$(PKG_CONFIG) --cflags lua$(1)) -c -o $$@ $$<

$(BUILD)/$(1)/dynamo/core.so: $(core_objects) $$(lua_objects_$(1))
	@mkdir -p $$(@D)
	@$$(LINK) $$(LIBFLAG) -o $$@ $$^ -lcrypto -lcjson -lz

$(BUILD)/$(1)/dynamo/curl.so: $(BUILD)/obj/core/buf.o $(BUILD)/obj/core/header.o \
    $(BUILD)/obj/core/message.o $(BUILD)/$(1)/obj/wait/interrupt.o $$(shared_objects_$(1)) \
    $$(curl_objects_$(1))
	@mkdir -p $$(@D)
	@$$(LINK) $$(LIBFLAG) -pthread -o $$@ $$^ -lcurl

$(BUILD)/$(1)/dynamo/process.so: $(BUILD)/obj/core/buf.o $$(shared_objects_$(1)) \
    $$(process_objects_$(1))
	@mkdir -p $$(@D)
	@$$(LINK) $$(LIBFLAG) -pthread -o $$@ $$^

$(BUILD)/$(1)/dynamo/wait.so: $(BUILD)/obj/core/buf.o $$(shared_objects_$(1)) $$(wait_objects_$(1))
	@mkdir -p $$(@D)
	@$$(LINK) $$(LIBFLAG) -pthread -o $$@ $$^

$(BUILD)/$(1)/dynamo/line.so: $(BUILD)/obj/core/buf.o $$(shared_objects_$(1)) $$(line_objects_$(1))
	@mkdir -p $$(@D)
	@$$(LINK) $$(LIBFLAG) -o $$@ $$^ -ledit

$(BUILD)/$(1)/dynamo/sqlite.so: $(BUILD)/obj/core/buf.o $$(shared_objects_$(1)) \
    $$(sqlite_objects_$(1))
	@mkdir -p $$(@D)
	@$$(LINK) $$(LIBFLAG) -o $$@ $$^ -lsqlite3

$(BUILD)/$(1)/spec/%.so: spec/lua/%.c Makefile
	@mkdir -p $$(@D)
	@echo "cc $$< (Lua $(1))"
	@$$(COMPILE) $$(shell $$(PKG_CONFIG) --cflags lua$(1)) $$(LDFLAGS) $$(LIBFLAG) -o $$@ $$<
endef
$(foreach v,$(LUA_VERSIONS),$(eval $(call lua_rules,$(v))))

ctests: $(ctests) $(spec_modules)

build/fuzz/%: spec/fuzz/%.c csrc/core/buf.c csrc/core/header.c csrc/core/message.c
	@mkdir -p $(@D)
	@clang -std=c99 -O1 -g -fno-sanitize-recover=undefined -fsanitize=fuzzer,address,undefined \
	  $(WARNINGS) -Icsrc/core -o $@ $^

build/asan/unpreload.so: tools/unpreload.c
	@mkdir -p $(@D)
	@$(CC) -shared -fPIC -o $@ $<

# ---- the formatter of the Lua files

$(STYLUA)/.stamp: tools/stylua/package.json tools/stylua/package-lock.json
	@echo "installing stylua into $(STYLUA)"
	@mkdir -p $(@D)
	@cp $^ build/stylua
	@cd build/stylua && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# ---- the emulators

emulators: moto $(EMULATORS)/node_modules/.stamp dynoxide

moto: $(EMULATORS)/python/.stamp $(EMULATORS)/model/partitions.json

$(EMULATORS)/python/.stamp: tools/emulators/requirements.txt
	@echo "installing moto into $(EMULATORS)/python"
	@$(PYTHON) -m venv --clear $(EMULATORS)/python
	@$(EMULATORS)/python/bin/pip install -q --disable-pip-version-check --no-input -r $<
	@touch $@

# With the other models; of all the files it is written last.
$(EMULATORS)/model/partitions.json: $(EMULATORS)/python/.stamp tools/model/unpack.py
	@$(EMULATORS)/python/bin/python tools/model/unpack.py $(@D)

$(EMULATORS)/node_modules/.stamp: tools/emulators/package.json tools/emulators/package-lock.json
	@echo "installing dynalite into $(EMULATORS)/node_modules"
	@mkdir -p $(EMULATORS)
	@cp $^ $(EMULATORS)
	@cd $(EMULATORS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

dynoxide: $(EMULATORS)/dynoxide/bin/dynoxide ## build a third emulator, where there is a Rust for it

$(EMULATORS)/dynoxide/bin/dynoxide: tools/emulators/dynoxide_install.sh
	@$< $(EMULATORS)/dynoxide

object_folders := $(BUILD)/obj $(LUA_VERSIONS:%=$(BUILD)/%/obj)
-include $(shell find $(object_folders) -name '*.d' 2>/dev/null)
