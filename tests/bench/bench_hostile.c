/*
 * How the cost of pages made to keep a reader busy grows: each is read at half its size and at the whole, in
 * turns, and beside a page of plain paragraphs of the same size.  A growth of 2 is linear; the budgets of dom.h
 * (a deadline for Gumbo, steps for our own walks) end what grows faster, and then it falls again.
 */
#include "crawlers/source.h"
#include "daemon/base/limits.h"
#include "tests/unit/hostile_pages.h"
#include "tests/unit/shipped_walls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TURNS 3
#define URL   "https://ada.example/"

static double processor_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds of one reading of @page, @page_b bytes long. */
static double read_once(const struct hostile_page *page, size_t page_b)
{
	struct buf html = BUF_INIT(LIMIT_PAGE_B);
	if (hostile_page_write(page, page_b, &html) != 0)
		exit(1);
	const struct page asked = {.url = URL,
		.final_url = URL,
		.profile = URL,
		.source = "page",
		.status = 200,
		.content_type = "text/html; charset=utf-8",
		.body = html.data,
		.body_len = html.len};
	struct extract extract;
	double start = processor_s();
	int r = source_read(shipped_walls(), &asked, &extract);
	double took = processor_s() - start;
	if (r < 0 && r != -ENOMEM) /* that a budget was used up is what some are made for */
		exit(1);
	extract_release(&extract);
	buf_release(&html);
	return took;
}

static double best(const struct hostile_page *page, size_t page_b)
{
	double least = read_once(page, page_b);
	for (size_t turn = 1; turn < TURNS; turn++) {
		double took = read_once(page, page_b);
		least = took < least ? took : least;
	}
	return least;
}

int main(void)
{
	static const struct hostile_page plain = {
		"plain paragraphs", "", "<p>A paragraph with some plain words in it.</p>\n", 0};
	(void)printf("%-40s %8s %8s %9s\n", "hostile page", "ms", "growth", "to plain");
	for (size_t i = 0; i < sizeof hostile_pages / sizeof hostile_pages[0]; i++) {
		const struct hostile_page *page = &hostile_pages[i];
		double whole = best(page, page->page_b);
		double half = best(page, page->page_b / 2);
		(void)printf("%-40s %8.1f %8.1f %9.1f\n", page->why, whole * 1e3, whole / half,
			whole / best(&plain, page->page_b));
	}
	return 0;
}
