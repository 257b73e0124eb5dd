#include "config/address.h"
#include "config/config.h"
#include "config/keys.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What printing @problems gives; freed by the caller. */
static char *printed(const struct problems *problems)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	problems_print(problems, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	if (!file)
		fail_msg("cannot open %s", path);
	char *text = NULL;
	size_t size = 0;
	if (getdelim(&text, &size, '\0', file) < 0)
		fail_msg("cannot read %s", path);
	fclose(file);
	return text;
}

/* Load @text as "etc/f" into *@ret (NULL when it is bad); returns what is printed. */
static char *load(const char *text, size_t len, struct config **ret)
{
	struct problems *problems = problems_new();
	assert_non_null(problems);
	*ret = NULL;
	int r = config_load("etc/f", text, len, problems, ret);
	assert_int_equal(r, problems_count(problems) > 0 ? CONFIG_E_BAD : 0);
	assert_true((r == 0) == (*ret != NULL));
	char *got = printed(problems);
	problems_free(problems);
	return got;
}

static void assert_strings(struct strings strings, const char *a, const char *b)
{
	assert_int_equal(strings.count, b ? 2 : 1);
	assert_string_equal(strings.items[0], a);
	if (b)
		assert_string_equal(strings.items[1], b);
}

/* ---- good files ---- */

static void check_defaults(const struct config *config)
{
	assert_int_equal(config->n_profiles, 0);
	assert_int_equal(config->every_s, 6 * 3600);
	assert_int_equal(config->jitter_s, 600);
	assert_int_equal(config->alert_at, SEVERITY_LOW);
	assert_int_equal(config->alert_after, 3);
	assert_int_equal(config->delay_s, 1);
	assert_null(config->user_agent);
	assert_null(config->ca_file);
	assert_null(config->person.name);
	assert_null(config->person.employer);
	assert_int_equal(config->disable.count, 0);
	assert_int_equal(config->n_severities, 0);
	assert_int_equal(config->pattern_dirs.count, 0);
}

static void test_default(void **state)
{
	(void)state;
	struct config *config;
	assert_int_equal(config_default(&config), 0);
	assert_null(config->path);
	check_defaults(config);
	assert_null(config_free(config));
	assert_null(config_free(NULL));
}

static void test_empty(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"# nothing yet\n",
		"{}\n",
		"person:\nprofiles:\nschedule:\nalert:\npatterns:\nfetch:\n",
		"person: {employer: , competitors: , handles: }\n",
		"patterns: {disable: [], severity: {}, folders: }\nprofiles: []\n",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct config *config;
		char *got = load(texts[i], strlen(texts[i]), &config);
		if (!config)
			fail_msg("%s gave\n%s", texts[i], got);
		assert_string_equal(got, "");
		assert_string_equal(config->path, "etc/f");
		check_defaults(config);
		free(got);
		config_free(config);
	}
}

static void check_whole_person(const struct person *person)
{
	assert_string_equal(person->name, "Ada Example");
	assert_strings(person->also_known_as, "Ada E. Example", "Ada Sample");
	assert_strings(person->handles, "@ada", "ada_writes");
	assert_string_equal(person->resume, "tests/fixtures/config/cv/resume.json");
	assert_string_equal(person->industry, "software");
	const struct organisation *employer = person->employer;
	assert_string_equal(employer->name, "Initech");
	assert_strings(employer->also_known_as, "Initech Systems", NULL);
	assert_strings(employer->domains, "initech.example", "initech.example");
	assert_strings(employer->handles, "@initech", NULL);
	assert_strings(employer->products, "TPS Reporter", NULL);
	assert_strings(employer->tickers, "INTK", NULL);
	assert_strings(employer->people, "Bill Example", "Peter Sample");
	assert_string_equal(employer->since, "2021-04");
	assert_string_equal(employer->until, "2021-04-30");
	assert_string_equal(person->target->name, "Hooli");
	assert_null(person->target->since);
	assert_int_equal(person->competitors.count, 2);
	assert_strings(person->competitors.items[0].products, "HyperWidget", NULL);
	assert_string_equal(person->competitors.items[1].name, "Umbrella Example");
	assert_int_equal(person->clients.count, 1);
	assert_string_equal(person->clients.items[0].name, "Acme Example");
	assert_int_equal(person->former_employers.count, 1);
	assert_string_equal(person->former_employers.items[0].until, "2019");
}

