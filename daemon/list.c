#include "daemon/list.h"

#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/report.h"
#include "daemon/rules.h"
#include "daemon/store.h"

#include <stdlib.h>
#include <string.h>

struct listing {
	const struct options *options;
	struct arena *arena;
	struct paths paths;
	struct problems *problems;
	struct config *config;
	struct ruleset *ruleset;
	struct store *store; /* NULL: nothing was ever stored */
	struct report *report;
	const char *wanted; /* id of one finding; NULL: all */
	size_t found;
};

static void listing_close(struct listing *listing)
{
	report_free(listing->report);
	store_close(listing->store);
	ruleset_free(listing->ruleset);
	config_free(listing->config);
	problems_free(listing->problems);
	arena_free(listing->arena);
}

static int open_rules(struct listing *listing)
{
	int r = rules_config(&listing->paths, listing->problems, &listing->config);
	if (r == 0)
		r = rules_load(&listing->paths, listing->config, RULES_TO_NAME, listing->problems,
			&listing->ruleset);
	if (r != 0)
		problems_print(listing->problems, stderr);
	return r;
}

static int open_store(struct listing *listing)
{
	int r = store_open(listing->paths.store, false, &listing->store);
	if (r == -ENOENT)
		return 0;
	if (r != 0)
		log_err(r < 0 ? r : 0, "cannot read %s", listing->paths.store);
	return r > 0 ? -EPROTO : r;
}

/* EXIT_CLEAN, or what to end with (told). */
static enum exit_status listing_open(const struct options *options, struct listing *ret)
{
	*ret = (struct listing){.options = options,
		.arena = arena_new(LIMIT_EXTRACT_B),
		.problems = problems_new()};
	if (!ret->arena || !ret->problems || report_new(options, stdout, &ret->report) < 0)
		return EXIT_INTERNAL;
	int r = paths_find(ret->arena, options, &ret->paths);
	if (r < 0)
		log_err(r, "cannot find the shipped rules; name their folder with --patterns");
	if (r == 0)
		r = open_rules(ret);
	if (r != 0)
		return EXIT_USAGE;
	return open_store(ret) == 0 ? EXIT_CLEAN : EXIT_INTERNAL;
}

static int show_finding(const struct finding *finding, void *userdata)
{
	struct listing *listing = userdata;
	if (listing->wanted && strncmp(finding->id, listing->wanted, strlen(listing->wanted)) != 0)
		return 0;
	const struct rule_card *card = ruleset_find(listing->ruleset, finding->rule);
	json_t *event = event_finding(finding, card ? card->title : finding->rule);
	if (!event)
		return -ENOMEM;
	listing->found++;
	struct sink sink = report_sink(listing->report);
	sink.emit(event, sink.userdata);
	if (listing->options->format == FORMAT_TEXT)
		report_finding(listing->report, event);
	json_decref(event);
	return 0;
}

static int show_findings(struct listing *listing, bool resolved)
{
	if (!listing->store)
		return 0;
	return store_each_finding(
		listing->store, listing->arena, NULL, resolved, show_finding, listing);
}

enum exit_status list_findings(const struct options *options)
{
	struct listing listing;
	enum exit_status status = listing_open(options, &listing);
	if (status == EXIT_CLEAN && show_findings(&listing, false) < 0)
		status = EXIT_INTERNAL;
	if (status == EXIT_CLEAN && listing.found == 0 && options->format == FORMAT_TEXT &&
		!options->quiet)
		(void)puts(listing.store ? "no finding stands" : "nothing was scanned yet");
	if (status == EXIT_CLEAN && listing.found > 0)
		status = EXIT_FINDINGS;
	listing_close(&listing);
	return status;
}

static void explain_rule(const struct rule_card *card)
{
	(void)printf("%s\n%s\n\n  category    %s (%s)\n  severity    %s, confidence %.2f\n  "
		     "written in  %s:%zu\n",
		card->id, card->title, card->category, class_name(card->class),
		severity_name(card->severity), card->confidence, card->file, card->line);
	if (card->why)
		(void)printf("  why         %s\n", card->why);
	if (card->advice)
		(void)printf("  advice      %s\n", card->advice);
}

enum exit_status list_explain(const struct options *options)
{
	struct options here = *options;
	here.verbose = true; /* the rule and how it was weighed too */
	struct listing listing;
	enum exit_status status = listing_open(&here, &listing);
	if (status != EXIT_CLEAN) {
		listing_close(&listing);
		return status;
	}
	const char *id = options->targets[0];
	const struct rule_card *card = ruleset_find(listing.ruleset, id);
	listing.wanted = id;
	if (card)
		explain_rule(card);
	else if (strlen(id) >= 4 && show_findings(&listing, true) < 0)
		status = EXIT_INTERNAL;
	if (status == EXIT_CLEAN && !card && listing.found == 0) {
		log_err(0, "there is no rule or finding \"%s\"; see --list", id);
		status = EXIT_USAGE;
	}
	listing_close(&listing);
	return status;
}
