# dirtwatch: build, test, install.  `make help` says what there is.
#
# One non-recursive makefile.  Objects go to build/PROFILE/, where PROFILE is release, debug, asan
# (AddressSanitizer and UndefinedBehaviorSanitizer), fuzz (clang's libFuzzer) or msan: make B=asan check.

B ?= release
O := build/$(B)
VERSION := 0.1.0

DESTDIR ?=
prefix ?= /usr/local
# systemd gives a unit its configuration below /etc whatever the prefix.
sysconfdir ?= /etc
PYTHON ?= /usr/bin/python3

PKGS := libcurl zlib libbrotlidec libzstd gumbo yaml-0.1 libsystemd libpcre2-8 sqlite3 jansson expat libutf8proc libseccomp libcrypto
FOLDERS := daemon/base config crawlers/net crawlers crawlers/parse crawlers/sources patterns daemon

SOURCES := $(foreach d,$(FOLDERS),$(sort $(wildcard $(d)/*.c)))
HEADERS := $(foreach d,$(FOLDERS),$(sort $(wildcard $(d)/*.h)))
LIB_SOURCES := $(filter-out daemon/main.c,$(SOURCES))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(O)/%.o)
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
UNIT_TESTS := $(UNIT_SOURCES:tests/unit/%.c=$(O)/unit/%)
BENCH_SOURCES := $(sort $(wildcard tests/bench/bench_*.c))
BENCHES := $(BENCH_SOURCES:tests/bench/%.c=$(O)/bench/%)
PRELOADS := $(patsubst tests/faults/%.c,build/release/faults/%.so,$(wildcard tests/faults/*.c))
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
REPLAYS := $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=$(O)/replay/fuzz_%)
JOBS ?= $(shell nproc)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wnull-dereference -Wno-format-nonliteral
CPPFLAGS += -D_GNU_SOURCE -I. -DDIRTWATCH_VERSION='"$(VERSION)"' -DDIRTWATCH_PREFIX='"$(prefix)"' \
	-DDIRTWATCH_SYSCONFDIR='"$(sysconfdir)"'
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS = $(shell pkg-config --libs $(PKGS))
STD := -std=gnu17 -fno-strict-aliasing -fno-common
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

CFLAGS_release := -O2 -g -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -fPIE
LDFLAGS_release := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
CFLAGS_debug := -O0 -g3
CFLAGS_asan := -O1 -g $(SAN)
LDFLAGS_asan := $(SAN)
CFLAGS_fuzz := -O1 -g $(SAN) -fsanitize=fuzzer-no-link -DFUZZING
LDFLAGS_fuzz := $(SAN)
CFLAGS_msan := -O1 -g -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer
LDFLAGS_msan := -fsanitize=memory
ifneq ($(filter $(B),fuzz msan),)
CC := clang
endif
ifdef CI
WARN += -Werror
endif

ALL_CFLAGS = $(STD) $(WARN) $(CFLAGS_$(B)) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(B)) $(LDFLAGS)

# One short line a file; V=1 shows the commands.
V ?=
Q := $(if $(V),,@)
say = $(if $(V),@:,@echo "  $@")

.PHONY: all
all: $(O)/dirtwatch
.DEFAULT_GOAL := all

$(O)/dirtwatch: $(O)/daemon/main.o $(LIB_OBJECTS)
	$(say)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

$(O)/%.o: %.c
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Unit tests link the objects they need out of one archive, so a half-written module elsewhere does
# not stop them from being built.
$(O)/libdirtwatch.a: $(LIB_OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(O)/unit/%: $(O)/tests/unit/%.o $(O)/libdirtwatch.a
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm -lcmocka -lbrotlienc

$(O)/bench/%: $(O)/tests/bench/%.o $(O)/libdirtwatch.a
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

# A fuzz target run over its seeds once, by any compiler; and the real one, by clang.
$(O)/replay/%: $(O)/tests/fuzz/%.o $(O)/tests/fuzz/holds.o $(O)/tests/fuzz/replay.o $(O)/libdirtwatch.a
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

$(O)/fuzz/%: $(O)/tests/fuzz/%.o $(O)/tests/fuzz/holds.o $(O)/libdirtwatch.a
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS) -lpthread -lm

.SECONDARY:

-include $(LIB_OBJECTS:.o=.d) $(O)/daemon/main.d $(UNIT_SOURCES:%.c=$(O)/%.d) $(BENCH_SOURCES:%.c=$(O)/%.d) \
	$(patsubst %.c,$(O)/%.d,$(wildcard tests/fuzz/*.c))

# ---- tests --------------------------------------------------------------------------------------

# One module's unit tests: make unit-config
.PHONY: unit unit-%
unit-%: $(O)/unit/test_%
	$<

# What the library is linked with, for tests that link it themselves.
.PHONY: print-libs
print-libs:
	@echo $(PKG_LIBS)

unit: $(UNIT_TESTS)
	@fail=0; for t in $^; do $$t || fail=1; done; exit $$fail

# Everything: unit tests (as built, and under the sanitizers), the rules' own tests, fuzz seeds,
# scenarios against real servers, a real journal and a booted systemd.  With B=asan: the unit tests
# and fuzz seeds under the sanitizers alone.
.PHONY: check check-release check-asan tests-built
ifeq ($(B),asan)
check: test-deps
	+$(MAKE) --no-print-directory check-asan
else
check: test-deps
	+$(MAKE) --no-print-directory -j$(JOBS) tests-built
	+$(MAKE) --no-print-directory -j$(JOBS) B=asan tests-built
	+$(MAKE) --no-print-directory layers doors
	$(PYTHON) tests/run.py
endif

check-asan:
	+$(MAKE) --no-print-directory -j$(JOBS) B=asan tests-built
	$(PYTHON) tests/run.py asan

tests-built: $(O)/dirtwatch $(UNIT_TESTS) $(REPLAYS) $(PRELOADS)

# What the scenarios preload into the program to take its memory away or to set its clock.
$(O)/faults/%.so: tests/faults/%.c
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(STD) $(WARN) -D_GNU_SOURCE -O2 -shared -fPIC -o $@ $<

# The daemon killed 200 times over, where check does so 25 times (make check-faults KILLS=1000), and memory
# that runs out at every place of a scan, where check tries one in sixteen.
KILLS ?= 200
.PHONY: check-faults
check-faults: $(O)/dirtwatch $(PRELOADS)
	DIRTWATCH_KILLS=$(KILLS) DIRTWATCH_PLACES_STEP=1 $(PYTHON) -m pytest -q -p no:cacheprovider \
		tests/scenario/test_store_faults.py tests/scenario/test_memory_faults.py -k "killed or memory_at"

# Posts written, edited and deleted on real servers (MediaWiki, WordPress, Bluesky), through their own interfaces,
# and what comes of it followed; root, Debian's archive and npm are needed: make check-servers SERVERS=wordpress
SERVERS ?=
.PHONY: check-servers
check-servers: test-deps $(O)/dirtwatch
	$(PYTHON) tests/servers/check.py build/servers $(SERVERS)

# Thousands of profiles, weeks of a fake clock, every fault at random: make soak T=600
.PHONY: soak
soak: $(O)/dirtwatch $(O)/soak/soak
	$(O)/soak/soak $(CURDIR)/$(O)/dirtwatch $(T)

$(O)/soak/soak: $(O)/tests/soak/soak.o $(O)/tests/soak/site.o $(O)/libdirtwatch.a
	$(say)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

.PHONY: bench
bench: $(BENCHES)
	@for b in $^; do $$b || exit 1; done

# Figures on labelled posts (CORPUS: a folder of NAME.jsonl and README.md), in build/quality; and the
# weights of patterns/rules/90-phrases.yaml, fitted on them.
CORPUS ?= ../shared/corpora
.PHONY: quality fit
quality: $(O)/dirtwatch
	$(PYTHON) tests/tools/quality.py --binary $< --rules patterns/rules --out build/quality $(CORPUS)

fit: fit-deps $(O)/bench/phraselines $(O)/bench/scorelines
	$(PYTHON) tests/tools/fit.py --bench $(O)/bench --corpora $(CORPUS)

# A fuzz target alone (make fuzz-charset T=60), or all of them one after another (make fuzz T=60).
T ?= 60
.PHONY: fuzz fuzz-%
fuzz-%:
	+$(MAKE) --no-print-directory -j$(JOBS) B=fuzz build/fuzz/fuzz/fuzz_$*
	@mkdir -p build/fuzz/corpus/$* build/fuzz/found
	build/fuzz/fuzz/fuzz_$* -max_total_time=$(T) -timeout=10 -rss_limit_mb=2048 -close_fd_mask=1 \
		$(addprefix -dict=,$(wildcard tests/fuzz/dict/$*.dict)) -artifact_prefix=build/fuzz/found/$*- \
		build/fuzz/corpus/$* $(wildcard tests/fuzz/seeds/$* tests/fuzz/crashes/$*)

fuzz: $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=fuzz-%)

# Memory that is read before it is written: clang's MemorySanitizer where no library takes part that
# was built without it, valgrind for the others (glibc's own converters read a word at a time).
MSAN_TARGETS := charset date robots text
.PHONY: fuzz-memory
fuzz-memory: $(filter-out $(MSAN_TARGETS:%=$(O)/replay/fuzz_%),$(REPLAYS))
	@tests/tools/install.sh valgrind clang libclang-rt-14-dev
	+$(MAKE) --no-print-directory -j$(JOBS) B=msan $(MSAN_TARGETS:%=build/msan/replay/fuzz_%)
	@fail=0; for t in $(MSAN_TARGETS); do echo $$t; build/msan/replay/fuzz_$$t \
		$$(ls -d tests/fuzz/seeds/$$t tests/fuzz/crashes/$$t 2>/dev/null) || fail=1; done; \
	for t in $(patsubst $(O)/replay/fuzz_%,%,$^); do echo $$t; nice -n 19 valgrind -q --error-exitcode=1 \
		$(O)/replay/fuzz_$$t $$(ls -d tests/fuzz/seeds/$$t tests/fuzz/crashes/$$t 2>/dev/null) || fail=1; done; exit $$fail

# What the seeds and the fuzzers' finds become when parts of them are repeated up to 100 kB: nothing
# may take a second.
.PHONY: fuzz-grown
fuzz-grown: $(REPLAYS)
	@fail=0; for t in $(REPLAYS:$(O)/replay/fuzz_%=%); do echo $$t; \
		nice -n 19 $(O)/replay/fuzz_$$t --grow $$(ls -d tests/fuzz/seeds/$$t tests/fuzz/crashes/$$t \
			build/fuzz/corpus/$$t 2>/dev/null) || fail=1; done; exit $$fail

# ---- what the code is held to -------------------------------------------------------------------

C_FILES = $(SOURCES) $(HEADERS) $(wildcard tests/unit/*.c tests/unit/*.h tests/fuzz/*.[ch] tests/bench/*.c tests/faults/*.c tests/soak/*.[ch])

# clang-format, clang-tidy, cppcheck, gcc -fanalyzer, length and complexity of functions, includes;
# scripts and man pages.
.PHONY: lint format lint-format lint-tidy lint-cppcheck lint-analyzer lint-scripts lint-man complexity
lint: lint-deps
	+$(MAKE) --no-print-directory -j$(JOBS) -k lint-format complexity layers doors lint-cppcheck \
		lint-scripts lint-man lint-tidy lint-analyzer
	@echo "lint: clean"

format:
	clang-format -i $(C_FILES)

lint-format:
	@clang-format --dry-run --Werror $(C_FILES)

complexity:
	@$(PYTHON) tests/tools/complexity.py $(SOURCES)

# cppcheck reads no header of the system, but must know jansson's loops.
JANSSON_H = $(shell pkg-config --variable=includedir jansson)/jansson.h

lint-cppcheck:
	@cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
		--include=$(JANSSON_H) --suppress='*:$(JANSSON_H)' \
		--suppress=missingIncludeSystem --error-exitcode=1 -D_GNU_SOURCE -I. \
		-DMUST_CHECK= -DDIRTWATCH_VERSION='""' $(SOURCES)

lint-tidy: $(SOURCES:%.c=$(O)/lint/%.tidy)
lint-analyzer: $(SOURCES:%.c=$(O)/lint/%.analyzed)

# Anew when the object is: make knows of which headers that is made.
$(O)/lint/%.tidy: $(O)/%.o .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $*.c -- $(CPPFLAGS) $(STD) $(PKG_CFLAGS) 2>/dev/null
	@touch $@

$(O)/lint/%.analyzed: $(O)/%.o
	@mkdir -p $(@D)
	@gcc $(CPPFLAGS) $(STD) $(WARN) -Werror -O2 -fanalyzer $(PKG_CFLAGS) -c -o $@ $*.c

# SHELL_FILES: the demo's script has no ending.  SC2317 takes a trap's function for unreachable.
PYTHON_FILES = $(wildcard config/demo/*.py tests/*.py tests/*/*.py tests/*/*/*.py)
SHELL_FILES = $(wildcard config/demo/run tests/*/*.sh)

lint-scripts:
	@$(PYTHON) -m pyflakes $(PYTHON_FILES)
	@$(PYTHON) tests/tools/widths.py $(PYTHON_FILES) $(SHELL_FILES)
	shellcheck --exclude=SC2317 $(SHELL_FILES)

lint-man:
	mandoc -T lint -W warning config/dirtwatch.8 config/dirtwatch.yaml.5 patterns/dirtwatch-patterns.5 \
		crawlers/dirtwatch-walls.5

# Includes go only to the left: daemon/base <- config <- crawlers | patterns <- daemon.
.PHONY: layers doors
layers:
	$(PYTHON) tests/tools/layers.py

# Parsers of fetched bytes are called only where the reader runs.
doors: $(O)/dirtwatch
	$(PYTHON) tests/tools/check_doors.py $(O)

# ---- running and installing -----------------------------------------------------------------------

# The main job on the built-in defaults: a small site of our own, served over HTTP on loopback.
.PHONY: demo
demo: deps
	+$(MAKE) --no-print-directory -j$(JOBS) all
	PYTHON=$(PYTHON) config/demo/run $(O)/dirtwatch build/demo

bindir = $(prefix)/bin
unitdir = $(prefix)/lib/systemd/system
userunitdir = $(prefix)/lib/systemd/user
catalogdir = $(prefix)/lib/systemd/catalog
sysusersdir = $(prefix)/lib/sysusers.d
datadir = $(prefix)/share/dirtwatch
mandir = $(prefix)/share/man

.PHONY: install
install: $(O)/dirtwatch
	install -D -m 755 $(O)/dirtwatch $(DESTDIR)$(bindir)/dirtwatch
	install -d $(DESTDIR)$(unitdir) $(DESTDIR)$(datadir)/patterns $(DESTDIR)$(sysconfdir)/dirtwatch/patterns.d
	sed 's|@bindir@|$(bindir)|' dirtwatch.service >$(DESTDIR)$(unitdir)/dirtwatch.service
	chmod 644 $(DESTDIR)$(unitdir)/dirtwatch.service
	install -d $(DESTDIR)$(userunitdir)
	sed -f config/user-unit.sed $(DESTDIR)$(unitdir)/dirtwatch.service >$(DESTDIR)$(userunitdir)/dirtwatch.service
	chmod 644 $(DESTDIR)$(userunitdir)/dirtwatch.service
	install -D -m 644 config/dirtwatch.catalog $(DESTDIR)$(catalogdir)/dirtwatch.catalog
	install -D -m 644 config/dirtwatch.sysusers $(DESTDIR)$(sysusersdir)/dirtwatch.conf
	install -m 644 patterns/rules/*.yaml $(DESTDIR)$(datadir)/patterns/
	install -m 644 crawlers/walls.yaml $(DESTDIR)$(datadir)/
	install -D -m 644 config/dirtwatch.8 $(DESTDIR)$(mandir)/man8/dirtwatch.8
	install -D -m 644 config/dirtwatch.yaml.5 $(DESTDIR)$(mandir)/man5/dirtwatch.yaml.5
	install -D -m 644 patterns/dirtwatch-patterns.5 $(DESTDIR)$(mandir)/man5/dirtwatch-patterns.5
	install -D -m 644 crawlers/dirtwatch-walls.5 $(DESTDIR)$(mandir)/man5/dirtwatch-walls.5
	[ -e $(DESTDIR)$(sysconfdir)/dirtwatch/dirtwatch.yaml ] || \
		install -m 644 config/dirtwatch.yaml $(DESTDIR)$(sysconfdir)/dirtwatch/dirtwatch.yaml

# ---- what Debian 12 has to have -------------------------------------------------------------------

DEPS := gcc make pkg-config python3 libcurl4-openssl-dev zlib1g-dev libbrotli-dev libzstd-dev libgumbo-dev libyaml-dev libsystemd-dev \
	libpcre2-dev libsqlite3-dev libjansson-dev libexpat1-dev libutf8proc-dev libseccomp-dev libssl-dev
TEST_DEPS := libcmocka-dev python3-pytest nginx-light openssl systemd systemd-sysv util-linux iproute2 \
	procps dbus libpam-systemd mandoc
LINT_DEPS := clang clang-format clang-tidy cppcheck pmccabe libclang-rt-14-dev shellcheck python3-pyflakes

FIT_DEPS := python3-sklearn

.PHONY: deps test-deps lint-deps fit-deps
deps:
	@tests/tools/install.sh $(DEPS)

test-deps:
	@tests/tools/install.sh $(DEPS) $(TEST_DEPS)

lint-deps:
	@tests/tools/install.sh $(DEPS) $(TEST_DEPS) $(LINT_DEPS)

fit-deps:
	@tests/tools/install.sh $(DEPS) $(FIT_DEPS)

.PHONY: clean help
clean:
	rm -rf build

help:
	@sed -n 's/^# //p' Makefile | head -3
	@echo "make            build/release/dirtwatch        make demo     the main job on a demo site"
	@echo "make check      every test                     make check B=asan   unit tests, sanitized"
	@echo "make unit-NAME  one module's unit tests        make bench    figures, against peers"
	@echo "make check-faults  killed 200 times, out of memory everywhere"
	@echo "make check-servers  posts on real servers, followed; SERVERS=, needs root"
	@echo "make soak T=600  10,000 profiles, simulated weeks, every fault at random"
	@echo "make fuzz T=60  each fuzz target for T s       make lint     format, analysers, layers"
	@echo "make quality    figures on labelled posts      make fit      weights of phrases; CORPUS="
	@echo "make install    DESTDIR=, prefix=, sysconfdir= make clean"