static void check_whole_profiles(const struct config *config)
{
	assert_int_equal(config->n_profiles, 4);
	const struct profile *profiles = config->profiles;
	assert_string_equal(profiles[0].url, "https://mastodon.example/@ada");
	assert_int_equal(profiles[0].every_s, 7200);
	assert_null(profiles[0].source);
	assert_null(profiles[0].export);
	assert_string_equal(profiles[1].url, "https://social.example/@ada.e");
	assert_string_equal(profiles[2].url, "https://ada.example/");
	assert_string_equal(profiles[2].source, "feed");
	assert_int_equal(profiles[2].every_s, 5400);
	assert_string_equal(profiles[3].url, "http://www.linkedin.example/in/ada");
	assert_string_equal(profiles[3].export, "/srv/exports/linkedin.zip");
}

static void test_whole(void **state)
{
	(void)state;
	struct problems *problems = problems_new();
	struct config *config;
	assert_int_equal(
		config_load("tests/fixtures/config/whole.yaml", NULL, 0, problems, &config), 0);
	check_whole_person(&config->person);
	check_whole_profiles(config);
	assert_int_equal(config->every_s, 7200);
	assert_int_equal(config->jitter_s, 300);
	assert_int_equal(config->alert_at, SEVERITY_MEDIUM);
	assert_int_equal(config->alert_after, 5);
	assert_strings(config->disable, "unprofessional.profanity.casual", "presence.*");
	assert_int_equal(config->n_severities, 2);
	assert_string_equal(config->severities[0].rule, "illegal.drugs.mention");
	assert_int_equal(config->severities[0].severity, SEVERITY_INFO);
	assert_string_equal(config->severities[1].rule, "conflict.*");
	assert_int_equal(config->severities[1].severity, SEVERITY_CRITICAL);
	assert_strings(
		config->pattern_dirs, "tests/fixtures/config/rules", "/usr/local/share/rules");
	assert_string_equal(config->user_agent, "dirtwatch (mailto:ada@example.org)");
	assert_int_equal(config->delay_s, 2);
	assert_string_equal(config->ca_file, "tests/fixtures/config/ca.pem");
	assert_string_equal(config->path, "tests/fixtures/config/whole.yaml");
	config_free(config);

	assert_int_equal(problems_notes(problems), 2);
	char *got = printed(problems);
	assert_string_equal(got,
		"tests/fixtures/config/whole.yaml:6:3: note: \"resume\" is not used yet\n"
		"  resume: cv/resume.json\n  ^\n"
		"tests/fixtures/config/whole.yaml:31:5: note: \"export\" is not used yet\n"
		"    export: /srv/exports/linkedin.zip\n    ^\n");
	free(got);
	problems_free(problems);
}

/* ---- bad files ---- */

static void test_broken(void **state)
{
	(void)state;
	char *text = read_file("tests/fixtures/config/broken.yaml");
	char *want = read_file("tests/fixtures/config/broken.want");
	struct config *config;
	char *got = load(text, strlen(text), &config);
	if (strcmp(got, want) != 0)
		fail_msg("tests/fixtures/config/broken.yaml gave\n%s", got);
	free(got);
	free(want);
	free(text);
}

struct bad {
	const char *why;
	const char *text;
	const char *want; /* the first line printed, without "etc/f:"; NULL: good */
};

