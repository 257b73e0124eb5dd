/*
 * Thousands of profiles, weeks of a fake clock, every fault at random: what is told must be what a model of the
 * truth says, once each, and neither memory nor descriptors may grow.
 *
 *	soak BINARY SECONDS [PROFILES [SEED]]
 *
 * The daemon's own fleet, store, fetcher and alert sender run here, with BINARY for the readers; the web is a
 * thread (site.c); the store is in memory (/dev/shm), for what is waited for else is the disk; the clock stands while profiles are scanned and jumps when all are done, at times back.
 */
#include "daemon/alert_sender.h"
#include "daemon/fleet.h"
#include "daemon/rules.h"
#include "tests/soak/site.h"

#include <dirent.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define START_S  4102444800 /* 2100-01-01: no timer of the machine's clock fires */
#define HOUR_S   3600
#define EVERY_S  (12 * HOUR_S)
#define US_A_S   1000000ll
#define HOSTS    200
#define PROFILES 10000
/* AddressSanitizer is slow, and keeps what is freed for a while. */
#ifdef __SANITIZE_ADDRESS__
#define STALL_MS  5000
#define RSS_GROWS true
#else
#define STALL_MS  2000
#define RSS_GROWS false
#endif
#define WALLS    "crawlers/walls.yaml"
#define AFTER    3 /* alert.after */
#define WARM_UP  6 /* rounds before memory and descriptors are measured */
#define MISSES   2 /* proven scans without a finding that resolve it */
#define FLUSH_MS 60000

/* What must have been told of one profile so far. */
struct counts {
	unsigned of[EVENT_KIND_COUNT];
};

struct model {
	unsigned open;     /* findings, a bit each */
	unsigned resolved; /* known, and not open */
	unsigned missed[SITE_POSTS];
	unsigned unproven; /* scans in a row */
	bool alerted;
	enum verdict verdict;
	enum verdict alerted_verdict;
	unsigned verdict_scans;
	struct counts told;
	struct counts heard;
};

struct soak {
	struct context context;
	struct clock clock;
	struct options options;
	struct site *site;
	struct model *models;
	size_t n_profiles;
	struct fleet *fleet;
	char folder[64];
	unsigned wrong;
	unsigned long alerts;
	long rss_kib; /* after the warm-up */
	size_t descriptors;
};

static struct soak *the_soak; /* the journal's stand-in is not given one */

static bool chance(double share)
{
	return (double)random() < share * (double)RAND_MAX;
}

__attribute__((format(printf, 2, 3))) static void wrong(struct soak *soak, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	if (soak->wrong++ < 20) {
		(void)vfprintf(stderr, format, list);
		(void)fputc('\n', stderr);
	}
	va_end(list);
}

/* ---- the journal ---- */

static void hear(const char *event, const char *profile)
{
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		const char *number = strrchr(profile, '/');
		if (strcmp(event, event_name((enum event_kind)kind)) == 0 && number)
			the_soak->models[strtoul(number + 1, NULL, 10)].heard.of[kind]++;
	}
}

static const char *field(const struct iovec *fields, int count, const char *name)
{
	size_t len = strlen(name);
	for (int i = 0; i < count; i++) {
		if (fields[i].iov_len > len && strncmp(fields[i].iov_base, name, len) == 0)
			return (const char *)fields[i].iov_base + len;
	}
	return "";
}

/* On the courier's thread, one at a time.  The journal is away now and then. */
static int take(const struct iovec *fields, int count)
{
	if (chance(0.0001))
		return -ECONNREFUSED;
	the_soak->alerts++;
	hear(field(fields, count, "DIRTWATCH_EVENT="), field(fields, count, "DIRTWATCH_PROFILE="));
	return 0;
}

/* ---- the truth moves on ---- */

static void change_truth(struct soak *soak, size_t i)
{
	struct profile_truth *truth = site_truth(soak->site, i);
	if (chance(0.05))
		truth->shown ^= 1u << (random() % SITE_POSTS);
	/* Some faults last: half of them are still there next time. */
	if (truth->fault != FAULT_NONE && chance(0.5))
		return;
	truth->fault = FAULT_NONE;
	if (chance(0.03))
		truth->fault = FAULT_NONE + 1 + random() % (FAULT_OF_HOSTS - 1);
	else if (chance(0.001))
		truth->fault = FAULT_OF_HOSTS + random() % (FAULT_COUNT - FAULT_OF_HOSTS);
}

