/*
 * What the reader's process costs: one page of 54 kB that gives 20 posts, read in this process and
 * through the pool, in turns, so that both meet the same machine.  The reading itself is the same
 * small work in both (a copy of the text), so the difference is memfd, packets, sandbox and checks.
 */
#include "daemon/message.h"
#include "daemon/role.h"
#include "tests/unit/reader_doubles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE_B 54000
#define POSTS  20
#define POST_B 200
#define TURNS  21
#define PAGES  200

static struct ruleset rules = {.digest = {"00112233445566778899aabbccddeeff"}, .count = 5};
static char body[PAGE_B];

static int read_here(const struct page *page, struct reading *ret, void *userdata)
{
	(void)userdata;
	int r = extract_init(&ret->extract);
	if (r < 0)
		return r;
	struct arena *arena = ret->extract.arena;
	ret->scores = arena_array(arena, POSTS, sizeof *ret->scores);
	if (!ret->scores)
		return -ENOMEM;
	for (size_t i = 0; i < POSTS; i++) {
		struct post *post;
		r = extract_add_post(&ret->extract, &post);
		if (r < 0)
			return r;
		const char *from = (const char *)page->body + i * POST_B;
		*post = (struct post){
			.id = page->url, .text = arena_copy(arena, from, POST_B), .len = POST_B};
		if (!post->text)
			return -ENOMEM;
	}
	return 0;
}

static double now_us(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void count_up(const struct reading *reading, const char *why, bool poison, void *userdata)
{
	(void)poison;
	if (!reading || reading->extract.n_posts != POSTS) {
		(void)fprintf(
			stderr, "bench_reader: unread: %s\n", why ? why : "posts are missing");
		exit(1);
	}
	++*(size_t *)userdata;
}

/* One page after the other: what a single profile's scan waits for. */
static double through_pool(sd_event *event, struct reader *reader, const struct page *page)
{
	double start = now_us();
	for (size_t i = 0; i < PAGES; i++) {
		size_t done = 0;
		if (read_page(reader, page, count_up, &done, NULL) < 0)
			exit(1);
		while (done == 0) {
			if (sd_event_run(event, UINT64_MAX) < 0)
				exit(1);
		}
	}
	return (now_us() - start) / PAGES;
}

static double in_process(const struct page *page)
{
	double start = now_us();
	for (size_t i = 0; i < PAGES; i++) {
		struct reading reading = {0};
		if (read_here(page, &reading, NULL) < 0)
			exit(1);
		reading_release(&reading);
	}
	return (now_us() - start) / PAGES;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, TURNS, sizeof *values, by_value);
	return values[TURNS / 2];
}

/* From nothing to the first reading: exec, warming up, sandbox. */
static double start_up(
	sd_event *event, const struct reader_options *options, const struct page *page)
{
	struct reader *reader;
	size_t done = 0;
	double start = now_us();
	if (reader_new(event, options, &reader) < 0 ||
		read_page(reader, page, count_up, &done, NULL) < 0)
		exit(1);
	while (done == 0) {
		if (sd_event_run(event, UINT64_MAX) < 0)
			exit(1);
	}
	double took = now_us() - start;
	reader_free(reader);
	return took;
}

static void measure(sd_event *event)
{
	static const char *const args[] = {NULL};
	const struct reader_options options = {.program = "/proc/self/exe",
		.ruleset = &rules,
		.digest = rules.digest,
		.rule_args = args,
		.processes = 1};
	const struct page page = {.url = "https://a.example/",
		.final_url = "https://a.example/",
		.profile = "https://a.example/",
		.source = "page",
		.status = 200,
		.body = body,
		.body_len = sizeof body};
	struct reader *reader;
	double pool[TURNS];
	double here[TURNS];
	double start[TURNS];
	if (reader_new(event, &options, &reader) < 0)
		exit(1);
	(void)through_pool(event, reader, &page);
	for (size_t i = 0; i < TURNS; i++) {
		here[i] = in_process(&page);
		pool[i] = through_pool(event, reader, &page);
		start[i] = start_up(event, &options, &page);
	}
	reader_free(reader);
	double a = median(here);
	double b = median(pool);
	(void)printf("reader: a page of %d B in this process %.1f us, through the reader %.1f us: "
		     "%.1f us more\n",
		PAGE_B, a, b, b - a);
	(void)printf("reader: start to first answer %.1f ms\n", median(start) / 1000);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "--role") == 0) {
		const struct role role = {.digest = rules.digest, .read = read_here};
		return role_serve(&role) < 0 ? 1 : 0;
	}
	memset(body, 'x', sizeof body);
	sd_event *event;
	if (sd_event_new(&event) < 0)
		return 1;
	measure(event);
	sd_event_unref(event);
	return 0;
}
