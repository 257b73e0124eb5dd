/* Sites that are not asked: what is known of them, and what is not taken for one of them. */
#include "daemon/base/limits.h"
#include "daemon/choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *name; /* why the row exists */
	const char *url;
	const char *source; /* as the config names it; NULL: it does not */
	const char *picked;
	enum verdict known; /* VERDICT_OK: it is asked */
	const char *says;   /* stands in the reason */
};

static const struct row rows[] = {
	{"X", "https://x.com/ada", NULL, "closed", VERDICT_LOGIN_WALL, "ask it for your data"},
	{"by its old name, on a phone", "https://mobile.twitter.com/ada", NULL, "closed",
		VERDICT_LOGIN_WALL, "X "},
	{"Instagram", "https://www.instagram.com/ada/", NULL, "closed", VERDICT_LOGIN_WALL,
		"Instagram"},
	{"Facebook", "https://www.facebook.com/ada.example", NULL, "closed", VERDICT_LOGIN_WALL,
		"Facebook"},
	{"on a phone", "https://m.facebook.com/profile.php?id=100001", NULL, "closed",
		VERDICT_LOGIN_WALL, "Facebook"},
	{"Threads", "https://www.threads.net/@ada", NULL, "closed", VERDICT_LOGIN_WALL, "Threads"},
	{"by its new name", "https://www.threads.com/@ada", NULL, "closed", VERDICT_LOGIN_WALL,
		"Threads"},
	{"TikTok", "https://www.tiktok.com/@ada", NULL, "closed", VERDICT_BLOCKED, "TikTok"},
	{"Quora", "https://www.quora.com/profile/Ada-Example", NULL, "closed", VERDICT_BLOCKED,
		"Quora"},
	{"Discord", "https://discord.com/users/80351110224678912", NULL, "closed",
		VERDICT_LOGIN_WALL, "no public profiles"},
	{"Twitch", "https://www.twitch.tv/ada", NULL, "closed", VERDICT_AUTH_REQUIRED,
		"registered programs"},
	{"a host that ends alike is another", "https://notx.com/ada", NULL, "page", VERDICT_OK, ""},
	{"so is one that begins alike", "https://x.com.ada.example/", NULL, "page", VERDICT_OK, ""},
	{"whoever wants to try all the same", "https://x.com/ada", "page", "page", VERDICT_OK, ""},
	{"and whoever knows of another one", "https://club.example/ada", "closed", "closed",
		VERDICT_LOGIN_WALL, "the config says"},
};

static void what_is_known_is_not_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new(16 * LIMIT_URL_B);
		const struct profile profile = {.url = rows[i].url, .source = rows[i].source};
		struct choice choice;
		assert_int_equal(choice_make(arena, &profile, NULL, &choice), 0);
		bool asked = choice.first.url != NULL;
		if (strcmp(choice.source->name, rows[i].picked) != 0 || !choice.why ||
			asked != (rows[i].known == VERDICT_OK))
			fail_msg("%s: %s, %s", rows[i].name, choice.source->name,
				asked ? choice.first.url : "not asked");
		if (!asked && (choice.known != rows[i].known || verdict_proves(choice.known) ||
				      !strstr(choice.known_why, rows[i].says)))
			fail_msg("%s: %s: %s", rows[i].name, verdict_name(choice.known),
				choice.known_why);
		arena_free(arena);
	}
}

static void a_url_that_is_none_is_refused(void **state)
{
	(void)state;
	struct arena *arena = arena_new(16 * LIMIT_URL_B);
	const struct profile profile = {.url = "x.com/ada"};
	struct choice choice;
	assert_int_equal(choice_make(arena, &profile, NULL, &choice), -EINVAL);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_is_not_asked),
		cmocka_unit_test(a_url_that_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
