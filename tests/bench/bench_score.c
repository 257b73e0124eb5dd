/*
 * How fast posts are scored, on one core: the shipped rules on real posts (../shared/corpora, where it is),
 * and made-up rule sets of growing size on made-up posts against PCRE2's JIT compiler, rule by rule.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "daemon/base/limits.h"
#include "patterns/scorer.h"

#include <jansson.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define POSTS_MAX 20000

struct posts {
	char *texts[POSTS_MAX];
	size_t count;
	size_t bytes;
};

static double cpu_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13; /* xorshift32 (Marsaglia) */
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void add_post(struct posts *posts, const char *text)
{
	if (posts->count == POSTS_MAX)
		return;
	posts->texts[posts->count] = strdup(text);
	if (!posts->texts[posts->count])
		abort();
	posts->count++;
	posts->bytes += strlen(text);
}

static void drop_posts(struct posts *posts)
{
	for (size_t i = 0; i < posts->count; i++)
		free(posts->texts[i]);
	posts->count = posts->bytes = 0;
}

static void read_corpus(struct posts *posts, const char *name)
{
	const char *root = getenv("DIRTWATCH_SHARED");
	char path[512];
	char *line = NULL;
	size_t room = 0;
	(void)snprintf(path, sizeof path, "%s/corpora/%s.jsonl", root ? root : "../shared", name);
	FILE *file = fopen(path, "r");
	while (file && getline(&line, &room, file) > 0) {
		json_t *post = json_loads(line, 0, NULL);
		const char *text = json_string_value(json_object_get(post, "text"));
		if (text)
			add_post(posts, text);
		json_decref(post);
	}
	free(line);
	if (file)
		(void)fclose(file);
}

/* ---- one set, one corpus ---- */

/* Score all posts; *@ret_hits counts findings.  Returns seconds. */
static double score_all(const struct ruleset *set, const struct posts *posts, size_t *ret_hits)
{
	struct scorer *scorer;
	*ret_hits = 0;
	if (scorer_new(set, &scorer) < 0)
		abort();
	double before = cpu_s();
	for (size_t i = 0; i < posts->count; i++) {
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		const struct post post = {.id = "post",
			.kind = KIND_POST,
			.text = posts->texts[i],
			.len = strlen(posts->texts[i])};
		struct score score;
		if (!arena || score_post(scorer, &post, 0, arena, &score) < 0)
			abort();
		*ret_hits += score.n_hits;
		arena_free(arena);
	}
	double took = cpu_s() - before;
	scorer_free(scorer);
	return took;
}

static struct ruleset *load(const char *folder, double *ret_s)
{
	static const struct config config;
	const struct ruleset_options options = {.config = &config, .folders = {&folder, 1}};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	double before = cpu_s();
	if (!problems || ruleset_load(&options, problems, &set) != 0) {
		(void)fprintf(stderr, "%s can not be loaded\n", folder);
		if (problems)
			problems_print(problems, stderr);
	}
	*ret_s = cpu_s() - before;
	problems_free(problems);
	return set;
}

static void bench_shipped(void)
{
	static const char *const corpora[] = {
		"tweeteval_offensive_train", "hn_titles", "corporate", "agnews", "toxicr"};
	double load_s;
	struct ruleset *set = load("patterns/rules", &load_s);
	if (!set)
		return;
	(void)printf("shipped: %zu rules loaded in %.0f ms\n", ruleset_count(set), load_s * 1e3);
	for (size_t i = 0; i < sizeof corpora / sizeof corpora[0]; i++) {
		struct posts posts = {.count = 0};
		size_t hits;
		read_corpus(&posts, corpora[i]);
		if (posts.count > 0) {
			double took = score_all(set, &posts, &hits);
			(void)printf("  %-26s %6zu posts of %3zu bytes  %8.0f posts/s  %6.1f MB/s  "
				     "%zu findings\n",
				corpora[i], posts.count, posts.bytes / posts.count,
				(double)posts.count / took, (double)posts.bytes / took / 1e6, hits);
		}
		drop_posts(&posts);
	}
	ruleset_free(set);
}

/* ---- made-up sets ---- */

/* The @i-th of the made-up words: syllables of two letters. */
static void make_word(size_t i, char *out)
{
	static const char consonants[] = "bcdfghjklmnprstvw";
	static const char vowels[] = "aeiou";
	size_t len = 0;
	for (size_t n = i * 7919 + 11, k = 0; k < 3; k++, n /= 85) {
		out[len++] = consonants[n % 17];
		out[len++] = vowels[n / 17 % 5];
	}
	out[len] = '\0';
}