/* ---- the model follows ---- */

static void expect_posts(struct model *model, unsigned shown)
{
	for (unsigned i = 0; i < SITE_POSTS; i++) {
		unsigned bit = 1u << i;
		if (shown & bit) {
			model->missed[i] = 0;
			if (!(model->open & bit))
				model->told.of[model->resolved & bit ? EVENT_FINDING_REOPENED
								     : EVENT_FINDING_OPENED]++;
			model->open |= bit;
			model->resolved &= ~bit;
		} else if (model->open & bit && ++model->missed[i] == MISSES) {
			model->told.of[EVENT_FINDING_RESOLVED]++;
			model->open &= ~bit;
			model->resolved |= bit;
		}
	}
}

static void expect_state(struct model *model, enum verdict verdict)
{
	bool proves = verdict_proves(verdict);
	model->verdict_scans = verdict == model->verdict ? model->verdict_scans + 1 : 1;
	model->verdict = verdict;
	model->unproven = proves ? 0 : model->unproven + 1;
	bool other = model->alerted_verdict != verdict && model->verdict_scans >= AFTER;
	if (!proves && model->unproven >= AFTER && (!model->alerted || other)) {
		model->told.of[EVENT_PROFILE_UNVERIFIED]++;
		model->alerted = true;
		model->alerted_verdict = verdict;
	} else if (proves && model->alerted) {
		model->told.of[EVENT_PROFILE_RECOVERED]++;
		model->alerted = false;
	}
}

static void expect(struct soak *soak, size_t i)
{
	struct model *model = &soak->models[i];
	const struct profile_truth *truth = site_truth(soak->site, i);
	struct profile_state state;
	if (store_profile(soak->context.store, soak->context.config->profiles[i].url, &state) !=
		0) {
		wrong(soak, "profile %zu is not in the store", i);
		return;
	}
	bool proves = verdict_proves(state.verdict);
	if (proves != truth->served)
		wrong(soak, "profile %zu: \"%s\" where the page was %s (fault %d)", i,
			verdict_name(state.verdict),
			truth->served   ? "served as it is"
			: truth->failed ? "faulty"
					: "not served",
			truth->fault);
	if (proves)
		expect_posts(model, truth->shown);
	expect_state(model, state.verdict);
	model->told.of[EVENT_SCAN_SUMMARY]++;
}

static void check(struct soak *soak, size_t i)
{
	const struct model *model = &soak->models[i];
	int64_t open;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		if (model->told.of[kind] != model->heard.of[kind])
			wrong(soak, "profile %zu: %u of %s, want %u", i, model->heard.of[kind],
				event_name((enum event_kind)kind), model->told.of[kind]);
	}
	if (store_open_findings(
		    soak->context.store, soak->context.config->profiles[i].url, &open) != 0 ||
		open != __builtin_popcount(model->open))
		wrong(soak, "profile %zu: %lld open findings, want %d", i, (long long)open,
			__builtin_popcount(model->open));
}

/* ---- what the process takes ---- */

static long rss_kib(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file)
		(void)fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static size_t count_descriptors(void)
{
	size_t count = 0;
	DIR *folder = opendir("/proc/self/fd");
	while (folder && readdir(folder))
		count++;
	if (folder)
		(void)closedir(folder);
	return count;
}

static void measure(struct soak *soak, unsigned round)
{
	long rss = rss_kib();
	size_t descriptors = count_descriptors();
	if (round == WARM_UP) {
		soak->rss_kib = rss;
		soak->descriptors = descriptors;
	}
	if (round <= WARM_UP)
		return;
	if (!RSS_GROWS && labs(rss - soak->rss_kib) > soak->rss_kib / 20)
		wrong(soak, "round %u: %ld KiB of memory, %ld after the warm-up", round, rss,
			soak->rss_kib);
	/* A connection or a reader more or less is chance. */
	if (descriptors > soak->descriptors + 100)
		wrong(soak, "round %u: %zu descriptors, %zu after the warm-up", round, descriptors,
			soak->descriptors);
}

