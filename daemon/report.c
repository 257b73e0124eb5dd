#include "daemon/report.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/json_line.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for any one string of an event once it is cleaned. */
#define SHOWN_B (64u * 1024)

struct report {
	FILE *out;
	bool json;
	bool color;
	bool quiet;
	bool verbose;
	enum severity fail_on;
	json_t *findings; /* arrays of events */
	json_t *profiles;
	json_t *scan; /* NULL until it came */
	bool failing; /* a finding at or above fail_on */
	bool unverified;
	bool lost; /* out of memory: the report is not whole */
};

int report_new(const struct options *options, FILE *out, struct report **ret)
{
	struct report *report = calloc(1, sizeof *report);
	if (!report)
		return -ENOMEM;
	const char *no_color = getenv("NO_COLOR"); /* https://no-color.org */
	bool can_color = isatty(fileno(out)) && !(no_color && no_color[0]);
	*report = (struct report){
		.out = out,
		.json = options->format == FORMAT_JSON,
		.color =
			options->color == WHEN_ALWAYS || (options->color == WHEN_AUTO && can_color),
		.quiet = options->quiet,
		.verbose = options->verbose,
		.fail_on = options->fail_on,
		.findings = json_array(),
		.profiles = json_array(),
	};
	if (!report->findings || !report->profiles) {
		report_free(report);
		return -ENOMEM;
	}
	*ret = report;
	return 0;
}

struct report *report_free(struct report *report)
{
	if (!report)
		return NULL;
	json_decref(report->findings);
	json_decref(report->profiles);
	json_decref(report->scan);
	free(report);
	return NULL;
}

/* ---- reading events ---- */

static const char *get(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));
	return text ? text : "";
}

static json_int_t number(const json_t *event, const char *key)
{
	return json_integer_value(json_object_get(event, key));
}

static enum severity severity_in(const json_t *event)
{
	enum severity severity;
	return severity_parse(get(event, "severity"), &severity) ? severity : SEVERITY_NONE;
}

static void keep(struct report *report, json_t *list, const json_t *event)
{
	json_t *copy = json_copy((json_t *)event);
	if (!copy || json_array_append_new(list, copy) < 0)
		report->lost = true;
}

static void take(const json_t *event, void *userdata)
{
	struct report *report = userdata;
	const char *type = get(event, "type");
	if (strcmp(type, "finding") == 0) {
		report->failing |= severity_in(event) >= report->fail_on;
		keep(report, report->findings, event);
	} else if (strcmp(type, "profile") == 0) {
		/* A post that could not be scored is as little proven as a page that could not be read. */
		report->unverified |= !json_is_true(json_object_get(event, "verified")) ||
				      number(json_object_get(event, "coverage"), "unscored") > 0;
		keep(report, report->profiles, event);
	} else if (strcmp(type, "scan") == 0) {
		json_decref(report->scan);
		report->scan = json_copy((json_t *)event);
		report->lost |= !report->scan;
	}
	if (report->json && json_line_print(event, report->out) < 0)
		report->lost = true;
}

struct sink report_sink(struct report *report)
{
	return (struct sink){.emit = take, .userdata = report, .posts = report->json};
}

/* ---- text ---- */

static const char *const colors[SEVERITY_COUNT] = {
	[SEVERITY_NONE] = "",
	[SEVERITY_INFO] = "\x1b[2m",
	[SEVERITY_LOW] = "\x1b[36m",
	[SEVERITY_MEDIUM] = "\x1b[33m",
	[SEVERITY_HIGH] = "\x1b[31m",
	[SEVERITY_CRITICAL] = "\x1b[1;31m",
};

static const char *paint(const struct report *report, const char *code)
{
	return report->color ? code : "";
}

/* A stranger's text, so that it can do nothing to the terminal. */
static void print_clean(struct report *report, const char *text, size_t len)
{
	struct buf shown = BUF_INIT(SHOWN_B);
	if (text_clean(&shown, text, len) < 0)
		report->lost = true;
	(void)fputs(buf_str(&shown), report->out);
	buf_release(&shown);
}