static const struct bad bads[] = {
	/* clang-format off */
	{"a list at the top", "[a]\n",
		"1:1: keys are wanted here (\"person: …\"), not a list"},
	{"text at the top", "hello\n",
		"1:1: keys are wanted here (\"person: …\"), not a single value"},
	{"a near miss", "profile: []\n", "1:1: unknown key \"profile\", did you mean \"profiles\"?"},
	{"a section twice", "alert: {at: low}\nfetch:\nalert: {at: high}\n",
		"3:1: \"alert\" is given twice, first in line 1"},

	{"an empty name", "person: {name: \"\"}\n", "1:16: \"name\" is empty: it takes text"},
	{"a name of blanks", "person: {name: \" \\t\"}\n", "1:16: \"name\" is empty: it takes text"},
	{"an empty other name", "person: {also-known-as: [Ada, '']}\n", "1:31: text is missing here"},
	{"a handle with blanks", "person: {handles: [ada example]}\n",
		"1:20: \"ada example\" is not a handle such as \"@ada\""},
	{"an at sign alone", "person: {handles: \"@\"}\n",
		"1:19: \"@\" is not a handle such as \"@ada\""},
	{"a URL for a handle", "person: {handles: [\"https://x.example/ada\"]}\n",
		"1:20: a handle is a name such as \"@ada\"; URLs belong under profiles"},
	{"a path from home", "person: {resume: ~/cv.json}\n",
		"1:18: only a shell knows what \"~\" means: write the path from \"/\" on, or from "
		"this file's folder on"},

	{"an organisation without name", "person: {employer: {since: 2021}}\n",
		"1:20: \"name\" is missing here"},
	{"an organisation of blanks", "person: {target: ' '}\n", "1:18: a name is missing here"},
	{"an organisation that is a list", "person: {employer: [Initech]}\n",
		"1:20: keys are wanted here (\"name: …\"), not a list"},
	{"one competitor without a list", "person: {competitors: Globex}\n", NULL},
	{"an end before the start", "person: {employer: {name: I, since: 2021-04, until: 2021-03-31}}\n",
		"1:53: \"until\" is before \"since\""},
	{"an end in the year of the start",
		"person: {employer: {name: I, since: 2021-04, until: 2021}}\n", NULL},
	{"a ticker in small letters", "person: {employer: {name: I, tickers: [abc]}}\n",
		"1:40: \"abc\" is not a ticker such as GLBX"},
	{"an industry by a near name", "person: {industry: softwear}\n",
		"1:20: unknown industry \"softwear\", did you mean \"software\"?"},
	{"an industry without rules", "person: {industry: mining}\n",
		"1:20: unknown industry \"mining\": there are education, finance, healthcare, "
		"hospitality, law, public-service, security and software"},
	{"a dollar sign alone", "person: {employer: {name: I, tickers: [$]}}\n",
		"1:40: \"$\" is not a ticker such as GLBX"},

	{"a profile without URL", "profiles: [{every: 1h}]\n", "1:12: \"url\" is missing here"},
	{"a profile that is a list", "profiles: [[a]]\n",
		"1:12: keys are wanted here (\"url: …\"), not a list"},
	{"an empty profile", "profiles:\n  -\n", "2:4: a URL is missing here"},
	{"one profile without a list", "profiles: https://ada.example/\n", NULL},
	{"one profile twice", "profiles: [https://a.example, 'HTTPS://A.example:443/#x']\n",
		"1:31: https://a.example/ is watched already, by line 1"},
	{"one profile in two forms", "profiles:\n- \"@ada@a.example\"\n- url: https://a.example/@ada\n",
		"3:3: https://a.example/@ada is watched already, by line 2"},
	{"http and https are two", "profiles: [https://a.example, http://a.example]\n", NULL},
	{"a profile every second", "profiles: [{url: https://a.example, every: 59s}]\n",
		"1:44: \"every\" must be from 1m to 4w"},

	{"a schedule every second", "schedule: {every: 1s}\n",
		"1:19: \"every\" must be from 1m to 4w"},
	{"a schedule every year", "schedule: {every: 52w}\n",
		"1:19: \"every\" must be from 1m to 4w"},
	{"jitter as long as every", "schedule: {every: 5m, jitter: 5m}\n", NULL},
	{"jitter longer than every", "schedule: {every: 5m, jitter: 6m}\n",
		"1:31: \"jitter\" is longer than the shortest \"every\" (5m)"},
	{"jitter longer than a profile's every",
		"schedule: {jitter: 6m}\nprofiles: [{url: https://a.example, every: 5m}]\n",
		"1:20: \"jitter\" is longer than the shortest \"every\" (5m)"},
	{"jitter that nobody asked for gives way", "schedule: {every: 5m}\n", NULL},
	{"no jitter", "schedule: {jitter: 0s}\n", NULL},

	{"no such severity", "alert: {at: hihg}\n", "1:13: unknown severity \"hihg\", did you mean \"high\"?"},
	{"alerts after none", "alert: {after: 0}\n", "1:16: \"after\" must be from 1 to 100"},

	{"a rule with capitals", "patterns: {disable: [Illegal.Drugs]}\n",
		"1:22: \"Illegal.Drugs\" is not a rule's id such as unprofessional.profanity.casual, nor "
		"the start of some, such as unprofessional.*"},
	{"all rules", "patterns: {disable: [\"*\"]}\n",
		"1:22: \"*\" is not a rule's id such as unprofessional.profanity.casual, nor the start "
		"of some, such as unprofessional.*"},
	{"a star in the middle", "patterns: {disable: [a.*.b]}\n",
		"1:22: \"a.*.b\" is not a rule's id such as unprofessional.profanity.casual, nor the "
		"start of some, such as unprofessional.*"},
	{"a rule with an end missing", "patterns: {disable: [a.]}\n",
		"1:22: \"a.\" is not a rule's id such as unprofessional.profanity.casual, nor the start "
		"of some, such as unprofessional.*"},
	{"two severities for one rule", "patterns: {severity: {a.b: low, a.b: high}}\n",
		"1:33: \"a.b\" is given twice, first in line 1"},
	{"a severity that is a list", "patterns: {severity: {a.b: [low]}}\n",
		"1:28: a severity is wanted here, not a list"},
	{"severities in a list", "patterns: {severity: [low]}\n",
		"1:22: keys are wanted here (\"illegal.drugs.mention: info\"), not a list"},
	{"a rule turned off by its severity", "patterns: {severity: {a.b: none}}\n",
		"1:28: unknown severity \"none\": there are info, low, medium, high or critical"},
	{"a severity for no rule", "patterns: {severity: {[a]: low}}\n",
		"1:23: a key must be a word"},

	{"a User-Agent with a header in it", "fetch: {user-agent: \"a\\r\\nX-Evil: 1\"}\n",
		"1:21: \"user-agent\" takes up to 200 letters, digits and signs of ASCII"},
	{"a User-Agent in other letters", "fetch: {user-agent: café}\n",
		"1:21: \"user-agent\" takes up to 200 letters, digits and signs of ASCII"},
	{"a delay of a day", "fetch: {delay: 1d}\n", "1:16: \"delay\" must be from 0s to 1h"},
	{"a token where its file is wanted", "tokens: [ghp_0123456789012345678901234567890123456]\n",
		"1:10: each token is written {for: github, file: PATH}; the token itself stands in "
		"that file, never here"},
	{"a token beside its file", "tokens: {for: github, file: f, token: abcdefghijklmnopqrst0123}\n",
		"1:32: unknown key \"token\""},
	{"a token for a key", "tokens: {for: github, file: f, abcdefghijklmnopqrst0123: x}\n",
		"1:32: unknown key \"************************\""},
	{"a token by a near name", "tokens: {for: githb, file: f}\n",
		"1:15: \"for\" takes github, gitlab, mastodon, reddit, stackexchange or youtube: did "
		"you mean \"github\"?"},
	{"a token for nobody", "tokens: {for: \"\", file: f}\n",
		"1:15: the name of a platform is missing here"},
	{"a token for Mastodon, of no server", "tokens: {for: mastodon, file: f}\n",
		"1:9: \"host\" is missing here: the server that gave the token, such as "
		"mastodon.example"},
	{"a host with a path", "tokens: {for: mastodon, file: f, host: \"https://m.example/\"}\n",
		"1:40: \"host\" takes a host alone, such as mastodon.example"},
	{"a host for GitHub", "tokens: {for: github, file: f, host: ghe.example}\n",
		"1:38: a token for github goes to api.github.com alone: leave \"host\" out"},
	{"two tokens for one server",
		"tokens:\n- {for: gitlab, file: f}\n- {for: gitlab, host: GitLab.com, file: g}\n",
		"3:3: there is a token for gitlab at gitlab.com already"},
	{"two servers", "tokens:\n- {for: gitlab, file: f}\n- {for: gitlab, host: g.example, file: g}\n",
		NULL},
	{"an anchor", "person: &p {name: Ada}\n",
		"1:9: anchors (&name) are not used here; text that starts with \"&\" needs quotes"},
	/* clang-format on */
};