/* ---- a round ---- */

/* Readers die at times. */
static void kill_a_reader(void)
{
	char path[64];
	int child = 0;
	(void)snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%d", &child) == 1 && child > 0)
		(void)kill(child, SIGKILL);
	if (file)
		(void)fclose(file);
}

static void scan_all(struct soak *soak)
{
	fleet_wake(soak->fleet);
	kill_a_reader();
	while (fleet_status(soak->fleet).n_active > 0) {
		int r = sd_event_run(soak->context.event, 1000 * 1000);
		if (r < 0) {
			wrong(soak, "the loop: %s", strerror(-r));
			return;
		}
	}
	int r = alert_flush(soak->context.alerts, FLUSH_MS);
	if (r < 0)
		wrong(soak, "the alerts were not sent: %s", strerror(-r));
}

static void one_round(struct soak *soak, unsigned round)
{
	site_begin_round(soak->site);
	/* Set back: nothing is due, and nothing is put off for good.  In the first round everything is. */
	if (round > 1 && chance(0.2)) {
		soak->clock.fake_us -= 5 * HOUR_S * US_A_S;
		fleet_wake(soak->fleet);
		if (fleet_status(soak->fleet).n_active > 0)
			wrong(soak, "round %u: scanned again because the clock was set back",
				round);
		soak->clock.fake_us += 5 * HOUR_S * US_A_S;
	}
	for (size_t i = 0; i < soak->n_profiles; i++)
		change_truth(soak, i);
	soak->clock.fake_us += (EVERY_S + 60 + (chance(0.1) ? 60 * HOUR_S : 0)) * US_A_S;
	scan_all(soak);
	for (size_t i = 0; i < soak->n_profiles; i++)
		expect(soak, i);
	for (size_t i = 0; i < soak->n_profiles; i++)
		check(soak, i);
	measure(soak, round);
}

/* ---- making the daemon ---- */

static const char rules[] =
	"dirtwatch_patterns: 1\n"
	"categories:\n  secrets: {title: Secrets, class: conflict-of-interest, severity: high}\n"
	"rules:\n"
	"  - {id: own.word, title: A secret word, category: secrets, severity: high, confidence: "
	"0.9, kind: text, "
	"pattern: '\\bfrobnicator\\b', why: Secret., advice: Delete it., tests: {hit: [a "
	"frobnicator, the "
	"frobnicator], miss: [a widget, a gadget]}}\n";

static FILE *create(const struct soak *soak, const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof path, "%s/%s", soak->folder, name);
	FILE *file = fopen(path, "we");
	if (!file)
		abort();
	return file;
}

static void write_files(const struct soak *soak)
{
	FILE *file = create(soak, "rules.yaml");
	(void)fputs(rules, file);
	(void)fclose(file);
	file = create(soak, "dirtwatch.conf");
	(void)fprintf(file,
		"schedule: {every: %ds, jitter: 0s}\nfetch: {delay: 0s}\nalert: {after: "
		"%d}\nprofiles:\n",
		EVERY_S, AFTER);
	for (size_t i = 0; i < soak->n_profiles; i++)
		(void)fprintf(file, "  - http://127.0.0.1:%u/%zu\n", site_port(soak->site, i), i);
	(void)fclose(file);
}

/* The journal's, which a sender looks for; nobody listens. */
static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	memcpy(address.sun_path, path, strnlen(path, sizeof address.sun_path - 1));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		abort();
	(void)close(fd); /* its name stays */
}

static int load(struct context *context)
{
	struct problems *problems = problems_new();
	int r = problems ? rules_config(&context->paths, problems, &context->config) : -ENOMEM;
	if (r == 0)
		r = rules_load(&context->paths, context->config, RULES_TO_NAME, problems,
			&context->ruleset);
	if (r == 0)
		r = rules_walls(&context->paths, problems, &context->walls);
	if (r == 0)
		r = rules_digest(context->ruleset, context->walls, &context->digest);
	problems_print(problems, stderr);
	problems_free(problems);
	return r;
}