static void print_field(
	struct report *report, const char *label, const json_t *event, const char *key)
{
	const char *text = get(event, key);
	if (!text[0])
		return;
	(void)fprintf(report->out, "    %-8s", label);
	print_clean(report, text, strlen(text));
	(void)fputc('\n', report->out);
}

/* The excerpt is clean already; its matched words are marked. */
static void print_excerpt(struct report *report, const json_t *finding)
{
	const char *excerpt = get(finding, "excerpt");
	const json_t *mark = json_object_get(finding, "mark");
	size_t len = strlen(excerpt);
	size_t start = (size_t)json_integer_value(json_array_get(mark, 0));
	size_t end = (size_t)json_integer_value(json_array_get(mark, 1));
	if (start > end || end > len)
		start = end = 0;
	(void)fputs("    ", report->out);
	print_clean(report, excerpt, start);
	(void)fputs(report->color ? "\x1b[1;7m" : "»", report->out);
	print_clean(report, excerpt + start, end - start);
	(void)fputs(report->color ? "\x1b[0m" : "«", report->out);
	print_clean(report, excerpt + end, len - end);
	(void)fputc('\n', report->out);
}

static void print_where(struct report *report, const json_t *finding)
{
	const char *url = get(finding, "url");
	if (!url[0])
		url = get(finding, "profile");
	(void)fprintf(report->out, "    ");
	print_clean(report, url, strlen(url));
	const char *published = get(finding, "published");
	(void)fprintf(report->out, " (%s%s%.10s)\n", get(finding, "kind"),
		published[0] ? " of " : "", published);
}

void report_finding(struct report *report, const json_t *finding)
{
	(void)fprintf(report->out, "  %s%s%s  %s (score %.0f)\n",
		paint(report, colors[severity_in(finding)]), get(finding, "title"),
		paint(report, "\x1b[0m"), get(finding, "category"),
		json_number_value(json_object_get(finding, "score")));
	print_where(report, finding);
	print_excerpt(report, finding);
	print_field(report, "why:", finding, "why");
	print_field(report, "advice:", finding, "advice");
	if (report->verbose) {
		print_field(report, "rule:", finding, "rule");
		print_field(report, "weighed:", finding, "reasons");
	}
	(void)fprintf(report->out, "    id:     %s%s\n\n", get(finding, "id"),
		strcmp(get(finding, "state"), "reopened") == 0 ? " (reopened)" : "");
}

static int worst_first(const void *a, const void *b)
{
	const json_t *const *left = a;
	const json_t *const *right = b;
	double difference = json_number_value(json_object_get(*right, "score")) -
			    json_number_value(json_object_get(*left, "score"));
	return difference > 0   ? 1
	       : difference < 0 ? -1
				: strcmp(get(*left, "id"), get(*right, "id"));
}