/* The first line of @got behind "etc/f:"; NULL when nothing was printed. */
static const char *first_message(char *got)
{
	if (got[0] == '\0')
		return NULL;
	got[strcspn(got, "\n")] = '\0';
	return strncmp(got, "etc/f:", 6) == 0 ? got + 6 : got;
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bads); i++) {
		struct config *config;
		char *got = load(bads[i].text, strlen(bads[i].text), &config);
		const char *message = first_message(got);
		if ((message != NULL) != (bads[i].want != NULL) ||
			(message && strcmp(message, bads[i].want) != 0))
			fail_msg("%s: %s gave %s", bads[i].why, bads[i].text,
				message ? message : "(nothing)");
		free(got);
		config_free(config);
	}
}

static void test_jitter_gives_way(void **state)
{
	(void)state;
	const char text[] = "profiles: [{url: https://a.example, every: 2m}]\n";
	struct config *config;
	char *got = load(text, strlen(text), &config);
	assert_string_equal(got, "");
	assert_int_equal(config->jitter_s, 120);
	free(got);
	config_free(config);
}

static void test_size(void **state)
{
	(void)state;
	char *text = malloc(LIMIT_CONFIG_B + 1);
	assert_non_null(text);
	memset(text, '\n', LIMIT_CONFIG_B + 1);
	struct config *config;
	char *got = load(text, LIMIT_CONFIG_B, &config);
	assert_string_equal(got, "");
	free(got);
	config_free(config);
	got = load(text, LIMIT_CONFIG_B + 1, &config);
	assert_string_equal(got, "etc/f: larger than 1 MiB\n");
	free(got);
	free(text);
}

