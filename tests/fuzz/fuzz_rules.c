/* Any file as a rule set: loaded strictly, leniently and as a catalogue, tested, and scored with. */
#include "daemon/base/limits.h"
#include "patterns/score.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct ruleset *load(const struct ruleset_options *options)
{
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	char *told = NULL;
	size_t len;
	FILE *out = open_memstream(&told, &len);
	MUST(problems && out);
	int r = ruleset_load(options, problems, &set);
	MUST(r == 0 || r == RULESET_E_BAD);
	MUST((r == 0) == (set != NULL));
	MUST(r == 0 || problems_count(problems) + problems_notes(problems) > 0);
	problems_print(problems, out);
	MUST(fclose(out) == 0);
	free(told);
	problems_free(problems);
	return set;
}

static void cards_hold(const struct ruleset *set)
{
	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct rule_card *card = ruleset_card(set, i);
		MUST(card->id && card->title && card->category && card->class < CLASS_COUNT);
		MUST(card->severity < SEVERITY_COUNT && card->confidence >= 0 &&
			card->confidence <= 1);
		MUST(ruleset_find(set, card->id) == card);
	}
}

/* One post, and the set's own examples. */
static void use(const struct ruleset *set)
{
	static const char text[] =
		"Got so drunk at work on gin, f*ck the boss @initech \"no\" https://a.example/ 420";
	const struct post post = {.id = "1", .text = text, .len = strlen(text)};
	struct scorer *scorer;
	struct score score;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	size_t run, failed;
	FILE *out = fopen("/dev/null", "w");
	MUST(arena && out && scorer_new(set, &scorer) == 0);
	MUST(score_post(scorer, &post, 1700000000, arena, &score) == 0);
	score_holds(&score, &post, set);
	MUST(ruleset_test(set, out, &run, &failed) == 0 && failed <= run);
	MUST(fclose(out) == 0);
	scorer_free(scorer);
	arena_free(arena);
}

static const struct config *some_config(void)
{
	static const char text[] = "person:\n"
				   "  employer: {name: Initech, domains: [initech.example]}\n"
				   "  competitors: [{name: Globex, handles: [\"@globex\"]}]\n";
	static struct config *config;
	struct problems *problems = config ? NULL : problems_new();
	if (!config)
		MUST(config_load("dirtwatch.yaml", text, strlen(text), problems, &config) == 0);
	problems_free(problems);
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[32];
	static const char *const files[] = {path};
	struct ruleset_options options = {.config = some_config(), .files = {files, 1}};
	if (fd < 0) {
		fd = memfd_create("rules.yaml", 0);
		(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	MUST(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	struct ruleset *lenient = load(&options);
	options.catalogue = true;
	struct ruleset *catalogue = load(&options);
	options.catalogue = false;
	options.strict = true;
	struct ruleset *strict = load(&options);
	MUST(!strict || lenient); /* what is good is also good enough */
	if (lenient) {
		cards_hold(lenient);
		use(lenient);
	}
	if (lenient && catalogue)
		MUST(memcmp(ruleset_digest(lenient), ruleset_digest(catalogue),
			     sizeof(struct digest)) == 0);
	ruleset_free(strict);
	ruleset_free(catalogue);
	ruleset_free(lenient);
	return 0;
}