/* Words, alternatives, phrases, gaps, prefixes: what rules are made of. */
static void make_pattern(size_t i, char *out, size_t room)
{
	char a[8];
	char b[8];
	char c[8];
	make_word(3 * i, a);
	make_word(3 * i + 1, b);
	make_word(3 * i + 2, c);
	switch (i % 5) {
	case 0:
		(void)snprintf(out, room, "\\b%s\\b", a);
		break;
	case 1:
		(void)snprintf(out, room, "\\b(?:%s|%s|%s)(?:s|ed)?\\b", a, b, c);
		break;
	case 2:
		(void)snprintf(out, room, "\\b%s\\s+%s\\b", a, b);
		break;
	case 3:
		(void)snprintf(out, room, "\\b%s\\b.{0,40}\\b%s\\b", a, b);
		break;
	default:
		(void)snprintf(out, room, "\\b%s\\w*(?! %s)", a, b);
		break;
	}
}

static void make_posts(struct posts *posts, size_t count, size_t n_words)
{
	uint32_t seed = 20261123;
	for (size_t i = 0; i < count; i++) {
		char text[256];
		size_t len = 0;
		while (len < 110) {
			char word[8];
			make_word(next_random(&seed) % n_words, word);
			len += (size_t)snprintf(
				text + len, sizeof text - len, "%s%s", len ? " " : "", word);
		}
		add_post(posts, text);
	}
}

static struct ruleset *make_set(size_t count, double *ret_s)
{
	char folder[] = "/tmp/dirtwatch-bench-XXXXXX";
	char path[64];
	if (!mkdtemp(folder))
		abort();
	(void)snprintf(path, sizeof path, "%s/rules.yaml", folder);
	FILE *file = fopen(path, "w");
	if (!file)
		abort();
	(void)fprintf(file, "dirtwatch_patterns: 1\ncategories: {c: {title: C, class: illegal, "
			    "severity: low}}\nrules:\n");
	for (size_t i = 0; i < count; i++) {
		char pattern[256];
		make_pattern(i, pattern, sizeof pattern);
		(void)fprintf(file, "  - {id: r%zu, category: c, views: [plain], pattern: '%s'}\n",
			i, pattern);
	}
	(void)fclose(file);
	struct ruleset *set = load(folder, ret_s);
	(void)unlink(path);
	(void)rmdir(folder);
	return set;
}

/* The peer: each expression compiled to machine code, tried on each post. */
static double match_each(size_t n_rules, const struct posts *posts, size_t *ret_hits)
{
	pcre2_code **codes = calloc(n_rules, sizeof(pcre2_code *));
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	*ret_hits = 0;
	if (!codes || !data)
		abort();
	for (size_t i = 0; i < n_rules; i++) {
		char pattern[256];
		int error;
		PCRE2_SIZE at;
		make_pattern(i, pattern, sizeof pattern);
		codes[i] = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &at, NULL);
		if (!codes[i])
			abort();
		(void)pcre2_jit_compile(
			codes[i], PCRE2_JIT_COMPLETE); /* interpreted, if it must be */
	}
	double before = cpu_s();
	for (size_t p = 0; p < posts->count; p++) {
		for (size_t i = 0; i < n_rules; i++)
			*ret_hits += pcre2_match(codes[i], (PCRE2_SPTR)posts->texts[p],
					     strlen(posts->texts[p]), 0, PCRE2_NO_UTF_CHECK, data,
					     NULL) > 0;
	}
	double took = cpu_s() - before;
	for (size_t i = 0; i < n_rules; i++)
		pcre2_code_free(codes[i]);
	pcre2_match_data_free(data);
	free(codes);
	return took;
}

static void bench_made_up(size_t n_rules)
{
	struct posts posts = {.count = 0};
	struct posts few = {.count = 0};
	double load_s;
	size_t hits;
	size_t few_hits;
	size_t peer_hits;
	struct ruleset *set = make_set(n_rules, &load_s);
	if (!set)
		return;
	make_posts(&posts, POSTS_MAX, 60000);
	make_posts(&few, 2000000 / n_rules, 60000);
	double took = score_all(set, &posts, &hits);
	(void)score_all(set, &few, &few_hits);
	double peer = match_each(n_rules, &few, &peer_hits);
	double per_post = took / (double)posts.count;
	double peer_per_post = peer / (double)few.count;
	(void)printf("%5zu rules: loaded in %5.1f ms; %8.0f posts/s; PCRE2 JIT rule by rule %7.0f "
		     "posts/s: %.0f times; "
		     "hits %zu and %zu\n",
		n_rules, load_s * 1e3, 1 / per_post, 1 / peer_per_post, peer_per_post / per_post,
		few_hits, peer_hits);
	drop_posts(&posts);
	drop_posts(&few);
	ruleset_free(set);
}

int main(void)
{
	static const size_t sizes[] = {100, 1000, 5000};
	struct rusage usage;
	bench_shipped();
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		bench_made_up(sizes[i]);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("resident at most: %ld MB\n", usage.ru_maxrss / 1024);
	return 0;
}