static void test_no_file(void **state)
{
	(void)state;
	struct problems *problems = problems_new();
	struct config *config;
	assert_int_equal(config_load("/nowhere/f.yaml", NULL, 0, problems, &config), -ENOENT);
	assert_int_equal(config_load("/", NULL, 0, problems, &config), -EISDIR);
	assert_int_equal(problems_count(problems), 0);
	problems_free(problems);
}

/* Paths start at the config's folder. */
static void test_folders(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const char *config;
		const char *want;
	} rows[] = {
		{"an absolute folder", "/etc/dirtwatch/d.yaml", "/etc/dirtwatch/ca.pem"},
		{"the root", "/d.yaml", "/ca.pem"},
		{"the folder we are in", "d.yaml", "ca.pem"},
		{"a folder below", "a/b/d.yaml", "a/b/ca.pem"},
		{"no path", NULL, "ca.pem"},
	};
	const char text[] = "fetch: {ca-file: ca.pem}\n";
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problems *problems = problems_new();
		struct config *config;
		assert_int_equal(
			config_load(rows[i].config, text, strlen(text), problems, &config), 0);
		if (strcmp(config->ca_file, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].why, config->ca_file);
		config_free(config);
		problems_free(problems);
	}
}

/* A full file of profiles that all are the same: neither slow nor large. */
static void test_many_profiles(void **state)
{
	(void)state;
	static const char line[] = "- http://a.b\n";
	char *text = malloc(LIMIT_CONFIG_B);
	assert_non_null(text);
	size_t len = 10;
	memcpy(text, "profiles:\n", len);
	for (; len + strlen(line) <= LIMIT_CONFIG_B; len += strlen(line))
		memcpy(text + len, line, strlen(line));
	struct config *config;
	char *got = load(text, len, &config);
	assert_null(config);
	assert_non_null(strstr(got, "http://a.b/ is watched already, by line 2\n"));
	free(got);
	free(text);
}

/* ---- addresses ---- */

enum reads { AS_URL, AS_PROFILE, AS_DOMAIN };