static void print_findings(struct report *report)
{
	size_t count = json_array_size(report->findings);
	const json_t **sorted = calloc(count + 1, sizeof *sorted);
	if (!sorted) {
		report->lost = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = json_array_get(report->findings, i);
	qsort(sorted, count, sizeof *sorted, worst_first);
	enum severity group = SEVERITY_COUNT;
	for (size_t i = 0; i < count; i++) {
		enum severity severity = severity_in(sorted[i]);
		if (severity != group)
			(void)fprintf(report->out, "%s%s%s\n\n", paint(report, colors[severity]),
				severity_name(severity), paint(report, "\x1b[0m"));
		group = severity;
		report_finding(report, sorted[i]);
	}
	free(sorted);
}

static void print_line(struct report *report, const char *label, const char *text)
{
	if (!text[0])
		return;
	(void)fprintf(report->out, "              %s", label);
	print_clean(report, text, strlen(text));
	(void)fputc('\n', report->out);
}

static void print_coverage_of(struct report *report, const json_t *profile)
{
	const json_t *coverage = json_object_get(profile, "coverage");
	bool verified = json_is_true(json_object_get(profile, "verified"));
	(void)fprintf(report->out, "  %s%s%s  ",
		paint(report, verified ? "\x1b[32m" : "\x1b[1;33m"),
		verified ? "verified  " : "UNVERIFIED", paint(report, "\x1b[0m"));
	print_clean(report, get(profile, "url"), strlen(get(profile, "url")));
	(void)fprintf(report->out, "\n              %s: ", get(profile, "verdict"));
	print_clean(report, get(profile, "why"), strlen(get(profile, "why")));
	if (verified) {
		const char *oldest = get(coverage, "oldest");
		(void)fprintf(report->out, "; %lld post%s", (long long)number(coverage, "posts"),
			number(coverage, "posts") == 1 ? "" : "s");
		if (json_is_integer(json_object_get(coverage, "total")))
			(void)fprintf(
				report->out, " of %lld", (long long)number(coverage, "total"));
		(void)fprintf(report->out, "%s%.10s", oldest[0] ? " back to " : "", oldest);
		if (number(coverage, "interactions") > 0)
			(void)fprintf(report->out, "; %lld follows, likes, stars or memberships",
				(long long)number(coverage, "interactions"));
		if (json_is_true(json_object_get(profile, "unchanged")))
			(void)fputs("; unchanged since the last scan", report->out);
	}
	(void)fputc('\n', report->out);
	print_line(report, "", get(json_object_get(coverage, "history"), "told"));
	print_line(report, "not shown: ", get(coverage, "lack"));
	if (report->verbose)
		(void)fprintf(report->out, "              read as \"%s\" (%s)\n",
			get(profile, "source"), get(profile, "source_why"));
}

static void print_coverage(struct report *report)
{
	size_t i;
	json_t *profile;
	(void)fputs("coverage\n\n", report->out);
	json_array_foreach(report->profiles, i, profile)
		print_coverage_of(report, profile);
}

static void print_sum(struct report *report)
{
	size_t counts[SEVERITY_COUNT] = {0};
	size_t i;
	json_t *finding;
	json_array_foreach(report->findings, i, finding)
		counts[severity_in(finding)]++;
	(void)fprintf(report->out, "\n%zu profile%s, %lld post%s, %zu finding%s",
		json_array_size(report->profiles),
		json_array_size(report->profiles) == 1 ? "" : "s",
		(long long)number(report->scan, "posts"),
		number(report->scan, "posts") == 1 ? "" : "s", json_array_size(report->findings),
		json_array_size(report->findings) == 1 ? "" : "s");
	for (int severity = SEVERITY_CRITICAL; severity > SEVERITY_NONE; severity--) {
		if (counts[severity] > 0)
			(void)fprintf(report->out, ", %zu %s", counts[severity],
				severity_name((enum severity)severity));
	}
	(void)fprintf(report->out, "; since the last scan %lld new, %lld back, %lld put right\n",
		(long long)number(report->scan, "opened"),
		(long long)number(report->scan, "reopened"),
		(long long)number(report->scan, "resolved"));
	(void)fprintf(report->out, "rating %.0f of 100 (0 is best):",
		json_number_value(json_object_get(report->scan, "rating")));
	const char *class;
	json_t *light;
	json_object_foreach(json_object_get(report->scan, "classes"), class, light)
		(void)fprintf(report->out, " %s %s", class, json_string_value(light));
	(void)fputc('\n', report->out);
	if (report->unverified)
		(void)fputs(
			"What could not be read or scored is not clean: nothing is known of it.\n",
			report->out);
}

static void print_text(struct report *report)
{
	print_findings(report);
	print_coverage(report);
	if (report->scan)
		print_sum(report);
}

enum exit_status report_end(struct report *report)
{
	if (!report->json)
		print_text(report);
	if (fflush(report->out) == EOF || ferror(report->out))
		report->lost = true;
	if (report->lost)
		return EXIT_INTERNAL;
	if (report->failing)
		return EXIT_FINDINGS;
	return report->unverified ? EXIT_UNVERIFIED : EXIT_CLEAN;
}