static int start(struct soak *soak, const char *binary)
{
	static char config[128];
	static char store[128];
	static const char *rule_args[] = {
		"--config", config, "--patterns", NULL, "--walls", WALLS, NULL};
	static char socket[128];
	static const struct alert_target journal = {socket, take, 1000};
	struct context *context = &soak->context;
	(void)snprintf(config, sizeof config, "%s/dirtwatch.conf", soak->folder);
	(void)snprintf(store, sizeof store, "%s/dirtwatch.db", soak->folder);
	(void)snprintf(socket, sizeof socket, "%s/journal", soak->folder);
	make_socket(socket);
	rule_args[3] = soak->folder;
	context->clock = &soak->clock;
	context->options = &soak->options;
	context->paths = (struct paths){.config = config,
		.patterns = soak->folder,
		.own_patterns = "/nowhere",
		.walls = WALLS};
	int r = load(context);
	if (r == 0)
		r = store_open(store, true, &context->store);
	if (r == 0)
		r = sd_event_default(&context->event);
	if (r >= 0)
		r = pace_new(context->clock, 0, &context->pace);
	const struct fetch_options fetch = {.clock = context->clock,
		.pace = context->pace,
		.walls = context->walls,
		.transfer_ms = STALL_MS};
	if (r == 0)
		r = fetch_new(context->event, &fetch, &context->fetch);
	const struct reader_options reader = {
		.program = binary,
		.ruleset = context->ruleset,
		.digest = context->digest,
		.rule_args = rule_args,
	};
	if (r == 0)
		r = reader_new(context->event, &reader, &context->reader);
	if (r == 0)
		r = alert_sender_new_for(context->event, context->store, ALERT_ROUTE_JOURNAL,
			&journal, &context->alerts);
	if (r == 0)
		r = fleet_new(context, context->config->profiles, NULL, context->config->n_profiles,
			&soak->fleet);
	return r == 0 ? fleet_schedule(soak->fleet) : r;
}

static void stop(struct soak *soak)
{
	char command[128];
	fleet_free(soak->fleet);
	context_stop(&soak->context);
	site_free(soak->site);
	free(soak->models);
	(void)snprintf(command, sizeof command, "rm -rf %s", soak->folder);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s is left over\n", soak->folder);
}

static void run(struct soak *soak, double seconds)
{
	const time_t begun = time(NULL);
	unsigned round = 0;
	while (difftime(time(NULL), begun) < seconds && soak->wrong == 0) {
		one_round(soak, ++round);
		(void)printf("day %3lld, round %3u, %4.0f s: %zu requests, %lu alerts, %ld KiB, "
			     "%zu descriptors\n",
			(long long)(soak->clock.fake_us / US_A_S - START_S) / (24 * HOUR_S), round,
			difftime(time(NULL), begun), site_requests(soak->site), soak->alerts,
			rss_kib(), count_descriptors());
		(void)fflush(stdout);
	}
	(void)printf("%s: %u faults of the program's own in %u rounds of %zu profiles\n",
		soak->wrong ? "FAILED" : "passed", soak->wrong, round, soak->n_profiles);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		(void)fprintf(stderr, "usage: soak BINARY SECONDS [PROFILES [SEED]]\n");
		return 2;
	}
	struct soak soak = {
		.clock = clock_fake(START_S * US_A_S), .folder = "/dev/shm/dirtwatch-soak-XXXXXX"};
	the_soak = &soak;
	soak.n_profiles = argc > 3 ? strtoul(argv[3], NULL, 10) : PROFILES;
	unsigned seed = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : (unsigned)time(NULL);
	(void)printf("seed %u\n", seed);
	srandom(seed);
	soak.models = calloc(soak.n_profiles, sizeof *soak.models);
	soak.site = site_new(soak.n_profiles, HOSTS);
	if (!soak.models || !mkdtemp(soak.folder))
		return 1;
	write_files(&soak);
	int r = start(&soak, argv[1]);
	if (r == 0)
		run(&soak, strtod(argv[2], NULL));
	else
		wrong(&soak, "cannot start: %d", r);
	stop(&soak);
	return soak.wrong ? 1 : 0;
}