static const struct {
	const char *why;
	enum reads as;
	const char *text;
	const char *want; /* the address; else what is said of it */
	bool bad;
} addresses[] = {
	/* clang-format off */
	{"scheme and host in small letters", AS_URL, "HTTPS://Ada.EXAMPLE/About", "https://ada.example/About", false},
	{"a path is added", AS_URL, "https://ada.example", "https://ada.example/", false},
	{"default ports go", AS_URL, "http://ada.example:80/", "http://ada.example/", false},
	{"others stay", AS_URL, "https://ada.example:8443/", "https://ada.example:8443/", false},
	{"fragments go", AS_URL, "https://ada.example/#me", "https://ada.example/", false},
	{"queries stay", AS_URL, "https://ada.example?a=b", "https://ada.example/?a=b", false},
	{"dots in paths are resolved", AS_URL, "https://ada.example/a/../b", "https://ada.example/b", false},
	{"letters of all the world", AS_URL, "https://M\xc3\xbcnchen.example/", "https://xn--mnchen-3ya.example/", false},
	{"IPv4", AS_URL, "http://127.0.0.1:8080/", "http://127.0.0.1:8080/", false},
	{"IPv6", AS_URL, "http://[::1]:8080/", "http://[::1]:8080/", false},
	{"a host without dots", AS_URL, "http://localhost/", "http://localhost/", false},
	{"an at sign in the path", AS_URL, "https://m.example/@ada", "https://m.example/@ada", false},
	{"an underscore in the host", AS_URL, "https://a_b.example/", "https://a_b.example/", false},

	{"no scheme", AS_URL, "ada.example/about",
		"a URL starts with https:// or http://, such as https://ada.example/about", true},
	{"only slashes", AS_URL, "//ada.example/",
		"a URL starts with https:// or http://, such as https://ada.example/", true},
	{"no URL at all", AS_URL, "ada", "\"ada\" is not a URL such as https://ada.example/", true},
	{"ftp", AS_URL, "ftp://ada.example/", "only http and https are watched", true},
	{"a file", AS_URL, "file:///etc/passwd", "only http and https are watched", true},
	{"a script", AS_URL, "javascript:alert(1)", "only http and https are watched", true},
	{"a user name", AS_URL, "https://ada@ada.example/",
		"leave user name and password out of the URL: dirtwatch never logs in", true},
	{"a password", AS_URL, "https://ada:secret@ada.example/",
		"leave user name and password out of the URL: dirtwatch never logs in", true},
	{"no host", AS_URL, "https://", "the URL has no host", true},
	{"blanks in the host", AS_URL, "https://ada example/", "the host in the URL is no host name", true},
	{"an empty label", AS_URL, "https://a..example/", "the host in the URL is no host name", true},
	{"nothing but a dot", AS_URL, "https://./", "the host in the URL is no host name", true},
	{"a name that some read as an address", AS_URL, "https://a.example.1/", "the host in the URL is no host name", true},
	{"a hyphen at the start", AS_URL, "https://-a.example/", "the host in the URL is no host name", true},
	{"a label of 64 letters", AS_URL,
		"https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example/",
		"the host in the URL is no host name", true},
	{"bytes that are no letters", AS_URL, "https://a%DA.example/", "the host in the URL is no host name", true},
	{"a letter that no name may have", AS_URL, "https://a\xe2\x80\xa4.example/", "the host in the URL is no host name", true},
	{"letters that are nothing", AS_URL, "https://\xc2\xad/", "the host in the URL is no host name", true},
	{"a large port", AS_URL, "https://ada.example:65536/",
		"the port in the URL is no number from 1 to 65535", true},
	{"port 0", AS_URL, "https://ada.example:0/",
		"the port in the URL is no number from 1 to 65535", true},
	{"blanks in the path", AS_URL, "https://ada.example/a b",
		"\"https://ada.example/a b\" is not a URL such as https://ada.example/", true},

	{"a fediverse account", AS_PROFILE, "@ada@M.example", "https://m.example/@ada", false},
	{"with a dot and a hyphen", AS_PROFILE, "@a.d-a_1@m.example", "https://m.example/@a.d-a_1", false},
	{"a URL", AS_PROFILE, "https://m.example/@ada", "https://m.example/@ada", false},
	{"a handle alone", AS_PROFILE, "@ada",
		"a fediverse account is written \"@user@host\"; for others write the URL", true},
	{"no user", AS_PROFILE, "@@m.example",
		"a fediverse account is written \"@user@host\"; for others write the URL", true},
	{"no host", AS_PROFILE, "@ada@",
		"a fediverse account is written \"@user@host\"; for others write the URL", true},
	{"a path behind the account", AS_PROFILE, "@ada@m.example/x",
		"a fediverse account is written \"@user@host\"; for others write the URL", true},
	{"an e-mail address", AS_PROFILE, "ada@m.example",
		"an e-mail address is not a profile; a fediverse account is written \"@ada@m.example\"", true},
	{"a profile without scheme", AS_PROFILE, "m.example/@ada",
		"a URL starts with https:// or http://, such as https://m.example/@ada", true},

	{"a domain in small letters", AS_DOMAIN, "Globex.EXAMPLE", "globex.example", false},
	{"www goes", AS_DOMAIN, "www.globex.example", "globex.example", false},
	{"unless it is the name", AS_DOMAIN, "www.example", "www.example", false},
	{"the root's dot goes", AS_DOMAIN, "globex.example.", "globex.example", false},
	{"other letters", AS_DOMAIN, "m\xc3\xbcnchen.example", "xn--mnchen-3ya.example", false},
	{"a URL for a domain", AS_DOMAIN, "https://globex.example/jobs", "write only the domain: globex.example", true},
	{"a path behind www", AS_DOMAIN, "www.globex.example/jobs", "write only the domain: globex.example", true},
	{"a port", AS_DOMAIN, "globex.example:80", "write only the domain: globex.example", true},
	{"an e-mail address for a domain", AS_DOMAIN, "jobs@globex.example",
		"write only the domain: globex.example", true},
	{"nothing but slashes", AS_DOMAIN, "//", "write only the domain, such as globex.example", true},
	{"a wildcard", AS_DOMAIN, "*.globex.example",
		"a domain stands for all below it: leave the \"*.\" out", true},
	{"a name alone", AS_DOMAIN, "globex", "\"globex\" is not a domain name such as globex.example", true},
	{"blanks", AS_DOMAIN, "globex example.org",
		"\"globex example.org\" is not a domain name such as globex.example", true},
	{"other bytes", AS_DOMAIN, "a\xda.example",
		"\"a\xda.example\" is not a domain name such as globex.example", true},
	{"two dots", AS_DOMAIN, "globex..example",
		"\"globex..example\" is not a domain name such as globex.example", true},
	/* clang-format on */
};

