#ifndef DIRTWATCH_TESTS_STORE_ROOM_H
#define DIRTWATCH_TESTS_STORE_ROOM_H

/* What the tests of the store share. */

#include "daemon/store_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PROFILE "https://mastodon.example/@ada"
#define OTHER   "https://ada.example/"
#define ARENA_B (64u * 1024 * 1024)

/* A folder of its own for each test, and a name for a store in it. */
struct room {
	char dir[64];
	char path[96];
	struct arena *arena;
};

static inline int enter(void **state)
{
	struct room *room = calloc(1, sizeof *room);
	assert_non_null(room);
	(void)snprintf(room->dir, sizeof room->dir, "/tmp/dirtwatch-store-XXXXXX");
	assert_non_null(mkdtemp(room->dir));
	(void)snprintf(room->path, sizeof room->path, "%s/test.db", room->dir);
	room->arena = arena_new(ARENA_B);
	assert_non_null(room->arena);
	*state = room;
	return 0;
}

static inline int leave(void **state)
{
	struct room *room = *state;
	char command[128];
	(void)snprintf(command, sizeof command, "rm -rf %s", room->dir);
	arena_free(room->arena);
	free(room);
	return system(command);
}

static inline struct store *open_store(const char *path)
{
	struct store *store = NULL;
	assert_int_equal(store_open(path, true, &store), 0);
	return store;
}

static inline struct finding make_finding(const char *id, enum severity severity, double score)
{
	return (struct finding){
		.id = id,
		.rule = "unprofessional.badmouth.employer",
		.title = "badmouthing an employer",
		.class = CLASS_UNPROFESSIONAL,
		.category = "badmouth",
		.severity = severity,
		.score = score,
		.confidence = 0.75,
		.profile = PROFILE,
		.page = PROFILE "/outbox",
		.url = PROFILE "/1",
		.kind = KIND_REPLY,
		.published_s = 1709287200,
		.excerpt = "worst company ever",
		.mark_start = 0,
		.mark_end = 13,
		.why = "employers read it",
		.advice = "delete the post",
		.reasons = "high 60 × 0.75",
		.state = FINDING_OPENED,
		.opened_s = 100,
		.seen_s = 200,
		.missed = 1,
		.scan = "scan-1",
		.alerted = true,
		.asked_s = 50,
	};
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

#endif
