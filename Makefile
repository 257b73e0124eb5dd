# dirtwatch: build, test, install.  `make help` says what there is.
#
# One non-recursive makefile.  Objects go to build/PROFILE/, where PROFILE is release, debug, asan
# (AddressSanitizer and UndefinedBehaviorSanitizer) or fuzz (clang's libFuzzer): make B=asan check.

B ?= release
O := build/$(B)
VERSION := 0.1.0

DESTDIR ?=
prefix ?= /usr/local
sysconfdir ?= $(if $(filter /usr,$(prefix)),/etc,$(prefix)/etc)
PYTHON ?= /usr/bin/python3

PKGS := libcurl gumbo yaml-0.1 libsystemd libpcre2-8 sqlite3 jansson expat libutf8proc libseccomp libcrypto
FOLDERS := daemon/base config crawlers/net crawlers crawlers/parse crawlers/sources patterns daemon

SOURCES := $(foreach d,$(FOLDERS),$(sort $(wildcard $(d)/*.c)))
HEADERS := $(foreach d,$(FOLDERS),$(sort $(wildcard $(d)/*.h)))
LIB_SOURCES := $(filter-out daemon/main.c,$(SOURCES))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(O)/%.o)
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
UNIT_TESTS := $(UNIT_SOURCES:tests/unit/%.c=$(O)/unit/%)
BENCH_SOURCES := $(sort $(wildcard tests/bench/*.c))
BENCHES := $(BENCH_SOURCES:tests/bench/%.c=$(O)/bench/%)

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
ifeq ($(B),fuzz)
CC := clang
endif
ifdef CI
WARN += -Werror
endif

ALL_CFLAGS = $(STD) $(WARN) $(CFLAGS_$(B)) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(B)) $(LDFLAGS)

.PHONY: all
all: $(O)/dirtwatch

$(O)/dirtwatch: $(O)/daemon/main.o $(LIB_OBJECTS)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Unit tests link the objects they need out of one archive, so a half-written module elsewhere does
# not stop them from being built.
$(O)/libdirtwatch.a: $(LIB_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(O)/unit/%: $(O)/tests/unit/%.o $(O)/libdirtwatch.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lcmocka

$(O)/bench/%: $(O)/tests/bench/%.o $(O)/libdirtwatch.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

.SECONDARY:

-include $(LIB_OBJECTS:.o=.d) $(O)/daemon/main.d $(UNIT_SOURCES:%.c=$(O)/%.d) $(BENCH_SOURCES:%.c=$(O)/%.d)

# One module's unit tests: make unit-config
.PHONY: unit unit-%
unit-%: $(O)/unit/test_%
	$<

unit: $(UNIT_TESTS)
	@fail=0; for t in $^; do $$t || fail=1; done; exit $$fail

.PHONY: clean
clean:
	rm -rf build