static int read_address(struct arena *arena, size_t i, const char **ret, const char **reterr_why)
{
	const char *text = addresses[i].text;
	switch (addresses[i].as) {
	case AS_URL:
		return address_url(arena, text, ret, reterr_why);
	case AS_PROFILE:
		return address_profile(arena, text, ret, reterr_why);
	default:
		return address_domain(arena, text, ret, reterr_why);
	}
}

static void test_addresses(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1u << 20);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		const char *got = NULL;
		const char *why = NULL;
		int r = read_address(arena, i, &got, &why);
		const char *what = r == 0 ? got : why;
		if (r != (addresses[i].bad ? ADDRESS_E_BAD : 0) ||
			strcmp(what, addresses[i].want) != 0)
			fail_msg("%s: %s gave %s", addresses[i].why, addresses[i].text,
				what ? what : "(nothing)");
	}
	arena_free(arena);
}

static void test_long_url(void **state)
{
	(void)state;
	char *text = malloc(LIMIT_URL_B + 100);
	assert_non_null(text);
	memset(text, 'a', LIMIT_URL_B + 100);
	memcpy(text, "https://a.example/", 18);
	struct arena *arena = arena_new(1u << 20);
	const char *got = NULL;
	const char *why = NULL;
	text[LIMIT_URL_B + 1] = '\0';
	assert_int_equal(address_url(arena, text, &got, &why), ADDRESS_E_BAD);
	assert_string_equal(why, "the URL is longer than 8192 bytes");
	text[LIMIT_URL_B] = '\0';
	assert_int_equal(address_url(arena, text, &got, &why), 0);
	assert_int_equal(strlen(got), LIMIT_URL_B);
	arena_free(arena);
	free(text);
}

/* ---- what is shipped ---- */

static void load_clean(const char *what, const char *text)
{
	struct config *config;
	char *got = load(text, strlen(text), &config);
	if (!config)
		fail_msg("%s:\n%s", what, got);
	free(got);
	config_free(config);
}

static void test_sample(void **state)
{
	(void)state;
	char *text = read_file("config/dirtwatch.yaml");
	load_clean("config/dirtwatch.yaml", text);
	/* Its examples: lines whose "#" has no blank behind it. */
	for (char *line = text; *line; line += strcspn(line, "\n"), line += *line != '\0') {
		char *mark = line + strspn(line, " ");
		if (mark[0] == '#' && mark[1] != ' ' && mark[1] != '\n')
			memmove(mark, mark + 1, strlen(mark));
	}
	load_clean("the examples of config/dirtwatch.yaml", text);
	free(text);
}

/* Every key has a line in the sample, as it is or as an example. */
static void test_sample_is_complete(void **state)
{
	(void)state;
	char *text = read_file("config/dirtwatch.yaml");
	for (size_t t = 0; t < n_key_tables; t++) {
		for (size_t i = 0; i < key_tables[t]->count; i++) {
			char key[64];
			(void)snprintf(key, sizeof key, "%s:", key_tables[t]->keys[i].name);
			if (!strstr(text, key))
				fail_msg("config/dirtwatch.yaml does not show \"%s\" of %s", key,
					key_tables[t]->name);
		}
	}
	free(text);
}

#define MAN_PAGE "config/dirtwatch.yaml.5"

static void test_example_of_man_page(void **state)
{
	(void)state;
	char *text = read_file(MAN_PAGE);
	char *example = strstr(text, ".Sh EXAMPLES\n.Bd -literal\n");
	assert_non_null(example);
	example += strlen(".Sh EXAMPLES\n.Bd -literal\n");
	char *end = strstr(example, ".Ed\n");
	assert_non_null(end);
	*end = '\0';
	load_clean("the example of " MAN_PAGE, example);
	free(text);
}

/* The text of subsection @name, up to the next one, as a new string. */
static char *subsection(const char *page, const char *name)
{
	char title[64];
	(void)snprintf(title, sizeof title, ".Ss %s\n", name);
	const char *start = strstr(page, title);
	if (!start)
		fail_msg(MAN_PAGE " has no subsection \"%s\"", name);
	start += strlen(title);
	const char *end = strstr(start, ".Ss ");
	assert_non_null(end);
	return strndup(start, (size_t)(end - start));
}

static bool has_key(const struct key_table *table, const char *name, size_t len)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strlen(table->keys[i].name) == len &&
			memcmp(table->keys[i].name, name, len) == 0)
			return true;
	}
	return false;
}

/* The man page's subsection and the table tell of the same keys, each once. */
static void check_subsection(const char *page, const struct key_table *table)
{
	static const char item[] = "\n.It Cm ";
	char *text = subsection(page, table->name);
	size_t told = 0;
	for (const char *at = text; (at = strstr(at, item)); told++) {
		at += strlen(item);
		size_t len = strcspn(at, "\n");
		if (!has_key(table, at, len))
			fail_msg(
				MAN_PAGE ": \"%s\" has no key \"%.*s\"", table->name, (int)len, at);
	}
	for (size_t i = 0; i < table->count; i++) {
		char line[64];
		(void)snprintf(line, sizeof line, "%s%s\n", item, table->keys[i].name);
		char *at = strstr(text, line);
		if (!at)
			fail_msg(MAN_PAGE ": \"%s\" does not tell of \"%s\"", table->name,
				table->keys[i].name);
		const char *rest = at + strlen(line);
		const char *next = strstr(rest - 1, item);
		const char *later = strstr(rest, "Not used yet.");
		if ((later && (!next || later < next)) != table->keys[i].later)
			fail_msg(MAN_PAGE ": \"%s\" is%s used yet", table->keys[i].name,
				table->keys[i].later ? " not" : "");
	}
	if (told != table->count)
		fail_msg(MAN_PAGE ": \"%s\" tells of a key twice", table->name);
	free(text);
}

static void test_man_page(void **state)
{
	(void)state;
	char *page = read_file(MAN_PAGE);
	for (size_t i = 0; i < n_key_tables; i++)
		check_subsection(page, key_tables[i]);
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_jitter_gives_way),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_many_profiles),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_long_url),
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_sample_is_complete),
		cmocka_unit_test(test_example_of_man_page),
		cmocka_unit_test(test_man_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
